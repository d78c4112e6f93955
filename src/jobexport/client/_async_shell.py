"""The shell that takes the steps of a call by awaiting."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import field, frozen

from jobexport.client._shell import build, own
from jobexport.client._steps import Close, Opened, Receive, Send, Sleep, Work
from jobexport.client._transport import EXCEPTIONS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import httpx

    from jobexport.client._steps import Step, Steps

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
                request = build(self.http, self.base_url, step)
                response = await self.http.send(request, stream=True, auth=self.auth, follow_redirects=False)
                return Opened(step.attempts.operation, response, response.aiter_bytes())
            case Close():
                with contextlib.suppress(*EXCEPTIONS):
                    await step.opened.response.aclose()
            case Sleep():
                await asyncio.sleep(step.seconds)
            case Work():
                return await asyncio.to_thread(step.function)
        return None
