"""Broken grid tables of reStructuredText, such as after careless edits, read by their vertical bars."""

from __future__ import annotations

import re
from itertools import zip_longest
from typing import TYPE_CHECKING

from jobexport.drift.pages.blocks import Cell, Paragraph, Row, Table, fold, marked

if TYPE_CHECKING:
    from collections.abc import Sequence

_RULE = re.compile(r"\+[-=+ ]{3,}")
_MARKUP = re.compile(r"\*\*|``|:\w+:(?=`)|`|\\(?=.)")


def broken_grid(lines: Sequence[str], start: int) -> Table | None:
    """Parse the lines of a grid table; `start` is the first line's number on the page. None if they are not a table."""
    if not lines or not _RULE.fullmatch(lines[0].strip()):
        return None
    rows: list[Row] = []
    pending: list[tuple[int, str]] = []
    for number, line in enumerate(lines, start):
        if _RULE.fullmatch(line.strip()):
            if pending:
                rows.append(_row(pending))
            pending = []
        elif line.strip():
            pending.append((number, line.strip().strip("|")))
    if pending:
        rows.append(_row(pending))
    if len(rows) < 2:
        return None
    problem = "the table's borders do not meet, so it was read by its bars"
    return Table(start, tuple(rows), problem=problem)


def _row(lines: Sequence[tuple[int, str]]) -> Row:
    columns = zip_longest(*(line.split("|") for _, line in lines), fillvalue="")
    numbers = [number for number, _ in lines]
    cells = []
    for column in columns:
        parts: list[Paragraph] = []
        open_ = False
        for number, text in zip(numbers, column, strict=True):
            words = fold(_MARKUP.sub("", text))
            if not words or words == ".. note::":
                open_ = False
            elif open_ and not words.startswith("- "):
                last = parts.pop()
                parts.append(Paragraph("text", f"{last.text} {words}", last.line))
            else:
                parts.append(Paragraph("text", words, number))
                open_ = True
        cells.append(Cell(marked(parts)))
    return Row(numbers[0], tuple(cells))
