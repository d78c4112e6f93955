"""Checks of the form of an answer: status, media type, fields, and the body of an error."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import jsonschema_rs

from jobexport.contract.checks.exchange import JSON
from jobexport.contract.checks.violation import Violation
from jobexport.spec.document import deref, marks, media, response

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jobexport.contract.checks.exchange import Exchange


def documented_answer(exchange: Exchange) -> None:
    """Raise when the status is not documented, the media type is not the status's, or the body not the schema's."""
    responses = exchange.operation["responses"]
    documented = exchange.response()
    if not documented:
        # What a server answers to a method or a path that is not there is not the operation's to document.
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
        raise Violation("the answer is no JSON", _marks_within(documented))
    schema = content[JSON].get("schema", {})
    error = next(iter(_validator(exchange.document, schema).iter_errors(value)), None)
    if error is not None:
        place = [str(step) for step in error.instance_path]
        raise Violation(error.message, _marks_on_way(exchange, schema, place), "".join(f"/{step}" for step in place))


# A document has a dozen schemas, and a run looks at thousands of answers. Documents are no keys, so their ids are: the
# document is kept beside the validator, so that its id stays its own.
_VALIDATORS: dict[tuple[int, str], tuple[Any, jsonschema_rs.Draft202012Validator]] = {}


def _validator(document: Mapping[str, Any], schema: Mapping[str, Any]) -> jsonschema_rs.Draft202012Validator:
    key = id(document), json.dumps(schema, sort_keys=True)
    if key not in _VALIDATORS:
        root = {"allOf": [schema], "components": document.get("components", {})}
        _VALIDATORS[key] = document, jsonschema_rs.Draft202012Validator(root)
    return _VALIDATORS[key][1]


def _marks_on_way(exchange: Exchange, schema: Mapping[str, Any], place: list[str]) -> tuple[str, ...]:
    """Give the register entries of the schema at a place in the body, and of what it lies in."""
    node = deref(exchange.document, schema)
    found = [marks(node)]
    for step in place:
        properties = node.get("properties", {})
        node = deref(exchange.document, properties.get(step, node.get("items", {})))
        found.append(marks(node))
    # The nearest first: it says best what this is about.
    return tuple(dict.fromkeys(mark for named in reversed(found) for mark in named))


def undocumented_field(exchange: Exchange) -> None:
    """Raise when a JSON answer has a field that this edition's schema does not know."""
    value = exchange.json()
    schema = exchange.schema()
    if not isinstance(value, dict) or "properties" not in schema:
        return
    unknown = sorted(value.keys() - schema["properties"].keys())
    if unknown:
        known = ", ".join(schema["properties"])
        raise Violation(
            f"the answer has {', '.join(unknown)}, which this edition does not document; it has {known}",
            () if exchange.status == 200 else ("COM-001",),
            f"/{unknown[0]}",
        )


def missing_field(exchange: Exchange) -> None:
    """Raise when a successful JSON answer lacks a field that every example of it has."""
    value = exchange.json()
    examples = [example["value"] for example in exchange.media(JSON).get("examples", {}).values()]
    if exchange.status != 200 or not isinstance(value, dict) or not examples or "error_code" in value:
        return
    promised = set.intersection(*(set(example) for example in examples))
    missing = sorted(promised - value.keys())
    if missing:
        properties = exchange.schema()["properties"]
        rests_on = tuple(id_ for name in missing for id_ in _marks_within(properties.get(name, {})))
        raise Violation(f"the answer lacks {', '.join(missing)}, which the documentation's example has", rests_on)


def error_in_success(exchange: Exchange) -> None:
    """Raise when a 200 carries an error."""
    value = exchange.json()
    if exchange.status == 200 and isinstance(value, dict) and value.keys() & {"error_code", "error_msg"}:
        raise Violation(f"status 200, but the body is an error: {value.get('error_code')} {value.get('error_msg')!r}")


def error_body(exchange: Exchange) -> None:
    """Raise when an error's body is not the documented object, with a code and a message that are not empty."""
    if exchange.status < 400 or not exchange.response():
        return
    value = exchange.json()
    if not isinstance(value, dict):
        raise Violation(f"an error is a JSON object; this one is {exchange.media_type or 'of no type'}")
    for name in ("error_code", "error_msg"):
        if not isinstance(value.get(name), str) or not value[name].strip():
            raise Violation(f"{name} must be text that says something, not {value.get(name)!r}", pointer=f"/{name}")


def error_code(exchange: Exchange) -> None:
    """Raise when an error's code is not documented for the API and the status."""
    value = exchange.json()
    code = value.get("error_code") if isinstance(value, dict) else None
    if exchange.status < 400 or not isinstance(code, str) or not exchange.response():
        return
    documented = set(documented_codes(exchange))
    if code not in documented:
        named = _marks_within(exchange.response())
        raise Violation(
            f"{code!r} is no code documented for {exchange.status}; documented are {', '.join(sorted(documented))}",
            named,
            "/error_code",
        )


def documented_codes(exchange: Exchange) -> Iterator[str]:
    """Give the codes that an operation's error may have: those of the status's examples, those of the API's list."""
    for example in exchange.media(JSON).get("examples", {}).values():
        yield example["value"]["error_code"]
    lists = exchange.document["components"].get("x-error-codes", {})
    for tag in exchange.operation.get("tags", ()):
        yield from lists.get(tag, {}).get(str(exchange.status), ())


def obs_path_answer(exchange: Exchange) -> None:
    """Raise when a success is a zip though `obsPath` was sent and is documented, or JSON though it was not sent."""
    if exchange.status != 200 or not exchange.valid or not exchange.documents("obsPath"):
        return
    sent = "obsPath" in exchange.arguments
    expected = JSON if sent else exchange.zip_media()
    if exchange.media_type != expected:
        word = "was" if sent else "was not"
        raise Violation(f"obsPath {word} sent, so the answer must be {expected}, not {exchange.media_type}")


def example_code(exchange: Exchange, name: str, status: int | None = None) -> str | None:
    """Give the code of a named example of the response; None when the document has none of this name."""
    documented = response(exchange.document, exchange.operation, status or exchange.status)
    example = media(documented).get("examples", {}).get(name)
    return None if example is None else str(example["value"]["error_code"])


def _marks_within(node: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the register entries that a spot of the document and its properties name."""
    return marks(node) + tuple(mark for schema in node.get("properties", {}).values() for mark in marks(schema))
