"""The steps of an export of Flink jobs, and of the download of its zips from OBS."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import evolve

# Its public functions read whole bodies without a deadline; how it builds a request is what is wanted here.
from jobexport_api.api.dli.export_flink_jobs import _get_kwargs
from jobexport_api.models.export_flink_jobs_request import ExportFlinkJobsRequest
from jobexport_api.types import UNSET

from jobexport.archive.zip import whole as zips
from jobexport.client import arguments as arguments
from jobexport.client.exchange import Exchange, fetch_value
from jobexport.client.responses import read_flink_export
from jobexport.client.steps import Work
from jobexport.client.target import Digest, Part, Target, folder_text, writing
from jobexport.errors import DownloadFailed, JobexportError, UnexpectedAnswer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from obstore.store import ObjectStore

    from jobexport.client.responses import FlinkExport
    from jobexport.client.retry import Retries
    from jobexport.client.steps import Steps
    from jobexport.client.target import Place

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
    if store is not None:
        _check_store(store)
    body = ExportFlinkJobsRequest(
        obs_dir=arguments.text("obs_dir", obs_dir),
        is_selected=ids is not None,
        job_selected=UNSET if ids is None else ids,
    )
    if folder is not None:
        # Before the export, which would have been for nothing.
        yield Work(partial(_make_folder, folder))
    exchange = Exchange(OPERATION, _get_kwargs(project_id, body=body), retries, writes=True)
    result = yield from fetch_value(exchange, read_flink_export)
    if folder is None or store is None:
        return result
    try:
        files = []
        for path, name in zip(_paths(result, folder), result.archives, strict=True):
            yield Work(partial(_download, store, name, path), may_hang=True)
            files.append(path)
    except JobexportError as error:
        error.add_note(f"the export itself succeeded and is in OBS: {', '.join(result.archives)}")
        raise
    return evolve(result, files=tuple(files))


def _paths(result: FlinkExport, folder: Path) -> list[Path]:
    """Give the files to write, named as the server names the zips; such a name must not lead out of the folder."""
    names = [archive.rpartition("/")[2] for archive in result.archives]
    for name, archive in zip(names, result.archives, strict=True):
        if (
            not name.endswith(".zip")
            or {"", ".", ".."} & set(_key(archive).split("/"))
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


def _check_store(store: Any) -> None:
    try:
        from obstore import store as stores
    except ModuleNotFoundError:
        raise ValueError("a download needs obstore; install it: pip install 'jobexport[obs]'") from None
    kinds = (
        stores.S3Store,
        stores.LocalStore,
        stores.MemoryStore,
        stores.HTTPStore,
        stores.AzureStore,
        stores.GCSStore,
    )
    if not isinstance(store, kinds):
        raise ValueError(f"store must be one of obstore.store, such as S3Store, not {type(store).__name__}")


def _make_folder(folder: Path) -> None:
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        Part.beside(folder / "x").discard()


def _key(archive: str) -> str:
    """Give the name in its bucket of a zip, whose own name begins with the bucket."""
    return archive.removeprefix("obs://").partition("/")[2]


def _download(store: ObjectStore, archive: str, path: Path) -> None:
    from obstore import get

    target = Target(path)
    with target.opened() as part:
        try:
            for piece in get(store, _key(archive)).stream(min_chunk_size=_BLOCK):
                part.write(bytes(piece))
        except JobexportError:
            raise
        # Not Exception only: obstore panics at some settings, which is none. This runs in a thread of its own, to which
        # Ctrl-C does not come.
        except BaseException as error:
            reason = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
            raise DownloadFailed(OPERATION, archive, reason) from None
        part.flush()
        zips.check(part.file)
        target.keep(part, Digest.of(part.file))
