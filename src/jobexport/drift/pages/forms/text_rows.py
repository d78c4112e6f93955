"""Rows of tables in plain text: lines with tabs, or lines with one cell each, grouped by the shape of the cells."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from attrs import frozen

from jobexport.drift.pages import vocabulary as words
from jobexport.drift.pages.blocks import Cell, Paragraph, Row, depth_of, fold, marked
from jobexport.drift.pages.bounds import COLUMNS
from jobexport.drift.pages.tables.types import spells_a_type

if TYPE_CHECKING:
    from collections.abc import Sequence

_NEED = re.compile(r"\b(?:mandatory|required|optional|you do not need)\b|必选|必填|可选", re.IGNORECASE)
_BULLET = re.compile(r"\s*[•●○◦·▪■*-]\s+(?=\S)")


@frozen
class TextLine:
    """A line that is not empty."""

    number: int
    raw: str
    text: str
    cells: tuple[str, ...]
    """The texts between the tabs; one cell for a line without tabs."""
    bullet: int
    """The number of lists around the item that begins here; 0 if no item does."""


def line_of(number: int, raw: str) -> TextLine:
    """Return a line with its cells; a line with text in fewer than two cells is one cell."""
    bullet = _BULLET.match(raw)
    cells = tuple(fold(cell) for cell in raw.split("\t", COLUMNS))
    filled = [cell for cell in cells if cell]
    if len(filled) < 2:
        cells = (filled[0] if filled else "",)
    text = fold(raw[bullet.end() :] if bullet else raw)
    return TextLine(number, raw, text, cells, depth_of(bullet[0].strip()) if bullet else 0)


def cell_of(texts: Sequence[tuple[str, int]], bullets: Sequence[int] = ()) -> Cell:
    """Return a cell of these texts with their line numbers; texts with a bullet become list items."""
    depths = bullets or [0] * len(texts)
    parts = (
        Paragraph("item" if depth else "text", text, line, depth=depth)
        for (text, line), depth in zip(texts, depths, strict=True)
    )
    return Cell(marked(parts))


def tab_rows(lines: Sequence[TextLine], width: int) -> list[Row]:
    """Return rows of lines with tabs; a row continues on the next line if its last cell has several lines."""
    rows: list[list[list[TextLine]]] = []
    for line in lines:
        texts = line.cells if len(line.cells) > 1 else (line.text,)
        cells = [[_piece(line, text)] if text else [] for text in texts]
        if rows and (len(cells) == 1 or len(rows[-1]) + len(cells) - 1 <= width):
            rows[-1][-1] += cells[0]
            rows[-1] += cells[1:]
        elif len(cells) > 1:
            # Cells after the last column belong to it.
            last = [[each for cell in cells[width - 1 :] for each in cell]] if len(cells) >= width else []
            rows.append([*cells[: width - 1], *last])
    return [Row(_first(row), tuple(_cell(cell) for cell in row)) for row in rows]


def _piece(line: TextLine, text: str) -> TextLine:
    return TextLine(line.number, text, text, (text,), line.bullet if len(line.cells) == 1 else 0)


def _first(row: Sequence[Sequence[TextLine]]) -> int:
    return next(line.number for cell in row for line in cell)


def _cell(lines: Sequence[TextLine]) -> Cell:
    return cell_of([(line.text, line.number) for line in lines], [line.bullet for line in lines])


def before(lines: Sequence[TextLine], rows: Sequence[Row]) -> Sequence[TextLine]:
    """Return the lines before the first row."""
    first = rows[0].line if rows else None
    return [line for line in lines if first is None or line.number < first]


def is_late(columns: Sequence[words.Column | None]) -> bool:
    """Check whether the column of descriptions is before the column `mandatory`."""
    both = "description" in columns and "mandatory" in columns
    return both and columns.index("description") < columns.index("mandatory")


def needed(text: str) -> bool:
    """Check whether a text says that a parameter is mandatory or optional, with yes or no or in a sentence."""
    return words.yes_or_no(text) is not None or bool(_NEED.search(text))


def rows_by_shape(lines: Sequence[TextLine], columns: Sequence[words.Column | None]) -> list[Row]:
    """Return rows of lines with one cell each, in which only the last cell may have several lines."""
    if is_late(columns):
        return _rows_by_mandatory(lines, columns)
    shapes = {at: missing for at in range(len(lines)) if (missing := row_starts(lines, at, columns)) is not None}
    taken: set[int] = set()
    starts: dict[int, frozenset[int]] = {}
    # Whole rows first: `Yes` and a type below a name look like a row named `Yes` with an empty cell.
    for whole in (True, False):
        for at, missing in shapes.items():
            span = range(at, at + max(len(columns) - 1 - len(missing), 1))
            if bool(missing) is not whole and not taken.intersection(span):
                taken.update(span)
                starts[at] = missing
    order = sorted(starts)
    ends = [*order[1:], len(lines)]
    return [_row(lines[at:end], columns, starts[at]) for at, end in zip(order, ends, strict=False)]


def _rows_by_mandatory(lines: Sequence[TextLine], columns: Sequence[words.Column | None]) -> list[Row]:
    """Return rows in which a description of several lines is before the yes or no.

    The name of a row is the last line before its yes or no that looks like a name and has a description below it.
    """
    starts: list[tuple[int, int]] = []
    for at in range(2, len(lines)):
        last = starts[-1][1] if starts else -1
        if not needed(lines[at].text):
            continue
        names = [name for name in range(at - 2, last, -1) if _name_like(lines[name].text) and not lines[name].bullet]
        if names:
            starts.append((names[0], at))
    rows = []
    for index, (name, mandatory) in enumerate(starts):
        end = starts[index + 1][0] if index + 1 < len(starts) else len(lines)
        # Further lines that say when the parameter is mandatory belong to the same cell; then the next cell begins.
        after = mandatory + 1
        while after < end and _NEED.search(lines[after].text):
            after += 1
        cells = {
            "name": _cell(lines[name : name + 1]),
            "description": _cell(lines[name + 1 : mandatory]),
            "mandatory": _cell(lines[mandatory:after]),
        }
        rest = _cell(lines[after:end])
        rows.append(Row(lines[name].number, tuple(cells.get(column or "", rest) for column in columns)))
    return rows


def _row(lines: Sequence[TextLine], columns: Sequence[words.Column | None], missing: frozenset[int]) -> Row:
    cells: list[Cell] = []
    left = list(lines)
    for index in range(len(columns) - 1):
        if index in missing or not left:
            cells.append(Cell(()))
        else:
            line = left.pop(0)
            cells.append(cell_of([(line.text, line.number)]))
    last = len(columns) > 1 and left
    cells.append(_cell(left) if last else Cell(()))
    return Row(lines[0].number, tuple(cells))


def row_starts(lines: Sequence[TextLine], at: int, columns: Sequence[words.Column | None]) -> frozenset[int] | None:
    """Return the columns whose cells are empty in the row that begins at this line, or None if no row begins."""
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
    certain = [index for index in shaped if index not in missing]
    if not certain or len(missing) > 1 or lines[position - 1].bullet:
        return None
    # Without yes or no, a row is recognized by its type alone, so the type must be unmistakable.
    if missing and any(columns[index] == "type" and not spells_a_type(lines[position - 1].text) for index in certain):
        return None
    return frozenset(missing)


def _starts_by_name(
    lines: Sequence[TextLine], at: int, columns: Sequence[words.Column | None]
) -> frozenset[int] | None:
    """Return no empty columns if a row begins at a line by its first cell alone, or None if no row begins.

    The other columns have free text, so they do not show where a row begins.
    """
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
            return bool(re.fullmatch(rf"{words.STATUS.pattern}(?: [A-Z][\w -]{{1,40}})?", text))
        case "code":
            return bool(words.CODE.fullmatch(text))
        case "action":
            return bool(words.ACTION.fullmatch(text))
        case "name":
            return _name_like(text)
        case _:
            return True


def _name_like(text: str) -> bool:
    if len(text) > 1 and (words.yes_or_no(text) is not None or words.NOTHING.fullmatch(text)):
        return False
    if words.NAME.fullmatch(text):
        return not text.endswith((".", ":"))
    # Some names are words: `Data Warehouse`.
    return bool(re.fullmatch(r"[A-Z]\w*(?: \w+){1,2}", text))


def _type_like(text: str) -> bool:
    if len(text) > 80 or text.endswith((".", "。")):
        return False
    return spells_a_type(text) or bool(re.fullmatch(r"[A-Z]\w*", text))
