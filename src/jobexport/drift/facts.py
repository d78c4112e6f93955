"""What a documentation page says, as values; each knows the line of the page that says it.

The same values are made of an edition's document, so that a page can be compared with a document or with another page.
"""

from __future__ import annotations

from typing import Any, Literal

from attrs import frozen

Form = Literal["markdown", "html", "rst", "text"]
Language = Literal["en", "zh"]
ParameterIn = Literal["path", "query", "header", "body", "response-header", "response"]
"""Where a parameter stands; `body` and `response` are JSON bodies."""
Mandatory = Literal["yes", "no", "conditional", "unknown"]
"""`conditional` where the column says no and the text names a case in which it is mandatory, or the column says so;
`unknown` where there is no such column or its cell is empty."""
Kind = Literal["string", "integer", "number", "boolean", "object", "array", "map", "binary", "unknown"]
ExampleKind = Literal["request", "response", "error", "unknown"]

Place = int | str
"""A line of the page, from 1; or a JSON pointer into an edition's document."""


@frozen
class DataType:
    """A type, whatever a page's spelling of it: `[Long]`, `Array of Longs` and `List<Long>` are equal."""

    kind: Kind
    format: str | None = None
    """As OpenAPI has it: `int32`, `int64`, `float`, `double`, `date`, `date-time`; None where the page does not say."""
    items: DataType | None = None
    """Of an array's items or a map's values; None where the page does not say."""
    name: str | None = None
    """What the page calls an object's structure, such as `Node`."""
    alternatives: tuple[DataType, ...] = ()
    """All types, where a value may have one of several; `kind` is then `unknown`."""


@frozen
class Limits:
    """What a table's prose says about a value; None is nothing."""

    minimum: int | float | None = None
    maximum: int | float | None = None
    min_length: int | None = None
    max_length: int | None = None
    min_items: int | None = None
    max_items: int | None = None
    values: tuple[str, ...] = ()
    """The values that are allowed, where the prose lists them all; in the page's order."""


@frozen
class Parameter:
    """A row of a table of parameters."""

    location: ParameterIn
    path: tuple[str, ...]
    """Names from the outermost object to this parameter: `("nodes", "name")` for the `name` of the items of `nodes`.

    A nested table that no row leads to begins with its title in brackets: `("[Parameters of the SMN node]", "topic")`.
    """
    at: Place
    type: DataType | None = None
    """None where there is no column of types or its cell is empty."""
    type_text: str = ""
    """The type as the page spells it."""
    mandatory: Mandatory = "unknown"
    condition: str | None = None
    """The sentence that says when it is mandatory."""
    default: Any = None
    """As JSON, of the parameter's type where that is possible; None where the page does not say."""
    limits: Limits = Limits()
    description: str = ""
    """The prose, with blanks folded."""
    status: int | None = None
    """Of the answer, where the page has tables for several statuses."""

    @property
    def name(self) -> str:
        """The parameter's own name."""
        return self.path[-1]


@frozen
class Endpoint:
    """The request line of the operation."""

    method: str
    path: str
    """With its variables in braces and without a host: `/v1/{project_id}/jobs/{job_name}/export`."""
    at: Place


@frozen
class MediaType:
    """The type of a body that the page names."""

    side: Literal["request", "response"]
    value: str
    """In lower case and without parameters: `application/octet-stream`."""
    at: Place


@frozen
class Status:
    """An HTTP status that the operation answers with, from a table or from beside an example."""

    code: int
    at: Place
    source: Literal["table", "example"] = "table"
    description: str = ""
    elsewhere: bool = False
    """Of a document: whether another page than the operation's says it."""


@frozen
class ErrorCode:
    """An error code, from a table or in an example."""

    code: str
    """Such as `DLF.0100`."""
    at: Place
    source: Literal["table", "example"] = "table"
    status: int | None = None
    message: str = ""


@frozen
class Example:
    """A body or a request that the page shows."""

    kind: ExampleKind
    at: Place
    text: str
    value: Any = None
    """The JSON in it; None where there is none, see `problem`."""
    problem: str = ""
    """Why there is no value, or what had to be mended to read it, such as `a comma is missing`."""
    method: str = ""
    path: str = ""
    """Of a request line above the body, without host."""
    status: int | None = None


@frozen
class FileName:
    """A name or a pattern of a file that the answer is."""

    name: str
    """Such as `DLF_{job_name}.zip`."""
    at: Place
    member: bool = False
    """Whether it is a file in the answer's archive, named in prose, such as `dws_sql.script`."""


@frozen
class ArchiveTree:
    """A tree of the files in a zip."""

    entries: tuple[str, ...]
    """Paths of its files, such as `jobs/{job_name}.job`, in the page's order; a folder without files ends in `/`."""
    at: Place
    template: bool
    """Whether it shows patterns with variables and not an example."""


@frozen
class IamAction:
    """A permission that the caller needs."""

    name: str
    """Such as `dli:jobs:export`; `none` where the page says that none is needed."""
    at: Place
    access_level: str = ""
    resource: str = ""


TableRole = Literal["parameters", "status-codes", "error-codes", "files", "authorization", "other", "unread"]
"""`files` describes files or objects, not bodies; `other` is understood to hold no facts of these kinds."""


@frozen
class TableFact:
    """A table of the page and what it was taken for."""

    at: Place
    title: str
    """Its caption without the number; empty where there is none."""
    role: TableRole
    rows: int
    """Its rows without the header."""
    location: ParameterIn | None = None
    """Of a table of parameters."""


@frozen
class Unread:
    """Something that looks like a fact and was not understood."""

    at: Place
    text: str
    """The beginning of it."""
    reason: str
    """One sentence."""


@frozen
class PageFacts:
    """All that a page says."""

    source: str
    """The file, or the document."""
    form: Form | None
    """None for an edition's document."""
    language: Language | None
    title: str = ""
    title_at: Place = 0
    document_id: str = ""
    """What the page calls itself, such as `dli_02_0254`; empty where it does not."""
    updated: str = ""
    """Its date, ISO 8601; empty where it has none."""
    updated_at: Place = 0
    operation_names: tuple[str, ...] = ()
    """Names that the vendor gives the operation, such as the one in a link to the API Explorer."""
    endpoint: Endpoint | None = None
    parameters: tuple[Parameter, ...] = ()
    media_types: tuple[MediaType, ...] = ()
    statuses: tuple[Status, ...] = ()
    error_codes: tuple[ErrorCode, ...] = ()
    examples: tuple[Example, ...] = ()
    file_names: tuple[FileName, ...] = ()
    trees: tuple[ArchiveTree, ...] = ()
    actions: tuple[IamAction, ...] = ()
    tables: tuple[TableFact, ...] = ()
    unread: tuple[Unread, ...] = ()
    markers: tuple[str, ...] = ()
    """What shows whose page it is: `otc`, `huaweicloud-cn`, `huaweicloud-intl`."""
