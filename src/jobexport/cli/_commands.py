"""The commands. Each imports its part when it runs, so that `jobexport editions` does not wait for schemathesis."""

from __future__ import annotations

import contextlib
import functools
import json
import logging
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from jobexport import __version__
from jobexport.errors import JobexportError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from jobexport.contract import EditionReport

_TOKEN = "JOBEXPORT_TOKEN"  # noqa: S105  # the variable's name, not a token

_format = click.option(
    "--format", "format_", type=click.Choice(["table", "json"]), default="table", help="For people, or for programs."
)


class _Failure(click.ClickException):
    """One sentence on standard error, exit code 2."""

    exit_code = 2


def _sentences(command: Callable[..., None]) -> Callable[..., None]:
    """Turn what could not be done into one sentence and exit code 2."""

    @functools.wraps(command)
    def wrapper(*args: Any, **options: Any) -> None:
        try:
            command(*args, **options)
        except JobexportError as problem:
            raise _Failure(str(problem)) from None

    return wrapper


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="jobexport")
def cli() -> None:
    """Job-export APIs of Huawei Cloud DLI and DGC: documents, mock server, contract checks."""


@cli.command("editions")
@_format
@_sentences
def list_editions(format_: str) -> None:
    """List the editions of the documentation."""
    from jobexport.spec import editions

    found = editions()
    if format_ == "json":
        click.echo(json.dumps([{"id": edition.id, "title": edition.title} for edition in found], indent=2))
        return
    width = max((len(edition.id) for edition in found), default=0)
    for edition in found:
        click.echo(f"{edition.id:{width}}  {edition.title}")


@cli.command()
@click.argument("edition")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="File to write instead of printing."
)
@click.option("--format", "format_", type=click.Choice(["yaml", "json"]), default="yaml")
@_sentences
def resolve(edition: str, output: Path | None, format_: str) -> None:
    """Give one edition's OpenAPI document.

    EDITION is an id, or the path of an overlay file of your own to apply to the union (in a checkout).
    """
    from jobexport import spec
    from jobexport.spec.editions import is_checkout
    from jobexport.spec.load import write_text

    document = spec.resolve(edition) if is_checkout() else spec.load_edition(edition)
    text = spec.dump_yaml(document) if format_ == "yaml" else json.dumps(document, indent=2, ensure_ascii=False) + "\n"
    if output is None:
        click.echo(text, nl=False)
    else:
        write_text(output, text)


@contextlib.contextmanager
def _shown(name: str) -> Iterator[None]:
    """Show a logger's lines on standard error."""
    logger, handler = logging.getLogger(name), logging.StreamHandler()
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)


@cli.command()
@click.option("--edition", default="otc-2026", show_default=True, help="What the server speaks.")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(0, 65535), default=8080, show_default=True, help="0 takes any free one.")
@click.option("--token", envvar=_TOKEN, show_envvar=True, help="The X-Auth-Token to accept.  [default: example-token]")
@click.option("--jobs", type=click.Path(path_type=Path, file_okay=False), help="Folder of jobs to serve.")
@click.option("--fault", "faults", multiple=True, metavar="NAME[:ARG]@OPERATION", help="What goes wrong; repeatable.")
@click.option("--fault-rate", type=float, help="How often one of the faults, or any quick one, happens: from 0 to 1.")
@click.option("--seed", type=int, default=0, show_default=True, help="The same seed picks the same faults.")
@click.option("--list-faults", is_flag=True, help="List the faults there are, and end.")
@_sentences
def mock(
    edition: str,
    host: str,
    port: int,
    token: str | None,
    jobs: Path | None,
    faults: tuple[str, ...],
    fault_rate: float | None,
    seed: int,
    list_faults: bool,
) -> None:
    """Start a mock server, until Ctrl-C. Requests that break a rule are named on standard error."""
    from jobexport import mock as mock_server

    if list_faults:
        found = mock_server.FAULTS.values()
        widths = [max(len(fault.id) for fault in found), max(len(fault.argument_usage) for fault in found)]
        for fault in found:
            click.echo(f"{fault.id:{widths[0]}}  {fault.argument_usage:{widths[1]}}  {fault.sentence}")
        return
    state = mock_server.State.load(jobs) if jobs else mock_server.State.example()
    with _shown("jobexport.mock"):
        mock_server.run(
            edition,
            host=host,
            port=port,
            state=state,
            token=token or mock_server.EXAMPLE_TOKEN,
            faults=faults,
            fault_rate=fault_rate,
            seed=seed,
            ready=lambda server: click.echo(f"listening on {server.url}"),
        )


@cli.command()
@click.option("--edition", help="An edition, or all.  [default: all; must be given with --url]")
@click.option("--url", help="The server to check; without it the embedded mock of each edition.")
@click.option("--api", type=click.Choice(["dli", "dgc"]), help="Only this family.")
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed makes the same requests.")
@click.option(
    "--report-dir",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("reports/contract"),
    show_default=True,
    help="Where JUnit and HTML reports go, a folder for each edition.",
)
@click.option(
    "--max-examples", type=click.IntRange(1), default=60, show_default=True, help="Random requests an operation."
)
@_format
@_sentences
def contract(
    edition: str | None, url: str | None, api: str | None, seed: int, report_dir: Path, max_examples: int, format_: str
) -> None:
    """Hold a server against what the documentation says.

    With --url the server's token is read from JOBEXPORT_TOKEN.
    """
    from jobexport.cli import _contract
    from jobexport.spec import editions

    if url is not None and edition is None:
        raise click.UsageError("--url needs --edition: which edition shall the server be held to?")
    if url is not None and _TOKEN not in os.environ:
        raise click.UsageError(f"--url needs a token for the server; set {_TOKEN}")
    ids = [known.id for known in editions()] if edition in (None, "all") else [edition]
    reports: list[EditionReport] = []
    with _contract.Progress(len(ids)) as progress:
        for id_ in ids:
            run = functools.partial(
                _contract.check, id_, api=api, seed=seed, report_dir=report_dir / id_, max_examples=max_examples
            )
            reports.append(run(url=url, token=os.environ.get(_TOKEN), progress=progress))
    if format_ == "json":
        click.echo(json.dumps([_contract.as_json(report) for report in reports], indent=2))
    else:
        _contract.show(reports, report_dir)
    if not all(report.passed for report in reports):
        raise SystemExit(1)
