"""Blocks → facts: reads each block by the section that it is in."""

from __future__ import annotations

import re
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import evolve

from jobexport.drift.facts import (
    ArchiveTree,
    Endpoint,
    ErrorCode,
    Example,
    FileName,
    IamAction,
    MediaType,
    PageFacts,
    Status,
    TableFact,
    Unread,
)
from jobexport.drift.pages import about, mentions
from jobexport.drift.pages import vocabulary as words
from jobexport.drift.pages.blocks import Block, Code, Heading, Paragraph, Table
from jobexport.drift.pages.tables import reading
from jobexport.drift.pages.tables.listings import Listing, gathered, is_error, listing
from jobexport.drift.pages.tables.nesting import in_query, in_uri, named_structure, nested

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from jobexport.drift.facts import ExampleKind, Form, Parameter, Place
    from jobexport.drift.pages.blocks import Row
    from jobexport.drift.pages.bounds import Deadline
    from jobexport.drift.pages.decode import DecodedPage
    from jobexport.drift.pages.tables.reading import Read

    _Fact = TypeVar(
        "_Fact",
        IamAction,
        ArchiveTree,
        ErrorCode,
        Example,
        FileName,
        MediaType,
        Parameter,
        Status,
        TableFact,
        Unread,
    )

_SHORT = 60
"""The most characters of a line that may be a small heading."""
_EXAMPLES = ("example", "example-request", "example-response", "example-error")


