"""Plain text copied from a browser → blocks: no table marks, a cell a line or a row a line with tabs between cells.

Tables are found by the words in their heads, and rows by the shape of their cells: a name and then a yes or no, a
type, a status, a code.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from attrs import frozen

from jobexport.drift import _vocabulary as words
from jobexport.drift._blocks import Block, Cell, Code, Heading, Part, Row, Table, fold, marked
from jobexport.drift._types import spells_a_type

if TYPE_CHECKING:
    from collections.abc import Sequence

_DATE = re.compile(r"(?:last )?updated (?:on|at)\b.*|(?:更新|发布)(?:时间|日期|于).*", re.IGNORECASE)
_BULLET = re.compile(r"\s*[•●○◦·▪■*-]\s+(?=\S)")
_OPENS = re.compile(r"\s*[{\[]\s*$|\s*\{\s*[\"“].*|\s*\[\s*[{\[\"“\d].*|\s*\{\s*\}\s*")
_CLOSED = re.compile(r"\s*[}\]]+\s*")
_MOST_CODE = 5000
_MOST_COLUMNS = 12


@frozen
class _Line:
    """A line that is not empty."""

    number: int
    raw: str
    text: str
    cells: tuple[str, ...]
    """What stands between its tabs; one cell where it has none."""
    bullet: bool


def blocks(text: str) -> list[Block]:
    """The blocks of a plain text."""
    return _Reader(text.split("\n")).read()


class _Reader:
    """Goes through the lines that are not empty, and knows what each begins."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.raw = lines
        self.lines = [_line(number, line) for number, line in enumerate(lines, 1) if line.strip()]
        self.at = 0
        self.blocks: list[Block] = []

    def read(self) -> list[Block]:
        self._title()
        while self.at < len(self.lines):
            line = self.lines[self.at]
            if table := self._table():
                self.blocks.append(table)
            elif code := self._code():
                self.blocks.append(code)
            elif not line.bullet and words.section(line.text):
                self.blocks.append(Heading(line.text, 2, line.number))
                self.at += 1
            else:
                self.blocks.append(Part("item" if line.bullet else "text", line.text, line.number))
                self.at += 1
        return self.blocks

    def _title(self) -> None:
        """The page's title: its first line that is no date and no title of a section."""
        for line in self.lines[:3]:
            if _DATE.fullmatch(line.text):
                self.blocks.append(Part("text", line.text, line.number))
                self.at += 1
                continue
            if not words.section(line.text) and len(line.text) <= 120 and not _OPENS.fullmatch(line.raw):
                self.blocks.append(Heading(line.text, 1, line.number))
                self.at += 1
            return

    # ---- listings ----

    def _code(self) -> Code | None:
        line = self.lines[self.at]
        if words.TREE_MARK.match(line.raw) and _tree_mark(line.raw):
            return self._tree(self.at)
        if self._tree_follows():
            return self._tree(self.at)
        request = words.REQUEST_LINE.match(line.text)
        opening = self.at + bool(request)
        if opening < len(self.lines) and _OPENS.fullmatch(self.lines[opening].raw):
            return self._json(self.at, opening)
        if (
            request
            and self.at + 1 < len(self.lines)
            and re.match(r"(?:Content-Type|X-[\w-]+|Host):", self.lines[self.at + 1].text)
        ):
            end = self.at + 1
            while end < len(self.lines) and re.match(r"[\w-]+:\s", self.lines[end].text):
                end += 1
            if end < len(self.lines) and _OPENS.fullmatch(self.lines[end].raw):
                return self._json(self.at, end)
            return self._listing(self.at, end)
        return None

    def _tree_follows(self) -> bool:
        """Whether this line is the root of a tree that the next line goes on with."""
        following = self.lines[self.at + 1] if self.at + 1 < len(self.lines) else None
        line = self.lines[self.at]
        return (
            following is not None
            and following.number == line.number + 1
            and _tree_mark(following.raw)
            and " " not in line.text
            and len(line.text) < 80
        )

    def _tree(self, start: int) -> Code:
        end = start + 1
        while end < len(self.lines) and self.lines[end].number == self.lines[end - 1].number + 1:
            end += 1
        return self._listing(start, end)

    def _json(self, start: int, opening: int) -> Code:
        """A listing up to where its brackets are closed, or else where it can't go on."""
        depth = 0
        end = opening
        while end < min(len(self.lines), opening + _MOST_CODE):
            line = self.lines[end]
            if end > opening and not line.bullet and (words.section(line.text) or words.CAPTION.fullmatch(line.text)):
                break
            # Strings are dropped: what stands in them opens and closes nothing.
            bare = re.sub(r'"(?:[^"\\]|\\.)*"', "", line.text)
            depth += sum(bare.count(each) for each in "{[") - sum(bare.count(each) for each in "}]")
            end += 1
            if depth <= 0:
                break
        while end < len(self.lines) and _CLOSED.fullmatch(self.lines[end].raw):
            end += 1
        return self._listing(start, end)

    def _listing(self, start: int, end: int) -> Code:
        first, last = self.lines[start].number, self.lines[end - 1].number
        shown = [line for line in self.raw[first - 1 : last] if line.strip()]
        self.at = end
        return Code("\n".join(line.rstrip() for line in shown), first)

    # ---- tables ----

    def _table(self) -> Table | None:
        caption = words.CAPTION.fullmatch(self.lines[self.at].text)
        start = self.at + bool(caption and len(self.lines[self.at].text) < 120)
        heads, end = self._heads(start)
        if not heads:
            return None
        title = self.lines[self.at].text if start > self.at else ""
        line = self.lines[self.at].number
        header = Row(self.lines[start].number, tuple(_cell([(head, number)]) for head, number in heads))
        columns = tuple(words.column(head) for head, _ in heads)
        self.at = end
        tabs = len(self.lines[start].cells) > 1
        stop = self._end(end, tabs)
        body = self.lines[end:stop]
        rows = _tab_rows(body, len(columns)) if tabs else _rows(body, columns)
        self.at = stop
        lost = [] if tabs else _before(body, rows)
        self.blocks += [Part("text", each.text, each.number) for each in lost]
        return Table(line, (header, *rows), title)

    def _heads(self, start: int) -> tuple[list[tuple[str, int]], int]:
        """The heads of the columns of a table that begins here, and where its cells begin."""
        if start >= len(self.lines):
            return [], start
        cells = self.lines[start].cells
        if len(cells) > 1:
            known = [words.column(cell) for cell in cells]
            fine = sum(each is not None for each in known) >= 2 and known[0] is not None
            return ([(cell, self.lines[start].number) for cell in cells], start + 1) if fine else ([], start)
        heads: list[tuple[str, int]] = []
        seen = set()
        end = start
        while end < len(self.lines) and len(heads) < _MOST_COLUMNS:
            line = self.lines[end]
            kind = words.column(line.text)
            if (
                line.bullet
                or (kind is None and not (seen & {"action"} and _head_of_permissions(line.text)))
                or (kind and kind in seen)
            ):
                break
            heads.append((line.text, line.number))
            seen.add(kind)
            end += 1
        firsts = {words.column(heads[0][0])} if heads else set()
        if len(heads) < 2 or not firsts & {"name", "status", "code", "action"}:
            return [], start
        # A first row named `type` looks like one more head: the heads end where a row fits behind them.
        for length in range(len(heads), 1, -1):
            at = start + length
            columns = [words.column(head) for head, _ in heads[:length]]
            if at < len(self.lines) and _starts(self.lines, at, columns) == frozenset():
                return heads[:length], at
        return heads, end

    def _end(self, start: int, tabs: bool) -> int:
        """Where a table has to be over: at a title, a caption, a listing."""
        at = start
        while at < len(self.lines):
            line = self.lines[at]
            follows = self.lines[at + 1].raw if at + 1 < len(self.lines) else ""
            if tabs and len(line.cells) > 1:
                at += 1
                continue
            if not line.bullet and self._is_title(at):
                break
            if words.CAPTION.fullmatch(line.text) and len(line.text) < 120 and self._heads(at + 1)[0]:
                break
            if line.bullet and words.section(line.text):
                break
            if words.STATUS_LINE.fullmatch(line.text) or _OPENS.fullmatch(line.raw):
                break
            if words.REQUEST_LINE.match(line.text) or _tree_mark(follows):
                break
            at += 1
        return at

    def _is_title(self, at: int) -> bool:
        """Whether a section begins here: the same words may be a cell, such as `Required` or `message`."""
        text = self.lines[at].text
        if not words.section(text):
            return False
        following = self.lines[at + 1].text if at + 1 < len(self.lines) else ""
        named = words.NAME.fullmatch(text) and text[:1].islower()
        return not (named and (words.yes_or_no(following) is not None or spells_a_type(following)))


