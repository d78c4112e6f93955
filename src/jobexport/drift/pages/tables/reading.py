"""Tables → their roles; rows → parameters, status codes, error codes and permissions."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from attrs import evolve, frozen

from jobexport.drift.facts import ErrorCode, IamAction, Limits, MediaType, Parameter, Status
from jobexport.drift.pages import vocabulary as words
from jobexport.drift.pages.blocks import Cell, Paragraph, Row, Table
from jobexport.drift.pages.mentions import first_media_type
from jobexport.drift.pages.tables import prose
from jobexport.drift.pages.tables.types import data_type

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from jobexport.drift.facts import DataType, Mandatory, ParameterIn, TableRole

_HEADER = re.compile(r"header|消息头|请求头|响应头|头域|头字段", re.IGNORECASE)
_QUERY = re.compile(r"\bquery\b|query(?:参数|string)|查询参数", re.IGNORECASE)
_PATH = re.compile(r"\b(?:path|uri|url)\b|(?:path|uri|url)(?:参数|中)|路径参数", re.IGNORECASE)
_RESPONSE = re.compile(r"respon|return|output|响应|返回|输出", re.IGNORECASE)
_REQUEST = re.compile(r"request|input|body|请求|输入|入参", re.IGNORECASE)
_CODE = re.compile(r"(?=[^\d]*\d)[\w.:-]{2,60}|[A-Z][A-Za-z]{2,40}(?:[._-][A-Za-z]{1,40}){0,3}")
"""An error code in a column of error codes: with a digit, or a word such as `NoSuchKey`."""
_SOMETIMES = re.compile(r"mandatory|conditional|条件必|\byes (?:for|if|when|in)\b|[:：] ?yes\b", re.IGNORECASE)
"""A cell that is neither yes nor no, and names a case in which the parameter is mandatory."""
_REMARK = re.compile(r"[(（]([^()（）]*)[)）]\s*$")
_LENGTH = re.compile(r"\(\s*(\d+)\s*\)\s*$")


@frozen
class TablePlace:
    """The surroundings of a table on the page."""

    section: words.Section | None
    """The innermost section: of a heading, or of a list item above the table."""
    outer: words.Section | None
    """The section of the heading."""
    heading: str
    """The text of the section's heading."""
    label: str
    """The text of the smaller heading or short line directly above the table."""
    status: int | None
    """The HTTP status that the lines above the table name."""


@frozen
class Read:
    """A table with its role and columns."""

    table: Table
    number: str
    """The number in the caption, such as `3`; empty if missing."""
    title: str
    role: TableRole
    columns: tuple[words.Column | None, ...]
    rows: tuple[Row, ...]
    """The rows without the header."""
    place: TablePlace
    location: ParameterIn | None = None
    reason: str = ""
    """The reason for the role `unread`."""


@frozen
class ParameterRow:
    """A row of a table of parameters, before its full path is known."""

    name: str
    row: Row
    parameter: Parameter
    description: Cell
    type_cell: Cell


def read(table: Table, place: TablePlace) -> Read:
    """Determine the role and the columns of a table."""
    caption = words.CAPTION.fullmatch(table.caption)
    number, title = (caption[1], caption[2].strip()) if caption else ("", table.caption)
    header, rows = (table.rows[0], table.rows[1:]) if table.rows else (None, ())
    heads = tuple(cell.text for cell in header.cells) if header else ()
    columns = _distinct(tuple(words.column(head) for head in heads))
    found = Read(table, number, title, "other", columns, tuple(rows), place)
    kinds = set(columns)
    if "action" in kinds and (kinds & {"access", "resource"} or place.section == "authorization"):
        return evolve(found, role="authorization")
    if "code" in kinds:
        return evolve(found, role="error-codes")
    if "status" in kinds and "type" not in kinds:
        return evolve(found, role="status-codes")
    if "name" not in kinds:
        known = kinds & {"mandatory", "optional", "type"}
        return evolve(found, role="unread", reason="the header has no known column of names") if known else found
    if not kinds & {"mandatory", "optional", "type"} and (None in kinds or "range" in kinds or len(columns) < 2):
        return found
    if not kinds & {"mandatory", "optional", "type", "description"}:
        return found
    location = location_of(title, place)
    return evolve(found, role="parameters", location=location)


