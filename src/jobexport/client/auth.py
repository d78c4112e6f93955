"""Authentication of a client's requests: a token, a function that fetches tokens, or an access key.

A client's threads, or its tasks, share one object. Secrets end up in no repr and in no exception. asyncio, which takes
a while to load, is imported where it is used.
"""

from __future__ import annotations

import contextlib
import inspect
import threading
import time
from contextvars import copy_context
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

import httpx
from attrs import evolve, field, frozen

from jobexport.auth import AccessKey, SignatureAuth
from jobexport.client import arguments
from jobexport.core.bounds import current
from jobexport.core.forks import renew_in_children
from jobexport.core.redact import remember
from jobexport.errors import JobexportError, TokenUnavailable

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
    from concurrent.futures import Future

    Fetch = Callable[[], "str | Token"]
    AsyncFetch = Callable[[], "str | Token | Awaitable[str | Token]"]

TOKEN_HEADER = "X-Auth-Token"  # noqa: S105
# By the documents a token is valid for 24 hours.
_DEFAULT_LIFE = 24 * 3600.0
# A token is renewed a tenth of its life before it expires, but at most an hour before.
_MARGIN, _LONGEST_MARGIN = 0.1, 3600.0


@frozen
class Token:
    """A token of the identity service, with the time at which it expires."""

    value: str = field(repr=False)
    expires: datetime | None = None
    """The time at which the token expires, with a time zone; None stands for 24 hours from now, as documented."""


@frozen(eq=False)
class _Held:
    value: str = field(repr=False)
    renew_at: float
    """Seconds since 1970; infinite for a token that can't be renewed."""

    def __attrs_post_init__(self) -> None:
        remember(self.value)


