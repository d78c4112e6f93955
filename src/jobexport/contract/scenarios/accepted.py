"""Scenarios of requests that must succeed, and of what their responses must have in common."""

from __future__ import annotations

import contextlib
import json
import re
import time
from typing import TYPE_CHECKING, Any

from jobexport.contract.checks.archives import members_of
from jobexport.contract.checks.exchange import read_archive
from jobexport.contract.checks.responses import refusal
from jobexport.contract.data import changes
from jobexport.contract.scenarios.scenario import expect
from jobexport.contract.sender import ABSENT
from jobexport.spec.document import deref, marks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jobexport.contract.checks.exchange import CheckedExchange
    from jobexport.contract.scenarios.scenario import ScenarioRun

# The most jobs that are exported separately.
_MOST = 6
_REPEATS = 12
# Seconds until an object must appear in storage after the response that names it.
_APPEARS = 3


def each_name(run: ScenarioRun) -> None:
    """Export each known job alone, and all known jobs together."""
    for body, job in _each(run):
        response = run.send(body, job=job)
        expect(response.succeeded, f"the server has {job or body}, but the response is {response.status}")


def _each(run: ScenarioRun) -> Iterator[tuple[Any, str | None]]:
    if run.id == "exportJob":
        yield from ((ABSENT, job) for job in run.data.jobs[:_MOST])
    elif run.id == "batchExportJobs":
        yield from ((run.example(jobList=[job]), None) for job in run.data.jobs[:_MOST])
        jobs = list(run.data.jobs)[: run.schema["properties"]["jobList"].get("maxItems")]
        yield run.example(jobList=jobs), None
        yield run.example(jobList=jobs[::-1]), None
    else:
        yield from ((run.example(job_selected=[id_]), None) for id_ in run.data.flink_jobs[:_MOST])
        yield run.example(job_selected=list(run.data.flink_jobs[:_MOST])), None
        if run.data.complete:
            # A project in use may have many jobs, and the server writes each to object storage.
            yield run.example(is_selected=False, job_selected=ABSENT), None
            yield run.example(is_selected=False), None


def accepted_forms(run: ScenarioRun) -> None:
    """Send a valid request in every form that the documentation shows or allows."""
    body = run.any_body()
    text = json.dumps(body)
    headers = [
        {"Content-Type": name}
        for name in (
            "application/json",
            "application/json; charset=UTF-8",
            "application/json;charset=utf-8",
            "Application/JSON",
        )
    ]
    headers += [{"Content-Type": "application/json", "Accept": name} for name in ("*/*", "application/octet-stream")]
    headers += [{"Content-Type": "application/json", "X-Language": "en-us"}]
    for extra in headers:
        response = run.send(content=text.encode(), headers=extra) if body else run.send(headers=extra)
        words = ", ".join(f"{name}: {value}" for name, value in extra.items())
        expect(response.succeeded, f"a valid request with {words} gets {response.status}")
    for spelled in (
        json.dumps(body, indent=2),
        json.dumps(dict(reversed(body.items()))) if body else "",
        f" {text}\r\n",
    ):
        if body:
            response = run.send(content=spelled.encode(), headers={"Content-Type": "application/json"})
            expect(response.succeeded, f"the valid body {spelled!r} gets {response.status}")
    if not run.body_required:
        expect(run.send().succeeded, "a request without a body is refused, but the body is optional")
        if run.schema:
            expect(run.send({}).succeeded, "an empty object is refused, but no field is required")


def optional_fields(run: ScenarioRun) -> None:
    """Send requests without each optional field, with its default, and with each of its values."""
    needed = {*run.schema.get("required", ()), *run.schema.get("then", {}).get("required", ())}
    plain = _outcome(run.send(run.example() or ABSENT))
    for name, node in run.schema.get("properties", {}).items():
        schema = deref(run.document, node)
        if name in needed:
            continue
        values = schema.get("enum") or ([True, False] if schema.get("type") == "boolean" else [])
        for value in values:
            response = run.send(run.example(**{name: value}))
            expect(
                response.succeeded,
                f"{name} {value!r} is allowed, but the response is {response.status}",
                *marks(schema),
            )
            if value == schema.get("default"):
                same = _outcome(response) == plain
                text = f"{name} {value!r} is the default, but the response differs from that without {name}"
                expect(same, text, *marks(schema))


def unknown_fields(run: ScenarioRun) -> None:
    """Send a valid body with an unknown field, which the document does not forbid."""
    if run.schema:
        response = run.send(run.example(x_unknown="x"))
        expect(response.succeeded, f"an unknown field is not forbidden, but the response is {response.status}")


