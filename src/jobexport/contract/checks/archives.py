"""Checks of the zips that exportJob and batchExportJobs answer with."""

from __future__ import annotations

import re
from email.message import Message
from typing import TYPE_CHECKING, Any

from jobexport.archive.members import member_stem
from jobexport.contract.checks.violation import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jobexport.contract.checks.exchange import Exchange

# Legal names of jobs that a path can't carry as they are; how they stand in a zip no page says.
_DOTS = {".", ".."}


def archive_intact(exchange: Exchange) -> None:
    """Raise if the response is no zip that `JobArchive` takes: it is incomplete, damaged, or holds what is unsafe."""
    if exchange.is_archive() and (problem := exchange.archive().problem) is not None:
        raise Violation(f"the answer is no complete zip: {problem}")


def file_name(exchange: Exchange) -> None:
    """Raise when Content-Disposition is there and names another file than the documentation."""
    template = exchange.media(exchange.zip_media()).get("x-zip-file-name")
    given = exchange.headers.get("content-disposition")
    if not exchange.is_archive() or template is None or given is None:
        return
    message = Message()
    message["Content-Disposition"] = given
    expected = template.replace("{job_name}", str(exchange.path.get("job_name", "")))
    if message.get_content_disposition() != "attachment":
        raise Violation(f"Content-Disposition is {given!r}; a file to be kept is an attachment")
    if message.get_filename() != expected:
        raise Violation(f"Content-Disposition names the file {message.get_filename()!r}, documented is {expected!r}")


def archive_layout(exchange: Exchange) -> None:
    """Raise when a member lies elsewhere than documented, or the archive does not hold exactly the requested jobs."""
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
        raise Violation(f"the zip lacks {missing or 'nothing'} and has {extra or 'nothing'} that was not asked for")


def member_content(exchange: Exchange) -> None:
    """Raise when a member is no JSON object of the member's name, or a job has no list of nodes."""
    archive = exchange.archive()
    dots = _DOTS & set(exchange.requested_jobs())
    for name in archive.members:
        value = archive.value(name)
        if not isinstance(value, dict):
            raise Violation(f"{name} in the zip is no JSON object")
        if value.get("name") != member_stem(name) and not dots:
            raise Violation(f"{name} in the zip has the name {value.get('name')!r}", pointer="/name")
        if name.endswith(".job") and not isinstance(value.get("nodes"), list):
            raise Violation(f"{name} in the zip has no list of nodes", ("COM-007",), "/nodes")


def export_depend(exchange: Exchange) -> None:
    """Raise when scripts or resources are there that were not wanted or are not used, or used ones are not there."""
    layout = exchange.media(exchange.zip_media()).get("x-zip-layout")
    archive = exchange.archive()
    if not archive.members or layout is None or _DOTS & set(exchange.requested_jobs()):
        return
    patterns = patterns_of(layout)
    others = [name for name in archive.members if not patterns["job"].fullmatch(name)]
    wanted = not (exchange.documents("exportDepend") and exchange.arguments.get("exportDepend") is False)
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


def _rests_on(exchange: Exchange) -> tuple[str, ...]:
    return ("DGC-102",) if exchange.id == "batchExportJobs" else ("DGC-002",)


def _check_resources(
    exchange: Exchange, layout: Mapping[str, str], patterns: Mapping[str, re.Pattern[str]], resources: set[str]
) -> None:
    """Check resources: a node names one by its name or by the location that it stands for."""
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


def _used(exchange: Exchange, layout: Mapping[str, str], jobs: re.Pattern[str]) -> Iterator[tuple[str, str]]:
    """Give the members that scripts used by the zip's jobs must have, each with a job that uses it."""
    for name, content in exchange.archive().members.items():
        match = jobs.fullmatch(name)
        if match is None or not content:
            continue
        for script in _properties(exchange.archive().value(name), "scriptName"):
            yield layout["script"].format(job_name=match["job_name"], script_name=script), match["job_name"]


def _paths(exchange: Exchange, jobs: re.Pattern[str]) -> Iterator[tuple[str, list[str]]]:
    for name in exchange.archive().members:
        if match := jobs.fullmatch(name):
            yield match["job_name"], _properties(exchange.archive().value(name), "resourcePath")


def _properties(job: object, wanted: str) -> list[str]:
    """Give the values of one property over a job's nodes; what has another shape is passed over."""
    return [
        item["value"]
        for node in _items(job, "nodes")
        for item in _items(node, "properties")
        if item.get("name") == wanted and isinstance(item.get("value"), str) and item["value"]
    ]


def _items(value: object, key: str) -> list[dict[str, Any]]:
    found = value.get(key) if isinstance(value, dict) else None
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def patterns_of(layout: Mapping[str, str]) -> dict[str, re.Pattern[str]]:
    """Turn a layout's templates into patterns, by kind."""
    return {kind: _pattern(template) for kind, template in layout.items()}


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
