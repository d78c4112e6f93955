"""Reads a documentation page: bytes → text → blocks → facts."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import evolve

from jobexport.drift import _mentions, _tables
from jobexport.drift import _vocabulary as words
from jobexport.drift._blocks import Block, Code, Heading, Part, Table
from jobexport.drift._decode import LIMIT, Source, decode
from jobexport.drift._examples import Listing, listing
from jobexport.drift._form import form_of
from jobexport.drift._limits import TooDeep, TooLong
from jobexport.drift._nesting import nested
from jobexport.drift.facts import (
    ArchiveTree,
    Endpoint,
    ErrorCode,
    Example,
    MediaType,
    PageFacts,
    Status,
    Unread,
)
from jobexport.drift.facts import Table as TableFact
from jobexport.errors import JobexportError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from jobexport.drift._tables import Read
    from jobexport.drift.facts import Action, ExampleKind, FileName, Form, Language, Parameter

_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_LETTER = re.compile(r"[^\W\d_]")
_SHORT = 60
_EXAMPLES = ("example", "example-request", "example-response", "example-error")


def read_page(source: Path | str | bytes, name: str | None = None) -> PageFacts:
    """The facts of a documentation page.

    Args:
        source: The page's file, or its bytes.
        name: What messages and `PageFacts.source` call it; the path by default.

    Raises:
        JobexportError: It can't be read, is no text, is longer than 2 MiB, or takes too long to read.
    """
    if isinstance(source, bytes):
        content, name = source, name or "page"
    else:
        content, name = _content(Path(source), name or str(source)), name or str(source)
    text = decode(content, name)
    form = form_of(text.text)
    try:
        return _Page(text, form, _blocks(text.text, form)).facts()
    except (TooDeep, RecursionError):
        raise JobexportError(f"{name}: too much is nested in each other; save only the page's text") from None
    except TooLong:
        raise JobexportError(f"{name}: reading it takes too long; save only the page's text") from None


def _content(path: Path, name: str) -> bytes:
    try:
        with path.open("rb") as file:
            # One byte more tells a page that is too long from one that just fits.
            return file.read(LIMIT + 1)
    except OSError as error:
        raise JobexportError(f"{name}: {(error.strerror or str(error)).lower()}; name a file with a page") from error


def _blocks(text: str, form: Form) -> list[Block]:
    # Only the parser of the page's form is loaded.
    match form:
        case "html":
            from jobexport.drift._html import blocks
        case "markdown":
            from jobexport.drift._markdown import blocks
        case "rst":
            from jobexport.drift._rst import blocks
        case _:
            from jobexport.drift._text import blocks
    return blocks(text)


class _Page:
    """Goes through a page's blocks and gathers facts, knowing in which section each stands."""

    def __init__(self, source: Source, form: Form, blocks: Sequence[Block]) -> None:
        self.source, self.form = source, form
        self.blocks = list(_gathered(blocks))
        self.section: words.Section | None = None
        self.under: words.Section | None = None
        """What an item or a smaller heading announces within the section."""
        self.heading, self.level, self.label = "", 0, ""
        self.status: int | None = None
        self.status_at = 0
        self.title: Heading | None = None
        self.updated: tuple[str, int] = ("", 0)
        self.endpoint: Endpoint | None = None
        self.fallback: Endpoint | None = None
        self.query = ""
        self.tables: list[Read] = []
        self.media: list[MediaType] = []
        self.statuses: list[Status] = []
        self.codes: list[ErrorCode] = []
        self.examples: list[Example] = []
        self.files: list[FileName] = []
        self.trees: list[ArchiveTree] = []
        self.actions: list[Action] = []
        self.unread: list[Unread] = []

    @property
    def here(self) -> words.Section | None:
        """What this place is about."""
        return self.under or self.section

    def facts(self) -> PageFacts:
        self.title = next((block for block in self.blocks if isinstance(block, Heading)), None)
        for index, block in enumerate(self.blocks):
            following = self.blocks[index + 1] if index + 1 < len(self.blocks) else None
            match block:
                case Heading():
                    self._heading(block)
                case Part():
                    self._part(block, following)
                case Code():
                    self._code(block)
                case Table():
                    self._table(block)
        return self._placed()

    # ---- blocks ----

    def _heading(self, heading: Heading) -> None:
        known = words.section(heading.text)
        smaller = self.section is not None and heading.level > self.level
        if smaller and (known is None or self._within(known) is not known or known in ("request", "response")):
            self._smaller(heading.text, heading.line, self._within(known))
            return
        self.section, self.under, self.status = known, None, None
        self.heading, self.level, self.label = heading.text, heading.level, ""
        if known is None:
            self.level = min(self.level, heading.level)

    def _within(self, known: words.Section | None) -> words.Section | None:
        """What a smaller title says within this section: `Request` among examples is an example of one."""
        examples = self.section in ("example", "example-request", "example-response")
        return (
            {"request": "example-request", "response": "example-response"}.get(known or "", known)
            if examples
            else known
        )  # type: ignore[return-value]

    def _smaller(self, text: str, line: int, known: words.Section | None) -> None:
        """An item, a short line or a smaller heading that stands over what follows."""
        if match := words.STATUS_LINE.fullmatch(text):
            self.status, self.status_at = int(match[1] or match[2]), line
            if self.here in _EXAMPLES:
                self._example_status()
            return
        self.label = text
        if known and known != self.section:
            self.under = known
            self.status = None

    def _part(self, part: Part, following: Block | None) -> None:
        text = part.text
        if not self.updated[0] and (day := _mentions.date(text)):
            self.updated = day, part.line
        if words.CAPTION.fullmatch(text) and isinstance(following, Table):
            return
        if request := words.REQUEST_LINE.fullmatch(text):
            self._request_line(request, part.line)
        elif len(text) <= _SHORT and words.STATUS_LINE.fullmatch(text):
            self._smaller(text, part.line, None)
        elif len(text) <= _SHORT and (known := words.section(text)) and (part.kind == "item" or self.section):
            self._smaller(text, part.line, self._within(known))
        elif part.kind == "item" and len(text) <= _SHORT:
            self.label = text
        self._mentioned(part)

    def _request_line(self, match: re.Match[str], line: int) -> None:
        found = Endpoint(match[1], _path(match[2]), line)
        if self.here == "uri" and self.endpoint is None:
            self.endpoint = found
            self.query = match[2].partition("?")[2]
        elif self.here not in _EXAMPLES and self.fallback is None:
            self.fallback = found

    def _mentioned(self, part: Part) -> None:
        self.media += _mentions.media_types(part, self.here)
        if self.section == "authorization":
            self.actions += _mentions.permission(part)
        if self.here in ("response", "example", "example-response"):
            self.files += _mentions.file_names(part)

    def _code(self, code: Code) -> None:
        found = listing(code.text)
        if found.entries:
            self.trees.append(ArchiveTree(found.entries, code.line, any("{" in entry for entry in found.entries)))
            return
        self.media += _mentions.media_types_of_code(code)
        if found.method and self.here == "uri" and self.endpoint is None:
            self.endpoint = Endpoint(found.method, _path(found.path), code.line)
            if found.value is None:
                return
        kind = self._kind(found)
        status = found.status or (self.status if kind != "request" else None)
        self.examples.append(
            Example(kind, code.line, code.text, found.value, found.problem, found.method, found.path, status)
        )
        if kind != "request":
            self._example_status(found.status, code.line)
        if kind == "error":
            self._example_code(found, code, status)

    def _kind(self, found: Listing) -> ExampleKind:
        failed = isinstance(found.value, dict) and bool({"error_code", "errorCode", "error_msg"} & found.value.keys())
        if failed and not found.method:
            return "error"
        if found.method or self.here in ("example-request", "request"):
            return "request"
        if self.here in ("example-response", "response") or found.status:
            return "response"
        if self.here == "example-error":
            return "error" if found.value is not None else "unknown"
        return "unknown"

    def _example_status(self, given: int | None = None, line: int = 0) -> None:
        """Notes the status that stands above an example, or in its first line."""
        code = given or self.status
        if code and not any(each.code == code and each.source == "example" for each in self.statuses):
            self.statuses.append(Status(code, line if given else self.status_at, "example"))

    def _example_code(self, found: Listing, code: Code, status: int | None) -> None:
        value = found.value.get("error_code") or found.value.get("errorCode")
        if not isinstance(value, str):
            return
        message = found.value.get("error_msg") or found.value.get("errorMsg") or ""
        lines = code.text.split("\n")
        line = next((code.line + at for at, each in enumerate(lines) if value in each), code.line)
        self.codes.append(ErrorCode(value, line, "example", status, str(message)))

    # ---- tables ----

    def _table(self, table: Table) -> None:
        previous = self.blocks[self.blocks.index(table) - 1] if table is not self.blocks[0] else None
        if not table.caption and isinstance(previous, Part) and words.CAPTION.fullmatch(previous.text):
            table = evolve(table, caption=previous.text)
        place = _tables.Place(self.here, self.heading, self.label, self.status)
        found = _tables.read(table, place)
        if found.role == "parameters" and found.location in ("response", "body") and self._describes_files(found):
            found = evolve(found, role="files")
        if found.role == "parameters" and found.location is None:
            found = evolve(found, location=_tables.location_of("", evolve(place, section=self.section)))
        self.tables.append(found)
        self.media += _tables.media_types(found)
        if table.problem:
            self.unread.append(
                Unread(table.line, table.caption or "table", f"{table.problem[0].upper()}{table.problem[1:]}.")
            )
        self._rows(found)
        if found.location in ("response", "response-header") and self.status:
            self._heading_status()

    def _heading_status(self) -> None:
        if not any(each.code == self.status and each.source == "table" for each in self.statuses):
            self.statuses.append(Status(self.status or 0, self.status_at, "table"))

    def _describes_files(self, found: Read) -> bool:
        """Whether a table is about the variables in names of files, and not about a body."""
        shown = [entry for tree in self.trees for entry in tree.entries] + [each.name for each in self.files]
        variables = {name for each in shown for name in re.findall(r"\{(\w+)\}", each)}
        column = found.columns.index("name")
        names = [row.cells[column].text for row in found.rows if column < len(row.cells)]
        return bool(variables) and sum(name in variables for name in names) * 2 >= len(names) > 0

    def _rows(self, found: Read) -> None:
        match found.role:
            case "status-codes":
                self._each(found, _tables.status, self.statuses, "The row has no status code.")
            case "error-codes":
                self._each(found, _tables.error_code, self.codes, "The row has no error code.")
            case "authorization":
                self._each(found, _tables.action, self.actions, "The row has no permission.")
            case "unread":
                for row in found.rows:
                    self._missed(
                        row.line,
                        " | ".join(cell.text for cell in row.cells),
                        f"{found.reason[0].upper()}{found.reason[1:]}.",
                    )

    def _each(self, found: Read, read, into: list, reason: str) -> None:  # type: ignore[no-untyped-def,type-arg]
        for row in found.rows:
            fact = read(found, row)
            if fact is None:
                self._missed(row.line, " | ".join(cell.text for cell in row.cells), reason)
            else:
                into.append(fact)

    def _missed(self, line: int, text: str, reason: str) -> None:
        self.unread.append(Unread(line, text[:120], reason))

    # ---- the page ----

    def _placed(self) -> PageFacts:
        """All facts, with the lines of the file."""
        place = self.source.place
        parameters, missed = nested([each for each in self.tables if each.role == "parameters"])
        endpoint = self.endpoint or self.fallback
        parameters = _in_uri(parameters, endpoint, self.query)
        language = _language(self.blocks)
        raw = self.source.text

        def placed(facts):  # type: ignore[no-untyped-def]
            return tuple(evolve(each, at=place(each.at)) for each in facts)

        return PageFacts(
            source=self.source.name,
            form=self.form,
            language=language,
            title=self.title.text if self.title else "",
            title_at=place(self.title.line) if self.title else 0,
            document_id=_document_id(self.blocks, raw),
            updated=self.updated[0],
            updated_at=place(self.updated[1]),
            operation_names=_mentions.operations(raw),
            endpoint=evolve(endpoint, at=place(endpoint.at)) if endpoint else None,
            parameters=placed(parameters),
            media_types=placed(_once(self.media)),
            statuses=placed(self.statuses),
            error_codes=placed(self.codes),
            examples=placed(self.examples),
            file_names=placed(_once(self.files)),
            trees=placed(self.trees),
            actions=placed(_once(self.actions)),
            tables=placed(
                TableFact(each.table.line, each.title, each.role, len(each.rows), each.location) for each in self.tables
            ),
            unread=placed([*self.unread, *missed]),
            markers=_mentions.markers(raw, self.source.noise, language),
        )


