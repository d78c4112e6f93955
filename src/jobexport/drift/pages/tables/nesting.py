"""Tables of parameters → parameters with full paths: a nested table is below every row that leads to it."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from attrs import evolve, frozen

from jobexport.drift.facts import DataType, Unread
from jobexport.drift.pages.tables import reading
from jobexport.drift.pages.vocabulary import TABLE_NUMBER

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from jobexport.drift.facts import Endpoint, Example, Parameter, ParameterIn
    from jobexport.drift.pages.blocks import Paragraph
    from jobexport.drift.pages.bounds import Deadline
    from jobexport.drift.pages.tables.reading import ParameterRow, Read

_DEPTH = 12
_MOST = 5000
"""The most parameters of a page; tables that lead to each other would give ever more."""

_STRUCTURE = re.compile(
    r"(?:(?:the )?(?:parameters?|fields?|attributes?|description|data structures?|structures?) (?:of|in|for)"
    r" (?:the )?)?"
    r"(?P<name>[\w.-]+?)(?:['’]s)?(?:\s*(?:(?:data )?structures?|fields?|parameters?|attributes?|objects?"
    r"|elements?|descriptions?|information|data|job information"
    r"|列表|数据结构|字段|参数|结构体?|对象|属性|说明|描述|数据|的|信息))*+\s*",
    re.IGNORECASE,
)
_ROOT = re.compile(
    r"(?:(?:common|the|api|http|request|response|input|output|return(?:ed)?|uri|url|path|query|body|headers?|message"
    r"|resource|script|job)\s*)*(?:parameters?|fields?|elements?|body|message|headers?)?"
    r"(?:\s*(?:description|list|information))?"
    r"|(?:公共|请求|响应|返回|输入|输出|消息|路径|查询|uri|url|path|query|body|header|头|体)*\s*(?:参数|字段|元素)?\s*"
    r"(?:列表|说明|描述)?",
    re.IGNORECASE,
)
_CALLED = re.compile(
    r"(?:^| )(?:structures?|objects?|fields?|parameters?|descriptions?)\b|数据结构|结构体?|字段|参数", re.IGNORECASE
)
_BODY = re.compile(r"\bbody\b|请求体|消息体", re.IGNORECASE)
_SUBJECTS = ("resource", "script", "job")
_OF_VALUES = {"value", "enumeration", "enum", "取值", "枚举", "状态"}
_TITLE = 120
"""The most characters of a title that may name a structure."""


@frozen
class _Table:
    """A table of parameters with its parsed rows."""

    read: Read
    lines: tuple[ParameterRow, ...]

    @property
    def structure(self) -> str:
        """The name of the structure in the table's title, in lower case; empty if the title names no structure."""
        title = self.read.title[:_TITLE]
        match = _STRUCTURE.fullmatch(title)
        # `Request parameters` describes no structure called `request`; `Job parameters` may describe one called `job`.
        whole = (" " in title or not title.isascii()) and _ROOT.fullmatch(title)
        name = match["name"].lower() if match else ""
        return "" if whole and name not in _SUBJECTS else name


def named_structure(text: str) -> str:
    """Return the title in a line above a table, `The Bed structure is as follows:`; empty if it names no structure."""
    if len(text) > 60:
        return ""
    title = re.sub(r"^The | is as follows$|如下$", "", text.rstrip(" :：.。"))
    return title if _CALLED.search(title) and _STRUCTURE.fullmatch(title) and not _ROOT.fullmatch(title) else ""


