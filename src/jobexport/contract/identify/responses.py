"""Findings of status, media type and fields of JSON answers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from jobexport.contract.identify.description import JSON
from jobexport.contract.identify.finding import Finding, evidence
from jobexport.spec.change import Change

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jobexport.contract.identify.finding import View
    from jobexport.contract.identify.probe import Answer
    from jobexport.spec.document import Location

SUCCESSES = (("batch", "batchExportJobs"), ("job", "exportJob"), ("flink", "exportFlinkJobs"))
"""The requests that should succeed, with their operations."""


def success_findings(view: View) -> Iterator[Finding]:
    """Find status and media type of each operation's success."""
    for purpose, operation in SUCCESSES:
        answer = view.answer(purpose)
        status = view.where(operation, "responses", "200")
        content = view.where(operation, "responses", "200", "content")
        if answer is None or not answer.succeeded:
            yield view.unseen(f"status of {operation}", operation, status, purpose)
            yield view.unseen(f"media type of {operation}", operation, content, purpose)
            continue
        documented = answer.status == 200
        yield Finding(
            f"status of {operation}",
            operation,
            status,
            agrees=documented,
            evidence=evidence(answer, f"success is {answer.status}"),
            unsaid=None if documented else f"{operation} succeeds with {answer.status}; all checks expect 200",
        )
        yield _media_type(view, answer, content)


def understood(answer: Answer, view: View) -> bool:
    """Whether a success is what the operation gives in any edition: a zip, or JSON with a known field."""
    if view.own.zip_media(answer.operation) is not None:
        return answer.archive().problem is None
    value = answer.json()
    return isinstance(value, dict) and _is_known(view, answer.operation, value)


def _media_type(view: View, answer: Answer, places: tuple[Location, ...]) -> Finding:
    operation, fact = answer.operation, f"media type of {answer.operation}"
    zipped = view.own.zip_media(operation)
    expected = zipped or view.own.json_media(operation)
    seen = evidence(answer, f"Content-Type is {answer.media_type or 'missing'}")
    if not understood(answer, view):
        problem = answer.archive().problem if zipped else "it is no JSON object with a known field"
        words = f"{operation} succeeds with what no edition describes: {problem}"
        return Finding(fact, operation, places, agrees=False, evidence=evidence(answer, words), unsaid=words)
    if answer.media_type == expected:
        return Finding(fact, operation, places, agrees=True, evidence=seen)
    content = view.own.place(operation, "responses", "200", "content")
    if content is None or "/" not in answer.media_type:
        words = f"{operation} succeeds without a Content-Type"
        return Finding(fact, operation, places, agrees=False, evidence=seen, unsaid=words)
    description = f"{operation} succeeds with {answer.media_type}."
    changes = (
        Change(description, (*content, answer.media_type), view.own.at((*content, expected))),
        Change(f"It does not succeed with {expected}.", (*content, expected), remove=True),
    )
    return Finding(fact, operation, places, agrees=False, evidence=seen, changes=changes)


def field_findings(view: View, purpose: str) -> Iterator[Finding]:
    """Find the fields of a successful JSON answer: their names, their types, and those that lack."""
    answer = view.answer(purpose)
    value = answer.json() if answer is not None and answer.succeeded else None
    if answer is None or not isinstance(value, dict):
        yield from _unseen_fields(view, purpose)
        return
    operation = answer.operation
    content = view.own.place(operation, "responses", "200", "content", view.own.json_media(operation))
    if content is None or not _is_known(view, operation, value):
        return
    schema = view.own.behind((*content, "schema"))
    properties = view.own.at(schema).get("properties", {})
    examples = view.own.at(content).get("examples", {})
    promised = set.intersection(*(set(example["value"]) for example in examples.values())) if examples else set()
    missing = [name for name in properties if name in promised and name not in value]
    extra = [name for name in value if name not in properties]
    for name in [name for name in missing if "x-object-name" in properties[name]]:
        renamed = [other for other in extra if _is_texts(value[other])]
        if len(renamed) == 1:
            missing.remove(name)
            extra.remove(renamed[0])
            yield _renamed(view, answer, content, name, renamed[0])
    for name in properties:
        if name in value:
            yield _typed(view, answer, content, name)
    for name in missing:
        yield _missing(view, answer, content, name)
    for name in extra:
        yield _extra(view, answer, schema, name)
    if purpose == "flink":
        yield from _object_names(view, answer, properties)


def _is_known(view: View, operation: str, value: Mapping[str, Any]) -> bool:
    """Whether an object has a field that some edition has in the operation's JSON answer."""
    schemas = (known.get(operation, "responses", "200", "content", JSON, "schema") for known in view.known)
    return any(value.keys() & schema.get("properties", {}).keys() for schema in schemas)


def _unseen_fields(view: View, purpose: str) -> Iterator[Finding]:
    operation = dict(SUCCESSES).get(purpose)
    if operation is not None:
        schema = view.where(operation, "responses", "200", "content", JSON, "schema")
        for name in view.own.get(operation, "responses", "200", "content", JSON, "schema").get("properties", {}):
            place = (*view.own.behind(schema[0]), "properties", name)
            yield view.unseen(f"field {name}", operation, (place, (*place, "type")), purpose)


