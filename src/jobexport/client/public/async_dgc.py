"""The client of DGC that is awaited."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Unpack, overload

from jobexport.client import calls
from jobexport.client.batch import plan_batch
from jobexport.client.connection import make_async_shell, make_project
from jobexport.client.objects import lists, show, writes
from jobexport.client.objects.listing import AsyncListIterator
from jobexport.client.objects.tasks import AsyncTask
from jobexport.client.schedule import run_in_tasks
from jobexport.core.waiting import to_its_end

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any, BinaryIO, Literal, Self

    import httpx

    from jobexport.archive import JobArchive
    from jobexport.client.auth import AsyncFetch
    from jobexport.client.batch import JobsExport
    from jobexport.client.connection import AsyncOptions
    from jobexport.client.objects.items import ListedJob, ListedResource, ListedScript
    from jobexport.client.obs_batch import ObsJobsExport
    from jobexport.client.responses import ObsExport
    from jobexport.client.schedule import Progress
    from jobexport.client.target import Place


class AsyncDgcClient:
    """Async client that exports jobs of Data Lake Governance Center (DGC), today DataArts Studio. Tasks may share it.

    It takes the arguments of `DgcClient`. A function that returns tokens may be async; a function that is not async
    runs in a thread.
    """

    def __init__(
        self, project_id: str, *, auth: str | AsyncFetch | httpx.Auth, **options: Unpack[AsyncOptions]
    ) -> None:
        self._project = make_project(project_id, options)
        self._shell = make_async_shell("dgc", self._project, auth, options)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._project.id!r}, base_url={self._shell.base_url!r})"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections, unless `http_client` was given."""
        await self._shell.aclose()

    @overload
    async def export_job(
        self,
        name: str,
        *,
        to: Place | BinaryIO,
        workspace: str | None = None,
        depend: bool | None = None,
        status: Literal["DEVELOP", "SUBMIT"] | None = None,
    ) -> JobArchive: ...

    @overload
    async def export_job(
        self,
        name: str,
        *,
        obs_path: str,
        workspace: str | None = None,
        depend: bool | None = None,
        status: Literal["DEVELOP", "SUBMIT"] | None = None,
    ) -> ObsExport: ...

    async def export_job(
        self,
        name: str,
        *,
        to: Place | BinaryIO | None = None,
        obs_path: str | None = None,
        workspace: str | None = None,
        depend: bool | None = None,
        status: Literal["DEVELOP", "SUBMIT"] | None = None,
    ) -> JobArchive | ObsExport:
        """Export one job as `DgcClient.export_job`, with the same arguments and errors."""
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
        return await self._shell.run(steps)

    @overload
    async def export_jobs(
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
    async def export_jobs(
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

    async def export_jobs(
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
        """Export jobs as `DgcClient.export_jobs`, with the same arguments and errors; the loop calls `progress`."""
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
        # Left in the end, even if the task is cancelled while a thread enters it.
        with contextlib.ExitStack() as run:
            await to_its_end(lambda: run.enter_context(batch.begun()))
            await run_in_tasks(batch.schedule, batch.fetch, self._shell)
        return batch.result()

    def jobs(self, *, workspace: str | None = None) -> AsyncListIterator[ListedJob]:
        """Return an async iterator over all jobs of a workspace, as `DgcClient.jobs`."""
        return AsyncListIterator(lists.jobs(self._project.id, self._project.retries, workspace=workspace), self._shell)

    def scripts(self, *, workspace: str | None = None) -> AsyncListIterator[ListedScript]:
        """Return an async iterator over all scripts of a workspace, as `DgcClient.scripts`."""
        return AsyncListIterator(
            lists.scripts(self._project.id, self._project.retries, workspace=workspace), self._shell
        )

    def resources(self, *, workspace: str | None = None) -> AsyncListIterator[ListedResource]:
        """Return an async iterator over all resources of a workspace, as `DgcClient.resources`."""
        return AsyncListIterator(
            lists.resources(self._project.id, self._project.retries, workspace=workspace), self._shell
        )

    async def show_job(self, name: str, *, version: int | None = None, workspace: str | None = None) -> dict[str, Any]:
        """Return the definition of a job as `DgcClient.show_job`, with the same arguments and errors."""
        steps = show.show_job(self._project.id, self._project.retries, name, version=version, workspace=workspace)
        return await self._shell.run(steps)

    async def show_script(self, name: str, *, workspace: str | None = None) -> dict[str, Any]:
        """Return a script as `DgcClient.show_script`, with the same arguments and errors."""
        steps = show.show_script(self._project.id, self._project.retries, name, workspace=workspace)
        return await self._shell.run(steps)

    async def import_jobs(
        self,
        obs_path: str,
        *,
        policy: Literal["SKIP", "OVERWRITE"],
        target_status: Literal["SAVED", "SUBMITTED", "PRODUCTION"] | None = None,
        approvers: Iterable[str] | None = None,
        workspace: str | None = None,
    ) -> AsyncTask:
        """Begin an import of jobs as `DgcClient.import_jobs`, with the same arguments and errors."""
        steps = writes.import_jobs(
            self._project.id,
            self._project.retries,
            obs_path,
            policy=policy,
            target_status=target_status,
            approvers=approvers,
            workspace=workspace,
        )
        return self.task(await self._shell.run(steps), workspace=workspace)

    def task(self, task_id: str, *, workspace: str | None = None) -> AsyncTask:
        """Return a task by its id, as `DgcClient.task`."""
        return AsyncTask(task_id, workspace, self._project.id, self._project.retries, self._shell)

    async def create_script(self, definition: Mapping[str, Any], *, workspace: str | None = None) -> None:
        """Create a script as `DgcClient.create_script`, with the same arguments and errors."""
        await self._shell.run(
            writes.create_script(self._project.id, self._project.retries, definition, workspace=workspace)
        )

    async def create_resource(self, definition: Mapping[str, Any], *, workspace: str | None = None) -> None:
        """Create a resource as `DgcClient.create_resource`, with the same arguments and errors."""
        await self._shell.run(
            writes.create_resource(self._project.id, self._project.retries, definition, workspace=workspace)
        )
