"""HTML → blocks: also fragments, pages saved from a browser, and rendered Markdown."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from justhtml import JustHTML

from jobexport.drift.pages.blocks import Block, Cell, Code, Flow, Row, Table, fold
from jobexport.drift.pages.bounds import COLUMNS, ELEMENTS, TOO_DEEP, TOO_MANY, Deadline, Unreadable
from jobexport.drift.pages.visible import is_drawn, is_mark, shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

DEPTH = 150
"""The deepest nesting of elements; a page saved from a browser has up to 60."""

# A parser opens the elements for the style of a text again in every paragraph below, until they are closed.
_STYLES = "b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u"
_NESTING = re.compile(
    rf"<(/?)(?:table|div|ul|ol|dl|blockquote|section|article|span|figure|details|center|form|fieldset|{_STYLES})\b",
    re.IGNORECASE,
)
# An end of a paragraph without its start, and an end of a line break, make an element, too.
_TAG = re.compile(r"<(?:[A-Za-z]|/br\b)", re.IGNORECASE)
_START, _END = (re.compile(rf"<{slash}p\b", re.IGNORECASE) for slash in ("", "/"))
_ANGLE = re.compile(r"<(?![!?])(/?(?:([A-Za-z][A-Za-z0-9]*)(-[\w-]+)?)?)")
# Comments for a browser, as `<![CDATA[…]]>` and `<?xml …?>`, which this parser takes for text.
_BOGUS = re.compile(r"<(?:!(?!--|doctype)|\?)[^>]{0,300}>", re.IGNORECASE)
_ELEMENTS_NAMES = (
    "a abbr acronym address applet area article aside audio b base basefont bdi bdo big blockquote body br "
    "button canvas caption center cite code col colgroup data datalist dd del details dfn dialog dir div dl "
    "dt em embed fieldset figcaption figure font footer form frame frameset g h1 h2 h3 h4 h5 h6 head header "
    "hgroup hr html i iframe img input ins kbd label legend li link main map mark math menu meta meter nav "
    "nobr noembed noframes noscript object ol optgroup option output p param path picture pre progress q rp rt ruby s "
    "samp script search section select slot small source span strike strong style sub summary sup svg table "
    "tbody td template textarea tfoot th thead time title tr track tt u ul use var video wbr"
)
_ELEMENTS = frozenset(_ELEMENTS_NAMES.split())
_BLOCK_NAMES = (
    "address article aside blockquote body br caption center dd details dialog div dl dt fieldset figcaption "
    "figure footer form header hr html legend main nav ol p section summary ul"
)
_BLOCK = frozenset(_BLOCK_NAMES.split())
# What browsers do not show, what they show as struck out, and what is no text of the page.
_SKIPPED_NAMES = (
    "audio button canvas datalist del head iframe input math meter nav noembed noframes noscript progress rp s script "
    "select strike style svg template textarea title video"
)
_SKIPPED = frozenset(_SKIPPED_NAMES.split())
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_VARIABLES = frozenset(("cite", "em", "i", "var"))
_CLASS = re.compile(r"\b(?:note|notice|caution|warning|important|danger|admonition)\b", re.IGNORECASE)
_LINE_NUMBERS = re.compile(r"\b(?:linenos?|linenodiv|line-numbers?|gutter|lineno|blob-num)\b")


def blocks(text: str, deadline: Deadline) -> list[Block]:
    """Parse an HTML text into blocks.

    Raises:
        Unreadable: elements are nested too deeply, or reading takes too long.
    """
    text = _ANGLE.sub(_escaped, _BOGUS.sub(lambda match: "\n" * match[0].count("\n"), text))
    _check_elements(text)
    document = JustHTML(text, sanitize=False, track_node_locations=True)
    _prune(document.root)
    walker = _HtmlWalker(text.split("\n"), deadline)
    walker.walk(document.root, 0)
    walker.flow.end()
    return walker.flow.blocks


def _prune(root: Any) -> None:
    """Take the elements away that the reader of the page does not see."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node.children:
            node.children[:] = [child for child in node.children if not _is_unseen(child)]
            waiting += node.children


def _is_unseen(node: Any) -> bool:
    if node.name.startswith(("#", "!")):
        return bool(node.name != "#text")
    attributes = node.attrs
    closed = node.name == "dialog" and "open" not in attributes
    return (
        closed
        or node.name in _SKIPPED
        or not attributes.keys().isdisjoint(("hidden", "popover"))
        or not is_drawn(attributes.get("style") or "")
    )


