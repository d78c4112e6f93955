"""Page → scaffold: a small OpenAPI document, the first description of an operation that the union does not have."""

from __future__ import annotations

import http
from typing import TYPE_CHECKING, Any

from jobexport.drift.compare.comparison import without_error_rows
from jobexport.drift.page_schemas import condition_of, row_schema
from jobexport.drift.scaffold.components import Components
from jobexport.drift.scaffold.names import operation_id, unique
from jobexport.errors import JobexportError
from jobexport.spec.examples import misfits
from jobexport.spec.load import dump_yaml

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jobexport.drift.facts import Endpoint, Example, PageFacts, Parameter

Document = dict[str, Any]

# Credentials are security schemes, and OpenAPI does not allow headers of HTTP itself as parameters.
_TOKEN = "x-auth-token"  # noqa: S105  # the header's name, not a token
_OTHER_HEADERS = {"accept", "authorization", "content-length", "content-type", "host", "user-agent"}

_JSON = "application/json"
_ERROR = {
    "type": "object",
    "required": ["error_code", "error_msg"],
    "properties": {"error_code": {"type": "string"}, "error_msg": {"type": "string"}},
}


def scaffold(page: PageFacts) -> str:
    """Return the facts of a page as an OpenAPI document in YAML, with the page's lines as `x-page-line`.

    The document is complete, so that it can be checked and tried out before its parts move into the union. It has no
    descriptions, because the page's are the vendor's. Unread texts of the page are comments.

    Raises:
        JobexportError: the page has no request line.
    """
    document = scaffold_document(page)
    lines = [
        f"A first description of the operation on {page.source}; complete it by hand, in your own words.",
        "x-page-line is the line of the page; remove it after reading.",
        *(f"Not understood, line {unread.at}: {unread.text} ({unread.reason})" for unread in page.unread),
    ]
    return "".join(f"# {' '.join(line.split())}\n" for line in lines) + dump_yaml(document)


def scaffold_document(page: PageFacts) -> Document:
    """Return the document of `scaffold` as values instead of YAML.

    Raises:
        JobexportError: the page has no request line.
    """
    if page.endpoint is None:
        raise JobexportError(f"{page.source}: the page has no request line; a scaffold needs a page of an operation")
    endpoint, name, page = page.endpoint, operation_id(page), without_error_rows(page)
    components = Components(page.parameters, name)
    operation: Document = {
        "operationId": name,
        "summary": page.title or name,
        "x-page-line": endpoint.at,
        "parameters": list(_parameters(page, endpoint)),
    }
    if body := _request(page, components):
        operation["requestBody"] = body
    operation["responses"] = _responses(page, components)
    document: Document = {
        "openapi": "3.1.0",
        "info": {"title": page.title or name, "version": page.updated or "0"},
        "security": [{"XAuthToken": []}],
        "paths": {endpoint.path: {endpoint.method.lower(): operation}},
        "components": {
            "securitySchemes": {"XAuthToken": {"type": "apiKey", "in": "header", "name": "X-Auth-Token"}},
            "schemas": components.schemas,
        },
    }
    _sort_out_examples(document)
    return document


def _parameters(page: PageFacts, endpoint: Endpoint) -> Iterator[Document]:
    """Yield the path, header and query parameters; a variable of the path that no table lists is a string."""
    seen: set[tuple[str, str]] = set()
    for row in page.parameters:
        in_path = row.location == "path" and f"{{{row.name}}}" in endpoint.path
        header = row.location == "header" and row.name.lower() not in {*_OTHER_HEADERS, _TOKEN}
        key = (row.location, row.name.lower())
        if (in_path or header or row.location == "query") and key not in seen:
            seen.add(key)
            yield _parameter(row)
    for name in endpoint.path.split("{")[1:]:
        variable = name.partition("}")[0]
        if ("path", variable.lower()) not in seen:
            yield {"name": variable, "in": "path", "required": True, "schema": {"type": "string"}}


def _parameter(row: Parameter) -> Document:
    required = row.location == "path" or row.mandatory == "yes"
    written: Document = {"name": row.name, "in": row.location, "required": required, "x-page-line": row.at}
    if row.mandatory == "conditional":
        written["x-required-when"] = condition_of(row)
    return {**written, "schema": row_schema(row) or {"type": "string"}}


