"""Scenarios of what must not go through: callers who are not known, requests that break the document, odd names."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from jobexport.contract.checks.responses import example_code
from jobexport.contract.scenarios.scenario import expect
from jobexport.contract.sender import FORGED, NOBODY
from jobexport.spec.document import deref, marks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jobexport.contract.checks.exchange import Exchange
    from jobexport.contract.scenarios.scenario import Run

_UNKNOWN_PROJECT = "0123456789abcdef0123456789abcdef"
_UNKNOWN_JOB = "no-such-job.here_"
_UNKNOWN_FLINK_JOB = -(2**63)


def authentication(run: Run) -> None:
    """Send requests whose caller is not known, each right but for that."""
    for kind in (*NOBODY, *(FORGED if run.sender.signs else ())):
        answer = run.send(credentials=kind)
        expect(
            answer.status in (401, 403), f"a request with credentials of the kind {kind!r} is answered {answer.status}"
        )


def another_project(run: Run) -> None:
    """Ask for a project that the credentials do not open."""
    for project in (_UNKNOWN_PROJECT, run.data.project.swapcase(), run.data.project[:-1]):
        if project in (run.data.project, ""):
            continue
        answer = run.send(project=project, valid=False)
        expect(400 <= answer.status < 500, f"a project that the caller may not use is answered {answer.status}")
        code = example_code(answer, "no-permission", 400)
        if answer.status == 400:
            expect(_code(answer) == code, f"documented for this is {code}, not {_code(answer)}", pointer="/error_code")


def unknown_job(run: Run) -> None:
    """Ask for a job that is not there."""
    if run.id == "exportJob":
        answer = run.send(job=_UNKNOWN_JOB)
    elif run.id == "batchExportJobs":
        # One that is missing must not lead to an archive that lacks it.
        answer = run.send(run.example(jobList=[run.data.jobs[0], _UNKNOWN_JOB]))
    else:
        answer = run.send(run.example(job_selected=[run.data.flink_jobs[0], _UNKNOWN_FLINK_JOB]))
    code = example_code(answer, "job-not-found", 400)
    expect(answer.status == 400, f"a job that is not there is 400, not {answer.status}")
    expect(_code(answer) == code, f"documented for this is {code}, not {_code(answer)}", pointer="/error_code")


def near_names(run: Run) -> None:
    """Ask for jobs whose names are almost those of jobs that are there."""
    name = run.data.jobs[0]
    # Of a server in use nobody knows that it has no such job.
    for near in () if not run.data.complete else (name.swapcase(), f"{name}_", name[:-1], f"{name}.job"):
        if near in run.data.jobs or not near:
            continue
        answer = run.send(job=near) if run.id == "exportJob" else run.send(run.example(jobList=[near]))
        code = example_code(answer, "job-not-found", 400)
        expect(_code(answer) == code, f"there is no job {near!r}, but the answer is {answer.status} {_code(answer)}")


def unknown_workspace(run: Run) -> None:
    """Ask in a workspace that is not there."""
    answer = run.send(workspace="no-such-workspace")
    code = example_code(answer, "no-permission", 400)
    expect(400 <= answer.status < 500, f"a workspace that is not there is answered {answer.status}")
    if answer.status == 400:
        expect(_code(answer) == code, f"documented for this is {code}, not {_code(answer)}", pointer="/error_code")


def job_elsewhere(run: Run) -> None:
    """Ask the default workspace for a job that only another one has, and the other way round."""
    for workspace, jobs in run.data.workspace_jobs.items() if run.data.complete else ():
        pairs = [(None, set(jobs) - set(run.data.jobs)), (workspace, set(run.data.jobs) - set(jobs))]
        for asked, names in pairs:
            for name in sorted(names)[:1]:
                answer = (
                    run.send(job=name, workspace=asked)
                    if run.id == "exportJob"
                    else run.send(run.example(jobList=[name]), workspace=asked)
                )
                place = "the default workspace" if asked is None else "the other workspace"
                expect(answer.status == 400, f"{place} has no job {name!r}, but the answer is {answer.status}")


def broken_body(run: Run) -> None:
    """Send bodies that break the schema in one place each."""
    for words, body in broken_bodies(run):
        answer = run.send(body, valid=False)
        expect(answer.status == 400, f"{words}: refused is that with 400, not {answer.status}", *marks(run.schema))
        codes = _invalid_codes(answer)
        expect(_code(answer) in codes, f"{words}: documented is {' or '.join(codes)}, not {_code(answer)}")


def broken_json(run: Run) -> None:
    """Send what is no JSON, or no object, and a right body spoilt in a way that a lenient reader overlooks."""
    if not run.schema:
        return
    right = json.dumps(run.example() or {"exportDepend": True})
    spoilt = [
        f"{right[:-1]},}}",
        f"{right} x",
        f"{right}{right}",
        f"/* all */ {right}",
        right.replace('"', "'"),
        right[:-1],
    ]
    contents = [text.encode() for text in ("{", "[]", "null", '"text"', '{"a": NaN}', "a=1", *spoilt)]
    contents += [b"\xff\xfe", right.encode("utf-16"), right.encode().replace(b"{", b'{"\xff": 1, ', 1)]
    for content in (*contents, b"") if run.body_required else contents:
        answer = run.send(content=content, headers={"Content-Type": "application/json"}, valid=False)
        expect(answer.status == 400, f"the body {content!r} is refused with 400, not {answer.status}")


def media_type(run: Run) -> None:
    """Send a right body under a wrong name."""
    if not run.schema:
        return
    for name in ("text/plain", "application/xml", "application/x-www-form-urlencoded", "multipart/form-data"):
        body = run.example() or {"exportDepend": True}
        answer = run.send(body, headers={"Content-Type": name}, valid=False)
        expect(answer.status in (400, 415), f"a body of type {name} is refused with 415, not {answer.status}")


def large_body(run: Run) -> None:
    """Send more than the 12 MB that a request may have."""
    if not run.schema:
        return
    answer = run.send(run.example() | {"padding": "x" * (13 * 1024 * 1024)}, valid=False)
    expect(answer.status in (400, 413), f"a body of 13 MiB is refused with 413, not {answer.status}", "COM-005")


def odd_names(run: Run) -> None:
    """Ask for names that no job has, spelled so that a careless server leaves the path, or finds a job."""
    known = run.data.jobs[0]
    odd = (
        "a%2Fb",
        f"{known}%2F",
        f"x%2F..%2F{known}",
        "%2E%2E%2F",
        "a%5Cb",
        "a%00",
        f"{known}%00",
        "%E4%BD%9C",
        "a%20b",
    )
    for raw in (*odd, "%252E%252E", f"{known}%20", f"{known}%0A", "a" * 129, "a%3Fb", "a%23b", "%FF", "a,b", "a*"):
        answer = run.send(raw_job=raw, valid=False)
        expect(400 <= answer.status < 500, f"the name {raw!r} is answered {answer.status}")
        code = example_code(answer, "job-name-invalid", 400)
        if answer.status == 400 and code is not None:
            expect(_code(answer) == code, f"the name {raw!r} breaks the naming rule: {code}, not {_code(answer)}")


def dots(run: Run) -> None:
    """Ask for the jobs `.` and `..`: legal names, and likely not there."""
    for name in (".", "..", "..."):
        answer = run.send(job=name)
        code = example_code(answer, "job-not-found", 400)
        found = answer.status == 200 or (answer.status == 400 and _code(answer) == code)
        expect(found, f"{name!r} is a legal name: a zip or {code}, not {answer.status} {_code(answer)}")


def other_methods(run: Run) -> None:
    """Use other methods on the same path."""
    for method in ("GET", "PUT", "DELETE", "PATCH"):
        answer = run.send(method=method, valid=False)
        expect(answer.status in (404, 405), f"{method} is not documented here, but the answer is {answer.status}")


def bad_obs_dir(run: Run) -> None:
    """Export to what is no place in object storage."""
    for folder in ("..", "../obs-test", "obs-test/../../x", "/", "obs-test/./x", "a\\b", "a\u0000b", "obs://"):
        answer = run.send(run.example(obs_dir=folder), valid=False)
        expect(400 <= answer.status < 500, f"obs_dir {folder!r} is no OBS path, but the answer is {answer.status}")


def bad_obs_path(run: Run) -> None:
    """Export to what is no OBS path."""
    if "obsPath" not in run.schema.get("properties", {}):
        return
    for target in ("no-scheme/folder/", "obs://", "obs:///x", "https://host/x", "obs://bucket/../x", "file:///tmp"):
        answer = run.send({"obsPath": target}, valid=False)
        code = example_code(answer, "obs-path-invalid", 400)
        expect(answer.status == 400, f"obsPath {target!r} is refused with 400, not {answer.status}")
        expect(code is None or _code(answer) in (code, *_invalid_codes(answer)), f"documented is {code}")


def broken_bodies(run: Run) -> Iterator[tuple[str, Any]]:
    """Give bodies that break the schema of the request in one place, each with words for it."""
    schema, body = run.schema, run.example()
    conditional = schema.get("then", {}).get("required", ()) if body else ()
    for name in dict.fromkeys((*schema.get("required", ()), *conditional)):
        yield f"without {name}", {key: value for key, value in body.items() if key != name}
    for name, node in schema.get("properties", {}).items():
        yield from _broken_property(run, name, deref(run.document, node), body)
        if name in conditional and run.data.complete:
            # Where the field is not needed, what stands in it must still be of its type.
            yield from _broken_property(run, name, deref(run.document, node), body | {"is_selected": False})


def _broken_property(run: Run, name: str, node: Any, body: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for value in _wrong_values(node):
        yield f"{name} {_short(value)}", body | {name: value}
    items = deref(run.document, node.get("items", {}))
    for value in _wrong_values(items) if items else ():
        yield f"an item of {name} {_short(value)}", body | {name: [*body.get(name, [])[:1], value]}
    if "maxItems" in node:
        # Items that are there and equal, so that nothing but their number is wrong.
        number = node["maxItems"] + 1
        yield f"{number} items in {name}", body | {name: body[name][:1] * number}
        yield f"{number} items in {name}, some not there", body | {name: [f"{body[name][0]}{i}" for i in range(number)]}


def _wrong_values(schema: Any) -> list[Any]:
    kind = schema.get("type")
    values: list[Any] = [None, {}]
    values += [] if kind == "array" else [[], ["x"]]
    values += [] if kind == "boolean" else [True]
    values += ["true", 1, 0] if kind == "boolean" else []
    values += ["x"] if kind not in ("string", "boolean") else []
    values += ["1", 1.5] if kind == "integer" else [12] if kind != "boolean" else []
    if "maximum" in schema:
        values += [schema["maximum"] + 1, schema["minimum"] - 1]
    if schema.get("minLength") or schema.get("minItems"):
        values.append("" if kind == "string" else [])
    if "maxLength" in schema:
        values.append("a" * (schema["maxLength"] + 1))
    if "pattern" in schema:
        values += ["a b", "a/b", "\u4f5c\u4e1a", "a\n"]
    if "enum" in schema:
        values += ["OTHER", str(schema["enum"][0]).lower(), ""]
    return values


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) < 40 else f"{text[:30]}… ({len(text)} characters)"


def _invalid_codes(answer: Exchange) -> tuple[str, ...]:
    names = ("invalid-request", "job-name-invalid")
    return tuple(code for name in names if (code := example_code(answer, name, 400)) is not None)


def _code(answer: Exchange) -> Any:
    value = answer.json()
    return value.get("error_code") if isinstance(value, dict) else None