def _distinct(columns: tuple[words.Column | None, ...]) -> tuple[words.Column | None, ...]:
    """Return the columns with repeated meanings replaced by None."""
    return tuple(None if column in columns[:index] else column for index, column in enumerate(columns))


def location_of(title: str, place: TablePlace) -> ParameterIn | None:
    """Return the location of a table's parameters: from its title, else its label, else its heading or section."""
    response = place.section in ("response", "example-response", "example-error")
    for text in (title, place.label, place.heading):
        if not text:
            continue
        of_response = bool(_RESPONSE.search(text)) or (response and not _REQUEST.search(text))
        if _HEADER.search(text):
            return "response-header" if of_response else "header"
        if _QUERY.search(text):
            return "query"
        if _PATH.search(text) and not (text is place.heading and place.section != "uri"):
            return "path"
        if _RESPONSE.search(text):
            return "response"
        if _REQUEST.search(text):
            return "body"
    sections: dict[str | None, ParameterIn] = {"uri": "path", "request": "body", "response": "response"}
    return sections.get(place.section) or sections.get(place.outer)


# ---- rows ----


def line(found: Read, row: Row) -> ParameterRow | None:
    """Parse a row of a table of parameters; None if it has no name."""
    cells: dict[words.Column | None, Cell] = dict(zip(found.columns, row.cells, strict=False))
    name_cell = cells.get("name", Cell(()))
    type_cell = cells.get("type", Cell(()))
    spelled = "" if words.NOTHING.fullmatch(type_cell.text) else type_cell.text
    kind = data_type(spelled) if spelled else None
    # A body that is a list has one row without a name.
    unnamed = "[]" if len(found.rows) == 1 and kind and kind.kind == "array" else ""
    name = _name(name_cell.text) or unnamed
    if not name or (len(row.cells) > 1 and len({id(cell) for cell in row.cells}) == 1):
        return None
    description = cells.get("description", Cell(()))
    extra = [part for column in ("range", "default") for part in _labelled(column, cells.get(column))]
    parts = (*prose.labelled(description.parts), *extra)
    mandatory, condition = _mandatory(cells, parts)
    parameter = Parameter(
        location=found.location or "body",
        path=(name,),
        at=name_cell.parts[0].line if name_cell.parts else row.line,
        type=kind,
        type_text=spelled,
        mandatory=mandatory,
        condition=condition,
        default=prose.default(parts, kind),
        limits=_limits(parts, kind, spelled),
        description=description.text,
        status=found.place.status if found.location in ("response", "response-header") else None,
    )
    return ParameterRow(name, row, parameter, description, type_cell)


def _name(text: str) -> str:
    """Return the name in a cell without marks of footnotes and nesting: `"» limit* (optional)"` → `"limit"`."""
    text = re.sub(r"\s*[(（][^()（）]*[)）]\s*$", "", text.strip())
    text = re.sub(r"^(?:[-+»›>•└├─]+\s+|[»›└├─]+)", "", text).rstrip("*").strip()
    return "" if words.NOTHING.fullmatch(text) or len(text) > 200 else text


def _labelled(column: str, cell: Cell | None) -> tuple[Paragraph, ...]:
    """Return a cell of a range or default as prose: `10` → `Default value: 10`."""
    if cell is None or not cell.parts or words.NOTHING.fullmatch(cell.text):
        return ()
    label = {"range": "Value range", "default": "Default value"}[column]
    first = cell.parts[0]
    return (evolve(first, text=f"{label}: {first.text}"), *cell.parts[1:])


