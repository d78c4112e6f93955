"""A backup against what the service has now, blocking and async: nothing is written, neither there nor here."""

from __future__ import annotations

import contextlib
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jobexport.backup.content import compare
from jobexport.backup.differences import ADDED, CHANGED, REMOVED, Difference, Differences
from jobexport.backup.folder.tree import opened
from jobexport.backup.restore.source import RestoreSource
from jobexport.backup.restore.target import Look, RestoreTarget
from jobexport.client.arguments import concurrency_of
from jobexport.client.steps import Work
from jobexport.errors import BackupDamaged, JobexportError

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

    from jobexport.backup.results import Key
    from jobexport.client import AsyncDgcClient, AsyncDliClient, DgcClient, DliClient
    from jobexport.client.steps import Steps


def diff_live(
    client: DgcClient | DliClient,
    folder: str | os.PathLike[str],
    *,
    workspace: str | None = None,
    concurrency: int = 4,
) -> Differences:
    """Compare a backup with a workspace of DGC, or with the Flink jobs of a project of DLI, as they are now.

    The rules are those of `diff`, with the backup as the first and the service as the second. It may be the service
    that was backed up, or another one. Only requests that read are sent.

    Args:
        client: the client of the project.
        folder: the backup.
        workspace: the id of the workspace; None stands for the default workspace, and for DLI.
        concurrency: the number of requests at a time.

    Raises:
        ValueError: an argument breaks a rule; nothing was sent.
        NotABackup: the folder is missing, has no marker, or is the backup of another service.
        BackupDamaged: a file is missing, or not what the manifest says; nothing was sent.
        FolderInUse: a run writes to the folder.
        JobexportError: a list could not be fetched as a whole, or a job could not be exported.
    """
    with _opened(client, folder, workspace, concurrency) as look:
        return client._shell.run(_steps(look))


async def adiff_live(
    client: AsyncDgcClient | AsyncDliClient,
    folder: str | os.PathLike[str],
    *,
    workspace: str | None = None,
    concurrency: int = 4,
) -> Differences:
    """Compare a backup with what a service has now, with the arguments and errors of `diff_live`."""
    with _opened(client, folder, workspace, concurrency) as look:
        return await client._shell.run(_steps(look))


@contextlib.contextmanager
def _opened(client: Any, folder: str | os.PathLike[str], workspace: str | None, concurrency: int) -> Iterator[Look]:
    from jobexport.client import AsyncDliClient, DliClient

    service = "dli" if isinstance(client, DliClient | AsyncDliClient) else "dgc"
    project = client._project
    place = RestoreTarget(project.id, project.retries, workspace, concurrency_of(concurrency))
    with opened(Path(folder)) as tree:
        source = RestoreSource.of(tree, service, None, None)
        yield Look(place, source, source.chosen.keys(), compare=_differences)


def _differences(source: RestoreSource, key: Key, theirs: Any) -> tuple[str, ...]:
    return tuple(compare.differences(key[0], source.fields(key), theirs))


def _steps(look: Look) -> Steps[Differences]:
    yield Work(partial(_check_files, look.source))
    dgc = look.source.tree.marker().origin.service == "dgc"
    view = yield from look.workspace() if dgc else look.project()
    if view.problems:
        raise JobexportError("; ".join(view.problems))
    found, same = [], 0
    for key in sorted({*look.wanted, *view.names}):
        if key not in look.wanted:
            found.append(Difference(*key, ADDED))
        elif key not in view.standing:
            found.append(Difference(*key, REMOVED))
        elif lines := view.standing[key].lines:
            found.append(Difference(*key, CHANGED, lines))
        else:
            same += 1
    return Differences(tuple(found), same)


def _check_files(source: RestoreSource) -> None:
    """Check every file before anything is compared.

    Raises:
        BackupDamaged: a file is missing, or not what the manifest says.
    """
    for row in source.chosen.values():
        for file in row.files:
            if not source.tree.holds(file):
                raise BackupDamaged(str(source.tree.path / file.path), "it is missing, or not what was backed up")
