"""Findings of responses: status, media type, and the fields of JSON."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from jobexport.contract.identify.description import JSON
from jobexport.contract.identify.finding import Identified, evidence
from jobexport.spec.statements.change import Change

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jobexport.contract.identify.finding import View
    from jobexport.contract.identify.probe import ProbeResponse
    from jobexport.spec.document import Location

SUCCESSES = (("batch", "batchExportJobs"), ("job", "exportJob"), ("flink", "exportFlinkJobs"))
"""Purpose and operation of the requests that should succeed."""


def success_findings(view: View) -> Iterator[Identified]:
    """Yield the findings of status and media type of each operation's success."""
    for purpose, operation in SUCCESSES:
        response = view.response(purpose)
        status = view.where(operation, "responses", "200")
        content = view.where(operation, "responses", "200", "content")
        if response is None or not response.succeeded:
            yield view.unseen(f"status of {operation}", operation, status, purpose)
            yield view.unseen(f"media type of {operation}", operation, content, purpose)
            continue
        documented = response.status == 200
        yield Identified(
            f"status of {operation}",
            operation,
            status,
            agrees=documented,
            evidence=evidence(response, f"success is {response.status}"),
            unsaid=None if documented else f"{operation} succeeds with {response.status}; the checks expect 200",
        )
        yield _media_type(view, response, content)


def understood(response: ProbeResponse, view: View) -> bool:
    """Return True if some edition describes a success of this kind: a zip, or JSON with a known field."""
    if view.own.zip_media(response.operation) is not None:
        return response.archive().problem is None
    value = response.json()
    return isinstance(value, dict) and _is_known(view, response.operation, value)


def _media_type(view: View, response: ProbeResponse, places: tuple[Location, ...]) -> Identified:
    operation, fact = response.operation, f"media type of {response.operation}"
    zipped = view.own.zip_media(operation)
    expected = zipped or view.own.json_media(operation)
    seen = evidence(response, f"Content-Type is {response.media_type or 'missing'}")
    if not understood(response, view):
        problem = response.archive().problem if zipped else "it is not a JSON object with a known field"
        words = f"{operation} succeeds with a response that no edition describes: {problem}"
        return Identified(fact, operation, places, agrees=False, evidence=evidence(response, words), unsaid=words)
    if response.media_type == expected:
        return Identified(fact, operation, places, agrees=True, evidence=seen)
    content = view.own.place(operation, "responses", "200", "content")
    if content is None or "/" not in response.media_type:
        words = f"{operation} succeeds without a Content-Type"
        return Identified(fact, operation, places, agrees=False, evidence=seen, unsaid=words)
    description = f"{operation} succeeds with {response.media_type}."
    changes = (
        Change(description, (*content, response.media_type), view.own.at((*content, expected))),
        Change(f"It does not succeed with {expected}.", (*content, expected), remove=True),
    )
    return Identified(fact, operation, places, agrees=False, evidence=seen, changes=changes)


def field_findings(view: View, purpose: str) -> Iterator[Identified]:
    """Find the fields of a successful JSON response: their names, their types, and the fields that lack."""
    response = view.response(purpose)
    value = response.json() if response is not None and response.succeeded else None
    if response is None or not isinstance(value, dict):
        yield from _unseen_fields(view, purpose)
        return
    operation = response.operation
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
            yield _renamed(view, response, content, name, renamed[0])
    for name in properties:
        if name in value:
            yield _typed(view, response, content, name)
    for name in missing:
        yield _missing(view, response, content, name)
    for name in extra:
        yield _extra(view, response, schema, name)
    if purpose == "flink":
        yield from _object_names(view, response, properties)


def _is_known(view: View, operation: str, value: Mapping[str, Any]) -> bool:
    """Return True if an object has a field of the operation's JSON response in some edition."""
    schemas = (known.get(operation, "responses", "200", "content", JSON, "schema") for known in view.known)
    return any(value.keys() & schema.get("properties", {}).keys() for schema in schemas)


def _unseen_fields(view: View, purpose: str) -> Iterator[Identified]:
    operation = dict(SUCCESSES).get(purpose)
    if operation is not None:
        schema = view.where(operation, "responses", "200", "content", JSON, "schema")
        for name in view.own.get(operation, "responses", "200", "content", JSON, "schema").get("properties", {}):
            place = (*view.own.behind(schema[0]), "properties", name)
            yield view.unseen(f"field {name}", operation, (place, (*place, "type")), purpose)


def _in_examples(view: View, content: Location, name: str) -> Iterator[Location]:
    """Yield the places of a field in the examples of a response."""
    for example, node in view.own.at(content).get("examples", {}).items():
        if name in node["value"]:
            yield (*content, "examples", example, "value", name)


