"""The commands `list` and `backup`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from jobexport.cli.backup.output import complain, format_option, show
from jobexport.cli.export.connection import VARIABLES, connect, connection_options
from jobexport.cli.export.running import running
from jobexport.cli.places import Place
from jobexport.cli.sentences import complete_edition, sentences
from jobexport.cli.variables import ReadingCommand

if TYPE_CHECKING:
    from collections.abc import Callable

_workspace = click.option("--workspace", metavar="ID", help="The workspace, if not the default one.")


class Percent(click.ParamType):  # type: ignore[type-arg]  # generic since click 8.4
    """A part of a whole, as the user writes it: `10%`."""

    name = "percent"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return the part, from 0 to 1, or fail."""
        text = str(value).strip().removesuffix("%")
        if not (text.isascii() and text.isdigit() and int(text) <= 100):
            self.fail(f"{value!r} is not a percentage from 0% to 100%", param, ctx)
        return int(text) / 100


@click.command("list", cls=ReadingCommand, variables=VARIABLES)
@_workspace
@connection_options
@format_option
@sentences
def list_dgc(workspace: str | None, format_: str, verbose: bool, **given: Any) -> None:
    """List the jobs, scripts and resources of a workspace.

    Exit code 1: another number of them came than the service claims.
    """
    from jobexport.cli.backup import listing

    with running("nothing was changed", verbose=verbose):
        found = listing.workspace(connect(given), workspace)
    show(format_, found.as_plain(), found.lines())
    complain(found.problems)
    if found.problems:
        raise SystemExit(1)


@click.command("list", cls=ReadingCommand, variables=VARIABLES)
@connection_options
@format_option
@sentences
def list_dli(format_: str, verbose: bool, **given: Any) -> None:
    """List the Flink jobs of a project.

    Exit code 1: another number of them came than the service claims.
    """
    from jobexport.cli.backup import listing

    with running("nothing was changed", verbose=verbose):
        found = listing.project(connect(given))
    show(format_, found.as_plain(), found.lines())
    complain(found.problems)
    if found.problems:
        raise SystemExit(1)


_backup_options = (
    click.option("-o", "--output", type=Place(file_okay=False), required=True, metavar="DIR", help="The backup."),
    click.option("--full", is_flag=True, help="Fetch every job, also one that did not change."),
    click.option("--prune", is_flag=True, help="Remove from DIR what is gone from the service."),
    click.option(
        "--max-shrink",
        type=Percent(),
        default="10%",
        show_default=True,
        metavar="PERCENT",
        help="Refuse to go on if more of the items are gone.",
    ),
    click.option(
        "--edition",
        metavar="ID",
        help="The edition that the service follows; the backup keeps it.",
        shell_complete=complete_edition,
    ),
    click.option(
        "--concurrency", type=click.IntRange(1, 100), default=4, show_default=True, help="Requests at a time."
    ),
)


def _backup(command: Callable[..., None]) -> Callable[..., None]:
    """Return the command with the options of a backup added."""
    for option in reversed(_backup_options):
        command = option(command)
    return command


@click.command("backup", cls=ReadingCommand, variables=VARIABLES)
@_workspace
@_backup
@connection_options
@format_option
@sentences
def backup_dgc(format_: str, verbose: bool, **given: Any) -> None:
    """Bring the backup of a workspace up to date: its jobs, scripts and resources.

    Run it every night on the same DIR, and let git keep DIR: a workspace that did not change leaves it as it is. A
    kill leaves it as it was before or after.

    Exit code 1: the backup is not complete; standard error lists what is missing. 3: it would lose too many items, or
    DIR is the backup of another workspace; nothing was changed. 11: another run has DIR.
    """
    from jobexport.cli.backup import running as work

    with running("the folder is as it was before or after; run the same command again", verbose=verbose):
        result = work.back_up_workspace(connect(given), given, quiet=verbose)
    _end(result, format_)


@click.command("backup", cls=ReadingCommand, variables=VARIABLES)
@click.option(
    "--obs-dir", required=True, metavar="DIR", help="A folder in OBS for the zips on their way: bucket/folder."
)
@click.option("--obs-endpoint", metavar="URL", help="The URL of OBS, if not that of the cloud's region.")
@_backup
@connection_options
@format_option
@sentences
def backup_dli(format_: str, verbose: bool, **given: Any) -> None:
    """Bring the backup of a project's Flink jobs up to date.

    The service writes the zip of each job that changed to a fresh folder below --obs-dir, from where it is fetched and
    removed. That needs an access key, as OBS takes no token.

    The exit codes are those of `jobexport dgc backup`.
    """
    from jobexport.cli.backup import running as work

    with running("the folder is as it was before or after; run the same command again", verbose=verbose):
        result = work.back_up_flink_jobs(connect(given), given, quiet=verbose)
    _end(result, format_)


def _end(result: Any, format_: str) -> None:
    from jobexport.cli.backup import running as work

    complain(work.complaints(result))
    show(format_, work.as_plain(result), [result.sentence()])
    if not result.complete:
        raise SystemExit(1)
