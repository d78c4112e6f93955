"""Scenarios of what must go through, and what its answers must have in common."""

from __future__ import annotations

import contextlib
import json
import re
import time
from typing import TYPE_CHECKING, Any

from jobexport.contract.checks.archives import patterns_of
from jobexport.contract.checks.exchange import read_archive
from jobexport.contract.checks.responses import example_code
from jobexport.contract.scenarios.scenario import expect
from jobexport.contract.sender import ABSENT
from jobexport.spec.document import deref, marks

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jobexport.contract.checks.exchange import Exchange
    from jobexport.contract.scenarios.scenario import Run

# More than these of what the server holds are not tried one by one.
_MOST = 6
_REPEATS = 12
# How long an object may take to appear after an answer that says where it will be, in seconds.
_APPEARS = 3


def each_name(run: Run) -> None:
    """Ask for each thing that is there, alone and all at once."""
    for body, job in _each(run):
        answer = run.send(body, job=job)
        expect(answer.status == 200, f"{job or body} is there, but the answer is {answer.status}")


def _each(run: Run) -> Iterator[tuple[Any, str | None]]:
    if run.id == "exportJob":
        yield from ((ABSENT, job) for job in run.data.jobs[:_MOST])
    elif run.id == "batchExportJobs":
        yield from ((run.example(jobList=[job]), None) for job in run.data.jobs[:_MOST])
        yield run.example(jobList=list(run.data.jobs[:100])), None
        yield run.example(jobList=list(reversed(run.data.jobs[:100]))), None
    else:
        yield from ((run.example(job_selected=[id_]), None) for id_ in run.data.flink_jobs[:_MOST])
        yield run.example(job_selected=list(run.data.flink_jobs[:_MOST])), None
        if run.data.complete:
            # All jobs of a project in use may be many, and each is written to object storage.
            yield run.example(is_selected=False, job_selected=ABSENT), None
            yield run.example(is_selected=False), None


def accepted_forms(run: Run) -> None:
    """Send the same right request in every form that the documentation shows or allows."""
    body = run.example() or ({"exportDepend": True} if run.schema else None)
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
        answer = run.send(content=text.encode(), headers=extra) if body else run.send(headers=extra)
        words = ", ".join(f"{name}: {value}" for name, value in extra.items())
        expect(answer.status == 200, f"a right request with {words} is answered {answer.status}")
    for spelled in (
        json.dumps(body, indent=2),
        json.dumps(dict(reversed(body.items()))) if body else "",
        f" {text}\r\n",
    ):
        if body:
            answer = run.send(content=spelled.encode(), headers={"Content-Type": "application/json"})
            expect(answer.status == 200, f"the body {spelled!r} is answered {answer.status}")
    if not run.body_required:
        expect(run.send().status == 200, "a request without a body is refused, but the body is optional")
        if run.schema:
            expect(run.send({}).status == 200, "an empty object is refused, but no field is required")


def optional_fields(run: Run) -> None:
    """Leave each optional field out, and send its default and each of its values: all of them succeed."""
    required = {*run.schema.get("required", ()), "job_selected", "obsPath"}
    plain = _outcome(run.send(run.example() or ABSENT))
    for name, node in run.schema.get("properties", {}).items():
        schema = deref(run.document, node)
        if name in required:
            continue
        values = schema.get("enum") or ([True, False] if schema.get("type") == "boolean" else [])
        for value in values:
            answer = run.send(run.example(**{name: value}))
            expect(
                answer.status == 200,
                f"{name} {value!r} is allowed, but the answer is {answer.status}",
                *marks(schema),
            )
            if value == schema.get("default"):
                same = _outcome(answer) == plain
                expect(same, f"{name} {value!r} is the default, but gives another answer than nothing", *marks(schema))


def unknown_fields(run: Run) -> None:
    """Send a field that nobody knows beside the right ones: the document does not forbid it."""
    if run.schema:
        answer = run.send(run.example(x_unknown="x"))
        expect(answer.status == 200, f"a field more is not forbidden, but the answer is {answer.status}")


def longest_list(run: Run) -> None:
    """Ask for as many jobs as are allowed in one request; nothing says that they must differ."""
    most = run.schema["properties"]["jobList"].get("maxItems", 100)
    jobs = list(run.data.jobs)
    answer = run.send(run.example(jobList=(jobs * most)[:most]))
    expect(answer.status == 200, f"{most} names are allowed, but the answer is {answer.status}", "DGC-101")