class _Leads:
    """An index of the tables by number, anchor and structure, to find the table that a row leads to."""

    def __init__(self, tables: Sequence[_Table]) -> None:
        self.tables = tables
        self.numbers: dict[str, list[int]] = {}
        self.names: dict[str, list[int]] = {}
        self.structures: dict[str, list[int]] = {}
        for at, table in enumerate(tables):
            self.numbers.setdefault(table.read.number, []).append(at)
            for name in table.read.table.names:
                self.names.setdefault(name, []).append(at)
            for name in {table.structure, table.structure.removesuffix("s")}:
                self.structures.setdefault(name, []).append(at)
        self.numbers.pop("", None)
        self.structures.pop("", None)

    def linked(self, line: ParameterRow) -> Iterator[int]:
        """Yield the tables that a row's type and text name by a link or number."""
        for part in (*line.type_cell.parts, *line.description.parts):
            yield from self._linked(part)

    def of(self, at: int, line: ParameterRow) -> tuple[int, ...]:
        """Return the tables that a row leads to: by a link or number, by its structure's name, by its own name."""
        if not _may_lead(line.parameter.type):
            return ()
        prose: dict[int, None] = {}
        items: dict[int, None] = {}
        for part in (*line.type_cell.parts, *line.description.parts):
            (items if part.kind == "item" else prose).update(dict.fromkeys(self._linked(part)))
        if prose:
            # Tables in list items are variants then, such as the properties of each kind of node.
            return (next(iter(prose)),)
        if len(items) > 1 and line.parameter.type is not None and line.parameter.type.kind == "array":
            return ()  # Each item of the list is of one of these kinds, so their rows are not fields of one object.
        if items:
            return tuple(items)
        return self._by_name(at, line)

    def _linked(self, part: Paragraph) -> Iterator[int]:
        for link in part.links:
            if "#" in link.target:
                yield from self.names.get(link.target.rpartition("#")[2], ())
        for number in TABLE_NUMBER.findall(part.text):
            yield from self.numbers.get(number, ())

    def _by_name(self, at: int, line: ParameterRow) -> tuple[int, ...]:
        location = self.tables[at].read.location
        if location not in ("body", "response"):
            return ()
        structure = (_structure_name(line.parameter.type) or "").lower()
        own = line.name.lower()
        for wanted in (structure, structure.removesuffix("s"), own, own.removesuffix("s")):
            for to in self.structures.get(wanted, ()):
                # A structure of the response does not describe the request.
                if to != at and self.tables[to].read.location in (location, None):
                    return (to,)
        return ()


def nested(reads: Sequence[Read], deadline: Deadline) -> tuple[list[Parameter], list[Unread], list[Read]]:
    """Return the parameters of a page's tables, in the page's order, rows not understood, and tables of values."""
    unread: list[Unread] = []
    tables = [_Table(read, tuple(_lines(read, unread, deadline))) for read in reads]
    values = _with_values(tables)
    leads = _Leads(tables)
    below = [[leads.of(at, line) for line in table.lines] for at, table in enumerate(tables)]
    # The first table of a cycle must stay, so a row attaches only tables that come after it.
    attached = {to for at, rows in enumerate(below) for found in rows for to in found if at < to}
    found: list[Parameter] = []
    for at, table in enumerate(tables):
        if at in attached or at in values:
            continue
        if table.read.location is None:
            unread += [
                Unread(line.parameter.at, line.name, "The page does not say where this parameter belongs.")
                for line in table.lines
            ]
            continue
        title = table.read.title or table.read.place.label or "table"
        start = () if _is_root(tables, at) else (f"[{title}]",)
        found += islice(_below(tables, below, at, start, table.read.location, ()), _MOST)
        deadline.check()
        if len(found) >= _MOST:
            reason = f"More than {_MOST} parameters, because tables lead to each other."
            unread.append(Unread(table.read.table.line, title, reason))
            break
    return found[:_MOST], unread, [reads[at] for at in values if at not in attached]


def _with_values(tables: list[_Table]) -> set[int]:
    """Set the allowed values of rows that lead to a table of values, and return the places of these tables."""
    leads, values = _Leads(tables), set[int]()
    for at, table in enumerate(tables):
        rows = list(table.lines)
        for number, line in enumerate(rows):
            if _may_lead(line.parameter.type):
                continue
            for to in dict.fromkeys(leads.linked(line)):
                if to > at and _lists_values(tables[to], line):
                    values.add(to)
                    texts = line.parameter.type is not None and line.parameter.type.kind == "string"
                    names = tuple(dict.fromkeys(each.name for each in tables[to].lines)) if texts else ()
                    limits = evolve(line.parameter.limits, values=line.parameter.limits.values or names)
                    rows[number] = evolve(line, parameter=evolve(line.parameter, limits=limits))
        tables[at] = evolve(table, lines=tuple(rows))
    return values


def _lists_values(table: _Table, line: ParameterRow) -> bool:
    """Check whether a table is about a row's values: named after the row, `Job states`, with rows of the row's type."""
    titled = _singulars(table.read.title[:_TITLE])
    named = bool(titled & (_singulars(line.name) | _OF_VALUES)) or any(word in table.read.title for word in _OF_VALUES)
    kind = line.parameter.type.kind if line.parameter.type else None
    same = all(each.parameter.type is None or each.parameter.type.kind == kind for each in table.lines)
    return named and same and not {"mandatory", "optional"} & set(table.read.columns)