def _limits(parts: Sequence[Paragraph], kind: DataType | None, spelled: str) -> Limits:
    limits = prose.limits(parts, kind)
    length = _LENGTH.search(spelled)
    if length and kind and kind.kind == "string" and limits.max_length is None:
        return evolve(limits, max_length=int(length[1]))
    return limits


def _mandatory(cells: dict[words.Column | None, Cell], parts: Sequence[Paragraph]) -> tuple[Mandatory, str | None]:
    cell = cells.get("mandatory") or cells.get("optional")
    if cell is None or words.NOTHING.fullmatch(cell.text) or not cell.text:
        said = cell is not None and bool(cell.text)
        return ("no", None) if said and words.yes_or_no(cell.text if cell else "") is False else ("unknown", None)
    mandatory = words.yes_or_no(cell.text)
    if mandatory is None:
        conditions = [
            part.text
            for part in cell.parts
            if prose.says_when(part.text) or prose.says_needed(part.text) or _SOMETIMES.search(part.text)
        ]
        return ("conditional", " ".join(conditions)) if conditions else ("unknown", None)
    if "mandatory" not in cells:
        mandatory = not mandatory
    if mandatory:
        return "yes", None
    if (remark := _REMARK.search(cell.text)) and prose.says_needed(remark[1]):
        return "conditional", remark[1]
    condition = prose.condition(parts)
    return ("conditional", condition) if condition else ("no", None)


def status(found: Read, row: Row) -> Status | None:
    """Parse a row of a table of status codes; None if it has no code."""
    cells = dict(zip(found.columns, row.cells, strict=False))
    match = words.STATUS.search(cells["status"].text) if "status" in cells else None
    if not match or len(cells["status"].text) > 40:
        return None
    said = cells.get("description") or cells.get("message") or Cell(())
    return Status(int(match[0]), _at(cells["status"], row), "table", said.text)


def described(statuses: Sequence[Status]) -> list[Status]:
    """Return the statuses without titles of response tables whose status a table of statuses lists too."""
    listed = {each.code for each in statuses if each.source == "table" and each.description}
    return [each for each in statuses if each.source != "table" or each.description or each.code not in listed]


def error_code(found: Read, row: Row) -> ErrorCode | None:
    """Parse a row of a table of error codes; None if it has no code."""
    cells = dict(zip(found.columns, row.cells, strict=False))
    code = cells["code"].text if "code" in cells else ""
    if not _CODE.fullmatch(code) or words.NOTHING.fullmatch(code):
        return None
    state = words.STATUS.search(cells["status"].text) if "status" in cells else None
    said = cells.get("message") or cells.get("description") or Cell(())
    return ErrorCode(code, _at(cells["code"], row), "table", int(state[0]) if state else None, said.text)


def action(found: Read, row: Row) -> IamAction | None:
    """Parse a row of a table of permissions; None if it has no permission."""
    cells = dict(zip(found.columns, row.cells, strict=False))
    name = cells["action"].text if "action" in cells else ""
    if not words.ACTION.fullmatch(name):
        return None
    texts = {key: cells[key].text if key in cells else "" for key in ("access", "resource")}
    access, resource = ("" if words.NOTHING.fullmatch(texts[key]) else texts[key] for key in ("access", "resource"))
    return IamAction(name, _at(cells["action"], row), access, resource)


def media_types(found: Read) -> Iterator[MediaType]:
    """Yield the media types of the row `Content-Type` in a table of headers."""
    if found.role != "parameters" or found.location not in ("header", "response-header"):
        return
    for row in found.rows:
        cells = dict(zip(found.columns, row.cells, strict=False))
        if "name" in cells and cells["name"].text.lower() == "content-type":
            for cell in row.cells:
                if value := first_media_type(cell.text):
                    at = next(part.line for part in cell.parts if first_media_type(part.text))
                    yield MediaType("request" if found.location == "header" else "response", value, at)


def _at(cell: Cell, row: Row) -> int:
    return cell.parts[0].line if cell.parts else row.line
