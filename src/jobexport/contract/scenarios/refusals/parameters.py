"""Scenarios of values in path and query that break the document or stand for nothing; each must be refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import jsonschema_rs

from jobexport.contract.checks.responses import refusal
from jobexport.contract.scenarios.scenario import expect, scenario
from jobexport.contract.verbs import Subject
from jobexport.spec.document import at, deref, marks, media, operations_by_id, parameters, response, schema_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jobexport.contract.scenarios.run import ScenarioRun

# Errors with which a request is refused as invalid: by a parameter's name, such as `offset-negative`, or as a whole.
_INVALID = ("invalid", "negative")
_WRONG = ("no-such word!", "x" * 200, "-1", "0", "999999999999999999999", "1.5", "true", "")


@scenario(
    "A value that breaks the schema of a parameter is refused as invalid.",
    "DLI-106",
    "DLI-111",
    "DLI-201",
    "DGC-201",
    "DGC-302",
    "DGC-802",
    "DGC-806",
    "DGC-905",
    "DGC-502",
    "DGC-901",
    subject=Subject(("list", "show", "delete"), ("flink_jobs", "jobs", "scripts", "resource_ids")),
    requests=50,
    negative=True,
    about="invalid request",
)
def broken_parameters(run: ScenarioRun) -> None:
    """Send values that break the schema of a parameter in the path or the query, one at a time."""
    for where, name, schema in _parameters(run):
        for value in _breaking(run, schema):
            sent = {name: value}
            found = run.send(valid=False, path=sent) if where == "path" else run.send(valid=False, query=sent)
            words = f"a request with {name} {value!r:.40}"
            examples = media(response(run.document, found.operation, "400")).get("examples", {})
            names = ["invalid-request", *(each for each in examples if any(part in each for part in _INVALID))]
            codes = {refusal(found, each) for each in names}
            got = found.status, found.error_code()
            told = " or ".join(f"{status} {code}" for status, code in sorted(codes, key=str))
            text = f"documented for {words}, which is not valid, is {told}, not {got[0]} {got[1] or ''}"
            expect(got in codes, text.rstrip(), *marks(schema))


def _breaking(run: ScenarioRun, schema: Mapping[str, Any]) -> Iterator[str]:
    """Yield texts that are not values of a schema, as far as a text in a URL can break it."""
    schema = {key: value for key, value in deref(run.document, schema).items() if key != "default"}
    kinds = {schema["type"]} if isinstance(schema.get("type"), str) else {*schema.get("type", ())}
    valid = jsonschema_rs.Draft202012Validator({"allOf": [schema], "components": run.document.get("components", {})})
    for text in _edges(schema) + _WRONG:
        readings: list[Any] = [text] if "string" in kinds else []
        readings += [int(text)] if "integer" in kinds and text.lstrip("-").isdigit() else []
        readings += [text == "true"] if "boolean" in kinds and text in ("true", "false") else []
        if text and not any(map(valid.is_valid, readings)):
            yield text


def _edges(schema: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the numbers just outside the bounds of a schema."""
    found = [schema[name] + step for name, step in (("minimum", -1), ("maximum", 1)) if name in schema]
    return tuple(map(str, found))


def _parameters(run: ScenarioRun) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Yield the parameters in path and query, with their schemas; not the project, which credentials are for."""
    for (where, name), location in parameters(run.document, operations_by_id(run.document)[run.id].location).items():
        if where in ("path", "query") and name != "project_id":
            yield where, name, schema_of(run.document, deref(run.document, at(run.document, location)))


@scenario(
    "A name that breaks the naming rule is refused, however it is encoded.",
    "COM-006",
    "DGC-306",
    "DGC-502",
    subject=Subject(("export", "show", "delete"), ("jobs",), many=False),
    requests=19,
    negative=True,
)
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
        response = run.send(raw=raw, valid=False)
        expect(400 <= response.status < 500, f"the illegal name {raw!r} gets {response.status}")
        status, code = refusal(response, "job-name-invalid")
        got = response.error_code()
        if response.status == status and code is not None:
            expect(got == code, f"documented for the illegal name {raw!r} is {code}, not {got}")


@scenario(
    "`.` and `..` are names of jobs, not steps of the path.",
    "COM-006",
    "DGC-306",
    subject=Subject(("export", "show"), ("jobs",), many=False),
    requests=3,
)
def dots(run: ScenarioRun) -> None:
    """Request the jobs `.`, `..` and `...`; their names are legal, but most servers have no such jobs."""
    for name in (".", "..", "..."):
        response = run.send(**run.naming(name))
        status, code = refusal(response, "job-not-found")
        got = response.status, response.error_code()
        text = f"documented for the legal name {name!r} is a zip or {code}, not {got[0]} {got[1]}"
        expect(response.succeeded or got == (status, code), text)


@scenario(
    "A request with an undocumented method gets 404 or 405.",
    "COM-001",
    requests=4,
    negative=True,
    about="method",
)
def other_methods(run: ScenarioRun) -> None:
    """Send requests with other methods to the same path."""
    for method in run.other_methods:
        response = run.send(method=method, valid=False)
        expect(response.status in (404, 405), f"{method} is not documented, but the response is {response.status}")
