"""The target of a restore: what it has under the names of the backup, and how that differs. Nothing is written."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from attrs import define, field, frozen

from jobexport.archive.values import Job
from jobexport.backup.content import compare
from jobexport.backup.folder import layout
from jobexport.backup.job_export import in_batches
from jobexport.backup.restore.plan import Standing, TargetView
from jobexport.backup.session import grouped
from jobexport.client.calls import batch_exchange
from jobexport.client.objects import lists, show
from jobexport.client.schedule import Schedule, ends_the_run
from jobexport.client.steps import Together
from jobexport.client.target import Part
from jobexport.errors import JobexportError, JobNotFound, ScriptNotFound

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from jobexport.archive.values import Script
    from jobexport.backup.restore.source import RestoreSource
    from jobexport.backup.results import Key
    from jobexport.client.exchange import Exchange
    from jobexport.client.objects.items import ListedFlinkJob, ListedJob
    from jobexport.client.objects.walk import Walk
    from jobexport.client.retry import Retries
    from jobexport.client.steps import Steps

    Compare = Callable[[RestoreSource, Key, Any], tuple[str, ...]]
    """Returns the differences between an item of the backup and that of the target, as lines."""


@frozen
class RestoreTarget:
    """A workspace of DGC, or a project of DLI."""

    project: str
    retries: Retries
    workspace: str | None = None
    concurrency: int = 4


def differences(source: RestoreSource, key: Key, theirs: Any) -> tuple[str, ...]:
    """Return how an item of the target differs from that of the backup, as lines of what a restore would change."""
    ours = source.fields(key)
    # Most items are the same in each field, which is seen faster than what they mean.
    return () if theirs == ours else tuple(compare.differences(key[0], theirs, ours))


@define(eq=False)
class Look:
    """A look at a target."""

    place: RestoreTarget
    source: RestoreSource
    wanted: Collection[Key]
    """The items to compare."""
    names: set[Key] = field(factory=set)
    standing: dict[Key, Standing] = field(factory=dict)
    problems: list[str] = field(factory=list)
    compare: Compare = differences

    def workspace(self) -> Steps[TargetView]:
        """Return the steps that look at a workspace.

        Raises:
            JobexportError: a list could not be fetched, or a job could not be exported.
        """
        yield from self._jobs()
        yield from self.scripts()
        yield from self.resources()
        return self.view()

    def project(self) -> Steps[TargetView]:
        """Return the steps that look at the Flink jobs of a project.

        Raises:
            JobexportError: the list or the details of a job could not be fetched.
        """
        walk = lists.flink_jobs(self.place.project, self.place.retries, details=None)
        found = yield from self._all(layout.FLINK, walk)
        for group in grouped(found, self.place.concurrency):
            yield Together([self._flink(job) for job in group])
        return self.view()

    def scripts(self) -> Steps[None]:
        """Return the steps that look at scripts."""
        place = self.place
        walk = lists.scripts(place.project, place.retries, workspace=place.workspace)
        texts = []
        for script in (yield from self._all(layout.SCRIPT, walk)):
            if script.content is None:
                texts.append(script.name)
            else:
                self._compare((layout.SCRIPT, script.name), script.fields)
        for group in grouped(texts, place.concurrency):
            yield Together([self._script(name) for name in group])

    def resources(self) -> Steps[None]:
        """Return the steps that look at resources."""
        walk = lists.resources(self.place.project, self.place.retries, workspace=self.place.workspace)
        for resource in (yield from self._all(layout.RESOURCE, walk)):
            self._compare((layout.RESOURCE, resource.name), resource.fields)

    def view(self) -> TargetView:
        """Return what was seen."""
        return TargetView(frozenset(self.names), dict(self.standing), tuple(self.problems))

    def _all(self, kind: str, walk: Walk[Any]) -> Steps[list[Any]]:
        found = []
        while (items := (yield from walk.advance())) is not None:
            found += items
        self.names.update((kind, item.name) for item in found)
        if walk.outcome is not None and not walk.outcome.complete:
            self.problems.append(
                f"the target's list of {layout.FOLDER_OF[kind]} is not complete: {walk.outcome.problem}"
            )
        return [item for item in found if (kind, item.name) in self.wanted]

    def _jobs(self) -> Steps[None]:
        walk = lists.jobs(self.place.project, self.place.retries, workspace=self.place.workspace)
        listed: dict[str, ListedJob] = {job.name: job for job in (yield from self._all(layout.JOB, walk))}

        def take(value: Job | Script) -> None:
            if isinstance(value, Job):
                self._compare((layout.JOB, value.name), value._fields, listed[value.name].status)

        failures = yield from exported(self.place, listed, take, depend=False)
        for name, error in failures.items():
            if ends_the_run(error):
                raise error
            if isinstance(error, JobNotFound):
                # Deleted after it was listed.
                self.names.discard((layout.JOB, name))
            else:
                self.problems.append(f"job {name} of the target can't be compared: {error}")

    def _compare(self, key: Key, theirs: Any, status: str | None = None) -> None:
        try:
            lines = self.compare(self.source, key, theirs)
        except (ValueError, OSError):
            # The file is damaged, which the check of all files has found, too.
            lines = ("the backup can't be read",)
        self.standing[key] = Standing(status, lines)

    def _script(self, name: str) -> Steps[None]:
        place = self.place
        try:
            fields = yield from show.show_script(place.project, place.retries, name, workspace=place.workspace)
        except ScriptNotFound:
            self.names.discard((layout.SCRIPT, name))
        else:
            self._compare((layout.SCRIPT, name), fields)

    def _flink(self, job: ListedFlinkJob) -> Steps[None]:
        try:
            fields = yield from show.show_flink_job(self.place.project, self.place.retries, job.id)
        except JobNotFound:
            self.names.discard((layout.FLINK, job.name))
        else:
            self._compare((layout.FLINK, job.name), fields, job.status)


def exported(
    place: RestoreTarget, names: Iterable[str], take: Callable[[Job | Script], None], *, depend: bool
) -> Steps[dict[str, JobexportError]]:
    """Return the steps that export jobs, 100 with each request, and end with the errors by job.

    Args:
        place: the workspace.
        names: the jobs.
        take: called for each job, and for each script that a zip has, by one thread for each request.
        depend: True for the scripts that the jobs use.
    """
    schedule: Schedule[bool] = Schedule(tuple(names), place.concurrency, None)

    def exchange(chunk: tuple[str, ...]) -> Exchange:
        return batch_exchange(place.project, place.retries, chunk, place.workspace, depend=depend)

    yield from in_batches(schedule, exchange, partial(Part.beside, None), take)
    return dict(schedule.failures)