def longest_list(run: ScenarioRun) -> None:
    """Request as many jobs as one request may have; the document does not say that they must differ."""
    most = run.schema["properties"]["jobList"].get("maxItems", 100)
    jobs = list(run.data.jobs)
    response = run.send(run.example(jobList=(jobs * most)[:most]))
    expect(response.succeeded, f"{most} names are allowed, but the response is {response.status}", "DGC-101")


def exact_numbers(run: ScenarioRun) -> None:
    """Request ids at the limits of 64 bits, which are valid even if no such job exists."""
    edges = (2**63 - 1, 2**63 - 2, -(2**63), 2**53 + 1, 0)
    for number in edges:
        response = run.send(run.example(job_selected=[number]))
        missing, _ = refusal(response, "job-not-found")
        expected = (200,) if number in run.data.flink_jobs else (missing,) if run.data.complete else (200, missing)
        expect(response.status in expected, f"the valid id {number} gets {response.status}")


def no_ids(run: ScenarioRun) -> None:
    """Request an empty list of jobs, which is valid; no job must be exported."""
    response = run.send(run.example(job_selected=[]))
    named = [name for names in _arrays(response) for name in names]
    expect(not named, f"no job was requested, but the response names {named}")


def same_twice(run: ScenarioRun) -> None:
    """Send one request many times, with other requests between; the responses must be equal except for times."""
    others = list(_each(run))[1:]
    seen: list[Any] = []
    for number in range(_REPEATS):
        response = run.send()
        expect(response.succeeded, f"the same request, sent again, gets {response.status}")
        seen.append(_outcome(response))
        expect(seen[-1] == seen[0], f"response {number + 1} to the same request differs: {_differ(seen)}")
        if others and number % 3 == 1:
            body, job = others[number % len(others)]
            run.send(body, job=job)


def same_job_in_batch(run: ScenarioRun) -> None:
    """Export jobs alone and together; the job definitions and scripts must be equal."""
    if not run.has("exportJob"):
        return
    alone = {job: members_of(_single(run, job)) for job in run.data.jobs[:_MOST]}
    response = run.send(run.example(jobList=list(alone)))
    if not response.succeeded:
        return
    together = members_of(response)
    for job, contents in alone.items():
        for (kind, name, _), content in contents.items():
            found = [
                text
                for (other, called, of), text in together.items()
                if (other, called) == (kind, name) and of in (job, None)
            ]
            expect(found, f"the export of {job} has the {kind} {name}, but the batch export has not", "DGC-104")
            expect(content in found, f"the {kind} {name} of {job} differs between export and batch export", "DGC-104")
    wanted = {(kind, name) for contents in alone.values() for kind, name, _ in contents}
    more = {(kind, name) for kind, name, _ in together} - wanted
    expect(not more, f"the batch export has {sorted(more)}, which no export of a single job has", "DGC-104")


def workspaces(run: ScenarioRun) -> None:
    """Export the jobs of each known workspace; jobs of the same name in two workspaces must differ."""
    for workspace, jobs in run.data.workspace_jobs.items():
        for job in jobs[:_MOST]:
            single = run.id == "exportJob"
            response = (
                run.send(job=job, workspace=workspace) if single else run.send({"jobList": [job]}, workspace=workspace)
            )
            expect(
                response.succeeded,
                f"workspace {workspace} has the job {job}, but the response is {response.status}",
            )
            if run.data.complete and job in run.data.jobs:
                default = run.send(job=job) if single else run.send({"jobList": [job]})
                expect(
                    _outcome(default) != _outcome(response),
                    f"workspace {workspace} and the default workspace each have a job {job}, but the exports are equal",
                )


def submitted_version(run: ScenarioRun) -> None:
    """Export the submitted version of a job and the version under development; they must differ."""
    if "exportStatus" not in run.schema.get("properties", {}):
        return
    for job in run.data.submitted:
        plain, developed, submitted = (
            _outcome(run.send(body, job=job)) for body in ({}, {"exportStatus": "DEVELOP"}, {"exportStatus": "SUBMIT"})
        )
        expect(
            plain == developed,
            "exportStatus DEVELOP is the default, but the response differs from that without exportStatus",
        )
        expect(
            submitted != developed,
            f"the submitted version of {job} differs, but exportStatus SUBMIT exports the version under development",
        )


def dependencies(run: ScenarioRun) -> None:
    """Export jobs with and without dependencies; the job definitions must be equal."""
    if "exportDepend" not in run.schema.get("properties", {}):
        return
    for job in run.data.jobs[:_MOST]:
        bodies = [run.example(exportDepend=value) for value in (True, False)]
        if run.id == "batchExportJobs":
            bodies = [body | {"jobList": [job]} for body in bodies]
        full, bare = (members_of(run.send(body, job=job)) for body in bodies)
        jobs = {key: content for key, content in full.items() if key[0] == "job"}
        expect(bare == jobs, f"{job} differs: {sorted(bare)} without dependencies, {sorted(jobs)} with dependencies")


