"""Checks of the form of a response: status, media type, fields, and the body of an error."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import jsonschema_rs

from jobexport.contract.checks.exchange import JSON
from jobexport.contract.checks.violation import Violation
from jobexport.spec.document import deref, error_statuses, marks, media, operations, request_body, response, schema_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from jobexport.contract.checks.exchange import CheckedExchange


def documented_response(exchange: CheckedExchange) -> None:
    """Raise if the status or its media type is not documented, or the body breaks the documented schema."""
    responses = exchange.operation["responses"]
    documented = exchange.response()
    if not documented:
        # An operation does not document the response to another method or an unknown path.
        if exchange.status not in (404, 405):
            raise Violation(f"status {exchange.status} is not documented; documented are {', '.join(responses)}")
        return
    content = documented.get("content", {})
    if content and exchange.media_type not in content:
        expected, seen = " or ".join(content), exchange.media_type or "missing"
        words = f"Content-Type is {seen}; for {exchange.status} {expected} is documented"
        raise Violation(words, _marks_within(documented))
    if exchange.media_type != JSON or JSON not in content:
        return
    value = exchange.json()
    if value is None:
        raise Violation("the response is not JSON", _marks_within(documented))
    schema = content[JSON].get("schema", {})
    error = next(iter(validator(exchange.document, schema).iter_errors(value)), None)
    if error is not None:
        place = [str(step) for step in error.instance_path]
        raise Violation(error.message, marks_on_way(exchange, schema, place), "".join(f"/{step}" for step in place))


# One validator for each schema, as a run checks thousands of responses. A document can't be a key, but its `id()` can;
# the value holds the document too, so that no other object gets the same `id()`.
_VALIDATORS: dict[tuple[int, str], tuple[Any, jsonschema_rs.Draft202012Validator]] = {}


def validator(document: Mapping[str, Any], schema: Mapping[str, Any]) -> jsonschema_rs.Draft202012Validator:
    """Return the compiled schema of a document, for all checks of a run."""
    key = id(document), json.dumps(schema, sort_keys=True)
    if key not in _VALIDATORS:
        root = {"allOf": [schema], "components": document.get("components", {})}
        _VALIDATORS[key] = document, jsonschema_rs.Draft202012Validator(root)
    return _VALIDATORS[key][1]


def marks_on_way(exchange: CheckedExchange, schema: Mapping[str, Any], place: list[str]) -> tuple[str, ...]:
    """Return the register entries of the schema at a place in the body, and of the schemas around it."""
    node = deref(exchange.document, schema)
    found = [marks(node)]
    for step in place:
        properties = node.get("properties", {})
        node = deref(exchange.document, properties.get(step, node.get("items", {})))
        found.append(marks(node))
    # The innermost schema first, because its entries fit best.
    return tuple(dict.fromkeys(mark for named in reversed(found) for mark in named))


def undocumented_field(exchange: CheckedExchange) -> None:
    """Raise if a JSON response has a field that the edition does not document."""
    value = exchange.json()
    schema = exchange.schema()
    if not isinstance(value, dict) or "properties" not in schema:
        return
    unknown = sorted(value.keys() - schema["properties"].keys())
    if unknown:
        known = ", ".join(schema["properties"])
        raise Violation(
            f"the response has {', '.join(unknown)}, which this edition does not document; documented are {known}",
            () if exchange.succeeded else ("COM-001",),
            f"/{unknown[0]}",
        )


def missing_field(exchange: CheckedExchange) -> None:
    """Raise if a successful JSON response lacks a field that every documented example has."""
    value = exchange.json()
    examples = [example["value"] for example in exchange.media(JSON).get("examples", {}).values()]
    if not exchange.succeeded or not isinstance(value, dict) or not examples or "error_code" in value:
        return
    promised = set.intersection(*(set(example) for example in examples))
    missing = sorted(promised - value.keys())
    if missing and (missing := [name for name in missing if name not in _optional(exchange)]):
        properties = exchange.schema()["properties"]
        rests_on = tuple(id_ for name in missing for id_ in _marks_within(properties.get(name, {})))
        words = f"the response lacks {', '.join(missing)}, which the documentation's example has"
        raise Violation(words, rests_on, f"/{missing[0]}")


def _optional(exchange: CheckedExchange) -> Collection[str]:
    """Return the fields of an object that the request which created it may have left out."""
    place = next((each for each in operations(exchange.document) if each.fields is exchange.operation), None)
    above = place.path.rpartition("/")[0] if place is not None and place.path.endswith("}") else ""
    created = exchange.document["paths"].get(above, {}).get("post")
    definition = schema_of(exchange.document, media(request_body(exchange.document, created))) if created else {}
    return {*definition.get("properties", ())} - {*definition.get("required", ())}


def error_in_success(exchange: CheckedExchange) -> None:
    """Raise if a response with status 200 has an error as its body."""
    value = exchange.json()
    if exchange.succeeded and isinstance(value, dict) and value.keys() & {"error_code", "error_msg"}:
        raise Violation(f"status 200, but the body is an error: {value.get('error_code')} {value.get('error_msg')!r}")


def error_body(exchange: CheckedExchange) -> None:
    """Raise if the body of an error is not a JSON object with a non-empty code and message."""
    if exchange.status < 400 or not exchange.response():
        return
    value = exchange.json()
    if not isinstance(value, dict):
        raise Violation(
            f"the body of an error must be a JSON object; Content-Type is {exchange.media_type or 'missing'}"
        )
    for name in ("error_code", "error_msg"):
        if not isinstance(value.get(name), str) or not value[name].strip():
            raise Violation(f"{name} must be a non-empty string, not {value.get(name)!r}", pointer=f"/{name}")


def error_code(exchange: CheckedExchange) -> None:
    """Raise if an error's code is not documented for the API and the status."""
    code = exchange.error_code()
    if exchange.status < 400 or code is None or not exchange.response():
        return
    documented = set(documented_codes(exchange.document, exchange.operation, exchange.status))
    if code not in documented:
        named = _marks_within(exchange.response())
        raise Violation(
            f"code {code!r} is not documented for {exchange.status}; the document has {', '.join(sorted(documented))}",
            named,
            "/error_code",
        )


