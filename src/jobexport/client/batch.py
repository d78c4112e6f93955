"""An export of any number of jobs to a folder: chunks of 100, and a zip for each job.

The folder holds `{job}.zip` for each job, with the members that the service's zip has for it. Each zip is written to a
file `%….part` and then renamed, so a zip in the folder is complete, even after a kill. Its comment has a digest of its
origin (server, project, workspace, `depend`) and a digest of all bytes before the comment. A zip of the same origin
that has these bytes is not fetched again. Any other zip is, such as a zip that an older version wrote. The next run
removes the `%….part` files of a killed run.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import tempfile
import threading
from functools import partial
from pathlib import Path
from typing import IO, TYPE_CHECKING, cast

import httpx
from attrs import Factory, define, field, frozen

from jobexport.archive import JobArchive
from jobexport.archive.members import group, holds
from jobexport.archive.names import zip_names
from jobexport.archive.zip.copy import copy
from jobexport.archive.zip.directory import read_directory
from jobexport.archive.zip.source import opened
from jobexport.archive.zip.whole import check
from jobexport.client.arguments import concurrency_of, job_names
from jobexport.client.calls import BATCH_EXPORT_JOBS, MOST_JOBS, batch_exchange, job_is_missing
from jobexport.client.exchange import fetch_zip
from jobexport.client.obs_batch import ObsBatch
from jobexport.client.schedule import Fetched, Schedule, ends_the_run, prevented_by
from jobexport.client.steps import Work
from jobexport.client.target import Digest, ExportTarget, Part, folder_text
from jobexport.core.disk.files import locked, make_folder, remove_old_parts, sync_files, sync_folder, writing
from jobexport.errors import ArchiveError, JobexportError, TargetUnwritable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from jobexport.archive.zip.directory import Directory, ZipMember
    from jobexport.archive.zip.source import ZipFileSource
    from jobexport.client.exchange import Exchange
    from jobexport.client.responses import ObsExport
    from jobexport.client.retry import Attempts, Retries
    from jobexport.client.schedule import Progress
    from jobexport.client.steps import Steps
    from jobexport.client.target import Place

# No job's name has a `%`. The digits are the beginning of the zip's SHA-256.
_OTHERS = re.compile("%others-([0-9a-f]{12})[.]zip")
# Two digests in hexadecimal, and the words around them.
_COMMENT = b"jobexport from %b, content %b"
_COMMENT_SIZE = len(_COMMENT % (b"0" * 64, b"0" * 64))
# Zips that wait for the disk together. They are open, and some systems allow 256 open files in a process.
_AT_ONCE = 50


@frozen
class JobsExport:
    """The result of an export of many jobs."""

    archives: Mapping[str, JobArchive]
    """The zips by job name, in the order of the names that were given."""
    failures: Mapping[str, JobexportError]
    """The errors of the other jobs, by job name, in the same order."""
    reused: frozenset[str]
    """The jobs whose zips were there already and were not fetched again."""
    others: tuple[Path, ...] = ()
    """Zips `%others-….zip` of members that belong to no job, if the service sent any; no page says that it does."""
    ended_by: JobexportError | None = None
    """The error that ended the run early, such as `Unauthorized`; None if every job was asked for."""

    @property
    def succeeded(self) -> bool:
        """True if every job is there."""
        return not self.failures

    @property
    def prevented_by(self) -> JobexportError | None:
        """The error that kept every job from being exported, such as no connection; None if a job was the reason."""
        return prevented_by(self.archives, self.failures)


@define(eq=False)
class Batch:
    """An export of jobs to a folder: the request of each chunk, and the zips of its response."""

    folder: Path
    exchange: Callable[[tuple[str, ...]], Exchange]
    """Builds the request for a chunk."""
    _origin: bytes
    """A digest of the server, the project, the workspace and `depend`."""
    schedule: Schedule[JobArchive]
    _files: dict[str, str] = Factory(dict)
    _reused: frozenset[str] = frozenset()
    _others: list[Path] = Factory(list)
    _splitting: threading.Lock = field(init=False, factory=threading.Lock, repr=False)
    _settling: threading.Lock = field(init=False, factory=threading.Lock, repr=False)

    @classmethod
    def planned(
        cls,
        base_url: str,
        project_id: str,
        retries: Retries,
        to: Place,
        workspace: str | None,
        depend: bool | None,
        schedule: Schedule[JobArchive],
    ) -> Batch:
        """Return a batch whose arguments are checked.

        Raises:
            ValueError: an argument breaks a rule.
            TargetUnwritable: the system can't tell what stands at the folder's place.
        """
        folder = Path(folder_text(to))
        with writing(folder):
            taken = folder.exists() and not folder.is_dir()
        if taken:
            raise ValueError(f"to={str(folder)!r} must be a folder, as each job gets a file")
        exchange = partial(batch_exchange, project_id, retries, workspace=workspace, depend=depend)
        # Building a request checks the arguments.
        exchange(schedule.names[:1])
        # httpx writes a host in lower case, and leaves out the port that a scheme has anyway.
        choices = json.dumps([str(httpx.URL(base_url)), project_id, workspace, depend]).encode()
        origin = hashlib.sha256(choices).hexdigest().encode()
        return cls(folder, exchange, origin, schedule)

    @contextlib.contextmanager
    def begun(self) -> Iterator[None]:
        """Lock the folder, find the zips that are there already, and cut the rest into chunks.

        Raises:
            TargetUnwritable: the folder can't be written, or another run writes to it.
        """
        with writing(self.folder):
            make_folder(self.folder)
        with locked(self.folder):
            self._begin()
            yield

    def _begin(self) -> None:
        with writing(self.folder):
            remove_old_parts(self.folder)
            standing = list(self.folder.iterdir())
        others = [path for path in standing if _OTHERS.fullmatch(path.name) and path.is_file()]
        self._files = zip_names(self.schedule.names, (path.name for path in standing))
        self._others += (path for path in others if self._read(path) is not None)
        found = {}
        # Nobody knows which chunk's zip had the members of a damaged one: every chunk is fetched again.
        if all(map(_is_whole, others)):
            found = {name: archive for name in self.schedule.names if (archive := self._find(name)) is not None}
        self._reused = frozenset(found)
        self.schedule.plan(found, MOST_JOBS)

    def fetch(self, chunk: tuple[str, ...]) -> Steps[Fetched[JobArchive]]:
        """Return the steps that fetch a chunk and write a zip for each of its jobs."""
        with writing(self.folder):
            # A file without a name: nothing of it stays after a kill.
            part = Part(tempfile.TemporaryFile(dir=self.folder), None, self.folder)  # noqa: SIM115
        try:
            attempts = yield from fetch_zip(self.exchange(chunk), part, lambda: self.schedule.receive)
            fetched: Fetched[JobArchive] = yield Work(partial(self._split, part.file, chunk, attempts))
            return fetched
        finally:
            part.discard()

    def result(self) -> JobsExport:
        """Return the archives and the failures by job."""
        archives, failures = self.schedule.outcome()
        return JobsExport(archives, failures, self._reused, tuple(self._others), self.schedule.ended_by)

    def _find(self, name: str) -> JobArchive | None:
        """Return the zip of a job that is there, complete and of the same origin, or None."""
        path = self.folder / self._files[name]
        found = self._read(path)
        if found is None or not holds(found[0].files, name):
            return None
        return JobArchive(path, sha256=found[1].sha256, size=found[1].size)

    def _read(self, path: Path) -> tuple[Directory, Digest] | None:
        """Read a zip that is there; return None if it is damaged, or of another origin."""
        try:
            if not path.is_file():
                return None
            with path.open("rb") as file, opened(None, file) as source:
                directory = check(source)
                digest = Digest.of(file, source.size - len(directory.comment))
        except (OSError, JobexportError):
            return None
        if directory.comment != self._comment(digest):
            return None
        digest.add(directory.comment)
        return directory, digest

    def _comment(self, digest: Digest) -> bytes:
        """Build the comment of a zip with these bytes before it."""
        return _COMMENT % (self._origin, digest.sha256.encode())

    def _split(self, file: IO[bytes], chunk: tuple[str, ...], attempts: Attempts) -> Fetched[JobArchive]:
        """Write the zip of each job of a chunk."""
        fetched = Fetched[JobArchive]()
        with opened(None, file, "the zip", attempts.remaining) as source:
            groups, others = group(read_directory(source).files, chunk)
            # Before the jobs: once the jobs are there, the next run would not fetch the chunk again.
            if others:
                with self._splitting:
                    self._keep_others(source, others)
            jobs = list(groups.items())
            for start in range(0, len(jobs), _AT_ONCE):
                with contextlib.ExitStack() as parts:
                    # One at a time: threads that take turns at every small file are slower than one after the other.
                    with self._splitting:
                        written = self._write(source, jobs[start : start + _AT_ONCE], fetched, parts)
                        # Taken before the other is released, so that few files are open.
                        parts.enter_context(self._settling)
                    self._settle(written, fetched)
        return fetched

    def _write(
        self,
        source: ZipFileSource,
        jobs: list[tuple[str, list[ZipMember]]],
        fetched: Fetched[JobArchive],
        parts: contextlib.ExitStack,
    ) -> dict[str, tuple[Part, Digest]]:
        """Write the zips of some jobs beside their places; return the files by job."""
        written: dict[str, tuple[Part, Digest]] = {}
        for name, members in jobs:
            if (full := _full(fetched)) is not None:
                fetched.failures[name] = full
            elif not holds(members, name):
                fetched.failures[name] = job_is_missing(BATCH_EXPORT_JOBS, name)
            else:
                try:
                    part, digest = parts.enter_context(ExportTarget(self.folder / self._files[name]).opened()), Digest()
                    self._copy(source, members, part, digest)
                    part.flush()
                    written[name] = part, digest
                except (ArchiveError, TargetUnwritable) as error:
                    fetched.failures[name] = error
        return written

    def _settle(self, written: dict[str, tuple[Part, Digest]], fetched: Fetched[JobArchive]) -> None:
        """Put zips into their places, once all of them are on the disk."""
        try:
            with writing(self.folder):
                sync_files([path for part, _ in written.values() for path in part.end()])
        except TargetUnwritable as error:
            fetched.failures |= dict.fromkeys(written, error)
            return
        for name, (part, digest) in written.items():
            path = self.folder / self._files[name]
            if (full := _full(fetched)) is not None:
                fetched.failures[name] = full
                continue
            try:
                with writing(path):
                    part.put(path)
                fetched.exports[name] = JobArchive(path, sha256=digest.sha256, size=digest.size)
            except TargetUnwritable as error:
                fetched.failures[name] = error
        with writing(self.folder):
            sync_folder(self.folder)

    def _copy(self, source: ZipFileSource, members: list[ZipMember], part: Part, digest: Digest) -> None:
        copy(source, members, partial(_write_piece, part, digest), _COMMENT_SIZE)
        _write_piece(part, digest, self._comment(digest))

    def _keep_others(self, source: ZipFileSource, members: list[ZipMember]) -> None:
        digest = Digest()
        with ExportTarget(self.folder / "%others.zip").opened() as part:
            self._copy(source, members, part, digest)
            target = ExportTarget(self.folder / f"%others-{digest.sha256[:12]}.zip")
            path = cast("Path", target.keep(part, digest).path)
        if path not in self._others:
            self._others.append(path)


def plan_batch(
    base_url: str,
    project_id: str,
    retries: Retries,
    names: Iterable[str],
    *,
    to: Place | None,
    obs_path: str | None,
    workspace: str | None,
    depend: bool | None,
    status: str | None,
    concurrency: int,
    progress: Callable[[Progress], None] | None,
) -> Batch | ObsBatch:
    """Return the batch for a folder, or for a path in OBS, whose arguments are checked.

    Raises:
        ValueError: an argument breaks a rule.
        TargetUnwritable: the system can't tell what stands at the folder's place.
    """
    if to is not None and obs_path is None:
        if status is not None:
            raise ValueError(
                "status goes with obs_path: batchExportJobs has no exportStatus; export_job has, with `to`"
            )
        zips: Schedule[JobArchive] = Schedule(job_names(names), concurrency_of(concurrency), progress)
        return Batch.planned(base_url, project_id, retries, to, workspace, depend, zips)
    if to is not None or obs_path is None:
        raise ValueError("give either `to`, for a folder of zips, or obs_path, for an export to OBS")
    exports: Schedule[ObsExport] = Schedule(job_names(names), concurrency_of(concurrency), progress)
    return ObsBatch.planned(project_id, retries, obs_path, workspace, depend, status, exports)


def _full(fetched: Fetched[JobArchive]) -> JobexportError | None:
    """Return the failure after which no file can be written, if there was one."""
    return next(filter(ends_the_run, fetched.failures.values()), None)


def _write_piece(part: Part, digest: Digest, piece: bytes) -> None:
    part.write(piece)
    digest.add(piece)


def _is_whole(others: Path) -> bool:
    """Return True if a zip of members that belong to no job has the bytes that its name has a digest of."""
    named = _OTHERS.fullmatch(others.name)
    try:
        with others.open("rb") as file:
            return named is not None and Digest.of(file).sha256.startswith(named[1])
    except OSError:
        return False
