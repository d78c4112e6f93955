"""The progress of an export, as a bar on standard error."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from rich.console import Console
from rich.filesize import decimal
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

if TYPE_CHECKING:
    from jobexport import Progress


class ExportProgress:
    """A bar of jobs and bytes; hidden if standard error is not a terminal, or has lines of a log."""

    def __init__(self, *, quiet: bool) -> None:
        console = Console(stderr=True)
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[size]}"),
            TimeElapsedColumn(),
        )
        self.bar = Bar(*columns, console=console, disable=quiet or not console.is_terminal, transient=True)
        self.task = self.bar.add_task("jobs", total=None, size="")

    def __enter__(self) -> Self:
        self.bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.bar.stop()

    def __call__(self, now: Progress) -> None:
        """Show the progress."""
        failed = f", {now.failed} failed" if now.failed else ""
        size = f"{decimal(now.received)}{failed}"
        self.bar.update(self.task, total=now.total, completed=now.done + now.failed, size=size)
