"""What shape checks can't see: the archive's tree, another edition's fields, a valid request that is refused.

A check looks at one exchange and raises `Violation` when the server broke the edition's contract. What it needs to know
of the edition it reads from the edition's document, so there is one list for all.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from typing import TYPE_CHECKING, Any

from attrs import field, frozen

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_JSON = "application/json"
_ZIP = "application/octet-stream"


class Violation(AssertionError):  # noqa: N818  # what it is called in the field
    """The server broke the contract; the text says how. An AssertionError, because schemathesis takes nothing else.

    Args:
        text: what is wrong.
        rests_on: entries of the register; empty: the check's own.
        pointer: JSON pointer into the answer, where there is one.
    """

    def __init__(self, text: str, rests_on: tuple[str, ...] = (), pointer: str = "") -> None:
        super().__init__(text)
        self.rests_on = rests_on
        self.pointer = pointer


@frozen
class Exchange:
    """One request and its answer, beside the document they are held to."""

    document: Mapping[str, Any] = field(repr=False)
    operation: Mapping[str, Any] = field(repr=False)
    """The operation object of the document."""
    valid: bool
    """Whether the request keeps to the document."""
    path: Mapping[str, Any]
    """Path parameters by name."""
    body: Any
    """The request's JSON value; None when none was sent."""
    status: int
    media_type: str
    """The answer's Content-Type, lower case, without parameters."""
    content: bytes = field(repr=False)

    @property
    def arguments(self) -> Mapping[str, Any]:
        """The body as an object; empty when it is none."""
        return self.body if isinstance(self.body, dict) else {}

    def response(self) -> Mapping[str, Any]:
        """Give the documented response for the status; empty when there is none."""
        return self.deref(self.operation["responses"].get(str(self.status), {}))

    def media(self, media_type: str) -> Mapping[str, Any]:
        """Give the documented media type object of the response; empty when there is none."""
        found: Mapping[str, Any] = self.response().get("content", {}).get(media_type, {})
        return found

    def deref(self, node: Mapping[str, Any]) -> Mapping[str, Any]:
        """Follow references inside the document."""
        while "$ref" in node:
            target: Any = self.document
            for step in node["$ref"].removeprefix("#/").split("/"):
                target = target[step.replace("~1", "/").replace("~0", "~")]
            node = target
        return node

    def json(self) -> Any:
        """Give the answer's JSON value; None when it is not JSON."""
        try:
            return json.loads(self.content) if self.media_type == _JSON else None
        except ValueError:
            return None

    def is_archive(self) -> bool:
        """Whether this is a success that should hold a zip."""
        return self.status == 200 and self.media_type == _ZIP and bool(self.media(_ZIP))

    def members(self) -> list[str] | None:
        """Give the names in the archive; None when it can't be opened."""
        try:
            with zipfile.ZipFile(io.BytesIO(self.content)) as archive:
                return archive.namelist()
        except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError):
            return None

    def requested_jobs(self) -> list[str]:
        """Give the names of the DGC jobs that the request asks for."""
        if "job_name" in self.path:
            return [str(self.path["job_name"])]
        jobs = self.arguments.get("jobList", [])
        return list(dict.fromkeys(job for job in jobs if isinstance(job, str))) if isinstance(jobs, list) else []


@frozen
class Check:
    """One rule of the contract."""

    id: str
    sentence: str
    """What a server must do."""
    rests_on: tuple[str, ...]
    """Entries of the register."""
    function: Callable[[Exchange], None] = field(repr=False)


def undocumented_field(exchange: Exchange) -> None:
    """Raise when a JSON answer has a field that this edition's schema does not know."""
    value = exchange.json()
    schema = exchange.deref(exchange.media(_JSON).get("schema", {}))
    if not isinstance(value, dict) or "properties" not in schema:
        return
    unknown = sorted(value.keys() - schema["properties"].keys())
    if unknown:
        known = ", ".join(schema["properties"])
        raise Violation(f"the answer has {', '.join(unknown)}, which this edition does not document; it has {known}")


def archive_intact(exchange: Exchange) -> None:
    """Raise when the answer is no complete zip, or a member's CRC is wrong."""
    if not exchange.is_archive():
        return
    try:
        with zipfile.ZipFile(io.BytesIO(exchange.content)) as archive:
            broken = archive.testzip()
    except (zipfile.BadZipFile, NotImplementedError, EOFError, ValueError, OSError) as problem:
        raise Violation(f"the answer is no complete zip: {problem}") from None
    except Exception as problem:  # a damaged deflate stream surfaces as zlib.error and others
        raise Violation(f"the zip can't be read to its end: {problem}") from None
    if broken is not None:
        raise Violation(f"the CRC of {broken} in the zip is wrong")


