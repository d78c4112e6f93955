"""The commands `restore` and `task`: back from a backup into a workspace, and what became of an import."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from jobexport.cli.backup.output import complain, format_option, show
from jobexport.cli.export.connection import VARIABLES, connect, connection_options
from jobexport.cli.export.running import running
from jobexport.cli.places import Place
from jobexport.cli.sentences import sentences
from jobexport.cli.variables import ReadingCommand

if TYPE_CHECKING:
    from collections.abc import Callable

_INTERRUPTED = "zips are removed from OBS; run the same command again with --resume"

_endpoint = click.option("--obs-endpoint", metavar="URL", help="The URL of OBS, if not that of the cloud's region.")
_restore_options = (
    click.argument("folder", type=Place(file_okay=False), metavar="DIR"),
    click.argument("names", nargs=-1, metavar="[NAME…]"),
    click.option(
        "--policy",
        type=click.Choice(["fail", "skip", "overwrite"]),
        default="fail",
        show_default=True,
        help="What happens to an item that differs; running jobs are never overwritten.",
    ),
    click.option("-n", "--dry-run", is_flag=True, help="Plan only: write nothing, and need no OBS."),
    click.option("--resume", is_flag=True, help="Go on after a restore whose imports have an unknown outcome."),
)


def _restoring(command: Callable[..., None]) -> Callable[..., None]:
    """Return the command with the options of a restore added."""
    for option in reversed(_restore_options):
        command = option(command)
    return command


@click.command("restore", cls=ReadingCommand, variables=VARIABLES)
@_restoring
@click.option("--to-workspace", "workspace", metavar="ID", help="The workspace, if not the default one.")
@click.option("--obs", "obs_dir", metavar="obs://…", help="A folder in OBS for the zips on their way.")
@_endpoint
@click.option(
    "--map", "map_file", type=Place(dir_okay=False), metavar="FILE", help="Names of the target, a line for each."
)
@click.option(
    "--target-status",
    type=click.Choice(["saved", "submitted", "production", "none"]),
    default="saved",
    show_default=True,
    help="The state of imported jobs; none for an edition without it, whose imports submit the jobs.",
)
@click.option("--yes", is_flag=True, help="Accept that imports submit the jobs.")
@connection_options
@format_option
@sentences
def restore_dgc(format_: str, verbose: bool, dry_run: bool, **given: Any) -> None:
    """Restore a backup into a workspace: all of it, or the jobs NAME with the scripts and resources that they use.

    All is planned first, and if there is any problem, nothing is written. What the workspace has already is left
    alone, so a second run does nothing. Each job is read back and compared. A script is named as script:NAME.

    Exit code 1: some items are not restored; they are listed. 3: the plan has problems, nothing was changed. 4: the
    outcome of an import is unknown; `jobexport dgc task ID` follows it, and --resume goes on.
    """
    from jobexport.cli.backup import restored

    with running("nothing was changed" if dry_run else _INTERRUPTED, verbose=verbose):
        found = restored.workspace(connect(given), given, dry_run=dry_run, quiet=verbose)
    _end(found, format_)


@click.command("restore", cls=ReadingCommand, variables=VARIABLES)
@_restoring
@click.option("--obs-dir", metavar="DIR", help="A folder in OBS for the zips on their way: bucket/folder.")
@_endpoint
@connection_options
@format_option
@sentences
def restore_dli(format_: str, verbose: bool, dry_run: bool, **given: Any) -> None:
    """Restore Flink jobs of a backup into a project: all of them, or the jobs NAME.

    Each job is imported from the service's own zip, and its details are read back and compared. A new job is a draft,
    and so is an overwritten one. Scripts are not touched.

    The exit codes are those of `jobexport dgc restore`; an import of DLI has no task.
    """
    from jobexport.cli.backup import restored

    with running("nothing was changed" if dry_run else _INTERRUPTED, verbose=verbose):
        found = restored.project(connect(given), given, dry_run=dry_run, quiet=verbose)
    _end(found, format_)


def _end(found: Any, format_: str) -> None:
    """Print a plan or a result, and end with its exit code."""
    complain(found.complaints())
    show(format_, found.as_plain(), found.lines())
    if found.exit_code:
        raise SystemExit(found.exit_code)


@click.command("task", cls=ReadingCommand, variables=VARIABLES)
@click.argument("id_", metavar="ID")
@click.option("--workspace", metavar="ID", help="The task's workspace, if not the default one.")
@connection_options
@format_option
@sentences
def task(id_: str, workspace: str | None, format_: str, verbose: bool, **given: Any) -> None:
    """Follow a task, such as an import, to its end, for ten minutes at most.

    Exit code 1: the task, or a part of it, has failed. 4: it has not ended, or with a word that no page explains.
    """
    from jobexport.cli.backup import restored

    with running("the task goes on", verbose=verbose):
        found = restored.followed(connect(given), id_, workspace)
    _end(found, format_)
