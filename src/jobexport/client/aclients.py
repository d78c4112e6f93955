"""The clients that are awaited: `AsyncDgcClient` and `AsyncDliClient`."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Unpack, overload

from jobexport.client import calls
from jobexport.client.batch import plan_batch
from jobexport.client.connection import make_async_shell, make_project
from jobexport.client.schedule import run_in_tasks
from jobexport.core.waiting import to_its_end

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import BinaryIO, Literal, Self

    import httpx
    from obstore.store import ObjectStore

    from jobexport.archive import JobArchive
    from jobexport.client.auth import AsyncFetch
    from jobexport.client.batch import JobsExport
    from jobexport.client.connection import AsyncOptions
    from jobexport.client.obs_batch import ObsJobsExport
    from jobexport.client.responses import FlinkExport, ObsExport
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


class AsyncDliClient:
    """Async client that exports Flink jobs of Data Lake Insight (DLI). Tasks may share it.

    It takes the arguments of `DliClient`. A function that returns tokens may be async; a function that is not async
    runs in a thread.
    """

    def __init__(
        self, project_id: str, *, auth: str | AsyncFetch | httpx.Auth, **options: Unpack[AsyncOptions]
    ) -> None:
        self._project = make_project(project_id, options)
        self._shell = make_async_shell("dli", self._project, auth, options)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._project.id!r}, base_url={self._shell.base_url!r})"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections, unless `http_client` was given."""
        await self._shell.aclose()

    async def export_flink_jobs(
        self,
        obs_dir: str,
        job_ids: Iterable[int] | None = None,
        *,
        download_to: Place | None = None,
        store: ObjectStore | None = None,
    ) -> FlinkExport:
        """Export Flink jobs as `DliClient.export_flink_jobs`, with the same arguments and errors."""
        steps = calls.export_flink_jobs(
            self._project.id, self._project.retries, obs_dir, job_ids, download_to=download_to, store=store
        )
        return await self._shell.run(steps)
