"""Observations of responses: status, media type, and the fields of JSON."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from jobexport.contract.identify.finding import Observed, evidence, state

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jobexport.contract.identify.finding import View
    from jobexport.contract.identify.probe import ProbeResponse
    from jobexport.spec.document import Location

SUCCESSES = (("batch", "batchExportJobs"), ("job", "exportJob"), ("flink", "exportFlinkJobs"))
"""Purpose and operation of the exports that should succeed."""
_OBSERVED = "Observed in a response; no page has it."


def successes(view: View) -> Iterator[tuple[str, str]]:
    """Yield purpose and operation of each request that should succeed; other operations are their own purpose."""
    yield from SUCCESSES
    exports = {operation for _, operation in SUCCESSES}
    for operation in view.responses.asked:
        if operation not in exports:
            yield operation, operation


def response_observations(view: View) -> Iterator[Observed]:
    """Yield the observations of status, media type and fields of each operation's success."""
    for purpose, operation in successes(view):
        response = view.response(purpose)
        status = view.where(operation, "responses", "200") or view.where(operation, "responses")
        content = view.where(operation, "responses", "200", "content")
        if response is None or not response.succeeded:
            yield view.unseen(f"status of {operation}", operation, status, purpose)
            yield view.unseen(f"media type of {operation}", operation, content, purpose)
        else:
            yield _status(view, response, status)
            yield _media_type(view, response, content)
        if purpose not in ("batch", "job"):
            yield from _fields(view, purpose, operation)
    yield from _fields(view, "job-to-obs", "exportJob")


def understood(response: ProbeResponse, view: View) -> bool:
    """Return True if some edition describes a success of this kind: a zip, JSON with a known field, or a list."""
    if view.union.zip_media(response.operation) is not None:
        return response.archive().problem is None
    value = response.json()
    schema = view.union.get(*_success(view, response.operation), "schema")
    listed = isinstance(value, list) and schema.get("type") == "array"
    return listed or (isinstance(value, dict) and _is_known(view, response.operation, value))


def _success(view: View, operation: str) -> tuple[str, ...]:
    return operation, "responses", "200", "content", view.own.json_media(operation)


def _status(view: View, response: ProbeResponse, places: tuple[Location, ...]) -> Observed:
    operation, status = response.operation, str(response.status)
    place = view.where(operation, "responses", status)
    words = None if place else f"{operation} succeeds with {status}; the checks expect 200"
    return Observed(
        f"status of {operation}",
        operation,
        places,
        tuple(state("status", found, response.status) for found in place),
        evidence(response, f"success is {status}"),
        unsaid=words,
    )


def _media_type(view: View, response: ProbeResponse, places: tuple[Location, ...]) -> Observed:
    operation, fact = response.operation, f"media type of {response.operation}"
    zipped = view.own.zip_media(operation)
    seen, words = evidence(response, f"Content-Type is {response.media_type or 'missing'}"), None
    content = view.own.place(operation, "responses", "200", "content")
    if not understood(response, view):
        problem = response.archive().problem if zipped else "it is not a JSON object with a known field"
        words = f"{operation} succeeds with a response that no edition describes: {problem}"
        seen = evidence(response, words)
    elif content is None or "/" not in response.media_type:
        words = f"{operation} succeeds without a Content-Type"
    if words is not None or content is None:
        return Observed(fact, operation, places, evidence=seen, unsaid=words)
    place = (*content, zipped or view.own.json_media(operation))
    return Observed(fact, operation, places, (state("media-type", place, response.media_type),), seen)


