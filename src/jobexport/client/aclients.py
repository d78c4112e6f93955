"""The clients that are awaited: `AsyncDgcClient` and `AsyncDliClient`."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Unpack, overload

from jobexport.client import calls
from jobexport.client.arguments import concurrency_of
from jobexport.client.batch import Batch
from jobexport.client.connection import make_async_shell, make_project
from jobexport.errors import JobexportError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import BinaryIO, Literal, Self

    import httpx
    from obstore.store import ObjectStore

    from jobexport.archive import JobArchive
    from jobexport.client.auth import AsyncFetch
    from jobexport.client.batch import Fetched, JobsExport, Progress
    from jobexport.client.connection import AsyncOptions
    from jobexport.client.responses import FlinkExport, ObsExport
    from jobexport.client.target import Place


class AsyncDgcClient:
    """Exports jobs of Data Lake Governance Center (DGC), today DataArts Studio. Tasks may share it.

    It takes what `DgcClient` takes; a function that gives tokens may be async, and one that is not runs in a thread.
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
        """Do what `DgcClient.export_job` does, with the same arguments and errors."""
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

    async def export_jobs(
        self,
        names: Iterable[str],
        *,
        to: Place,
        workspace: str | None = None,
        depend: bool | None = None,
        concurrency: int = 4,
        progress: Callable[[Progress], None] | None = None,
    ) -> JobsExport:
        """Do what `DgcClient.export_jobs` does, with the same arguments and errors; `progress` is told in the loop."""
        batch = Batch.plan(self._project.id, self._project.retries, names, to, workspace, depend, progress)
        concurrency = concurrency_of(concurrency)
        begun = batch.begun()
        await asyncio.to_thread(begun.__enter__)
        try:
            await self._fetch_chunks(batch, concurrency)
        finally:
            begun.__exit__(None, None, None)
        return batch.result()

    async def _fetch_chunks(self, batch: Batch, concurrency: int) -> None:
        """Fetch chunks until none is left, each in one of the tasks."""
        running: dict[asyncio.Task[Fetched], tuple[str, ...]] = {}
        try:
            while batch.ready or running:
                while batch.ready and len(running) < concurrency:
                    chunk = batch.ready.popleft()
                    running[asyncio.create_task(self._shell.run(batch.fetch(chunk)))] = chunk
                done, _ = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    chunk, error = running.pop(task), task.exception()
                    if error is not None and not isinstance(error, JobexportError):
                        raise error
                    batch.settle(chunk, task.result() if error is None else error)
        finally:
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)


class AsyncDliClient:
    """Exports Flink jobs of Data Lake Insight (DLI). Tasks may share it.

    It takes what `DliClient` takes; a function that gives tokens may be async, and one that is not runs in a thread.
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
        """Do what `DliClient.export_flink_jobs` does, with the same arguments and errors."""
        steps = calls.export_flink_jobs(
            self._project.id, self._project.retries, obs_dir, job_ids, download_to=download_to, store=store
        )
        return await self._shell.run(steps)
