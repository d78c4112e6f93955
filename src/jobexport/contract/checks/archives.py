"""Checks of the zips in the responses of exportJob and batchExportJobs."""

from __future__ import annotations

import contextlib
import re
from email.message import Message
from email.utils import collapse_rfc2231_value
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from jobexport.archive.members import member_stem
from jobexport.contract.checks.violation import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jobexport.contract.checks.exchange import CheckedExchange

# Legal names of jobs that a path can't contain unencoded; no page gives their paths in a zip.
_DOTS = {".", ".."}


def archive_intact(exchange: CheckedExchange) -> None:
    """Raise if `JobArchive` refuses the zip of the response as incomplete, damaged or unsafe."""
    if exchange.is_archive() and (problem := exchange.archive().problem) is not None:
        raise Violation(f"the response is not a complete zip: {problem}")


def file_name(exchange: CheckedExchange) -> None:
    """Raise if Content-Disposition names another file than the documentation; the header may be missing."""
    template = exchange.media(exchange.zip_media()).get("x-zip-file-name")
    given = exchange.headers.get("content-disposition")
    if not exchange.is_archive() or template is None or given is None:
        return
    expected = template.replace("{job_name}", str(exchange.path.get("job_name", "")))
    kind, name = disposition(given)
    if kind != "attachment":
        raise Violation(f"Content-Disposition is {given!r}; it must be an attachment")
    if name != expected:
        raise Violation(f"Content-Disposition names the file {name!r}, documented is {expected!r}")


def disposition(header: str) -> tuple[str | None, str | None]:
    """Return the kind and the file name of a Content-Disposition; None for what it lacks.

    No page says how a name beyond ASCII is written: `filename*` goes before `filename`, which may be UTF-8 or
    percent-encoded.
    """
    message = Message()
    message["Content-Disposition"] = " ".join(header.split())
    kind, name = message.get_content_disposition(), message.get_filename()
    values = [value for _, value in message.get_params([], "Content-Disposition")]
    if extended := next((value for value in values if isinstance(value, tuple)), None):
        return kind, collapse_rfc2231_value(extended)
    if name is not None and not name.isascii():
        with contextlib.suppress(UnicodeError):
            name = name.encode("latin-1").decode("utf-8")
    return kind, name and unquote(name)


def archive_layout(exchange: CheckedExchange) -> None:
    """Raise if a member's path is not documented, or the zip does not hold exactly the requested jobs."""
    layout = exchange.media(exchange.zip_media()).get("x-zip-layout")
    if not exchange.is_archive() or layout is None or _DOTS & set(exchange.requested_jobs()):
        return
    names = exchange.archive().names
    patterns = patterns_of(layout)
    for name in names:
        if not any(pattern.fullmatch(name) for pattern in patterns.values()):
            raise Violation(f"{name} in the zip fits none of {', '.join(layout.values())}")
    if exchange.archive().problem is not None and not names:
        return
    requested = exchange.requested_jobs()
    expected = {layout["job"].replace("{job_name}", job) for job in requested}
    found = {name for name in names if patterns["job"].fullmatch(name)}
    if found != expected:
        missing, extra = sorted(expected - found), sorted(found - expected)
        held = {layout["job"].replace("{job_name}", job) for job in exchange.known.jobs} if exchange.known else expected
        text = f"the zip lacks {missing or 'nothing'} and has {extra or 'nothing'}, which was not requested"
        # A zip without jobs that nobody knows is the wrong response to unknown names.
        raise Violation(text, about="" if extra or held & {*missing} else "unknown name")


def member_content(exchange: CheckedExchange) -> None:
    """Raise if a member is not a JSON object with the name of its file, or a job has no list of nodes."""
    archive = exchange.archive()
    dots = _DOTS & set(exchange.requested_jobs())
    for name in archive.members:
        value = archive.value(name)
        if not isinstance(value, dict):
            raise Violation(f"{name} in the zip is not a JSON object")
        if value.get("name") != member_stem(name) and not dots:
            raise Violation(f"{name} in the zip has the name {value.get('name')!r}", pointer="/name")
        if name.endswith(".job") and not isinstance(value.get("nodes"), list):
            raise Violation(f"{name} in the zip has no list of nodes", ("COM-007",), "/nodes")


