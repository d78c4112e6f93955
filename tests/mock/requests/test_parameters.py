"""Any method, query and status of a document is served, and values come in the document's types and shape."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from jobexport.mock.requests.parameters import Parameters
from jobexport.mock.requests.shape import BodyShape

if TYPE_CHECKING:
    from tests.mock.making.trips import Trip

LIST: dict[str, Any] = {"type": "array", "items": {"type": "integer"}}


def read(text: str, schema: Any, **fields: Any) -> Any:
    """Return the value of `x` in a query."""
    document = {"p": [{"name": "x", "in": "query", "schema": schema, **fields}], "components": {}}
    parameters = Parameters.read(document, {("query", "x"): ("p", 0)}, "query")
    return parameters.query({"query_string": text.encode()}).get("x")


class TestQuery:
    @pytest.mark.parametrize(
        ("text", "schema", "fields", "value"),
        [
            ("x=5", {"type": "integer"}, {}, 5),
            ("x=-5", {"type": ["integer", "null"]}, {}, -5),
            ("x=5.5", {"type": "integer"}, {}, "5.5"),
            ("x=5.5", {"type": "number"}, {}, 5.5),
            ("x=true", {"type": "boolean"}, {}, True),
            ("x=True", {"type": "boolean"}, {}, "True"),
            ("x=5", {"type": "string"}, {}, "5"),
            ("x=5", {"anyOf": [{"type": "integer"}, {"type": "string"}]}, {}, 5),
            ("x=", {"type": "integer"}, {}, ""),
            ("x=a%20b+c", {"type": "string"}, {}, "a b c"),
            ("x=1&x=2", {"type": "integer"}, {}, ["1", "2"]),
            ("x=1&x=2", {"type": "string"}, {}, ["1", "2"]),
            ("x=1&x=2", LIST, {}, [1, 2]),
            ("x=1,2", LIST, {"explode": False}, [1, 2]),
            ("y=1", {"type": "string"}, {}, None),
            ("x=" + "9" * 5000, {"type": "integer"}, {}, "9" * 5000),
        ],
    )
    def test_value(self, text: str, schema: Any, fields: Any, value: Any) -> None:
        """A text becomes the documented type if it has its form; a parameter that is sent twice becomes a list."""
        found = read(text, schema, **fields)
        assert (found, type(found)) == (value, type(value))

    def test_log(self, trip: Trip) -> None:
        """The log of requests has the documented parameters of the query, and no others."""
        trip.dgc("GET", "jobs", params={"limit": 5, "secret": "s"})
        (*_, seen) = trip.client.get("/_mock/requests").json()["requests"]
        assert seen["query"] == {"limit": "5"}
        assert "secret" not in str(seen)


class TestShape:
    @pytest.mark.parametrize(
        ("schema", "value", "fitted"),
        [
            ({"properties": {"a": {"type": "string"}}}, {"a": 1, "b": 2}, {"a": "1"}),
            ({"type": "string"}, True, "true"),
            ({"type": ["boolean", "string"]}, True, True),
            ({"type": "integer"}, "5", 5),
            ({"type": "number"}, "-45.5", -45.5),
            ({"type": "integer"}, "x", "x"),
            (
                {"properties": {"a": {"type": "string"}, "b": {"type": ["string", "null"]}}},
                {"a": None, "b": None},
                {"b": None},
            ),
            ({"type": "array", "items": {"properties": {"a": {}}}}, {"a": 1, "b": 2}, [{"a": 1}]),
            ({"type": "object"}, {"a": 1}, {"a": 1}),
            (
                {"allOf": [{"properties": {"a": {}}}, {"properties": {"b": {}}}]},
                {"a": 1, "b": 2, "c": 3},
                {"a": 1, "b": 2},
            ),
        ],
    )
    def test_fit(self, schema: Any, value: Any, fitted: Any) -> None:
        """A value gets the fields and types of the schema; a missing value is null only where that is allowed."""
        assert BodyShape({}, schema).fit(value) == fitted

    def test_schema_that_contains_itself(self) -> None:
        """A schema that contains itself gives each level the same shape."""
        document = {"n": {"properties": {"next": {"$ref": "#/n"}}}}
        assert BodyShape(document, {"$ref": "#/n"}).fit({"next": {"next": {}, "x": 1}}) == {"next": {"next": {}}}


class TestMethods:
    @pytest.mark.parametrize(
        ("method", "path"), [("PUT", "jobs"), ("POST", "jobs/myJob"), ("GET", "jobs/myJob/export")]
    )
    def test_other_method(self, trip: Trip, method: str, path: str) -> None:
        """A method that no path of a request has is refused, and the response names the methods of the path."""
        response = trip.dgc(method, path)
        assert response.status_code == 405
        assert method not in response.headers["allow"].split(", ")

    def test_value_that_no_variable_has(self, trip: Trip) -> None:
        """A path of its own is no value of another path's variable whose schema does not allow it."""
        assert trip.dli("GET", "jobs/export").status_code == 405

    def test_faults_that_need_objects(self, trip: Trip) -> None:
        """A fault of stored objects suits only operations whose response names objects."""
        suits = trip.server.core.set_faults
        suits("stores-nothing@exportFlinkJobs")
        with pytest.raises(Exception, match="needs an operation that stores objects"):
            suits("stores-nothing@listJobs")


def test_a_condition_stands_beside_a_reference() -> None:
    """`x-shown-when` counts beside the `$ref` of a field, as it does within the schema."""
    document = {"components": {"schemas": {"Word": {"type": "string"}}}}
    condition = {"show_detail": True}
    for node in ({"$ref": "#/components/schemas/Word"}, {"type": "string"}):
        assert BodyShape(document, node | {"x-shown-when": condition}).shown_when == condition