def exact_numbers(run: Run) -> None:
    """Ask for ids at the edges of 64 bits: they are valid, whether or not such a job is there."""
    edges = (2**63 - 1, 2**63 - 2, -(2**63), 2**53 + 1, 0)
    for number in edges:
        answer = run.send(run.example(job_selected=[number]))
        expected = (200,) if number in run.data.flink_jobs else (400,) if run.data.complete else (200, 400)
        expect(answer.status in expected, f"the id {number} is answered {answer.status}")


def no_ids(run: Run) -> None:
    """Ask for the jobs of an empty list: valid, though no page says what it means. None must be exported."""
    answer = run.send(run.example(job_selected=[]))
    named = [name for names in _arrays(answer) for name in names]
    expect(not named, f"no job was asked for, but the answer names {named}")


def same_twice(run: Run) -> None:
    """Send one request many times, with others between them: the same comes back up to times."""
    others = list(_each(run))[1:]
    seen: list[Any] = []
    for number in range(_REPEATS):
        answer = run.send()
        expect(answer.status == 200, f"the same request, sent again, is answered {answer.status}")
        seen.append(_outcome(answer))
        expect(seen[-1] == seen[0], f"the same request gives something else the {number + 1}th time: {_differ(seen)}")
        if others and number % 3 == 1:
            body, job = others[number % len(others)]
            run.send(body, job=job)


def same_job_in_batch(run: Run) -> None:
    """Export jobs alone and together: each brings the same definition and the same scripts."""
    if not run.has("exportJob"):
        return
    alone = {job: _contents(_single(run, job)) for job in run.data.jobs[:_MOST]}
    answer = run.send(run.example(jobList=list(alone)))
    if answer.status != 200:
        return
    together = _contents(answer)
    for job, contents in alone.items():
        for (kind, name, _), content in contents.items():
            found = [
                text
                for (other, called, of), text in together.items()
                if (other, called) == (kind, name) and of in (job, None)
            ]
            expect(found, f"exported alone {job} brings the {kind} {name}, in a batch it does not", "DGC-104")
            expect(content in found, f"the {kind} {name} of {job} differs between export and batch export", "DGC-104")
    wanted = {(kind, name) for contents in alone.values() for kind, name, _ in contents}
    more = {(kind, name) for kind, name, _ in together} - wanted
    expect(not more, f"the batch has {sorted(more)}, which no job brings alone", "DGC-104")


def workspaces(run: Run) -> None:
    """Ask in each workspace that is known; a job of the same name there is another one's."""
    for workspace, jobs in run.data.workspace_jobs.items():
        for job in jobs[:_MOST]:
            single = run.id == "exportJob"
            answer = (
                run.send(job=job, workspace=workspace) if single else run.send({"jobList": [job]}, workspace=workspace)
            )
            expect(answer.status == 200, f"workspace {workspace} has the job {job}, but the answer is {answer.status}")
            if run.data.complete and job in run.data.jobs:
                default = run.send(job=job) if single else run.send({"jobList": [job]})
                expect(
                    _outcome(default) != _outcome(answer),
                    f"{job} of workspace {workspace} and {job} of the default one are two jobs, but come out equal",
                )


def submitted_version(run: Run) -> None:
    """Ask for the submitted version and for the one being developed."""
    if "exportStatus" not in run.schema.get("properties", {}):
        return
    for job in run.data.submitted:
        plain, developed, submitted = (
            _outcome(run.send(body, job=job)) for body in ({}, {"exportStatus": "DEVELOP"}, {"exportStatus": "SUBMIT"})
        )
        expect(plain == developed, "exportStatus DEVELOP is the default, but gives something else than nothing")
        expect(
            submitted != developed, f"{job} was submitted in another version, but SUBMIT gives the one being developed"
        )


def dependencies(run: Run) -> None:
    """Export with and without what jobs use: the definitions are the same."""
    if "exportDepend" not in run.schema.get("properties", {}):
        return
    for job in run.data.jobs[:_MOST]:
        bodies = [run.example(exportDepend=value) for value in (True, False)]
        if run.id == "batchExportJobs":
            bodies = [body | {"jobList": [job]} for body in bodies]
        full, bare = (_contents(run.send(body, job=job)) for body in bodies)
        jobs = {key: content for key, content in full.items() if key[0] == "job"}
        expect(bare == jobs, f"without what it uses {job} comes out as {sorted(bare)}, with it as {sorted(jobs)}")


