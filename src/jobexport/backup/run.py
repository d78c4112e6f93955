"""The backup of a workspace, blocking and async: both carry out the same steps."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

from jobexport.backup.dgc import DgcRun
from jobexport.backup.dli import DliRun, FlinkTarget
from jobexport.backup.folder.marker import Origin
from jobexport.backup.folder.tree import opened
from jobexport.backup.job_export import WorkspaceTarget
from jobexport.backup.session import BackupSession, BackupSettings
from jobexport.client.arguments import concurrency_of, location_of, text
from jobexport.client.obs.download import check_store

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterator

    from obstore.store import ObjectStore

    from jobexport.backup.results import BackupResult
    from jobexport.client import AsyncDgcClient, AsyncDliClient, DgcClient, DliClient
    from jobexport.client.schedule import Progress

# batchExportJobs has no `exportStatus`: it exports what is in development.
_STATUS = "DEVELOP"


def backup_workspace(
    client: DgcClient,
    folder: str | os.PathLike[str],
    *,
    workspace: str | None = None,
    full: bool = False,
    prune: bool = False,
    max_shrink: float = 0.1,
    edition: str | None = None,
    concurrency: int = 4,
    progress: Callable[[Progress], None] | None = None,
) -> BackupResult:
    """Bring the backup of a DGC workspace up to date: its jobs, scripts and resources.

    A first run fetches all of them, and a later one what changed. The folder changes as one step: a run that is killed
    leaves it as it was before or after, and the next run needs no help. A folder that `unpack_for_git` or
    `dgc export --git` wrote becomes a backup.

    An item that can't be fetched keeps its last good content, marked in the manifest, and the result is not complete.

    Args:
        client: the client of the project.
        folder: the folder of the backup, created if missing; files of other kinds in it are left alone.
        workspace: the id of the workspace; None stands for the default workspace.
        full: True to fetch every job, also one whose time of the last change is the same.
        prune: True to remove items from the backup that are gone from the service; without it they stay, and are named.
        max_shrink: the part of the items of a kind that may be gone from the service.
        edition: the edition of the documentation that the service follows, for a later rehearsal.
        concurrency: the number of requests at a time.
        progress: a function that receives the progress of the export of jobs.

    Raises:
        ValueError: an argument breaks a rule; nothing was sent.
        BackupRefused: the folder is the backup of another workspace, or too many items are gone; nothing was changed.
        FolderInUse: another run has the folder.
        BackupDamaged: the marker or the journal of the folder can't be read.
        JobexportError: a list could not be fetched, or the folder can't be written; nothing was changed.
    """
    choices = _settings(full, prune, max_shrink, edition, concurrency, progress)
    with _run(client, folder, workspace, choices) as run:
        return client._shell.run(run.steps())


async def abackup_workspace(
    client: AsyncDgcClient,
    folder: str | os.PathLike[str],
    *,
    workspace: str | None = None,
    full: bool = False,
    prune: bool = False,
    max_shrink: float = 0.1,
    edition: str | None = None,
    concurrency: int = 4,
    progress: Callable[[Progress], None] | None = None,
) -> BackupResult:
    """Bring the backup of a DGC workspace up to date, with the arguments and errors of `backup_workspace`."""
    choices = _settings(full, prune, max_shrink, edition, concurrency, progress)
    with _run(client, folder, workspace, choices) as run:
        return await client._shell.run(run.steps())


def backup_flink_jobs(
    client: DliClient,
    folder: str | os.PathLike[str],
    *,
    obs_dir: str,
    store: ObjectStore,
    full: bool = False,
    prune: bool = False,
    max_shrink: float = 0.1,
    edition: str | None = None,
    concurrency: int = 4,
    progress: Callable[[Progress], None] | None = None,
) -> BackupResult:
    """Bring the backup of a project's Flink jobs up to date: the details of each job, and its zip for an import.

    The service writes each zip to a fresh folder below `obs_dir`; it is fetched from there, and removed. A job whose
    details are as they were keeps its zip. Everything else is as for `backup_workspace`.

    Args:
        client: the client of the project.
        folder: the folder of the backup, created if missing; files of other kinds in it are left alone.
        obs_dir: the folder in OBS, bucket first, without a scheme.
        store: the bucket of `obs_dir`, as a store of `obstore.store`, such as S3Store (install `jobexport[obs]`).
        full: True to fetch every job.
        prune: True to remove jobs from the backup that are gone from the service; without it they stay, and are named.
        max_shrink: the part of the jobs that may be gone from the service.
        edition: the edition of the documentation that the service follows, for a later rehearsal.
        concurrency: the number of jobs at a time.
        progress: a function that receives the progress.

    Raises:
        ValueError: an argument breaks a rule; nothing was sent.
        BackupRefused: the folder is the backup of something else, or too many jobs are gone; nothing was changed.
        FolderInUse: another run has the folder.
        BackupDamaged: the marker or the journal of the folder can't be read.
        JobexportError: the list could not be fetched, or the folder can't be written; nothing was changed.
    """
    choices = _settings(full, prune, max_shrink, edition, concurrency, progress)
    with _flink_run(client, folder, obs_dir, store, choices) as run:
        return client._shell.run(run.steps())


async def abackup_flink_jobs(
    client: AsyncDliClient,
    folder: str | os.PathLike[str],
    *,
    obs_dir: str,
    store: ObjectStore,
    full: bool = False,
    prune: bool = False,
    max_shrink: float = 0.1,
    edition: str | None = None,
    concurrency: int = 4,
    progress: Callable[[Progress], None] | None = None,
) -> BackupResult:
    """Bring the backup of a project's Flink jobs up to date, with the arguments and errors of `backup_flink_jobs`."""
    choices = _settings(full, prune, max_shrink, edition, concurrency, progress)
    with _flink_run(client, folder, obs_dir, store, choices) as run:
        return await client._shell.run(run.steps())


def _settings(
    full: bool,
    prune: bool,
    max_shrink: float,
    edition: str | None,
    concurrency: int,
    progress: Callable[[Progress], None] | None,
) -> BackupSettings:
    if not 0 <= max_shrink <= 1:
        raise ValueError(f"max_shrink {max_shrink!r:.60} must be a part of all items, from 0 to 1")
    return BackupSettings(full, prune, max_shrink, concurrency_of(concurrency), edition, progress)


@contextlib.contextmanager
def _run(
    client: DgcClient | AsyncDgcClient, folder: str | os.PathLike[str], workspace: str | None, settings: BackupSettings
) -> Iterator[DgcRun]:
    """Open the folder for a run."""
    project = client._project
    cloud, region = location_of("dgc", client._shell.base_url) or (None, None)
    origin = Origin("dgc", project.id, workspace, cloud, region)
    with opened(Path(folder), write=True) as tree:
        session = BackupSession(tree, origin, _STATUS, settings)
        yield DgcRun(WorkspaceTarget(project.id, project.retries, workspace), session)


@contextlib.contextmanager
def _flink_run(
    client: DliClient | AsyncDliClient,
    folder: str | os.PathLike[str],
    obs_dir: str,
    store: ObjectStore,
    settings: BackupSettings,
) -> Iterator[DliRun]:
    """Open the folder for a run."""
    check_store(store)
    project = client._project
    cloud, region = location_of("dli", client._shell.base_url) or (None, None)
    origin = Origin("dli", project.id, None, cloud, region)
    target = FlinkTarget(project.id, project.retries, text("obs_dir", obs_dir).removeprefix("obs://"), store)
    with opened(Path(folder), write=True) as tree:
        yield DliRun(target, BackupSession(tree, origin, None, settings))