def _in_examples(view: View, content: Location, name: str) -> Iterator[Location]:
    """Say where the examples of an answer have a field."""
    for example, node in view.own.at(content).get("examples", {}).items():
        if name in node["value"]:
            yield (*content, "examples", example, "value", name)


def _renamed(view: View, answer: Answer, content: Location, old: str, new: str) -> Finding:
    properties = (*view.own.behind((*content, "schema")), "properties")
    described = view.own.at((*properties, old))
    changes = [
        Change(f"The array is called {new}.", (*properties, new), described),
        Change(f"It is not called {old}.", (*properties, old), remove=True),
    ]
    for location in _in_examples(view, content, old):
        value = view.own.at(location)
        changes.append(Change(f"The example answer has {new}.", (*location[:-1], new), value))
        changes.append(Change(f"The example answer has no {old}.", location, remove=True))
    seen = evidence(answer, f"{new} stands where {old} should", f"/{new}")
    places = ((*properties, old),)
    return Finding(f"field {old}", answer.operation, places, agrees=False, evidence=seen, changes=tuple(changes))


def _missing(view: View, answer: Answer, content: Location, name: str) -> Finding:
    place = (*view.own.behind((*content, "schema")), "properties", name)
    changes = [Change(f"The answer has no {name}.", place, remove=True)]
    changes += [
        Change(f"The example answer has no {name}.", location, remove=True)
        for location in _in_examples(view, content, name)
    ]
    required = view.own.at(place[:-2]).get("required", [])
    if name in required:
        location = (*place[:-2], "required", required.index(name))
        changes.append(Change(f"So {name} is not required.", location, remove=True))
    seen = evidence(answer, f"{name} is not there")
    return Finding(f"field {name}", answer.operation, (place,), agrees=False, evidence=seen, changes=tuple(changes))


def _extra(view: View, answer: Answer, schema: Location, name: str) -> Finding:
    value = answer.json()[name]
    described: dict[str, Any] = {"description": "Seen on the wire, on no page.", "type": json_type(value)}
    if _is_texts(value):
        described["items"] = {"type": "string"}
    change = Change(f"The answer has {name}.", (*schema, "properties", name), described)
    seen = evidence(answer, f"{name} is there", f"/{name}")
    return Finding(f"field {name}", answer.operation, (schema,), agrees=False, evidence=seen, changes=(change,))


def _typed(view: View, answer: Answer, content: Location, name: str) -> Finding:
    place = (*view.own.behind((*content, "schema")), "properties", name)
    schema = view.own.at(view.own.behind(place))
    allowed = schema.get("type", [])
    allowed = [allowed] if isinstance(allowed, str) else allowed
    value = answer.json()[name]
    found = json_type(value)
    places = (place, (*place, "type"))
    seen = evidence(answer, f"{name} is of type {found}", f"/{name}")
    agrees = not allowed or found in allowed or (found == "integer" and "number" in allowed)
    if agrees:
        return Finding(f"field {name}", answer.operation, places, agrees=True, evidence=seen, exact=len(allowed) <= 1)
    sample = _sample(value)
    changes = [
        Change(f"{name} is of type {found}.", (*place, "type"), found),
        Change(f"So is the example of {name}.", (*place, "examples"), [sample]),
    ]
    if "items" in schema:
        changes.append(Change(f"{name} is no array.", (*place, "items"), remove=True))
    changes += [
        Change(f"The example answer has {name} of type {found}.", location, sample)
        for location in _in_examples(view, content, name)
    ]
    return Finding(f"field {name}", answer.operation, places, agrees=False, evidence=seen, changes=tuple(changes))


def _object_names(view: View, answer: Answer, properties: Mapping[str, Any]) -> Iterator[Finding]:
    """Find how the zips in object storage are called."""
    fact = "names of the zips"
    template = next((node["x-object-name"] for node in properties.values() if "x-object-name" in node), "")
    arrays = {name: value for name, value in answer.json().items() if _is_texts(value) and value}
    if not template or not arrays:
        return
    places = view.where(answer.operation, "requestBody", "content", JSON, "schema", "properties", "obs_dir")
    known = {"obs_dir": re.escape(str(answer.arguments["obs_dir"]).rstrip("/")), "epoch_ms": r"\d{13}"}
    pattern = re.sub(r"\\\{(\w+)\\\}", lambda match: known.get(match[1], "[^/]+"), re.escape(template))
    field, names = next(iter(arrays.items()))
    wrong = [name for name in names if not re.fullmatch(pattern, name)]
    seen = evidence(answer, f"a zip is called {(wrong or names)[0]}", f"/{field}")
    unsaid = f"a zip is called {wrong[0]}, not {template}; the checks know this form only" if wrong else None
    yield Finding(fact, answer.operation, places, agrees=not wrong, evidence=seen, unsaid=unsaid)


def json_type(value: Any) -> str:
    """Name the type of a JSON value as a schema does."""
    names = {bool: "boolean", str: "string", int: "integer", float: "number", list: "array", dict: "object"}
    return names.get(type(value), "null")


def _sample(value: Any) -> Any:
    """Give an example of a value's type: not what the server said, but for a flag."""
    if isinstance(value, str):
        return value if value in {"true", "false"} else "text"
    return type(value)() if value is not None else None


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)
