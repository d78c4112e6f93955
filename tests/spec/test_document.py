"""The one way to walk an OpenAPI document."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest

import jobexport
from jobexport.drift.documents.facts import document_facts
from jobexport.drift.documents.type_names import type_name
from jobexport.errors import JobexportError
from jobexport.mock import create_app
from jobexport.spec.document import (
    MISSING,
    at,
    behind,
    deref,
    from_pointer,
    located,
    look,
    marks,
    media,
    operations,
    operations_by_id,
    parameters,
    referred,
    request_body,
    response,
    schema_of,
    to_pointer,
    walk,
)
from jobexport.spec.editions import load_edition
from jobexport.spec.register import Statement
from jobexport.spec.statements.held import values
from jobexport.spec.statements.repair import sample

SOURCES = Path(jobexport.__file__).parent
WALKER = SOURCES / "spec" / "document.py"

DOCUMENT: dict[str, Any] = {
    "paths": {
        "/jobs/{name}": {
            "parameters": [{"$ref": "#/components/parameters/Name"}, {"in": "query", "name": "limit", "x": "path"}],
            "summary": "a path item has more than methods",
            "post": {
                "operationId": "makeJob",
                "parameters": [{"in": "query", "name": "limit", "x": "operation"}],
                "requestBody": {"$ref": "#/components/requestBodies/Job"},
                "responses": {"200": {"$ref": "#/components/responses/Made"}},
                "x-inconsistency": ["A-1", "A-2"],
            },
            "get": {"responses": {}},
        }
    },
    "components": {
        "parameters": {"Name": {"in": "path", "name": "name"}},
        "requestBodies": {"Job": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/a~1b"}}}}},
        "responses": {"Made": {"content": {"application/zip": {"schema": {"type": "string"}}}}},
        "schemas": {"a/b": {"$ref": "#/components/schemas/c%20d"}, "c d": {"type": "object"}},
    },
}
MAKE = DOCUMENT["paths"]["/jobs/{name}"]["post"]


class TestPointers:
    @pytest.mark.parametrize("location", [(), ("",), ("a/b", "~1", "~0", "ü"), ("paths", "/v1/{x}", "0")])
    def test_a_pointer_is_read_back(self, location: tuple[str, ...]) -> None:
        """A place written as a pointer is the place that is parsed from it, whatever its keys hold."""
        assert from_pointer(to_pointer(location)) == location

    def test_numbers_count_in_arrays_only(self) -> None:
        """A step of digits is a number below an array, and a key below an object."""
        assert located({"a": [{"0": "x"}]}, "/a/0/0") == ("a", 0, "0")

    def test_missing_is_not_null(self) -> None:
        """A missing place differs from a place with null, and is false."""
        assert look({"a": None}, ("a",)) is None
        assert look({"a": None}, ("b",)) is MISSING
        assert look({"a": ["x"]}, ("a", 1)) is MISSING
        assert (look({}, ("names",)) or ()) == ()


class TestReferences:
    def test_references_are_followed_to_the_end(self) -> None:
        """A reference to a reference leads to the target of the last reference, also with escaped and encoded keys."""
        schema = {"$ref": "#/components/schemas/a~1b"}
        assert deref(DOCUMENT, schema) is DOCUMENT["components"]["schemas"]["c d"]
        assert referred(schema) == ("components", "schemas", "a/b")
        assert behind(DOCUMENT, ("components", "schemas", "a/b")) == ("components", "schemas", "c d")

    def test_a_property_of_that_name_is_no_reference(self) -> None:
        """An object whose `$ref` is not text is returned as it is."""
        properties = {"$ref": {"type": "string"}}
        assert deref(DOCUMENT, properties) is properties

    @pytest.mark.parametrize(
        ("start", "words"),
        [
            ("#/components/schemas/A", "'#/components/schemas/A', which leads only back to itself; "),
            ("#/components/schemas/B", "'#/components/schemas/C', which leads only back to itself; "),
            ("#/components/schemas/X", "'#/components/schemas/X', which leads nowhere; "),
            ("#/components/schemas/A/0", "'#/components/schemas/A/0', which leads nowhere; "),
            ("other.yaml#/A", "'other.yaml#/A', which leads nowhere; "),
        ],
    )
    def test_a_useless_reference_is_refused_by_name(self, start: str, words: str) -> None:
        """A reference that leads only back to itself, or nowhere, is refused in one sentence that names it."""
        reference = {name: {"$ref": f"#/components/schemas/{to}"} for name, to in (("A", "A"), ("B", "C"), ("C", "D"))}
        document = {"components": {"schemas": {**reference, "D": {"$ref": "#/components/schemas/C"}}}}
        for call in (
            lambda: deref(document, {"$ref": start}),
            lambda: behind({**document, "x": {"$ref": start}}, ("x",)),
        ):
            with pytest.raises(JobexportError) as caught:
                call()
            assert words in str(caught.value)
            assert "\n" not in str(caught.value)

    def test_steps_follow_references_on_the_way(self) -> None:
        """Steps lead through references, but not past the last reference; a missing place is None."""
        place = ("paths", "/jobs/{name}", "post")
        steps = ("requestBody", "content", "application/json", "schema")
        assert walk(DOCUMENT, place, *steps) == ("components", "requestBodies", "Job", *steps[1:])
        assert walk(DOCUMENT, place, *steps, "type") == ("components", "schemas", "c d", "type")
        assert walk(DOCUMENT, place, "requestBody", "content", "text/plain") is None


ITSELF = {"$ref": "#/components/schemas/Recursive"}
RECURSIVE = {
    "tree": {"type": "object", "required": ["below"], "properties": {"below": {"type": "array", "items": ITSELF}}},
    "list of itself": {"type": "array", "items": ITSELF},
    "map of itself": {"type": "object", "additionalProperties": ITSELF},
    "optional": {"type": "object", "properties": {"next": ITSELF}},
    "all of": {"type": "object", "properties": {"next": {"allOf": [ITSELF]}}},
}


@pytest.mark.parametrize("schema", RECURSIVE.values(), ids=RECURSIVE)
def test_a_recursive_schema_is_legal(schema: Any) -> None:
    """A schema that contains itself loops neither in the mock nor in drift."""
    document = load_edition("otc-2026")
    document["components"]["schemas"]["Recursive"] = schema
    for fields in ("ExportFlinkJobsRequest", "ExportFlinkJobsResponse"):
        document["components"]["schemas"][fields]["properties"]["more"] = ITSELF
    create_app(document)
    names = {row.path[:2] for row in document_facts(document, "exportFlinkJobs", "").parameters}
    assert ("more",) in names
    sample(document, ITSELF)


class TestOperations:
    def test_operations_stand_where_the_document_has_them(self) -> None:
        """Each method of a path is an operation, in the document's order; other keys of a path item are not."""
        found = list(operations(DOCUMENT))
        assert [(operation.method, operation.location) for operation in found] == [
            (method, ("paths", "/jobs/{name}", method)) for method in ("post", "get")
        ]
        assert all(at(DOCUMENT, operation.location) is operation.fields for operation in found)
        assert [*operations_by_id(DOCUMENT)] == ["makeJob"]
        with pytest.raises(JobexportError, match=r"operation get /jobs/\{name\} has no operationId; add it"):
            _ = found[1].id

    def test_a_path_item_behind_a_reference_is_found(self) -> None:
        """The operations of a path item that stands among the components are the path's."""
        item = {"post": MAKE}
        document = {"paths": {"/x": {"$ref": "#/components/pathItems/X"}}, "components": {"pathItems": {"X": item}}}
        (operation,) = operations(document)
        assert (operation.path, operation.location) == ("/x", ("components", "pathItems", "X", "post"))

    def test_a_document_without_paths_is_refused(self) -> None:
        """A document without paths is refused in one sentence, and not read as a document without operations."""
        with pytest.raises(JobexportError, match=r"^the document has no paths; [^\n]*$"):
            list(operations({"openapi": "3.1.0"}))

    def test_an_operation_s_parameter_replaces_the_path_s(self) -> None:
        """The parameters of path and operation are merged; an operation's parameter replaces the path's."""
        listed = parameters(DOCUMENT, ("paths", "/jobs/{name}", "post"))
        assert [*listed] == [("path", "name"), ("query", "limit")]
        assert at(DOCUMENT, listed["query", "limit"])["x"] == "operation"

    def test_bodies_and_responses(self) -> None:
        """Bodies and responses are found behind references, and are empty if not documented."""
        assert schema_of(DOCUMENT, media(request_body(DOCUMENT, MAKE))) == {"type": "object"}
        assert media(response(DOCUMENT, MAKE, 200), "application/zip") == {"schema": {"type": "string"}}
        assert [media(response(DOCUMENT, MAKE, 200)), response(DOCUMENT, MAKE, 404), request_body(DOCUMENT, {})] == [
            {}
        ] * 3

    def test_marks(self) -> None:
        """Marks are a list, also of a single id, and empty if missing."""
        assert [marks(MAKE), marks({"x-inconsistency": "A-1"}), marks({})] == [("A-1", "A-2"), ("A-1",), ()]


