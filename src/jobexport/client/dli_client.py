"""The client for Flink jobs that blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from jobexport.client import dli
from jobexport.client.connection import make_project, make_shell

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Self

    import httpx
    from obstore.store import ObjectStore

    from jobexport.client.auth import Fetch
    from jobexport.client.connection import Options
    from jobexport.client.responses import FlinkExport
    from jobexport.client.target import Place


class DliClient:
    """Exports Flink jobs of Data Lake Insight (DLI). Threads may share it.

    Args:
        project_id: the project that owns the jobs.
        auth: a token; or a function that gives one, as text or as `Token`, called again before the token ends and once
            when the server refuses it; or `AkSkAuth`, or any `httpx.Auth`.
        options: where the service stands (`base_url`, or `cloud` and `region`), `timeout`, `retries`, `transport` and
            `http_client`.

    Raises:
        ValueError: an argument breaks a rule.
    """

    def __init__(self, project_id: str, *, auth: str | Fetch | httpx.Auth, **options: Unpack[Options]) -> None:
        self._project = make_project(project_id, options)
        self._shell = make_shell("dli", self._project, auth, options)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._project.id!r}, base_url={self._shell.base_url!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections, unless `http_client` was given."""
        self._shell.close()

    def export_flink_jobs(
        self,
        obs_dir: str,
        job_ids: Iterable[int] | None = None,
        *,
        download_to: Place | None = None,
        store: ObjectStore | None = None,
    ) -> FlinkExport:
        """Export Flink jobs as zips to object storage (OBS).

        Args:
            obs_dir: the folder in OBS that receives the zips, bucket first, without a scheme.
            job_ids: the jobs, 64-bit numbers; None is all jobs of the project.
            download_to: a folder to download the zips to; they are checked, and replace files of the same name.
            store: the bucket of `obs_dir`, as one of `obstore.store`, such as S3Store (install `jobexport[obs]`).

        Raises:
            ValueError: an argument breaks a rule; nothing was sent.
            ExportFailed: the service says that the export failed.
            JobexportError: another one of the tree in `jobexport.errors`.
        """
        steps = dli.export_flink_jobs(
            self._project.id, self._project.retries, obs_dir, job_ids, download_to=download_to, store=store
        )
        return self._shell.run(steps)
