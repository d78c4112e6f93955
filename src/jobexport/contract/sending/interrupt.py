"""Ctrl-C during a run: the run ends between two requests and reports the results so far."""

from __future__ import annotations

import contextlib
import signal
import threading
from typing import TYPE_CHECKING, Any

from attrs import define, field

from jobexport.contract.sending.pace import RunStopped, Wire

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator


@define
class Interrupt:
    """The handler of the first SIGINT; a second SIGINT raises KeyboardInterrupt at once."""

    wire: Wire
    _process: subprocess.Popen[str] | None = field(default=None, init=False, repr=False)

    def handle(self, _number: int, _frame: Any) -> None:
        """Stop the run before its next request, in this process and in schemathesis's."""
        signal.signal(signal.SIGINT, signal.default_int_handler)
        self.wire.stopped = RunStopped("interrupted", "the run was interrupted")
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)

    @contextlib.contextmanager
    def passed_on_to(self, process: subprocess.Popen[str]) -> Iterator[None]:
        """Yield while each SIGINT is sent to the process too."""
        self._process = process
        try:
            if self.wire.stopped is not None:
                process.send_signal(signal.SIGINT)
            yield
        finally:
            self._process = None


@contextlib.contextmanager
def interruptible(wire: Wire) -> Iterator[Interrupt]:
    """Yield the handler of SIGINT during the context; outside the main thread it is not installed."""
    interrupt = Interrupt(wire)
    if threading.current_thread() is not threading.main_thread():
        yield interrupt
        return
    before = signal.signal(signal.SIGINT, interrupt.handle)
    try:
        yield interrupt
    finally:
        signal.signal(signal.SIGINT, before)