_HTTP = {"get", "put", "post", "delete", "options", "head", "patch", "trace"}


def _is(node: ast.AST, *texts: str) -> bool:
    return isinstance(node, ast.Constant) and node.value in texts


def _reads(node: ast.AST, key: str) -> bool:
    """Return whether a node of the syntax tree reads a key: `x[key]`, `x.get(key, …)` or `key in x`."""
    match node:
        case ast.Subscript(slice=slice_, ctx=ast.Load()):
            return _is(slice_, key)
        case ast.Call(func=ast.Attribute(attr="get" | "pop"), args=[first, *_]):
            return _is(first, key)
        case ast.Compare(left=left, ops=[ast.In() | ast.NotIn()]):
            return _is(left, key)
    return False


def _second_way(node: ast.AST) -> str | None:
    """Return the task of `spec/document.py` that a piece of code does itself, or None."""
    if _reads(node, "$ref"):
        return "follows $ref; use deref, behind, reference or referred"
    if _reads(node, "x-inconsistency"):
        return "reads x-inconsistency; use marks"
    if _is(node, "~1", "~0"):
        return "escapes JSON pointers; use to_pointer and from_pointer"
    match node:
        case ast.Tuple(elts=items) | ast.List(elts=items) | ast.Set(elts=items):
            if sum(_is(item, *_HTTP) for item in items) > 2:
                return "lists the methods of a path item; use operations"
        case ast.Call(func=ast.Attribute(value=paths, attr="items" | "values" | "keys")) if _reads(paths, "paths"):
            return "loops over the paths; use operations"
        case ast.For(iter=paths) | ast.comprehension(iter=paths) if _reads(paths, "paths"):
            return "loops over the paths; use operations"
    return None