def _line(number: int, raw: str) -> _Line:
    bullet = _BULLET.match(raw)
    cells = tuple(fold(cell) for cell in raw.split("\t"))
    filled = [cell for cell in cells if cell]
    if len(filled) < 2:
        cells = (filled[0] if filled else "",)
    text = fold(raw[bullet.end() :] if bullet else raw)
    return _Line(number, raw, text, cells, bool(bullet))


def _tree_mark(raw: str) -> bool:
    match = words.TREE_MARK.match(raw)
    return bool(match and re.search(r"[├└┣┗]|[+\\`|]-{2,}", match[0]))


def _head_of_permissions(text: str) -> bool:
    return bool(
        re.fullmatch(r"condition keys?|alias(?:es)?|dependenc(?:y|ies)|条件键|别名|依赖的授权项", text, re.IGNORECASE)
    )


def _cell(texts: Sequence[tuple[str, int]], bullets: Sequence[bool] = ()) -> Cell:
    items = bullets or [False] * len(texts)
    parts = (Part("item" if item else "text", text, line) for (text, line), item in zip(texts, items, strict=True))
    return Cell(marked(parts))


def _tab_rows(lines: Sequence[_Line], width: int) -> list[Row]:
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
            tuple(_cell([(text, number) for text, number, _ in cell], [item for _, _, item in cell]) for cell in row),
        )
        for row in rows
    ]


