"""Pages that change and change back, and errors that move from one status to another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from attrs import evolve

from jobexport.drift.write import follow_pages, left_lines
from jobexport.spec.document import deref, media, operations_by_id
from tests.drift.making.described import DESCRIBED
from tests.drift.making.pages import PAGES
from tests.drift.making.rendering import LONG, Field
from tests.drift.test_write import bare, facts_of, of_rows, unchanged

if TYPE_CHECKING:
    from collections.abc import Callable

    from jobexport.drift import Described

BACK: dict[str, tuple[int, Callable[[Any], Any]]] = {
    "a default": (4, of_rows("body", "exportDepend", default=False)),
    "the name of a file": (3, lambda page: evolve(page, file_name="a_{job_name}.zip")),
    "the name of a variable": (
        1,
        lambda page: evolve(
            page, path=page.path.replace("project_id", "project"), path_fields=(Field("project"),), request=None
        ),
    ),
    "the status of an error": (5, lambda page: evolve(page, failure=(409, *page.failure[1:]))),
    "a new field": (2, lambda page: evolve(page, body=(*page.body, Field("brand", LONG, "no")))),
}


@pytest.mark.parametrize("case", BACK)
def test_a_page_that_changes_back_takes_its_edits_back(case: str) -> None:
    """After the change and the old page again, the edition's document is as before."""
    number, change = BACK[case]
    edition, _, page = PAGES[number]
    before = unchanged(number)
    changed = follow_pages([facts_of(change(page))], before, edition)
    assert list(left_lines(changed)) == []
    assert bare(changed.described.documents[edition]) != bare(before.documents[edition])
    after = follow_pages([facts_of(page)], changed.described, edition).described
    assert bare(after.documents[edition]) == bare(before.documents[edition])


@pytest.mark.parametrize("status", [402, 409, 422])
@pytest.mark.parametrize("number", [4, 5])
def test_an_error_keeps_its_name_with_another_status(number: int, status: int) -> None:
    """The mock looks for an error by its name, such as `job-not-found`: each name moves with its error."""
    edition, operation, page = PAGES[number]
    assert page.failure
    changed = evolve(page, failure=(status, *page.failure[1:]))
    after = follow_pages([facts_of(changed)], DESCRIBED, edition).described

    def names(described: Described) -> list[str]:
        found = operations_by_id(described.documents[edition])[operation]
        shown = (media(deref(described.documents[edition], node)) for node in found.fields["responses"].values())
        return sorted(name for body in shown for name in body.get("examples", {}))

    assert names(after) == names(DESCRIBED)


def test_each_of_two_editions_can_have_a_new_header() -> None:
    """A header that a second edition adds stands in that edition alone, beside the first edition's in the union."""
    described, added = DESCRIBED, {"otc-2024": (3, "first"), "huaweicloud-intl-2026": (5, "second")}
    for edition, (number, name) in added.items():
        page = PAGES[number][2]
        changed = evolve(page, headers=(*page.headers, Field(name, LONG, "no")))
        written = follow_pages([facts_of(changed)], described, edition)
        assert list(left_lines(written)) == []
        described = written.described
    for edition, document in described.documents.items():
        found = operations_by_id(document)["exportJob"]
        names = {node.get("name") for node in found.fields.get("parameters", ())}
        assert names == ({added[edition][1]} if edition in added else set()), edition
