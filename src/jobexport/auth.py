"""Signs httpx's requests with an access key (AK/SK)."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import httpx
from attrs import field, frozen

from jobexport import signing
from jobexport.core.redact import remember

if TYPE_CHECKING:
    from collections.abc import Callable, Generator


@frozen
class AccessKey:
    """An access key, and the project that it is used for."""

    id: str
    """The AK."""
    secret: str = field(repr=False)
    """The SK."""
    project: str | None = None
    """Sent and signed as `X-Project-Id`."""
    security_token: str | None = field(default=None, repr=False)
    """The security token of a temporary key."""

    def headers(
        self, method: str, host: str, path: str, query: str, content: bytes, *, at: int | None = None
    ) -> dict[str, str]:
        """Return the headers that sign a request; all of them must be sent as they are.

        Args:
            method: the method.
            host: the `Host` header as it is sent.
            path: the path as it is sent, percent-encoded.
            query: the query as it is sent, without `?`.
            content: the body.
            at: the time of the signature, in milliseconds since 1970; now, if not given.
        """
        date = signing.format_date(time.time_ns() // 1_000_000 if at is None else at)
        headers = {"Host": host, signing.DATE_HEADER: date}
        if self.project is not None:
            headers["X-Project-Id"] = self.project
        if self.security_token is not None:
            headers["X-Security-Token"] = self.security_token
        headers["Authorization"] = signing.sign(
            method, path, query, headers, content, access_key=self.id, secret_key=self.secret
        )
        return headers


class SignatureAuth(httpx.Auth):
    """Signer of requests. Each request is signed anew, also a retried request: a signature is valid for minutes."""

    requires_request_body = True

    def __init__(self, key: AccessKey, *, at: Callable[[], int] | None = None) -> None:
        """Sign with this key; `at` returns the time in milliseconds since 1970, now if not given."""
        self._key, self._at = key, at
        remember(key.id, key.secret, key.security_token)

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Add the signature's headers."""
        path, _, query = request.url.raw_path.decode("ascii").partition("?")
        at = None if self._at is None else self._at()
        host = request.headers["Host"]
        request.headers.update(self._key.headers(request.method, host, path, query, request.content, at=at))
        yield request
