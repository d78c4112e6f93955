"""The steps that back up a workspace of DGC: its jobs, scripts and resources.

Jobs come by batch export, a request for 100 of them, if the time of their last change is another one than the manifest
has. Scripts and resources come with their lists.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from attrs import define, field

from jobexport.archive.definitions import JSON, files_of
from jobexport.archive.values import Resource, Script
from jobexport.backup.content.compare import SET_BY_DGC
from jobexport.backup.folder import layout
from jobexport.backup.folder.manifest import OK, ItemRow
from jobexport.backup.job_export import JobExport, hold
from jobexport.backup.session import caught, grouped
from jobexport.client.objects import lists, show
from jobexport.client.schedule import ends_the_run
from jobexport.client.steps import Together, Work
from jobexport.core import strict_json
from jobexport.core.redact import line
from jobexport.errors import JobexportError, JobNotFound, ScriptNotFound, UnexpectedResponse

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from jobexport.backup.job_export import WorkspaceTarget
    from jobexport.backup.results import BackupResult, Key
    from jobexport.backup.session import BackupSession
    from jobexport.client.objects.items import ListedJob, ListedResource, ListedScript
    from jobexport.client.objects.walk import Walk
    from jobexport.client.steps import Steps

# Fields that lists have and exports have not: what the service sets, and what nobody chose.
_LISTED_ONLY = SET_BY_DGC | {"jobRelation"}
_LISTS = {layout.SCRIPT: "listScripts", layout.RESOURCE: "listResources"}


@define(eq=False)
class DgcRun:
    """A backup of a workspace."""

    target: WorkspaceTarget
    session: BackupSession
    _unlisted_texts: list[str] = field(factory=list)
    """Scripts whose text the list does not have."""
    _jobs: JobExport = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._jobs = JobExport(self.target, self.session)

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
        yield from self._jobs.steps()
        self._note()
        yield Work(session.commit)
        return session.result()

    def _list(self, kind: str, lists_: Callable[..., Walk[Any]], take: Callable[[list[Any]], None]) -> Steps[None]:
        walk = lists_(self.target.project, self.target.retries, workspace=self.target.workspace)
        items = yield from walk.advance()
        while items is not None:
            # The next pages come meanwhile.
            _, items = yield Together([_taken(take, items), walk.advance()])
        outcome = walk.outcome
        assert outcome is not None  # noqa: S101  # it is there at the end of a walk
        self.session.total[kind] = outcome.total
        if kind == layout.JOB:
            self._jobs.clock = outcome.date
        for name in outcome.left:
            self._has_left(kind, str(name))
        if not outcome.complete:
            self.session.incomplete[kind] = f"the list of {layout.FOLDER_OF[kind]} is not complete: {outcome.problem}"

    def _has_left(self, kind: str, name: str) -> None:
        self.session.has_left((kind, name))
        if kind == layout.JOB:
            self._jobs.wanted.pop(name, None)
        elif kind == layout.SCRIPT and name in self._unlisted_texts:
            self._unlisted_texts.remove(name)

    def _take_jobs(self, items: list[ListedJob]) -> None:
        for item in items:
            key = layout.JOB, item.name
            if not self._is_seen(*key):
                continue
            if self.session.is_current(key, item.updated):
                self.session.draft.mark(key, seen=OK, job_type=item.type)
            else:
                self._jobs.wanted[item.name] = item.type, item.updated

    def _take_scripts(self, items: list[ListedScript]) -> None:
        for item in items:
            if not self._is_seen(layout.SCRIPT, item.name):
                continue
            if item.content is None:
                self._unlisted_texts.append(item.name)
            else:
                self._hold_listed(layout.SCRIPT, item.name, item.fields)

    def _is_seen(self, kind: str, name: str) -> bool:
        """Take note that the service has an item; return False for a name that no file can hold."""
        try:
            name.encode()
        except UnicodeEncodeError:
            # Half of a surrogate pair.
            self.session.problems.append(f"a {kind} has the name {line(name)!r:.80}, which is no text")
            return False
        self.session.seen.add((kind, name))
        return True

    def _hold_listed(self, kind: str, name: str, listed: Mapping[str, Any]) -> None:
        """Take a script or a resource as its list has it."""
        fields = _definition(listed)
        value = Script("", fields) if kind == layout.SCRIPT else Resource("", fields)
        try:
            # A list is read as far as possible, a backup strictly.
            files = files_of(value)
            if self.session.has((kind, name), files):
                # Most items are as they were, and the rest takes longer.
                return
            for suffix, content in files.items():
                if suffix == JSON:
                    strict_json.parse(content, file=True)
        except (ValueError, RecursionError) as problem:
            reason = f"{layout.label(kind, name)} can't be written as JSON: {problem}"
            self.session.fail((kind, name), UnexpectedResponse(_LISTS[kind], 200, reason))
        else:
            hold(self.session, ItemRow(kind, name, ()), value, files)

    def _take_resources(self, items: list[ListedResource]) -> None:
        for item in items:
            if self._is_seen(layout.RESOURCE, item.name):
                self._hold_listed(layout.RESOURCE, item.name, item.fields)

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
        except (JobNotFound, ScriptNotFound):
            self.session.is_gone(key)
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
            yield Work(partial(self._hold_listed, layout.SCRIPT, name, fields))
        except JobexportError as error:
            if ends_the_run(error):
                raise
            self.session.fail((layout.SCRIPT, name), error)

    def _note(self) -> None:
        session = self.session
        untimed = sum(1 for _, updated in self._jobs.wanted.values() if updated is None)
        if untimed:
            session.notes.append(f"{untimed} jobs have no time of their last change, so they were fetched anew")
        if self._jobs.others:
            session.notes.append(
                f"the zips have {self._jobs.others} members that are no definitions; they were left out"
            )
        session.notes += [f"{layout.label(*key)} is gone from the service" for key in sorted(session.gone)]


def _definition(listed: Mapping[str, Any]) -> dict[str, Any]:
    """Return the definition in an entry of a list: as an export has it, without what the service adds."""
    return {
        key: value
        for key, value in listed.items()
        if key not in _LISTED_ONLY and value is not None and not (key == "autoAcquireLock" and value is True)
    }


def _taken(take: Callable[[list[Any]], None], items: list[Any]) -> Steps[None]:
    yield Work(partial(take, items))
