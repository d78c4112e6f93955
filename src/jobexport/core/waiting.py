"""Waits for another thread: Ctrl-C or a cancelled task ends them, or ends with them where a thread writes files."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import math
import queue
import threading
import time
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

T = TypeVar("T")

_LONGEST_WAIT = 0.5


def next_result(results: queue.SimpleQueue[T], seconds: float | None = None) -> T:
    """Return the next result in a queue.

    A wait without a timeout misses a Ctrl-C that comes just before it, or that another thread takes.

    Raises:
        TimeoutError: no result came within these seconds.
    """
    until = math.inf if seconds is None else time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        with contextlib.suppress(queue.Empty):
            return results.get(timeout=min(left, _LONGEST_WAIT))
    raise TimeoutError


def call_beside(function: Callable[[], T], seconds: float | None = None) -> T:
    """Call a function in a thread of its own, so that Ctrl-C ends the wait for it.

    Raises:
        TimeoutError: the function did not return within these seconds; nobody waits for it any more.
    """
    outcome: queue.SimpleQueue[tuple[T | None, BaseException | None]] = queue.SimpleQueue()

    def call() -> None:
        try:
            outcome.put((function(), None))
        except BaseException as error:  # raised again where it is awaited
            outcome.put((None, error))

    threading.Thread(target=call, daemon=True).start()
    result, error = next_result(outcome, seconds)
    if error is not None:
        raise error
    return cast("T", result)


class CallStopped(BaseException):
    """Signal that ends a call: the thread that waits for it has gone."""


class Stop:
    """The end of calls that run in threads of their own: once it has come, none of them writes a file any more."""

    def __init__(self) -> None:
        self._come = threading.Event()
        self._working = 0
        self._changed = threading.Condition()

    def set(self) -> None:
        """End the calls: each stops before its next step, or in a wait."""
        with self._changed:
            self._come.set()

    def check(self) -> None:
        """Raise CallStopped if the end has come."""
        if self._come.is_set():
            raise CallStopped

    def sleep(self, seconds: float) -> None:
        """Wait, at most until the end comes."""
        self._come.wait(seconds)

    @contextlib.contextmanager
    def working(self) -> Iterator[None]:
        """Run a block that `join` waits for.

        Raises:
            CallStopped: the end has come; the block does not begin.
        """
        with self._changed:
            self.check()
            self._working += 1
        try:
            yield
        finally:
            with self._changed:
                self._working -= 1
                self._changed.notify_all()

    def join(self) -> None:
        """Wait until no block of `working` runs; a second Ctrl-C does not end the wait."""
        while self._working:
            with contextlib.suppress(KeyboardInterrupt), self._changed:
                self._changed.wait_for(lambda: not self._working)


async def to_its_end(function: Callable[[], T]) -> T:
    """Call a function in a thread. A task that is cancelled, even several times, ends after the function."""
    turn = threading.Lock()

    def begin() -> T:
        if not turn.acquire(blocking=False):
            raise CallStopped
        return function()

    # Not a task, as `to_thread` would be: `asyncio.run` cancels every task at its end, and the thread would go on.
    run = contextvars.copy_context().run
    call = asyncio.get_running_loop().run_in_executor(None, partial(run, begin))
    try:
        return await asyncio.shield(call)
    except asyncio.CancelledError:
        if turn.acquire(blocking=False):
            # Every thread is busy, so the function has not begun, and now it never will.
            call.cancel()
        else:
            await all_done([call])
        raise


async def all_done(calls: Collection[asyncio.Future[Any]]) -> asyncio.CancelledError | None:
    """Wait until all calls are done; return the error of a cancellation in the meantime, if any."""
    cancelled = None
    while not all(call.done() for call in calls):
        try:
            await asyncio.wait(calls)
        except asyncio.CancelledError as error:
            cancelled = error
    return cancelled


async def beside(function: Callable[[], T], seconds: float | None = None) -> T:
    """Call a function in a thread that nobody waits for when the task is cancelled or the program ends.

    Raises:
        TimeoutError: the function did not return within these seconds.
    """
    loop = asyncio.get_running_loop()
    outcome: asyncio.Future[T] = loop.create_future()

    def settle(result: T | None, error: BaseException | None) -> None:
        if outcome.done():
            return
        if error is None:
            outcome.set_result(cast("T", result))
        else:
            outcome.set_exception(error)

    def report(result: T | None, error: BaseException | None) -> None:
        # The loop may be closed by now.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(settle, result, error)

    def call() -> None:
        try:
            result = function()
        except BaseException as error:  # raised again where it is awaited
            report(None, error)
        else:
            report(result, None)

    threading.Thread(target=call, daemon=True).start()
    async with asyncio.timeout(seconds):
        return await outcome
