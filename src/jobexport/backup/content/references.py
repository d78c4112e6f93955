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

from jobexport.backup.folder import layout

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

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
# A value that is computed when the job runs names nothing that could be supplied.
_COMPUTED = re.compile(r"[$#]\{")
_quoted = json.JSONEncoder(ensure_ascii=False).encode


def of(kind: str, fields: Mapping[str, Any], texts: Iterable[str]) -> tuple[str, ...]:
    """Return the references of an item, sorted: `("connection:mrs_hive", "script:orders_sum")`.

    Args:
        kind: the kind of the item.
        fields: its definition.
        texts: the texts of its files, in which OBS paths and variables are found wherever they stand.
    """
    found = {JOB: _of_job, SCRIPT: _of_script, layout.FLINK: _of_flink}.get(kind, _of_resource)(fields)
    return _sorted([*found, *(named for text in texts for named in _in_text(text))])


def _of_job(fields: Mapping[str, Any]) -> list[tuple[str, Any]]:
    settings = _object(fields.get("basicConfig"))
    users = (settings.get("owner"), settings.get("executeUser"), *_approvers(fields))
    return [
        *(named for node in _objects(fields.get("nodes")) for named in _of_node(node)),
        *((USER, user) for user in users),
        (AGENCY, settings.get("agency")),
        *((JOB, name) for schedule in _schedules(fields) for name in _depended(schedule)),
    ]


def _of_script(fields: Mapping[str, Any]) -> list[tuple[str, Any]]:
    users = [(USER, user) for user in _approvers(fields)]
    return [(CONNECTION, fields.get("connectionName")), (QUEUE, fields.get("queueName")), *users]


def _of_resource(fields: Mapping[str, Any]) -> list[tuple[str, Any]]:
    # A resource is a place in OBS, and names others.
    return []


def _of_flink(fields: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Return the queue, the bucket and the agency of a Flink job; editions have them at two places."""
    places = (fields, _object(fields.get("job_config")))
    named = {"queue_name": QUEUE, "obs_bucket": BUCKET, "execution_agency_urn": AGENCY}
    return [(kind, place.get(key)) for place in places for key, kind in named.items()]


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


def _of_node(node: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    type_ = "".join(str(node.get("type", "")).split()).casefold()
    for item in _objects(node.get("properties")):
        name, value = str(item.get("name", "")).casefold(), item.get("value")
        kind = _PROPERTIES.get(name)
        if kind == CLUSTER and type_.startswith("dli"):
            kind = QUEUE
        if name == "jobname" and type_ in _SUBJOBS:
            kind = JOB
        if kind is not None and not (kind == RESOURCE and "://" in str(value)):
            # A path in OBS is found as one.
            yield kind, value


def _schedules(fields: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield _object(fields.get("schedule"))
    for node in _objects(fields.get("nodes")):
        yield {"cron": node.get("cronTrigger"), "event": node.get("eventTrigger")}


def _depended(schedule: Mapping[str, Any]) -> Iterator[Any]:
    """Yield the jobs that must have run before: the names in `dependJobs`, of all its lists."""
    depends = _object(_object(schedule.get("cron")).get("dependJobs"))
    for key in ("jobs", "sameWorkSpaceJobs", "otherWorkSpaceJobs"):
        for job in depends.get(key) or () if isinstance(depends.get(key), list) else ():
            yield _object(job).get("jobName") or _object(job).get("name") or job


def _approvers(fields: Mapping[str, Any]) -> list[Any]:
    return [item.get("approverName") for item in _objects(fields.get("approvers"))]


def _in_text(text: str) -> Iterator[tuple[str, str]]:
    if "://" in text:
        for bucket, key in _OBS_PATH.findall(text):
            yield BUCKET, bucket
            if key and not key.endswith("/"):
                yield OBS_FILE, f"{bucket}/{key}"
    if "Env" in text:
        yield from ((VARIABLE, name) for name in _VARIABLE.findall(text))


def _sorted(found: Iterable[tuple[str, Any]]) -> tuple[str, ...]:
    """Return references as texts; a value that is not a name, or that is computed, refers to nothing."""
    # Interned, as a connection is used by a thousand jobs.
    names = {
        sys.intern(f"{kind}:{name}")
        for kind, name in found
        if isinstance(name, str) and name.strip() and not _COMPUTED.search(name)
    }
    return tuple(sorted(names))


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _objects(value: Any) -> list[Mapping[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
