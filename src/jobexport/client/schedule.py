"""The schedule of an export of many jobs: the jobs of the next request, the result of each job, the end of the run.

`Schedule` decides without I/O. `run_in_threads` and `run_in_tasks` carry it out, as the two shells carry out steps.
"""

from __future__ import annotations

import asyncio
import errno
import queue
import threading
from collections import deque
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from attrs import Factory, define, field, frozen

from jobexport.client.responses import CLASSES
from jobexport.client.together import GRACE_SECONDS, join
from jobexport.core.waiting import Stop, all_done, next_result
from jobexport.errors import (
    ApiError,
    ArchiveError,
    JobexportError,
    ObsPathInvalid,
    PermissionDenied,
    ServerFault,
    TargetUnwritable,
    Throttled,
    TokenUnavailable,
    Unauthorized,
    UnexpectedResponse,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import TypeAlias

    from jobexport.client.shell import AsyncShell, Shell
    from jobexport.client.steps import Steps

    Chunk: TypeAlias = tuple[str, ...]
    """Jobs that one request names."""
    Fetch: TypeAlias = Callable[[Chunk], Steps["Fetched[Any]"]]
    """Builds the steps of a chunk's request."""

T = TypeVar("T")

# All jobs of a run have the same credentials and the same path in OBS.
_FATAL = (Unauthorized, PermissionDenied, TokenUnavailable, ObsPathInvalid)
# Any other error may concern one file only.
_DISK_IS_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EROFS}
# The most refusals that nobody can read before any job is exported, times the concurrency: a proxy's page may refuse
# every request. A chunk of 100 jobs is cut seven times.
_MOST_UNREADABLE = 8


def ends_the_run(error: JobexportError) -> bool:
    """Return True if no other request of the run can succeed: wrong credentials, a wrong path in OBS, a full disk."""
    return isinstance(error, _FATAL) or (isinstance(error, TargetUnwritable) and error.errno in _DISK_IS_FULL)


def is_about_a_job(error: JobexportError) -> bool:
    """Return True if one job, or its zip, is the reason for an error, so that other jobs may succeed without it."""
    if isinstance(error, UnexpectedResponse):
        return error.job is not None
    if isinstance(error, ApiError):
        # A gateway refuses with codes of its own, and knows no jobs.
        known = error.code in CLASSES or (error.code or "").startswith("DLF.")
        return known and not isinstance(error, ServerFault | Throttled) and not ends_the_run(error)
    return isinstance(error, ArchiveError)


def may_be_about_a_job(error: JobexportError) -> bool:
    """Return True for a refusal that nobody can read, such as an error that is cut off: a job may be the reason."""
    if isinstance(error, ApiError):
        return error.code is None and 400 <= error.status < 500 and not (ends_the_run(error) or error.status == 429)
    return isinstance(error, UnexpectedResponse) and error.status == 200


def prevented_by(exports: Mapping[str, Any], failures: Mapping[str, JobexportError]) -> JobexportError | None:
    """Return the first failure if no job was exported and no failure is about a job, else None."""
    if exports or any(map(is_about_a_job, failures.values())):
        return None
    return next(iter(failures.values()), None)


@frozen
class Progress:
    """The progress of an export of many jobs."""

    received: int
    """Bytes of zips that have come, failed attempts included; 0 for an export to OBS."""
    done: int
    """Jobs that are exported, also by an earlier run."""
    failed: int
    """Jobs that can't be exported."""
    total: int
    """Jobs that were asked for."""


@define(eq=False)
class Fetched(Generic[T]):
    """The jobs of a chunk after its request."""

    exports: dict[str, T] = Factory(dict)
    failures: dict[str, JobexportError] = Factory(dict)


