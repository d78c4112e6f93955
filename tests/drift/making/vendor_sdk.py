"""The vendor's SDK as a second opinion on a scaffold: names, types and required fields of its requests and responses.

The SDK is read as text: importing it would import a thousand models.
"""

from __future__ import annotations

import ast
import functools
import importlib.util
import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import Factory, frozen

from jobexport.drift.documents.facts import document_facts
from jobexport.drift.scaffold.document import scaffold_document

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from jobexport.drift import PageFacts
    from jobexport.drift.facts import DataType

_PACKAGES = ("huaweicloudsdkdgc", "huaweicloudsdkdli")
_OPERATION = re.compile(
    r'def _(?P<name>\w+)_http_info\(cls.*?"method": "(?P<method>\w+)",\s*"resource_path": "(?P<path>[^"]+)".*?'
    r'"response_type": "(?P<response>\w+)"(?P<rest>.*?)return http_info',
    re.DOTALL,
)
_QUERY = re.compile(r"query_params\.append\(\('([^']+)'")
_REQUIRED = re.compile(r"^        self\.(\w+) = \1$", re.MULTILINE)
_TABLE = re.compile(r"^    (?P<table>openapi_types|attribute_map) = (?P<content>\{.*?\})", re.MULTILINE | re.DOTALL)
_WORDS = {"string": "str datetime date", "integer": "int", "number": "float", "boolean": "bool", "any": "object"}
_SCALARS = {word: kind for kind, words in _WORDS.items() for word in words.split()}
_DEEPEST = 6

Name = tuple[str, ...]
"""The path of a field, such as `("jobs", "name")`; the items of a list are no step of it."""


@frozen
class Fields:
    """The fields of one operation by location: `query`, `body` or `response`."""

    types: dict[tuple[str, Name], str] = Factory(dict)
    """The type of each field, such as `integer` or `array<string>`; `any` if it is not known."""
    required: set[tuple[str, Name]] = Factory(set)

    def add(self, location: str, name: Name, kind: str, required: bool) -> None:
        """Add a field; the first one of a name counts."""
        if self.types.setdefault((location, name), kind) == kind and required:
            self.required.add((location, name))


# ---- of the SDK ----


@functools.cache
def _operations() -> dict[tuple[str, str], tuple[Path, str, str, tuple[str, ...]]]:
    """Return by method and path without names of variables: folder, request, response and query parameters."""
    found: dict[tuple[str, str], tuple[Path, str, str, tuple[str, ...]]] = {}
    for package in _PACKAGES:
        spec = importlib.util.find_spec(package)
        assert spec is not None
        assert spec.submodule_search_locations is not None
        folder = Path(spec.submodule_search_locations[0]) / "v1"
        client = folder / f"{package.removeprefix('huaweicloudsdk')}_client.py"
        for match in _OPERATION.finditer(client.read_text("utf-8")):
            request = "".join(word.capitalize() for word in match["name"].split("_")) + "Request"
            key = match["method"], _unnamed(match["path"])
            found.setdefault(key, (folder, request, match["response"], (*_QUERY.findall(match["rest"]),)))
    return found


def _unnamed(path: str) -> str:
    return re.sub(r"\{[^{}]*\}", "{}", path).rstrip("/")


@functools.cache
def _models(folder: Path) -> dict[str, Path]:
    found = {}
    for path in (folder / "model").glob("*.py"):
        if match := re.search(r"^class (\w+)", path.read_text("utf-8"), re.MULTILINE):
            found[match[1].lower()] = path
    return found


@functools.cache
def _model(folder: Path, name: str) -> dict[str, tuple[str, bool]]:
    """Return the fields of a model by their names in JSON: type, and whether the field is required."""
    text = _models(folder)[name.lower()].read_text("utf-8")
    written = {match["table"]: ast.literal_eval(match["content"]) for match in _TABLE.finditer(text)}
    required = set(_REQUIRED.findall(text))
    return {written["attribute_map"][name]: (kind, name in required) for name, kind in written["openapi_types"].items()}


def sdk_fields(method: str, path: str) -> Fields | None:
    """Return the fields of the SDK's operation on a path, or None if the SDK does not have it."""
    operation = _operations().get((method, _unnamed(path)))
    if operation is None:
        return None
    folder, request, response, query = operation
    found = Fields()
    for name, (kind, required) in _model(folder, request).items():
        if name in query:
            found.add("query", (name,), _kind(kind), required)
        elif name == "body":
            _add_model(found, folder, "body", (), kind)
    for name, (kind, required) in _model(folder, response).items():
        if name == "body":
            _add_model(found, folder, "response", (), kind)
        elif not name.startswith("X-"):
            found.add("response", (name,), _kind(kind), required)
            _add_model(found, folder, "response", (name,), kind)
    return found


def _add_model(found: Fields, folder: Path, location: str, above: Name, kind: str) -> None:
    while match := re.fullmatch(r"list\[(.*)\]|dict\(str, ?(.*)\)", kind):
        kind = match[1] or match[2]
    if kind.lower() in _models(folder) and len(above) < _DEEPEST:
        for name, (inner, required) in _model(folder, kind).items():
            found.add(location, (*above, name), _kind(inner), required)
            _add_model(found, folder, location, (*above, name), inner)


def _kind(kind: str) -> str:
    if match := re.fullmatch(r"list\[(.*)\]", kind):
        return f"array<{_kind(match[1])}>"
    return _SCALARS.get(kind, "object")


