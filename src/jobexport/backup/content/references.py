"""References of a definition, and requirements: all that the workspace of a restore must have beside the items.

The create-job page has a table of properties for each type of node. The tables are not read one by one: a property's
name says what its value is, whatever the type of the node. `clusterName` of a DLI node is a queue.
"""

from __future__ import annotations

import json
import re
import sys
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from attrs import frozen

from jobexport.backup.folder import layout

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from jobexport.backup.folder.manifest import ItemRow

SCRIPT, RESOURCE, JOB = layout.SCRIPT, layout.RESOURCE, layout.JOB
CONNECTION, QUEUE, CLUSTER, STREAM = "connection", "queue", "cluster", "stream"
BUCKET, OBS_FILE, AGENCY, USER, VARIABLE = "bucket", "obs_file", "agency", "user", "variable"
KEYS = {
    CONNECTION: "connections",
    QUEUE: "queues",
    CLUSTER: "clusters",
    STREAM: "streams",
    BUCKET: "buckets",
    OBS_FILE: "obs_files",
    AGENCY: "agencies",
    USER: "users",
    VARIABLE: "variables",
    JOB: "jobs",
    SCRIPT: "scripts",
    RESOURCE: "resources",
}
"""The key in `requirements.json` for each kind of reference. Jobs, scripts and resources are there if the backup lacks
them: jobs of other workspaces, and items that were deleted although a job uses them."""

# Properties of nodes, in lower case.
_PROPERTIES = {
    "scriptname": SCRIPT,
    "connectionname": CONNECTION,
    "connection": CONNECTION,
    "queuename": QUEUE,
    "queue": QUEUE,
    "clustername": CLUSTER,
    "cluster": CLUSTER,
    "streamname": STREAM,
    "subjobname": JOB,
    "resourcename": RESOURCE,
    "resourcepath": RESOURCE,
}
# Node types whose `jobName` is a job of the workspace; elsewhere it is a job of another service.
_SUBJOBS = {"subjob", "foreach"}
# They are found in the text of a file, so a backslash begins an escape of JSON.
_OBS_PATH = re.compile(r"(?:obs|s3a)://([^/\s'\"<>;,()\\]+)(?:/([^\s'\"<>;,()\\]*))?", re.IGNORECASE)
# `#{Env.get("x")}` is a variable of the workspace.
_VARIABLE = re.compile(r"""Env\.get\(\s*\\?["']([^"'\\]{1,128})\\?["']\s*\)""")
_COMPUTED = re.compile(r"[$#]\{")
_quoted = json.JSONEncoder(ensure_ascii=False).encode


def of(kind: str, fields: Mapping[str, Any], texts: Iterable[str]) -> tuple[str, ...]:
    """Return the references of an item, sorted: `("connection:mrs_hive", "script:orders_sum")`.

    Args:
        kind: the kind of the item.
        fields: its definition.
        texts: the texts of its files, in which OBS paths and variables are found wherever they stand.
    """
    named = [(place.kind, place.value) for place in places(kind, fields)]
    return _sorted([*named, *(found for text in texts for found in _in_text(text))])


@frozen
class NamedPlace:
    """A place in a definition whose whole value is the name of something else."""

    kind: str
    _within: Any
    _key: str | int

    @property
    def value(self) -> Any:
        """The name that stands there; a value of another type is no name."""
        return self._within[self._key]

    def put(self, name: str) -> None:
        """Put another name there."""
        self._within[self._key] = name


def places(kind: str, fields: Mapping[str, Any]) -> Iterator[NamedPlace]:
    """Yield the places of a definition that hold names; names inside of texts are not among them."""
    if kind == JOB:
        yield from _of_job(fields)
    elif kind == SCRIPT:
        yield from _at(fields, {"connectionName": CONNECTION, "queueName": QUEUE})
        yield from _approvers(fields)
    elif kind == layout.FLINK:
        # Editions have them at two places.
        named = {"queue_name": QUEUE, "obs_bucket": BUCKET, "execution_agency_urn": AGENCY}
        yield from _at(fields, named)
        yield from _at(_object(fields.get("job_config")), named)
    # A resource is a place in OBS, and names others in texts.


def _at(within: Mapping[str, Any], kinds: Mapping[str, str]) -> Iterator[NamedPlace]:
    return (NamedPlace(kind, within, key) for key, kind in kinds.items() if key in within)


def _of_job(fields: Mapping[str, Any]) -> Iterator[NamedPlace]:
    for node in _objects(fields.get("nodes")):
        yield from _of_node(node)
    yield from _at(_object(fields.get("basicConfig")), {"owner": USER, "executeUser": USER, "agency": AGENCY})
    yield from _approvers(fields)
    for schedule in _schedules(fields):
        yield from _depended(schedule)


def split(ref: str) -> tuple[str, str]:
    """Return kind and name of a reference: `"script:a:b" → ("script", "a:b")`."""
    kind, _, name = ref.partition(":")
    return kind, name


