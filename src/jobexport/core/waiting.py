"""Waits for another thread that Ctrl-C ends."""

from __future__ import annotations

import contextlib
import queue
from typing import TypeVar

T = TypeVar("T")

_LONGEST_WAIT = 0.5


def next_result(results: queue.SimpleQueue[T]) -> T:
    """Return the next result in a queue.

    A wait without a timeout misses a Ctrl-C that comes just before it, or that another thread takes.
    """
    while True:
        with contextlib.suppress(queue.Empty):
            return results.get(timeout=_LONGEST_WAIT)