def folders(run: ScenarioRun) -> None:
    """Export to the known folder and to folders in it, in different spellings."""
    base = run.data.obs_dirs[0].rstrip("/")
    for folder in (
        base,
        f"{base}/",
        f"{base}/nightly",
        f"{base}/nightly/2026-11/",
        f"{base}/with blank",
        f"{base}/\u4f5c",
    ):
        response = run.send(run.example(obs_dir=folder))
        expect(response.succeeded, f"the valid folder {folder!r} gets {response.status}", "DLI-013")


def legal_names(run: ScenarioRun) -> None:
    """Request jobs of every kind of legal name; if jobs can't be made, the server may say that the job is missing."""
    # Chinese names are legal in some editions: "\u4f5c\u4e1a" is "job".
    names = ("x", "7", "-", "a.b-c_d", "job.job", "UPPER", "a" * 128, ".", "..", "\u4f5c\u4e1a_1", "\u4f5c" * 128)
    for name in filter(run.allows_job, names):
        with run.changed(name, "made for its name") if run.tools.change else contextlib.nullcontext():
            response = run.send(run.example(jobList=[name])) if run.id == "batchExportJobs" else run.send(job=name)
        status, code = refusal(response, "job-not-found")
        said = response.json() or {}
        missing = response.status == status and said.get("error_code") == code and not run.tools.change
        expect(
            response.succeeded or missing,
            f"{name!r} is a legal name, but the response is {response.status}",
            "COM-006",
        )


def signature(run: ScenarioRun) -> None:
    """Send a request that is signed with the access key instead of the token."""
    if run.sender.signs:
        response = run.send(credentials="signed")
        expect(response.succeeded, f"a signed request gets {response.status}")


def changed_job(run: ScenarioRun) -> None:
    """Export a job, change it and export it again; the second export must have the change."""
    if run.tools.change is None:
        return
    job = run.data.jobs[0]
    body = run.example(jobList=[job]) if run.id == "batchExportJobs" else ABSENT
    first = members_of(run.send(body, job=job))
    for mark in ("changed-once", "changed-twice"):
        with run.changed(job, mark):
            contents = members_of(run.send(body, job=job))
        held = any(mark.encode() in content for (kind, *_), content in contents.items() if kind == "job")
        expect(held, f"{job} was changed, but the export has the old job")
    expect(members_of(run.send(body, job=job)) == first, f"the change of {job} was undone, but the export still has it")


def changed_flink_job(run: ScenarioRun) -> None:
    """Export a Flink job, change it and export it again; the zips must differ."""
    if run.tools.change_flink is None or run.tools.fetch is None:
        return
    number = run.data.flink_jobs[0]
    contents = []
    for mark in ("as-it-was", "changed-once", "changed-twice"):
        with run.tools.change_flink(number, mark):
            response = run.send(run.example(job_selected=[number]))
        zips = [_fetch(run, name) for name in zip_names(response)]
        expect(zips or not response.succeeded, f"the response to an export of the Flink job {number} names no zip")
        contents += zips
    # No page describes the content of this zip, so only equality can be checked.
    expect(len(set(contents)) == len(contents), f"the Flink job {number} was changed, but its zip is the old zip")


def changed_script(run: ScenarioRun) -> None:
    """Change a script that a job uses; the next export of the job must have the change."""
    if run.tools.change_script is None:
        return
    for job in run.data.jobs[:_MOST]:
        body = run.example(jobList=[job]) if run.id == "batchExportJobs" else ABSENT
        scripts = [name for kind, name, _ in members_of(run.send(body, job=job)) if kind == "script"]
        for script in scripts[:1]:
            with run.tools.change_script(script, "changed-once"):
                contents = members_of(run.send(body, job=job))
            held = any(b"changed-once" in content for (_, name, _), content in contents.items() if name == script)
            expect(held, f"the script {script} was changed, but the export of {job} has the old script")


def time_moves(run: ScenarioRun) -> None:
    """Export the same job three times; the times in the names must not all be equal."""
    times = set()
    bodies = [run.example()] if run.id == "exportFlinkJobs" else [{"obsPath": path} for path in run.data.obs_paths[:1]]
    if run.id != "exportFlinkJobs" and "obsPath" not in run.schema.get("properties", {}):
        return
    for body in bodies * 3:
        response = run.send(body)
        found = set(re.findall(rb"\d{13}", response.content))
        text = "the response has no name with the time of the export"
        expect(found or not response.succeeded, text, pointer=_pointer_to_names(response))
        times |= found
        # More than the resolution of a clock.
        time.sleep(0.02)
    expect(len(times) != 1, f"three exports in a row all have the time {b''.join(times).decode()}")