def documented_codes(document: Mapping[str, Any], operation: Mapping[str, Any], status: int) -> Iterator[str]:
    """Yield the documented codes for an error's status: the codes of the examples, then the codes of the API's list."""
    for example in media(response(document, operation, status)).get("examples", {}).values():
        yield example["value"]["error_code"]
    lists = document.get("components", {}).get("x-error-codes", {})
    for tag in operation.get("tags", ()):
        yield from lists.get(tag, {}).get(str(status), ())


def obs_path_response(exchange: CheckedExchange) -> None:
    """Raise if a success is not JSON although a documented `obsPath` was sent, or not a zip although it was not."""
    if not exchange.succeeded or not exchange.valid or not exchange.documents("obsPath"):
        return
    sent = "obsPath" in exchange.arguments
    expected = JSON if sent else exchange.zip_media()
    if exchange.media_type != expected:
        word = "was" if sent else "was not"
        raise Violation(f"obsPath {word} sent, so the response must be {expected}, not {exchange.media_type}")


def example_code(exchange: CheckedExchange, name: str, status: int | str | None = None) -> str | None:
    """Return the code of the response's example of this name, or None if the document has no such example."""
    documented = response(exchange.document, exchange.operation, status or exchange.status)
    example = media(documented).get("examples", {}).get(name)
    return None if example is None else str(example["value"]["error_code"])


def refusal(exchange: CheckedExchange, name: str) -> tuple[int, str | None]:
    """Return status and code of the error that the document has under a name, such as `job-not-found`.

    By default 400 and None, as most errors of the union are of 400.
    """
    for status in error_statuses(exchange.operation["responses"]):
        code = example_code(exchange, name, status)
        if code is not None:
            return int(status), code
    return 400, None


def _marks_within(node: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the register entries that a node of the document and its properties name."""
    return marks(node) + tuple(mark for schema in node.get("properties", {}).values() for mark in marks(schema))