class PageReader:
    """The reader of a page's blocks, with the facts found so far."""

    def __init__(self, source: DecodedPage, form: Form, blocks: Sequence[Block], deadline: Deadline) -> None:
        self.source, self.form, self.deadline = source, form, deadline
        self.blocks = list(gathered(blocks))
        self.section: words.Section | None = None
        self.under: words.Section | None = None
        """The section that a list item or a smaller heading begins within `section`."""
        self.heading, self.level, self.label = "", 0, ""
        self.status: int | None = None
        """The HTTP status that the lines above name for the next example or table."""
        self.status_at = 0
        self.updated, self.updated_at = "", 0
        self.endpoint: Endpoint | None = None
        self.elsewhere: Endpoint | None = None
        """A request line outside of the section about the URI."""
        self.query = ""
        self.tables: list[Read] = []
        self.media: list[MediaType] = []
        self.statuses: list[Status] = []
        self.codes: list[ErrorCode] = []
        self.examples: list[Example] = []
        self.files: list[FileName] = []
        self.trees: list[ArchiveTree] = []
        self.actions: list[IamAction] = []
        self.unread: list[Unread] = []

    @property
    def here(self) -> words.Section | None:
        """The innermost section at the current block."""
        return self.under or self.section

    def facts(self) -> PageFacts:
        """Read all blocks and return the facts, with lines of the file.

        Raises:
            Unreadable: reading takes too long.
        """
        previous: Block | None = None
        for block, following in zip_longest(self.blocks, self.blocks[1:]):
            self.deadline.check()
            match block:
                case Heading():
                    self._heading(block)
                case Paragraph():
                    self._part(block, following)
                case Code():
                    self._code(block)
                case Table():
                    self._table(block, previous)
            previous = block
        return self._placed()

    # ---- headings and paragraphs ----

    def _heading(self, heading: Heading) -> None:
        known = words.section(heading.text)
        smaller = self.section is not None and heading.level > self.level
        if smaller and (known in (None, "request", "response") or self._within(known) is not known):
            self._small_title(heading.text, heading.line, self._within(known))
            return
        self.section, self.under, self.status = known, None, None
        self.heading, self.label = heading.text, ""
        self.level = heading.level

    def _within(self, known: words.Section | None) -> words.Section | None:
        """Return the section of a smaller heading: `Request` among examples begins an example of a request."""
        examples: dict[str, words.Section] = {"request": "example-request", "response": "example-response"}
        return examples.get(known or "", known) if self.section in _EXAMPLES else known

    def _small_title(self, text: str, line: int, known: words.Section | None) -> None:
        """Read a list item, a short line or a smaller heading that is the title of the next blocks."""
        if match := words.STATUS_LINE.fullmatch(text):
            self.status, self.status_at = int(match[1] or match[2]), line
            if self.here in _EXAMPLES:
                self._example_status(self.status, line)
            return
        self.label = text
        if known and known != self.section:
            self.under, self.status = known, None

    def _part(self, part: Paragraph, following: Block | None) -> None:
        text = part.text
        if not self.updated and (day := about.date(text)):
            self.updated, self.updated_at = day, part.line
        if isinstance(following, Table) and words.CAPTION.fullmatch(text):
            return
        short = len(text) <= _SHORT
        if request := words.REQUEST_LINE.fullmatch(text):
            self._request_line(request, part.line)
        elif short and words.STATUS_LINE.fullmatch(text):
            self._small_title(text, part.line, None)
        elif short and (known := words.section(text)) and (part.kind == "item" or self.section):
            self._small_title(text, part.line, self._within(known))
        elif short and part.kind == "item":
            self.label = text
        self._mentioned(part)

    def _request_line(self, match: re.Match[str], line: int) -> None:
        path, query = words.target(match[2])
        found = Endpoint(match[1], path, line)
        if self.here == "uri" and self.endpoint is None:
            self.endpoint, self.query = found, query
        elif self.here not in _EXAMPLES and self.elsewhere is None and "{" in path:
            self.elsewhere = found

    def _mentioned(self, part: Paragraph) -> None:
        self.media += mentions.media_types(part, self.here) or mentions.media_types_of_code(Code(part.text, part.line))
        if self.section == "authorization":
            self.actions += mentions.permission(part)
        if self.here in ("response", "example", "example-response"):
            self.files += mentions.file_names(part)

    # ---- listings ----

    def _code(self, code: Code) -> None:
        found = listing(code.text)
        if found.entries:
            template = any("{" in entry for entry in found.entries)
            self.trees.append(ArchiveTree(found.entries, code.line, template))
            return
        self.media += mentions.media_types_of_code(code)
        if found.method and self.here == "uri" and self.endpoint is None:
            self.endpoint, self.query = Endpoint(found.method, found.path, code.line), found.query
            if found.value is None:
                return
        kind = self._kind(found)
        status = found.status or (self.status if kind != "request" else None)
        self.examples.append(
            Example(kind, code.line, code.text, found.value, found.problem, found.method, found.path, status)
        )
        if found.status:
            self._example_status(found.status, code.line)
        if kind == "error":
            self._example_code(found.value, code, status)

    def _kind(self, found: Listing) -> ExampleKind:
        if is_error(found.value) and not found.method:
            return "error"
        if found.method or self.here in ("example-request", "request"):
            return "request"
        if self.here in ("example-response", "response") or found.status:
            return "response"
        return "error" if self.here == "example-error" and found.value is not None else "unknown"

    def _example_status(self, code: int, line: int) -> None:
        if not any(each.code == code and each.source == "example" for each in self.statuses):
            self.statuses.append(Status(code, line, "example"))

    def _example_code(self, value: Any, code: Code, status: int | None) -> None:
        if not isinstance(value, dict):
            return
        name = value.get("error_code") or value.get("errorCode")
        message = value.get("error_msg") or value.get("errorMsg") or ""
        if isinstance(name, str):
            lines = enumerate(code.text.split("\n"), code.line)
            line = next((number for number, text in lines if name in text), code.line)
            self.codes.append(ErrorCode(name, line, "example", status, str(message)))

    # ---- tables ----

    def _table(self, table: Table, previous: Block | None) -> None:
        if not table.caption and isinstance(previous, Paragraph):
            captioned = words.CAPTION.fullmatch(previous.text)
            table = evolve(table, caption=previous.text if captioned else named_structure(previous.text))
        found = reading.read(table, reading.TablePlace(self.here, self.section, self.heading, self.label, self.status))
        if found.role == "parameters" and found.location in ("response", "body") and self._describes_files(found):
            found = evolve(found, role="files")
        self.tables.append(found)
        self.media += reading.media_types(found)
        if table.problem:
            self._missed(table.line, found.title or "table", table.problem)
        self._rows(found)

    def _rows(self, found: Read) -> None:
        match found.role:
            case "status-codes":
                self._each(found, reading.status, self.statuses, "the row has no status code")
            case "error-codes":
                self._each(found, reading.error_code, self.codes, "the row has no error code")
            case "authorization":
                self._each(found, reading.action, self.actions, "the row has no permission")
            case "unread":
                for row in found.rows:
                    self._missed(row.line, _text(row), found.reason)
            case "parameters" if found.location in ("response", "response-header") and self.status:
                if not any(each.code == self.status and each.source == "table" for each in self.statuses):
                    self.statuses.append(Status(self.status, self.status_at, "table"))

    def _describes_files(self, found: Read) -> bool:
        """Check whether a table describes the variables in names of files, and not a body."""
        shown = [entry for tree in self.trees for entry in tree.entries] + [each.name for each in self.files]
        variables = {name for each in shown for name in re.findall(r"\{(\w+)\}", each)}
        column = found.columns.index("name")
        names = [row.cells[column].text for row in found.rows if column < len(row.cells)]
        return bool(variables) and sum(name in variables for name in names) * 2 >= len(names) > 0

    def _each(self, found: Read, read: Callable[[Read, Row], _Fact | None], facts: list[_Fact], reason: str) -> None:
        for row in found.rows:
            self.deadline.check()
            fact = read(found, row)
            if fact is None:
                self._missed(row.line, _text(row), reason)
            else:
                facts.append(fact)

    def _missed(self, line: int, text: str, reason: str) -> None:
        self.unread.append(Unread(line, text[:120], f"{reason[0].upper()}{reason[1:]}."))

    # ---- the whole ----

    def _placed(self) -> PageFacts:
        place, text = self.source.place, self.source.text
        endpoint = self.endpoint or self.elsewhere
        reads = in_query(self.tables, endpoint, self.examples)
        of_parameters = [each for each in reads if each.role == "parameters"]
        parameters, missed, values = nested(of_parameters, self.deadline)
        lists = {id(each) for each in values}
        reads = [evolve(each, role="other", location=None) if id(each) in lists else each for each in reads]
        language = about.language(self.blocks)
        title = next((block for block in self.blocks if isinstance(block, Heading)), None)
        tables = (TableFact(each.table.line, each.title, each.role, len(each.rows), each.location) for each in reads)
        return PageFacts(
            source=self.source.name,
            form=self.form,
            language=language,
            title=title.text if title else "",
            title_at=place(title.line) if title else 0,
            document_id=about.document_id(self.blocks, text),
            updated=self.updated,
            updated_at=place(self.updated_at),
            operation_names=about.operations(text),
            endpoint=evolve(endpoint, at=self._at(endpoint.at)) if endpoint else None,
            parameters=self._all(in_uri(parameters, endpoint, self.query)),
            media_types=self._all(_once(self.media)),
            statuses=self._all(reading.described(self.statuses)),
            error_codes=self._all(self.codes),
            examples=self._all(self.examples),
            file_names=self._all(_once(self.files)),
            trees=self._all(self.trees),
            actions=self._all(_once(self.actions)),
            tables=self._all(tables),
            unread=self._all([*self.unread, *missed]),
            markers=about.markers(text, self.source.noise, language),
        )

    def _all(self, facts: Iterable[_Fact]) -> tuple[_Fact, ...]:
        return tuple(evolve(each, at=self._at(each.at)) for each in facts)

    def _at(self, line: Place) -> int:
        return self.source.place(cast("int", line))


def _text(row: Row) -> str:
    return " | ".join(cell.text for cell in row.cells)


def _once(facts: Iterable[_Fact]) -> list[_Fact]:
    """Return the facts without repetitions on later lines."""
    seen: dict[_Fact, _Fact] = {}
    for each in facts:
        seen.setdefault(evolve(each, at=0), each)
    return list(seen.values())