def _fields(view: View, purpose: str, operation: str) -> Iterator[Observed]:
    """Find the fields of a successful JSON response: their names, their types, and the fields that lack."""
    response = view.response(purpose)
    value = response.json() if response is not None and response.succeeded else None
    if response is None or not isinstance(value, dict):
        yield from _unseen_fields(view, purpose, operation)
        return
    content = view.own.place(*_success(view, operation))
    if content is None or not _is_known(view, operation, value):
        return
    place = (*view.own.behind((*content, "schema")), "properties")
    schema = view.own.at(place[:-1])
    properties = schema.get("properties", {})
    for name, new in _names(view, content, schema, value):
        places: tuple[Location, ...] = ((*place, name),)
        lent: dict[str, Any] = {}
        if name not in value:
            states = state("parameter", (*place, name), new)
            words = f"the response has {new} instead of {name}" if new else f"the response has no {name}"
        elif name in properties:
            kind = json_type(value[name])
            states, words = state("type", (*place, name), kind), f"{name} is of type {kind}"
            places = ((*place, name), (*place, name, "type"))
        else:
            states, words = state("parameter", (*place, name), name), f"the response has {name}"
            places = ((*place, name),)
            lent = {"description": _OBSERVED, "type": json_type(value[name])}
            lent |= {"items": {"type": "string"}} if _is_texts(value[name]) else {}
        at = new or name
        seen = evidence(response, words, f"/{at}" if at in value else "")
        yield Observed(f"field {name} of {operation}", operation, places, (states,), seen, lent=lent)
    yield from _object_names(view, response, properties)


def _names(
    view: View, content: Location, schema: Mapping[str, Any], value: Mapping[str, Any]
) -> Iterator[tuple[str, str | None]]:
    """Yield the fields to speak of, each with the name that the response has in its place, if any."""
    properties, examples = schema.get("properties", {}), view.own.at(content).get("examples", {})
    promised = set.intersection(*(set(example["value"]) for example in examples.values())) if examples else set()
    if required := schema.get("required"):
        promised &= {*required}  # An example may show optional fields, such as the `id` of a job.
    extra = [name for name in value if name not in properties]
    for name in properties:
        if name in value:
            yield name, None
        elif name in promised:
            arrays = [other for other in extra if _is_texts(value[other])]
            new = arrays[0] if "x-object-name" in properties[name] and len(arrays) == 1 else None
            extra = [other for other in extra if other != new]
            yield name, new
    yield from ((name, None) for name in extra)


def _is_known(view: View, operation: str, value: Mapping[str, Any]) -> bool:
    """Return True if an object has a field of the operation's JSON response in some edition."""
    found = (known.get(*_success(view, operation), "schema") for known in (view.own, view.union))
    return any(name in value for schema in found for name in schema.get("properties", ()))


def _unseen_fields(view: View, purpose: str, operation: str) -> Iterator[Observed]:
    schema = view.where(*_success(view, operation), "schema")
    for name in view.own.get(*_success(view, operation), "schema").get("properties", {}):
        place = (*view.own.behind(schema[0]), "properties", name)
        yield view.unseen(f"field {name} of {operation}", operation, (place, (*place, "type")), purpose)


def _object_names(view: View, response: ProbeResponse, properties: Mapping[str, Any]) -> Iterator[Observed]:
    """Yield the observation of the names of zips in object storage."""
    template = next((node["x-object-name"] for node in properties.values() if "x-object-name" in node), "")
    arrays = {name: value for name, value in response.json().items() if _is_texts(value) and value}
    if not template or not arrays or "obs_dir" not in response.arguments:
        return
    places = view.where(
        response.operation, "requestBody", "content", "application/json", "schema", "properties", "obs_dir"
    )
    known = {"obs_dir": re.escape(str(response.arguments["obs_dir"]).rstrip("/")), "epoch_ms": r"\d{13}"}
    pattern = re.sub(r"\\\{(\w+)\\\}", lambda match: known.get(match[1], "[^/]+"), re.escape(template))
    field, names = next(iter(arrays.items()))
    wrong = [name for name in names if not re.fullmatch(pattern, name)]
    seen = evidence(response, f"the name of a zip is {(wrong or names)[0]}", f"/{field}")
    unsaid = f"the name of a zip is {wrong[0]}, not {template}; the checks know this form only" if wrong else None
    yield Observed("names of the zips", response.operation, places, evidence=seen, unsaid=unsaid)


def json_type(value: Any) -> str:
    """Return the schema type of a JSON value, such as `boolean`."""
    names = {bool: "boolean", str: "string", int: "integer", float: "number", list: "array", dict: "object"}
    return names.get(type(value), "null")


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)
