"""A rehearsal: all of a backup is restored into an empty workspace, and what that has then is compared with it."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jobexport.backup.differences import REMOVED
from jobexport.backup.folder import layout
from jobexport.backup.folder.tree import opened
from jobexport.backup.live import adiff_live, diff_live
from jobexport.backup.restore.dgc import DgcRestore
from jobexport.backup.restore.journal import RestoreJournal
from jobexport.backup.restore.session import RestoreSession, RestoreSettings
from jobexport.backup.restore.source import RestoreSource
from jobexport.backup.restore.target import RestoreTarget
from jobexport.backup.verification import Problem
from jobexport.client.arguments import concurrency_of, text
from jobexport.client.obs.download import check_store
from jobexport.errors import RestoreRefused

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterator

    from obstore.store import ObjectStore

    from jobexport.backup.differences import Differences
    from jobexport.backup.restore.session import RestoreResult
    from jobexport.client import AsyncDgcClient, DgcClient
    from jobexport.client.schedule import Progress

LEVEL = 2
"""The level that a rehearsal proves."""


def rehearse(
    client: DgcClient,
    folder: str | os.PathLike[str],
    *,
    obs_dir: str,
    store: ObjectStore,
    target_status: str | None = "SAVED",
    concurrency: int = 4,
    progress: Callable[[Progress], None] | None = None,
) -> tuple[Problem, ...]:
    """Restore a backup of DGC into the default workspace of a service, compare all, and return what is wrong.

    The steps are those of `restore_workspace`, and then those of `diff_live`, which lists and exports everything. The
    workspace must be empty, such as that of a mock. Nothing is written into the folder of the backup.

    Args:
        client: the client of the project.
        folder: the backup; `verify` should have found no problem.
        obs_dir: the folder in OBS for the zips on their way, bucket first.
        store: the bucket of `obs_dir`, as a store of `obstore.store`.
        target_status: as for `restore_workspace`; None for an edition without this field.
        concurrency: the number of requests at a time.
        progress: a function that receives the progress of the restore.

    Raises:
        ValueError: an argument breaks a rule; nothing was sent.
        NotABackup: the folder is missing, or has no marker.
        FolderInUse: a run writes to the folder.
        JobexportError: the service can't be used.
    """
    try:
        with _begun(client, folder, obs_dir, store, target_status, concurrency, progress) as session:
            result = client._shell.run(DgcRestore(session).steps())
        return _problems(result, diff_live(client, folder, concurrency=concurrency))
    except RestoreRefused as refusal:
        return _refused(refusal)


async def arehearse(
    client: AsyncDgcClient,
    folder: str | os.PathLike[str],
    *,
    obs_dir: str,
    store: ObjectStore,
    target_status: str | None = "SAVED",
    concurrency: int = 4,
    progress: Callable[[Progress], None] | None = None,
) -> tuple[Problem, ...]:
    """Restore a backup into the default workspace of a service and compare all, as `rehearse`."""
    try:
        with _begun(client, folder, obs_dir, store, target_status, concurrency, progress) as session:
            result = await client._shell.run(DgcRestore(session).steps())
        return _problems(result, await adiff_live(client, folder, concurrency=concurrency))
    except RestoreRefused as refusal:
        return _refused(refusal)


@contextlib.contextmanager
def _begun(
    client: DgcClient | AsyncDgcClient,
    folder: str | os.PathLike[str],
    obs_dir: str,
    store: ObjectStore,
    target_status: str | None,
    concurrency: int,
    progress: Callable[[Progress], None] | None,
) -> Iterator[RestoreSession]:
    """Open the backup for a restore whose journal is in memory."""
    check_store(store)
    obs_dir = text("obs_dir", obs_dir).removeprefix("obs://")
    project = client._project
    place = RestoreTarget(project.id, project.retries, None, concurrency_of(concurrency))
    settings = RestoreSettings(target_status=target_status, accepted=True, progress=progress)
    with opened(Path(folder)) as tree:
        source = RestoreSource.of(tree, "dgc", None, None)
        yield RestoreSession(place, source, settings, obs_dir, store, RestoreJournal(None, ""))


def _refused(refusal: RestoreRefused) -> tuple[Problem, ...]:
    return tuple(Problem(LEVEL, "plan", problem) for problem in refusal.problems)


def _problems(result: RestoreResult, found: Differences) -> tuple[Problem, ...]:
    reasons = {**result.failures, **result.unknown}
    problems = [Problem(LEVEL, layout.label(*key), reason) for key, reason in reasons.items()]
    for item in found.items:
        if (item.kind, item.name) not in reasons:
            what = "it did not arrive" if item.change == REMOVED else f"after the restore it {item.change}"
            more = f" ({item.lines[0]})" if item.lines else ""
            problems.append(Problem(LEVEL, layout.label(item.kind, item.name), what + more))
    return tuple(problems)


def definitions(folder: str | os.PathLike[str]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield kind, name and definition of each item of a backup that a restore would take.

    Raises:
        BackupError: the folder is no backup.
        ValueError: a file can't be parsed.
        OSError: a file can't be read.
    """
    with opened(Path(folder)) as tree:
        source = RestoreSource.of(tree, tree.marker().origin.service, None, None)
        for kind, name in source.chosen:
            yield kind, name, source.fields((kind, name))
