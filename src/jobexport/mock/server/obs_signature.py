"""The check of an S3 signature (AWS4-HMAC-SHA256), in the header `Authorization` or in the query of a signed URL.

Source: https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-authenticating-requests.html. The pieces that
`jobexport.signing` has for the vendor's own algorithm are not the same here: the path is not closed by `/`, a key is
derived for each day, and the query of a signed URL carries the signature.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from attrs import frozen

from jobexport.signing import canonical_query, content_hash, parse_date

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jobexport.mock.requests.auth import AcceptedCredentials

ALGORITHM = "AWS4-HMAC-SHA256"
UNSIGNED_PAYLOAD = "UNSIGNED-PAYLOAD"
CONTENT_HEADER = "x-amz-content-sha256"

_MINUTE_MS = 60 * 1000
_MOST_SKEW_MS = 15 * _MINUTE_MS
_HEADER = re.compile(
    ALGORITHM + r"\s+Credential=(?P<credential>[^,\s]+),\s*SignedHeaders=(?P<signed>[a-z0-9;-]+),"
    r"\s*Signature=(?P<signature>[0-9a-f]{64})"
)
_CREDENTIAL = re.compile(r"(?P<key>.+)/(?P<scope>(?P<day>[0-9]{8})/(?P<region>[^/]+)/s3/aws4_request)")


class NotDone(Exception):  # noqa: N818  # an outcome: `obs` turns it into a response
    """A request that is not signed or can't be carried out: the code of the S3 error, a sentence without secrets."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(code, sentence)
        self.code, self.sentence = code, sentence


@frozen
class S3Request:
    """The parts of a request that its signature covers."""

    method: str
    path: str
    """The path as it is sent, percent-encoded."""
    query: str
    """The query as it is sent, percent-encoded, without `?`."""
    headers: Mapping[str, str]
    """Values by lower-case name."""
    content: bytes

    @property
    def parameters(self) -> dict[str, str]:
        """The values of the query by name; a name without `=` has the value `""`."""
        pairs = (pair.partition("=") for pair in self.query.split("&") if pair)
        return {unquote(name): unquote(value.replace("+", " ")) for name, _, value in pairs}


def check_signature(request: S3Request, accepted: AcceptedCredentials) -> None:
    """Check who signed a request, and that the request is the signed one.

    Raises:
        NotDone: the signature is missing, of another key, not of this request, too old, or of a later time.
    """
    signed = _of_url(request) if "X-Amz-Algorithm" in request.parameters else _of_header(request)
    credential = _CREDENTIAL.fullmatch(signed["credential"])
    if credential is None:
        raise NotDone("AuthorizationHeaderMalformed", "Credential must be KEY/YYYYMMDD/REGION/s3/aws4_request")
    if not hmac.compare_digest(credential["key"].encode(), accepted.access_key.encode()):
        raise NotDone("InvalidAccessKeyId", "the access key is not the one of this mock; --access-key names it")
    _check_time(signed["date"], credential["day"], accepted.clock(), int(signed["seconds"]))
    text = "\n".join((ALGORITHM, signed["date"], credential["scope"], content_hash(_canonical(request, signed))))
    expected = hmac.new(_key(accepted.secret_key, credential), text.encode(), hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected, signed["signature"]):
        raise NotDone("SignatureDoesNotMatch", "the signature is not of this request and the mock's secret key")


def _of_header(request: S3Request) -> dict[str, str]:
    value = request.headers.get("authorization")
    if value is None:
        raise NotDone("AccessDenied", "the request is not signed; sign it with the access key of the mock")
    found = _HEADER.fullmatch(value.strip())
    if found is None:
        raise NotDone("AuthorizationHeaderMalformed", f"Authorization must have the algorithm {ALGORITHM}")
    payload = request.headers.get(CONTENT_HEADER, "")
    if payload not in (UNSIGNED_PAYLOAD, content_hash(request.content)):
        raise NotDone("XAmzContentSHA256Mismatch", f"{CONTENT_HEADER} is not the SHA-256 of the body")
    date = request.headers.get("x-amz-date", "")
    return found.groupdict() | {"date": date, "payload": payload, "query": request.query, "seconds": "0"}


def _of_url(request: S3Request) -> dict[str, str]:
    sent = request.parameters
    names = {
        "credential": "X-Amz-Credential",
        "signed": "X-Amz-SignedHeaders",
        "signature": "X-Amz-Signature",
        "date": "X-Amz-Date",
        "seconds": "X-Amz-Expires",
    }
    missing = [name for name in names.values() if name not in sent]
    if missing or sent["X-Amz-Algorithm"] != ALGORITHM or not re.fullmatch("[0-9]{1,6}", sent["X-Amz-Expires"]):
        raise NotDone(
            "AuthorizationQueryParametersError", f"a signed URL needs {ALGORITHM} and {', '.join(names.values())}"
        )
    rest = "&".join(pair for pair in request.query.split("&") if not pair.startswith("X-Amz-Signature="))
    return {key: sent[name] for key, name in names.items()} | {"payload": UNSIGNED_PAYLOAD, "query": rest}


def _check_time(date: str, day: str, now: int, seconds: int) -> None:
    """Check the time of a signature; a signed URL lasts `seconds`, any other request 15 minutes."""
    try:
        signed_at = parse_date(date)
    except ValueError as problem:
        raise NotDone("AccessDenied", f"the date of the signature {problem}") from None
    if not date.startswith(day):
        raise NotDone("AuthorizationHeaderMalformed", "the day in Credential is not the day of the signature")
    if signed_at > now + _MOST_SKEW_MS or now > signed_at + (seconds * 1000 or _MOST_SKEW_MS):
        raise NotDone("RequestTimeTooSkewed", "the signature is too old, or of a later time than the mock's clock")


def _canonical(request: S3Request, signed: Mapping[str, str]) -> bytes:
    names = signed["signed"].split(";")
    if "host" not in names:
        raise NotDone("AccessDenied", "the signature must cover Host")
    lines = [f"{name}:{' '.join(request.headers.get(name, '').split())}" for name in names]
    path = quote(unquote(request.path), safe="/~")
    query = canonical_query(signed["query"])
    parts = [request.method, path, query, *lines, "", signed["signed"], signed["payload"]]
    return "\n".join(parts).encode("utf-8", "surrogateescape")


def _key(secret_key: str, credential: re.Match[str]) -> bytes:
    key = b"AWS4" + secret_key.encode()
    for part in (credential["day"], credential["region"], "s3", "aws4_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return key
