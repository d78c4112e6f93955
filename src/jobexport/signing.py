"""Signatures with an access key (AK) and its secret (SK), algorithm SDK-HMAC-SHA256, as the vendor's SDK makes them.

Pure functions: the client signs with them, and the mock checks with them. No secret ends up in a value's repr or in
the text of an exception.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

ALGORITHM = "SDK-HMAC-SHA256"
DATE_HEADER = "X-Sdk-Date"
CONTENT_HEADER = "X-Sdk-Content-Sha256"
"""Header with the text that is signed instead of the body's hash; `UNSIGNED_PAYLOAD` leaves the body unsigned."""
UNSIGNED_PAYLOAD = "UNSIGNED-PAYLOAD"

_DATE = "%Y%m%dT%H%M%SZ"
_DATE_FORM = re.compile(r"[0-9]{8}T[0-9]{6}Z")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
# Names are tokens of HTTP, in lower case.
_HEADER = re.compile(
    ALGORITHM + r" +Access=(?P<access_key>[!-+\--~]+), *SignedHeaders=(?P<signed>[a-z0-9!#$%&'*+.^_`|~;-]+),"
    r" *Signature=(?P<signature>[0-9a-f]{64})"
)


@dataclass(frozen=True, slots=True)
class Authorization:
    """Content of an `Authorization` header of this algorithm."""

    access_key: str
    signed: tuple[str, ...]
    """Names of the signed headers, in the order of the header."""
    signature: str = field(repr=False)
    """64 hexadecimal digits."""

    @classmethod
    def parse(cls, value: str) -> Authorization:
        """Parse the header.

        Raises:
            ValueError: the value does not have the header's form; the error's text shows nothing of the value.
        """
        found = _HEADER.fullmatch(value)
        if found is None:
            raise ValueError(f"must be {ALGORITHM} Access=<key>, SignedHeaders=<names>, Signature=<64 hex digits>")
        names = found["signed"].split(";")
        if "" in names or names != sorted(set(names)):
            raise ValueError("SignedHeaders must be sorted, each name once")
        return cls(found["access_key"], tuple(names), found["signature"])

    def __str__(self) -> str:
        """Return the header."""
        return (
            f"{ALGORITHM} Access={self.access_key}, SignedHeaders={';'.join(self.signed)}, Signature={self.signature}"
        )


def sign(
    method: str,
    path: str,
    query: str,
    headers: Mapping[str, str],
    content: bytes,
    *,
    access_key: str,
    secret_key: str,
) -> str:
    """Return the `Authorization` header of a request.

    Args:
        method: the method.
        path: the path as it is sent, percent-encoded.
        query: the query as it is sent, percent-encoded, without `?`.
        headers: the headers to sign: as sent, `Host` and `X-Sdk-Date` (see `format_date`) among them. Headers with `_`
            in their names are left out, as gateways drop them.
        content: the body.
        access_key: the access key's id.
        secret_key: its secret.

    Raises:
        KeyError: the header `X-Sdk-Date` is missing.
    """
    values = {name.lower(): value for name, value in headers.items() if "_" not in name}
    signed = tuple(sorted(values))
    payload = values.get(CONTENT_HEADER.lower()) if content else None
    request = canonical_request(method, path, query, values, signed, payload or content_hash(content))
    return str(
        Authorization(access_key, signed, signature(secret_key, string_to_sign(values[DATE_HEADER.lower()], request)))
    )


def canonical_request(
    method: str, path: str, query: str, headers: Mapping[str, str], signed: Iterable[str], payload: str
) -> str:
    """Return the form of a request that is signed.

    Args:
        method: the method.
        path: the path as it is sent.
        query: the query as it is sent.
        headers: values by lower-case name. Bytes that are not UTF-8 stand as surrogate escapes.
        signed: the names of the signed headers, in this order.
        payload: the text for the body, mostly its `content_hash`.

    Raises:
        KeyError: a signed header is missing.
    """
    names = tuple(signed)
    lines = [f"{name}:{headers[name].strip()}" for name in names]
    parts = [method.upper(), canonical_path(path), canonical_query(query), *lines, "", ";".join(names), payload]
    return "\n".join(parts)


def canonical_path(path: str) -> str:
    """Return a path in the one encoding that is signed; it ends in `/`: `"/v1/%6Dy" → "/v1/my/"`.

    The whole path is decoded first, so `%2F` and `/` sign alike, as do `%2E` and `.`.
    """
    text = quote(unquote(path), safe="/~")
    return text if text.endswith("/") else text + "/"


def canonical_query(query: str) -> str:
    """Return a query in the one encoding that is signed, sorted by name and value: `"b&a=+" → "a=%2B&b="`."""
    pairs = sorted(
        (unquote(name), unquote(value)) for name, _, value in (pair.partition("=") for pair in query.split("&") if pair)
    )
    return "&".join(f"{quote(name, safe='~')}={quote(value, safe='~')}" for name, value in pairs)


def content_hash(content: bytes) -> str:
    """Return the hexadecimal SHA-256 of a body."""
    return hashlib.sha256(content).hexdigest()


def string_to_sign(date: str, request: str) -> str:
    """Build the text that is signed, of the date and the canonical request."""
    return "\n".join((ALGORITHM, date, content_hash(request.encode("utf-8", "surrogateescape"))))


def signature(secret_key: str, text: str) -> str:
    """Return the signature of a text: 64 hexadecimal digits."""
    return hmac.new(secret_key.encode(), text.encode(), hashlib.sha256).hexdigest()


def format_date(epoch_ms: int) -> str:
    """Return a time in milliseconds since 1970 in the form of `X-Sdk-Date`: `20260301T120000Z`."""
    return (_EPOCH + epoch_ms * _MILLISECOND).strftime(_DATE)


def parse_date(value: str) -> int:
    """Return the milliseconds since 1970 of an `X-Sdk-Date`, such as `20260131T235959Z`.

    Raises:
        ValueError: the value does not have this form, or no such time exists.
    """
    problem = "must be YYYYMMDDTHHMMSSZ"
    if not _DATE_FORM.fullmatch(value):
        raise ValueError(problem)
    try:
        time = datetime.strptime(value, _DATE).replace(tzinfo=UTC)
    except ValueError:
        raise ValueError(problem) from None
    return (time - _EPOCH) // _MILLISECOND
