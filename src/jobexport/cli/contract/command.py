"""The contract command: runs the contract test, with an embedded mock if no server is named, and shows the result."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, Self

import click
from attrs import frozen
from rich import box
from rich.console import Console
from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar
from rich.table import Table
from rich.text import Text

from jobexport import mock
from jobexport.cli.contract.embedded import mock_data, mock_tools
from jobexport.cli.contract.live import open_sandbox, server_data, treatment
from jobexport.contract import Acceptance, Data, EditionReport, Failure, Live, Tools, check_edition, plan
from jobexport.contract.reports.writers import remove_index
from jobexport.contract.sender import check_url
from jobexport.core.redact import printable
from jobexport.spec.document import operations

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from jobexport.contract.sandbox import Sandbox

# schemathesis's examples, coverage and fuzzing of each operation.
_PHASES = 3


class RunProgress:
    """A progress bar on standard error during a run; hidden if standard error is not a terminal."""

    def __init__(self, documents: Sequence[Mapping[str, Any]], *, done: int = 0) -> None:
        """Build the bar of runs for these documents, the first `done` of which have ended."""
        console = Console(stderr=True)
        columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
        self.bar = Bar(*columns, console=console, disable=not console.is_terminal, transient=True)
        steps = [_PHASES * len(list(operations(document))) for document in documents]
        self.task = self.bar.add_task("contract", total=sum(steps), completed=sum(steps[:done]))

    def __enter__(self) -> Self:
        self.bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.bar.stop()

    def __call__(self, text: str, steps: int) -> None:
        """Show the text, and advance the bar by the number of steps that ended."""
        self.bar.update(self.task, advance=steps, description=text)


@frozen
class LiveServer:
    """A server in use, with its names, its credentials and its limits."""

    url: str
    data: Data
    live: Live
    sandbox: Sandbox | None = None


def live_target(document: Mapping[str, Any], url: str, api: str | None, given: Mapping[str, Any]) -> LiveServer:
    """Return the server at `url` with its data and limits, and print the plan of the run.

    Raises:
        JobexportError: the data file can't be read, or the URL is no URL of a server.
        UsageError: the credentials are missing.
    """
    check_url(url)
    data = server_data(document, given)
    target = LiveServer(url, data, treatment(given), open_sandbox(given, data, api))
    for line in plan(document, url, target.data, target.live, api, target.sandbox):
        click.echo(line, err=True)
    return target


def check(
    document: Mapping[str, Any],
    target: LiveServer | None,
    *,
    api: str | None,
    seed: int,
    report_dir: Path,
    max_examples: int,
    accept: Sequence[Acceptance],
    progress: Callable[[str, int], None],
) -> EditionReport:
    """Check a server against a document: the target, or by default an embedded mock of the document."""
    remove_index(report_dir.parent)
    with contextlib.ExitStack() as stack:
        if target is None:
            server = stack.enter_context(mock.serve(document))
            url, data, live, tools = server.url, mock_data(server), None, mock_tools(server)
        else:
            url, data, live, tools = target.url, target.data, target.live, Tools(sandbox=target.sandbox)
        return check_edition(
            document,
            url,
            data,
            seed=seed,
            report_dir=report_dir,
            api=api,
            max_examples=max_examples,
            live=live,
            accept=accept,
            tools=tools,
            progress=lambda text, steps: progress(f"{document['info']['x-edition']} {text}", steps),
        )


def show(reports: list[EditionReport], report_dir: Path) -> None:
    """Print a table for each edition, with a row for each operation; then each failure with a curl command."""
    console = _console()
    for report in reports:
        console.print(_table(report))
    for report in reports:
        for problem in problems(report):
            console.print(Text(printable(problem, "\n")), soft_wrap=True)
    held = sum(report.passed for report in reports)
    console.print(Text(f"{held} of {len(reports)} editions held; reports under {report_dir}"), soft_wrap=True)


def _table(report: EditionReport) -> Table:
    """Return the table of an edition, at most 80 columns wide."""
    table = Table(box=box.SIMPLE, title=report.edition, title_justify="left", title_style="bold")
    table.add_column("operation", no_wrap=True)
    for name in ("cases", "valid", "2xx", "share", "failures", "accepted"):
        table.add_column(name, justify="right")
    for operation in report.operations.values():
        share = f"{operation.succeeded / operation.positive:.0%}" if operation.positive else "-"
        numbers = (
            operation.total,
            operation.positive,
            operation.succeeded,
            share,
            operation.broken,
            operation.accepted,
        )
        style = "red" if operation.broken or not operation.succeeded else ""
        table.add_row(operation.operation, *map(str, numbers), style=style)
    return table


def _console() -> Console:
    console = Console()
    # Rich assumes 80 columns for a pipe and would cut names short.
    return console if console.is_terminal else Console(width=120)


def problems(report: EditionReport) -> list[str]:
    """Return a block of text for each failure, then a line for each other problem."""
    return [
        *(_block(report.edition, operation, failure) for operation, failure in report.failures),
        *(f"{report.edition}: {problem}" for problem in report.problems()),
    ]


def _block(edition: str, operation: str, failure: Failure) -> str:
    sentence = " ".join((failure.message or failure.title).split())
    lines = [f"{edition} {operation}: {failure.check}: {sentence}"]
    if failure.accepted:
        lines.append(f"  accepted: {failure.accepted}")
    if failure.pointer:
        lines.append(f"  at {failure.pointer}")
    came = f"{failure.seen} ({_times(failure)})" if failure.seen else ""
    for word, text in (("right", failure.expected), ("came", came)):
        if text:
            lines.append(f"  {word}: {' '.join(text.split())}")
    if failure.rests_on:
        # The pages are those of an edition; a file of the user's own has no pages.
        lines.append(f"  rests on {': '.join(filter(None, map(', '.join, (failure.rests_on, failure.pages))))}")
    if failure.also:
        lines.append(f"  same cause: {', '.join(f'{other.check} ({_times(other)})' for other in failure.also)}")
    return "\n".join([*lines, f"  {failure.curl}"])


def _times(failure: Failure) -> str:
    return "once" if failure.responses == 1 else f"{failure.responses} times"
