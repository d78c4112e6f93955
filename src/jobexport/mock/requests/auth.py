"""Decides who a request comes from: a token, or a signature with an access key."""

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

# They open nothing but this server.
EXAMPLE_TOKEN = "example-token"  # noqa: S105
EXAMPLE_ACCESS_KEY = "EXAMPLEACCESSKEY0000"
EXAMPLE_SECRET_KEY = "example-secret-key"  # noqa: S105

# How far a signature's date may be from now: no page of these editions says it, 15 minutes is the usual answer.
_TOLERANCE_MS = 15 * 60 * 1000

# What a signature must cover. No page of these editions says so; the vendor's SDK signs every header it sets, and a
# signature that leaves one of these out could be sent elsewhere, or later.
_ALWAYS_SIGNED = ("Host", signing.DATE_HEADER)
# Headers that change what a request means to the gateway: signed, if they are there.
_SIGNED_IF_SENT = ("X-Project-Id", "X-Security-Token", signing.CONTENT_HEADER)


@frozen
class Signed:
    """A request whose signature is right if its body is the one that was signed."""

    operation: Operation
    expected: Callable[[str], str] = field(repr=False)
    """Gives the right signature for what stands for the body."""
    claimed: str = field(repr=False)
    payload: str | None
    """What the request says stands for its body."""

    def verify(self, content: bytes) -> None:
        """Let the request in, or not.

        Raises:
            Refused: the signature is another request's.
        """
        right = signing.content_hash(content)
        if self.payload not in (None, signing.UNSIGNED_PAYLOAD, right):
            _refuse(self.operation, signing.CONTENT_HEADER, "is not the hash of the body")
        # The vendor's SDK signs the hash of an empty body also where the header says that the body is not signed.
        payload = self.payload if self.payload is not None and content else right
        if not hmac.compare_digest(self.expected(payload), self.claimed):
            _refuse(self.operation, "Authorization", "the signature is not that of this request under this key")


@frozen
class Credentials:
    """What opens the server."""

    token: str = field(repr=False)
    access_key: str
    secret_key: str = field(repr=False)
    clock: Callable[[], int] = field(repr=False)

    def examine(
        self, operation: Operation, variables: Mapping[str, str], scope: Scope, headers: Mapping[str, bytes]
    ) -> Signed | None:
        """Judge what can be judged without the body. What comes back, if anything, must be verified with it.

        A request with `X-Auth-Token` is judged by it alone, whatever it has beside it.

        Raises:
            Refused: the caller is not known.
        """
        given = headers.get("authorization")
        if given is not None and "x-auth-token" not in headers:
            return self._examine_signature(operation, variables, scope, headers)
        # A token that is missing and one that is wrong are the same to the caller.
        if not hmac.compare_digest(headers.get("x-auth-token", b""), self.token.encode()):
            raise Refused("unauthorized")
        return None

    def _examine_signature(
        self, operation: Operation, variables: Mapping[str, str], scope: Scope, headers: Mapping[str, bytes]
    ) -> Signed:
        # Bytes that are not UTF-8 go through and come out of the hash's input as they were.
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
            # A signature for one project does not open another. The pages do not say with which status.
            _refuse(operation, "X-Project-Id", "is not the project of the path")
        if "x-security-token" in values:
            _refuse(operation, "X-Security-Token", "this server has no temporary keys")
        payload = values.get(signing.CONTENT_HEADER.lower())
        if payload == signing.UNSIGNED_PAYLOAD and media_type(headers) == JSON:
            # The vendor's SDK leaves out bodies that are not JSON, and only those.
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
    """Check that a signature covers what it must, and nothing that is missing or ambiguous."""
    for name in (*_ALWAYS_SIGNED, *(name for name in _SIGNED_IF_SENT if name.lower() in values)):
        if name.lower() not in values:
            _refuse(operation, name, "is missing")
        if name.lower() not in signed:
            _refuse(operation, name, "is not signed")
    sent = [name.decode("latin-1").lower() for name, _ in scope["headers"]]
    for name in signed:
        # A header given twice can't be told from one whose value has a comma.
        if sent.count(name) != 1:
            _refuse(operation, name, "is signed, so the request must have it exactly once")


def _refuse(operation: Operation, header: str, reason: str) -> NoReturn:
    raise Refused("unauthorized", violation=violation(operation, "header", f"/{header}", reason))
