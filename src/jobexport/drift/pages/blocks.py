"""The blocks of a page in any form: headings, paragraphs, listings and tables, each with its line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

from attrs import evolve, frozen

from jobexport.drift.pages.visible import shown, without_marks

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

ParagraphKind = Literal["text", "item", "note", "code"]


@frozen
class Link:
    """A link in a paragraph."""

    text: str
    target: str


@frozen
class Paragraph:
    """A paragraph: plain, at the head of a list item, in a note, or a listing within a cell."""

    kind: ParagraphKind
    text: str
    """The text, with runs of whitespace made one space, except for `code`."""
    line: int
    links: tuple[Link, ...] = ()
    depth: int = 0
    """The number of lists around a list item."""


@frozen
class Heading:
    """A heading; the page's title has level 1."""

    text: str
    level: int
    line: int
    names: tuple[str, ...] = ()
    """The anchors of the heading."""


@frozen
class Code:
    """A listing."""

    text: str
    line: int


@frozen
class Cell:
    """The content of a table's cell."""

    parts: tuple[Paragraph, ...]
    tables: tuple[Table, ...] = ()

    @property
    def text(self) -> str:
        """The prose of the cell, with runs of whitespace made one space."""
        return " ".join(" ".join(part.text.split()) for part in self.parts)

    @property
    def links(self) -> tuple[Link, ...]:
        """The links of the cell, in order."""
        return tuple(link for part in self.parts for link in part.links)


@frozen
class Row:
    """A row of a table; a cell that spans several rows or columns is repeated in each."""

    line: int
    cells: tuple[Cell, ...]


@frozen
class Table:
    """A table; its header is the first row."""

    line: int
    rows: tuple[Row, ...]
    """The rows with the header."""
    caption: str = ""
    names: tuple[str, ...] = ()
    """The anchors of the table."""
    problem: str = ""
    """A mistake in the markup of the table, if any."""


Block = Heading | Paragraph | Code | Table

_MARKER = re.compile(r"(?:[-*•●○◦·▪■–—]|\d{1,2}[.)、]|[(（]\d{1,2}[)）])\s+(?=\S)")
_NOTE = re.compile(r"(?:notes?|notice|caution|important|warning|说明|注意|须知|注|提示)\s*[:：]\s*", re.IGNORECASE)
_GLUE = re.compile(r"[\w.{}/_-]")
_VARIABLE = re.compile(r"[A-Za-z]\w{2,}")


def fold(text: str) -> str:
    """Return the text with runs of whitespace made one space, and without what a reader does not see."""
    return " ".join(without_marks(shown(text)).split())


def depth_of(sign: str) -> int:
    """Return the number of lists around an item by its sign, as browsers draw them: `•`, within it `◦`, then `▪`."""
    return 2 if sign in "◦○" else 3 if sign in "▪■" else 1


def marked(parts: Iterable[Paragraph]) -> tuple[Paragraph, ...]:
    """Return the paragraphs with list items and notes recognized by their text, such as `• a` or `Note: b`."""
    found: list[Paragraph] = []
    note = False
    for part in parts:
        title = _NOTE.match(part.text)
        if part.kind in ("text", "item") and title:
            note = title.end() == len(part.text)
            if not note:
                found.append(evolve(part, kind="note", text=part.text[title.end() :]))
        elif part.kind == "text" and note:
            note = False
            found.append(evolve(part, kind="note"))
        elif part.kind == "text" and (marker := _MARKER.match(part.text)):
            depth = depth_of(marker[0][0])
            found.append(evolve(part, kind="item", text=part.text[marker.end() :], depth=depth))
        else:
            found.append(part)
    return tuple(found)


class Flow:
    """Gathers text into parts, and parts and other blocks into a sequence."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.note = 0
        """The number of notes around the current position."""
        self.lists = 0
        """The number of lists around the current position."""
        self._item = False
        self._runs: list[tuple[str, bool]] = []
        self._line = 0
        self._links: list[Link] = []

    def text(self, text: str, line: int, *, variable: bool = False) -> None:
        """Add text that begins on this line; `variable` for text in the style of a variable, such as italics."""
        if not self._line and text.strip():
            lead = text[: len(text) - len(text.lstrip())]
            self._line = line + lead.count("\n")
        self._runs.append((text, variable))

    @property
    def last(self) -> str:
        """The text that was added last; empty at the beginning of a paragraph."""
        return next((text for text, _ in reversed(self._runs) if text), "")

    def link(self, text: str, target: str) -> None:
        """Record that the text just added is a link."""
        self._links.append(Link(fold(text), target))

    def item(self) -> None:
        """Begin a list item."""
        self.end()
        self._item = True

    def end(self) -> tuple[str, int]:
        """End the paragraph and return its text and line."""
        text, line = fold(_joined(self._runs)), self._line
        links = tuple(self._links)
        self._runs, self._line, self._links = [], 0, []
        if text:
            kind: ParagraphKind = "item" if self._item else "note" if self.note else "text"
            self.blocks.append(Paragraph(kind, text, line, links, self.lists if self._item else 0))
            self._item = False
        return text, line

    def add(self, block: Block) -> None:
        """End the paragraph and add another block."""
        self.end()
        self.blocks.append(block)

    def heading(self, level: int, line: int, names: Sequence[str]) -> None:
        """End the paragraph and make it a heading."""
        item, self._item = self._item, False
        text, at = self.end()
        if text:
            self.blocks[-1] = Heading(text, level, at or line, tuple(names))
        self._item = item

    def cell(self) -> Cell:
        """Return the gathered blocks as a cell."""
        self.end()
        parts = []
        for block in self.blocks:
            match block:
                case Paragraph():
                    parts.append(block)
                case Heading(text, _, line):
                    parts.append(Paragraph("text", text, line))
                case Code(text, line):
                    parts.append(Paragraph("code", text, line))
                case _:
                    pass
        return Cell(marked(parts), tuple(block for block in self.blocks if isinstance(block, Table)))


def _joined(runs: Sequence[tuple[str, bool]]) -> str:
    """Return the runs as one text; a variable within a longer name gets braces, as in `DLF_{job_name}.zip`."""
    texts = [text for text, _ in runs if text]
    variables = [variable for text, variable in runs if text]
    for index, (text, variable) in enumerate(zip(texts, variables, strict=True)):
        before = texts[index - 1][-1] if index else ""
        after = texts[index + 1][0] if index + 1 < len(texts) else ""
        glued = _GLUE.match(before) or (_GLUE.match(after) and after not in ".-")
        if variable and glued and before != "{" and _VARIABLE.fullmatch(text):
            texts[index] = f"{{{text}}}"
    return "".join(texts)
