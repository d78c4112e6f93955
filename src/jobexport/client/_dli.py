"""The steps of an export of Flink jobs, and of the download of its zips from OBS."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import evolve

# Its public functions read whole bodies without a deadline; how it builds a request is what is wanted here.
from jobexport_api.api.dli.export_flink_jobs import _get_kwargs
from jobexport_api.models.export_flink_jobs_request import ExportFlinkJobsRequest
from jobexport_api.types import UNSET

from jobexport.client import _arguments as arguments
from jobexport.client import _zip as zips
from jobexport.client._answers import read_flink_export
from jobexport.client._exchange import Exchange, fetch_value
from jobexport.client._steps import Work
from jobexport.client._target import Digest, Target, folder_text
from jobexport.errors import DownloadFailed, JobexportError, UnexpectedAnswer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from obstore.store import ObjectStore

    from jobexport.client._answers import FlinkExport
    from jobexport.client._retry import Retries
    from jobexport.client._steps import Steps
    from jobexport.client._target import Place

OPERATION = "exportFlinkJobs"
_BLOCK = 1024 * 1024


def export_flink_jobs(
    project_id: str,
    retries: Retries,
    obs_dir: str,
    job_ids: Iterable[int] | None,
    download_to: Place | None,
    store: ObjectStore | None,
) -> Steps[FlinkExport]:
    """Export, and download if asked to."""
    ids = arguments.job_ids(job_ids)
    if (download_to is None) != (store is None):
        raise ValueError("give download_to and store together: where to, and the bucket to download from")
    folder = None if download_to is None else Path(folder_text(download_to))
    body = ExportFlinkJobsRequest(
        obs_dir=arguments.text("obs_dir", obs_dir),
        is_selected=ids is not None,
        job_selected=UNSET if ids is None else ids,
    )
    exchange = Exchange(OPERATION, _get_kwargs(project_id, body=body), retries, writes=True)
    result = yield from fetch_value(exchange, read_flink_export)
    if folder is None or store is None:
        return result
    try:
        files = []
        for path, name in zip(_paths(result, folder), result.archives, strict=True):
            yield Work(partial(_download, store, name, path))
            files.append(path)
    except JobexportError as error:
        error.add_note(f"the export itself succeeded and is in OBS: {', '.join(result.archives)}")
        raise
    return evolve(result, files=tuple(files))


def _paths(result: FlinkExport, folder: Path) -> list[Path]:
    """Give the files to write, named as the server names the zips; such a name must not lead out of the folder."""
    names = [archive.rpartition("/")[2] for archive in result.archives]
    for name in names:
        if (
            not name.endswith(".zip")
            or not name.isprintable()
            or "\\" in name
            or ":" in name
            or len(name.encode()) > 255
        ):
            raise UnexpectedAnswer(
                OPERATION, 200, f"{name!r:.80} can't be the name of a zip, so that nothing was downloaded"
            )
    if len(set(names)) < len(names):
        raise UnexpectedAnswer(OPERATION, 200, "two zips have the same name, so that nothing was downloaded")
    return [folder / name for name in names]


def _download(store: ObjectStore, archive: str, path: Path) -> None:
    from obstore import get
    from obstore.exceptions import BaseError

    key = archive.partition("/")[2]
    target = Target(path)
    with target.opened() as part:
        try:
            for piece in get(store, key).stream(min_chunk_size=_BLOCK):
                part.write(bytes(piece))
        # The latter for an object that is not there; what goes wrong on this side is another error by now.
        except (BaseError, OSError) as error:
            reason = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
            raise DownloadFailed(OPERATION, archive, reason) from None
        zips.check(part.file)
        target.keep(part, Digest.of(part.file))
