"""Rows of a plain text's tables: a row a line with tabs, or a cell a line and rows by the shape of their cells."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from attrs import frozen

from jobexport.drift import _vocabulary as words
from jobexport.drift._blocks import Cell, Part, Row, fold, marked
from jobexport.drift._bounds import COLUMNS
from jobexport.drift._types import spells_a_type

if TYPE_CHECKING:
    from collections.abc import Sequence

_BULLET = re.compile(r"\s*[•●○◦·▪■*-]\s+(?=\S)")


@frozen
class Line:
    """A line that is not empty."""

    number: int
    raw: str
    text: str
    cells: tuple[str, ...]
    """What stands between its tabs; one cell where it has none."""
    bullet: bool


def line_of(number: int, raw: str) -> Line:
    bullet = _BULLET.match(raw)
    cells = tuple(fold(cell) for cell in raw.split("\t", COLUMNS))
    filled = [cell for cell in cells if cell]
    if len(filled) < 2:
        cells = (filled[0] if filled else "",)
    text = fold(raw[bullet.end() :] if bullet else raw)
    return Line(number, raw, text, cells, bool(bullet))


def cell_of(texts: Sequence[tuple[str, int]], bullets: Sequence[bool] = ()) -> Cell:
    items = bullets or [False] * len(texts)
    parts = (Part("item" if item else "text", text, line) for (text, line), item in zip(texts, items, strict=True))
    return Cell(marked(parts))


def tab_rows(lines: Sequence[Line], width: int) -> list[Row]:
    """Rows of a line each; a line without tabs goes on with the last cell."""
    rows: list[list[list[tuple[str, int, bool]]]] = []
    for line in lines:
        if len(line.cells) > 1:
            cells = [[(cell, line.number, False)] if cell else [] for cell in line.cells]
            cells[width - 1 :] = [[each for cell in cells[width - 1 :] for each in cell]]
            rows.append(cells)
        elif rows:
            rows[-1][-1].append((line.text, line.number, line.bullet))
    return [
        Row(
            next(number for cell in row for _, number, _ in cell),
            tuple(cell_of([(text, number) for text, number, _ in cell], [item for _, _, item in cell]) for cell in row),
        )
        for row in rows
    ]


def before(lines: Sequence[Line], rows: Sequence[Row]) -> Sequence[Line]:
    """The lines that stand before the first row, and so in none."""
    first = rows[0].line if rows else None
    return [line for line in lines if first is None or line.number < first]


def rows_by_shape(lines: Sequence[Line], columns: Sequence[words.Column | None]) -> list[Row]:
    """Rows with a cell a line, where only the last cell has several lines."""
    shapes = {at: missing for at in range(len(lines)) if (missing := row_starts(lines, at, columns)) is not None}
    taken: set[int] = set()
    starts: dict[int, frozenset[int]] = {}
    # Whole rows first: a yes and a type that follow a name look like a row that has lost its yes.
    for whole in (True, False):
        for at, missing in shapes.items():
            span = range(at, at + max(len(columns) - 1 - len(missing), 1))
            if bool(missing) is not whole and not taken.intersection(span):
                taken.update(span)
                starts[at] = missing
    order = sorted(starts)
    ends = [*order[1:], len(lines)]
    return [_row(lines[at:end], columns, starts[at]) for at, end in zip(order, ends, strict=False)]


def _row(lines: Sequence[Line], columns: Sequence[words.Column | None], missing: frozenset[int]) -> Row:
    cells: list[Cell] = []
    left = list(lines)
    for index in range(len(columns) - 1):
        if index in missing or not left:
            cells.append(Cell(()))
        else:
            line = left.pop(0)
            cells.append(cell_of([(line.text, line.number)]))
    last = len(columns) > 1 and left
    cells.append(
        cell_of([(line.text, line.number) for line in left], [line.bullet for line in left]) if last else Cell(())
    )
    return Row(lines[0].number, tuple(cells))


def row_starts(lines: Sequence[Line], at: int, columns: Sequence[words.Column | None]) -> frozenset[int] | None:
    """The columns whose cells are empty, if a row begins at this line; None if none does."""
    if lines[at].bullet or not _fits(lines[at].text, columns[0]):
        return None
    shaped = [index for index, column in enumerate(columns[:-1]) if index and column in _SHAPES]
    if not shaped:
        return _starts_by_name(lines, at, columns)
    missing: set[int] = set()
    position = at + 1
    for index in range(1, shaped[-1] + 1):
        if position >= len(lines):
            return None
        if index not in shaped or _fits(lines[position].text, columns[index]):
            position += 1
        else:
            missing.add(index)
    # Without its yes or no, a row needs a type to be known by.
    certain = [index for index in shaped if index not in missing]
    return frozenset(missing) if certain and not (len(missing) > 1 or lines[position - 1].bullet) else None


def _starts_by_name(lines: Sequence[Line], at: int, columns: Sequence[words.Column | None]) -> frozenset[int] | None:
    """A row of a table of two columns, or of free text only: known by what its first cell is like."""
    text = lines[at].text
    if columns[0] == "name" and (text[:1].isupper() and text.isalpha() and len(columns) == 2):
        # One capitalized word alone may be a paragraph as well as a name.
        return frozenset() if at + 1 < len(lines) and " " in lines[at + 1].text else None
    return frozenset()


_SHAPES = frozenset(("mandatory", "optional", "type", "status", "code"))


def _fits(text: str, column: words.Column | None) -> bool:
    match column:
        case "mandatory" | "optional":
            return words.yes_or_no(text) is not None
        case "type":
            return _type_like(text)
        case "status":
            return bool(words.STATUS.fullmatch(text))
        case "code":
            return bool(words.CODE.fullmatch(text))
        case "action":
            return bool(words.ACTION.fullmatch(text))
        case "name":
            return _name_like(text)
        case _:
            return True


def _name_like(text: str) -> bool:
    if len(text) > 1 and words.yes_or_no(text) is not None:
        return False
    if words.NAME.fullmatch(text):
        return not text.endswith((".", ":"))
    # Some names are words: `Data Warehouse`.
    return bool(re.fullmatch(r"[A-Z]\w*(?: \w+){1,2}", text))


def _type_like(text: str) -> bool:
    if len(text) > 80 or text.endswith((".", "。")):
        return False
    return spells_a_type(text) or bool(re.fullmatch(r"[A-Z]\w*", text))
