"""The steps that back up the Flink jobs of a project of DLI.

The service writes the zip of a job to OBS, from where it is fetched: only such a zip can be imported again. A job whose
details are as they were keeps its zip, as the service makes another one each time.
"""

from __future__ import annotations

import secrets
from collections import Counter
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from attrs import define, field, frozen

from jobexport.archive.definitions import JSON, pretty
from jobexport.backup.content import parsed
from jobexport.backup.content.compare import SET_BY_DLI
from jobexport.backup.folder import layout
from jobexport.backup.folder.manifest import OK, ItemRow
from jobexport.backup.session import caught, grouped, settled
from jobexport.client.calls import EXPORT_FLINK_JOBS, export_flink_jobs
from jobexport.client.objects import lists, show
from jobexport.client.obs.removal import remove
from jobexport.client.schedule import Progress, ends_the_run
from jobexport.client.steps import Together, Work
from jobexport.core.disk.files import workplace, writing
from jobexport.core.redact import line
from jobexport.errors import JobexportError, JobNotFound, UnexpectedResponse

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping
    from pathlib import Path

    from obstore.store import ObjectStore

    from jobexport.backup.results import BackupResult, Key
    from jobexport.backup.session import BackupSession
    from jobexport.client.objects.items import ListedFlinkJob
    from jobexport.client.responses import FlinkExport
    from jobexport.client.retry import Retries
    from jobexport.client.steps import Steps

_ZIP = ".zip"
# Seconds for a thread that removes an object; the object may stay then.
_REMOVAL_SECONDS = 60.0


@frozen
class FlinkTarget:
    """The project to back up, and the folder in OBS that the service writes to."""

    project: str
    retries: Retries
    obs_dir: str
    store: ObjectStore