def stored(run: ScenarioRun) -> None:
    """Export Flink jobs and read the named zips from object storage; they must be there, whole, and different."""
    if run.tools.fetch is None:
        return
    zips: dict[int, list[bytes]] = {}
    for ids in [[id_] for id_ in run.data.flink_jobs[:_MOST]] + [list(run.data.flink_jobs[:_MOST])]:
        response = run.send(run.example(job_selected=ids))
        names = zip_names(response)
        expect(names or not response.succeeded, f"the response to an export of the Flink jobs {ids} names no zip")
        for name in names:
            content = _fetch(run, name)
            if len(ids) == 1:
                zips.setdefault(ids[0], []).append(content)
            else:
                held = [known for contents in zips.values() for known in contents]
                expect(content in held, f"{name}, exported with other jobs, differs from the single export", "COM-008")
    contents = [content for found in zips.values() for content in found]
    expect(len(set(contents)) == len(contents), "the exports of two Flink jobs have the same content", "COM-008")


def stored_at_obs_path(run: ScenarioRun) -> None:
    """Export to `obsPath`; the object must appear in the folder of the response and equal the direct export."""
    if "obsPath" not in run.schema.get("properties", {}) or not run.data.obs_paths:
        return
    for job in run.data.jobs[:2]:
        for more in ({}, {"exportDepend": False}):
            target = run.data.obs_paths[0]
            response = run.send({"obsPath": target, **more}, job=job)
            expect(response.succeeded, f"an export to {target} gets {response.status}")
            value = response.json()
            template = response.media("application/json").get("x-object-name")
            if run.tools.fetch is None or not isinstance(value, dict) or template is None:
                continue
            folder = str(value.get("obsPath")).removeprefix("obs://").rstrip("/")
            content = _fetch(run, f"{folder}/{template.format(job_name=job)}")
            direct = run.send(more or ABSENT, job=job)
            same = read_archive(content).members == direct.archive().members
            expect(same, f"the object in {folder} differs from the direct export", "DGC-005")


def _fetch(run: ScenarioRun, name: str) -> bytes:
    assert run.tools.fetch is not None  # noqa: S101  # the callers asked
    until = time.monotonic() + _APPEARS
    while (content := run.tools.fetch(name)) is None and time.monotonic() < until:
        time.sleep(0.1)
    expect(content is not None, f"the response names {name}, but object storage has no such object")
    archive = read_archive(content or b"")
    expect(archive.problem is None, f"{name} in object storage is not a complete zip: {archive.problem}")
    expect(archive.names, f"{name} in object storage is an empty zip")
    return content or b""


def _single(run: ScenarioRun, job: str) -> CheckedExchange:
    """Send exportJob for one job, in a scenario of batchExportJobs."""
    return run.beside("exportJob").send(job=job)


def _outcome(response: CheckedExchange) -> Any:
    """Return the part of a response that must be equal if the request is repeated."""
    members = response.archive().members
    if members:
        names = ("content-type", "content-disposition")
        return dict(members), *(response.headers.get(name) for name in names)
    if changes(response.document, response.operation, response.method) and isinstance(value := response.json(), dict):
        # A change has an id of its own each time.
        return response.status, response.media_type, sorted(value)
    return response.status, response.media_type, re.sub(rb"\d{13}", b"<time>", response.content)


def _differ(seen: list[Any]) -> str:
    first, last = seen[0], seen[-1]
    if isinstance(first[0], dict) and isinstance(last[0], dict):
        names = sorted(name for name in {*first[0], *last[0]} if first[0].get(name) != last[0].get(name))
        return ", ".join(names) or "the headers"
    return f"{str(last)[:80]} after {str(first)[:80]}"


def _pointer_to_names(response: CheckedExchange) -> str:
    """Return the pointer to the documented names of objects; empty if the document has none."""
    properties = response.schema().get("properties", {}).items()
    return next((f"/{name}" for name, node in properties if "x-object-name" in node), "")


def zip_names(response: CheckedExchange) -> list[str]:
    """Return the names of the zips, each once: a response may have them in several arrays."""
    return list(dict.fromkeys(name for names in _arrays(response) for name in names))


def _arrays(response: CheckedExchange) -> Iterator[list[str]]:
    value = response.json()
    schema = response.schema()
    for name, node in schema.get("properties", {}).items():
        if "x-object-name" in node and isinstance(value, dict) and isinstance(value.get(name), list):
            yield [item for item in value[name] if isinstance(item, str)]
