"""An export of any number of jobs: chunks of 100, a zip for each job, and what is there already is left alone.

The folder holds `{job}.zip` for each job, with the members that the service's zip has for it. Such a file is written
beside and renamed, so one that is there is whole, even after a kill; its comment stands for the project, the
workspace and `depend` that it was exported with. A zip that a killed run left half written is called `%….part`, and the
next run removes it.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import tempfile
import threading
from collections import deque
from functools import partial
from pathlib import Path
from typing import IO, TYPE_CHECKING, cast

from attrs import Factory, define, field, frozen

from jobexport.archive import JobArchive
from jobexport.archive.members import group, holds
from jobexport.archive.zip.copy import copy
from jobexport.archive.zip.directory import read_directory
from jobexport.archive.zip.source import opened
from jobexport.archive.zip.whole import check
from jobexport.client import arguments
from jobexport.client.batch_folder import OTHERS, file_names, is_others
from jobexport.client.calls import BATCH_EXPORT_JOBS, batch_exchange
from jobexport.client.exchange import fetch_zip
from jobexport.client.steps import Work
from jobexport.client.target import Digest, Part, Target, folder_text
from jobexport.core.files import is_part, locked, writing
from jobexport.errors import (
    ApiError,
    ArchiveError,
    InvalidRequest,
    JobexportError,
    JobNotFound,
    PermissionDenied,
    TargetUnwritable,
    TokenUnavailable,
    Unauthorized,
    UnexpectedAnswer,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from jobexport.archive.zip.directory import Member
    from jobexport.archive.zip.source import Source
    from jobexport.client.exchange import Exchange
    from jobexport.client.retry import Retries
    from jobexport.client.steps import Steps
    from jobexport.client.target import Place

# What ends the whole run.
_FATAL = (Unauthorized, PermissionDenied, TokenUnavailable)
# Likewise, where a file can't be written; any other reason may be that file's own.
_DISK_IS_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EROFS}


@frozen
class Progress:
    """How far an export of many jobs is."""

    received: int
    """Bytes that have come, those of attempts that failed included."""
    done: int
    """Jobs that are there, those that were there before included."""
    failed: int
    """Jobs that can't be exported."""
    total: int
    """Jobs that were asked for."""


@frozen
class JobsExport:
    """How an export of many jobs went."""

    archives: Mapping[str, JobArchive]
    """The zips by job name, in the order of the names that were given."""
    failures: Mapping[str, JobexportError]
    """Why the other jobs are not there, by job name, in the same order."""
    reused: frozenset[str]
    """The jobs whose zips were there already and were not fetched again."""
    others: tuple[Path, ...] = ()
    """Zips `%others-….zip` of what the service sent beside the jobs, if it did; no page says that it does."""

    @property
    def succeeded(self) -> bool:
        """Whether every job is there."""
        return not self.failures


