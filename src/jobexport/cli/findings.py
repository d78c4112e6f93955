"""Prints the reports of drift one by one, so that no page is held in memory: as text, JSON or GitHub's commands."""

from __future__ import annotations

import json
import textwrap
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from jobexport.drift import PageReport

_STYLES = {"error": "red", "warning": "yellow", "info": "cyan", "known": "green", "dim": "dim", "head": "bold"}


class Printer:
    """The standard output of one run; `format_` is `text`, `json` or `github`."""

    def __init__(self, format_: str) -> None:
        from jobexport.drift.report import Totals

        self.totals = Totals()
        self._format = format_

    def add(self, report: PageReport) -> None:
        """Print a report and count its findings."""
        from jobexport.drift import report as written

        match self._format:
            case "json":
                click.echo(",\n" if self.totals.pages else "[\n", nl=False)
                plain = json.dumps(written.as_plain(report), indent=2, ensure_ascii=False)
                click.echo(textwrap.indent(plain, "  "), nl=False)
            case "github":
                for line in written.github_lines(report):
                    click.echo(line)
            case _:
                self._print(written.text_lines(report))
        self.totals.add(report)

    def end(self, failed: int) -> None:
        """Print the end: the numbers of pages and findings, or the end of the JSON."""
        if self._format == "json":
            click.echo("\n]" if self.totals.pages else "[]")
        elif self._format == "text":
            self._print([(self.totals.line(failed), "")])

    def _print(self, lines: Any) -> None:
        from rich.console import Console
        from rich.text import Text

        console = Console()
        for line, style in lines:
            console.print(Text(line, style=_STYLES.get(style, "")), soft_wrap=True)