def _path(path: str) -> str:
    return path.partition("?")[0]


def _in_uri(parameters: Sequence[Parameter], endpoint: Endpoint | None, query: str) -> list[Parameter]:
    """The parameters, with those of a table about the whole URI put into its path or its query."""
    if endpoint is None:
        return list(parameters)
    variables = set(re.findall(r"\{(\w[\w.-]*)\}", endpoint.path))
    named = {each.name for each in parameters if each.location == "path"}
    unnamed = variables - named
    found = []
    for each in parameters:
        if each.location == "path" and each.name not in variables:
            # Tables may call a variable by another name than the path does; what is optional is no part of a path.
            asked = re.search(rf"(?:^|[?&{{]){re.escape(each.name)}(?:[=&}}]|$)", query)
            renamed = unnamed and each.mandatory != "no" and not asked
            found.append(each if renamed else evolve(each, location="query"))
        else:
            found.append(each)
    return found


def _once(facts):  # type: ignore[no-untyped-def]
    """The facts without those that only another line repeats."""
    seen = {}
    for each in facts:
        seen.setdefault(evolve(each, at=0), each)
    return list(seen.values())


def _gathered(blocks: Sequence[Block]) -> Iterator[Block]:
    """The blocks, with JSON that stands in paragraphs made a listing."""
    pending: list[Part] = []
    for block in blocks:
        opens = isinstance(block, Part) and re.match(r"\{\s*(?:$|[\"“'])", block.text)
        if isinstance(block, Part) and (pending or opens):
            pending.append(block)
            text = "\n".join(part.text for part in pending)
            if text.count("{") <= text.count("}"):
                yield Code(text, pending[0].line)
                pending = []
            continue
        yield from pending
        pending = []
        yield block
    yield from pending


def _language(blocks: Sequence[Block]) -> Language:
    text = "".join(_words(block) for block in blocks)
    letters = len(_LETTER.findall(text))
    return "zh" if len(_CHINESE.findall(text)) > letters * 0.05 else "en"


def _words(block: Block) -> str:
    if isinstance(block, Table):
        return "".join(cell.text for row in block.rows for cell in row.cells)
    return block.text


_ID = re.compile(r"[a-z][a-z0-9]*(?:[_-][a-z0-9]+)+")


def _document_id(blocks: Sequence[Block], raw: str) -> str:
    if match := re.search(r"^:original_name:\s*([\w-]+)\.html?\s*$", raw, re.MULTILINE):
        return match[1]
    for block in blocks[:5]:
        if isinstance(block, Heading):
            named = next((name for name in block.names if _ID.fullmatch(name)), "")
            if named:
                return named
    first = re.search(r"<a\s+(?:name|id)=[\"']([\w-]+)[\"']", raw[:4000])
    return first[1] if first and _ID.fullmatch(first[1]) else ""
