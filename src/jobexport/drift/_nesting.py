"""Tables of parameters → parameters with full paths: each nested table below every row that leads to it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from attrs import evolve, frozen

from jobexport.drift import _tables
from jobexport.drift._vocabulary import TABLE_NUMBER
from jobexport.drift.facts import DataType, Unread

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from jobexport.drift._tables import Line, Read
    from jobexport.drift.facts import Location, Parameter

_DEPTH = 12
_MOST = 5000
"""Parameters of a page; a table that stands in very many places would give more without an end."""

_STRUCTURE = re.compile(
    r"(?:(?:the )?(?:parameters?|fields?|attributes?|description|data structures?|structures?) (?:of|in|for) (?:the )?)?(?P<name>[\w.-]+?)"
    r"(?:['’]s)?(?:\s*(?:(?:data )?structures?|fields?|parameters?|attributes?|objects?|elements?|descriptions?|information|data|列表|数据结构|"
    r"字段|参数|结构体?|对象|属性|说明|描述|数据|的|信息|job information)\s*)*",
    re.IGNORECASE,
)
_ROOT = re.compile(
    r"(?:(?:common|the|api|http|request|response|input|output|return(?:ed)?|uri|url|path|query|body|header|headers|message|resource|script|job)\s*)*"
    r"(?:parameters?|fields?|elements?|body|message|headers?)?(?:\s*(?:description|list|information))?"
    r"|(?:公共|请求|响应|返回|输入|输出|消息|路径|查询|uri|url|path|query|body|header|头|体)*\s*(?:参数|字段|元素)?\s*(?:列表|说明|描述)?",
    re.IGNORECASE,
)


@frozen
class _Table:
    """A table of parameters with its rows read."""

    read: Read
    lines: tuple[Line, ...]

    @property
    def structure(self) -> str:
        """What its title calls the structure that it describes, in lower case; empty where it names none."""
        match = _STRUCTURE.fullmatch(self.read.title)
        return match["name"].lower() if match else ""


def nested(reads: Sequence[Read]) -> tuple[list[Parameter], list[Unread]]:
    """The parameters of a page's tables, in the page's order, and the rows that were not understood."""
    unread: list[Unread] = []
    tables = []
    for read in reads:
        lines = []
        for row in read.rows:
            line = _tables.line(read, row)
            if line:
                lines.append(line)
            else:
                text = " | ".join(cell.text for cell in row.cells)
                unread.append(Unread(row.line, text[:120], "The row has no name of a parameter."))
        tables.append(_Table(read, tuple(lines)))
    below = {(at, line): tuple(_leads(tables, at, line)) for at, table in enumerate(tables) for line in table.lines}
    attached = {to for leads in below.values() for to in leads}
    found: list[Parameter] = []
    for at, table in enumerate(tables):
        if at in attached and not _only_by_itself(at, below):
            continue
        location = table.read.location
        if location is None:
            unread += [
                Unread(each.parameter.at, each.name, "It is not said where this parameter stands.")
                for each in table.lines
            ]
            continue
        start = () if _is_root(tables, at) else (f"[{table.read.title or table.read.place.label or 'table'}]",)
        found += _below(tables, below, at, start, location, ())
        if len(found) > _MOST:
            unread.append(
                Unread(
                    table.read.table.line, table.read.title, f"More than {_MOST} parameters: tables lead to each other."
                )
            )
            break
    return found[:_MOST], unread


def _only_by_itself(at: int, below: dict[tuple[int, Line], tuple[int, ...]]) -> bool:
    """Whether no row of another table that comes before leads here: else a cycle would hide the table."""
    return not any(at in leads and above < at for (above, _), leads in below.items())


def _is_root(tables: Sequence[_Table], at: int) -> bool:
    """Whether a table that no row leads to describes a body, or parameters, as a whole."""
    read = tables[at].read
    if read.location not in ("body", "response"):
        return True
    earlier = [other.read for other in tables[:at] if other.read.location == read.location]
    if not any(other.place.status == read.place.status for other in earlier):
        return True
    return bool(_ROOT.fullmatch(read.title))


def _below(
    tables: Sequence[_Table],
    below: dict[tuple[int, Line], tuple[int, ...]],
    at: int,
    above: tuple[str, ...],
    location: Location,
    within: tuple[int, ...],
) -> Iterator[Parameter]:
    """The parameters of a table and of those that its rows lead to."""
    lines = tables[at].lines
    for line in lines:
        yield evolve(line.parameter, path=(*above, line.name), location=location)
    if len(within) >= _DEPTH:
        return
    seen = 0
    for line in lines:
        for to in below[at, line]:
            if to != at and to not in within:
                for parameter in _below(tables, below, to, (*above, line.name), location, (*within, at)):
                    yield parameter
                    seen += 1
                    if seen > _MOST:
                        return


def _leads(tables: Sequence[_Table], at: int, line: Line) -> Iterator[int]:
    """The tables that a row leads to: by link or number, by the name of its structure, by its own name."""
    if not _may_lead(line.parameter.type):
        return
    first, others = _linked(tables, line)
    if first:
        yield first[0]
        return
    if others:
        yield from others
        return
    if tables[at].read.location not in ("body", "response"):
        return
    name = (_structure_name(line.parameter.type) or "").lower()
    own = line.name.lower()
    for wanted in dict.fromkeys((name, name.removesuffix("s"), own, own.removesuffix("s"))):
        for to, table in enumerate(tables):
            if (
                wanted
                and to != at
                and wanted in (table.structure, table.structure.removesuffix("s"))
                and _near(tables, at, to)
            ):
                yield to
                return


def _near(tables: Sequence[_Table], at: int, to: int) -> bool:
    """Whether both tables are of the same side: a structure of the answer is none of the request."""
    sides = {
        tables[each].read.location in ("response", "response-header") for each in (at, to) if tables[each].read.location
    }
    return len(sides) < 2


def _may_lead(kind: DataType | None) -> bool:
    while kind is not None and kind.kind in ("array", "map"):
        kind = kind.items
    return kind is None or kind.kind in ("object", "unknown")


def _structure_name(kind: DataType | None) -> str | None:
    while kind is not None and kind.items is not None:
        kind = kind.items
    return kind.name if kind else None


def _linked(tables: Sequence[_Table], line: Line) -> tuple[list[int], list[int]]:
    """The tables that a row names in its type and prose, and those that only its list items name."""
    prose: dict[int, None] = {}
    items: dict[int, None] = {}
    for part in (*line.type_cell.parts, *line.description.parts):
        into = items if part.kind == "item" else prose
        numbers = TABLE_NUMBER.findall(part.text)
        targets = [link.target.rpartition("#")[2] for link in part.links if "#" in link.target]
        for to, table in enumerate(tables):
            names = table.read.table.names
            if any(target in names for target in targets) or (table.read.number and table.read.number in numbers):
                into[to] = None
    return list(prose), [to for to in items if to not in prose]