def export_depend(exchange: CheckedExchange) -> None:
    """Raise if the zip lacks a used script or resource, or has scripts or resources that are unused or not wanted."""
    layout = exchange.media(exchange.zip_media()).get("x-zip-layout")
    archive = exchange.archive()
    if not archive.members or layout is None or exchange.moved or _DOTS & set(exchange.requested_jobs()):
        return
    patterns = patterns_of(layout)
    others = [
        name
        for name in archive.members
        if any(pattern.fullmatch(name) for kind, pattern in patterns.items() if kind != "job")
    ]
    wanted = exchange.arguments.get("exportDepend", True) if exchange.documents("exportDepend") else True
    if not isinstance(wanted, bool):
        return  # No page says what a number or a text means.
    if not wanted:
        if others:
            raise Violation(f"exportDepend was false, but the zip has {', '.join(others)}")
        return
    used = dict(_used(exchange, layout, patterns["job"]))
    resources = {name for name in others if patterns["resource"].fullmatch(name)}
    for name, users in used.items():
        if name.endswith(".script") and name not in archive.members:
            raise Violation(f"the zip lacks {name}, which {users} uses", _rests_on(exchange))
    for name in others:
        if name not in resources and name not in used:
            raise Violation(f"the zip has {name}, which no job in it uses", _rests_on(exchange))
    _check_resources(exchange, layout, patterns, resources)


def _rests_on(exchange: CheckedExchange) -> tuple[str, ...]:
    return ("DGC-102",) if exchange.id == "batchExportJobs" else ("DGC-002",)


def _check_resources(
    exchange: CheckedExchange, layout: Mapping[str, str], patterns: Mapping[str, re.Pattern[str]], resources: set[str]
) -> None:
    """Check resources; a node names a resource by its name or by its location."""
    archive = exchange.archive()
    known = set(exchange.known.resources) if exchange.known else set()
    for job, paths in _paths(exchange, patterns["job"]):
        own = {
            name
            for name in resources
            if (match := patterns["resource"].fullmatch(name)) and match.groupdict().get("job_name", job) == job
        }
        held = {text for name in own for text in _stands_for(name, archive.value(name))}
        for path in paths:
            if path in known and path not in held:
                raise Violation(f"the zip lacks the resource {path!r}, which {job} uses", _rests_on(exchange))
    used = {path for _, paths in _paths(exchange, patterns["job"]) for path in paths}
    for name in sorted(resources):
        if not _stands_for(name, archive.value(name)) & used:
            raise Violation(f"the zip has {name}, which no job in it uses", _rests_on(exchange))


def _stands_for(name: str, resource: object) -> set[str]:
    location = resource.get("location") if isinstance(resource, dict) else None
    return {member_stem(name), str(location)} if location else {member_stem(name)}


def _used(exchange: CheckedExchange, layout: Mapping[str, str], jobs: re.Pattern[str]) -> Iterator[tuple[str, str]]:
    """Yield the members that the zip must have for the scripts of its jobs, each with a job that uses it."""
    for name, content in exchange.archive().members.items():
        match = jobs.fullmatch(name)
        if match is None or not content:
            continue
        for script in _properties(exchange.archive().value(name), "scriptName"):
            yield layout["script"].format(job_name=match["job_name"], script_name=script), match["job_name"]


def _paths(exchange: CheckedExchange, jobs: re.Pattern[str]) -> Iterator[tuple[str, list[str]]]:
    for name in exchange.archive().members:
        if match := jobs.fullmatch(name):
            yield match["job_name"], _properties(exchange.archive().value(name), "resourcePath")


def _properties(job: object, wanted: str) -> list[str]:
    """Return the values of one property of a job's nodes; nodes of another shape are skipped."""
    return [
        item["value"]
        for node in _items(job, "nodes")
        for item in _items(node, "properties")
        if item.get("name") == wanted and isinstance(item.get("value"), str) and item["value"]
    ]


def _items(value: object, key: str) -> list[dict[str, Any]]:
    found = value.get(key) if isinstance(value, dict) else None
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def members_of(exchange: CheckedExchange) -> Mapping[tuple[str, str, str | None], bytes]:
    """Return the members of a zip by kind, name, and the job of their folder (None for a folder of all jobs)."""
    found: dict[tuple[str, str, str | None], bytes] = {}
    layout = exchange.media(exchange.zip_media()).get("x-zip-layout", {})
    for kind, pattern in patterns_of(layout).items():
        for name, content in exchange.archive().members.items():
            if match := pattern.fullmatch(name):
                names = match.groupdict()
                called = names[f"{kind}_name"]
                found[kind, called, names.get("job_name") if kind != "job" else None] = content
    return found


def patterns_of(layout: Mapping[str, str]) -> dict[str, re.Pattern[str]]:
    """Return a pattern for each template of a layout, by kind."""
    return {kind: _pattern(template) for kind, template in layout.items()}


def _pattern(template: str) -> re.Pattern[str]:
    # A placeholder that a template repeats must have the same value each time.
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
