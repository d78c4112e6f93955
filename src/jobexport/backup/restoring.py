"""Restores, and their plans, blocking and async: both carry out the same steps."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

from jobexport.backup.content.mapping import NameMap
from jobexport.backup.folder.tree import opened
from jobexport.backup.restore.dgc import DgcRestore
from jobexport.backup.restore.dli import DliRestore
from jobexport.backup.restore.journal import RestoreJournal
from jobexport.backup.restore.plan import POLICIES
from jobexport.backup.restore.session import TARGET_STATUSES, RestoreSession, RestoreSettings
from jobexport.backup.restore.source import RestoreSource
from jobexport.backup.restore.target import RestoreTarget
from jobexport.client import arguments
from jobexport.client.obs.download import check_store
from jobexport.core.disk.reading import read_up_to
from jobexport.errors import JobexportError, NotABackup

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any

    from obstore.store import ObjectStore

    from jobexport.backup.restore.plan import Policy, RestorePlan
    from jobexport.backup.restore.session import RestoreResult
    from jobexport.client import AsyncDgcClient, AsyncDliClient, DgcClient, DliClient
    from jobexport.client.schedule import Progress

_LONGEST_MAP = 16 * 1024 * 1024


def plan_restore(
    client: DgcClient,
    folder: str | os.PathLike[str],
    names: Iterable[str] | None = None,
    *,
    workspace: str | None = None,
    policy: Policy = "fail",
    map_file: str | os.PathLike[str] | None = None,
    target_status: str | None = "SAVED",
    accept_submission: bool = False,
    resume: bool = False,
    concurrency: int = 4,
) -> RestorePlan:
    """Return what `restore_workspace` would do; nothing is written, neither to the service nor to the folder.

    The arguments and errors are those of `restore_workspace`. A plan with problems is returned, not raised.
    """
    choices = _settings(policy, target_status, accept_submission, resume, None, None)
    with _opened(client, "dgc", folder, names, workspace, map_file, choices, concurrency) as session:
        return client._shell.run(DgcRestore(session).planned())


async def aplan_restore(
    client: AsyncDgcClient,
    folder: str | os.PathLike[str],
    names: Iterable[str] | None = None,
    *,
    workspace: str | None = None,
    policy: Policy = "fail",
    map_file: str | os.PathLike[str] | None = None,
    target_status: str | None = "SAVED",
    accept_submission: bool = False,
    resume: bool = False,
    concurrency: int = 4,
) -> RestorePlan:
    """Return what `arestore_workspace` would do, as `plan_restore`."""
    choices = _settings(policy, target_status, accept_submission, resume, None, None)
    with _opened(client, "dgc", folder, names, workspace, map_file, choices, concurrency) as session:
        return await client._shell.run(DgcRestore(session).planned())


def restore_workspace(
    client: DgcClient,
    folder: str | os.PathLike[str],
    names: Iterable[str] | None = None,
    *,
    obs_dir: str,
    store: ObjectStore,
    workspace: str | None = None,
    policy: Policy = "fail",
    map_file: str | os.PathLike[str] | None = None,
    target_status: str | None = "SAVED",
    accept_submission: bool = False,
    resume: bool = False,
    deadline: float | None = 600.0,
    concurrency: int = 4,
    progress: Callable[[Progress], None] | None = None,
) -> RestoreResult:
    """Restore jobs, scripts and resources of a backup into a workspace, of the same cloud or of another one.

    All is planned first: if there is any problem, nothing is written. Items that the workspace has with equal content
    are left alone, so a second run does nothing. Jobs come in zips of at most 100 jobs, one import after the other, and
    each is read back and compared. The zips are removed from OBS, also after an error.

    Args:
        client: the client of the project.
        folder: the backup. Its `.jobexport/` keeps the outcomes of imports until they are known.
        names: names of jobs, restored with the scripts and resources that they use, or kind and name, such as
            `script:sum`; None for all items that were not gone when the backup was made.
        obs_dir: the folder in OBS for the zips on their way, bucket first.
        store: the bucket of `obs_dir`, as a store of `obstore.store`, such as S3Store (install `jobexport[obs]`).
        workspace: the id of the workspace; None stands for the default workspace.
        policy: what happens to an item that differs: `fail` blocks the plan, `skip` leaves it, `overwrite` replaces a
            job that is stopped; no request replaces a script or a resource.
        map_file: a file with a line for each name of the backup that is another one in the workspace.
        target_status: `SAVED`, `SUBMITTED` or `PRODUCTION`; None for an edition without this field, whose imports
            submit each job by themselves.
        accept_submission: True to accept that.
        resume: True to go on after a restore whose imports have an unknown outcome.
        deadline: seconds to follow each task; None for no deadline.
        concurrency: the number of requests at a time; imports come one after the other.
        progress: a function that receives the progress.

    Raises:
        ValueError: an argument breaks a rule; nothing was sent.
        RestoreRefused: the plan has problems, which the error lists; nothing was changed.
        OutcomeUnknown: a task of an earlier restore still runs.
        FolderInUse: another run has the folder.
        JobexportError: the backup can't be read, or the workspace can't be looked at; nothing was changed.
    """
    choices = _settings(policy, target_status, accept_submission, resume, deadline, progress)
    with _opened(
        client, "dgc", folder, names, workspace, map_file, choices, concurrency, obs_dir=obs_dir, store=store
    ) as session:
        return client._shell.run(DgcRestore(session).steps())


async def arestore_workspace(
    client: AsyncDgcClient,
    folder: str | os.PathLike[str],
    names: Iterable[str] | None = None,
    *,
    obs_dir: str,
    store: ObjectStore,
    workspace: str | None = None,
    policy: Policy = "fail",
    map_file: str | os.PathLike[str] | None = None,
    target_status: str | None = "SAVED",
    accept_submission: bool = False,
    resume: bool = False,
    deadline: float | None = 600.0,
    concurrency: int = 4,
    progress: Callable[[Progress], None] | None = None,
) -> RestoreResult:
    """Restore items of a backup into a workspace, with the arguments and errors of `restore_workspace`."""
    choices = _settings(policy, target_status, accept_submission, resume, deadline, progress)
    with _opened(
        client, "dgc", folder, names, workspace, map_file, choices, concurrency, obs_dir=obs_dir, store=store
    ) as session:
        return await client._shell.run(DgcRestore(session).steps())


def plan_flink_restore(
    client: DliClient,
    folder: str | os.PathLike[str],
    names: Iterable[str] | None = None,
    *,
    policy: Policy = "fail",
    resume: bool = False,
    concurrency: int = 4,
) -> RestorePlan:
    """Return what `restore_flink_jobs` would do; nothing is written, and a plan with problems is not raised."""
    choices = _settings(policy, None, True, resume, None, None)
    with _opened(client, "dli", folder, names, None, None, choices, concurrency) as session:
        return client._shell.run(DliRestore(session).planned())


async def aplan_flink_restore(
    client: AsyncDliClient,
    folder: str | os.PathLike[str],
    names: Iterable[str] | None = None,
    *,
    policy: Policy = "fail",
    resume: bool = False,
    concurrency: int = 4,
) -> RestorePlan:
    """Return what `arestore_flink_jobs` would do, as `plan_flink_restore`."""
    choices = _settings(policy, None, True, resume, None, None)
    with _opened(client, "dli", folder, names, None, None, choices, concurrency) as session:
        return await client._shell.run(DliRestore(session).planned())


def restore_flink_jobs(
    client: DliClient,
    folder: str | os.PathLike[str],
    names: Iterable[str] | None = None,
    *,
    obs_dir: str,
    store: ObjectStore,
    policy: Policy = "fail",
    resume: bool = False,
    concurrency: int = 4,
    progress: Callable[[Progress], None] | None = None,
) -> RestoreResult:
    """Restore Flink jobs of a backup into a project, each by an import of the service's own zip.

    All is planned first, as for `restore_workspace`. A new job is a draft, and so is an overwritten one. The queue, the
    bucket and the files that a job names must be there already; a zip can't be changed for another project.

    Args:
        client: the client of the project.
        folder: the backup.
        names: names of jobs; None for all that were not gone when the backup was made.
        obs_dir: the folder in OBS for the zips on their way, bucket first.
        store: the bucket of `obs_dir`, as a store of `obstore.store`, such as S3Store (install `jobexport[obs]`).
        policy: what happens to a job that differs: `fail` blocks the plan, `skip` leaves it, `overwrite` replaces it
            unless it runs.
        resume: True to go on after a restore whose imports have an unknown outcome.
        concurrency: the number of requests at a time; imports come one after the other.
        progress: a function that receives the progress.

    Raises:
        ValueError: an argument breaks a rule; nothing was sent.
        RestoreRefused: the plan has problems, which the error lists; nothing was changed.
        FolderInUse: another run has the folder.
        JobexportError: the backup can't be read, or the project can't be looked at; nothing was changed.
    """
    choices = _settings(policy, None, True, resume, None, progress)
    with _opened(
        client, "dli", folder, names, None, None, choices, concurrency, obs_dir=obs_dir, store=store
    ) as session:
        return client._shell.run(DliRestore(session).steps())


async def arestore_flink_jobs(
    client: AsyncDliClient,
    folder: str | os.PathLike[str],
    names: Iterable[str] | None = None,
    *,
    obs_dir: str,
    store: ObjectStore,
    policy: Policy = "fail",
    resume: bool = False,
    concurrency: int = 4,
    progress: Callable[[Progress], None] | None = None,
) -> RestoreResult:
    """Restore Flink jobs of a backup into a project, with the arguments and errors of `restore_flink_jobs`."""
    choices = _settings(policy, None, True, resume, None, progress)
    with _opened(
        client, "dli", folder, names, None, None, choices, concurrency, obs_dir=obs_dir, store=store
    ) as session:
        return await client._shell.run(DliRestore(session).steps())


def _settings(
    policy: str,
    target_status: str | None,
    accepted: bool,
    resume: bool,
    deadline: float | None,
    progress: Callable[[Progress], None] | None,
) -> RestoreSettings:
    arguments.choice("policy", policy, POLICIES)
    if target_status is not None:
        arguments.choice("target_status", target_status, TARGET_STATUSES)
    if deadline is not None and not deadline >= 0:
        raise ValueError(f"deadline {deadline!r:.40} must be seconds from 0 on, or None")
    return RestoreSettings(policy, target_status, accepted, resume, deadline, progress)


@contextlib.contextmanager
def _opened(
    client: Any,
    service: str,
    folder: str | os.PathLike[str],
    names: Iterable[str] | None,
    workspace: str | None,
    map_file: str | os.PathLike[str] | None,
    settings: RestoreSettings,
    concurrency: int,
    *,
    obs_dir: str = "",
    store: ObjectStore | None = None,
) -> Iterator[RestoreSession]:
    """Open the backup: to write the journal if there is a bucket, and else to read."""
    if store is not None:
        check_store(store)
        obs_dir = arguments.text("obs_dir", obs_dir).removeprefix("obs://")
    if isinstance(names, str):
        raise ValueError("names must be a list of names, not one text")
    project, path = client._project, Path(folder)
    if not path.is_dir():
        raise NotABackup(f"{path} is not a folder, so it is no backup; is it the right path?")
    place = RestoreTarget(project.id, project.retries, workspace, arguments.concurrency_of(concurrency))
    with opened(path, write=store is not None) as tree:
        source = RestoreSource.of(tree, service, names, _map(map_file))
        journal = RestoreJournal.of(tree, client._shell.base_url, project.id, workspace)
        yield RestoreSession(place, source, settings, obs_dir, store, journal)


def _map(file: str | os.PathLike[str] | None) -> NameMap | None:
    """Read a map of names.

    Raises:
        JobexportError: the file can't be read, or a line breaks a rule.
    """
    if file is None:
        return None
    path = Path(file)
    try:
        content = read_up_to(path, _LONGEST_MAP)
        if len(content) > _LONGEST_MAP:
            raise ValueError(f"it has more than {_LONGEST_MAP} bytes")
        return NameMap.parse(content.decode("utf-8-sig"))
    except OSError as problem:
        raise JobexportError(f"cannot read {path}: {problem.strerror}; check the path") from None
    except ValueError as problem:
        raise JobexportError(f"{path}: {problem}") from None
