"""One request and its answer, as the checks see them."""

from __future__ import annotations

import io
import json
import zipfile
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from attrs import field, frozen

from jobexport.spec.document import media, request_body, response, schema_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jobexport.contract.data import Data

JSON = "application/json"
ZIP = "application/octet-stream"


@frozen
class Exchange:
    """One request and its answer, beside the document they are held to."""

    document: Mapping[str, Any] = field(repr=False)
    operation: Mapping[str, Any] = field(repr=False)
    """The operation object of the document."""
    valid: bool
    """Whether the request keeps to the document."""
    path: Mapping[str, Any]
    """Path parameters by name, decoded."""
    body: Any
    """The request's JSON value; None when none was sent."""
    status: int
    media_type: str
    """The answer's Content-Type, lower case, without parameters."""
    content: bytes = field(repr=False)
    headers: Mapping[str, str] = field(factory=dict, repr=False)
    """The answer's headers by lower-case name."""
    workspace: str | None = None
    """The `workspace` header that was sent."""
    known: Data | None = field(default=None, repr=False)
    """What the server is known to hold."""

    @property
    def arguments(self) -> Mapping[str, Any]:
        """The body as an object; empty when it is none."""
        return self.body if isinstance(self.body, dict) else {}

    @property
    def id(self) -> str:
        """The operationId."""
        return str(self.operation["operationId"])

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
        """Whether the operation's request body has the property in this edition."""
        body = media(request_body(self.document, self.operation))
        return name in schema_of(self.document, body).get("properties", {})

    def json(self) -> Any:
        """Give the answer's JSON value; None when it is not JSON."""
        try:
            return json.loads(self.content) if self.media_type == JSON else None
        except (ValueError, RecursionError):
            return None

    def zip_media(self) -> str:
        """Give the media type under which the document has the operation's zip."""
        content = response(self.document, self.operation, 200).get("content", {})
        return next((media for media, node in content.items() if "x-zip-layout" in node), ZIP)

    def is_archive(self) -> bool:
        """Whether this is a success that should hold a zip."""
        return self.status == 200 and self.media_type == self.zip_media() and bool(self.media(self.media_type))

    def archive(self) -> Archive:
        """Give what is in the zip that the answer holds; of an answer that holds none, an archive without members."""
        return read_archive(self.content) if self.is_archive() else Archive("the answer holds no zip", (), {})

    def requested_jobs(self) -> list[str]:
        """Give the names of the DGC jobs that the request asks for, each once."""
        if "job_name" in self.path:
            return [str(self.path["job_name"])]
        jobs = self.arguments.get("jobList", [])
        return list(dict.fromkeys(job for job in jobs if isinstance(job, str))) if isinstance(jobs, list) else []


@frozen
class Archive:
    """What a zip holds, read to its end."""

    problem: str | None
    """Why it is no complete zip; None when it is one."""
    names: tuple[str, ...]
    """The members' names in the order of the zip, one that is there twice twice."""
    members: Mapping[str, bytes] = field(repr=False)
    """Contents by name, of a complete zip only."""

    def value(self, name: str) -> Any:
        """Give the JSON value of a member; None when it is not JSON."""
        try:
            return json.loads(self.members[name])
        except (KeyError, ValueError, RecursionError):
            return None


# Several checks look at one answer. Unpacked it may be far larger than it is: a contract run reads no bombs.
_MOST_UNPACKED = 64 * 1024 * 1024


@lru_cache(maxsize=16)
def read_archive(content: bytes) -> Archive:
    """Read a zip with all its members."""
    names: tuple[str, ...] = ()
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = tuple(archive.namelist())
            size = sum(info.file_size for info in archive.infolist())
            if size > _MOST_UNPACKED:
                return Archive(f"it unpacks to {size} bytes, more than a job can have", names, {})
            members = {info.filename: archive.read(info) for info in archive.infolist()}
            # What Python's reader forgives, others don't.
            if not content.startswith(b"PK"):
                return Archive(f"something stands before it: {content[:20]!r}", names, members)
            wrong = [info.filename for info in archive.infolist() if len(members[info.filename]) != info.file_size]
            return Archive(f"the size of {wrong[0]} is wrong" if wrong else None, names, members)
    except Exception as problem:  # a damaged deflate stream surfaces as zlib.error and others
        return Archive(str(problem) or type(problem).__name__, names, {})


def member_stem(name: str) -> str:
    """Give what a member of the zip is called after: its file name, without the suffix and the encoding of dots."""
    return unquote(name.rpartition("/")[2].rpartition(".")[0])