def archive_layout(exchange: Exchange) -> None:
    """Raise when a member lies elsewhere than documented, or the archive does not hold exactly the requested jobs."""
    members = exchange.members() if exchange.is_archive() else None
    layout = exchange.media(_ZIP).get("x-zip-layout")
    if members is None or layout is None:
        return
    patterns = {kind: _pattern(template) for kind, template in layout.items()}
    for member in members:
        if not any(pattern.fullmatch(member) for pattern in patterns.values()):
            raise Violation(f"{member} in the zip fits none of {', '.join(layout.values())}")
    expected = {layout["job"].replace("{job_name}", job) for job in exchange.requested_jobs()}
    found = {member for member in members if patterns["job"].fullmatch(member)}
    if found != expected:
        missing, extra = sorted(expected - found), sorted(found - expected)
        raise Violation(f"the zip lacks {missing or 'nothing'} and has {extra or 'nothing'} that was not asked for")


def export_depend(exchange: Exchange) -> None:
    """Raise when `exportDepend: false`, which this edition documents, brings anything but jobs."""
    members = exchange.members() if exchange.is_archive() else None
    if (
        members is None
        or exchange.arguments.get("exportDepend") is not False
        or not _documents(exchange, "exportDepend")
    ):
        return
    job = _pattern(exchange.media(_ZIP)["x-zip-layout"]["job"])
    others = [member for member in members if not job.fullmatch(member)]
    if others:
        raise Violation(f"exportDepend was false, but the zip has {', '.join(others)}")


def obs_path_answer(exchange: Exchange) -> None:
    """Raise when a success is a zip though `obsPath` was sent and is documented, or JSON though it was not sent."""
    if exchange.status != 200 or not exchange.valid or not _documents(exchange, "obsPath"):
        return
    sent = "obsPath" in exchange.arguments
    expected = _JSON if sent else _ZIP
    if exchange.media_type != expected:
        word = "was" if sent else "was not"
        raise Violation(f"obsPath {word} sent, so the answer must be {expected}, not {exchange.media_type}")


def valid_request_refused(exchange: Exchange) -> None:
    """Raise when a request that keeps to the document is called invalid."""
    value = exchange.json()
    if not exchange.valid or exchange.status != 400 or not isinstance(value, dict):
        return
    examples = exchange.media(_JSON).get("examples", {})
    refusals = {name: examples[name]["value"]["error_code"] for name in _REFUSALS if name in examples}
    for name, code in refusals.items():
        if value.get("error_code") == code:
            raise Violation(f"a valid request was refused as {name}: {code} {value.get('error_msg')!r}")


# Errors that say the request breaks the contract, rather than that something it names is not there.
_REFUSALS = ("invalid-request", "job-name-invalid")

CHECKS = (
    Check(
        "undocumented_field",
        "A JSON answer has no field that the edition does not document.",
        ("DLI-001", "DGC-005", "COM-001"),
        undocumented_field,
    ),
    Check("archive_intact", "An exported zip is complete and its CRCs hold.", ("DGC-007", "DGC-106"), archive_intact),
    Check(
        "archive_layout",
        "A zip has the documented tree and exactly the requested jobs.",
        ("DGC-010", "DGC-104"),
        archive_layout,
    ),
    Check(
        "export_depend",
        "With exportDepend false a zip has jobs only.",
        ("DGC-002", "DGC-102"),
        export_depend,
    ),
    Check(
        "obs_path_answer", "With obsPath the answer is JSON, without it a zip.", ("DGC-003", "DGC-005"), obs_path_answer
    ),
    Check(
        "valid_request_refused",
        "A request that keeps to the document is not called invalid.",
        ("DLI-004", "DGC-101", "COM-006"),
        valid_request_refused,
    ),
)


def _documents(exchange: Exchange, name: str) -> bool:
    """Whether the operation's request body has the property in this edition."""
    body = exchange.operation.get("requestBody", {}).get("content", {}).get(_JSON, {})
    return name in exchange.deref(body.get("schema", {})).get("properties", {})


def _pattern(template: str) -> re.Pattern[str]:
    # A name that a template repeats must be the same each time.
    parts = re.split(r"\{(\w+)\}", template)
    seen: set[str] = set()
    pattern = ""
    for number, part in enumerate(parts):
        if number % 2 == 0:
            pattern += re.escape(part)
        else:
            pattern += f"(?P={part})" if part in seen else f"(?P<{part}>[^/]+)"
            seen.add(part)
    return re.compile(pattern)
