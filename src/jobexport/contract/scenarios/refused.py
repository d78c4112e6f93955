"""Scenarios of requests that must be refused: unknown callers, requests that break the document, odd names."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import jsonschema_rs

from jobexport.contract.checks.responses import refusal
from jobexport.contract.scenarios.scenario import expect
from jobexport.contract.sender import FORGED, NOBODY
from jobexport.spec.document import deref, marks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jobexport.contract.checks.exchange import CheckedExchange
    from jobexport.contract.scenarios.scenario import ScenarioRun

# The keywords of a schema that a value alone can break.
_RULES = {"type", "enum", "const", "minimum", "maximum", "minLength", "maxLength", "pattern", "minItems", "maxItems"}
_UNKNOWN_PROJECT = "0123456789abcdef0123456789abcdef"
_UNKNOWN_JOB = "no-such-job.here_"
_UNKNOWN_FLINK_JOB = -(2**63)


def authentication(run: ScenarioRun) -> None:
    """Send valid requests with wrong credentials of every kind."""
    for kind in (*NOBODY, *(FORGED if run.sender.signs else ())):
        response = run.send(credentials=kind)
        expect(response.status in (401, 403), f"a request with credentials of the kind {kind!r} gets {response.status}")


def another_project(run: ScenarioRun) -> None:
    """Send requests for projects that the credentials are not for."""
    for project in (_UNKNOWN_PROJECT, run.data.project.swapcase(), run.data.project[:-1]):
        if project in (run.data.project, ""):
            continue
        response = run.send(project=project, valid=False)
        expect(400 <= response.status < 500, f"a request for another project gets {response.status}")
        status, code = refusal(response, "no-permission")
        if response.status == status:
            text = f"documented for another project is {code}, not {_code(response)}"
            expect(_code(response) == code, text, pointer="/error_code")


def unknown_job(run: ScenarioRun) -> None:
    """Request an unknown job, alone or beside a known job."""
    if run.id == "exportJob":
        response = run.send(job=_UNKNOWN_JOB)
    elif run.id == "batchExportJobs":
        # A zip without the unknown job would be wrong too.
        response = run.send(run.example(jobList=[run.data.jobs[0], _UNKNOWN_JOB]))
    else:
        response = run.send(run.example(job_selected=[run.data.flink_jobs[0], _UNKNOWN_FLINK_JOB]))
    status, code = refusal(response, "job-not-found")
    got = response.status, _code(response)
    text = f"documented for an unknown job is {status} {code}, not {got[0]} {got[1] or ''}".rstrip()
    expect(got == (status, code), text, pointer="" if response.succeeded else "/error_code")


def near_names(run: ScenarioRun) -> None:
    """Request jobs whose names are almost the name of a known job."""
    name = run.data.jobs[0]
    # A server in use may have such a job.
    for near in () if not run.data.complete else (name.swapcase(), f"{name}_", name[:-1], f"{name}.job"):
        if near in run.data.jobs or not near:
            continue
        response = run.send(job=near) if run.id == "exportJob" else run.send(run.example(jobList=[near]))
        _, code = refusal(response, "job-not-found")
        text = f"the server has no job {near!r}, but the response is {response.status} {_code(response)}"
        expect(_code(response) == code, text)


def unknown_workspace(run: ScenarioRun) -> None:
    """Send a request with an unknown workspace."""
    if not run.takes_workspace:
        return
    response = run.send(workspace="no-such-workspace")
    status, code = refusal(response, "no-permission")
    expect(400 <= response.status < 500, f"a request with an unknown workspace gets {response.status}")
    if response.status == status:
        text = f"documented for an unknown workspace is {code}, not {_code(response)}"
        expect(_code(response) == code, text, pointer="/error_code")


def job_elsewhere(run: ScenarioRun) -> None:
    """Request a job of another workspace from the default workspace, and the other way round."""
    for workspace, jobs in run.data.workspace_jobs.items() if run.data.complete else ():
        pairs = [(None, set(jobs) - set(run.data.jobs)), (workspace, set(run.data.jobs) - set(jobs))]
        for asked, names in pairs:
            for name in sorted(names)[:1]:
                response = (
                    run.send(job=name, workspace=asked)
                    if run.id == "exportJob"
                    else run.send(run.example(jobList=[name]), workspace=asked)
                )
                place = "the default workspace" if asked is None else "the other workspace"
                status, _ = refusal(response, "job-not-found")
                expect(response.status == status, f"{place} has no job {name!r}, but the response is {response.status}")


def broken_body(run: ScenarioRun) -> None:
    """Send bodies that break the schema in one place each."""
    for words, body in broken_bodies(run):
        response = run.send(body, valid=False)
        status, _ = refusal(response, "invalid-request")
        text = f"a body {words} must be refused with {status}, not {response.status}"
        expect(response.status == status, text, *marks(run.schema))
        codes = _invalid_codes(response)
        text = f"documented for a body {words} is {' or '.join(codes)}, not {_code(response)}"
        expect(_code(response) in codes, text)


def broken_json(run: ScenarioRun) -> None:
    """Send bodies that are not a JSON object, some of which a lenient parser would accept."""
    if not run.schema:
        return
    right = json.dumps(run.any_body() or {})
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
        response = run.send(content=content, headers={"Content-Type": "application/json"}, valid=False)
        status, _ = refusal(response, "invalid-request")
        expect(response.status == status, f"the body {content!r} must be refused with {status}, not {response.status}")


def media_type(run: ScenarioRun) -> None:
    """Send a valid body with a wrong Content-Type."""
    if not run.schema:
        return
    for name in ("text/plain", "application/xml", "application/x-www-form-urlencoded", "multipart/form-data"):
        response = run.send(run.any_body(), headers={"Content-Type": name}, valid=False)
        status, _ = refusal(response, "invalid-request")
        text = f"a body of type {name} must be refused with 415, not {response.status}"
        expect(response.status in (status, 415), text)


def large_body(run: ScenarioRun) -> None:
    """Send a body of 13 MiB; the limit is 12 MB."""
    if not run.schema:
        return
    response = run.send(run.example() | {"padding": "x" * (13 * 1024 * 1024)}, valid=False)
    status, _ = refusal(response, "invalid-request")
    text = f"a body of 13 MiB must be refused with 413, not {response.status}"
    expect(response.status in (status, 413), text, "COM-005")


def odd_names(run: ScenarioRun) -> None:
    """Request illegal names with which a careless server leaves the path or finds a job, such as `a%2Fb`."""
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
        "%C3%A9",
        "a%20b",
    )
    for raw in (*odd, "%252E%252E", f"{known}%20", f"{known}%0A", "a" * 129, "a%3Fb", "a%23b", "%FF", "a,b", "a*"):
        if run.allows_job(unquote(raw)):
            continue
        response = run.send(raw_job=raw, valid=False)
        expect(400 <= response.status < 500, f"the illegal name {raw!r} gets {response.status}")
        status, code = refusal(response, "job-name-invalid")
        if response.status == status and code is not None:
            expect(_code(response) == code, f"documented for the illegal name {raw!r} is {code}, not {_code(response)}")


def dots(run: ScenarioRun) -> None:
    """Request the jobs `.`, `..` and `...`; their names are legal, but most servers have no such jobs."""
    for name in (".", "..", "..."):
        response = run.send(job=name)
        status, code = refusal(response, "job-not-found")
        found = response.succeeded or (response.status == status and _code(response) == code)
        text = f"documented for the legal name {name!r} is a zip or {code}, not {response.status} {_code(response)}"
        expect(found, text)


def other_methods(run: ScenarioRun) -> None:
    """Send requests with other methods to the same path."""
    for method in run.other_methods:
        response = run.send(method=method, valid=False)
        expect(response.status in (404, 405), f"{method} is not documented, but the response is {response.status}")


def bad_obs_dir(run: ScenarioRun) -> None:
    """Send an `obs_dir` that is not a folder of object storage."""
    for folder in ("..", "../obs-test", "obs-test/../../x", "/", "obs-test/./x", "a\\b", "a\u0000b", "obs://"):
        response = run.send(run.example(obs_dir=folder), valid=False)
        expect(
            400 <= response.status < 500,
            f"obs_dir {folder!r} is not an OBS path, but the response is {response.status}",
        )


def bad_obs_path(run: ScenarioRun) -> None:
    """Send an `obsPath` that is not an OBS path."""
    if "obsPath" not in run.schema.get("properties", {}):
        return
    for target in ("no-scheme/folder/", "obs://", "obs:///x", "https://host/x", "obs://bucket/../x", "file:///tmp"):
        response = run.send({"obsPath": target}, valid=False)
        status, code = refusal(response, "obs-path-invalid")
        expect(response.status == status, f"obsPath {target!r} must be refused with {status}, not {response.status}")
        text = f"documented for obsPath {target!r} is {code}, not {_code(response)}"
        expect(code is None or _code(response) in (code, *_invalid_codes(response)), text)


def broken_bodies(run: ScenarioRun) -> Iterator[tuple[str, Any]]:
    """Yield bodies that break the request's schema in one place, each after a text such as `without jobList`."""
    schema, body = run.schema, run.example()
    conditional = schema.get("then", {}).get("required", ()) if body else ()
    for name in dict.fromkeys((*schema.get("required", ()), *conditional)):
        yield f"without {name}", {key: value for key, value in body.items() if key != name}
    conditions = schema.get("if", {}).get("properties", {}).items()
    unmet = {name: not condition["const"] for name, condition in conditions if isinstance(condition.get("const"), bool)}
    for name, node in schema.get("properties", {}).items():
        yield from _broken_property(run, name, deref(run.document, node), body)
        if name in conditional and unmet and run.data.complete:
            # Even if the field is not needed, its value must have the right type.
            yield from _broken_property(run, name, deref(run.document, node), body | unmet)


