"""The shell that takes the steps of a call by awaiting."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import field, frozen

from jobexport.client.auth import renews
from jobexport.client.shell import build, own
from jobexport.client.steps import Close, Opened, Receive, Send, Sleep, Work
from jobexport.client.transport import EXCEPTIONS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    import httpx

    from jobexport.client.steps import Step, Steps

T = TypeVar("T")


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
