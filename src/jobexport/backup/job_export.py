"""The steps that export the jobs of a workspace that changed, 100 with a request, into a backup."""

from __future__ import annotations

import tempfile
from functools import partial
from typing import IO, TYPE_CHECKING

from attrs import define, field, frozen

from jobexport.archive.content import typed
from jobexport.archive.definitions import files_of
from jobexport.archive.members import member_stem
from jobexport.archive.values import Job, Script
from jobexport.archive.zip.directory import read_directory
from jobexport.archive.zip.source import opened
from jobexport.backup.content import parsed
from jobexport.backup.folder import layout
from jobexport.backup.folder.manifest import ItemRow
from jobexport.backup.session import caught, settled
from jobexport.client.calls import BATCH_EXPORT_JOBS, batch_exchange, job_is_missing
from jobexport.client.calls import MOST_JOBS as MOST_JOBS
from jobexport.client.exchange import fetch_zip
from jobexport.client.schedule import Fetched, Schedule
from jobexport.client.steps import Together, Work
from jobexport.client.target import Part
from jobexport.core.disk.files import writing
from jobexport.errors import ArchiveError, JobNotFound, TargetUnwritable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from jobexport.archive.values import Resource
    from jobexport.backup.session import BackupSession
    from jobexport.client.exchange import Exchange
    from jobexport.client.retry import Retries
    from jobexport.client.steps import Steps

# Jobs that are fetched before they take their places, so that a kill loses no more.
_INTERIM = 2000


@frozen
class WorkspaceTarget:
    """The workspace to back up."""

    project: str
    retries: Retries
    workspace: str | None


@define(eq=False)
class JobExport:
    """The export of jobs into a backup."""

    target: WorkspaceTarget
    session: BackupSession
    wanted: dict[str, tuple[str, int | None]] = field(factory=dict)
    """The jobs to export, by name, with their type and the time of their last change."""
    clock: datetime | None = None
    """The service's clock when the list of jobs began."""
    others: int = 0
    """The number of members of zips that are no definitions."""

    def steps(self) -> Steps[None]:
        """Return the steps of the export. What is there takes its place from time to time.

        Raises:
            TargetUnwritable: the disk is full.
        """
        session, target = self.session, self.target
        schedule: Schedule[bool] = Schedule(tuple(self.wanted), session.settings.concurrency, session.settings.progress)
        done = 0

        def exchange(chunk: tuple[str, ...]) -> Exchange:
            return batch_exchange(target.project, target.retries, chunk, target.workspace, depend=False)

        def commit() -> Steps[None]:
            nonlocal done
            if len(schedule.exports) - done >= _INTERIM and schedule.ended_by is None:
                done = len(schedule.exports)
                yield Work(partial(session.commit, last=False))

        self.others = yield from in_batches(schedule, exchange, self._part, self._take, commit)
        self._end(schedule)

    def _end(self, schedule: Schedule[bool]) -> None:
        session = self.session
        session.ended_by = schedule.ended_by
        if isinstance(schedule.ended_by, TargetUnwritable):
            raise schedule.ended_by
        for name, error in schedule.failures.items():
            key = layout.JOB, name
            if isinstance(error, JobNotFound):
                session.was_deleted(key)
            else:
                session.fail(key, error)

    def _part(self) -> Part:
        """Create a file for a zip, without a name: nothing of it stays after a kill."""
        stage = self.session.tree.path / layout.META / layout.STAGE
        with writing(stage):
            return Part(tempfile.TemporaryFile(dir=stage), None, stage)

    def _take(self, value: Job | Script) -> None:
        if isinstance(value, Job):
            type_, updated = self.wanted[value.name]
            row = ItemRow(layout.JOB, value.name, (), job_type=type_, last_update=settled(updated, self.clock))
            hold(self.session, row, value, files_of(value))