# ---- of a scaffold ----


def document_fields(document: Mapping[str, Any]) -> Fields:
    """Return the fields of the only operation of a scaffold."""
    [item] = document["paths"].values()
    [operation] = item.values()
    found = Fields()
    for each in operation["parameters"]:
        if each["in"] == "query":
            found.add("query", (each["name"],), _schema_kind(document, each["schema"]), each["required"])
    success = next(iter(operation["responses"].values()))
    for location, holder in (("body", operation.get("requestBody", {})), ("response", success)):
        for media in holder.get("content", {}).values():
            for name, kind, required in _properties(document, media["schema"], ()):
                found.add(location, name, kind, required)
    return found


def _deref(document: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    while "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema


def _properties(document: Mapping[str, Any], schema: Any, above: Name) -> Iterator[tuple[Name, str, bool]]:
    schema = _deref(document, schema)
    while isinstance(inner := schema.get("items", schema.get("additionalProperties")), dict):
        schema = _deref(document, inner)
    for name, each in schema.get("properties", {}).items() if len(above) < _DEEPEST else ():
        yield (*above, name), _schema_kind(document, each), name in schema.get("required", ())
        yield from _properties(document, each, (*above, name))


def _schema_kind(document: Mapping[str, Any], schema: Any) -> str:
    schema = _deref(document, schema)
    kind = schema.get("type", "any")
    if kind == "array":
        return f"array<{_schema_kind(document, schema.get('items', {}))}>"
    return kind if isinstance(kind, str) else "any"


# ---- of the union ----


def operation_fields(document: Mapping[str, Any], operation: str) -> tuple[Fields, dict[tuple[str, Name], str]]:
    """Return the fields of an operation of the union, and the place of each as a JSON pointer."""
    found, places = Fields(), dict[tuple[str, Name], str]()
    rows = document_facts(document, operation, "union").parameters
    body = {"body": "body", "response": "response", "query": "query"}
    for row in rows:
        if location := body.get(row.location):
            found.add(location, row.path, _row_kind(row.type), row.mandatory == "yes")
            places.setdefault((location, row.path), str(row.at))
    return found, places


def _row_kind(kind: DataType | None) -> str:
    if kind is None or kind.kind == "unknown":
        return "any"
    if kind.kind == "array":
        return f"array<{_row_kind(kind.items)}>"
    return {"map": "object"}.get(kind.kind, kind.kind)


# ---- agreement ----


@frozen
class Agreement:
    """Where scaffolds and the SDK agree, by kind of fact: `query`, `body`, `response`, `type`, `required`."""

    agreed: Counter[str] = Factory(Counter)
    compared: Counter[str] = Factory(Counter)
    differences: list[str] = Factory(list)
    places: list[tuple[str, Name]] = Factory(list)
    """The location and the path of the field of each difference."""

    def count(self, kind: str, same: bool, difference: str, key: tuple[str, Name]) -> None:
        """Count one comparison."""
        self.compared[kind] += 1
        self.agreed[kind] += same
        if not same:
            self.differences.append(f"{kind}: {difference}")
            self.places.append(key)

    def report(self) -> str:
        """Return the figures and all differences as text."""
        figures = (f"{kind} {self.agreed[kind]} of {most}" for kind, most in sorted(self.compared.items()))
        return "\n".join((", ".join(figures), *self.differences))

    def holds(self, kind: str, agreed: int, compared: int) -> bool:
        """Check whether a kind agrees at least as often as measured before, and in as large a share."""
        return self.agreed[kind] >= agreed and self.agreed[kind] * compared >= agreed * self.compared[kind]


def agreement(pages: Iterable[PageFacts]) -> Agreement:
    """Compare the scaffold of each page that is about an operation of the SDK with the SDK's models.

    A field that only one side has is a difference of its location. It is not counted below a field that only one side
    has. A type that one side leaves open is not compared, nor what a response requires: models of responses require
    nothing.
    """
    found = Agreement()
    for page in pages:
        sdk = sdk_fields(page.endpoint.method, page.endpoint.path) if page.endpoint else None
        if sdk is not None:
            compare_fields(found, page.source, document_fields(scaffold_document(page)), sdk)
    return found


def compare_fields(found: Agreement, source: str, page: Fields, sdk: Fields) -> None:
    """Count the facts of one operation on which a page, or the union, and the SDK agree."""
    both = page.types.keys() & sdk.types.keys()
    for key in {**page.types, **sdk.types}:
        location, name = key
        if len(name) > 1 and (location, name[:-1]) not in both:
            continue
        shown = f"{source}: {location} {'.'.join(name)}"
        found.count(location, key in both, f"{shown} only {'on the page' if key in page.types else 'in the SDK'}", key)
        if key in both:
            mine, theirs = page.types[key], sdk.types[key]
            if "any" not in (mine, theirs):
                found.count("type", _fits(mine, theirs), f"{shown} is {mine}, in the SDK {theirs}", key)
            if location != "response":
                required = key in page.required
                found.count(
                    "required", required == (key in sdk.required), f"{shown} {required}, in the SDK {not required}", key
                )


def _fits(one: str, other: str) -> bool:
    """Check whether two types are the same as far as both are known: `array<any>` fits `array<string>`."""
    if "any" in (one, other):
        return True
    arrays = [each.removeprefix("array<").removesuffix(">") for each in (one, other) if each.startswith("array<")]
    return _fits(*arrays) if len(arrays) == 2 else one == other