def _before(lines: Sequence[_Line], rows: Sequence[Row]) -> Sequence[_Line]:
    """The lines that stand before the first row, and so in none."""
    first = rows[0].line if rows else None
    return [line for line in lines if first is None or line.number < first]


def _rows(lines: Sequence[_Line], columns: Sequence[words.Column | None]) -> list[Row]:
    """Rows with a cell a line, where only the last cell has several lines."""
    shapes = {at: missing for at in range(len(lines)) if (missing := _starts(lines, at, columns)) is not None}
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


def _row(lines: Sequence[_Line], columns: Sequence[words.Column | None], missing: frozenset[int]) -> Row:
    cells: list[Cell] = []
    left = list(lines)
    for index in range(len(columns) - 1):
        if index in missing or not left:
            cells.append(Cell(()))
        else:
            line = left.pop(0)
            cells.append(_cell([(line.text, line.number)]))
    last = len(columns) > 1 and left
    cells.append(
        _cell([(line.text, line.number) for line in left], [line.bullet for line in left]) if last else Cell(())
    )
    return Row(lines[0].number, tuple(cells))


def _starts(lines: Sequence[_Line], at: int, columns: Sequence[words.Column | None]) -> frozenset[int] | None:
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


def _starts_by_name(lines: Sequence[_Line], at: int, columns: Sequence[words.Column | None]) -> frozenset[int] | None:
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
