"""Scenarios of bodies that break the document; each must be refused as invalid."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import jsonschema_rs

from jobexport.contract.checks.responses import refusal
from jobexport.contract.scenarios.bodies import unmet
from jobexport.contract.scenarios.scenario import expect, scenario
from jobexport.contract.verbs import Subject
from jobexport.spec.document import deref, marks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jobexport.contract.checks.exchange import CheckedExchange
    from jobexport.contract.scenarios.run import ScenarioRun

# The keywords of a schema that a value alone can break.
_RULES = {"type", "enum", "const", "minimum", "maximum", "minLength", "maxLength", "pattern", "minItems", "maxItems"}


@scenario(
    "A body that breaks the schema in one place is refused as invalid.",
    "DLI-004",
    "DGC-101",
    "DGC-102",
    "DGC-002",
    requests=80,
    negative=True,
    about="invalid request",
)
def broken_body(run: ScenarioRun) -> None:
    """Send bodies that break the schema in one place each."""
    for words, body in broken_bodies(run):
        response = run.send(body, valid=False)
        status, _ = refusal(response, "invalid-request")
        text = f"a body {words} must be refused with {status}, not {response.status}"
        expect(response.status == status, text, *marks(run.schema))
        codes = _invalid_codes(response)
        text = f"documented for a body {words} is {' or '.join(codes)}, not {response.error_code()}"
        expect(response.error_code() in codes, text)


@scenario(
    "A body that is not a JSON object is refused.",
    "DGC-008",
    "DLI-014",
    requests=16,
    negative=True,
)
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


@scenario(
    "A body whose Content-Type is not JSON is refused.",
    "DGC-008",
    "DLI-014",
    requests=4,
    negative=True,
)
def media_type(run: ScenarioRun) -> None:
    """Send a valid body with a wrong Content-Type."""
    if not run.schema:
        return
    for name in ("text/plain", "application/xml", "application/x-www-form-urlencoded", "multipart/form-data"):
        response = run.send(run.any_body(), headers={"Content-Type": name}, valid=False)
        status, _ = refusal(response, "invalid-request")
        text = f"a body of type {name} must be refused with 415, not {response.status}"
        expect(response.status in (status, 415), text)


@scenario(
    "A body of more than 12 MB is refused.",
    "COM-005",
    requests=1,
    negative=True,
)
def large_body(run: ScenarioRun) -> None:
    """Send a body of 13 MiB; the limit is 12 MB."""
    if not run.schema:
        return
    response = run.send(run.example() | {"padding": "x" * (13 * 1024 * 1024)}, valid=False)
    status, _ = refusal(response, "invalid-request")
    text = f"a body of 13 MiB must be refused with 413, not {response.status}"
    expect(response.status in (status, 413), text, "COM-005")


@scenario(
    "An obs_dir that is not a folder of object storage is refused.",
    "DLI-013",
    "DLI-016",
    subject=Subject(takes=("obs_dirs",)),
    requests=8,
    negative=True,
)
def bad_obs_dir(run: ScenarioRun) -> None:
    """Send an `obs_dir` that is not a folder of object storage."""
    for folder in ("..", "../obs-test", "obs-test/../../x", "/", "obs-test/./x", "a\\b", "a\u0000b", "obs://"):
        response = run.send(run.example(obs_dir=folder), valid=False)
        expect(
            400 <= response.status < 500,
            f"obs_dir {folder!r} is not an OBS path, but the response is {response.status}",
        )


@scenario(
    "An obsPath that is not an OBS path is refused.",
    "DGC-003",
    subject=Subject(takes=("obs_paths",)),
    requests=6,
    negative=True,
)
def bad_obs_path(run: ScenarioRun) -> None:
    """Send an `obsPath` that is not an OBS path."""
    for target in ("no-scheme/folder/", "obs://", "obs:///x", "https://host/x", "obs://bucket/../x", "file:///tmp"):
        response = run.send({"obsPath": target}, valid=False)
        status, code = refusal(response, "obs-path-invalid")
        expect(response.status == status, f"obsPath {target!r} must be refused with {status}, not {response.status}")
        text = f"documented for obsPath {target!r} is {code}, not {response.error_code()}"
        expect(code is None or response.error_code() in (code, *_invalid_codes(response)), text)


def broken_bodies(run: ScenarioRun) -> Iterator[tuple[str, Any]]:
    """Yield bodies that break the request's schema in one place, each after a text such as `without jobList`."""
    schema, body = run.schema, run.example()
    conditional = schema.get("then", {}).get("required", ()) if body else ()
    for name in dict.fromkeys((*schema.get("required", ()), *conditional)):
        yield f"without {name}", {key: value for key, value in body.items() if key != name}
    other = unmet(schema)
    for name, node in schema.get("properties", {}).items():
        yield from _broken_property(run, name, deref(run.document, node), body)
        if name in conditional and other and run.data.complete:
            # Even if the field is not needed, its value must have the right type.
            yield from _broken_property(run, name, deref(run.document, node), body | other)


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