class TokenAuth(httpx.Auth):
    """Authentication with a token. A token of a function is fetched anew before it expires, or after a refusal.

    The caller sends the refused request again: httpx would first read the whole body of the refusal.
    """

    def __init__(self, source: str | AsyncFetch, project_id: str | None = None) -> None:
        # Without this header DGC may respond that the workspace does not exist, by the vendor's FAQ.
        self._project = {} if project_id is None else {"X-Project-Id": project_id}
        self._fetch = source if callable(source) else None
        self._held = None if callable(source) else _Held(arguments.header("token", source), float("inf"))
        self._lock = threading.Lock()
        self._fetching: Future[None] | None = None
        """Done once the task that fetches a token has ended; tasks of several event loops may wait for it."""
        renew_in_children(self)

    def forked(self) -> None:
        """Keep the token; leave the lock to the parent, and what the parent's tasks fetch."""
        self._lock, self._fetching = threading.Lock(), None

    def sync_auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Send the token."""
        held = self._good()
        if held is None:
            with self._lock:
                # Another thread may have fetched a token in the meantime.
                held = self._good()
                if held is None:
                    held = self._held = _hold(_call(self._fetch))
        request.headers.update({TOKEN_HEADER: held.value, **self._project})
        yield request

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """Send the token."""
        held = self._good()
        while held is None:
            held = await self._fetched()
        request.headers.update({TOKEN_HEADER: held.value, **self._project})
        yield request

    async def _fetched(self) -> _Held | None:
        """Fetch a token, or wait for the task that fetches one; return None if that task may have failed."""
        from asyncio import shield, wrap_future
        from concurrent.futures import Future

        with self._lock:
            others = self._fetching
            if others is None:
                mine = self._fetching = Future[None]()
        if others is not None:
            # A task that is cancelled while it waits does not cancel the wait of the others.
            await shield(wrap_future(others))
            return self._good()
        try:
            # Another task may have fetched a token in the meantime.
            held = self._held = self._good() or _hold(await _async_call(self._fetch))
            return held
        finally:
            self._fetching = None
            mine.set_result(None)

    def forget(self, refused: httpx.Request) -> bool:
        """Drop the token of a refused request. Return True if a new token can be fetched."""
        if self._fetch is None:
            return False
        with self._lock:
            # Another thread may have fetched a new token already.
            if self._held is not None and self._held.value == refused.headers.get(TOKEN_HEADER):
                self._held = None
        return True

    def _good(self) -> _Held | None:
        """Return the held token, or None if it expires soon or was dropped."""
        held = self._held
        return held if held is not None and time.time() < held.renew_at else None


class AkSkAuth(SignatureAuth):
    """Signature of each request with an access key; the client adds its project."""

    def __init__(self, access_key: str, secret_key: str, *, security_token: str | None = None) -> None:
        if security_token is not None:
            security_token = arguments.header("security_token", security_token)
        id_, secret = arguments.header("access_key", access_key), arguments.header("secret_key", secret_key)
        super().__init__(AccessKey(id_, secret, security_token=security_token))

    def of_project(self, project_id: str) -> SignatureAuth:
        """Return a signer that also sends and signs the project's id, as the vendor's SDK does.

        Raises:
            ValueError: a header can't carry the id.
        """
        return SignatureAuth(evolve(self._key, project=arguments.header("project_id", project_id)))


def make_auth(auth: str | AsyncFetch | httpx.Auth, project_id: str) -> httpx.Auth:
    """Build the authentication of a client from its argument `auth`.

    Raises:
        ValueError: the argument is neither a token, nor a function, nor an `httpx.Auth`.
    """
    if isinstance(auth, AkSkAuth):
        return auth.of_project(project_id)
    if isinstance(auth, httpx.Auth):
        return auth
    if isinstance(auth, str) or callable(auth):
        # An id that no header can carry belongs to no project of the service, which refuses it by the path.
        return TokenAuth(auth, project_id if project_id.isascii() and project_id.isprintable() else None)
    raise ValueError("auth must be a token, a function that returns a token, or an httpx.Auth such as AkSkAuth")


def renews(auth: httpx.Auth, response: httpx.Response) -> bool:
    """Return True if a refused request may succeed with a new token, which is fetched when it is sent again."""
    refused = response.status_code == httpx.codes.UNAUTHORIZED
    return refused and isinstance(auth, TokenAuth) and auth.forget(response.request)


def _begin(fetch: AsyncFetch) -> Callable[[], Any]:
    """Return the function for another thread, with the deadline of the call for the requests that it sends."""
    bound, context = current(), copy_context()
    if bound is None:
        return partial(context.run, fetch)

    def begin() -> Any:
        with bound.inner().applied():
            return fetch()

    return partial(context.run, begin)


def _call(fetch: AsyncFetch | None) -> Any:
    if fetch is None:
        raise AssertionError("a fixed token is never renewed")
    from jobexport.core.waiting import call_beside

    problem, bound = "", current()
    left = None if bound is None else bound.left()
    try:
        # The deadline can end a wait for a thread, but no function.
        token = fetch() if left is None else call_beside(_begin(fetch), left)
    except JobexportError:
        raise
    except Exception as error:  # the text of a foreign error may hold the token
        if bound is not None:
            bound.left()
        problem = type(error).__name__
    else:
        if not inspect.isawaitable(token):
            return token
        if inspect.iscoroutine(token):
            token.close()
        raise TokenUnavailable("the function that fetches tokens is async; give it to an async client")
    raise TokenUnavailable(f"the function that fetches tokens failed with {problem}; call it alone to see why")


async def _async_call(fetch: AsyncFetch | None) -> Any:
    if fetch is None:
        raise AssertionError("a fixed token is never renewed")
    from jobexport.core.waiting import beside

    problem, bound = "", current()
    try:
        # A function that blocks must not hold up the other tasks, nor the end of the program.
        token = fetch() if inspect.iscoroutinefunction(fetch) else await beside(_begin(fetch))
        if not inspect.isawaitable(token):
            return token
        with contextlib.nullcontext() if bound is None else bound.inner().applied():
            return await token
    except JobexportError:
        raise
    except Exception as error:  # as above
        problem = type(error).__name__
    raise TokenUnavailable(f"the function that fetches tokens failed with {problem}; call it alone to see why")


def _hold(token: Any) -> _Held:
    value, expires = (token.value, token.expires) if isinstance(token, Token) else (token, None)
    try:
        value = arguments.header("token", value)
    except ValueError as error:
        raise TokenUnavailable(f"the function that fetches tokens returned no usable token: {error}") from None
    if not isinstance(expires, datetime | None):
        raise TokenUnavailable(
            "the function that fetches tokens returned a Token with a wrong `expires`; return a datetime or None"
        )
    now = time.time()
    life = _DEFAULT_LIFE if expires is None else expires.astimezone(UTC).timestamp() - now
    return _Held(value, now + life - min(max(life, 0.0) * _MARGIN, _LONGEST_MARGIN))
