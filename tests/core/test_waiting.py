"""Calls in threads end before the code that waits for them goes on, however it is interrupted."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import anyio
import pytest

from jobexport.core.waiting import CallStopped, Stop, all_done, to_its_end


class Written:
    """A function that runs in a thread until it is let go, and notes its end."""

    def __init__(self) -> None:
        self.begun, self.may_end, self.done = threading.Event(), threading.Event(), False

    def __call__(self) -> None:
        self.begun.set()
        self.may_end.wait(60)
        self.done = True

    async def under_way(self) -> None:
        while not self.begun.is_set():
            await asyncio.sleep(0.001)


@pytest.mark.parametrize("times", [1, 2, 5])
def test_a_cancelled_task_ends_after_its_thread(times: int) -> None:
    """However often the task is cancelled, it is cancelled once its function has returned."""
    written = Written()

    async def main() -> None:
        task = asyncio.create_task(to_its_end(written))
        await written.under_way()
        for _ in range(times):
            task.cancel()
            await asyncio.sleep(0.001)
        assert not task.done()
        written.may_end.set()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert written.done

    asyncio.run(main())


def test_a_cancel_scope_ends_after_its_thread() -> None:
    """A scope of anyio cancels again and again, until the function has returned."""
    written = Written()

    async def main() -> None:
        asyncio.get_running_loop().call_later(0.02, written.may_end.set)
        with anyio.CancelScope() as scope:
            scope.cancel()
            await to_its_end(written)
        assert written.done

    asyncio.run(main())


def test_the_end_of_the_loop_waits_for_the_thread() -> None:
    """`asyncio.run` cancels the tasks that nobody awaits; their threads are not left alone."""
    written = Written()

    async def main() -> None:
        task = asyncio.create_task(to_its_end(written))
        task.add_done_callback(lambda _: ended.append(written.done))
        await written.under_way()
        asyncio.get_running_loop().call_later(0.02, written.may_end.set)

    ended: list[bool] = []
    asyncio.run(main())
    assert ended == [True]


def test_a_function_that_has_not_begun_never_begins() -> None:
    """With every thread busy, a cancelled task ends at once, and its function is not called later."""
    busy, late = Written(), Written()

    async def main() -> None:
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(1))
        first = asyncio.create_task(to_its_end(busy))
        await busy.under_way()
        second = asyncio.create_task(to_its_end(late))
        await asyncio.sleep(0.001)
        second.cancel()
        with pytest.raises(asyncio.CancelledError):
            await second
        busy.may_end.set()
        await first

    asyncio.run(main())
    assert not late.begun.is_set()


def test_a_wait_for_all_survives_every_cancellation() -> None:
    """The last cancellation is returned once every task is done."""

    async def main() -> None:
        free = asyncio.Event()
        tasks = [asyncio.create_task(free.wait()) for _ in range(3)]
        wait = asyncio.create_task(all_done(tasks))
        for _ in range(3):
            await asyncio.sleep(0)
            wait.cancel()
        await asyncio.sleep(0)
        assert not wait.done()
        free.set()
        assert isinstance(await wait, asyncio.CancelledError)
        assert all(task.done() for task in tasks)

    asyncio.run(main())


def test_a_stop_waits_for_work_and_lets_none_begin() -> None:
    """`join` returns after the work that is under way; later work is refused."""
    stop, written = Stop(), Written()

    def work() -> None:
        with stop.working():
            written()

    thread = threading.Thread(target=work)
    thread.start()
    assert written.begun.wait(60)
    stop.set()
    threading.Timer(0.02, written.may_end.set).start()
    stop.join()
    assert written.done
    with pytest.raises(CallStopped), stop.working():
        pass
    thread.join()