def folders(run: Run) -> None:
    """Export to folders in the place that is known to be there, however they are written."""
    base = run.data.obs_dirs[0].rstrip("/")
    for folder in (
        base,
        f"{base}/",
        f"{base}/nightly",
        f"{base}/nightly/2026-11/",
        f"{base}/with blank",
        f"{base}/\u4f5c",
    ):
        answer = run.send(run.example(obs_dir=folder))
        expect(answer.status == 200, f"the folder {folder!r} is answered {answer.status}", "DLI-013")


def legal_names(run: Run) -> None:
    """Export jobs of every kind of legal name; where jobs can't be made, they are missing, and that is said."""
    for name in ("x", "7", "-", "a.b-c_d", "job.job", "UPPER", "a" * 128, ".", ".."):
        with run.changed(name, "made for its name") if run.tools.change else contextlib.nullcontext():
            answer = run.send(job=name) if run.id == "exportJob" else run.send(run.example(jobList=[name]))
        code = example_code(answer, "job-not-found", 400)
        said = answer.json() or {}
        missing = answer.status == 400 and said.get("error_code") == code and not run.tools.change
        expect(
            answer.status == 200 or missing, f"{name!r} is a legal name, but the answer is {answer.status}", "COM-006"
        )


def signature(run: Run) -> None:
    """Sign a request with the access key in place of the token."""
    if run.sender.signs:
        answer = run.send(credentials="signed")
        expect(answer.status == 200, f"a signed request is answered {answer.status}")


def changed_job(run: Run) -> None:
    """Export a job, change it, export it again: the change shows."""
    if run.tools.change is None:
        return
    job = run.data.jobs[0]
    body = run.example(jobList=[job]) if run.id == "batchExportJobs" else ABSENT
    first = _contents(run.send(body, job=job))
    for mark in ("changed-once", "changed-twice"):
        with run.changed(job, mark):
            contents = _contents(run.send(body, job=job))
        held = any(mark.encode() in content for (kind, *_), content in contents.items() if kind == "job")
        expect(held, f"{job} was changed, but the export holds what it was before")
    expect(_contents(run.send(body, job=job)) == first, f"{job} is as it was, but the export is not")


def changed_flink_job(run: Run) -> None:
    """Export a Flink job, change it, export it again: the zip is another one."""
    if run.tools.change_flink is None or run.tools.fetch is None:
        return
    number = run.data.flink_jobs[0]
    contents = []
    for mark in ("as-it-was", "changed-once", "changed-twice"):
        with run.tools.change_flink(number, mark):
            answer = run.send(run.example(job_selected=[number]))
        contents += [_fetch(run, name) for names in _arrays(answer) for name in names]
    # What is in such a zip no page says, so all that can be seen is whether it is the same.
    expect(
        len(set(contents)) == len(contents), f"the Flink job {number} was changed, but its zip is what it was before"
    )


def changed_script(run: Run) -> None:
    """Change a script that a job uses: the next export of the job brings it as it is now."""
    if run.tools.change_script is None:
        return
    for job in run.data.jobs[:_MOST]:
        body = run.example(jobList=[job]) if run.id == "batchExportJobs" else ABSENT
        scripts = [name for kind, name, _ in _contents(run.send(body, job=job)) if kind == "script"]
        for script in scripts[:1]:
            with run.tools.change_script(script, "changed-once"):
                contents = _contents(run.send(body, job=job))
            held = any(b"changed-once" in content for (_, name, _), content in contents.items() if name == script)
            expect(held, f"the script {script} was changed, but the export of {job} holds what it was before")


def time_moves(run: Run) -> None:
    """Export the same several times: the times in the answers are those of the exports."""
    times = set()
    bodies = [run.example()] if run.id == "exportFlinkJobs" else [{"obsPath": path} for path in run.data.obs_paths[:1]]
    if run.id != "exportFlinkJobs" and "obsPath" not in run.schema.get("properties", {}):
        return
    for body in bodies * 3:
        answer = run.send(body)
        times |= set(re.findall(rb"\d{13}", answer.content))
        # More than a clock's tick.
        time.sleep(0.02)
    expect(len(times) != 1, f"three exports one after the other all have the time {b''.join(times).decode()}")


