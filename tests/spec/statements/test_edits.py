"""The edits that make a statement hold, of an operation that no code names."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from jobexport.spec.document import MISSING, look, operations_by_id
from jobexport.spec.load import parse_yaml
from jobexport.spec.overlay import touched_places
from jobexport.spec.register import Statement
from jobexport.spec.statements.edits import make_hold
from jobexport.spec.statements.held import fit
from jobexport.spec.statements.plan import Plan

if TYPE_CHECKING:
    from jobexport.spec.document import Location

UNION = """
paths:
  /v1/things:
    parameters: [{name: X-Place, in: header, required: false, schema: {type: string}}]
    put:
      operationId: changeThings
      requestBody:
        content:
          application/json:
            schema: {$ref: '#/components/schemas/Change'}
            examples: {all: {value: {size: 1, deep: true}}, one: {value: {deep: true}}}
      responses:
        '200':
          description: A zip, named `things.zip`.
          content:
            application/zip: {x-zip-file-name: things.zip, x-zip-layout: {thing: '{thing_name}.thing'}}
        '400':
          description: Refused.
          content:
            application/json:
              schema: {$ref: '#/components/schemas/Error'}
              examples: {missing: {value: {error_code: T.1, error_msg: None.}}}
components:
  schemas:
    Change: {type: object, properties: {size: {type: integer, examples: [1]}, deep: {type: boolean, examples: [true]}}}
    Error: {type: object, properties: {error_code: {type: string}, error_msg: {type: string}}}
"""
PUT = "/paths/~1v1~1things/put"
SUCCESS = f"{PUT}/responses/200/content/application~1zip"
ERROR = f"{PUT}/responses/400/content/application~1json/examples/missing"
FIELDS = "/components/schemas/Change/properties"


def planned(*actions: Any) -> Plan:
    """Return a plan for an edition whose overlay has these actions."""
    union: Any = parse_yaml(UNION, Path("union"))
    overlay = {"overlay": "1.0.0", "info": {"title": "t", "version": "1"}, "actions": list(actions)}
    plan = Plan("e", union, {"e": list(actions)}, union, touched_places(union, overlay))
    plan.undo([])
    return plan


def made(plan: Plan, statement: Statement) -> bool:
    """Make a statement hold, and return whether it holds then."""
    make_hold(plan, operations_by_id(plan.document)["changeThings"].location, statement, "Seen.")
    return fit(plan.document, "changeThings", statement).agrees


@pytest.mark.parametrize(
    "statement",
    [
        Statement("parameter", f"{FIELDS}/size"),
        Statement("parameter", f"{FIELDS}/colour", "colour"),
        Statement("type", f"{FIELDS}/deep", "string"),
        Statement("mandatory", "/paths/~1v1~1things/parameters/0", "yes"),
        Statement("media-type", SUCCESS),
        Statement("file-name", f"{SUCCESS}/x-zip-file-name", "all.zip"),
        Statement("tree", f"{SUCCESS}/x-zip-layout", ["things/{thing_name}.thing"]),
        Statement("error-code", ERROR),
        Statement("error-status", ERROR, "400 T.2"),
    ],
    ids=lambda statement: f"{statement.fact}-{statement.value}",
)
def test_a_statement_that_does_not_hold_is_made_to_hold(statement: Statement) -> None:
    """Each kind of fact is edited by the statement alone, and the union stays as it is."""
    plan = planned()
    assert not fit(plan.document, "changeThings", statement).agrees
    assert made(plan, statement)
    assert plan.union == parse_yaml(UNION, Path("union"))


@pytest.mark.parametrize(
    ("statement", "gone", "there"),
    [
        (Statement("media-type", SUCCESS, "application/x"), "application/zip", "application/x"),
        (Statement("error-status", ERROR, "404 T.1"), "400/missing", "404/missing"),
    ],
    ids=["media-type", "error-status"],
)
def test_what_moves_is_not_left_behind(statement: Statement, gone: str, there: str) -> None:
    """A media type or an error of another status has its new place, and the old place is empty."""
    plan = planned()
    made(plan, statement)

    def place(short: str) -> Location:
        status, name = short.split("/") if short[0].isdigit() else ("200", "")
        rest = ("application/json", "examples", name) if name else (short,)
        return ("paths", "/v1/things", "put", "responses", status, "content", *rest)

    assert look(plan.document, place(gone)) is MISSING
    assert look(plan.document, place(there)) is not MISSING


def test_a_field_is_renamed_in_schema_and_examples() -> None:
    """A field of another name has the old schema, and the examples have the new name."""
    plan = planned()
    made(plan, Statement("parameter", f"{FIELDS}/size", "length"))
    body = plan.document["paths"]["/v1/things"]["put"]["requestBody"]["content"]["application/json"]
    assert body["examples"]["all"]["value"] == {"length": 1, "deep": True}
    assert list(plan.document["components"]["schemas"]["Change"]["properties"]) == ["deep", "length"]


def test_examples_follow_the_type() -> None:
    """A flag that becomes a text is `true` as text in every example."""
    plan = planned()
    made(plan, Statement("type", f"{FIELDS}/deep", "string"))
    body = plan.document["paths"]["/v1/things"]["put"]["requestBody"]["content"]["application/json"]
    assert body["examples"] == {"all": {"value": {"size": 1, "deep": "true"}}, "one": {"value": {"deep": "true"}}}
    assert plan.document["components"]["schemas"]["Change"]["properties"]["deep"]["examples"] == ["true"]


def test_an_example_of_a_removed_field_alone_goes() -> None:
    """An example that would be left without any field is removed, another keeps its other fields."""
    plan = planned()
    made(plan, Statement("parameter", f"{FIELDS}/deep"))
    body = plan.document["paths"]["/v1/things"]["put"]["requestBody"]["content"]["application/json"]
    assert body["examples"] == {"all": {"value": {"size": 1}}}


def test_a_removed_field_comes_back_by_dropping_its_removal() -> None:
    """The body that the overlay removed is back with this field alone, its schema too, without a further addition."""
    body, schema = "$.paths['/v1/things'].put.requestBody", "$.components.schemas.Change"
    plan = planned({"target": body, "remove": True}, {"target": schema, "remove": True})
    assert made(plan, Statement("parameter", f"{FIELDS}/deep", "deep"))
    assert list(plan.document["components"]["schemas"]["Change"]["properties"]) == ["deep"]
    assert plan.edits().dropped == (0, 1)
    assert not [action for action in plan.edits().own if "update" in action]


def test_a_body_without_fields_goes_with_its_schema() -> None:
    """If the last field of a body goes, no empty body and no unused schema is left."""
    plan = planned()
    for name in ("size", "deep"):
        made(plan, Statement("parameter", f"{FIELDS}/{name}"))
    assert "requestBody" not in plan.document["paths"]["/v1/things"]["put"]
    assert list(plan.document["components"]["schemas"]) == ["Error"]
