"""Tables of settings, `Parameters of the SMN node`: the register names them once, and drift holds a page to them."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import evolve

from jobexport.drift import check_pages
from jobexport.drift.check import compare_page
from jobexport.drift.compare.settings import FACT, settings_of
from jobexport.drift.facts import DataType, PageFacts, Parameter
from tests.drift.making.described import DESCRIBED

REGISTER = DESCRIBED.register


def rows_of_union(operation: str) -> tuple[Parameter, ...]:
    """Return the rows of an operation of the union."""
    union = DESCRIBED.union_facts(operation)
    assert union is not None
    return union.parameters


LISTED = [
    (edition, entry.operations[0], statement)
    for entry in REGISTER.entries
    for claim in entry.claims
    for edition in claim.editions
    for statement in claim.says
    if statement.fact == FACT
]
EDITION, OPERATION, STATED = LISTED[0]
TITLES = tuple(STATED.value)


def page(*titles: str, setting: str = "scriptName", kind: Any = "string") -> PageFacts:
    """Return a page of the operation with one row in each table of settings, and no other row."""
    endpoint = DESCRIBED.facts(EDITION, OPERATION).endpoint
    rows = tuple(
        Parameter("body", (f"[{title}]", setting), line, type=DataType(kind), mandatory="no")
        for line, title in enumerate(titles, 10)
    )
    assert endpoint is not None
    return PageFacts("page", "rst", "en", endpoint=evolve(endpoint, at=5), parameters=rows)


def about_settings(facts: PageFacts) -> list[tuple[str, str]]:
    findings = compare_page(facts, DESCRIBED, EDITION, OPERATION).findings
    return [(each.level, each.kind) for each in findings if "[" in each.about or FACT in (each.kind, each.states.fact)]


@pytest.mark.parametrize(("edition", "operation"), [each[:2] for each in LISTED])
def test_the_register_names_tables_of_settings(edition: str, operation: str) -> None:
    """A table of settings of an edition is about a list whose items have a name and a value."""
    rows = {row.at: row for row in rows_of_union(operation)}
    for each in settings_of(REGISTER, operation, edition):
        above = rows[each.at]
        below = {row.name for row in rows.values() if row.path[:-1] == above.path}
        assert above.type is not None
        assert (above.type.kind, below) == ("array", {"name", "value"})


def test_settings_are_no_parameters() -> None:
    """A page with the tables that the register names has no finding about their rows."""
    assert about_settings(page(*TITLES)) == []


@pytest.mark.parametrize("titles", [TITLES[1:], (*TITLES, TITLES[0].replace("Hive SQL", "Pear SQL"))])
def test_a_table_of_settings_that_is_gone_or_new_is_one_finding(titles: tuple[str, ...]) -> None:
    """One warning says which tables of settings the page has; rows of a new one are no parameters."""
    assert about_settings(page(*titles)) == [("warning", "settings-tables-changed")]


def test_another_table_has_parameters() -> None:
    """A row of a table with a title of another form is a new parameter."""
    assert about_settings(page(*TITLES, "Pear structure")) == [("error", "parameter-added")]


@pytest.mark.parametrize("changed", [{"setting": "script"}, {"kind": "integer"}])
def test_a_setting_that_differs_between_two_pages_is_an_info(changed: dict[str, str]) -> None:
    """A row of a table of settings with another name or type is no difference on the wire."""
    new, old = page(*TITLES[:3], **changed), page(*TITLES[:3])
    findings = check_pages(new, old, DESCRIBED).findings
    assert {(each.level, each.kind) for each in findings} == {("info", "setting-changed")}
    assert check_pages(old, old, DESCRIBED).findings == ()


@pytest.mark.parametrize("titles", [TITLES, ()])
def test_tables_of_settings_stand_for_names_and_values(titles: tuple[str, ...]) -> None:
    """A page may lack the table with `name` and `value` only if it has tables of settings in its place."""
    facts, at = DESCRIBED.facts(EDITION, OPERATION), settings_of(REGISTER, OPERATION, EDITION)[0].at
    place = next(row.path for row in rows_of_union(OPERATION) if row.at == at)
    rows = [evolve(row, at=7) for row in facts.parameters if row.path[:-1] != place]
    whole = evolve(page(*titles), parameters=(*rows, *page(*titles).parameters))
    findings = compare_page(whole, DESCRIBED, EDITION, OPERATION).findings
    missing = [each.about for each in findings if each.kind == "parameter-missing"]
    inner = ".".join(place)
    assert missing == ([] if titles else [f"request parameter `{inner}.{name}`" for name in ("name", "value")])
