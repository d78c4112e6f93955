"""Identification of the mock of each edition."""

from __future__ import annotations

from typing import Any

import pytest

from jobexport import spec
from jobexport.spec.editions import edition_ids
from tests.contract.making.identifying import ask_mock, beyond_bounds, contradicted

pytestmark = pytest.mark.usefixtures("warm")

ALL = edition_ids()


@pytest.fixture(scope="module")
def identified() -> dict[Any, Any]:
    """Return the identifications of the mocks of all editions."""
    return {edition: ask_mock(edition) for edition in ALL}


@pytest.mark.parametrize("edition", ALL)
def test_each_mock_is_identified_by_its_responses(edition: Any, identified: dict[Any, Any]) -> None:
    """Each mock's edition is found within the bounds for requests, beside editions only that nothing contradicts."""
    found = identified[edition]
    assert edition in found.closest
    assert [name for name in found.closest if contradicted(found, name)] == []
    assert found.fits
    assert (found.overlay, found.unsaid, found.problem) == (None, (), None)
    assert found.requests
    assert beyond_bounds(found) == []


@pytest.mark.parametrize("edition", ALL)
def test_every_entry_of_the_register_has_one_verdict_for_each_edition(edition: Any, identified: dict[Any, Any]) -> None:
    """Verdicts are in the register's order; each has evidence, unless it is not observable."""
    entries = spec.load_register().entries
    found = identified[edition].verdicts
    assert [(verdict.entry, verdict.edition) for verdict in found] == [
        (entry.id, name) for entry in entries for name in ALL
    ]
    silent = {entry.id for entry in entries if not entry.wire}
    for verdict in found:
        if verdict.verdict == "not observable":
            assert verdict.reason
            assert not verdict.evidence
        else:
            assert verdict.entry not in silent
            assert all(seen.request.startswith(("GET /v1", "POST /v1")) and seen.seen for seen in verdict.evidence)
