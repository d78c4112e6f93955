"""The client for Flink jobs that is awaited."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from jobexport.client import dli
from jobexport.client.connection import make_async_shell, make_project

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Self

    import httpx
    from obstore.store import ObjectStore

    from jobexport.client.auth import AsyncFetch
    from jobexport.client.connection import AsyncOptions
    from jobexport.client.responses import FlinkExport
    from jobexport.client.target import Place


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
        steps = dli.export_flink_jobs(
            self._project.id, self._project.retries, obs_dir, job_ids, download_to=download_to, store=store
        )
        return await self._shell.run(steps)
