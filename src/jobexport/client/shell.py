"""The two shells that take the steps of a call: one blocks, the other awaits."""

from __future__ import annotations

import asyncio
import contextlib
import queue
import threading
import time
from typing import TYPE_CHECKING, Any, TypeVar, cast

import httpx
from attrs import field, frozen

from jobexport.client.auth import renews
from jobexport.client.steps import Close, Opened, Receive, Send, Sleep, Work
from jobexport.core.http import proxy_of
from jobexport.errors import (
    ConnectionFailed,
    ConnectionLost,
    JobexportError,
    TimedOut,
    TransportError,
    TruncatedResponse,
    UnexpectedResponse,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    from jobexport.client.steps import Step, Steps


EXCEPTIONS = (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, httpx.CookieConflict)
"""All that httpx raises."""
_BAD_CERTIFICATE = "CERTIFICATE_VERIFY_FAILED"


def transport_error(operation: str, error: Exception, url: httpx.URL, status: int | None = None) -> JobexportError:
    """Give the error that stands for one of httpx.

    Args:
        operation: such as `exportJob`.
        error: what httpx raised.
        url: where the request went.
        status: the answer's status; None as long as there is none.
    """
    host, proxy = url.netloc.decode("ascii", "replace"), proxy_of(error)
    if proxy is not None:
        host = f"{host} through the proxy {proxy}"
    match error:
        case httpx.ConnectTimeout():
            return TimedOut(operation, f"no connection to {host} in time; is it the right one?", ambiguous=False)
        case httpx.PoolTimeout():
            problem = "no connection of the pool was free in time; lower the concurrency or raise the timeout"
            return TimedOut(operation, problem, ambiguous=False)
        case httpx.TimeoutException():
            return TimedOut(operation, f"{host} said nothing more before the timeout; raise it, or try again later")
        case httpx.ConnectError() | httpx.ProxyError() | httpx.UnsupportedProtocol():
            reason = " ".join(str(error).split()) or type(error).__name__
            refused = isinstance(error, httpx.ProxyError) and proxy is None
            by = "the proxy gave no connection" if refused else "no connection"
            problem = f"{by} to {host} ({reason}); check the address and the network"
            found = ConnectionFailed(operation, problem, ambiguous=False)
            found.lasting = isinstance(error, httpx.UnsupportedProtocol) or _BAD_CERTIFICATE in reason
            return found
        case httpx.DecodingError() if status is not None:
            return UnexpectedResponse(operation, status, "the body is not compressed as its head says")
        case httpx.RemoteProtocolError() if status is not None:
            return TruncatedResponse(operation, f"{host} ended the connection in the middle of the answer; try again")
        case httpx.NetworkError() | httpx.RemoteProtocolError():
            where = "in the middle of the answer" if status is not None else "before it answered"
            return ConnectionLost(operation, f"{host} ended the connection {where}; try again")
    if isinstance(error, httpx.InvalidURL):
        found = ConnectionFailed(operation, "the base URL can't be used; check it", ambiguous=False)
        found.lasting = True
        return found
    return TransportError(operation, f"the request to {host} failed ({type(error).__name__}); try again")


T = TypeVar("T")


class CallStopped(BaseException):
    """The call is to end because the one who waits for it has gone."""


@frozen(eq=False)
class Shell:
    """Takes steps by blocking."""

    http: httpx.Client = field(repr=False)
    auth: httpx.Auth = field(repr=False)
    base_url: str
    owned: bool
    """Whether the client was made here, and is closed with this."""

    def close(self) -> None:
        """Close the connections, unless the client was given from outside."""
        if self.owned:
            self.http.close()

    def run(self, steps: Steps[T], stop: threading.Event | None = None) -> T:
        """Take the steps to their end.

        Args:
            steps: what to do.
            stop: ends it when set, between two steps or in a wait.
        """
        try:
            step = next(steps)
            while True:
                try:
                    if stop is not None and stop.is_set() and not isinstance(step, Close):
                        raise CallStopped
                    result = self._take(step, stop)
                except BaseException as error:  # the steps decide what becomes of it; they clean up in any case
                    failure = error
                else:
                    step = steps.send(result)
                    continue
                # Not in the handler above: what httpx raised would hang on, with the request that holds the token.
                step = steps.throw(own(step, failure))
        except StopIteration as end:
            return cast("T", end.value)

    def _take(self, step: Step, stop: threading.Event | None) -> Any:
        match step:
            case Receive():
                return next(cast("Iterator[bytes]", step.opened.pieces), b"")
            case Send():
                response = self._send(step)
                if renews(self.auth, response):
                    response.close()
                    response = self._send(step)
                return Opened(step.attempts.operation, response, response.iter_bytes())
            case Close():
                with contextlib.suppress(*EXCEPTIONS):
                    step.opened.response.close()
            case Sleep() if stop is not None:
                stop.wait(step.seconds)
            case Sleep():
                time.sleep(step.seconds)
            case Work() if step.may_hang:
                return _call_beside(step.function)
            case Work():
                return step.function()
        return None

    def _send(self, step: Send) -> httpx.Response:
        request = build(self.http, self.base_url, step)
        return self.http.send(request, stream=True, auth=self.auth, follow_redirects=False)


def _call_beside(function: Callable[[], T]) -> T:
    """Call a function in a thread of its own, so that Ctrl-C ends the waiting for it."""
    outcome: queue.SimpleQueue[tuple[T | None, BaseException | None]] = queue.SimpleQueue()

    def call() -> None:
        try:
            outcome.put((function(), None))
        except BaseException as error:  # raised again where it is awaited
            outcome.put((None, error))

    threading.Thread(target=call, daemon=True).start()
    result, error = outcome.get()
    if error is not None:
        raise error
    return cast("T", result)


def build(http: httpx.Client | httpx.AsyncClient, base_url: str, step: Send) -> httpx.Request:
    """Build a request whose timeouts end with the deadline of its attempts."""
    request = dict(step.request)
    # Not the client's own base URL: a client that was given from outside may have another.
    request["url"] = base_url + request["url"]
    left = step.attempts.remaining()
    limits = http.timeout.as_dict()
    if left is not None and any(limit is None or limit > left for limit in limits.values()):
        limits = {name: left if limit is None else min(limit, left) for name, limit in limits.items()}
        request["timeout"] = httpx.Timeout(**limits)
    return http.build_request(**request)


def own(step: Step, failure: BaseException) -> BaseException:
    """Give the tree's error for one of httpx, and any other as it is."""
    if not isinstance(failure, EXCEPTIONS) or not isinstance(step, Send | Receive):
        return failure
    if isinstance(step, Send):
        url, status, attempts = _url(failure), None, step.attempts
        operation = attempts.operation
    else:
        response = step.opened.response
        url, status, operation = response.request.url, response.status_code, step.opened.operation
    return transport_error(operation, failure, url, status)


def _url(failure: Exception) -> httpx.URL:
    with contextlib.suppress(RuntimeError):
        if isinstance(failure, httpx.RequestError):
            return failure.request.url
    return httpx.URL()


@frozen(eq=False)
class AsyncShell:
    """Takes steps by awaiting."""

    http: httpx.AsyncClient = field(repr=False)
    auth: httpx.Auth = field(repr=False)
    base_url: str
    owned: bool
    """Whether the client was made here, and is closed with this."""

    async def aclose(self) -> None:
        """Close the connections, unless the client was given from outside."""
        if self.owned:
            await self.http.aclose()

    async def run(self, steps: Steps[T]) -> T:
        """Take the steps to their end."""
        try:
            step = next(steps)
            while True:
                try:
                    result = await self._take(step)
                except BaseException as error:  # as in Shell.run
                    failure = error
                else:
                    step = steps.send(result)
                    continue
                step = steps.throw(own(step, failure))
        except StopIteration as end:
            return cast("T", end.value)

    async def _take(self, step: Step) -> Any:
        match step:
            case Receive():
                return await anext(cast("AsyncIterator[bytes]", step.opened.pieces), b"")
            case Send():
                response = await self._send(step)
                if renews(self.auth, response):
                    await response.aclose()
                    response = await self._send(step)
                return Opened(step.attempts.operation, response, response.aiter_bytes())
            case Close():
                with contextlib.suppress(*EXCEPTIONS):
                    await step.opened.response.aclose()
            case Sleep():
                await asyncio.sleep(step.seconds)
            case Work() if step.may_hang:
                return await _beside(step.function)
            case Work():
                return await _to_its_end(step.function)
        return None

    async def _send(self, step: Send) -> httpx.Response:
        request = build(self.http, self.base_url, step)
        # httpx knows timeouts for each of the pieces that an answer's head comes in, and none for all of it.
        try:
            async with asyncio.timeout(step.attempts.remaining()):
                return await self.http.send(request, stream=True, auth=self.auth, follow_redirects=False)
        except TimeoutError:
            raise step.attempts.too_late() from None


async def _to_its_end(function: Callable[[], T]) -> T:
    """Call a function in a thread; a task that is cancelled ends when the function has, so that nothing goes on."""
    call = asyncio.ensure_future(asyncio.to_thread(function))
    try:
        return await asyncio.shield(call)
    except asyncio.CancelledError:
        await asyncio.wait([call])
        raise


async def _beside(function: Callable[[], T]) -> T:
    """Call a function in a thread that nobody waits for when the task is cancelled or the program ends."""
    loop = asyncio.get_running_loop()
    outcome: asyncio.Future[T] = loop.create_future()

    def settle(result: T | None, error: BaseException | None) -> None:
        if outcome.done():
            return
        if error is None:
            outcome.set_result(cast("T", result))
        else:
            outcome.set_exception(error)

    def tell(result: T | None, error: BaseException | None) -> None:
        # The loop may be closed by now.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(settle, result, error)

    def call() -> None:
        try:
            result = function()
        except BaseException as error:  # raised again where it is awaited
            tell(None, error)
        else:
            tell(result, None)

    threading.Thread(target=call, daemon=True).start()
    return await outcome
