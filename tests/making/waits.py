"""Waits of tests, and waits under test: neither depends on how fast the machine is."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


def until(there: Callable[[], object]) -> None:
    """Wait until a condition holds, which another thread or process brings about; fail after a minute."""
    end = time.monotonic() + 60
    while not there():
        assert time.monotonic() < end, "what the test waits for does not come"
        time.sleep(0.002)


class Waits:
    """Stands in for `asyncio` in a module whose waits are tested: each wait goes on when the test lets it."""

    def __init__(self) -> None:
        self.asked: list[float] = []
        self._begun, self._over = threading.Semaphore(0), threading.Semaphore(0)

    def __getattr__(self, name: str) -> Any:
        return getattr(asyncio, name)

    async def sleep(self, seconds: float) -> None:
        self.asked.append(seconds)
        for _ in range(3):  # an event loop may send at the end of a turn what was written in it
            await asyncio.sleep(0)
        self._begun.release()
        assert await asyncio.to_thread(self._over.acquire, timeout=60)

    def until_one_begins(self) -> None:
        assert self._begun.acquire(timeout=60)

    def end_one(self) -> None:
        self._over.release()


class Clock:
    """Stands in for `time` in a module whose waits are tested: a wait takes no time, and the clock goes on by it."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now

    time = perf_counter = monotonic

    def sleep(self, seconds: float) -> None:
        self.now += seconds
