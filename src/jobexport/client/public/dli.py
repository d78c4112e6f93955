"""The client of DLI that blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from jobexport.client import calls
from jobexport.client.connection import make_project, make_shell

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any, Self

    import httpx
    from obstore.store import ObjectStore

    from jobexport.client.auth import Fetch
    from jobexport.client.connection import Options
    from jobexport.client.objects.items import ListedFlinkJob
    from jobexport.client.objects.listing import ListIterator
    from jobexport.client.objects.writes import FlinkImport
    from jobexport.client.responses import FlinkExport
    from jobexport.client.target import Place


class DliClient:
    """Client that exports Flink jobs of Data Lake Insight (DLI). Threads may share it.

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
            job_ids: the jobs, 64-bit numbers; None stands for all jobs of the project.
            download_to: a folder to download the zips to; they are checked, and replace files of the same name.
            store: the bucket of `obs_dir`, as a store of `obstore.store`, such as S3Store (install `jobexport[obs]`).

        Raises:
            ValueError: an argument breaks a rule; nothing was sent.
            ExportFailed: the service says that the export failed.
            JobexportError: another error of the tree in `jobexport.errors`.
        """
        steps = calls.export_flink_jobs(
            self._project.id, self._project.retries, obs_dir, job_ids, download_to=download_to, store=store
        )
        return self._shell.run(steps)

    def jobs(self, *, details: bool | None = None) -> ListIterator[ListedFlinkJob]:
        """Return an iterator over all Flink jobs of the project.

        Args:
            details: the flag `show_detail`. Editions disagree about the fields that come with True: `update_time` and
                `sql_body` come then, or only without it. If None, no flag is sent.

        Raises:
            ListIncomplete: at the end of the iterator: another number of jobs came than the service claims.
            JobexportError: from the iterator: another error of the tree in `jobexport.errors`.
        """
        from jobexport.client.objects import lists
        from jobexport.client.objects.listing import ListIterator

        return ListIterator(lists.flink_jobs(self._project.id, self._project.retries, details=details), self._shell)

    def show_flink_job(self, job_id: int) -> dict[str, Any]:
        """Return the details of a Flink job: the JSON of the job, in which numbers keep their digits.

        Args:
            job_id: the job's id, a 64-bit number.

        Raises:
            ValueError: the argument breaks a rule; nothing was sent.
            JobNotFound: the project has no such job.
            JobexportError: another error of the tree in `jobexport.errors`.
        """
        from jobexport.client.objects import show

        return self._shell.run(show.show_flink_job(self._project.id, self._project.retries, job_id))

    def import_flink_jobs(self, zip_path: str, *, is_cover: bool) -> FlinkImport:
        """Import the Flink jobs of a zip, or of all zips of a folder, from OBS.

        Args:
            zip_path: the zip, or a folder that holds zips only: bucket first, without a scheme.
            is_cover: True replaces a job of the same name, which becomes a draft; False makes such a job a failure.

        Raises:
            ValueError: an argument breaks a rule; nothing was sent.
            ImportFailed: a job was not imported, although the service calls the import a success. Others may be.
            OutcomeUnknown: the jobs may have been imported, but the response did not come or can't be read.
            JobexportError: another error of the tree in `jobexport.errors`; no job was imported.
        """
        from jobexport.client.objects import writes

        steps = writes.import_flink_jobs(self._project.id, self._project.retries, zip_path, is_cover=is_cover)
        return self._shell.run(steps)
