"""Scenarios of the parameters of a request: values that must be accepted, and values that must be refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import jsonschema_rs

from jobexport.contract.checks.responses import refusal
from jobexport.contract.scenarios.scenario import expect
from jobexport.spec.document import (
    at,
    deref,
    listed_values,
    marks,
    media,
    operations_by_id,
    parameters,
    response,
    schema_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jobexport.contract.scenarios.scenario import ScenarioRun

# Errors with which a request is refused as invalid: by a parameter's name, such as `offset-negative`, or as a whole.
_INVALID = ("invalid", "negative")
_WRONG = ("no-such word!", "x" * 200, "-1", "0", "999999999999999999999", "1.5", "true", "")


def query_values(run: ScenarioRun) -> None:
    """Send each value that the document lists for a parameter, and the edges of numbers; a default changes nothing."""
    plain = run.send()
    expect(plain.succeeded, f"a request without optional parameters gets {plain.status}")
    for name, schema in query_schemas(run):
        values = [*listed_values(run.document, schema)]
        values += [True, False] if schema.get("type") == "boolean" else []
        values += [schema[edge] for edge in ("minimum", "maximum", "default") if edge in schema]
        for value in dict.fromkeys(values):
            response = run.send(query={name: value})
            words = f"{name} {value!r}"
            expect(response.succeeded, f"{words} is allowed, but the response is {response.status}", *marks(schema))
            if value == schema.get("default"):
                same = response.json() == plain.json()
                expect(same, f"{words} is the default, but the response differs from that without {name}")


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
            body = found.json()
            got = found.status, body.get("error_code") if isinstance(body, dict) else None
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


def query_schemas(run: ScenarioRun) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the parameters of the query with their schemas."""
    for where, name, schema in _parameters(run):
        if where == "query":
            yield name, schema
