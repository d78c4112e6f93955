"""The steps that back up a workspace of DGC: its jobs, scripts and resources.

Jobs come by batch export, a request for 100 of them, if the time of their last change is another one than the manifest
has. Scripts and resources come with their lists.
"""

from __future__ import annotations

import tempfile
from functools import partial
from typing import IO, TYPE_CHECKING, Any

from attrs import define, field, frozen

from jobexport.archive.content import typed
from jobexport.archive.definitions import files_of
from jobexport.archive.members import member_stem
from jobexport.archive.values import Job, Resource, Script
from jobexport.archive.zip.directory import read_directory
from jobexport.archive.zip.source import opened
from jobexport.backup.content import parsed
from jobexport.backup.folder import layout
from jobexport.backup.folder.manifest import OK, ItemRow
from jobexport.backup.session import caught, grouped, settled
from jobexport.client.calls import BATCH_EXPORT_JOBS, batch_exchange, job_is_missing
from jobexport.client.exchange import fetch_zip
from jobexport.client.objects import lists, show
from jobexport.client.schedule import Fetched, Schedule, ends_the_run
from jobexport.client.steps import Together, Work
from jobexport.client.target import Part
from jobexport.core.disk.files import writing
from jobexport.errors import ApiError, ArchiveError, JobexportError, JobNotFound, TargetUnwritable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from jobexport.backup.results import BackupResult, Key
    from jobexport.backup.session import BackupSession
    from jobexport.client.objects.items import ListedJob, ListedResource, ListedScript
    from jobexport.client.objects.walk import Walk
    from jobexport.client.retry import Retries
    from jobexport.client.steps import Steps

# Fields that lists have and exports have not: what the service sets, and what nobody chose.
_LISTED_ONLY = {
    "id", "resourceId", "owner", "version", "createUser", "createTime", "lastUpdateUser", "lastUpdateTime",
    "jobRelation",
}  # fmt: skip
_CHUNK = 100
# Jobs that are fetched before they take their places, so that a kill loses no more.
_INTERIM = 2000
_NO_SCRIPT = "DLF.6201"


@frozen
class WorkspaceTarget:
    """The workspace to back up."""

    project: str
    retries: Retries
    workspace: str | None


