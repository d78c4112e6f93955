"""The output of a command: one JSON object for programs, lines for people, and what is wrong on standard error."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from jobexport.core.redact import cleaned, line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

format_option = click.option(
    "--format", "format_", type=click.Choice(["text", "json"]), default="text", help="For people, or for programs."
)
# Columns of a terminal.
_WIDEST = 80
# Lines of one kind that people are shown: they come by the thousand, such as after git has written other line ends.
_SHOWN = 50


def show(format_: str, plain: Mapping[str, Any], lines: Iterable[str]) -> None:
    """Print a result: one JSON object for programs, lines for people."""
    if format_ == "json":
        click.echo(json.dumps(cleaned(plain), indent=2, ensure_ascii=False))
        return
    for text in lines:
        click.echo(line(text))


def complain(texts: Iterable[str]) -> None:
    """Print lines on standard error."""
    for text in texts:
        click.echo(line(text), err=True)


def some(lines: Sequence[str]) -> Iterator[str]:
    """Yield the first lines of one kind, and how many more there are."""
    yield from lines[:_SHOWN]
    if len(lines) > _SHOWN:
        yield f"and {len(lines) - _SHOWN} more; --format json has all of them"


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield the lines of a table; the last column is cut where a terminal of 80 columns ends."""
    if not rows:
        return
    widths = [max(len(row[column]) for row in (heads, *rows)) for column in range(len(heads))]
    left = max(_WIDEST - sum(widths[:-1]) - 2 * (len(heads) - 1), len(heads[-1]))
    for row in (tuple(head.upper() for head in heads), *rows):
        last = row[-1] if len(row[-1]) <= left else row[-1][: left - 1] + "…"
        cells = [cell.ljust(width) for cell, width in zip(row[:-1], widths, strict=False)]
        yield "  ".join([*cells, last]).rstrip()