def missing(rows: Iterable[ItemRow]) -> dict[str, dict[str, list[str]]]:
    """Return what the backup itself has not: by kind of reference and name, the items that use it.

    An item that is gone from the service has no needs.
    """
    found: defaultdict[str, dict[str, list[str]]] = defaultdict(dict)
    present = list(rows)
    own = {(row.kind, row.name) for row in present}
    for row in present:
        for ref in row.refs:
            kind, name = split(ref)
            if kind in KEYS and (kind, name) not in own:
                found[kind].setdefault(name, []).append(f"{row.kind}:{row.name}")
    return found


def requirements(rows: Iterable[ItemRow]) -> bytes:
    """Return the file of all requirements: sorted JSON, each with `used_by`.

    It has a line for each user, as `strict_json.write` would, which is too slow for a hundred thousand of them.
    """
    found = missing(rows)
    sections = []
    for kind, key in KEYS.items():
        entries = [_entry(kind, name, users) for name, users in sorted(found.get(kind, {}).items())]
        content = "[\n{}\n  ]".format(",\n".join(entries)) if entries else "[]"
        sections.append(f"  {_quoted(key)}: {content}")
    return "{{\n{}\n}}\n".format(",\n".join(sections)).encode()


def _entry(kind: str, name: str, users: list[str]) -> str:
    """Return a requirement as JSON."""
    bucket, _, object_key = name.partition("/")
    named = {"bucket": bucket, "key": object_key} if kind == OBS_FILE else {"name": name}
    lines = [f"      {_quoted(key)}: {_quoted(value)}," for key, value in named.items()]
    used = ",\n        ".join(map(_quoted, sorted(users)))
    return "\n".join(["    {", *lines, f'      "used_by": [\n        {used}\n      ]', "    }"])


def _of_node(node: Mapping[str, Any]) -> Iterator[NamedPlace]:
    type_ = "".join(str(node.get("type", "")).split()).casefold()
    for item in _objects(node.get("properties")):
        name = str(item.get("name", "")).casefold()
        kind = _PROPERTIES.get(name)
        if kind == CLUSTER and type_.startswith("dli"):
            kind = QUEUE
        if name == "jobname" and type_ in _SUBJOBS:
            kind = JOB
        if kind is not None and "value" in item and not (kind == RESOURCE and "://" in str(item["value"])):
            # A path in OBS is found as one.
            yield NamedPlace(kind, item, "value")


def _schedules(fields: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield _object(fields.get("schedule"))
    for node in _objects(fields.get("nodes")):
        if "cronTrigger" in node:
            yield {"cron": node["cronTrigger"]}


def _depended(schedule: Mapping[str, Any]) -> Iterator[NamedPlace]:
    """Yield the places of jobs that must have run before: the names in `dependJobs`, of all its lists."""
    depends = _object(_object(schedule.get("cron")).get("dependJobs"))
    for key in ("jobs", "sameWorkSpaceJobs", "otherWorkSpaceJobs"):
        jobs = depends.get(key)
        for number, job in enumerate(jobs if isinstance(jobs, list) else ()):
            entry = _object(job)
            named = next((name for name in ("jobName", "name") if entry.get(name)), None)
            yield NamedPlace(JOB, jobs, number) if named is None else NamedPlace(JOB, entry, named)


def _approvers(fields: Mapping[str, Any]) -> Iterator[NamedPlace]:
    for item in _objects(fields.get("approvers")):
        yield from _at(item, {"approverName": USER})


def _in_text(text: str) -> Iterator[tuple[str, str]]:
    if "://" in text:
        for bucket, key in _OBS_PATH.findall(text):
            yield BUCKET, bucket
            if key and not key.endswith("/"):
                yield OBS_FILE, f"{bucket}/{key}"
    if "Env" in text:
        yield from ((VARIABLE, name) for name in _VARIABLE.findall(text))


def renamed(text: str, path: Callable[[str, str], tuple[str, str]], variable: Callable[[str], str]) -> str:
    """Return a text with other OBS paths and variables of the workspace.

    Args:
        text: the text.
        path: returns bucket and key for a bucket and a key, which may be empty.
        variable: returns the name of a variable for a name.
    """

    def located(found: re.Match[str]) -> str:
        bucket, key = path(found[1], found[2] or "")
        scheme = found[0].partition("://")[0]
        return f"{scheme}://{bucket}" + ("" if found[2] is None else f"/{key}")

    def looked_up(found: re.Match[str]) -> str:
        return found[0].replace(found[1], variable(found[1]))

    return _VARIABLE.sub(looked_up, _OBS_PATH.sub(located, text))


def _sorted(found: Iterable[tuple[str, Any]]) -> tuple[str, ...]:
    """Return references as texts; a value that is not a name, or that is computed, refers to nothing."""
    # Interned, as a connection is used by a thousand jobs.
    names = {sys.intern(f"{kind}:{name}") for kind, name in found if is_name(name)}
    return tuple(sorted(names))


def is_name(value: Any) -> bool:
    """Return True for a name; a value that is computed when the job runs names nothing that could be supplied."""
    return isinstance(value, str) and bool(value.strip()) and not _COMPUTED.search(value)


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _objects(value: Any) -> list[Mapping[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
