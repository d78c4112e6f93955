"""The steps of an export of data development jobs: one as a zip, one to OBS, up to 100 as a zip."""

from __future__ import annotations

from functools import partial
from typing import IO, TYPE_CHECKING, Any, BinaryIO, cast

from attrs import define, field

# Their public functions hold the zip in memory, or know no deadline; how they build a request is what is wanted here.
from jobexport_api.api.dgc.batch_export_jobs import _get_kwargs as _batch_kwargs
from jobexport_api.api.dgc.export_job import _get_kwargs as _job_kwargs
from jobexport_api.models.batch_export_jobs_request import BatchExportJobsRequest
from jobexport_api.models.export_job_request import ExportJobRequest
from jobexport_api.types import UNSET

from jobexport.archive.zip import whole as zips
from jobexport.archive.zip.follow import Follower
from jobexport.client import arguments as arguments
from jobexport.client.exchange import Exchange, fetch_value, fetch_zip
from jobexport.client.responses import read_obs_export
from jobexport.client.steps import Work
from jobexport.client.target import Digest, Target
from jobexport.errors import UnexpectedAnswer

if TYPE_CHECKING:
    from collections.abc import Callable

    from jobexport_api.types import Unset

    from jobexport.archive import JobArchive
    from jobexport.client.responses import ObsExport
    from jobexport.client.retry import Retries
    from jobexport.client.steps import Steps
    from jobexport.client.target import Place

EXPORT_JOB = "exportJob"
BATCH_EXPORT_JOBS = "batchExportJobs"


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
    """Export one job."""
    if (to is None) == (obs_path is None):
        raise ValueError("give either `to`, for the zip, or obs_path, for an export to OBS")
    if obs_path is not None:
        return (yield from export_job_to_obs(project_id, retries, name, obs_path, workspace, depend, status))
    request = _job_request(project_id, name, workspace, depend, None, status)
    exchange = Exchange(EXPORT_JOB, request, retries, writes=False)
    return (yield from _download(exchange, name, Target.of(cast("Place | BinaryIO", to), f"DLF_{name}.zip")))


def export_job_to_obs(
    project_id: str,
    retries: Retries,
    name: str,
    obs_path: str,
    workspace: str | None,
    depend: bool | None = None,
    status: str | None = None,
) -> Steps[ObsExport]:
    """Let the service write one job to OBS."""
    request = _job_request(project_id, name, workspace, depend, arguments.text("obs_path", obs_path), status)
    exchange = Exchange(EXPORT_JOB, request, retries, writes=True)
    return (yield from fetch_value(exchange, partial(read_obs_export, name=name)))


def _job_request(
    project_id: str, name: str, workspace: str | None, depend: bool | None, obs_path: str | None, status: str | None
) -> dict[str, Any]:
    body = ExportJobRequest(
        export_depend=_depend(depend),
        obs_path=UNSET if obs_path is None else obs_path,
        export_status=UNSET if status is None else arguments.status(status),
    )
    # Two editions document no body at all: without a choice none is sent.
    chosen = body if body.to_dict() else UNSET
    return _job_kwargs(project_id, arguments.job_name(name), body=chosen, workspace=_workspace(workspace))


def batch_exchange(
    project_id: str, retries: Retries, names: tuple[str, ...], workspace: str | None, depend: bool | None
) -> Exchange:
    """Give the request for up to 100 jobs."""
    body = BatchExportJobsRequest(list(names), export_depend=_depend(depend))
    request = _batch_kwargs(project_id, body=body, workspace=_workspace(workspace))
    return Exchange(BATCH_EXPORT_JOBS, request, retries, writes=False)


def _download(exchange: Exchange, name: str, target: Target) -> Steps[JobArchive]:
    intake = _Intake()
    with target.opened() as part:
        yield from fetch_zip(exchange, part, intake.begin)
        yield Work(partial(intake.check, part.file, name))
        archive: JobArchive = yield Work(partial(target.keep, part, intake.digest))
        return archive


@define(eq=False)
class _Intake:
    """What is found out about a zip while it comes."""

    digest: Digest = field(init=False)
    _follower: Follower = field(init=False)

    def begin(self) -> Callable[[bytes], None]:
        self.digest, self._follower = Digest(), Follower()
        return self._take

    def _take(self, piece: bytes) -> None:
        self.digest.add(piece)
        self._follower.feed(piece)

    def check(self, file: IO[bytes], name: str) -> None:
        with zips.open_zip(file) as archive:
            if not zips.holds(archive.infolist(), name):
                raise UnexpectedAnswer(EXPORT_JOB, 200, f"the zip that came does not hold job {name}")
        zips.check(file, self._follower.members)


def _depend(value: bool | None) -> bool | Unset:
    if value is None:
        return UNSET
    if not isinstance(value, bool):
        raise ValueError("depend must be True, False or None")
    return value


def _workspace(value: str | None) -> str | Unset:
    return UNSET if value is None else arguments.header("workspace", value)
