"""Requests of scenarios take everything from the document: method, variables of the path, query, body."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from attrs import define, field

from jobexport.contract import Data, Tools
from jobexport.contract.scenarios.refusals.bodies import broken_bodies
from jobexport.contract.scenarios.registry import SCENARIOS, scenarios_for
from jobexport.contract.scenarios.run import ScenarioRun
from jobexport.contract.scenarios.scenario import Scenario
from jobexport.contract.sender import ABSENT, Received
from jobexport.spec.document import operations_by_id, undocumented_methods

if TYPE_CHECKING:
    from jobexport.contract.checks.exchange import CheckedExchange

DONE = {"200": {"description": "done"}}


def variable(name: str, where: str = "path", **fields: Any) -> dict[str, Any]:
    return {"name": name, "in": where, "required": True, "schema": {"type": "string"}} | fields


SCRIPT = {
    "type": "object",
    "required": ["name", "tags"],
    "properties": {
        "name": {"type": "string"},
        "tags": {"type": "array", "items": {"type": "string"}, "maxItems": 2},
        "owner": {"type": ["string", "null"]},
    },
}
SHOWN = {"value": {"name": "mine", "tags": ["a", "b"], "owner": None}}
BODY = {"required": True, "content": {"application/json": {"schema": SCRIPT, "examples": {"one": SHOWN}}}}
DOCUMENT: dict[str, Any] = {
    "components": {},
    "paths": {
        "/v1/{project_id}/scripts": {
            "parameters": [variable("project_id")],
            "get": {
                "operationId": "listScripts",
                "parameters": [variable("limit", "query", schema={"type": "integer"}, example=10)],
                "responses": DONE,
            },
            "post": {"operationId": "createScript", "requestBody": BODY, "responses": DONE},
        },
        "/v1/{project_id}/scripts/{script_name}": {
            "parameters": [variable("project_id"), variable("script_name")],
            "get": {"operationId": "showScript", "responses": DONE},
            "delete": {"operationId": "deleteScript", "responses": DONE},
        },
        "/v1/{project_id}/scripts/import": {
            "parameters": [variable("project_id")],
            "post": {"operationId": "importScripts", "responses": DONE},
        },
    },
}
KNOWN = Data(project="p", jobs=(), flink_jobs=(), scripts=("a/b", "c"))


@define
class Line:
    """A sender that keeps the requests and takes every request for done."""

    sent: list[tuple[str, str, Any]] = field(factory=list)
    signs: bool = False
    linked: list[bool] = field(factory=list)

    def send(self, operation: str, method: str, path: str, *, body: Any = ABSENT, **rest: Any) -> Received:
        """Note method, path and body."""
        self.sent.append((method, path, None if body is ABSENT else body))
        self.linked.append(rest["linked"])
        return Received(200, {}, b"")


def run(operation: str, **tools: Any) -> Any:
    return ScenarioRun(DOCUMENT, operation, KNOWN, Line(), Tools(**tools))


@pytest.mark.parametrize(
    ("operation", "sent"),
    [
        ("listScripts", ("GET", "/v1/p/scripts?limit=10", None)),
        ("createScript", ("POST", "/v1/p/scripts", {"name": "mine", "tags": ["a", "b"]})),
        ("showScript", ("GET", "/v1/p/scripts/a%2Fb", None)),
        ("deleteScript", ("DELETE", "/v1/p/scripts/a%2Fb", None)),
    ],
)
def test_a_request_is_built_from_the_document(operation: str, sent: Any) -> None:
    """Method, known names in the path, required query parameters and required fields are those of the document."""
    found = run(operation)
    found.send()
    assert found.sender.sent == [sent]


def test_query_parameters_are_sent_and_seen_by_checks() -> None:
    """A given query parameter is in the URL as HTTP writes it, and in the exchange that checks read."""
    found = run("listScripts")
    exchange: CheckedExchange = found.send(query={"all": True, "limit": 1})
    assert found.sender.sent[0][1] == "/v1/p/scripts?limit=1&all=true"
    assert exchange.query == {"all": True, "limit": 1}


@pytest.mark.parametrize(
    ("operation", "methods"),
    [
        ("createScript", ("PUT", "DELETE", "PATCH")),
        ("deleteScript", ("POST", "PUT", "PATCH")),
        # As a script may be called `import`.
        ("importScripts", ("PUT", "PATCH")),
    ],
)
def test_other_methods_are_those_that_no_operation_has(operation: str, methods: Any) -> None:
    """No method of an operation that the path can mean is taken for undocumented."""
    assert undocumented_methods(DOCUMENT, operations_by_id(DOCUMENT)[operation]) == methods


def test_a_change_is_undone_after_each_request_but_not_within_a_sequence() -> None:
    """Only requests of an operation that changes something lead to a restoration; a sequence has one, at its end."""
    restored: list[int] = []
    found: Any = run("deleteScript", restore=lambda: restored.append(len(found.sender.sent)))
    found.send()
    found.send()
    assert restored == [1, 2]
    with found.in_sequence():
        found.send()
        found.beside("createScript").send()
        assert restored == [1, 2]
    assert restored == [1, 2, 4]
    # Such requests have names that the server made, so they are no part of the hash of a run.
    assert found.sender.linked == [False, False, True, True]
    reads = run("showScript", restore=lambda: restored.append(0))
    reads.send()
    assert len(restored) == 3


def test_a_response_that_no_scenario_can_read_is_a_broken_claim() -> None:
    """A form that no check knows, such as a missing object, ends the scenario as a failure of its rule."""
    found = run("showScript")
    Scenario("reads", "Reads.", (), None, lambda run: run.send().json()["missing"]).run(found)
    (claim,) = found.broken_claims
    assert (claim.check, claim.operation) == ("reads", "showScript")
    assert "has a form that the scenario can't read" in claim.message


def test_a_change_that_cannot_be_undone_is_not_sent_again() -> None:
    """Scenarios of successful requests need a server that undoes changes, unless the operation changes nothing."""
    found = operations_by_id(DOCUMENT)

    def ids(operation: str, **options: Any) -> set[str]:
        return {scenario.id for scenario in scenarios_for(DOCUMENT, found[operation], KNOWN, **options)}

    everywhere = {scenario.id for scenario in SCENARIOS if scenario.subject is None}
    shows, deletes = (
        {scenario.id for scenario in SCENARIOS if scenario.subject and scenario.subject.test(DOCUMENT, found[name])}
        for name in ("showScript", "deleteScript")
    )
    assert ids("showScript") - shows == ids("deleteScript", restores=True) - deletes == everywhere
    assert everywhere - ids("deleteScript") == {"accepted_forms", "optional_fields", "unknown_fields", "signature"}


def test_a_body_is_broken_where_its_own_schema_says_so() -> None:
    """A null that is allowed is not sent as broken, and a list that is too long is."""
    bodies = [body for _, body in broken_bodies(run("createScript"))]
    assert {"name": "mine", "tags": ["a", "a", "a"]} in bodies
    assert all(body.get("owner", "") is not None for body in bodies)
    assert {"name": None, "tags": ["a", "b"]} in bodies
