"""Defects: zips with wrong members, content, names or bytes."""

from __future__ import annotations

import gzip
import json
import re
from typing import TYPE_CHECKING, Any

from attrs import evolve

from jobexport.mock.behaviour.zips import member_name, pack
from jobexport.mock.faults import bad_zips
from jobexport.mock.faults.fault import BATCH, ZIP, Fault, defects, takes
from jobexport.mock.requests.outcome import changed, content, dump, is_zip

if TYPE_CHECKING:
    from collections.abc import Callable

    from jobexport.mock.faults.call import Call
    from jobexport.mock.faults.fault import Alter
    from jobexport.mock.requests.outcome import Outcome
    from jobexport.mock.requests.request import Request
    from jobexport.mock.state.values import DgcJob

Members = dict[str, bytes]
"""Content by name."""


def _zips(change: Callable[[Call, bytes], bytes]) -> Alter:
    """Change the bytes of each zip, in the response or in storage."""

    async def alter(call: Call, outcome: Outcome) -> Outcome | None:
        if is_zip(outcome):
            right = content(outcome)
            wrong = change(call, right)
            return None if wrong == right else changed(outcome, wrong)
        objects = {name: change(call, right) for name, right in outcome.objects.items()}
        return None if objects == outcome.objects else evolve(outcome, objects=objects)

    return alter


def _members(change: Callable[[Call, Members], Members]) -> Alter:
    """Change the members of each zip."""
    return _zips(lambda call, zipped: pack(change(call, bad_zips.unpack(zipped))))


def _names(change: Callable[[str], str]) -> Alter:
    """Change the names of a zip's members."""
    return _members(lambda _, members: {change(name): content for name, content in members.items()})


def _contents(suffix: str, change: Callable[[bytes], bytes]) -> Alter:
    """Change the content of each member whose name has a suffix."""
    return _members(
        lambda _, members: {name: change(of) if name.endswith(suffix) else of for name, of in members.items()}
    )


def _definitions(change: Callable[[dict[str, Any]], Any], suffix: str = ".job") -> Alter:
    """Change the JSON of each member with a suffix."""
    return _contents(suffix, lambda content: dump(change(json.loads(content))))


def _nodes(change: Callable[[dict[str, Any]], Any]) -> Alter:
    """Change each node of each job."""
    return _definitions(lambda job: job | {"nodes": [change(node) for node in job.get("nodes", ())]})


