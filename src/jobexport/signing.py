"""Signatures with an access key (AK) and its secret (SK), algorithm SDK-HMAC-SHA256, as the vendor's SDK makes them.

Pure functions: the mock checks with them what a client signed with them. No secret ends up in a value's repr or in the
text of an exception.
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
"""Says what stands for the body's hash; with `UNSIGNED_PAYLOAD` the signature leaves the body out."""
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
    """What an `Authorization` header of this algorithm holds."""

    access_key: str
    signed: tuple[str, ...]
    """Names of the signed headers, in the order of the header."""
    signature: str = field(repr=False)
    """64 hexadecimal digits."""

    @classmethod
    def parse(cls, value: str) -> Authorization:
        """Read the header.

        Raises:
            ValueError: it is not of this form; the text has nothing of the value.
        """
        found = _HEADER.fullmatch(value)
        if found is None:
            raise ValueError(f"must be {ALGORITHM} Access=<key>, SignedHeaders=<names>, Signature=<64 hex digits>")
        names = found["signed"].split(";")
        if "" in names or names != sorted(set(names)):
            raise ValueError("SignedHeaders must be sorted, each name once")
        return cls(found["access_key"], tuple(names), found["signature"])

    def __str__(self) -> str:
        """Give the header."""
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
    """Give the `Authorization` header of a request.

    Args:
        method: the method.
        path: the path as it is sent, percent-encoded.
        query: the query as it is sent, percent-encoded, without `?`.
        headers: the headers to sign: as sent, `Host` and `X-Sdk-Date` (see `format_date`) among them. Those with `_` in
            their names are left out, as gateways drop them.
        content: the body.
        access_key: the access key's id.
        secret_key: its secret.

    Raises:
        KeyError: there is no `X-Sdk-Date`.
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
    """Put a request into the form that is signed.

    Args:
        method: the method.
        path: the path as it is sent.
        query: the query as it is sent.
        headers: values by lower-case name. Bytes that are not UTF-8 stand as surrogate escapes.
        signed: the names to take, in this order.
        payload: what stands for the body, mostly its `content_hash`.

    Raises:
        KeyError: a signed header is not there.
    """
    names = tuple(signed)
    lines = [f"{name}:{headers[name].strip()}" for name in names]
    parts = [method.upper(), canonical_path(path), canonical_query(query), *lines, "", ";".join(names), payload]
    return "\n".join(parts)


def canonical_path(path: str) -> str:
    """Encode a path in the one way that is signed. It ends in `/`.

    It is decoded as a whole first, so `%2F` and `/` sign alike, as do `%2E` and `.`, `%6D` and `m`.
    """
    text = quote(unquote(path), safe="/~")
    return text if text.endswith("/") else text + "/"


def canonical_query(query: str) -> str:
    """Sort a query by name and value, and encode it in the one way that is signed; `a` becomes `a=`, `+` is a plus."""
    pairs = sorted(
        (unquote(name), unquote(value)) for name, _, value in (pair.partition("=") for pair in query.split("&") if pair)
    )
    return "&".join(f"{quote(name, safe='~')}={quote(value, safe='~')}" for name, value in pairs)


def content_hash(content: bytes) -> str:
    """Give the hexadecimal SHA-256 of a body."""
    return hashlib.sha256(content).hexdigest()


def string_to_sign(date: str, request: str) -> str:
    """Put date and canonical request into the text that is signed."""
    return "\n".join((ALGORITHM, date, content_hash(request.encode("utf-8", "surrogateescape"))))


def signature(secret_key: str, text: str) -> str:
    """Sign a text: 64 hexadecimal digits."""
    return hmac.new(secret_key.encode(), text.encode(), hashlib.sha256).hexdigest()


def format_date(epoch_ms: int) -> str:
    """Write a time, given in milliseconds since 1970, as `X-Sdk-Date` has it: `20260301T120000Z`."""
    return (_EPOCH + epoch_ms * _MILLISECOND).strftime(_DATE)


def parse_date(value: str) -> int:
    """Read an `X-Sdk-Date`; give milliseconds since 1970.

    Raises:
        ValueError: it is not of this form, or no such time exists.
    """
    problem = "must be YYYYMMDDTHHMMSSZ"
    if not _DATE_FORM.fullmatch(value):
        raise ValueError(problem)
    try:
        time = datetime.strptime(value, _DATE).replace(tzinfo=UTC)
    except ValueError:
        raise ValueError(problem) from None
    return (time - _EPOCH) // _MILLISECOND
