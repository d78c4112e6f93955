"""The facts of a documentation page as values, each with its line on the page.

The facts of an edition's document have the same classes, so a page can be compared with a document or another page.
"""

from __future__ import annotations

from typing import Any, Literal

from attrs import frozen

Form = Literal["markdown", "html", "rst", "text"]
Language = Literal["en", "zh"]
ParameterIn = Literal["path", "query", "header", "body", "response-header", "response"]
"""The location of a parameter; `body` and `response` are JSON bodies."""
Mandatory = Literal["yes", "no", "conditional", "unknown"]
"""`conditional`: the text names a case in which the parameter is mandatory, or the column does. `unknown`: the table
has no such column, or the cell is empty."""
Kind = Literal["string", "integer", "number", "boolean", "object", "array", "map", "binary", "unknown"]
ExampleKind = Literal["request", "response", "error", "unknown"]

Place = int | str
"""A line of the page, counted from 1; or a JSON pointer into an edition's document."""


@frozen
class DataType:
    """A type without its spelling: `[Long]`, `Array of Longs` and `List<Long>` are equal."""

    kind: Kind
    format: str | None = None
    """The format of OpenAPI: `int32`, `int64`, `float`, `double`, `date`, `date-time`; None if not stated."""
    items: DataType | None = None
    """The type of an array's items or a map's values; None if not stated."""
    name: str | None = None
    """The page's name of an object's structure, such as `Node`."""
    alternatives: tuple[DataType, ...] = ()
    """All types of a value that may have one of several; `kind` is then `unknown`."""


@frozen
class Limits:
    """The bounds and allowed values that a table's prose states; None if not stated."""

    minimum: int | float | None = None
    maximum: int | float | None = None
    min_length: int | None = None
    max_length: int | None = None
    min_items: int | None = None
    max_items: int | None = None
    values: tuple[str, ...] = ()
    """The allowed values in the page's order; empty unless the prose lists all of them."""


@frozen
class Parameter:
    """A row of a table of parameters."""

    location: ParameterIn
    path: tuple[str, ...]
    """Names from the outermost object to this parameter: `("nodes", "name")` for the `name` of the items of `nodes`.

    If no row leads to a nested table, the path begins with the table's title in brackets:
    `("[Parameters of the SMN node]", "topic")`.
    """
    at: Place
    type: DataType | None = None
    """The type; None if the table has no column of types, or the cell is empty."""
    type_text: str = ""
    """The type as the page spells it."""
    mandatory: Mandatory = "unknown"
    condition: str | None = None
    """The sentence of the page that says when the parameter is mandatory."""
    default: Any = None
    """The default as JSON, of the parameter's type if possible; None if not stated."""
    limits: Limits = Limits()
    description: str = ""
    """The prose, with runs of whitespace made one space."""
    status: int | None = None
    """The HTTP status of the response, if the page has tables for several."""

    @property
    def name(self) -> str:
        """The parameter's own name, without the objects that hold it."""
        return self.path[-1]


@frozen
class Endpoint:
    """The request line of the operation."""

    method: str
    path: str
    """The path without a host, its variables in braces: `/v1/{project_id}/jobs/{job_name}/export`."""
    at: Place


@frozen
class MediaType:
    """A media type of a body, named on the page."""

    side: Literal["request", "response"]
    value: str
    """The media type in lower case and without parameters: `application/octet-stream`."""
    at: Place


@frozen
class Status:
    """An HTTP status of the operation, from a table or from the text beside an example."""

    code: int
    at: Place
    source: Literal["table", "example"] = "table"
    description: str = ""
    elsewhere: bool = False
    """True for a status of a document that another page than the operation's names."""


@frozen
class ErrorCode:
    """An error code, from a table or in an example."""

    code: str
    """The code, such as `DLF.0100`."""
    at: Place
    source: Literal["table", "example"] = "table"
    status: int | None = None
    message: str = ""


@frozen
class Example:
    """An example of a body or a request."""

    kind: ExampleKind
    at: Place
    text: str
    value: Any = None
    """The JSON in the text; None if it has no JSON, see `problem`."""
    problem: str = ""
    """The reason why `value` is None, or the mistake that was repaired to read it, such as `a comma is missing`."""
    method: str = ""
    path: str = ""
    """The path of the request line above the body, without host."""
    status: int | None = None


@frozen
class FileName:
    """A name, or a pattern of names, of the file in a response, or of a file in its archive."""

    name: str
    """The name, such as `DLF_{job_name}.zip`."""
    at: Place
    member: bool = False
    """True for a file in the response's archive that prose names, such as `dws_sql.script`."""


@frozen
class ArchiveTree:
    """A tree of the files in a zip."""

    entries: tuple[str, ...]
    """Paths of the files, such as `jobs/{job_name}.job`, in the page's order; a folder without files ends in `/`."""
    at: Place
    template: bool
    """True for patterns with variables, False for an example."""


@frozen
class IamAction:
    """A permission that the caller needs: an action of the vendor's identity service (IAM)."""

    name: str
    """The action, such as `dli:jobs:export`; `none` if the page says that no permission is needed."""
    at: Place
    access_level: str = ""
    resource: str = ""


TableRole = Literal["parameters", "status-codes", "error-codes", "files", "authorization", "other", "unread"]
"""The subject of a table. `files`: files or objects, not a body. `other`: known to have no facts. `unread`: unknown."""


@frozen
class TableFact:
    """A table of the page with the role that the reader gave it."""

    at: Place
    title: str
    """The caption without the number; empty if the table has no caption."""
    role: TableRole
    rows: int
    """The number of rows, without the header."""
    location: ParameterIn | None = None
    """The location of the parameters; None for another role, or if unknown."""


@frozen
class Reference:
    """A link to the page that describes the request or the response instead, such as `see Exporting a Job`."""

    side: Literal["request", "response"]
    target: str
    """The target of the link: `exporting_a_job.html`, or an anchor such as `#dataartsstudio_02_0088__section56`."""
    at: Place


@frozen
class Unread:
    """A text that looks like a fact and was not understood."""

    at: Place
    text: str
    """The beginning of the text."""
    reason: str
    """The reason, as one sentence."""


@frozen
class PageFacts:
    """All facts of a page or of an edition's document."""

    source: str
    """The name of the page's file, or of the document."""
    form: Form | None
    """The form of the page; None for an edition's document."""
    language: Language | None
    title: str = ""
    title_at: Place = 0
    document_id: str = ""
    """The page's own identifier, such as `dli_02_0254`; empty if missing."""
    updated: str = ""
    """The date of the last update, ISO 8601; empty if missing."""
    updated_at: Place = 0
    operation_names: tuple[str, ...] = ()
    """The vendor's names of the operation, such as the name in a link to the API Explorer."""
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
    references: tuple[Reference, ...] = ()
    markers: tuple[str, ...] = ()
    """Clouds whose marks the page has: `otc`, `huaweicloud-cn`, `huaweicloud-intl`."""