@define(eq=False)
class Batch:
    """The state of such an export. Only the one that started it changes it, whatever fetches the chunks."""

    project_id: str
    retries: Retries
    names: tuple[str, ...]
    folder: Path
    workspace: str | None
    depend: bool | None
    progress: Callable[[Progress], None] | None
    ready: deque[tuple[str, ...]] = Factory(deque)
    """Chunks to be fetched."""
    _archives: dict[str, JobArchive] = Factory(dict)
    _failures: dict[str, JobexportError] = Factory(dict)
    _reused: frozenset[str] = frozenset()
    _others: list[Path] = Factory(list)
    _received: int = 0
    _files: dict[str, str] = field(init=False)

    _comment: bytes = field(init=False)
    """What the zips of this project, workspace and `depend` carry."""
    _lock: threading.Lock = field(init=False, factory=threading.Lock, repr=False)
    _splitting: threading.Lock = field(init=False, factory=threading.Lock, repr=False)

    def __attrs_post_init__(self) -> None:
        self._files = file_names(self.names)
        choices = json.dumps([self.project_id, self.workspace, self.depend]).encode()
        self._comment = b"jobexport " + hashlib.sha256(choices).hexdigest().encode()

    @classmethod
    def plan(
        cls,
        project_id: str,
        retries: Retries,
        names: Iterable[str],
        to: Place,
        workspace: str | None,
        depend: bool | None,
        progress: Callable[[Progress], None] | None,
    ) -> Batch:
        """Check the arguments.

        Raises:
            ValueError: one breaks a rule.
            TargetUnwritable: the system can't tell what stands at the folder's place.
        """
        folder = Path(folder_text(to))
        with writing(folder):
            taken = folder.exists() and not folder.is_dir()
        if taken:
            raise ValueError(f"to={str(folder)!r} must be a folder, as each job gets a file")
        batch = cls(project_id, retries, arguments.job_names(names), folder, workspace, depend, progress)
        batch.exchange(batch.names[:1])
        return batch

    @contextlib.contextmanager
    def begun(self) -> Iterator[None]:
        """Keep other runs out of the folder, look at what is there, and cut the rest into chunks.

        Raises:
            TargetUnwritable: the folder can't be written, or another run writes to it.
        """
        with writing(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
        with locked(self.folder):
            self._begin()
            yield

    def _begin(self) -> None:
        with writing(self.folder):
            for path in self.folder.iterdir():
                if is_part(path.name):
                    path.unlink(missing_ok=True)
                elif is_others(path.name):
                    self._others.append(path)
        for name in self.names:
            archive = self._find(name)
            if archive is not None:
                self._archives[name] = archive
        self._reused = frozenset(self._archives)
        missing = [name for name in self.names if name not in self._archives]
        size = arguments.MOST_JOBS
        self.ready.extend(tuple(missing[start : start + size]) for start in range(0, len(missing), size))
        self._report()

    def fetch(self, chunk: tuple[str, ...]) -> Steps[Fetched]:
        """Fetch a chunk, and cut its zip into those of its jobs."""
        with writing(self.folder):
            # It has no name, so that nothing of it stays when this is killed.
            part = Part(tempfile.TemporaryFile(dir=self.folder), None, self.folder)  # noqa: SIM115
        try:
            yield from fetch_zip(self.exchange(chunk), part, lambda: self._receive)
            fetched: Fetched = yield Work(partial(self._split, part.file, chunk))
            return fetched
        finally:
            part.discard()

    def exchange(self, chunk: tuple[str, ...]) -> Exchange:
        """Give the request for a chunk."""
        return batch_exchange(self.project_id, self.retries, chunk, self.workspace, self.depend)

    def settle(self, chunk: tuple[str, ...], outcome: Fetched | JobexportError) -> None:
        """Note how a chunk fared. One that is refused for a job in it is cut in two."""
        if not isinstance(outcome, JobexportError):
            self._archives |= outcome.archives
            self._failures |= outcome.failures
            self._others += (path for path in outcome.others if path not in self._others)
            self._stop_for(error for error in outcome.failures.values() if ends_the_run(error))
        elif len(chunk) > 1 and _may_be_one_job(outcome):
            middle = len(chunk) // 2
            self.ready.extend((chunk[:middle], chunk[middle:]))
        else:
            self._failures |= dict.fromkeys(chunk, outcome)
            self._stop_for([outcome] if ends_the_run(outcome) else ())
        self._report()

    def result(self) -> JobsExport:
        """Give how it went."""
        archives = {name: self._archives[name] for name in self.names if name in self._archives}
        failures = {name: self._failures[name] for name in self.names if name in self._failures}
        return JobsExport(archives, failures, self._reused, tuple(self._others))

    def _stop_for(self, errors: Iterable[JobexportError]) -> None:
        """Give up what was not begun, if there is a reason to."""
        for error in errors:
            self._failures |= dict.fromkeys((name for rest in self.ready for name in rest), error)
            self.ready.clear()

    def _find(self, name: str) -> JobArchive | None:
        """Give the zip of a job that is there already, whole and exported in the same way; else None."""
        path = self.folder / self._files[name]
        try:
            if not path.is_file():
                return None
            with path.open("rb") as file, opened(None, file) as source:
                directory = check(source)
                if directory.comment != self._comment or not holds(directory.files, name):
                    return None
                digest = Digest.of(file)
        except (OSError, JobexportError):
            return None
        return JobArchive(path, sha256=digest.sha256, size=digest.size)

    def _split(self, file: IO[bytes], chunk: tuple[str, ...]) -> Fetched:
        """Write the zip of each job of a chunk."""
        fetched = Fetched()
        # One chunk at a time: threads that take turns at every small file are slower than one after the other.
        with self._splitting, opened(None, file, "the zip") as source:
            groups, others = group(read_directory(source).files, chunk)
            # First: once the jobs are there, a run that was killed would not come back for these.
            if others:
                fetched.others.append(self._write_others(source, others))
            for name, members in groups.items():
                if fetched.full is not None:
                    fetched.failures[name] = fetched.full
                    continue
                if not holds(members, name):
                    problem = f"the zip that came does not hold job {name}"
                    fetched.failures[name] = UnexpectedAnswer(BATCH_EXPORT_JOBS, 200, problem)
                    continue
                try:
                    fetched.archives[name] = self._write(source, members, self.folder / self._files[name])
                except (ArchiveError, TargetUnwritable) as error:
                    fetched.failures[name] = error
                    fetched.full = error if ends_the_run(error) else None
        return fetched

    def _write(self, source: Source, members: list[Member], path: Path) -> JobArchive:
        target, digest = Target(path), Digest()
        with target.opened() as part:
            copy(source, members, partial(_write_piece, part, digest), self._comment)
            return target.keep(part, digest)

    def _write_others(self, source: Source, members: list[Member]) -> Path:
        digest = Digest()
        with Target(self.folder / "%others.zip").opened() as part:
            copy(source, members, partial(_write_piece, part, digest))
            target = Target(self.folder / f"{OTHERS}{digest.sha256[:12]}.zip")
            return cast("Path", target.keep(part, digest).path)

    def _receive(self, piece: bytes) -> None:
        with self._lock:
            self._received += len(piece)
        self._report()

    def _report(self) -> None:
        if self.progress is not None:
            with self._lock:
                now = Progress(self._received, len(self._archives), len(self._failures), len(self.names))
                self.progress(now)


@define(eq=False)
class Fetched:
    """What became of a chunk."""

    archives: dict[str, JobArchive] = Factory(dict)
    failures: dict[str, JobexportError] = Factory(dict)
    others: list[Path] = Factory(list)
    full: JobexportError | None = None
    """Why nothing more can be written."""


def ends_the_run(error: JobexportError) -> bool:
    """Whether no other request would fare better."""
    return isinstance(error, _FATAL) or (isinstance(error, TargetUnwritable) and error.errno in _DISK_IS_FULL)


def _write_piece(part: Part, digest: Digest, piece: bytes) -> None:
    part.write(piece)
    digest.add(piece)


def _may_be_one_job(error: JobexportError) -> bool:
    """Whether the other jobs of a chunk may fare better without one of them.

    That is so where DLF refuses and not a gateway, and where a zip is refused: for one member, or for its size.
    """
    if isinstance(error, ArchiveError):
        return True
    if not isinstance(error, ApiError) or not (error.code or "").startswith("DLF."):
        return False
    return isinstance(error, JobNotFound | InvalidRequest) or type(error) is ApiError