@define(eq=False)
class Schedule(Generic[T]):
    """The state of a run. Only the run's own thread or task changes it; `receive` may be called from every thread."""

    names: tuple[str, ...]
    concurrency: int
    progress: Callable[[Progress], None] | None
    exports: dict[str, T] = field(init=False, factory=dict)
    failures: dict[str, JobexportError] = field(init=False, factory=dict)
    ended_by: JobexportError | None = field(init=False, default=None)
    """The error that ended the run, after which no request began."""
    _ready: deque[Chunk] = field(init=False, factory=deque)
    _running: int = field(init=False, default=0)
    _unreadable: int = field(init=False, default=0)
    _received: int = field(init=False, default=0)
    _lock: threading.Lock = field(init=False, factory=threading.Lock, repr=False)

    def plan(self, exports: Mapping[str, T], size: int) -> None:
        """Cut the jobs that are not exported yet into chunks of a size."""
        self.exports |= exports
        missing = [name for name in self.names if name not in self.exports]
        self._ready.extend(tuple(missing[start : start + size]) for start in range(0, len(missing), size))

    def begin(self, start: Callable[[Chunk], None]) -> bool:
        """Start as many chunks as the concurrency has room for. Return False once every chunk is settled."""
        while self._ready and self._running < self.concurrency:
            self._running += 1
            start(self._ready.popleft())
        return self._running > 0

    def settle(self, chunk: Chunk, outcome: Fetched[T] | BaseException) -> None:
        """Record the result of a chunk. A chunk that is refused for a job in it is cut in two.

        Raises:
            BaseException: the outcome, if it is an error of another tree.
        """
        self._running -= 1
        if isinstance(outcome, Fetched):
            self.exports |= outcome.exports
            self._fail(outcome.failures)
        elif not isinstance(outcome, JobexportError):
            raise outcome
        elif len(chunk) > 1 and self._cuts(outcome):
            middle = len(chunk) // 2
            # The halves come next: one of them shows soon whether the service exports anything.
            self._ready.extendleft((chunk[middle:], chunk[:middle]))
        else:
            self._fail(dict.fromkeys(chunk, outcome))
        if self.ended_by is not None:
            self.failures |= dict.fromkeys((name for rest in self._ready for name in rest), self.ended_by)
            self._ready.clear()
        self.report()

    def _cuts(self, error: JobexportError) -> bool:
        """Return True if jobs of a refused chunk may succeed without the others."""
        if is_about_a_job(error) or not may_be_about_a_job(error):
            return is_about_a_job(error)
        self._unreadable += 1
        return bool(self.exports) or self._unreadable <= _MOST_UNREADABLE * self.concurrency

    def receive(self, piece: bytes) -> None:
        """Count the bytes of a piece."""
        with self._lock:
            self._received += len(piece)
        self.report()

    def report(self) -> None:
        """Call the progress function, from one thread at a time."""
        if self.progress is not None:
            with self._lock:
                now = Progress(self._received, len(self.exports), len(self.failures), len(self.names))
                self.progress(now)

    def outcome(self) -> tuple[dict[str, T], dict[str, JobexportError]]:
        """Return the exports and the failures, in the order of the names."""
        exports = {name: self.exports[name] for name in self.names if name in self.exports}
        failures = {name: self.failures[name] for name in self.names if name in self.failures}
        return exports, failures

    def _fail(self, failures: Mapping[str, JobexportError]) -> None:
        self.failures |= failures
        if self.ended_by is None:
            self.ended_by = next(filter(ends_the_run, failures.values()), None)


def run_in_threads(schedule: Schedule[Any], fetch: Fetch, shell: Shell) -> None:
    """Fetch every chunk, each in a thread.

    Raises:
        BaseException: an error that is not of the tree.
    """
    finished: queue.SimpleQueue[tuple[Chunk, Fetched[Any] | BaseException]] = queue.SimpleQueue()
    stop = Stop()
    running: dict[Chunk, threading.Thread] = {}

    def work(chunk: Chunk) -> None:
        try:
            finished.put((chunk, shell.run(fetch(chunk), stop)))
        except BaseException as error:  # `settle` raises it again, in the thread that waits
            finished.put((chunk, error))

    def start(chunk: Chunk) -> None:
        # Not a thread of a pool: at its end Python waits for a pool's threads, for as long as the server takes.
        thread = threading.Thread(target=work, args=(chunk,), daemon=True)
        thread.start()
        running[chunk] = thread

    try:
        schedule.report()
        while schedule.begin(start):
            chunk, outcome = next_result(finished)
            running.pop(chunk).join()
            schedule.settle(chunk, outcome)
    except BaseException:
        stop.set()
        try:
            join(running.values(), GRACE_SECONDS)
        finally:
            stop.join()
        raise


async def run_in_tasks(schedule: Schedule[Any], fetch: Fetch, shell: AsyncShell) -> None:
    """Fetch every chunk, each in a task.

    Raises:
        BaseException: an error that is not of the tree.
    """
    running: dict[asyncio.Task[Fetched[Any]], Chunk] = {}

    def start(chunk: Chunk) -> None:
        running[asyncio.create_task(shell.run(fetch(chunk)))] = chunk

    try:
        schedule.report()
        while schedule.begin(start):
            finished, _ = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            for task in finished:
                chunk, error = running.pop(task), task.exception()
                schedule.settle(chunk, task.result() if error is None else error)
    finally:
        for task in running:
            task.cancel()
        cancelled = await all_done(running)
        for task in running:
            if not task.cancelled():
                task.exception()  # so that asyncio does not report it
        if cancelled is not None:
            raise cancelled
