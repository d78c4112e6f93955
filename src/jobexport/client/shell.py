"""The two shells that carry out the steps of a call: `Shell` blocks, `AsyncShell` awaits."""

from __future__ import annotations

import asyncio
import contextlib
import re
import time
from typing import TYPE_CHECKING, Any, TypeVar, cast

import httpx
from attrs import field, frozen

from jobexport.client.arguments import regions_of
from jobexport.client.auth import renews
from jobexport.client.steps import Close, Opened, Receive, Send, Sleep, Together, Work
from jobexport.client.together import in_tasks, in_threads
from jobexport.core.bounds import Bound, DeadlinePassed, Overlong
from jobexport.core.http import IDENTITY, encoding_of, proxy_of
from jobexport.core.redact import line
from jobexport.core.waiting import Stop, beside, call_beside, to_its_end
from jobexport.errors import (
    ConnectionFailed,
    ConnectionLost,
    JobexportError,
    TimedOut,
    TransportError,
    TruncatedResponse,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from jobexport.client.retry import Attempts
    from jobexport.client.steps import Step, Steps
    from jobexport.core.http import Connections


EXCEPTIONS = (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, httpx.CookieConflict)
"""The base classes of all errors of httpx."""
# The words of the system for a name that no address belongs to.
_NO_HOST = re.compile(
    "Name or service not known|nodename nor servname|getaddrinfo failed|No address associated|Errno -[235]"
)
# The words of httpcore, h11 and h2 for a connection that the server has closed.
_ENDED = re.compile("disconnected|closed connection|Terminated|StreamReset")
_BAD_CERTIFICATE = "CERTIFICATE_VERIFY_FAILED"


def transport_error(operation: str, error: Exception, url: httpx.URL, status: int | None = None) -> JobexportError:
    """Build the tree's error for an error of httpx.

    Args:
        operation: the operation's id, such as `exportJob`.
        error: the error of httpx.
        url: the request's URL.
        status: the response's status, or None before the response began.
    """
    host, proxy = url.netloc.decode("ascii", "replace") or "the server", proxy_of(error)
    if proxy is not None:
        host = f"{host} through the proxy {proxy}"
    match error:
        case httpx.ConnectTimeout():
            return TimedOut(operation, f"no connection to {host} in time; is it the right host?", ambiguous=False)
        case httpx.PoolTimeout():
            problem = "no connection of the pool was free in time; lower the concurrency or raise the timeout"
            return TimedOut(operation, problem, ambiguous=False)
        case httpx.TimeoutException():
            return TimedOut(operation, f"{host} sent nothing more before the timeout; raise it, or try again later")
        case httpx.ConnectError() | httpx.ProxyError() | httpx.UnsupportedProtocol():
            reason = line(" ".join(str(error).split())) or type(error).__name__
            refused = isinstance(error, httpx.ProxyError) and proxy is None
            by = "the proxy opened no connection" if refused else "no connection"
            regions = regions_of(url.host) if _NO_HOST.search(reason) else ""
            advice = f"check the region and the network; {regions}" if regions else "check the address and the network"
            problem = f"{by} to {host} ({reason}); {advice}"
            found = ConnectionFailed(operation, problem, ambiguous=False)
            found.lasting = isinstance(error, httpx.UnsupportedProtocol) or _BAD_CERTIFICATE in reason
            return found
        case Overlong():
            problem = f"{host} sends too many bytes beside the body (headers, interim responses, chunk extensions)"
            return TransportError(operation, f"{problem}; is it the service?")
        case httpx.NetworkError() | httpx.RemoteProtocolError():
            return _broken(operation, host, error, status)
    if isinstance(error, httpx.InvalidURL):
        found = ConnectionFailed(operation, "the base URL can't be used; check it", ambiguous=False)
        found.lasting = True
        return found
    return TransportError(operation, f"the request to {host} failed ({type(error).__name__}); try again")


def _broken(operation: str, host: str, error: Exception, status: int | None) -> TransportError:
    """Build the error for a connection that ended, or on which something else than HTTP came."""
    protocol = isinstance(error, httpx.RemoteProtocolError)
    if protocol and not _ENDED.search(str(error)):
        # The error's text quotes what came.
        part, kind = ("head", TransportError) if status is None else ("body", TruncatedResponse)
        problem = f"{host} breaks the rules of HTTP in the {part} of its response, or the {part} has too long lines"
        return kind(operation, f"{problem}; check the host, the port, and http:// or https://")
    where = "before the response" if status is None else "in the middle of the response"
    kind = TruncatedResponse if protocol and status is not None else ConnectionLost
    return kind(operation, f"{host} ended the connection {where}; try again")


T = TypeVar("T")


@frozen(eq=False)
class Shell:
    """The shell that carries out steps by blocking."""

    connections: Connections[httpx.Client] = field(repr=False)
    auth: httpx.Auth = field(repr=False)
    base_url: str

    def close(self) -> None:
        """Close the connections, unless the client was given from outside."""
        if (http := self.connections.close()) is not None:
            http.close()

    def run(self, steps: Steps[T], stop: Stop | None = None) -> T:
        """Carry out the steps to their end, and return their result.

        Args:
            steps: the steps.
            stop: ends the call when set, between two steps or in a wait.
        """
        try:
            step = next(steps)
            while True:
                try:
                    if stop is not None and not isinstance(step, Close):
                        stop.check()
                    result = self._take(step, stop)
                except BaseException as error:  # raised in the steps, which clean up
                    failure = error
                else:
                    step = steps.send(result)
                    continue
                # Not in the handler above: httpx's error would become the context, with the request and its token.
                step = steps.throw(own(step, failure))
        except StopIteration as end:
            return cast("T", end.value)

    def _take(self, step: Step, stop: Stop | None) -> Any:
        match step:
            case Receive():
                with step.opened.bound.applied():
                    piece = next(cast("Iterator[bytes]", step.opened.pieces), b"")
                step.opened.bound.refund(len(piece))
                if stop is not None:
                    stop.check()
                return piece
            case Send():
                opened = self._send(step)
                if renews(self.auth, opened.response):
                    opened.response.close()
                    opened = self._send(step)
                return opened
            case Close():
                with contextlib.suppress(*EXCEPTIONS, OSError):
                    step.opened.response.close()
            case Sleep() if stop is not None:
                stop.sleep(step.seconds)
            case Sleep():
                time.sleep(step.seconds)
            case Work():
                return _work(step, stop)
            case Together():
                return in_threads(self.run, step.calls, stop)
        return None

    def _send(self, step: Send) -> Opened:
        http = self.connections.of(step.attempts.operation)
        request, bound = build(http, self.base_url, step), Bound(step.attempts.until)
        with bound.applied():
            response = http.send(request, stream=True, auth=self.auth, follow_redirects=False)
        # A compressed body, which nobody asked for, is never unpacked.
        pieces = response.iter_raw() if _is_packed(response) else response.iter_bytes()
        return Opened(step.attempts, response, pieces, bound)


def _work(step: Work, stop: Stop | None) -> Any:
    if step.may_hang:
        return call_beside(step.function, step.seconds)
    if stop is None:
        return step.function()
    with stop.working():
        return step.function()


def build(http: httpx.Client | httpx.AsyncClient, base_url: str, step: Send) -> httpx.Request:
    """Build a request; its timeouts end with the deadline of its attempts."""
    request = dict(step.request)
    # Not the client's own base URL: a client from outside may have another base URL.
    request["url"] = base_url + request["url"]
    request["headers"] = {**request.get("headers", {}), **IDENTITY}
    left = step.attempts.remaining()
    limits = http.timeout.as_dict()
    if left is not None and any(limit is None or limit > left for limit in limits.values()):
        limits = {name: left if limit is None else min(limit, left) for name, limit in limits.items()}
        request["timeout"] = httpx.Timeout(**limits)
    return http.build_request(**request)


def _is_packed(response: httpx.Response) -> bool:
    """Return True if the body is compressed. A transport from outside may have unpacked it already."""
    return bool(encoding_of(response.headers)) and not response.is_stream_consumed


def own(step: Step, failure: BaseException) -> BaseException:
    """Return the tree's error for an error of httpx, and any other error as it is."""
    if isinstance(step, Send | Receive) and _is_of_tls(failure):
        # httpx's async transport lets such an error pass as it is.
        failure = httpx.ReadError(str(failure))
    if not isinstance(failure, EXCEPTIONS) or not isinstance(step, Send | Receive):
        return failure
    if isinstance(step, Send):
        url, status, attempts = _url(failure), None, step.attempts
    else:
        response = step.opened.response
        url, status, attempts = response.request.url, response.status_code, step.opened.attempts
    if isinstance(failure, DeadlinePassed):
        return attempts.too_late()
    return transport_error(attempts.operation, failure, url, status)


def _is_of_tls(failure: BaseException) -> bool:
    import ssl

    return isinstance(failure, ssl.SSLError)


def _url(failure: Exception) -> httpx.URL:
    with contextlib.suppress(RuntimeError):
        if isinstance(failure, httpx.RequestError):
            return failure.request.url
    return httpx.URL()


@frozen(eq=False)
class AsyncShell:
    """The shell that carries out steps by awaiting."""

    connections: Connections[httpx.AsyncClient] = field(repr=False)
    auth: httpx.Auth = field(repr=False)
    base_url: str

    async def aclose(self) -> None:
        """Close the connections of the running loop, unless the client was given from outside."""
        if (http := self.connections.close(asyncio.get_running_loop())) is not None:
            await http.aclose()

    async def run(self, steps: Steps[T]) -> T:
        """Carry out the steps to their end, and return their result."""
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
                opened = step.opened
                async with _in_time(opened.attempts, opened.bound):
                    piece = await anext(cast("AsyncIterator[bytes]", opened.pieces), b"")
                opened.bound.refund(len(piece))
                return piece
            case Send():
                opened = await self._send(step)
                if renews(self.auth, opened.response):
                    await opened.response.aclose()
                    opened = await self._send(step)
                return opened
            case Close():
                with contextlib.suppress(*EXCEPTIONS, OSError):
                    await step.opened.response.aclose()
            case Sleep():
                await asyncio.sleep(step.seconds)
            case Work() if step.may_hang:
                return await beside(step.function, step.seconds)
            case Work():
                return await to_its_end(step.function)
            case Together():
                return await in_tasks(self.run, step.calls)
        return None

    async def _send(self, step: Send) -> Opened:
        http = self.connections.of(step.attempts.operation, asyncio.get_running_loop())
        request, bound = build(http, self.base_url, step), Bound(step.attempts.until)
        async with _in_time(step.attempts, bound):
            response = await http.send(request, stream=True, auth=self.auth, follow_redirects=False)
        pieces = response.aiter_raw() if _is_packed(response) else response.aiter_bytes()
        return Opened(step.attempts, response, pieces, bound)


@contextlib.asynccontextmanager
async def _in_time(attempts: Attempts, bound: Bound) -> AsyncIterator[None]:
    """End a wait at the deadline; httpx has a timeout for each read, but not for a whole head or a whole piece."""
    try:
        async with asyncio.timeout(attempts.remaining()):
            with bound.applied():
                yield
    except TimeoutError:
        raise attempts.too_late() from None
