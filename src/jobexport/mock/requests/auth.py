"""Authentication of requests: by token, or by signature with an access key."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING, NoReturn

from attrs import field, frozen

from jobexport import signing
from jobexport.mock.requests.operations import JSON
from jobexport.mock.requests.request import Refused, media_type, raw_path, violation

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.types import Scope

    from jobexport.mock.requests.operations import Operation

# Only this server accepts them.
EXAMPLE_TOKEN = "example-token"  # noqa: S105
EXAMPLE_ACCESS_KEY = "EXAMPLEACCESSKEY0000"
EXAMPLE_SECRET_KEY = "example-secret-key"  # noqa: S105

# How far a signature's date may be from now. No page of these editions says it; 15 minutes is usual.
_TOLERANCE_MS = 15 * 60 * 1000

# Headers that every signature must cover. No page of these editions says so; the vendor's SDK signs every header it
# sets. Without one of them a stolen signature would be valid for another host, or for ever.
_ALWAYS_SIGNED = ("Host", signing.DATE_HEADER)
# Headers that change the meaning of a request for the gateway: they must be signed if they are sent.
_SIGNED_IF_SENT = ("X-Project-Id", "X-Security-Token", signing.CONTENT_HEADER)


@frozen
class Signed:
    """The signature of a request, checked but for the body."""

    operation: Operation
    expected: Callable[[str], str] = field(repr=False)
    """A function that returns the right signature for a payload."""
    claimed: str = field(repr=False)
    payload: str | None
    """Payload that the header `X-Sdk-Content-Sha256` declares: a hash, `UNSIGNED-PAYLOAD`, or None if missing."""

    def verify(self, content: bytes) -> None:
        """Check the signature with the body.

        Raises:
            Refused: the signature does not belong to this request.
        """
        right = signing.content_hash(content)
        if self.payload not in (None, signing.UNSIGNED_PAYLOAD, right):
            _refuse(self.operation, signing.CONTENT_HEADER, "is not the hash of the body")
        # For an empty body the vendor's SDK signs the body's hash even under `UNSIGNED-PAYLOAD`.
        payload = self.payload if self.payload is not None and content else right
        if not hmac.compare_digest(self.expected(payload), self.claimed):
            _refuse(self.operation, "Authorization", "the signature is not that of this request under this key")


@frozen
class AcceptedCredentials:
    """The credentials that the server accepts."""

    token: str = field(repr=False)
    access_key: str
    secret_key: str = field(repr=False)
    clock: Callable[[], int] = field(repr=False)

    def examine(
        self, operation: Operation, variables: Mapping[str, str], scope: Scope, headers: Mapping[str, bytes]
    ) -> Signed | None:
        """Check the caller without the body. The returned signature, if any, must still be verified with the body.

        If a request has an `X-Auth-Token`, only the token counts, and a signature beside it is ignored.

        Raises:
            Refused: the caller is unknown.
        """
        given = headers.get("authorization")
        if given is not None and "x-auth-token" not in headers:
            return self._examine_signature(operation, variables, scope, headers)
        # A missing token and a wrong token get the same response.
        if not hmac.compare_digest(headers.get("x-auth-token", b""), self.token.encode()):
            raise Refused("unauthorized")
        return None

    def _examine_signature(
        self, operation: Operation, variables: Mapping[str, str], scope: Scope, headers: Mapping[str, bytes]
    ) -> Signed:
        # surrogateescape, so that bytes that are not UTF-8 are hashed unchanged.
        values = {name: value.decode("utf-8", "surrogateescape") for name, value in headers.items()}
        try:
            claim = signing.Authorization.parse(values["authorization"])
        except ValueError as problem:
            _refuse(operation, "Authorization", str(problem))
        if not hmac.compare_digest(claim.access_key.encode(), self.access_key.encode()):
            _refuse(operation, "Authorization", "the access key is not known")
        _check_names(operation, claim.signed, scope, values)
        self._check_date(operation, values)
        if "x-project-id" in values and values["x-project-id"] != variables.get("project_id"):
            # A signature for one project is not valid for another. The pages do not say which status that has.
            _refuse(operation, "X-Project-Id", "is not the project of the path")
        if "x-security-token" in values:
            _refuse(operation, "X-Security-Token", "this server has no temporary keys")
        payload = values.get(signing.CONTENT_HEADER.lower())
        if payload == signing.UNSIGNED_PAYLOAD and media_type(headers) == JSON:
            # The vendor's SDK leaves bodies unsigned only if they are not JSON.
            _refuse(operation, signing.CONTENT_HEADER, "a body of JSON must be signed")

        def expected(payload: str) -> str:
            query = scope.get("query_string", b"").decode("latin-1")
            request = signing.canonical_request(scope["method"], raw_path(scope), query, values, claim.signed, payload)
            return signing.signature(
                self.secret_key, signing.string_to_sign(values[signing.DATE_HEADER.lower()], request)
            )

        return Signed(operation, expected, claim.signature, payload)

    def _check_date(self, operation: Operation, values: Mapping[str, str]) -> None:
        try:
            date = signing.parse_date(values[signing.DATE_HEADER.lower()])
        except ValueError as problem:
            _refuse(operation, signing.DATE_HEADER, str(problem))
        if abs(self.clock() - date) > _TOLERANCE_MS:
            _refuse(operation, signing.DATE_HEADER, "is more than 15 minutes from now")


def _check_names(operation: Operation, signed: tuple[str, ...], scope: Scope, values: Mapping[str, str]) -> None:
    """Check that a signature covers the required headers, and that each covered header was sent exactly once."""
    for name in (*_ALWAYS_SIGNED, *(name for name in _SIGNED_IF_SENT if name.lower() in values)):
        if name.lower() not in values:
            _refuse(operation, name, "is missing")
        if name.lower() not in signed:
            _refuse(operation, name, "is not signed")
    sent = [name.decode("latin-1").lower() for name, _ in scope["headers"]]
    for name in signed:
        # Two headers `x: a` and `x: b` can't be told from one header `x: a, b`.
        if sent.count(name) != 1:
            _refuse(operation, name, "is signed, so the request must have it exactly once")


def _refuse(operation: Operation, header: str, reason: str) -> NoReturn:
    raise Refused("unauthorized", violation=violation(operation, "header", f"/{header}", reason))
