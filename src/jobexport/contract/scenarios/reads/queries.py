"""Scenarios of the parameters of a query: values that must be accepted, and a default that changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jobexport.contract.scenarios.scenario import expect, scenario
from jobexport.contract.verbs import Subject, query_schemas
from jobexport.spec.document import listed_values, marks, operations_by_id

if TYPE_CHECKING:
    from jobexport.contract.scenarios.run import ScenarioRun


@scenario(
    "An optional parameter of the query may be left out, take its default, and take each of its values.",
    "DLI-106",
    "DLI-107",
    "DLI-108",
    "DLI-109",
    "DGC-201",
    "DGC-802",
    "DGC-905",
    "DGC-307",
    subject=Subject(("list", "show"), where=("query",)),
    requests=35,
)
def query_values(run: ScenarioRun) -> None:
    """Send each value that the document lists for a parameter, and the edges of numbers; a default changes nothing."""
    plain = run.send()
    expect(plain.succeeded, f"a request without optional parameters gets {plain.status}")
    for name, schema in query_schemas(run.document, operations_by_id(run.document)[run.id]).items():
        values = [*listed_values(run.document, schema)]
        values += [True, False] if schema.get("type") == "boolean" else []
        values += [schema[edge] for edge in ("minimum", "maximum", "default") if edge in schema]
        for value in dict.fromkeys(values):
            response = run.send(query={name: value})
            words = f"{name} {value!r}"
            expect(response.succeeded, f"{words} is allowed, but the response is {response.status}", *marks(schema))
            if value == schema.get("default"):
                same = response.json() == plain.json()
                expect(same, f"{words} is the default, but the response differs from that without {name}")