def stored(run: Run) -> None:
    """Look into object storage for what an export says is there."""
    if run.tools.fetch is None:
        return
    zips: dict[int, list[bytes]] = {}
    for ids in [[id_] for id_ in run.data.flink_jobs[:_MOST]] + [list(run.data.flink_jobs[:_MOST])]:
        answer = run.send(run.example(job_selected=ids))
        names = [name for names in _arrays(answer) for name in names]
        for name in names:
            content = _fetch(run, name)
            if len(ids) == 1:
                zips.setdefault(ids[0], []).append(content)
            else:
                held = [known for contents in zips.values() for known in contents]
                expect(content in held, f"{name}, exported with others, differs from the job's own export", "COM-008")
    contents = [content for found in zips.values() for content in found]
    expect(len(set(contents)) == len(contents), "two Flink jobs are exported with the same content", "COM-008")


def stored_at_obs_path(run: Run) -> None:
    """Export to object storage: the object appears in the folder of the answer, with what the direct export has."""
    if "obsPath" not in run.schema.get("properties", {}) or not run.data.obs_paths:
        return
    for job in run.data.jobs[:2]:
        for more in ({}, {"exportDepend": False}):
            target = run.data.obs_paths[0]
            answer = run.send({"obsPath": target, **more}, job=job)
            expect(answer.status == 200, f"an export to {target} is answered {answer.status}")
            value = answer.json()
            template = answer.media("application/json").get("x-object-name")
            if run.tools.fetch is None or not isinstance(value, dict) or template is None:
                continue
            folder = str(value.get("obsPath")).removeprefix("obs://").rstrip("/")
            content = _fetch(run, f"{folder}/{template.format(job_name=job)}")
            direct = run.send(more or ABSENT, job=job)
            same = read_archive(content).members == direct.archive().members
            expect(same, f"the object in {folder} holds something else than the direct export", "DGC-005")


def _fetch(run: Run, name: str) -> bytes:
    assert run.tools.fetch is not None  # noqa: S101  # the callers asked
    until = time.monotonic() + _APPEARS
    while (content := run.tools.fetch(name)) is None and time.monotonic() < until:
        time.sleep(0.1)
    expect(content is not None, f"the answer names {name}, but object storage has no such object")
    archive = read_archive(content or b"")
    expect(archive.problem is None, f"{name} in object storage is no complete zip: {archive.problem}")
    expect(archive.names, f"{name} in object storage is an empty zip")
    return content or b""


def _single(run: Run, job: str) -> Exchange:
    """Export one job with exportJob, in a scenario of batchExportJobs."""
    return run.beside("exportJob").send(job=job)


def _contents(answer: Exchange) -> Mapping[tuple[str, str, str | None], bytes]:
    """Give the members of a zip by kind, name, and the job in whose folder they lie, if any."""
    found: dict[tuple[str, str, str | None], bytes] = {}
    layout = answer.media(answer.zip_media()).get("x-zip-layout", {})
    for kind, pattern in patterns_of(layout).items():
        for name, content in answer.archive().members.items():
            if match := pattern.fullmatch(name):
                names = match.groupdict()
                called = names[f"{kind}_name"]
                found[kind, called, names.get("job_name") if kind != "job" else None] = content
    return found


def _outcome(answer: Exchange) -> Any:
    """Give what must be the same when a request is sent again."""
    members = answer.archive().members
    if members:
        names = ("content-type", "content-disposition")
        return dict(members), *(answer.headers.get(name) for name in names)
    return answer.status, answer.media_type, re.sub(rb"\d{13}", b"<time>", answer.content)


def _differ(seen: list[Any]) -> str:
    first, last = seen[0], seen[-1]
    if isinstance(first[0], dict) and isinstance(last[0], dict):
        names = sorted(name for name in {*first[0], *last[0]} if first[0].get(name) != last[0].get(name))
        return ", ".join(names) or "the headers"
    return f"{str(last)[:80]} after {str(first)[:80]}"


def _arrays(answer: Exchange) -> Iterator[list[str]]:
    value = answer.json()
    schema = answer.schema()
    for name, node in schema.get("properties", {}).items():
        if "x-object-name" in node and isinstance(value, dict) and isinstance(value.get(name), list):
            yield [item for item in value[name] if isinstance(item, str)]
