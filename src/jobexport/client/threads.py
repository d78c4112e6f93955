"""Takes the steps of many requests in threads, for the client that blocks."""

from __future__ import annotations

import queue
import threading
import time
from typing import TYPE_CHECKING, Protocol, TypeAlias, TypeVar

from jobexport.errors import JobexportError

if TYPE_CHECKING:
    from collections import deque

    from jobexport.client.shell import Shell
    from jobexport.client.steps import Steps

    Chunk: TypeAlias = tuple[str, ...]

T = TypeVar("T")


class Chunks(Protocol[T]):
    """Jobs in chunks, a request each. Only the thread that started it all settles and adds."""

    ready: deque[Chunk]
    """Those that were not begun."""

    def fetch(self, chunk: Chunk) -> Steps[T]:
        """Give the steps of a chunk's request."""

    def settle(self, chunk: Chunk, outcome: T | JobexportError) -> None:
        """Note how a chunk fared."""


# How long threads get to clean up after Ctrl-C. One that waits for the server has nothing on disk that has a name.
_GRACE_SECONDS = 1.0


def fetch_chunks(batch: Chunks[T], shell: Shell, concurrency: int) -> None:
    """Fetch chunks until none is left.

    Raises:
        BaseException: whatever is none of the tree's errors, which are settled.
    """
    todo: queue.SimpleQueue[Chunk | None] = queue.SimpleQueue()
    done: queue.SimpleQueue[tuple[Chunk, T | BaseException]] = queue.SimpleQueue()
    stop = threading.Event()

    def work() -> None:
        while (chunk := todo.get()) is not None:
            try:
                done.put((chunk, shell.run(batch.fetch(chunk), stop)))
            except BaseException as error:  # raised again where it is awaited
                done.put((chunk, error))

    # Not a pool: Python waits for a pool's threads at its end, for as long as the server takes.
    threads = [threading.Thread(target=work, daemon=True) for _ in range(concurrency)]
    for thread in threads:
        thread.start()
    try:
        _settle_all(batch, concurrency, todo, done)
    except BaseException:
        stop.set()
        raise
    finally:
        for _ in threads:
            todo.put(None)
        end = time.monotonic() + _GRACE_SECONDS
        for thread in threads:
            thread.join(max(0.0, end - time.monotonic()) if stop.is_set() else None)


def _settle_all(
    batch: Chunks[T],
    concurrency: int,
    todo: queue.SimpleQueue[Chunk | None],
    done: queue.SimpleQueue[tuple[Chunk, T | BaseException]],
) -> None:
    running = 0
    while batch.ready or running:
        while batch.ready and running < concurrency:
            todo.put(batch.ready.popleft())
            running += 1
        chunk, outcome = done.get()
        running -= 1
        if isinstance(outcome, BaseException) and not isinstance(outcome, JobexportError):
            raise outcome
        batch.settle(chunk, outcome)
