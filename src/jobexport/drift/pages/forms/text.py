"""Plain text copied from a browser → blocks.

The text has no markup of tables: each cell is a line, or each row is a line with tabs between cells. Tables are found
by the words in their heads, and rows by the shape of their cells: a name, then yes or no, a type, a status, a code.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from jobexport.drift.pages import vocabulary as words
from jobexport.drift.pages.blocks import Block, Heading, Paragraph, Row, Table
from jobexport.drift.pages.forms.text_listings import branch, code, opens
from jobexport.drift.pages.forms.text_rows import (
    before,
    cell_of,
    is_late,
    line_of,
    needed,
    row_starts,
    rows_by_shape,
    tab_rows,
)
from jobexport.drift.pages.tables.types import spells_a_type

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jobexport.drift.pages.bounds import Deadline

_DATE = re.compile(r"(?:last )?updated (?:on|at)\b.*|(?:更新|发布)(?:时间|日期|于).*", re.IGNORECASE)
_MOST_COLUMNS = 12


def blocks(text: str, deadline: Deadline) -> list[Block]:
    """Parse a plain text into blocks.

    Raises:
        Unreadable: reading takes too long.
    """
    return _TextReader(text.split("\n"), deadline).read()


class _TextReader:
    """A reader of the lines that are not empty: finds the block that each line begins."""

    def __init__(self, lines: Sequence[str], deadline: Deadline) -> None:
        self.raw, self.deadline = lines, deadline
        self.lines = [line_of(number, line) for number, line in enumerate(lines, 1) if line.strip()]
        self.at = 0
        self.shown = False
        """True in a section of examples."""
        self.blocks: list[Block] = []

    def read(self) -> list[Block]:
        self._title()
        while self.at < len(self.lines):
            self.deadline.check()
            line = self.lines[self.at]
            if table := self._table():
                self.blocks.append(table)
            elif listing := code(self.raw, self.lines, self.at, self.shown):
                self.blocks.append(listing[0])
                self.at = listing[1]
            elif not line.bullet and (section := words.section(line.text)):
                self.blocks.append(Heading(line.text, 2, line.number))
                self.shown = section.startswith("example")
                self.at += 1
            else:
                self.blocks.append(
                    Paragraph("item" if line.bullet else "text", line.text, line.number, depth=line.bullet)
                )
                self.at += 1
        return self.blocks

    def _title(self) -> None:
        """Read the page's title: the first line that is not a date and does not begin another block."""
        for line in self.lines[:3]:
            if _DATE.fullmatch(line.text):
                self.blocks.append(Paragraph("text", line.text, line.number))
                self.at += 1
                continue
            other = opens(line) or words.CAPTION.fullmatch(line.text) or self._heads(self.at)[0]
            if len(line.text) <= 120 and not other and words.section(line.text) not in ("function", "uri"):
                self.blocks.append(Heading(line.text, 1, line.number))
                self.at += 1
            return

    # ---- tables ----

    def _table(self) -> Table | None:
        caption = self._is_caption(self.at)
        start = self.at + caption
        heads, end = self._heads(start)
        title, line = self.lines[self.at].text if caption else "", self.lines[self.at].number
        if not heads:
            if not caption:
                return None
            self.at += 1
            return Table(line, (), title, problem="no known table is below this title")
        header = Row(self.lines[start].number, tuple(cell_of([(head, number)]) for head, number in heads))
        columns = tuple(words.column(head) for head, _ in heads)
        tabs = len(self.lines[start].cells) > 1
        self.at = self._end(end, tabs, is_late(columns))
        body = self.lines[end : self.at]
        rows = tab_rows(body, len(columns)) if tabs else rows_by_shape(body, columns)
        lost = [] if tabs else before(body, rows)
        self.blocks += [Paragraph("text", each.text, each.number) for each in lost]
        return Table(line, (header, *rows), title)

    def _is_caption(self, at: int) -> bool:
        """Check whether a line is a table's caption; a sentence about a table ends with a full stop or colon."""
        text = self.lines[at].text
        return len(text) < 100 and not text.endswith((".", "。", "：", ":")) and bool(words.CAPTION.fullmatch(text))

    def _heads(self, start: int) -> tuple[list[tuple[str, int]], int]:
        """Return the heads of a table's columns and the index of its first cell; no heads if no table begins here."""
        if start >= len(self.lines):
            return [], start
        cells = self.lines[start].cells
        if len(cells) > 1:
            known = [words.column(cell) for cell in cells]
            fine = sum(each is not None for each in known) >= 2 and known[0] is not None
            return ([(cell, self.lines[start].number) for cell in cells], start + 1) if fine else ([], start)
        heads: list[tuple[str, int]] = []
        seen: set[words.Column | None] = set()
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
        # A first row named `type` looks like one more head: the heads end where a row can follow them.
        for length in range(len(heads), 1, -1):
            at = start + length
            columns = [words.column(head) for head, _ in heads[:length]]
            if at < len(self.lines) and row_starts(self.lines, at, columns) == frozenset():
                return heads[:length], at
        return heads, end

    def _end(self, start: int, tabs: bool, late: bool) -> int:
        """Return the index at which a table ends at the latest: at a title, a caption or a listing."""
        at = start
        while at < len(self.lines):
            line = self.lines[at]
            follows = self.lines[at + 1] if at + 1 < len(self.lines) else None
            if tabs and len(line.cells) > 1:
                at += 1
                continue
            if (line.bullet and words.section(line.text)) or (not line.bullet and self._is_title(at, late)):
                break
            if self._is_caption(at) or words.STATUS_LINE.fullmatch(line.text) or opens(line):
                break
            # A list item that begins with a variable is about a file and does not belong to the last cell.
            if words.REQUEST_LINE.match(line.text) or (line.bullet and line.text.startswith("{")):
                break
            if follows and branch(follows):
                break
            at += 1
        return at

    def _is_title(self, at: int, late: bool) -> bool:
        """Check whether a section begins here; `Authorization` or `message` may also be the name of a parameter.

        `late` if the rows have their yes or no after their description.
        """
        text = self.lines[at].text
        if not words.section(text):
            return False
        following = self.lines[at + 1].text if at + 1 < len(self.lines) else ""
        if not words.NAME.fullmatch(text):
            return True
        if late:
            return not any(needed(line.text) for line in self.lines[at + 2 : at + 6])
        return words.yes_or_no(following) is None and not spells_a_type(following)


def _head_of_permissions(text: str) -> bool:
    return bool(
        re.fullmatch(r"condition keys?|alias(?:es)?|dependenc(?:y|ies)|条件键|别名|依赖的授权项", text, re.IGNORECASE)
    )