def _broken_property(run: ScenarioRun, name: str, node: Any, body: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for value in _wrong_values(node):
        yield f"with {name} {_short(value)}", body | {name: value}
    items = deref(run.document, node.get("items", {}))
    for value in _wrong_values(items) if items else ():
        yield f"with an item {_short(value)} in {name}", body | {name: [*body.get(name, [])[:1], value]}
    if "maxItems" in node and body.get(name):
        # Equal items that exist, so that only their number is wrong.
        number = node["maxItems"] + 1
        yield f"with {number} items in {name}", body | {name: body[name][:1] * number}
        if isinstance(body[name][0], str):
            unknown = [f"{body[name][0]}{i}" for i in range(number)]
            yield f"with {number} items in {name}, some unknown", body | {name: unknown}


def _wrong_values(schema: Any) -> list[Any]:
    named = schema.get("type", ())
    kinds = {named} if isinstance(named, str) else {*named}
    values: list[Any] = [None] if "null" not in kinds else []
    values += [{}] if "object" not in kinds else []
    values += [[], ["x"]] if "array" not in kinds else []
    values += [True] if "boolean" not in kinds else ["true", 1, 0]
    values += ["x"] if not kinds & {"string", "boolean"} else []
    if not kinds & {"integer", "number"}:
        values += [12] if "boolean" not in kinds else []
    elif "string" not in kinds:
        values += ["1", *([1.5] if "number" not in kinds else [])]
    if "maximum" in schema:
        values.append(schema["maximum"] + 1)
    if "minimum" in schema:
        values.append(schema["minimum"] - 1)
    if schema.get("minLength") or schema.get("minItems"):
        values.append("" if "string" in kinds else [])
    if "maxLength" in schema:
        values.append("a" * (schema["maxLength"] + 1))
    if "pattern" in schema:
        values += ["a b", "a/b", "\u4f5c\u4e1a", "a\n"]
    if "enum" in schema:
        values += ["OTHER", str(schema["enum"][0]).lower(), ""]
    rule = jsonschema_rs.validator_for({name: rule for name, rule in schema.items() if name in _RULES})
    return [value for value in values if kinds and not rule.is_valid(value)]


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) < 40 else f"{text[:30]}… ({len(text)} characters)"


def _invalid_codes(response: CheckedExchange) -> tuple[str, ...]:
    names = ("invalid-request", "job-name-invalid")
    return tuple(code for name in names if (code := refusal(response, name)[1]) is not None)


def _code(response: CheckedExchange) -> Any:
    value = response.json()
    return value.get("error_code") if isinstance(value, dict) else None