@define(eq=False)
class DliRun:
    """A backup of the Flink jobs of a project."""

    target: FlinkTarget
    session: BackupSession
    _wanted: dict[str, ListedFlinkJob] = field(factory=dict)
    """Jobs whose details have to be seen, by name."""
    _clock: datetime | None = None
    _obs_dir: str = ""
    """A fresh folder: a folder with two exports of one job can't be imported."""
    _made: list[str] = field(factory=list)
    """Zips in OBS."""
    _done: int = 0

    def steps(self) -> Steps[BackupResult]:
        """Return the steps of the run.

        Raises:
            JobexportError: nothing was changed: the folder can't be used, the list could not be fetched, or a guard
                refused the backup.
        """
        session = self.session
        name = f"backup-{datetime.now(UTC):%Y%m%dT%H%M%S}-{secrets.token_hex(4)}"
        self._obs_dir = f"{self.target.obs_dir.rstrip('/')}/{name}"
        yield Work(session.begin)
        yield from self._list()
        yield Work(session.guard)
        for group in grouped(session.vanished(layout.FLINK), session.settings.concurrency):
            yield Together([caught(self._ask(key)) for key in group])
        try:
            yield from self._fetch_all()
        finally:
            yield from self._clean()
        session.notes += [f"{layout.label(*key)} is gone from the service" for key in sorted(session.gone)]
        yield Work(session.commit)
        return session.result()

    def _list(self) -> Steps[None]:
        session = self.session
        walk = lists.flink_jobs(self.target.project, self.target.retries, details=True)
        untimed = 0
        names: dict[Hashable, str] = {}
        while (items := (yield from walk.advance())) is not None:
            for item in items:
                key = layout.FLINK, item.name
                session.seen.add(key)
                names[item.id] = item.name
                untimed += item.updated is None
                row = session.draft.rows.get(key)
                if session.is_current(key, item.updated) and row is not None and row.id == str(item.id):
                    session.draft.mark(key, seen=OK, job_type=item.type)
                else:
                    self._wanted[item.name] = item
        outcome = walk.outcome
        assert outcome is not None  # noqa: S101  # it is there at the end of a walk
        session.total[layout.FLINK], self._clock = outcome.total, outcome.date
        # A job may have come again with its name and another id.
        there = Counter(name for id_, name in names.items() if id_ not in outcome.left)
        twice = (name for name, count in there.items() if count > 1)
        session.problems += [f"two jobs are called {name}; the backup holds one of them" for name in twice]
        for name in {names[id_] for id_ in outcome.left} - there.keys():
            session.has_left((layout.FLINK, name))
            self._wanted.pop(name, None)
        if not outcome.complete:
            session.incomplete[layout.FLINK] = f"the list of Flink jobs is not complete: {outcome.problem}"
        if untimed:
            session.notes.append(f"{untimed} jobs have no time of their last change, so the details of each were seen")

    def _ask(self, key: Key) -> Steps[None]:
        """Ask whether a job is still there, which the list no longer has."""
        session = self.session
        try:
            fields = yield from show.show_flink_job(
                self.target.project, self.target.retries, int(session.draft.rows[key].id or 0)
            )
        except JobNotFound:
            session.is_gone(key)
        except JobexportError as error:
            session.fail(key, error)
        else:
            if fields.get("name", key[1]) == key[1]:
                session.problems.append(f"{layout.label(*key)} is not in the list, but the service has it")
            else:
                # It has another name now, under which it is listed.
                session.is_gone(key)

    def _fetch_all(self) -> Steps[None]:
        session, names = self.session, list(self._wanted)
        with writing(session.tree.path), workplace(session.tree.path / layout.META, "zips-") as place:
            self._report()
            for group in grouped(names, session.settings.concurrency):
                outcomes = yield Together([caught(self._fetch(self._wanted[name], place)) for name in group])
                for name, outcome in zip(group, outcomes, strict=True):
                    if isinstance(outcome, JobexportError):
                        self._failed((layout.FLINK, name), outcome)
                    self._done += 1
                self._report()
                if session.ended_by is not None:
                    break
        for name in names[self._done :]:
            if session.ended_by is not None:
                session.fail((layout.FLINK, name), session.ended_by)

    def _failed(self, key: Key, error: JobexportError) -> None:
        session = self.session
        if isinstance(error, JobNotFound):
            session.was_deleted(key)
            return
        session.fail(key, error)
        if ends_the_run(error):
            session.ended_by = error

    def _report(self) -> None:
        progress = self.session.settings.progress
        if progress is not None:
            failed = len(self.session.failures)
            progress(Progress(0, self._done - failed, failed, len(self._wanted)))

    def _fetch(self, item: ListedFlinkJob, place: Path) -> Steps[None]:
        """Fetch the details of a job, and its zip if they changed."""
        session, target = self.session, self.target
        fields = yield from show.show_flink_job(target.project, target.retries, item.id)
        if fields.get("name", item.name) != item.name:
            session.was_deleted((layout.FLINK, item.name))
            return
        definition = {key: value for key, value in fields.items() if key not in SET_BY_DLI}
        own = pretty(definition)
        row = ItemRow(
            layout.FLINK,
            item.name,
            (),
            refs=parsed.refs_of(layout.FLINK, definition, [own]),
            job_type=item.type,
            last_update=settled(item.updated, self._clock),
            id=str(item.id),
        )
        if not session.settings.full and session.draft.has(row.key, {JSON: own}) and row.key not in session.damaged:
            session.draft.mark(row.key, refs=row.refs, job_type=row.job_type, last_update=row.last_update, id=row.id,
                               seen=OK)  # fmt: skip
            return
        folder = place / str(item.id)
        exported: FlinkExport = yield from export_flink_jobs(
            target.project, target.retries, self._obs_dir, [item.id], folder, target.store
        )
        self._made += exported.archives
        if len(exported.files) != 1:
            raise UnexpectedResponse(
                EXPORT_FLINK_JOBS, 200, f"the export of job {item.id} has {len(exported.files)} zips, and not one"
            )
        yield Work(partial(self._hold, row, {JSON: own}, exported.files[0], definition))

    def _hold(self, row: ItemRow, files: Mapping[str, bytes], zip_: Path, definition: Mapping[str, Any]) -> None:
        with writing(zip_):
            content = zip_.read_bytes()
        self.session.hold(row, {**files, _ZIP: content}, definition)

    def _clean(self) -> Steps[None]:
        """Remove the zips from OBS that the service wrote for this run."""
        left = []
        for archive in self._made:
            try:
                problem = yield Work(partial(remove, self.target.store, archive), True, _REMOVAL_SECONDS)
            except TimeoutError:
                problem = "it takes too long"
            if problem is not None:
                left.append(f"{line(archive)} ({problem})")
        if self.session.failures:
            # The service may have written a zip although its response was lost.
            self.session.notes.append(f"{self._obs_dir} in OBS may hold zips of the jobs that failed")
        if left:
            self.session.notes.append(f"zips that could not be removed from OBS: {', '.join(left)}; remove them")