def _request(page: PageFacts, components: Components) -> Document:
    schema = components.body("body", "Request", _values(page, "request"))
    if schema is None:
        return {}
    named = [media_type.value for media_type in page.media_types if media_type.side == "request"]
    required = any(row.location == "body" and row.mandatory == "yes" for row in page.parameters)
    content: Document = {"schema": schema}
    if examples := _examples(page, "request"):
        content["examples"] = examples
    return {"required": required, "content": {next(iter(named), _JSON): content}}


def _responses(page: PageFacts, components: Components) -> Document:
    codes = sorted({status.code for status in page.statuses})
    success = next((code for code in codes if 200 <= code < 300), 200)
    responses: Document = {str(success): _success(page, components, success)}
    errors = {code.status or 400 for code in page.error_codes} | {code for code in codes if code >= 400}
    if errors:
        components.schemas["ErrorResponse"] = _error(page)
    for code in sorted(errors):
        content: Document = {"schema": {"$ref": "#/components/schemas/ErrorResponse"}}
        examples: Document = {}
        for error in page.error_codes:
            if (error.status or 400) == code and not _own_error(page):
                value = {"error_code": error.code, "error_msg": error.message or error.code}
                examples[unique(error.code.lower().replace(".", "-"), set(examples))] = {"value": value}
        if examples:
            content["examples"] = examples
        responses[str(code)] = {"description": _phrase(code), "content": {_JSON: content}}
    return responses


def _success(page: PageFacts, components: Components, code: int) -> Document:
    response: Document = {"description": _phrase(code)}
    schema = components.body("response", "Response", _values(page, "response"))
    named = [media_type.value for media_type in page.media_types if media_type.side == "response"]
    files = [file.name for file in page.file_names if not file.member]
    if schema is not None:
        content: Document = {"schema": schema}
        if examples := _examples(page, "response"):
            content["examples"] = examples
        response["content"] = {_JSON: content}
    elif files or any(name != _JSON for name in named):
        content = {"schema": {"type": "string", "format": "binary"}, **_zip(page, files)}
        response["content"] = {next((name for name in named if name != _JSON), "application/octet-stream"): content}
    return response


def _zip(page: PageFacts, files: list[str]) -> Document:
    described: Document = {"x-zip-file-name": files[0]} if files else {}
    for tree in page.trees:
        entries = list(tree.entries)
        if tree.template:
            described["x-zip-layout"] = {entry.rstrip("/").rsplit(".", 1)[-1]: entry for entry in entries}
        else:
            described["x-zip-example"] = entries
    return described


def _error(page: PageFacts) -> Document:
    """Return the schema of errors: with the fields of the page's examples, else with the vendor's usual fields."""
    fields = _own_error(page)
    if not fields:
        return dict(_ERROR)
    return {"type": "object", "properties": {name: {"type": "string"} for name in fields}}


def _own_error(page: PageFacts) -> list[str]:
    """Return the fields of the page's errors; an empty list if they are the usual fields, or if there is no example."""
    values = [example.value for example in page.examples if example.kind == "error" and isinstance(example.value, dict)]
    fields = sorted({name for value in values for name in value})
    return [] if fields in ([], ["error_code", "error_msg"]) else fields


def _phrase(code: int) -> str:
    try:
        return f"{http.HTTPStatus(code).phrase}."
    except ValueError:
        return f"Status {code}."


def _values(page: PageFacts, kind: str) -> list[Any]:
    return [example.value for example in page.examples if example.kind == kind and example.value is not None]


def _examples(page: PageFacts, kind: str) -> dict[str, Document]:
    of_kind: list[Example] = [
        example for example in page.examples if example.kind == kind and example.value is not None
    ]
    return {f"line-{example.at}": {"value": example.value} for example in of_kind}


def _sort_out_examples(document: Document) -> None:
    """Move examples that contradict the page's own tables to `x-contradicting-examples`, with the problem."""
    for media in _media(document["paths"]):
        for name, example in list(media.get("examples", {}).items()):
            errors = misfits(document, media["schema"], example["value"])
            if errors:
                del media["examples"][name]
                problem = f"at /{'/'.join(map(str, errors[0].instance_path))}: {errors[0].message}"
                media.setdefault("x-contradicting-examples", {})[name] = {"problem": problem, **example}
        if not media.get("examples", True):
            del media["examples"]


def _media(node: Mapping[str, Any]) -> Iterator[Document]:
    """Yield the media type objects of a document's bodies."""
    for value in node.values():
        if isinstance(value, dict):
            content = value.get("content")
            if isinstance(content, dict):
                yield from content.values()
            yield from _media({key: item for key, item in value.items() if key not in ("examples", "content")})
