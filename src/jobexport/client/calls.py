"""The steps of each call: an export of jobs as zips or to object storage (OBS), and the download of zips from there."""

from __future__ import annotations

import time
from functools import partial
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, BinaryIO, cast

from attrs import define, evolve, field

# Only their private request builders are used: the public functions hold the zip in memory, or know no deadline.
from jobexport_api.api.dgc.batch_export_jobs import _get_kwargs as _batch_kwargs
from jobexport_api.api.dgc.export_job import _get_kwargs as _job_kwargs
from jobexport_api.api.dli.export_flink_jobs import _get_kwargs as _flink_kwargs
from jobexport_api.models.batch_export_jobs_request import BatchExportJobsRequest
from jobexport_api.models.export_flink_jobs_request import ExportFlinkJobsRequest
from jobexport_api.models.export_job_request import ExportJobRequest
from jobexport_api.types import UNSET

from jobexport.archive.members import holds
from jobexport.archive.names import download_names, export_name
from jobexport.archive.zip.follow import Follower
from jobexport.archive.zip.policy import LONGEST_PART, check_size
from jobexport.archive.zip.source import opened
from jobexport.archive.zip.whole import check
from jobexport.client import arguments
from jobexport.client.exchange import Exchange, fetch_value, fetch_zip
from jobexport.client.obs.download import check_store, object_key, pieces
from jobexport.client.responses import read_flink_export, read_obs_export
from jobexport.client.retry import Attempts
from jobexport.client.steps import Work
from jobexport.client.target import Digest, ExportTarget, Part, folder_text
from jobexport.core.bounds import Bound
from jobexport.core.disk.files import make_folder, remove_old_parts, writing
from jobexport.core.redact import line
from jobexport.errors import DownloadFailed, JobexportError, TimedOut, UnexpectedResponse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from jobexport_api.types import Unset
    from obstore.store import ObjectStore

    from jobexport.archive import JobArchive
    from jobexport.client.responses import FlinkExport, ObsExport
    from jobexport.client.retry import Retries
    from jobexport.client.steps import Steps
    from jobexport.client.target import Place


EXPORT_JOB = "exportJob"
BATCH_EXPORT_JOBS = "batchExportJobs"
MOST_JOBS = 100
"""The jobs that one batch export names. A server that takes fewer refuses the request, and the schedule cuts it."""


def export_job(
    project_id: str,
    retries: Retries,
    name: str,
    *,
    to: Place | BinaryIO | None,
    workspace: str | None,
    depend: bool | None,
    obs_path: str | None,
    status: str | None,
) -> Steps[JobArchive | ObsExport]:
    """Return the steps that export one job, to a file or to OBS."""
    if (to is None) == (obs_path is None):
        raise ValueError("give either `to`, for the zip, or obs_path, for an export to OBS")
    if obs_path is not None:
        exchange = obs_exchange(
            project_id, retries, name, obs_path=obs_path, workspace=workspace, depend=depend, status=status
        )
        return (yield from export_job_to_obs(exchange, name, obs_path))
    request = _job_request(project_id, name, workspace, depend, None, status)
    exchange = Exchange(EXPORT_JOB, request, retries, writes=False)
    return (yield from _download(exchange, name, ExportTarget.of(cast("Place | BinaryIO", to), export_name(name))))


def obs_exchange(
    project_id: str,
    retries: Retries,
    name: str,
    *,
    obs_path: str,
    workspace: str | None,
    depend: bool | None,
    status: str | None,
) -> Exchange:
    """Build the request for an export of one job to OBS."""
    request = _job_request(project_id, name, workspace, depend, arguments.text("obs_path", obs_path), status)
    return Exchange(EXPORT_JOB, request, retries, writes=True)


def export_job_to_obs(exchange: Exchange, name: str, obs_path: str) -> Steps[ObsExport]:
    """Return the steps that make the service write one job to OBS."""
    return fetch_value(exchange, partial(read_obs_export, name=name, obs_path=obs_path))


def _job_request(
    project_id: str, name: str, workspace: str | None, depend: bool | None, obs_path: str | None, status: str | None
) -> dict[str, Any]:
    body = ExportJobRequest(
        export_depend=_depend(depend),
        obs_path=UNSET if obs_path is None else obs_path,
        export_status=UNSET if status is None else arguments.status(status),
    )
    # Two editions document no body: without a choice no body is sent.
    chosen = body if body.to_dict() else UNSET
    return _job_kwargs(project_id, arguments.job_name(name), body=chosen, workspace=arguments.workspace(workspace))


def batch_exchange(
    project_id: str, retries: Retries, names: tuple[str, ...], workspace: str | None, depend: bool | None
) -> Exchange:
    """Build the request for up to 100 jobs."""
    body = BatchExportJobsRequest(list(names), export_depend=_depend(depend))
    request = _batch_kwargs(project_id, body=body, workspace=arguments.workspace(workspace))
    return Exchange(BATCH_EXPORT_JOBS, request, retries, writes=False)


def _download(exchange: Exchange, name: str, target: ExportTarget) -> Steps[JobArchive]:
    intake = _Intake()
    if target.path is not None:
        yield Work(partial(remove_old_parts, target.path.parent))
    with target.opened() as part:
        attempts = yield from fetch_zip(exchange, part, intake.begin)
        yield Work(partial(intake.check, part.file, name, attempts))
        archive: JobArchive = yield Work(partial(target.keep, part, intake.digest))
        return archive


