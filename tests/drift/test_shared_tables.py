"""Edits for tables whose schema other tables of the document share, or whose schema is behind a reference."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import evolve

from jobexport.drift.facts import DataType, Limits, Parameter
from jobexport.drift.write import follow_pages
from jobexport.spec.document import reference
from jobexport.spec.examples import objects
from jobexport.spec.statements.held import unheld
from tests.drift.making.described import DESCRIBED

if TYPE_CHECKING:
    from jobexport.drift.facts import PageFacts

_EDITION = "otc-2024"
_EVENTS = (("schedule", "event", "eventType"), ("nodes", "eventTrigger", "eventType"))


def page_of(operation: str) -> PageFacts:
    """Return a page that says what the document of the edition says of the parameters of an operation."""
    facts = DESCRIBED.facts(_EDITION, operation)
    rows = tuple(evolve(row, at=number) for number, row in enumerate(facts.parameters, 20))
    assert facts.endpoint is not None
    bare = evolve(facts, form="rst", source=operation, title_at=1, endpoint=evolve(facts.endpoint, at=2))
    return evolve(bare, parameters=rows, statuses=(), error_codes=(), examples=(), media_types=())


def with_rows(page: PageFacts, *paths: tuple[str, ...], **facts: Any) -> PageFacts:
    """Return the page with other facts in the rows of some paths."""
    rows = [evolve(row, **facts) if row.path in paths else row for row in page.parameters]
    assert rows != list(page.parameters)
    return evolve(page, parameters=tuple(rows))


def with_new(page: PageFacts, *path: str) -> PageFacts:
    """Return the page with a new mandatory row."""
    location = next(row.location for row in page.parameters if row.path[:-1] == path[:-1])
    new = Parameter(location, path, 5, type=DataType("string"), mandatory="yes")
    return evolve(page, parameters=(*page.parameters, new))


def rows_in(described: Any, operation: str) -> list[Any]:
    return [evolve(row, description="") for row in described.facts(_EDITION, operation).parameters]


def left(written: Any, *about: tuple[str, ...]) -> list[str]:
    """Return the reasons of what is left about some parameters."""
    names = [f"`{'.'.join(path)}`" for path in about]
    return [item.reason for item in written.left if any(name in item.finding.about for name in names)]


def test_tables_that_share_a_schema_and_differ_are_left_to_people() -> None:
    """A change in one of two tables of a page is not written: it would change the other table."""
    page = with_rows(page_of("createJob"), _EVENTS[0], mandatory="no")
    written = follow_pages([page], DESCRIBED, _EDITION)
    (reason,) = left(written, *_EVENTS)
    assert "`nodes.eventTrigger` and `schedule.event` share the schema JobEvent" in reason
    assert rows_in(written.described, "createJob") == rows_in(DESCRIBED, "createJob")


def test_a_change_of_what_another_operation_has_is_left_to_people() -> None:
    """A change of the nodes on the page of createJob alone is not written, as showJob has the same nodes."""
    page = with_new(with_rows(page_of("createJob"), ("nodes", "name"), mandatory="no"), "nodes", "shade")
    written = follow_pages([page], DESCRIBED, _EDITION)
    assert (
        left(written, ("nodes", "name"), ("nodes", "shade"))
        == [
            "the edit would change showJob too, which has the same schema; "
            "follow its page in this run, or write a schema for each"
        ]
        * 2
    )
    assert rows_in(written.described, "showJob") == rows_in(DESCRIBED, "showJob")


def test_a_change_that_all_pages_make_is_written_once() -> None:
    """If all pages of a run make the change, the shared schema has it, and the union allows both types."""
    new: dict[str, Any] = {"type": DataType("boolean"), "limits": Limits()}
    pages = [with_rows(page_of(operation), ("nodes", "name"), **new) for operation in ("createJob", "showJob")]
    written = follow_pages(pages, DESCRIBED, _EDITION)
    assert left(written, ("nodes", "name")) == []
    schemas = [
        document["components"]["schemas"]
        for document in (written.described.documents[_EDITION], written.described.union or {})
    ]
    assert [each["JobNode"]["properties"]["name"]["type"] for each in schemas] == ["boolean", ["string", "boolean"]]


def test_a_new_mandatory_field_of_items_behind_a_reference_is_in_the_schema_of_the_items() -> None:
    """The field and its place among the required ones stand in the component, not beside the reference to it."""
    after = follow_pages([with_new(page_of("listJobs"), "jobs", "shade")], DESCRIBED, _EDITION).described
    row = next(row for row in rows_in(after, "listJobs") if row.path == ("jobs", "shade"))
    assert row.mandatory == "yes"
    for document in (after.union, after.documents[_EDITION]):
        beside = [node for _, node in objects(document, ()) if reference(node) and {"required", "properties"} & {*node}]
        assert beside == []


def test_an_edit_that_overlays_do_not_allow_changes_no_claim() -> None:
    """The overlay of another edition needs the list of values, so it stays, and no claim says that it is gone."""
    pages = [with_rows(page_of(name), *_EVENTS, limits=Limits()) for name in ("createJob", "showJob")]
    written = follow_pages(pages, DESCRIBED, _EDITION)
    after = written.described
    assert any("actions of overlays need" in item.reason for item in written.left)
    assert [
        item for item in unheld(after.register, after.union or {}, after.documents) if item.entry == "DGC-408"
    ] == []
