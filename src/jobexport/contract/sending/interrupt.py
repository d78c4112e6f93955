"""Lets Ctrl-C end a run between two requests, so that what was sent so far is reported."""

from __future__ import annotations

import contextlib
import signal
import threading
from typing import TYPE_CHECKING, Any

from attrs import define, field

from jobexport.contract.sending.pace import Stopped, Wire

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator


@define
class Interrupt:
    """What the first SIGINT does; the second one does what it would do anyway."""

    wire: Wire
    _process: subprocess.Popen[str] | None = field(default=None, init=False, repr=False)

    def handle(self, _number: int, _frame: Any) -> None:
        """End the run before its next request, in the process that sends it too."""
        signal.signal(signal.SIGINT, signal.default_int_handler)
        self.wire.stopped = Stopped("interrupted", "the run was interrupted")
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)

    @contextlib.contextmanager
    def passed_on_to(self, process: subprocess.Popen[str]) -> Iterator[None]:
        """Pass it on while the process runs."""
        self._process = process
        try:
            if self.wire.stopped is not None:
                process.send_signal(signal.SIGINT)
            yield
        finally:
            self._process = None


@contextlib.contextmanager
def interruptible(wire: Wire) -> Iterator[Interrupt]:
    """Handle SIGINT while the context lasts; only the main thread can, elsewhere nothing is changed."""
    interrupt = Interrupt(wire)
    if threading.current_thread() is not threading.main_thread():
        yield interrupt
        return
    before = signal.signal(signal.SIGINT, interrupt.handle)
    try:
        yield interrupt
    finally:
        signal.signal(signal.SIGINT, before)