def in_batches(
    schedule: Schedule[bool],
    exchange: Callable[[tuple[str, ...]], Exchange],
    part: Callable[[], Part],
    take: Callable[[Job | Script], None],
    after: Callable[[], Steps[None]] | None = None,
) -> Steps[int]:
    """Return the steps that export the jobs of a schedule, as many with each request as a request may have.

    The steps end with the number of members that are no definitions.

    Args:
        schedule: the jobs.
        exchange: a function that builds the request for a chunk of jobs.
        part: a function that creates a file for a zip.
        take: called for each script that a zip has, and for each job, by one thread for each request.
        after: a function that returns the steps after each round of requests.
    """
    others = []

    def split(file: IO[bytes], chunk: tuple[str, ...]) -> Fetched[bool]:
        fetched = Fetched[bool]()
        found = definitions(file, chunk, fetched)
        others.append(found.others)
        for script in found.scripts:
            take(script)
        for name in chunk:
            if name in found.jobs and name not in fetched.failures:
                take(found.jobs[name])
                fetched.exports[name] = True
            else:
                fetched.failures.setdefault(name, job_is_missing(BATCH_EXPORT_JOBS, name))
        return fetched

    def fetch(chunk: tuple[str, ...]) -> Steps[Fetched[bool]]:
        zip_ = part()
        try:
            yield from fetch_zip(exchange(chunk), zip_, lambda: schedule.receive)
            fetched: Fetched[bool] = yield Work(partial(split, zip_.file, chunk))
            return fetched
        finally:
            zip_.discard()

    schedule.plan({}, MOST_JOBS)
    schedule.report()
    ready: list[tuple[str, ...]] = []
    while schedule.begin(ready.append):
        outcomes = yield Together([caught(fetch(chunk)) for chunk in ready])
        for chunk, outcome in zip(ready, outcomes, strict=True):
            schedule.settle(chunk, outcome)
        ready.clear()
        if after is not None:
            yield from after()
    return sum(others)


@define
class ZipDefinitions:
    """The definitions in a zip of a batch export."""

    jobs: dict[str, Job] = field(factory=dict)
    """The jobs that were asked for, by name."""
    scripts: list[Script] = field(factory=list)
    """The scripts; a script is there once for each job that uses it."""
    others: int = 0
    """The number of members that are no definitions."""


def definitions(file: IO[bytes], chunk: tuple[str, ...], fetched: Fetched[bool]) -> ZipDefinitions:
    """Return the definitions in a zip; a job that can't be used becomes a failure of `fetched`.

    Raises:
        ArchiveError: the zip is damaged, or a member that is no job of the chunk.
    """
    found = ZipDefinitions()
    with opened(None, file, "the zip") as source:
        for member in read_directory(source).files:
            try:
                value = typed(source, member)
            except ArchiveError as error:
                stem = member_stem(member.name)
                if stem not in chunk:
                    raise
                fetched.failures[stem] = error
                continue
            found.others += value is None
            if isinstance(value, Script):
                found.scripts.append(value)
            elif isinstance(value, Job) and value.name in chunk:
                other = found.jobs.setdefault(value.name, value)
                if other is not value and files_of(other) != files_of(value):
                    fetched.failures[value.name] = source.corrupt(f"it has job {value.name} in two versions")
    return found


def hold(session: BackupSession, row: ItemRow, value: Job | Script | Resource, files: Mapping[str, bytes]) -> None:
    """Take an item into a backup.

    Args:
        session: the run.
        row: the item; what its definition has is filled in.
        value: its definition.
        files: the definition as files, by suffix.
    """
    fields = value._fields
    settings = fields.get("basicConfig")
    owner = settings.get("owner") if isinstance(settings, dict) else None
    full = ItemRow(
        kind=row.kind,
        name=row.name,
        files=(),
        refs=parsed.refs_of(row.kind, fields, files.values()),
        directory=value.directory,
        job_type=row.job_type,
        owner=owner if isinstance(owner, str) and owner else None,
        last_update=row.last_update,
    )
    session.hold(full, files, fields)
