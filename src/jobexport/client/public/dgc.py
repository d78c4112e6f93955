"""The client of DGC that blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack, overload

from jobexport.client import calls
from jobexport.client.connection import make_project, make_shell

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any, BinaryIO, Literal, Self

    import httpx

    from jobexport.archive import JobArchive
    from jobexport.client.auth import Fetch
    from jobexport.client.batch import JobsExport
    from jobexport.client.connection import Options
    from jobexport.client.objects.items import ListedJob, ListedResource, ListedScript
    from jobexport.client.objects.listing import ListIterator
    from jobexport.client.objects.tasks import Task
    from jobexport.client.obs_batch import ObsJobsExport
    from jobexport.client.responses import ObsExport
    from jobexport.client.schedule import Progress
    from jobexport.client.target import Place


class DgcClient:
    """Client that exports jobs of Data Lake Governance Center (DGC), today DataArts Studio. Threads may share it.

    Args:
        project_id: the project that owns the jobs.
        auth: a token; or a function that returns a token, as text or as `Token`, called again before the token expires
            and once when the server refuses it; or `AkSkAuth`, or any `httpx.Auth`.
        options: where the service stands (`base_url`, or `cloud` and `region`), `timeout`, `retries`, `transport` and
            `http_client`.

    Raises:
        ValueError: an argument breaks a rule.
    """

    def __init__(self, project_id: str, *, auth: str | Fetch | httpx.Auth, **options: Unpack[Options]) -> None:
        self._project = make_project(project_id, options)
        self._shell = make_shell("dgc", self._project, auth, options)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._project.id!r}, base_url={self._shell.base_url!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections, unless `http_client` was given."""
        self._shell.close()

    @overload
    def export_job(
        self,
        name: str,
        *,
        to: Place | BinaryIO,
        workspace: str | None = None,
        depend: bool | None = None,
        status: Literal["DEVELOP", "SUBMIT"] | None = None,
    ) -> JobArchive: ...

    @overload
    def export_job(
        self,
        name: str,
        *,
        obs_path: str,
        workspace: str | None = None,
        depend: bool | None = None,
        status: Literal["DEVELOP", "SUBMIT"] | None = None,
    ) -> ObsExport: ...

    def export_job(
        self,
        name: str,
        *,
        to: Place | BinaryIO | None = None,
        obs_path: str | None = None,
        workspace: str | None = None,
        depend: bool | None = None,
        status: Literal["DEVELOP", "SUBMIT"] | None = None,
    ) -> JobArchive | ObsExport:
        """Export one job, to a file or to object storage (OBS). An argument that is not given is not sent.

        Args:
            name: the job's name, 1 to 128 letters, digits, Chinese characters, `-`, `_` or `.`.
            to: the place for the zip. A folder, which exists or ends in a slash, gets `DLF_{name}.zip`. A file is
                replaced once the zip is complete and checked, and otherwise left alone. A binary stream gets the zip
                once it is complete and checked.
            obs_path: the folder in OBS that receives the zip instead of `to`, such as `obs://bucket/folder/`.
            workspace: the id of the workspace; None stands for the default workspace.
            depend: True to add the scripts and resources that the job uses; if None, the service adds them.
            status: `SUBMIT` exports the version last submitted; if None, the service exports the version in
                development.

        Raises:
            ValueError: an argument breaks a rule; nothing was sent.
            JobNotFound: the workspace has no such job.
            JobexportError: another error of the tree in `jobexport.errors`.
        """
        steps = calls.export_job(
            self._project.id,
            self._project.retries,
            name,
            to=to,
            obs_path=obs_path,
            workspace=workspace,
            depend=depend,
            status=status,
        )
        return self._shell.run(steps)

    @overload
    def export_jobs(
        self,
        names: Iterable[str],
        *,
        to: Place,
        workspace: str | None = None,
        depend: bool | None = None,
        concurrency: int = 4,
        progress: Callable[[Progress], None] | None = None,
    ) -> JobsExport: ...

    @overload
    def export_jobs(
        self,
        names: Iterable[str],
        *,
        obs_path: str,
        workspace: str | None = None,
        depend: bool | None = None,
        status: Literal["DEVELOP", "SUBMIT"] | None = None,
        concurrency: int = 4,
        progress: Callable[[Progress], None] | None = None,
    ) -> ObsJobsExport: ...

    def export_jobs(
        self,
        names: Iterable[str],
        *,
        to: Place | None = None,
        obs_path: str | None = None,
        workspace: str | None = None,
        depend: bool | None = None,
        status: Literal["DEVELOP", "SUBMIT"] | None = None,
        concurrency: int = 4,
        progress: Callable[[Progress], None] | None = None,
    ) -> JobsExport | ObsJobsExport:
        """Export any number of jobs: each to a zip of its own in a folder, or to object storage (OBS).

        The folder `to` gets `{name}.zip` for each job. A complete zip that is there, from the same server, project
        and workspace with the same `depend`, is left alone: after a kill the same call goes on where it was. So use a
        new folder for each night's backup. While a run has the folder, another run is refused. A request asks for 100
        jobs. If the service refuses it for one of them, the chunk is cut in two, until that job is alone.

        With `obs_path` the service writes each job to OBS, with a request for each job; a second call exports all of
        them again. A request whose response is lost is not sent again, unless `retries` says so.

        Wrong credentials, missing rights, a path in OBS that can't be used, and a full disk end the run; the error then
        stands for the remaining jobs too. Deadline and retries hold for each request.

        Args:
            names: the jobs' names; a name that is given twice is exported once.
            to: the folder, created if missing. The dots of the names `.` and `..` stand percent-encoded in the
                file's name; names that differ in case only are told apart by `~` and eight digits.
            obs_path: the folder in OBS that receives the zips instead of `to`, such as `obs://bucket/folder/`.
            workspace: the id of the workspace; None stands for the default workspace.
            depend: True to add the scripts and resources that the jobs use; if None, the service adds them.
            status: `SUBMIT` exports the versions last submitted, with `obs_path` only: exports of many jobs to a folder
                have no such choice.
            concurrency: the number of requests at a time.
            progress: a function that receives the progress, from several threads, but never from two at once.

        Raises:
            ValueError: an argument breaks a rule; nothing was sent.
            TargetUnwritable: the folder can't be created or read, or another run has it.
        """
        # Imported here, as an export of one job needs neither.
        from jobexport.client.batch import plan_batch
        from jobexport.client.schedule import run_in_threads

        batch = plan_batch(
            self._shell.base_url,
            self._project.id,
            self._project.retries,
            names,
            to=to,
            obs_path=obs_path,
            workspace=workspace,
            depend=depend,
            status=status,
            concurrency=concurrency,
            progress=progress,
        )
        with batch.begun():
            run_in_threads(batch.schedule, batch.fetch, self._shell)
        return batch.result()

    def jobs(self, *, workspace: str | None = None) -> ListIterator[ListedJob]:
        """Return an iterator over all jobs of a workspace, batch jobs first, then real-time jobs.

        Args:
            workspace: the id of the workspace; None stands for the default workspace.

        Raises:
            ValueError: the argument breaks a rule.
            ListIncomplete: at the end of the iterator: another number of jobs came than the service claims.
            JobexportError: from the iterator: another error of the tree in `jobexport.errors`.
        """
        from jobexport.client.objects import lists
        from jobexport.client.objects.listing import ListIterator

        return ListIterator(lists.jobs(self._project.id, self._project.retries, workspace=workspace), self._shell)

    def scripts(self, *, workspace: str | None = None) -> ListIterator[ListedScript]:
        """Return an iterator over all scripts of a workspace, with the arguments and errors of `jobs`."""
        from jobexport.client.objects import lists
        from jobexport.client.objects.listing import ListIterator

        return ListIterator(lists.scripts(self._project.id, self._project.retries, workspace=workspace), self._shell)

    def resources(self, *, workspace: str | None = None) -> ListIterator[ListedResource]:
        """Return an iterator over all resources of a workspace, with the arguments and errors of `jobs`."""
        from jobexport.client.objects import lists
        from jobexport.client.objects.listing import ListIterator

        return ListIterator(lists.resources(self._project.id, self._project.retries, workspace=workspace), self._shell)

    def show_job(self, name: str, *, version: int | None = None, workspace: str | None = None) -> dict[str, Any]:
        """Return the definition of a job: its JSON, in which numbers keep their digits (`strict_json.Number`).

        Args:
            name: the job's name.
            version: the number of a submitted version; None stands for the newest. Not every edition has versions.
            workspace: the id of the workspace; None stands for the default workspace.

        Raises:
            ValueError: an argument breaks a rule; nothing was sent.
            JobNotFound: the workspace has no such job.
            JobexportError: another error of the tree in `jobexport.errors`.
        """
        from jobexport.client.objects import show

        steps = show.show_job(self._project.id, self._project.retries, name, version=version, workspace=workspace)
        return self._shell.run(steps)

    def show_script(self, name: str, *, workspace: str | None = None) -> dict[str, Any]:
        """Return a script with its text: its JSON, in which numbers keep their digits.

        Args:
            name: the script's name.
            workspace: the id of the workspace; None stands for the default workspace.

        Raises:
            ValueError: an argument breaks a rule; nothing was sent.
            ScriptNotFound: the workspace has no such script.
            JobexportError: another error of the tree in `jobexport.errors`.
        """
        from jobexport.client.objects import show

        return self._shell.run(show.show_script(self._project.id, self._project.retries, name, workspace=workspace))

    def import_jobs(
        self,
        obs_path: str,
        *,
        policy: Literal["SKIP", "OVERWRITE"],
        target_status: Literal["SAVED", "SUBMITTED", "PRODUCTION"] | None = None,
        approvers: Iterable[str] | None = None,
        workspace: str | None = None,
    ) -> Task:
        """Begin an import of the jobs of a zip, and return its task; a workspace imports one zip at a time.

        Args:
            obs_path: the zip in OBS, such as `obs://bucket/folder/jobs.zip`, in the form that an export has.
            policy: `SKIP` leaves a job or script alone if its name is taken, without a word; `OVERWRITE` replaces it.
            target_status: the state of the imported jobs. Not every edition has it; without it an import submits them.
            approvers: the users who approve the jobs, in a workspace with reviews.
            workspace: the id of the workspace; None stands for the default workspace.

        Raises:
            ValueError: an argument breaks a rule; nothing was sent.
            OutcomeUnknown: the import may have begun, but the response with the task did not come.
            ObsPathInvalid: the service can't read the zip.
            JobexportError: another error of the tree in `jobexport.errors`; no import began.
        """
        from jobexport.client.objects import writes

        steps = writes.import_jobs(
            self._project.id,
            self._project.retries,
            obs_path,
            policy=policy,
            target_status=target_status,
            approvers=approvers,
            workspace=workspace,
        )
        return self.task(self._shell.run(steps), workspace=workspace)

    def task(self, task_id: str, *, workspace: str | None = None) -> Task:
        """Return a task by its id, to be shown or followed; nothing is sent.

        Args:
            task_id: the task's id, such as that of `OutcomeUnknown.task_id`.
            workspace: the id of the workspace; None stands for the default workspace.
        """
        from jobexport.client.objects.tasks import Task

        return Task(task_id, workspace, self._project.id, self._project.retries, self._shell)

    def create_script(self, definition: Mapping[str, Any], *, workspace: str | None = None) -> None:
        """Create a script.

        Args:
            definition: the JSON of the script, with `name`, `type` and `content`, as in `ListedScript.fields`.
            workspace: the id of the workspace; None stands for the default workspace.

        Raises:
            ValueError: an argument breaks a rule; nothing was sent.
            OutcomeUnknown: the script may have been created, but the response did not come.
            JobexportError: another error of the tree in `jobexport.errors`; the script was not created.
        """
        from jobexport.client.objects import writes

        self._shell.run(writes.create_script(self._project.id, self._project.retries, definition, workspace=workspace))

    def create_resource(self, definition: Mapping[str, Any], *, workspace: str | None = None) -> None:
        """Create a resource, which is the place of a file in OBS.

        Args:
            definition: the JSON of the resource, with `name`, `type` and `location`, as in `ListedResource.fields`.
            workspace: the id of the workspace; None stands for the default workspace.

        Raises:
            ValueError: an argument breaks a rule; nothing was sent.
            OutcomeUnknown: the resource may have been created, but the response did not come.
            JobexportError: another error of the tree in `jobexport.errors`; the resource was not created.
        """
        from jobexport.client.objects import writes

        self._shell.run(
            writes.create_resource(self._project.id, self._project.retries, definition, workspace=workspace)
        )
