"""Runs of several editions at the same time, each with its embedded mock in a process of its own."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
from multiprocessing.connection import wait
from typing import TYPE_CHECKING, Any

from attrs import define, field, frozen

from jobexport.errors import JobexportError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

    from jobexport.contract import EditionReport

POSSIBLE = hasattr(signal, "pthread_sigmask")
"""True if the system can hold Ctrl-C back from a process that begins; Windows can't."""
# Seconds until a process that was told to end is killed.
_GRACE = 5


@frozen
class EditionTask:
    """One edition's run: a function, such as `command.check`, with its document and its options."""

    function: Callable[..., EditionReport]
    document: Mapping[str, Any] = field(repr=False)
    options: Mapping[str, Any]


@define
class _Pool:
    tasks: Sequence[EditionTask]
    progress: Callable[[str, int], None]
    reports: dict[int, EditionReport] = field(factory=dict)
    running: dict[Connection, tuple[int, BaseProcess]] = field(factory=dict)
    interrupted: bool = False
    told: set[Connection] = field(factory=set)

    def start(self, number: int) -> None:
        """Start the process of a task; SIGINT reaches it only when it can handle it."""
        context = multiprocessing.get_context("spawn")
        mine, theirs = context.Pipe(duplex=False)
        process = context.Process(target=_work, args=(theirs, self.tasks[number]), daemon=True)
        with _held(signal.SIGINT):
            process.start()
        theirs.close()
        self.running[mine] = number, process
        if self.interrupted:
            # Ctrl-C came before the process was known here.
            self.pass_on()

    def interrupt(self, _number: int, _frame: Any) -> None:
        """End every run between two requests; a second Ctrl-C ends the command at once."""
        signal.signal(signal.SIGINT, signal.default_int_handler)
        self.interrupted = True
        self.pass_on()

    def pass_on(self) -> None:
        """Send SIGINT to each process that has not got it: a second one would cut its report short."""
        for connection, (_, process) in self.running.items():
            if connection not in self.told and process.pid is not None:
                self.told.add(connection)
                os.kill(process.pid, signal.SIGINT)

    def receive(self, connection: Connection) -> None:
        """Take one message of a process: a step of its run, its report, or the error that ended it.

        Raises:
            JobexportError: the run could not be done.
        """
        number, process = self.running[connection]
        try:
            kind, *values = connection.recv()
        except EOFError:
            process.join()
            raise JobexportError(
                f"the process of an edition's run ended with exit code {process.exitcode} and without a report; "
                "run that edition alone with --edition"
            ) from None
        if kind == "progress":
            self.progress(*values)
            return
        if kind == "problem":
            raise JobexportError(*values)
        del self.running[connection]
        connection.close()
        process.join()
        if kind == "report":
            (self.reports[number],) = values

    def end(self) -> None:
        """End the processes that still run."""
        for _, process in self.running.values():
            process.terminate()
        for _, process in self.running.values():
            process.join(_GRACE)
            process.kill()


def check_all(tasks: Sequence[EditionTask], progress: Callable[[str, int], None]) -> list[EditionReport]:
    """Run the tasks at the same time, at most one for each core, and return their reports in the order of the tasks.

    After Ctrl-C each run ends between two requests, and the list has the reports of the runs that were begun.

    Raises:
        JobexportError: a run could not be done; the others are ended.
    """
    pool, left = _Pool(tasks, progress), list(range(len(tasks)))
    before = signal.signal(signal.SIGINT, pool.interrupt)
    try:
        while pool.running or (left and not pool.interrupted):
            while left and not pool.interrupted and len(pool.running) < _cores():
                pool.start(left.pop(0))
            for connection in wait(pool.running):
                pool.receive(connection)  # type: ignore[arg-type]
    finally:
        signal.signal(signal.SIGINT, before)
        pool.end()
    return [pool.reports[number] for number in sorted(pool.reports)]


def _work(connection: Connection, task: EditionTask) -> None:
    """Carry out one task, in a process of its own."""

    def step(*values: Any) -> None:
        connection.send(("progress", *values))

    # A session of its own: Ctrl-C in a terminal reaches the command only, which passes it on.
    os.setsid()
    # A process whose command was killed has nobody to report to.
    with contextlib.suppress(BrokenPipeError):
        try:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
            report = task.function(task.document, None, progress=step, **task.options)
            # Ctrl-C would cut the message.
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            connection.send(("report", report))
        except JobexportError as problem:
            connection.send(("problem", str(problem)))
        except KeyboardInterrupt:
            connection.send(("interrupted",))


@contextlib.contextmanager
def _held(number: signal.Signals) -> Iterator[None]:
    """Hold a signal back: in this process for the block, and in a process that is started in it."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {number})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
