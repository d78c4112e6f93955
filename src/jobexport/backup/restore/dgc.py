"""The steps that restore a workspace of DGC: jobs come as zips with their scripts, all else one by one."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from attrs import define, field

from jobexport.archive.values import Script
from jobexport.backup.content import references
from jobexport.backup.folder import layout
from jobexport.backup.restore import packing
from jobexport.backup.restore.journal import RUNNING
from jobexport.backup.restore.plan import CREATE, REPLACE, plan
from jobexport.backup.restore.session import with_problems
from jobexport.backup.restore.target import Look, differences, exported
from jobexport.backup.session import caught, grouped
from jobexport.client.objects import tasks, writes
from jobexport.client.schedule import ends_the_run
from jobexport.client.steps import Sleep, Together, Work
from jobexport.errors import (
    JobexportError,
    JobNotFound,
    OutcomeUnknown,
    RestoreRefused,
    TaskFailed,
    TaskNotFound,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from jobexport.archive.values import Job
    from jobexport.backup.restore.plan import RestorePlan, Wanted
    from jobexport.backup.restore.session import RestoreResult, RestoreSession
    from jobexport.backup.results import Key
    from jobexport.client.steps import Steps

_FILE = "jobs.zip"
# A script may be visible only some seconds after its creation.
_WAITS = (0.0, 0.5, 1.0, 2.0, 4.0)
_POLICY = {CREATE: "SKIP", REPLACE: "OVERWRITE"}
"""The policy of an import: a new job never replaces a job that came meanwhile."""


@define(eq=False)
class DgcRestore:
    """A restore of a workspace."""

    session: RestoreSession
    _wanted: Wanted = field(init=False)
    _packed: set[str] = field(factory=set)
    """Scripts that are still to come with jobs."""

    def planned(self) -> Steps[RestorePlan]:
        """Return the steps that plan; nothing is written.

        Raises:
            JobexportError: the backup can't be read, or the target can't be looked at.
        """
        session = self.session
        self._wanted = yield Work(session.source.checked)
        view = yield from Look(session.place, session.source, self._wanted.refs.keys()).workspace()
        found = plan(self._wanted, view, session.settings.policy)
        problems = [*session.unsettled()]
        if found.chosen(layout.JOB) and session.settings.target_status is None and not session.settings.accepted:
            problems.append("the imports of this edition submit each job by themselves; accept that with --yes")
        return with_problems(found, problems)

    def steps(self) -> Steps[RestoreResult]:
        """Return the steps of the restore.

        Raises:
            RestoreRefused: the plan is blocked; nothing was changed.
            OutcomeUnknown: a task of an earlier restore still runs.
            JobexportError: the backup can't be read, or the target can't be looked at; nothing was changed.
        """
        session = self.session
        if unsettled := session.unsettled():
            raise RestoreRefused(unsettled)
        yield from self._settle()
        session.begin((yield from self.planned()))
        jobs = session.plan.chosen(layout.JOB)
        new = {item.name for item in session.plan.chosen(layout.SCRIPT, CREATE)}
        self._packed = {name for job in jobs for name in self._scripts(job.name) if name in new}
        yield from self._create(layout.RESOURCE, {item.name for item in session.plan.chosen(layout.RESOURCE, CREATE)})
        yield from self._create(layout.SCRIPT, new - self._packed)
        for action in (CREATE, REPLACE):
            names = packing.ordered((item.name for item in jobs if item.action == action), self._wanted.refs)
            for group in packing.groups(session.source, names):
                if not session.stopped:
                    yield from self._import(group, action)
                    session.report()
        return session.result()

    def _settle(self) -> Steps[None]:
        """Follow the tasks of an earlier restore to their ends, and remove its zips; the plan looks at what came."""
        session = self.session
        for entry in list(session.journal.imports.values()):
            if entry.unsettled and entry.task is not None:
                try:
                    yield from self._followed(entry.task)
                except OutcomeUnknown as error:
                    if not (yield from self._is_over(entry.task)):
                        raise
                    session.notes.append(str(error))
                except (TaskFailed, TaskNotFound) as error:
                    session.notes.append(str(error))
            elif entry.unsettled:
                session.notes.append(f"the response to an import of {len(entry.names)} jobs was lost; the plan is new")
            if entry.unsettled:
                yield from session.ended(entry.zip)
            yield from session.remove(entry.zip)

    def _followed(self, task: str) -> Steps[None]:
        place = self.session.place
        yield from tasks.wait_for_task(
            place.project, place.retries, task, workspace=place.workspace, deadline=self.session.settings.deadline
        )

    def _is_over(self, task: str) -> Steps[bool]:
        """Return True if a task does not run any more, whatever its state is."""
        place = self.session.place
        try:
            state = yield from tasks.show_task(place.project, place.retries, task, workspace=place.workspace)
        except JobexportError:
            return False
        over: bool = state.ended or state.status != tasks.RUNNING
        return over

    def _create(self, kind: str, names: Collection[str]) -> Steps[None]:
        """Create scripts or resources, and read them back."""
        session = self.session
        doubts: dict[Key, OutcomeUnknown] = {}
        sent = []
        for group in grouped(sorted(names), session.place.concurrency):
            if session.stopped:
                return
            outcomes = yield Together([caught(self._create_one(kind, name)) for name in group])
            for name, outcome in zip(group, outcomes, strict=True):
                if isinstance(outcome, OutcomeUnknown):
                    doubts[kind, name] = outcome
                elif isinstance(outcome, JobexportError):
                    session.fail([(kind, name)], outcome)
                    continue
                sent.append((kind, name))
        try:
            look = yield from self._seen(kind, sent)
        except JobexportError as error:
            session.fail(sent, f"it could not be read back: {error}")
            session.stopped = session.stopped or ends_the_run(error)
            return
        for key in sent:
            found = look.standing.get(key)
            if found is None and key in doubts:
                session.doubt([key], doubts[key])
            else:
                session.judge(key, None if found is None else found.lines)
        session.report()

    def _create_one(self, kind: str, name: str) -> Steps[None]:
        place = self.session.place
        fields = yield Work(partial(self.session.source.fields, (kind, name)))
        create = writes.create_script if kind == layout.SCRIPT else writes.create_resource
        yield from create(place.project, place.retries, fields, workspace=place.workspace)

    def _seen(self, kind: str, keys: Sequence[Key]) -> Steps[Look]:
        """Look at items until all of them are there, for some seconds."""
        look = Look(self.session.place, self.session.source, set(keys))
        for wait in _WAITS if keys else ():
            if wait:
                yield Sleep(wait)
            yield from look.scripts() if kind == layout.SCRIPT else look.resources()
            if look.standing.keys() >= look.wanted:  # type: ignore[operator]  # both are sets of keys
                break
        return look

    def _scripts(self, job: str) -> list[str]:
        """Return the scripts that a job uses."""
        named = map(references.split, self._wanted.refs[layout.JOB, job])
        return [name for kind, name in named if kind == layout.SCRIPT]

    def _import(self, names: tuple[str, ...], action: str) -> Steps[None]:
        """Import a group of jobs, with the scripts that the target lacks, and read all of it back."""
        session, place = self.session, self.session.place
        scripts = {name: [used for used in self._scripts(name) if used in self._packed] for name in names}
        keys: list[Key] = [(layout.JOB, name) for name in names]
        keys += sorted({(layout.SCRIPT, used) for found in scripts.values() for used in found})
        try:
            content: bytes = yield Work(partial(packing.pack, session.source, names, scripts))
            zip_ = yield from session.upload(content, names, _FILE)
        except JobexportError as error:
            session.fail(keys, error)
            return
        try:
            try:
                yield from session.sending(zip_)
                task = yield from writes.import_jobs(
                    place.project,
                    place.retries,
                    f"obs://{zip_}",
                    policy=_POLICY[action],
                    target_status=session.settings.target_status,
                    approvers=None,
                    workspace=place.workspace,
                )
            except OutcomeUnknown as error:
                session.doubt(keys, error)
                session.stopped = True
                return
            except JobexportError as error:
                session.fail(keys, error)
                yield from session.ended(zip_)
                return
            yield from session.note(zip_, RUNNING, task)
            if (said := (yield from self._outcome(task, keys))) is not None:
                yield from session.ended(zip_)
                yield from self._read_back(keys, said)
        finally:
            yield from session.remove(zip_)

    def _outcome(self, task: str, keys: Sequence[Key]) -> Steps[dict[str, str] | None]:
        """Follow a task; return what it says about each job, or None if it may still run."""
        session = self.session
        try:
            yield from self._followed(task)
        except TaskFailed as error:
            said = dict(error.failures)
            if not said.keys() & {name for _, name in keys}:
                session.notes.append(str(error))
            return said
        except (OutcomeUnknown, TaskNotFound) as error:
            session.doubt(keys, error, task)
            if not (yield from self._is_over(task)):
                session.stopped = True
                return None
        return {}

    def _read_back(self, keys: Sequence[Key], said: dict[str, str]) -> Steps[None]:
        """Compare what the target has now with the backup."""
        session = self.session
        found: dict[Key, tuple[str, ...]] = {}
        wanted = set(keys)

        def take(value: Job | Script) -> None:
            key = (layout.SCRIPT if isinstance(value, Script) else layout.JOB), value.name
            if key in wanted and key not in found:
                found[key] = differences(session.source, key, value._fields)

        names = [name for kind, name in keys if kind == layout.JOB]
        failures = yield from exported(session.place, names, take, depend=len(names) < len(keys))
        for key in keys:
            kind, name = key
            error = failures.get(name) if kind == layout.JOB else None
            if error is not None and not isinstance(error, JobNotFound):
                session.fail([key], f"it could not be read back: {error}")
                session.stopped = session.stopped or ends_the_run(error)
            else:
                session.judge(key, found.get(key), said.get(name, "") if kind == layout.JOB else "")
        self._packed -= {name for kind, name in keys if kind == layout.SCRIPT and (kind, name) in found}
