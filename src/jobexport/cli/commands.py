"""The commands. Each imports its room when it runs, so that `jobexport editions` does not wait for schemathesis."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from jobexport import __version__
from jobexport.cli.backup.command import backup_dgc, backup_dli, list_dgc, list_dli
from jobexport.cli.backup.proving import diff_dgc, diff_dli, verify_dgc, verify_dli
from jobexport.cli.backup.restoring import restore_dgc, restore_dli, task
from jobexport.cli.columns import described
from jobexport.cli.contract.live import VARIABLES, live_options, refuse
from jobexport.cli.drift import drift, new_edition
from jobexport.cli.export.command import dgc, dli
from jobexport.cli.mock import mock
from jobexport.cli.places import Place
from jobexport.cli.sentences import complete_edition, sentences
from jobexport.cli.variables import ReadingCommand
from jobexport.core.extras import needing
from jobexport.errors import JobexportError

if TYPE_CHECKING:
    from jobexport.contract import EditionReport


_format = click.option(
    "--format", "format_", type=click.Choice(["table", "json"]), default="table", help="For people, or for programs."
)


class _Commands(click.Group):
    """The command `jobexport`, which knows the family of a command: `jobexport restore` → `dgc restore`."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command of the arguments; fail with the names of its families if `dgc` or `dli` is left out."""
        families = [
            f"'{name} {args[0]}'"
            for name, command in self.commands.items()
            if isinstance(command, click.Group) and args[0] in command.commands
        ]
        if families and args[0] not in self.commands and not ctx.resilient_parsing:
            ctx.fail(f"No such command '{args[0]}'. Did you mean {' or '.join(families)}?")
        return super().resolve_command(ctx, args)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="jobexport")
def cli() -> None:
    """Job-export APIs of Huawei Cloud DLI and DGC: exports, documents, mock server, contract checks."""


cli.add_command(dgc)
cli.add_command(dli)
cli.add_command(mock)
cli.add_command(drift)
_command: click.Command
for _command in (list_dgc, backup_dgc, verify_dgc, restore_dgc, diff_dgc, task):
    dgc.add_command(_command)
for _command in (list_dli, backup_dli, verify_dli, restore_dli, diff_dli):
    dli.add_command(_command)


@cli.group("editions", invoke_without_command=True)
@_format
@click.pass_context
@sentences
def list_editions(context: click.Context, format_: str) -> None:
    """List the editions of the documentation, or begin a new one."""
    if context.invoked_subcommand is not None:
        return
    from jobexport.spec import editions

    found = editions()
    if format_ == "json":
        click.echo(json.dumps([{"id": edition.id, "title": edition.title} for edition in found], indent=2))
        return
    click.echo(described({edition.id: edition.title for edition in found}), nl=False)


list_editions.add_command(new_edition)


@cli.command()
@click.argument("edition", shell_complete=complete_edition)
@click.option(
    "-o",
    "--output",
    type=Place(dir_okay=False, allow_dash=True),
    default="-",
    help="File to write; - prints, as without this option.",
)
@click.option("--format", "format_", type=click.Choice(["yaml", "json"]), default="yaml")
@sentences
def resolve(edition: str, output: Path, format_: str) -> None:
    """Print or write one edition's OpenAPI document.

    EDITION is an id, or the path of a file of your own: an overlay to apply to the union, or a whole OpenAPI document.
    """
    from jobexport import spec
    from jobexport.core.disk.files import write_text

    document = spec.resolve(edition)
    text = spec.dump_yaml(document) if format_ == "yaml" else json.dumps(document, indent=2, ensure_ascii=False) + "\n"
    if str(output) == "-":
        click.echo(text, nl=False)
    else:
        write_text(output, text)


@cli.command(cls=ReadingCommand, variables=VARIABLES)
@click.option(
    "--edition",
    metavar="ID|FILE|all|auto",
    help="An edition, an overlay or OpenAPI document of your own, all editions, or auto: ask the server.  "
    "[default: all; must be given with --url]",
    shell_complete=complete_edition,
)
@click.option("--url", help="The server to check; without it the embedded mock of each edition.")
@click.option("--api", type=click.Choice(["dli", "dgc"]), help="Only this family.")
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed makes the same requests.")
@click.option(
    "--report-dir",
    type=Place(file_okay=False),
    default=Path("reports/contract"),
    show_default=True,
    help="Where the reports go, a folder for each edition or file.",
)
@click.option(
    "--max-examples", type=click.IntRange(1), default=60, show_default=True, help="Random requests an operation."
)
@live_options
@click.option(
    "--accept",
    type=Place(dir_okay=False),
    help="YAML list of known deviations: {id: DGC-010, reason: why}.",
)
@_format
@sentences
def contract(
    edition: str | None,
    url: str | None,
    api: str | None,
    seed: int,
    report_dir: Path,
    max_examples: int,
    accept: Path | None,
    format_: str,
    **server: Any,
) -> None:
    """Check a server against the documentation.

    With --url the server is treated with care: a plan is printed, requests keep to the document and come slowly, and
    exports are written to OBS only under --obs-dir and --obs-path; --negative and --disposable allow more. The
    variables below are for that server.
    """
    with needing("contract"):
        from jobexport.cli.contract import command, identify, parallel
        from jobexport.contract import as_plain, load_acceptances
        from jobexport.contract.reports.writers import write_index
        from jobexport.spec import editions, load_edition
        from jobexport.spec.editions import report_name

    if url is not None and edition is None:
        raise click.UsageError("--url needs --edition: which edition shall the server be held to?")
    if url is None:
        refuse(server)
    accepted = load_acceptances(accept) if accept else ()
    found = None
    if edition == "auto":
        found = identify.settle(url, api, format_, server)
        edition = found.closest[0]
    ids = [known.id for known in editions()] if edition in (None, "all") else [edition]
    documents = [load_edition(id_) for id_ in ids]
    options: list[dict[str, Any]] = [
        {
            "report_dir": report_dir / report_name(id_),
            "api": api,
            "seed": seed,
            "max_examples": max_examples,
            "accept": accepted,
        }
        for id_ in ids
    ]
    reports: list[EditionReport] = []
    runs = list(zip(documents, options, strict=True))
    if at_once := url is None and len(ids) > 1 and parallel.POSSIBLE:
        with command.RunProgress(documents) as progress:
            reports = parallel.check_all([parallel.EditionTask(command.check, *run) for run in runs], progress)
    for number, (document, given) in enumerate(() if at_once else runs):
        target = command.live_target(document, url, api, server) if url is not None else None
        with command.RunProgress(documents, done=number) as progress:
            reports.append(command.check(document, target, progress=progress, **given))
        if not reports[-1].complete:
            break
    write_index(reports, report_dir)
    if format_ == "json":
        shown = [as_plain(report) for report in reports]
        identified = found and {"identification": identify.as_json(found), "reports": shown}
        click.echo(json.dumps(identified or shown, indent=2))
    else:
        command.show(reports, report_dir)
    endings = [report.ending for report in reports if not report.complete]
    if endings or len(reports) < len(ids):
        ending = next(iter(endings), "the run was interrupted")
        raise JobexportError(f"{ending}; the reports are complete up to there")
    if not all(report.passed for report in reports):
        raise SystemExit(1)
