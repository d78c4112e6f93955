"""The shell that takes the steps of a call by blocking, and what it shares with the one that awaits."""

from __future__ import annotations

import contextlib
import queue
import threading
import time
from typing import TYPE_CHECKING, Any, TypeVar, cast

import httpx
from attrs import field, frozen

from jobexport.client.auth import renews
from jobexport.client.steps import Close, Opened, Receive, Send, Sleep, Work
from jobexport.client.transport import EXCEPTIONS, transport_error

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from jobexport.client.steps import Step, Steps

T = TypeVar("T")


class Stopped(BaseException):
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
                        raise Stopped
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
