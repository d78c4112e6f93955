"""The contract command's work: start the embedded mock where no server is named, and show the outcome."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, Self

from rich import box
from rich.console import Console
from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar
from rich.table import Table
from rich.text import Text

from jobexport import mock
from jobexport.contract import Data, EditionReport, check_edition
from jobexport.spec import load_edition

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

# Examples, coverage and fuzzing of three operations.
_STEPS = 9


class Progress:
    """A bar on standard error while a run goes on; nothing where that is no terminal."""

    def __init__(self, runs: int) -> None:
        console = Console(stderr=True)
        columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
        self.bar = Bar(*columns, console=console, disable=not console.is_terminal, transient=True)
        self.task = self.bar.add_task("contract", total=runs * _STEPS)

    def __enter__(self) -> Self:
        self.bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.bar.stop()

    def __call__(self, step: str) -> None:
        """Say which step is done."""
        self.bar.update(self.task, advance=1, description=step)


def check(
    edition: str,
    *,
    url: str | None,
    token: str | None,
    api: str | None,
    seed: int,
    report_dir: Path,
    max_examples: int,
    progress: Callable[[str], None],
) -> EditionReport:
    """Hold a server to an edition: the one at `url`, else an embedded mock of the same edition."""
    document = load_edition(edition)
    with contextlib.ExitStack() as stack:
        if url is None:
            server = stack.enter_context(mock.serve(edition))
            url, data = server.url, mock_data(server)
        else:
            data = Data.of_examples(document, token)
        return check_edition(
            document,
            url,
            data,
            seed=seed,
            report_dir=report_dir,
            api=api,
            max_examples=max_examples,
            progress=lambda step: progress(f"{edition} {step}"),
        )


def mock_data(server: mock.Server) -> Data:
    """Take the names that a mock's state holds."""
    project = server.state.projects[server.project_id]
    return Data(
        project=server.project_id,
        jobs=tuple(project.workspaces["default"].jobs),
        flink_jobs=tuple(project.flink),
        token=server.token,
    )


def show(reports: list[EditionReport], report_dir: Path) -> None:
    """Print a row for each edition and operation, then each failure with a request that shows it."""
    console = _console()
    table = Table(box=box.SIMPLE)
    for name in ("edition", "operation"):
        table.add_column(name, no_wrap=True)
    for name in ("cases", "valid", "2xx", "share", "failures"):
        table.add_column(name, justify="right")
    for report in reports:
        for operation in report.operations.values():
            share = f"{operation.succeeded / operation.positive:.0%}" if operation.positive else "-"
            numbers = (operation.total, operation.positive, operation.succeeded, share, len(operation.failures))
            style = "red" if operation.failures or not operation.succeeded else ""
            table.add_row(report.edition, operation.operation, *map(str, numbers), style=style)
    console.print(table)
    for report in reports:
        for line in problems(report):
            console.print(Text(line), soft_wrap=True)
    held = sum(report.passed for report in reports)
    console.print(Text(f"{held} of {len(reports)} editions held; reports under {report_dir}"), soft_wrap=True)


def _console() -> Console:
    console = Console()
    # Rich takes a pipe for 80 columns wide and would cut names short.
    return console if console.is_terminal else Console(width=120)


def problems(report: EditionReport) -> list[str]:
    """Give one block of text for each thing that made the run fail."""
    found = [
        f"{report.edition} {operation}: {failure.check}: {' '.join((failure.message or failure.title).split())}\n"
        f"  {failure.curl}"
        for operation, failure in report.failures
    ]
    found += [
        f"{report.edition} {operation}: never answered 2xx, so the run proves little; does the server have the jobs?"
        for operation in report.never_succeeded
    ]
    return found + [f"{report.edition}: {error}" for error in report.errors]


def as_json(report: EditionReport) -> dict[str, Any]:
    """Give a report as plain values."""
    return {
        "edition": report.edition,
        "url": report.url,
        "passed": report.passed,
        "operations": [
            {
                "operation": operation.operation,
                "cases": operation.total,
                "valid": operation.positive,
                "succeeded": operation.succeeded,
                "failures": [
                    {"check": failure.check, "message": failure.message or failure.title, "curl": failure.curl}
                    for failure in operation.failures.values()
                ],
            }
            for operation in report.operations.values()
        ],
        "errors": report.errors,
    }