@define(eq=False)
class _Intake:
    """Digest and members of a zip, computed while it arrives."""

    digest: Digest = field(init=False)
    _follower: Follower = field(init=False)

    def begin(self) -> Callable[[bytes], None]:
        self.digest, self._follower = Digest(), Follower()
        return self._take

    def _take(self, piece: bytes) -> None:
        self.digest.add(piece)
        self._follower.feed(piece)

    def check(self, file: IO[bytes], name: str, attempts: Attempts) -> None:
        with opened(None, file, "the zip", attempts.remaining) as source:
            directory = check(source, self._follower.members)
        if not holds(directory.files, name):
            raise job_is_missing(EXPORT_JOB, name)


def job_is_missing(operation: str, name: str) -> UnexpectedResponse:
    """Build the error for a zip that lacks a job."""
    error = UnexpectedResponse(operation, 200, f"the zip in the response does not hold job {name}")
    error.job = name
    return error


def _depend(value: bool | None) -> bool | Unset:
    if value is None:
        return UNSET
    if not isinstance(value, bool):
        raise ValueError("depend must be True, False or None")
    return value


EXPORT_FLINK_JOBS = "exportFlinkJobs"
_BLOCK = 1024 * 1024


def export_flink_jobs(
    project_id: str,
    retries: Retries,
    obs_dir: str,
    job_ids: Iterable[int] | None,
    download_to: Place | None,
    store: ObjectStore | None,
) -> Steps[FlinkExport]:
    """Return the steps that export Flink jobs, and download the zips if `download_to` is given."""
    ids = arguments.job_ids(job_ids)
    if (download_to is None) != (store is None):
        raise ValueError("give download_to and store together: where to, and the bucket to download from")
    folder = None if download_to is None else Path(folder_text(download_to))
    if store is not None:
        check_store(store)
    body = ExportFlinkJobsRequest(
        obs_dir=arguments.text("obs_dir", obs_dir),
        is_selected=ids is not None,
        job_selected=UNSET if ids is None else ids,
    )
    if folder is not None:
        # Before the export, which would be in vain without the folder.
        yield Work(partial(_make_folder, folder))
    exchange = Exchange(EXPORT_FLINK_JOBS, _flink_kwargs(project_id, body=body), retries, writes=True)
    result = yield from fetch_value(exchange, partial(read_flink_export, named=ids is not None))
    if folder is None or store is None:
        return result
    try:
        files = []
        for path, name in zip(_paths(result, folder), result.archives, strict=True):
            yield from _fetch_from_store(store, name, path, retries)
            files.append(path)
    except JobexportError as error:
        error.add_note(f"the export itself succeeded and is in OBS: {line(', '.join(result.archives))}")
        raise
    return evolve(result, files=tuple(files))


def _paths(result: FlinkExport, folder: Path) -> list[Path]:
    """Return the files to write: `"bucket/dir/a.zip" → folder / "a.zip"`; a name that is no file's is percent-encoded.

    Raises:
        UnexpectedResponse: a name would lead out of the folder, can't be a file name, or is there twice.
    """
    names = [archive.rpartition("/")[2] for archive in result.archives]
    for name, archive in zip(names, result.archives, strict=True):
        if (
            not name.endswith(".zip")
            or {"", ".", ".."} & set(object_key(archive).split("/"))
            or not name.isprintable()
            or "\\" in name
            or ":" in name
            or len(name) > LONGEST_PART
        ):
            raise UnexpectedResponse(
                EXPORT_FLINK_JOBS, 200, f"{line(name)!r:.80} can't be the name of a zip, so nothing was downloaded"
            )
    if len(set(names)) < len(names):
        raise UnexpectedResponse(EXPORT_FLINK_JOBS, 200, "two zips have the same name, so nothing was downloaded")
    files = download_names(names)
    return [folder / files[name] for name in names]


def _make_folder(folder: Path) -> None:
    with writing(folder):
        make_folder(folder)
        remove_old_parts(folder)
        Part.beside(folder / "x").discard()


def _fetch_from_store(store: ObjectStore, archive: str, path: Path, retries: Retries) -> Steps[None]:
    """Return the steps that download a zip. Threads only read it, so that one that hangs writes nothing later.

    The deadline holds for each zip. A thread of obstore that reads at the deadline goes on until its own timeout.
    """
    target, attempts = ExportTarget(path), Attempts(EXPORT_FLINK_JOBS, retries, writes=False)
    try:
        with target.opened() as part:
            left = attempts.remaining()
            bound = Bound(None if left is None else time.monotonic() + left)
            read = partial(_next, pieces(store, archive, attempts, bound), bound)
            size, digest = 0, Digest()
            while piece := (yield Work(read, may_hang=True, seconds=attempts.remaining())):
                size += len(piece)
                check_size(size)
                part.write(piece)
                digest.add(piece)
            part.flush()
            yield Work(partial(_keep_whole, target, part, digest, attempts))
    except (TimeoutError, TimedOut):
        raise DownloadFailed(EXPORT_FLINK_JOBS, line(archive), attempts.too_late().problem) from None


def _next(found: Iterator[bytes], bound: Bound) -> bytes:
    """Return the next piece, or no byte at the end. Bounds are of a thread, and each piece may have another."""
    with bound.applied():
        return next(found, b"")


def _keep_whole(target: ExportTarget, part: Part, digest: Digest, attempts: Attempts) -> None:
    with opened(None, part.file, "the zip", attempts.remaining) as source:
        if not check(source).files:
            raise source.corrupt("it holds no file")
    target.keep(part, digest)