def _escaped(match: re.Match[str]) -> str:
    """Escape a `<` that does not begin a tag, as in `List<Node>`.

    The parser's time would grow with the square of their number.
    """
    name, own = match[2] or "", match[3]
    mixed = name[:1].isupper() and not name.isupper()
    return match[0] if own or (name.lower() in _ELEMENTS and not mixed) else f"&lt;{match[1]}"


def _check_elements(text: str) -> None:
    """Raise Unreadable for elements that are too many or nested too deeply, before they are parsed."""
    starts, ends = len(_START.findall(text)), len(_END.findall(text))
    if len(_TAG.findall(text)) + max(0, ends - starts) > ELEMENTS:
        raise Unreadable(TOO_MANY)
    depth = 0
    for match in _NESTING.finditer(text):
        depth = max(depth + (-1 if match[1] else 1), 0)
        if depth > DEPTH:
            raise Unreadable(TOO_DEEP)


class _HtmlWalker:
    """Walks over nodes and fills a flow of blocks."""

    def __init__(self, lines: Sequence[str], deadline: Deadline) -> None:
        self.lines, self.deadline = lines, deadline
        self.flow = Flow()
        self.names: list[str] = []
        """Anchors since the last block; they belong to the next block."""
        self.line = 1

    def walk(self, node: Any, depth: int) -> None:
        if depth > DEPTH:
            raise Unreadable(TOO_DEEP)
        self.deadline.check()
        for child in node.children or ():
            if child.name == "#text":
                self._text(child)
            else:
                self.line = child.origin_line or self.line
                self._element(child, depth + 1)

    def _text(self, node: Any, *, variable: bool = False) -> None:
        self.line = node.origin_line or self.line
        self.flow.text(node.data, self.line, variable=variable)
        if node.data.strip():
            self.names.clear()

    def _element(self, node: Any, depth: int) -> None:
        name, attributes = node.name, node.attrs
        self.names += [attributes[key] for key in ("id", "name") if attributes.get(key)]
        kind = attributes.get("class") or ""
        if (name == "span" and "notetitle" in kind) or self._is_footnote(node, depth):
            return
        if name == "table":
            self._table(node, depth)
        elif name == "pre":
            self.names.clear()
            self.flow.add(Code(*_listing(node, self.line, depth, self.lines)))
        elif name in _HEADINGS:
            names = [*self.names, *_anchors(node, depth)]
            self.flow.end()
            self.walk(node, depth)
            self.flow.heading(_HEADINGS[name], self.line, names)
        elif name in _VARIABLES and len(node.children) == 1 and node.children[0].name == "#text":
            self._text(node.children[0], variable=True)
        elif name == "a" and attributes.get("href"):
            self.walk(node, depth)
            self.flow.link(_words(node, depth), unquote(attributes["href"]))
        elif name == "li":
            self.flow.item()
            self.walk(node, depth)
            self.flow.end()
        else:
            note = name in _BLOCK and bool(_CLASS.search(kind))
            if name in _BLOCK:
                self.flow.end()
            listed = name in ("ul", "ol")
            self.flow.note += note
            self.flow.lists += listed
            self.walk(node, depth)
            if name in _BLOCK:
                self.flow.end()
            self.flow.note -= note
            self.flow.lists -= listed

    def _is_footnote(self, node: Any, depth: int) -> bool:
        """Check whether an element is the mark of a footnote: raised, or a link such as `[1]` within the page."""
        if node.name == "sup":
            linked = any(True for _ in _descendants(node, "a", depth))
            return is_mark(_words(node, depth), self.flow.last, linked=linked)
        if node.name == "a" and "#" in (node.attrs.get("href") or ""):
            words = _words(node, depth).strip()
            return words.startswith("[") and words.endswith("]") and is_mark(words, "", linked=True)
        return False

    def _table(self, node: Any, depth: int) -> None:
        if code := _numbered_listing(node, depth, self.lines):
            self.flow.add(code)
            return
        line = self.line
        caption = next((_words(child, depth) for child in node.children if child.name == "caption"), "")
        names, self.names = tuple(self.names), []
        rows = list(self._rows(node, depth, line))
        self.flow.add(Table(line, _spread(rows), fold(caption), names))

    def _rows(self, node: Any, depth: int, line: int) -> Iterator[tuple[int, list[tuple[Cell, int, int]]]]:
        """Yield the line of each row and its cells with the numbers of rows and columns that they span."""
        for child in node.children:
            if child.name in ("thead", "tbody", "tfoot"):
                yield from self._rows(child, depth + 1, line)
            elif child.name == "tr":
                line = child.origin_line or line
                cells = []
                for each in child.children:
                    if each.name in ("td", "th"):
                        walker = _HtmlWalker(self.lines, self.deadline)
                        walker.line = each.origin_line or line
                        walker.walk(each, depth + 2)
                        cells.append((walker.flow.cell(), _span(each, "rowspan"), _span(each, "colspan")))
                yield line, cells