@define(eq=False)
class DgcRun:
    """A backup of a workspace."""

    target: WorkspaceTarget
    session: BackupSession
    _wanted: dict[str, tuple[str, int | None]] = field(factory=dict)
    """Jobs to export, by name, with their type and the time of their last change."""
    _unlisted_texts: list[str] = field(factory=list)
    """Scripts whose text the list does not have."""
    _clock: datetime | None = None
    """The service's clock when the list of jobs began."""
    _others: int = 0
    _schedule: Schedule[bool] = field(init=False)

    def steps(self) -> Steps[BackupResult]:
        """Return the steps of the run.

        Raises:
            JobexportError: nothing was changed: the folder can't be used, a list could not be fetched, or a guard
                refused the backup.
        """
        session = self.session
        yield Work(session.begin)
        yield from self._list(layout.JOB, lists.jobs, self._take_jobs)
        yield from self._list(layout.SCRIPT, lists.scripts, self._take_scripts)
        yield from self._list(layout.RESOURCE, lists.resources, self._take_resources)
        yield Work(session.guard)
        yield from self._confirm()
        yield from self._fetch_texts()
        yield from self._fetch_jobs()
        self._note()
        yield Work(session.commit)
        return session.result()

    def _list(self, kind: str, lists_: Callable[..., Walk[Any]], take: Callable[[list[Any]], None]) -> Steps[None]:
        walk = lists_(self.target.project, self.target.retries, workspace=self.target.workspace)
        while (items := (yield from walk.advance())) is not None:
            yield Work(partial(take, items))
        outcome = walk.outcome
        assert outcome is not None  # noqa: S101  # it is there at the end of a walk
        self.session.total[kind] = outcome.total
        if kind == layout.JOB:
            self._clock = outcome.date
        if not outcome.complete:
            self.session.incomplete[kind] = f"the list of {layout.FOLDER_OF[kind]} is not complete: {outcome.problem}"

    def _take_jobs(self, items: list[ListedJob]) -> None:
        for item in items:
            key = layout.JOB, item.name
            self.session.seen.add(key)
            if self.session.is_current(key, item.updated):
                self.session.draft.mark(key, seen=OK, job_type=item.type)
            else:
                self._wanted[item.name] = item.type, item.updated

    def _take_scripts(self, items: list[ListedScript]) -> None:
        for item in items:
            self.session.seen.add((layout.SCRIPT, item.name))
            if item.content is None:
                self._unlisted_texts.append(item.name)
            else:
                self._hold_script(item.name, item.fields)

    def _hold_script(self, name: str, listed: Mapping[str, Any]) -> None:
        fields = _definition(listed)
        self._hold(ItemRow(layout.SCRIPT, name, ()), Script("", fields), fields)

    def _take_resources(self, items: list[ListedResource]) -> None:
        for item in items:
            self.session.seen.add((layout.RESOURCE, item.name))
            fields = _definition(item.fields)
            self._hold(ItemRow(layout.RESOURCE, item.name, ()), Resource("", fields), fields)

    def _hold(self, row: ItemRow, value: Job | Script | Resource, fields: Mapping[str, Any]) -> None:
        settings = fields.get("basicConfig")
        owner = settings.get("owner") if isinstance(settings, dict) else None
        files = files_of(value)
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
        self.session.hold(full, files, fields)

    def _confirm(self) -> Steps[None]:
        """Ask for each item that left its list."""
        lost = [key for kind in layout.KINDS_OF["dgc"] for key in self.session.vanished(kind)]
        for group in grouped(lost, self.session.settings.concurrency):
            yield Together([caught(self._ask(key)) for key in group])

    def _ask(self, key: Key) -> Steps[None]:
        """Ask whether an item is still there, which its list no longer has."""
        kind, name = key
        project, retries, workspace = self.target.project, self.target.retries, self.target.workspace
        try:
            if kind == layout.JOB:
                yield from show.show_job(project, retries, name, version=None, workspace=workspace)
            elif kind == layout.SCRIPT:
                yield from show.show_script(project, retries, name, workspace=workspace)
            elif not (yield from self._has_resource(name)):
                self.session.is_gone(key)
                return
        except ApiError as error:
            if isinstance(error, JobNotFound) or error.code == _NO_SCRIPT:
                self.session.is_gone(key)
                return
            self.session.fail(key, error)
        except JobexportError as error:
            self.session.fail(key, error)
        else:
            self.session.problems.append(f"{layout.label(*key)} is not in the list, but the service has it")

    def _has_resource(self, name: str) -> Steps[bool]:
        """Ask for a resource by its name, as its id is not known."""
        walk = lists.resources(self.target.project, self.target.retries, workspace=self.target.workspace, name=name)
        while (items := (yield from walk.advance())) is not None:
            if any(item.name == name for item in items):
                return True
        return False

    def _fetch_texts(self) -> Steps[None]:
        """Fetch the scripts whose list has no texts."""
        for group in grouped(self._unlisted_texts, self.session.settings.concurrency):
            yield Together([self._fetch_text(name) for name in group])

    def _fetch_text(self, name: str) -> Steps[None]:
        try:
            fields = yield from show.show_script(
                self.target.project, self.target.retries, name, workspace=self.target.workspace
            )
            yield Work(partial(self._hold_script, name, fields))
        except JobexportError as error:
            if ends_the_run(error):
                raise
            self.session.fail((layout.SCRIPT, name), error)

    def _fetch_jobs(self) -> Steps[None]:
        """Export the jobs that changed. What is there takes its place from time to time."""
        session = self.session
        schedule: Schedule[bool] = Schedule(
            tuple(self._wanted), session.settings.concurrency, session.settings.progress
        )
        self._schedule = schedule
        schedule.plan({}, _CHUNK)
        schedule.report()
        ready: list[tuple[str, ...]] = []
        done = 0
        while schedule.begin(ready.append):
            outcomes = yield Together([caught(self._fetch(chunk)) for chunk in ready])
            for chunk, outcome in zip(ready, outcomes, strict=True):
                schedule.settle(chunk, outcome)
            ready.clear()
            if len(schedule.exports) - done >= _INTERIM and schedule.ended_by is None:
                done = len(schedule.exports)
                yield Work(partial(session.commit, last=False))
        self._end(schedule)

    def _end(self, schedule: Schedule[bool]) -> None:
        session = self.session
        session.ended_by = schedule.ended_by
        if isinstance(schedule.ended_by, TargetUnwritable):
            raise schedule.ended_by
        for name, error in schedule.failures.items():
            key = layout.JOB, name
            total = session.total[layout.JOB]
            if isinstance(error, JobNotFound) and total is not None:
                # Deleted after it was listed.
                session.total[layout.JOB] = total - 1
                session.is_gone(key)
            else:
                session.fail(key, error)

    def _fetch(self, chunk: tuple[str, ...]) -> Steps[Fetched[bool]]:
        """Return the steps that fetch a chunk, and stage the definition of each of its jobs."""
        meta = self.session.tree.path / layout.META / layout.STAGE
        with writing(meta):
            # A file without a name: nothing of it stays after a kill.
            part = Part(tempfile.TemporaryFile(dir=meta), None, meta)  # noqa: SIM115
        try:
            target = self.target
            exchange = batch_exchange(target.project, target.retries, chunk, target.workspace, depend=False)
            yield from fetch_zip(exchange, part, lambda: self._schedule.receive)
            fetched: Fetched[bool] = yield Work(partial(self._split, part.file, chunk))
            return fetched
        finally:
            part.discard()

    def _split(self, file: IO[bytes], chunk: tuple[str, ...]) -> Fetched[bool]:
        fetched = Fetched[bool]()
        with opened(None, file, "the zip") as source:
            for member in read_directory(source).files:
                stem = member_stem(member.name)
                try:
                    value = typed(source, member)
                except ArchiveError as error:
                    if stem not in chunk:
                        raise
                    fetched.failures[stem] = error
                    continue
                if value is None:
                    self._others += 1
                elif isinstance(value, Job) and value.name in chunk and value.name not in fetched.exports:
                    self._hold_job(value)
                    fetched.exports[value.name] = True
        for name in chunk:
            if name not in fetched.exports:
                fetched.failures.setdefault(name, job_is_missing(BATCH_EXPORT_JOBS, name))
        return fetched

    def _hold_job(self, job: Job) -> None:
        type_, updated = self._wanted[job.name]
        row = ItemRow(layout.JOB, job.name, (), job_type=type_, last_update=settled(updated, self._clock))
        self._hold(row, job, job._fields)

    def _note(self) -> None:
        session = self.session
        untimed = sum(1 for _, updated in self._wanted.values() if updated is None)
        if untimed:
            session.notes.append(f"{untimed} jobs have no time of their last change, so they were fetched anew")
        if self._others:
            session.notes.append(f"the zips have {self._others} members that are no definitions; they were left out")
        session.notes += [f"{layout.label(*key)} is gone from the service" for key in sorted(session.gone)]


def _definition(listed: Mapping[str, Any]) -> dict[str, Any]:
    """Return the definition in an entry of a list: as an export has it, without what the service adds."""
    return {
        key: value
        for key, value in listed.items()
        if key not in _LISTED_ONLY and value is not None and not (key == "autoAcquireLock" and value is True)
    }
