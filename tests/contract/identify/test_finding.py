"""Observations of a server beside one document."""

from __future__ import annotations

from typing import Any

import pytest

from jobexport.contract.identify.finding import Evidence, Identified, Observed, identified, state
from jobexport.contract.identify.identification import _verdicts
from jobexport.contract.identify.probe import ProbeResponses
from jobexport.spec import load_register

DOCUMENT: dict[str, Any] = {
    "paths": {},
    "components": {
        "schemas": {"Thing": {"properties": {"a": {"type": ["string", "boolean"]}, "b": {"type": "string"}}}}
    },
}
PLACE = ("components", "schemas", "Thing", "properties")


def observed(*states: Any, **fields: Any) -> Observed:
    return Observed(
        "field", "showThing", (PLACE,), states, **{"evidence": Evidence("GET /", 200, "", "seen"), **fields}
    )


@pytest.mark.parametrize(
    ("observation", "agrees", "exact", "left"),
    [
        (observed(state("type", (*PLACE, "b"), "string")), True, True, 0),
        (observed(state("type", (*PLACE, "a"), "string")), True, False, 0),
        (observed(state("type", (*PLACE, "b"), "boolean")), False, True, 1),
        (observed(state("parameter", (*PLACE, "c"))), True, True, 0),
        (observed(state("parameter", (*PLACE, "b"))), False, True, 1),
        (observed(state("parameter", (*PLACE, "b"), "b"), state("parameter", (*PLACE, "c"), "c")), False, True, 1),
        (observed(unsaid="no document can have it"), False, True, 0),
        (observed(), True, True, 0),
        (observed(evidence=None, reason="not asked"), None, True, 0),
    ],
    ids=["same", "one-of-two", "another", "absent", "missing", "one-missing", "unsaid", "no-statement", "not-observed"],
)
def test_an_observation_is_held_against_a_document(
    observation: Observed, agrees: bool | None, exact: bool, left: int
) -> None:
    """An observation agrees if all its statements hold; the others are left for edits."""
    found = identified(DOCUMENT, observation)
    assert (found.agrees, found.exact, len(found.left)) == (agrees, exact, left)


def test_a_fact_at_a_place_of_its_own_has_the_entry_of_the_other_editions() -> None:
    """A contradiction at a parameter that one edition has in place of the shared one is of the same entry."""
    evidence = Evidence("GET /", 200, "", "a request without a workspace succeeds")
    shared = ("components", "parameters", "Workspace")
    own = ("paths", "/v1/{project_id}/jobs/{job_name}/export", "post", "parameters", 2)
    found = {
        edition: [Identified(Observed("workspace of exportJob", "exportJob", (place,), evidence=evidence), agrees)]
        for edition, place, agrees in (("one", shared, True), ("other", own, False))
    }
    seen = [
        item
        for item in _verdicts(load_register(), found, ProbeResponses({}, {}, (), None))
        if item.verdict != "not observable"
    ]
    verdicts = {(item.entry, item.edition): item.verdict for item in seen}
    assert (verdicts["DGC-006", "one"], verdicts["DGC-006", "other"]) == ("agrees", "contradicts")
    assert all(item.entry for item in seen)
