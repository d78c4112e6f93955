"""The backup of a workspace, blocking and async: both carry out the same steps."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

from jobexport.backup.dgc import DgcRun, Target
from jobexport.backup.folder.marker import Origin
from jobexport.backup.folder.tree import opened
from jobexport.backup.session import BackupSession, BackupSettings
from jobexport.client.arguments import concurrency_of, location_of

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterator

    from jobexport.backup.results import BackupResult
    from jobexport.client import AsyncDgcClient, DgcClient
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
        yield DgcRun(Target(project.id, project.retries, workspace), session)
