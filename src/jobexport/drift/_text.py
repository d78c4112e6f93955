"""Plain text copied from a browser → blocks: no table marks, a cell a line or a row a line with tabs between cells.

Tables are found by the words in their heads, and rows by the shape of their cells: a name and then a yes or no, a
type, a status, a code.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from jobexport.drift import _vocabulary as words
from jobexport.drift._blocks import Block, Code, Heading, Part, Row, Table
from jobexport.drift._text_rows import before, cell_of, line_of, row_starts, rows_by_shape, tab_rows
from jobexport.drift._types import spells_a_type

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jobexport.drift._bounds import Deadline

_DATE = re.compile(r"(?:last )?updated (?:on|at)\b.*|(?:更新|发布)(?:时间|日期|于).*", re.IGNORECASE)
_OPENS = re.compile(r"\s*[{\[]\s*$|\s*\{\s*[\"“].*|\s*\[\s*[{\[\"“\d].*|\s*\{\s*\}\s*")
_CLOSED = re.compile(r"\s*[}\]]+\s*")
_MOST_CODE = 5000
_MOST_COLUMNS = 12


def blocks(text: str, deadline: Deadline) -> list[Block]:
    """The blocks of a plain text.

    Raises:
        Unreadable: Reading takes too long.
    """
    return _Reader(text.split("\n"), deadline).read()


class _Reader:
    """Goes through the lines that are not empty, and knows what each begins."""

    def __init__(self, lines: Sequence[str], deadline: Deadline) -> None:
        self.raw, self.deadline = lines, deadline
        self.lines = [line_of(number, line) for number, line in enumerate(lines, 1) if line.strip()]
        self.at = 0
        self.blocks: list[Block] = []

    def read(self) -> list[Block]:
        self._title()
        while self.at < len(self.lines):
            self.deadline.check()
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
            plain = len(line.text) <= 120 and not _OPENS.fullmatch(line.raw) and not words.CAPTION.fullmatch(line.text)
            if plain and not words.section(line.text) and not self._heads(self.at)[0]:
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
        header = Row(self.lines[start].number, tuple(cell_of([(head, number)]) for head, number in heads))
        columns = tuple(words.column(head) for head, _ in heads)
        self.at = end
        tabs = len(self.lines[start].cells) > 1
        stop = self._end(end, tabs)
        body = self.lines[end:stop]
        rows = tab_rows(body, len(columns)) if tabs else rows_by_shape(body, columns)
        self.at = stop
        lost = [] if tabs else before(body, rows)
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
        # A first row named `type` looks like one more head: the heads end where a row fits behind them.
        for length in range(len(heads), 1, -1):
            at = start + length
            columns = [words.column(head) for head, _ in heads[:length]]
            if at < len(self.lines) and row_starts(self.lines, at, columns) == frozenset():
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


def _tree_mark(raw: str) -> bool:
    match = words.TREE_MARK.match(raw)
    return bool(match and re.search(r"[├└┣┗]|[+\\`|]-{2,}", match[0]))


def _head_of_permissions(text: str) -> bool:
    return bool(
        re.fullmatch(r"condition keys?|alias(?:es)?|dependenc(?:y|ies)|条件键|别名|依赖的授权项", text, re.IGNORECASE)
    )