def _renamed(view: View, response: ProbeResponse, content: Location, old: str, new: str) -> Identified:
    properties = (*view.own.behind((*content, "schema")), "properties")
    described = view.own.at((*properties, old))
    changes = [
        Change(f"The name of the array is {new}.", (*properties, new), described),
        Change(f"The name of the array is not {old}.", (*properties, old), remove=True),
    ]
    for location in _in_examples(view, content, old):
        value = view.own.at(location)
        changes.append(Change(f"The example response has {new}.", (*location[:-1], new), value))
        changes.append(Change(f"The example response has no {old}.", location, remove=True))
    seen = evidence(response, f"the response has {new} instead of {old}", f"/{new}")
    places = ((*properties, old),)
    return Identified(f"field {old}", response.operation, places, agrees=False, evidence=seen, changes=tuple(changes))


def _missing(view: View, response: ProbeResponse, content: Location, name: str) -> Identified:
    place = (*view.own.behind((*content, "schema")), "properties", name)
    changes = [Change(f"The response has no {name}.", place, remove=True)]
    changes += [
        Change(f"The example response has no {name}.", location, remove=True)
        for location in _in_examples(view, content, name)
    ]
    required = view.own.at(place[:-2]).get("required", [])
    if name in required:
        location = (*place[:-2], "required", required.index(name))
        changes.append(Change(f"The field {name} is not required.", location, remove=True))
    seen = evidence(response, f"the response has no {name}")
    return Identified(
        f"field {name}", response.operation, (place,), agrees=False, evidence=seen, changes=tuple(changes)
    )


def _extra(view: View, response: ProbeResponse, schema: Location, name: str) -> Identified:
    value = response.json()[name]
    described: dict[str, Any] = {"description": "Observed in a response; no page has it.", "type": json_type(value)}
    if _is_texts(value):
        described["items"] = {"type": "string"}
    change = Change(f"The response has {name}.", (*schema, "properties", name), described)
    seen = evidence(response, f"the response has {name}", f"/{name}")
    return Identified(f"field {name}", response.operation, (schema,), agrees=False, evidence=seen, changes=(change,))


def _typed(view: View, response: ProbeResponse, content: Location, name: str) -> Identified:
    place = (*view.own.behind((*content, "schema")), "properties", name)
    schema = view.own.at(view.own.behind(place))
    allowed = schema.get("type", [])
    allowed = [allowed] if isinstance(allowed, str) else allowed
    value = response.json()[name]
    found = json_type(value)
    places = (place, (*place, "type"))
    seen = evidence(response, f"{name} is of type {found}", f"/{name}")
    agrees = not allowed or found in allowed or (found == "integer" and "number" in allowed)
    if agrees:
        return Identified(
            f"field {name}", response.operation, places, agrees=True, evidence=seen, exact=len(allowed) <= 1
        )
    sample = _sample(value)
    changes = [
        Change(f"{name} is of type {found}.", (*place, "type"), found),
        Change(f"The example of {name} is of type {found}.", (*place, "examples"), [sample]),
    ]
    if "items" in schema:
        changes.append(Change(f"{name} is not an array.", (*place, "items"), remove=True))
    changes += [
        Change(f"The example response has {name} of type {found}.", location, sample)
        for location in _in_examples(view, content, name)
    ]
    return Identified(f"field {name}", response.operation, places, agrees=False, evidence=seen, changes=tuple(changes))


def _object_names(view: View, response: ProbeResponse, properties: Mapping[str, Any]) -> Iterator[Identified]:
    """Yield the finding of the names of zips in object storage."""
    fact = "names of the zips"
    template = next((node["x-object-name"] for node in properties.values() if "x-object-name" in node), "")
    arrays = {name: value for name, value in response.json().items() if _is_texts(value) and value}
    if not template or not arrays:
        return
    places = view.where(response.operation, "requestBody", "content", JSON, "schema", "properties", "obs_dir")
    known = {"obs_dir": re.escape(str(response.arguments["obs_dir"]).rstrip("/")), "epoch_ms": r"\d{13}"}
    pattern = re.sub(r"\\\{(\w+)\\\}", lambda match: known.get(match[1], "[^/]+"), re.escape(template))
    field, names = next(iter(arrays.items()))
    wrong = [name for name in names if not re.fullmatch(pattern, name)]
    seen = evidence(response, f"the name of a zip is {(wrong or names)[0]}", f"/{field}")
    unsaid = f"the name of a zip is {wrong[0]}, not {template}; the checks know this form only" if wrong else None
    yield Identified(fact, response.operation, places, agrees=not wrong, evidence=seen, unsaid=unsaid)


def json_type(value: Any) -> str:
    """Return the schema type of a JSON value, such as `boolean`."""
    names = {bool: "boolean", str: "string", int: "integer", float: "number", list: "array", dict: "object"}
    return names.get(type(value), "null")


def _sample(value: Any) -> Any:
    """Return an example of a value's type: never the value itself, except for flags."""
    if isinstance(value, str):
        return value if value in {"true", "false"} else "text"
    return type(value)() if value is not None else None


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)