def _lines(read: Read, unread: list[Unread], deadline: Deadline) -> Iterator[ParameterRow]:
    for row in read.rows:
        deadline.check()
        line = reading.line(read, row)
        if line:
            if line.parameter.type_text and line.parameter.type is None:
                unread.append(Unread(line.parameter.at, line.parameter.type_text, "This is not the name of a type."))
            yield line
        else:
            text = " | ".join(cell.text for cell in row.cells)
            unread.append(Unread(row.line, text[:120], "The row has no name of a parameter."))


def _is_root(tables: Sequence[_Table], at: int) -> bool:
    """Check whether a table that no row leads to describes a whole body, and not a nested structure."""
    read = tables[at].read
    if read.location not in ("body", "response"):
        return True
    earlier = (other.read for other in tables[:at] if other.read.location == read.location)
    if not any(other.place.status == read.place.status for other in earlier):
        return True
    return len(read.title) <= _TITLE and bool(_ROOT.fullmatch(read.title))


def _below(
    tables: Sequence[_Table],
    below: Sequence[Sequence[tuple[int, ...]]],
    at: int,
    above: tuple[str, ...],
    location: ParameterIn,
    within: tuple[int, ...],
) -> Iterator[Parameter]:
    """Yield the parameters of a table and of the tables that its rows lead to."""
    lines = tables[at].lines
    for line in lines:
        yield evolve(line.parameter, path=(*above, line.name), location=location)
    if len(within) < _DEPTH:
        for line, leads in zip(lines, below[at], strict=True):
            for to in leads:
                if to != at and to not in within:
                    yield from _below(tables, below, to, (*above, line.name), location, (*within, at))


def _may_lead(kind: DataType | None) -> bool:
    while kind is not None and kind.kind in ("array", "map"):
        kind = kind.items
    return kind is None or kind.kind in ("object", "unknown")


def _structure_name(kind: DataType | None) -> str | None:
    while kind is not None and kind.items is not None:
        kind = kind.items
    return kind.name if kind else None


def _singulars(text: str) -> set[str]:
    """Return the words of a text or a name, each as it is and without the ends of a plural: `garden_states`."""
    parts = [word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+", text)]
    return {each for word in parts for each in (word, word.removesuffix("s"), word.removesuffix("es"))}


def in_query(reads: Sequence[Read], endpoint: Endpoint | None, examples: Sequence[Example]) -> list[Read]:
    """Return the tables, with the request parameters of a GET without a body located in the query.

    The request has a body if a title or an example of it says so, or if a parameter is an object.
    """
    body = [at for at, each in enumerate(reads) if each.role == "parameters" and each.location == "body"]
    sent = any(each.kind == "request" and each.value is not None for each in examples)
    if (
        endpoint is None
        or endpoint.method not in ("GET", "HEAD")
        or sent
        or not all(_is_flat(reads[at]) for at in body)
    ):
        return list(reads)
    return [evolve(each, location="query") if at in body else each for at, each in enumerate(reads)]


def _is_flat(read: Read) -> bool:
    if _BODY.search(f"{read.title} {read.place.label} {read.place.heading}"):
        return False
    lines = filter(None, (reading.line(read, row) for row in read.rows))
    return not any(_innermost(line.parameter.type) in ("object", "map") for line in lines)


def _innermost(kind: DataType | None) -> str | None:
    while kind is not None and kind.kind == "array":
        kind = kind.items
    return kind.kind if kind else None


def in_uri(parameters: Sequence[Parameter], endpoint: Endpoint | None, query: str) -> list[Parameter]:
    """Return the parameters, with the rows of a table about the URI located in the path or in the query."""
    if endpoint is None:
        return list(parameters)
    variables = set(re.findall(r"\{(\w[\w.-]*)\}", endpoint.path))
    unnamed = variables - {each.name for each in parameters if each.location == "path"}
    found = []
    for each in parameters:
        if each.location == "path" and each.name not in variables:
            # A table may have another name for a path variable; an optional parameter is never part of a path.
            asked = re.search(rf"(?:^|[?&{{]){re.escape(each.name)}(?:[=&}}]|$)", query)
            renamed = unnamed and each.mandatory != "no" and not asked
            found.append(each if renamed else evolve(each, location="query"))
        else:
            found.append(each)
    return found
