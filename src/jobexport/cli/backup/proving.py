"""The commands `verify` and `diff`: proofs that a backup can be restored, and its differences."""

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
    from pathlib import Path

    from jobexport.backup import Differences

_folder = click.argument("folder", type=Place(file_okay=False), metavar="DIR")
_first = click.argument("first", type=Place(file_okay=False), metavar="DIR")
_second = click.argument("second", type=Place(file_okay=False), required=False, metavar="[DIR]")
_live = click.option("--live", is_flag=True, help="Compare with what the service has now, in place of a second DIR.")
_plan = click.option("--live", is_flag=True, help="Also plan a restore (level 3); only reads.")
_policy = click.option(
    "--policy",
    type=click.Choice(["fail", "skip", "overwrite"]),
    default="fail",
    show_default=True,
    help="With --live: what the restore would do with an item that differs.",
)
_READ_ONLY = "nothing was changed"


@click.command("verify", cls=ReadingCommand, variables=VARIABLES)
@_folder
@click.option(
    "--rehearse", is_flag=True, help="Also restore all of it into a mock of the edition, in this process (level 2)."
)
@click.option(
    "--for",
    "edition",
    metavar="ID",
    help="Rehearse for this edition, and list what it does not take.  [default: that of the backup]",
    shell_complete=complete_edition,
)
@_plan
@click.option("--to-workspace", "workspace", metavar="ID", help="With --live: the workspace, if not the default one.")
@_policy
@click.option("--map", "map_file", type=Place(dir_okay=False), metavar="FILE", help="With --live: names of the target.")
@connection_options
@format_option
@sentences
def verify_dgc(
    folder: Path, rehearse: bool, edition: str | None, live: bool, format_: str, verbose: bool, **given: Any
) -> None:
    """Prove that a backup can be restored; nothing is written.

    Level 0, whole: every file has the content that was backed up, none is missing, none is foreign, and there are as
    many items as the service said. Level 1, sound: every definition can be read, and all that it refers to is known.
    Level 2, rehearsed: a mock of the edition takes all of it, and what the mock has then is equal. Level 3, plannable:
    a restore into the workspace would not be refused.

    Only --live calls a service, and needs the options and variables for that.

    Exit code 1: the backup does not reach the level; standard error has the reasons.
    """
    _verify(folder, live, format_, verbose, given, dli=False, edition=edition, rehearse=rehearse or bool(edition))


@click.command("verify", cls=ReadingCommand, variables=VARIABLES)
@_folder
@_plan
@_policy
@connection_options
@format_option
@sentences
def verify_dli(folder: Path, live: bool, format_: str, verbose: bool, **given: Any) -> None:
    """Prove that a backup of Flink jobs can be restored; nothing is written.

    Level 0, whole: every file has the content that was backed up, none is missing, none is foreign, and there are as
    many jobs as the service said. Level 1, sound: every definition can be read, and every zip is whole. Level 3,
    plannable: a restore into the project would not be refused. There is no level 2, as no page documents the zips.

    Only --live calls a service, and needs the options and variables for that.

    Exit code 1: the backup does not reach the level; standard error has the reasons.
    """
    _verify(folder, live, format_, verbose, given, dli=True)


def _verify(
    folder: Path,
    live: bool,
    format_: str,
    verbose: bool,
    given: dict[str, Any],
    *,
    dli: bool,
    rehearse: bool = False,
    edition: str | None = None,
) -> None:
    from jobexport.backup import verify as check
    from jobexport.cli.backup import planned, shown

    verdict = check(folder)
    plain: dict[str, Any] = {}
    lines: list[str] = []
    with running(_READ_ONLY, verbose=verbose):
        if rehearse and verdict.passed:
            from jobexport.cli.backup import rehearsing

            rehearsal = rehearsing.rehearsed(verdict, edition, quiet=verbose)
            verdict, plain["rehearsal"] = rehearsal.verdict, rehearsal.as_plain()
            lines += rehearsal.lines()
        if live and verdict.passed:
            plan = planned.planned(verdict, connect(given), given, dli=dli)
            verdict, plain["plan"] = plan.verdict, plan.as_plain()
            lines += plan.lines()
    complain(shown.complaints(verdict))
    show(format_, {**shown.verdict_as_plain(verdict), **plain}, [*lines, shown.sentence(verdict)])
    if not verdict.passed:
        raise SystemExit(1)


@click.command("diff", cls=ReadingCommand, variables=VARIABLES)
@_first
@_second
@_live
@click.option("--workspace", metavar="ID", help="With --live: the workspace, if not the default one.")
@connection_options
@format_option
@sentences
def diff_dgc(first: Path, second: Path | None, live: bool, format_: str, verbose: bool, **given: Any) -> None:
    """Compare two backups, of one workspace or of two, also of two clouds; or a backup with a workspace (--live).

    Ids, times, owners, versions and places on the canvas do not count. Nothing is written.

    Exit code 1: they differ.
    """
    _diff(first, second, live, format_, verbose, given, dli=False)


@click.command("diff", cls=ReadingCommand, variables=VARIABLES)
@_first
@_second
@_live
@connection_options
@format_option
@sentences
def diff_dli(first: Path, second: Path | None, live: bool, format_: str, verbose: bool, **given: Any) -> None:
    """Compare two backups of Flink jobs, of one project or of two; or a backup with a project (--live).

    Ids, times and users do not count. Nothing is written.

    Exit code 1: they differ.
    """
    _diff(first, second, live, format_, verbose, {**given, "workspace": None}, dli=True)


def _diff(
    first: Path, second: Path | None, live: bool, format_: str, verbose: bool, given: dict[str, Any], *, dli: bool
) -> None:
    from jobexport.backup import diff
    from jobexport.cli.backup import planned, shown

    if (second is None) != live:
        raise click.UsageError("compare with what? give a second DIR, or --live")
    found: Differences
    if second is not None:
        found = diff(first, second)
    else:
        with running(_READ_ONLY, verbose=verbose):
            found = planned.compared(first, connect(given), given["workspace"], dli=dli)
    show(format_, shown.differences_as_plain(found), shown.lines_of(found))
    if not found.equal:
        raise SystemExit(1)
