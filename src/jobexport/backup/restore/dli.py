"""The steps that restore the Flink jobs of a project of DLI: the service's own zips, one import for each job."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from attrs import define

from jobexport.backup.restore.plan import REPLACE, plan
from jobexport.backup.restore.session import with_problems
from jobexport.backup.restore.target import Look, differences
from jobexport.client.objects import show, writes
from jobexport.client.steps import Work
from jobexport.errors import JobexportError, OutcomeUnknown, RestoreRefused

if TYPE_CHECKING:
    from jobexport.backup.restore.plan import PlannedItem, RestorePlan
    from jobexport.backup.restore.session import RestoreResult, RestoreSession
    from jobexport.client.objects.writes import FlinkImport
    from jobexport.client.steps import Steps

_FILE = "job.zip"


@define(eq=False)
class DliRestore:
    """A restore of Flink jobs."""

    session: RestoreSession

    def planned(self) -> Steps[RestorePlan]:
        """Return the steps that plan; nothing is written.

        Raises:
            JobexportError: the backup can't be read, or the project can't be looked at.
        """
        session = self.session
        wanted = yield Work(session.source.checked)
        view = yield from Look(session.place, session.source, wanted.refs.keys()).project()
        return with_problems(plan(wanted, view, session.settings.policy), session.unsettled())

    def steps(self) -> Steps[RestoreResult]:
        """Return the steps of the restore.

        Raises:
            RestoreRefused: the plan is blocked; nothing was changed.
            JobexportError: the backup can't be read, or the project can't be looked at; nothing was changed.
        """
        session = self.session
        if unsettled := session.unsettled():
            raise RestoreRefused(unsettled)
        for entry in list(session.journal.imports.values()):
            if entry.unsettled:
                # An import of DLI has no task: the plan looks at what came.
                session.notes.append(
                    f"the response to the import of {', '.join(entry.names)} was lost; the plan is new"
                )
                yield from session.ended(entry.zip)
            yield from session.remove(entry.zip)
        session.begin((yield from self.planned()))
        for item in session.plan.chosen():
            if not session.stopped:
                yield from self._import(item)
                session.report()
        return session.result()

    def _import(self, item: PlannedItem) -> Steps[None]:
        """Import a job, and read it back."""
        session, place, key = self.session, self.session.place, item.key
        try:
            content: bytes = yield Work(partial(session.source.zip_of, key))
            zip_ = yield from session.upload(content, [item.name], _FILE)
        except JobexportError as error:
            session.fail([key], error)
            return
        try:
            try:
                yield from session.sending(zip_)
                done: FlinkImport = yield from writes.import_flink_jobs(
                    place.project, place.retries, zip_, is_cover=item.action == REPLACE
                )
            except OutcomeUnknown as error:
                session.doubt([key], error)
                session.stopped = True
                return
            except JobexportError as error:
                session.fail([key], error)
                yield from session.ended(zip_)
                return
            yield from session.ended(zip_)
            yield from self._read_back(item, done)
        finally:
            yield from session.remove(zip_)

    def _read_back(self, item: PlannedItem, done: FlinkImport) -> Steps[None]:
        """Compare the details of a job with the backup."""
        session, key = self.session, item.key
        found = None
        try:
            for job in done.jobs:
                theirs = yield from show.show_flink_job(session.place.project, session.place.retries, job.new_id)
                if theirs.get("name") == item.name:
                    found = differences(session.source, key, theirs)
        except JobexportError as error:
            session.fail([key], f"it could not be read back: {error}")
            return
        session.judge(key, found)
