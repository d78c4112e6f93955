"""The client of DLI that is awaited."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from jobexport.client import calls
from jobexport.client.connection import make_async_shell, make_project
from jobexport.client.objects import lists, show, writes
from jobexport.client.objects.listing import AsyncListIterator

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any, Self

    import httpx
    from obstore.store import ObjectStore

    from jobexport.client.auth import AsyncFetch
    from jobexport.client.connection import AsyncOptions
    from jobexport.client.objects.items import ListedFlinkJob
    from jobexport.client.objects.writes import FlinkImport
    from jobexport.client.responses import FlinkExport
    from jobexport.client.target import Place


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

    def jobs(self, *, details: bool | None = None) -> AsyncListIterator[ListedFlinkJob]:
        """Return an async iterator over all Flink jobs of the project, as `DliClient.jobs`."""
        return AsyncListIterator(
            lists.flink_jobs(self._project.id, self._project.retries, details=details), self._shell
        )

    async def show_flink_job(self, job_id: int) -> dict[str, Any]:
        """Return the details of a Flink job as `DliClient.show_flink_job`, with the same arguments and errors."""
        return await self._shell.run(show.show_flink_job(self._project.id, self._project.retries, job_id))

    async def import_flink_jobs(self, zip_path: str, *, is_cover: bool) -> FlinkImport:
        """Import Flink jobs as `DliClient.import_flink_jobs`, with the same arguments and errors."""
        return await self._shell.run(
            writes.import_flink_jobs(self._project.id, self._project.retries, zip_path, is_cover=is_cover)
        )