def second_ways(source: str) -> list[str]:
    """Return the lines of a module that walk a document in a way of their own."""
    nodes = (node for node in ast.walk(ast.parse(source)))
    return [f"line {getattr(node, 'lineno', '?')} {way}" for node in nodes if (way := _second_way(node))]


def test_there_is_one_way_to_walk_a_document() -> None:
    """No module but spec/document.py follows a reference, escapes a pointer, reads marks, or looks for operations."""
    found = [
        f"{path.relative_to(SOURCES)} {way}"
        for path in sorted(SOURCES.rglob("*.py"))
        if path != WALKER
        for way in second_ways(path.read_text(encoding="utf-8"))
    ]
    assert found == []


@pytest.mark.parametrize(
    "source",
    [
        'while "$ref" in node:\n    pass',
        'node["$ref"].rpartition("/")',
        'node.get("$ref", "")',
        'node.get("x-inconsistency")',
        'text.replace("/", "~1")',
        'METHODS = ("get", "put", "post")',
        'for path, item in document["paths"].items():\n    pass',
        '[item for item in document.get("paths", {}).values()]',
        'for path in document["paths"]:\n    pass',
    ],
)
def test_a_second_way_is_seen(source: str) -> None:
    """The test above sees each way in which a module has walked a document by itself."""
    assert len(second_ways(source)) == 1


@pytest.mark.parametrize(
    "source", ['{"$ref": "#/components/schemas/A"}', '{"x-inconsistency": ids}', '{"git~1"}', '("get", "post")']
)
def test_writing_a_document_is_no_second_way(source: str) -> None:
    """Code that only writes references and marks is not reported."""
    assert second_ways(source) == []


JOB = {"type": "object", "properties": {"name": {"type": "string"}}}


@pytest.mark.parametrize(
    ("schema", "kind", "listed"),
    [
        ({"type": "string", "x-open-enum": ["A", "B"]}, "string", ("A", "B")),
        ({"type": ["string", "null"], "enum": ["A", None]}, "string", ("A",)),
        ({"type": ["array", "null"], "items": {"type": "string", "x-open-enum": ["A"]}}, "array of string", ("A",)),
        ({"type": ["integer", "string"], "format": "int64"}, "int64 or string", ()),
        ({"oneOf": [{"type": "null"}, JOB]}, "object", ()),
        ({"oneOf": [JOB, {"type": "array", "items": JOB}]}, "array of object or object", ()),
    ],
)
def test_a_nullable_open_or_chosen_type_reads_as_the_page_has_it(schema: Any, kind: str, listed: Any) -> None:
    """Drift and the register's statements read `null` as no type, `x-open-enum` as values, `oneOf` as either type."""
    body = {"content": {"application/json": {"schema": {"type": "object", "properties": {"job": schema}}}}}
    get = {"operationId": "showIt", "responses": {"200": {"description": "", **body}}}
    document: dict[str, Any] = {"paths": {"/it": {"get": get}}}
    rows = {row.path: row for row in document_facts(document, "showIt", "test").parameters}
    assert (type_name(rows["job",].type), rows["job",].limits.values) == (kind, listed)
    assert (("job", "name") in rows) is ("oneOf" in schema)
    stated = [
        values(document, document, Statement(fact, str(rows["job",].at)), ["showIt"]) for fact in ("type", "values")
    ]
    assert stated == [[kind], [list(listed)] if listed else []]
