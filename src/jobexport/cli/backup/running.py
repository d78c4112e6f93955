"""The work of `backup`: the client, the progress, and the result as people and programs read it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jobexport import DgcClient, DliClient
from jobexport.backup import backup_flink_jobs, backup_workspace
from jobexport.backup.results import labels
from jobexport.cli.export.dli import bucket_of
from jobexport.cli.export.progress import ExportProgress

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jobexport.backup import BackupResult
    from jobexport.cli.export.connection import Connection

_OPTIONS = ("full", "prune", "max_shrink", "edition", "concurrency")


def back_up_workspace(connection: Connection, given: Mapping[str, Any], *, quiet: bool) -> BackupResult:
    """Back up a workspace.

    Raises:
        ValueError: an argument breaks a rule; nothing was sent.
        JobexportError: the backup could not be made, or was refused; nothing was changed.
    """
    options = {name: given[name] for name in _OPTIONS}
    with (
        DgcClient(connection.project, auth=connection.auth, **connection.where) as client,
        ExportProgress(quiet=quiet) as progress,
    ):
        return backup_workspace(client, given["output"], workspace=given["workspace"], progress=progress, **options)


def back_up_flink_jobs(connection: Connection, given: Mapping[str, Any], *, quiet: bool) -> BackupResult:
    """Back up the Flink jobs of a project.

    Raises:
        ValueError: an argument breaks a rule; nothing was sent.
        UsageError: the zips can't be fetched without more options or keys; nothing was sent.
        JobexportError: the backup could not be made, or was refused; nothing was changed.
    """
    options = {name: given[name] for name in _OPTIONS}
    store = bucket_of(connection, given["obs_dir"], given["obs_endpoint"], "dli backup")
    with (
        DliClient(connection.project, auth=connection.auth, **connection.where) as client,
        ExportProgress(quiet=quiet) as progress,
    ):
        return backup_flink_jobs(
            client, given["output"], obs_dir=given["obs_dir"], store=store, progress=progress, **options
        )


def complaints(result: BackupResult) -> Iterator[str]:
    """Yield a line for each reason why a backup is not complete, and for all else that the user should know."""
    if result.ended_by is not None:
        yield f"the run ended early: {result.ended_by}"
    for (kind, name), error in result.failures.items():
        # The error of the whole run stands there once.
        if error is not result.ended_by:
            yield f"{kind} {name}: {error}"
    yield from result.problems
    yield from result.notes


def as_plain(result: BackupResult) -> dict[str, Any]:
    """Return a result as values for JSON."""
    return {
        "folder": str(result.folder),
        "complete": result.complete,
        "counts": dict(result.counts),
        "total": dict(result.total),
        **{name: labels(getattr(result, name)) for name in ("added", "changed", "gone", "pruned", "repaired")},
        "unchanged": result.unchanged,
        "failures": [
            {"item": f"{kind} {name}", "error": type(error).__name__, "message": str(error)}
            for (kind, name), error in result.failures.items()
        ],
        "problems": list(result.problems),
        "notes": list(result.notes),
        "ended_by": None if result.ended_by is None else str(result.ended_by),
    }