def _span(node: Any, name: str) -> int:
    value = str(node.attrs.get(name) or "")
    return min(max(int(value), 1), COLUMNS) if value.isdecimal() and len(value) < 6 else 1


def _spread(rows: Sequence[tuple[int, list[tuple[Cell, int, int]]]]) -> tuple[Row, ...]:
    """Return the rows, with a cell that spans several rows or columns repeated in each."""
    found = []
    below: dict[int, tuple[Cell, int]] = {}
    for line, given in rows:
        cells: list[Cell] = []
        waiting = list(reversed(given))
        while (waiting or len(cells) in below) and len(cells) < COLUMNS:
            column = len(cells)
            if column in below:
                cell, left = below.pop(column)
                if left > 1:
                    below[column] = cell, left - 1
                cells.append(cell)
                continue
            cell, down, across = waiting.pop()
            for each in range(column, min(column + across, COLUMNS)):
                if down > 1:
                    below[each] = cell, down - 1
                cells.append(cell)
        at = next((part.line for cell in cells[:1] for part in cell.parts if part.line >= line), line)
        found.append(Row(at, tuple(cells)))
    return tuple(found)


def _words(node: Any, depth: int) -> str:
    """Return the text of an element."""
    if depth > DEPTH:
        raise Unreadable(TOO_DEEP)
    if node.name == "#text":
        return str(node.data)
    return "".join(_words(child, depth + 1) for child in node.children or ())


def _anchors(node: Any, depth: int) -> Iterator[str]:
    if depth > DEPTH:
        raise Unreadable(TOO_DEEP)
    for child in node.children or ():
        if child.name == "a" and child.attrs.get("name"):
            yield child.attrs["name"]
        if not child.name.startswith("#"):
            yield from _anchors(child, depth + 1)


def _listing(node: Any, line: int, depth: int, lines: Sequence[str]) -> tuple[str, int]:
    """Return the text of a `pre` and the line of its first character."""
    pieces: list[str] = []
    starts: list[int] = []

    def gather(each: Any, deep: int) -> None:
        if deep > DEPTH:
            raise Unreadable(TOO_DEEP)
        for child in each.children or ():
            if child.name == "#text":
                if not starts and child.data.strip():
                    lead = child.data[: len(child.data) - len(child.data.lstrip())]
                    at, column = child.origin_line or line, child.origin_col or 1
                    # HTML drops a line end directly after the tag `pre`.
                    dropped = not pieces and column > len(lines[at - 1])
                    starts.append(at + dropped + lead.count("\n"))
                pieces.append(shown(child.data))
            elif child.name == "br":
                pieces.append("\n")
            elif not child.name.startswith("#") and not _LINE_NUMBERS.search(child.attrs.get("class") or ""):
                gather(child, deep + 1)

    gather(node, depth)
    return "".join(pieces).strip("\n").rstrip(), starts[0] if starts else line


def _numbered_listing(node: Any, depth: int, lines: Sequence[str]) -> Code | None:
    """Return the listing in a table that only adds line numbers to it; None for any other table."""
    if "highlight" not in (node.attrs.get("class") or ""):
        return None
    for row in _descendants(node, "tr", depth):
        for cell in row.children:
            if cell.name == "td" and not _LINE_NUMBERS.search(cell.attrs.get("class") or ""):
                return Code(*_listing(cell, cell.origin_line or 1, depth, lines))
    return None


def _descendants(node: Any, name: str, depth: int) -> Iterator[Any]:
    if depth > DEPTH:
        raise Unreadable(TOO_DEEP)
    for child in node.children or ():
        if child.name == name:
            yield child
        yield from _descendants(child, name, depth + 1)
