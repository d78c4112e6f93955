"""One request and its response, in the form that checks read."""

from __future__ import annotations

import io
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from attrs import field, frozen

from jobexport.archive.zip.directory import read_directory
from jobexport.archive.zip.inflate import chunks
from jobexport.archive.zip.policy import MOST_JSON
from jobexport.archive.zip.source import opened
from jobexport.core import strict_json
from jobexport.errors import ArchiveError
from jobexport.spec.document import choices, deref, media, request_body, response, schema_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jobexport.contract.data import Data

JSON = "application/json"
ZIP = "application/octet-stream"
_ZIP_BEGINNING = b"PK\x03\x04"


@frozen
class CheckedExchange:
    """One request and its response, with the document that they must keep to."""

    document: Mapping[str, Any] = field(repr=False)
    operation: Mapping[str, Any] = field(repr=False)
    """Operation object of the document."""
    valid: bool
    """True if the request keeps to the document."""
    path: Mapping[str, Any]
    """Path parameters by name, decoded."""
    body: Any
    """JSON value of the request, or None if no body was sent."""
    status: int
    """Status of the response."""
    media_type: str
    """Content-Type of the response in lower case, without parameters."""
    content: bytes = field(repr=False)
    headers: Mapping[str, str] = field(factory=dict, repr=False)
    """Headers of the response by lower-case name."""
    workspace: str | None = None
    """The `workspace` header that was sent."""
    method: str = "post"
    """The operation's method in lower case."""
    query: Mapping[str, Any] = field(factory=dict)
    """Query parameters by name, decoded."""
    known: Data | None = field(default=None, repr=False)
    """Names that exist on the server, or None if they are not known."""
    moved: bool = False
    """True if requests before this one changed the server, so that jobs may use scripts that it lacks."""

    @property
    def arguments(self) -> Mapping[str, Any]:
        """The body as an object; empty if it is not an object."""
        return self.body if isinstance(self.body, dict) else {}

    @property
    def id(self) -> str:
        """The operationId."""
        return str(self.operation["operationId"])

    @property
    def succeeded(self) -> bool:
        """True if the status is 2xx."""
        return 200 <= self.status < 300

    def response(self) -> Mapping[str, Any]:
        """Return the documented response for the status; empty if the status is not documented."""
        return response(self.document, self.operation, self.status)

    def media(self, media_type: str) -> Mapping[str, Any]:
        """Return the documented media type of the response; empty if it is not documented."""
        return media(self.response(), media_type)

    def schema(self) -> Mapping[str, Any]:
        """Return the documented schema of the response's JSON; empty if the document has none."""
        return schema_of(self.document, self.media(JSON))

    def documents(self, name: str) -> bool:
        """Return True if the edition's request body of the operation has the property."""
        return name in self.body_schema().get("properties", {})

    def body_schema(self) -> Mapping[str, Any]:
        """Return the documented schema of the request's body; empty if the operation has none."""
        return schema_of(self.document, media(request_body(self.document, self.operation)))

    def json(self) -> Any:
        """Return the response's JSON value; None if it is not JSON, or JSON that readers understand differently."""
        try:
            return strict_json.parse(self.content) if self.media_type == JSON else None
        except ValueError:
            return None

    def error_code(self) -> str | None:
        """Return the code of an error; None if the response has no code."""
        value = self.json()
        code = value.get("error_code") if isinstance(value, dict) else None
        return code if isinstance(code, str) else None

    def documented(self) -> Iterator[tuple[str, Mapping[str, Any], Any]]:
        """Yield the documented fields of a success's JSON at any depth: name, schema and value."""
        if self.succeeded:
            yield from _documented(self.document, self.schema(), self.json())

    def roles(self) -> dict[str, Any]:
        """Return the values of a success's JSON by the marks of their fields, such as `items`; of several the first."""
        found: dict[str, Any] = {}
        for _, node, value in self.documented():
            if "x-role" in node:
                found.setdefault(node["x-role"], value)
        return found

    def zip_media(self) -> str:
        """Return the documented media type of the operation's zip; by default `application/octet-stream`."""
        content = response(self.document, self.operation, 200).get("content", {})
        return next((media for media, node in content.items() if "x-zip-layout" in node), ZIP)

    def is_archive(self) -> bool:
        """Return True if the response is a success that should hold a zip, or holds one under another media type."""
        zipped = self.media_type == self.zip_media() or self.content.startswith(_ZIP_BEGINNING)
        return self.status == 200 and zipped and bool(self.media(self.zip_media()))

    def archive(self) -> Archive:
        """Return the content of the response's zip; without members if the response should not hold a zip."""
        return read_archive(self.content) if self.is_archive() else Archive("the response holds no zip", (), {})

    def requested_jobs(self) -> list[str]:
        """Return the names of the requested DGC jobs, without repetitions."""
        if "job_name" in self.path:
            return [str(self.path["job_name"])]
        jobs = self.arguments.get("jobList", [])
        return list(dict.fromkeys(job for job in jobs if isinstance(job, str))) if isinstance(jobs, list) else []


def _documented(
    document: Mapping[str, Any], schema: Mapping[str, Any], value: Any
) -> Iterator[tuple[str, Mapping[str, Any], Any]]:
    node = deref(document, schema)
    for choice in choices(node):
        yield from _documented(document, choice, value)
    if isinstance(value, list):
        for item in value if "items" in node else ():
            yield from _documented(document, node["items"], item)
    elif isinstance(value, dict):
        for name, inner in node.get("properties", {}).items():
            if name in value:
                yield name, deref(document, inner), value[name]
                yield from _documented(document, inner, value[name])


@frozen
class Archive:
    """The content of a zip that was read to its end."""

    problem: str | None
    """Reason why `JobArchive` refuses the zip, or None if it accepts the zip."""
    names: tuple[str, ...]
    """Names of the files in the order of the zip; empty if its directory is refused."""
    members: Mapping[str, bytes] = field(repr=False)
    """Contents of the files by name; empty if the zip is refused."""

    def value(self, name: str) -> Any:
        """Return the JSON value of a member, read as `jobexport.archive` does; None if it is not JSON."""
        try:
            return strict_json.parse(self.members[name], file=True)
        except (KeyError, ValueError):
            return None


# Several checks read the same response, one response after the other.
@lru_cache(maxsize=2)
def read_archive(content: bytes) -> Archive:
    """Read a zip with all its members, by the rules of the client and of `JobArchive`."""
    names: tuple[str, ...] = ()
    try:
        with opened(None, io.BytesIO(content), "the zip") as source:
            directory = read_directory(source)
            names = tuple(member.name for member in directory.files)
            size = sum(member.size for member in directory.members)
            if size > MOST_JSON:
                raise source.unsafe(f"it unpacks to {size} bytes, at most {MOST_JSON} are held in memory")
            contents = {member.name: b"".join(chunks(source, member)) for member in directory.members}
            return Archive(None, names, {name: contents[name] for name in names})
    except ArchiveError as error:
        return Archive(error.problem, names, {})