def _without(*names: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda value: {name: found for name, found in value.items() if name not in names}


def _other_job(call: Call) -> DgcJob | None:
    """Return a job of the workspace that the request does not name, or None."""
    jobs = call.workspace.jobs if call.workspace else {}
    return next((job for name, job in jobs.items() if name not in call.asked), None)


def _layout(call: Call, kind: str, job: str, name: str) -> str:
    """Return the name of a member under the document's layout."""
    layout = call.operation.response(call.operation.zip_type).extensions["x-zip-layout"]
    return member_name(layout[kind], job_name=job, **({} if kind == "job" else {f"{kind}_name": name}))


def _without_last(suffix: str, left: int = 0) -> Callable[[Call, Members], Members]:
    """Remove the last member with a suffix, if at least `left` others remain."""

    def change(_: Call, members: Members) -> Members:
        found = [name for name in members if name.endswith(suffix)]
        return {name: content for name, content in members.items() if name not in found[left:][-1:]}

    return change


def _one_job_more(call: Call, members: Members) -> Members:
    other = _other_job(call)
    return members if other is None else members | {_layout(call, "job", other.name, other.name): other.content}


def _content_of_other_job(call: Call, members: Members) -> Members:
    other, first = _other_job(call), next((name for name in members if name.endswith(".job")), None)
    return members if other is None or first is None else members | {first: other.content}


def _scripts_of_others(call: Call, members: Members) -> Members:
    scripts = call.workspace.scripts if call.workspace else {}
    jobs = call.asked[:1]
    return {_layout(call, "script", job, name): text for job in jobs for name, text in scripts.items()} | members


def _scripts_swapped(_: Call, members: Members) -> Members:
    names = [name for name in members if name.endswith(".script")]
    return members | dict(zip(names, [members[name] for name in names[1:] + names[:1]], strict=True))


def _other_layout(call: Call, members: Members) -> Members:
    """Swap the two layouts: `jobs/a/b.script` → `scripts/b.script` and back."""
    moved = {}
    for name, text in members.items():
        *folders, last = name.split("/")
        stem, _, kind = last.rpartition(".")
        by_kind = f"{kind}s/{last}"
        by_job = f"jobs/{stem if kind == 'job' else call.asked[0]}/{last}"
        moved[by_kind if len(folders) > 1 else by_job] = text
    return moved


def _duplicated(_: Call, zipped: bytes) -> bytes:
    members = bad_zips.unpack(zipped)
    name = next(iter(members), None)
    if name is None:
        return zipped
    # zipfile warns of duplicate names, so the name is duplicated in the finished bytes.
    other = f"{name[:-1]}~"
    return pack(members | {other: members[name]}).replace(other.encode(), name.encode())


def _dependencies_always(call: Call) -> Request | None:
    return call.with_fields(exportDepend=True) if call.fields.get("exportDepend") is False else None


def _no_dependencies_by_default(call: Call) -> Request | None:
    return call.with_fields(exportDepend=False) if "exportDepend" not in call.fields else None


def _jobs_only(_: Call, members: Members) -> Members:
    return {name: content for name, content in members.items() if name.endswith(".job")}


def _renamed(job: dict[str, Any]) -> dict[str, Any]:
    return job | {"name": f"{job.get('name')}_copy"}


def _properties_by_name(node: dict[str, Any]) -> dict[str, Any]:
    return node | {"properties": {item["name"]: item.get("value") for item in node.get("properties", ())}}


def _script_text(content: bytes) -> bytes:
    return str(json.loads(content).get("content", "")).encode()


DEFECTS = defects(
    "wrong archives",
    Fault("zip-job-missing", "The last of several jobs is missing.", BATCH, alter=_members(_without_last(".job", 1))),
    Fault("zip-job-added", "The zip has a job that the request does not name.", ZIP, alter=_members(_one_job_more)),
    Fault("zip-other-layout", "The folders are those of the other operation.", ZIP, alter=_members(_other_layout)),
    Fault("zip-flat", "The zip has no folders.", ZIP, alter=_names(lambda name: name.rpartition("/")[2])),
    Fault("zip-top-folder", "All members are in one more folder.", ZIP, alter=_names(lambda name: f"export/{name}")),
    Fault("zip-script-missing", "The last script is missing.", ZIP, alter=_members(_without_last(".script"))),
    Fault("zip-resource-missing", "The last resource is missing.", ZIP, alter=_members(_without_last(".resource"))),
    Fault(
        "zip-scripts-of-others",
        "The zip has scripts that the job does not use.",
        ZIP,
        alter=_members(_scripts_of_others),
    ),
    Fault("zip-scripts-swapped", "The contents of the scripts are swapped.", ZIP, alter=_members(_scripts_swapped)),
    Fault(
        "zip-dependencies-always",
        "Scripts and resources are exported although exportDepend is false.",
        takes("exportDepend"),
        misread=_dependencies_always,
    ),
    Fault("zip-dependencies-never", "Scripts and resources are never exported.", ZIP, alter=_members(_jobs_only)),
    Fault(
        "zip-dependencies-on-demand",
        "Scripts and resources are exported only if exportDepend is sent.",
        takes("exportDepend"),
        misread=_no_dependencies_by_default,
    ),
    Fault(
        "zip-content-of-other-job",
        "The first job has the content of another job.",
        ZIP,
        alter=_members(_content_of_other_job),
    ),
    Fault(
        "zip-name-inside",
        "The name inside a job's definition is not the job's name.",
        ZIP,
        alter=_definitions(_renamed),
    ),
    Fault("zip-job-without-nodes", "Jobs lack their nodes.", ZIP, alter=_definitions(_without("nodes"))),
    Fault("zip-job-without-schedule", "Jobs lack their schedule.", ZIP, alter=_definitions(_without("schedule"))),
    Fault(
        "zip-job-schedule-text",
        "The schedule of a job is the word of its type.",
        ZIP,
        alter=_definitions(lambda job: job | {"schedule": job.get("schedule", {}).get("type")}),
    ),
    Fault("zip-node-without-type", "Nodes of jobs lack their type.", ZIP, alter=_nodes(_without("type"))),
    Fault(
        "zip-node-properties-by-name",
        "The properties of a node are an object, not a list.",
        ZIP,
        alter=_nodes(_properties_by_name),
    ),
    Fault(
        "zip-node-number-as-text",
        "The number of tries of a node is text.",
        ZIP,
        alter=_nodes(lambda node: node | {"retryTimes": "0"}),
    ),
    Fault(
        "zip-node-out-of-range",
        "The polling interval of a node is in milliseconds.",
        ZIP,
        alter=_nodes(lambda node: node | {"pollingInterval": 10_000}),
    ),
    Fault(
        "zip-script-without-type",
        "Scripts lack their type.",
        ZIP,
        alter=_definitions(_without("type"), ".script"),
    ),
    Fault(
        "zip-script-lines",
        "The text of a script is a list of its lines.",
        ZIP,
        alter=_definitions(lambda script: script | {"content": str(script.get("content")).split("\n")}, ".script"),
    ),
    Fault(
        "zip-resource-without-location",
        "Resources lack their location.",
        ZIP,
        alter=_definitions(_without("location"), ".resource"),
    ),
    Fault(
        "zip-job-cut",
        "Half of each job's definition is missing.",
        ZIP,
        alter=_contents(".job", lambda content: content[: len(content) // 2]),
    ),
    Fault("zip-job-empty", "Jobs have no content.", ZIP, alter=_contents(".job", lambda _: b"")),
    Fault(
        "zip-job-utf-16",
        "Jobs are in UTF-16.",
        ZIP,
        alter=_contents(".job", lambda content: content.decode().encode("utf-16")),
    ),
    Fault("zip-script-text", "A script is its bare text, not JSON.", ZIP, alter=_contents(".script", _script_text)),
    Fault("zip-lower-case", "Names in the zip are in lower case.", ZIP, alter=_names(str.lower)),
    Fault(
        "zip-json-suffix", "Jobs are called .json.", ZIP, alter=_names(lambda name: re.sub(r"\.job$", ".json", name))
    ),
    Fault("zip-backslashes", "Folders end in a backslash.", ZIP, alter=_names(lambda name: name.replace("/", "\\"))),
    Fault(
        "zip-extra-member",
        "The zip has a file that is not part of the export.",
        ZIP,
        alter=_members(lambda _, members: members | {"jobs/.DS_Store": b"\0\0\0\1Bud1"}),
    ),
    Fault("zip-duplicate", "The zip has the first member twice.", ZIP, alter=_zips(_duplicated)),
    Fault("zip-cut", "The last bytes of the zip are missing.", ZIP, alter=_zips(lambda _, zipped: zipped[:-30])),
    Fault(
        "zip-bad-crc-last",
        "The last member has a wrong checksum.",
        ZIP,
        alter=_zips(lambda _, zipped: bad_zips.bad_last_crc(zipped)),
    ),
    Fault(
        "zip-wrong-size",
        "The size of the first member is one byte too large.",
        ZIP,
        alter=_zips(lambda _, zipped: bad_zips.wrong_size(zipped)),
    ),
    Fault("zip-junk-before", "A log's line is before the zip.", ZIP, alter=_zips(lambda _, zipped: b"INFO\n" + zipped)),
    Fault(
        "zip-gzip",
        "The zip is compressed once more.",
        ZIP,
        alter=_zips(lambda _, zipped: gzip.compress(zipped, mtime=0)),
    ),
)
