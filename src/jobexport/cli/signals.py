"""Signals that end a command: it cleans up first, and its exit code names the signal."""

from __future__ import annotations

import contextlib
import signal
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from collections.abc import Iterator

# A terminal that is closed sends SIGHUP. Ctrl-C is a KeyboardInterrupt already.
_NAMES = ("SIGTERM", "SIGHUP")


class Signalled(SystemExit):
    """End of the program by a signal; the exit code is that of shells, such as 143 for SIGTERM."""

    def __init__(self, number: int) -> None:
        super().__init__(128 + number)


@contextlib.contextmanager
def ended_by_signals() -> Iterator[None]:
    """Raise Signalled in the block when SIGTERM or SIGHUP comes; a signal that is ignored, as by nohup, stays so."""
    before: dict[int, Any] = {}

    def end(number: int, _: object) -> NoReturn:
        # A terminal may send SIGHUP twice, which must not break off the clean-up; a second SIGTERM does.
        for other in before:
            signal.signal(other, signal.SIG_DFL if other == signal.SIGTERM else signal.SIG_IGN)
        raise Signalled(number)

    for number in (getattr(signal, name) for name in _NAMES if hasattr(signal, name)):
        if signal.getsignal(number) is not signal.SIG_IGN:
            before[number] = signal.signal(number, end)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
