"""Several calls at once: each in a thread for a blocking shell, each in a task for an async shell."""

from __future__ import annotations

import asyncio
import queue
import threading
import time
from typing import TYPE_CHECKING, Any

from jobexport.core.waiting import Stop, all_done, next_result

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Sequence

    from jobexport.client.steps import Steps

GRACE_SECONDS = 1.0
"""The time for threads that wait for the server to clean up after Ctrl-C; they have no named file on the disk."""


def in_threads(
    run: Callable[[Steps[Any], Stop | None], Any], calls: Sequence[Steps[Any]], outer: Stop | None
) -> list[Any]:
    """Return the results of several calls.

    Args:
        run: carries out the steps of a call until a `Stop` comes.
        calls: the calls.
        outer: the end of the call that these calls belong to.

    Raises:
        BaseException: the first error of a call; the other calls are ended.
    """
    if len(calls) < 2:
        return [run(steps, outer) for steps in calls]
    finished: queue.SimpleQueue[tuple[int, Any, BaseException | None]] = queue.SimpleQueue()
    stop, results = Stop(), dict.fromkeys(range(len(calls)))

    def work(number: int, steps: Steps[Any]) -> None:
        try:
            finished.put((number, run(steps, stop), None))
        except BaseException as error:  # raised again, in the thread that waits
            finished.put((number, None, error))

    # Not threads of a pool: at its end Python waits for a pool's threads, for as long as the server takes.
    threads = [threading.Thread(target=work, args=item, daemon=True) for item in enumerate(calls)]
    try:
        for thread in threads:
            thread.start()
        for _ in calls:
            number, results[number], error = _next(finished, outer)
            if error is not None:
                raise error
    except BaseException:
        stop.set()
        try:
            join(filter(threading.Thread.is_alive, threads), GRACE_SECONDS)
        finally:
            stop.join()
        raise
    return list(results.values())


def _next(finished: queue.SimpleQueue[Any], outer: Stop | None) -> Any:
    """Return the next result; the end of the outer call is seen within half a second."""
    while True:
        if outer is not None:
            outer.check()
        try:
            return next_result(finished, None if outer is None else 0.5)
        except TimeoutError:
            continue


def join(threads: Iterable[threading.Thread], seconds: float) -> None:
    """Wait for threads, at most these seconds for all of them."""
    end = time.monotonic() + seconds
    for thread in threads:
        thread.join(max(0.0, end - time.monotonic()))


async def in_tasks(run: Callable[[Steps[Any]], Awaitable[Any]], calls: Sequence[Steps[Any]]) -> list[Any]:
    """Return the results of several calls.

    Raises:
        BaseException: the first error of a call; the other calls are ended.
    """
    if len(calls) < 2:
        return [await run(steps) for steps in calls]
    tasks = [asyncio.ensure_future(run(steps)) for steps in calls]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
    finally:
        for task in tasks:
            task.cancel()
        cancelled = await all_done(tasks)
    if cancelled is not None:
        raise cancelled
    failures = [error for task in tasks if not task.cancelled() and (error := task.exception()) is not None]
    if failures:
        raise failures[0]
    return [task.result() for task in tasks]
