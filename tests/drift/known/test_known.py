"""The statements of the register that a page is held to."""

from __future__ import annotations

from attrs import evolve

from jobexport.drift.check import compare_page
from jobexport.drift.compare.comparison import Comparison
from jobexport.drift.facts import DataType, Limits, PageFacts, Parameter
from jobexport.drift.known.known import held_statements
from jobexport.spec.statements.plan import Edits
from tests.drift.making.described import DESCRIBED


def test_an_entry_for_several_operations_holds_a_page_to_the_schemas_of_its_own_operation() -> None:
    """What an entry says of the body to create a script is no statement about the page of the list of scripts."""
    facts, union = DESCRIBED.facts("otc-2024", "listScripts"), DESCRIBED.union_facts("listScripts")
    page = PageFacts("page", "rst", "en", endpoint=facts.endpoint)
    held = held_statements(Comparison(page, facts, union), DESCRIBED.register, "otc-2024")
    schemas = {item.statement.at.split("/")[3] for item in held if item.statement.at.startswith("/components/schemas/")}
    assert schemas == {"ListScriptsResponse", "Script"}


def test_a_limit_of_the_register_that_a_page_no_longer_has_gets_an_edit() -> None:
    """A page whose row lost a bound that the register states has a finding with the edit that removes the bound."""
    stated = next(
        (entry.operations[0], statement, claim.editions[0])
        for entry in DESCRIBED.register.entries
        for claim in entry.claims
        for statement in claim.says
        if statement.fact == "limit" and statement.at.startswith("/components/schemas/") and not claim.page
    )
    operation, statement, edition = stated
    facts = DESCRIBED.facts(edition, operation)
    rows = tuple(
        evolve(row, at=9, limits=Limits() if row.at == statement.at else row.limits) for row in facts.parameters
    )
    assert facts.endpoint is not None
    page = PageFacts("page", "rst", "en", endpoint=evolve(facts.endpoint, at=5), parameters=rows)
    compared = compare_page(page, DESCRIBED, edition, operation)
    lost = [each for each in compared.findings if (each.kind, each.states.at) == ("limit-changed", statement.at)]
    assert [compared.advice(each, DESCRIBED).edits != Edits() for each in lost] == [True]


def test_a_finding_without_an_edit_that_keeps_the_overlays_whole_is_left_to_people() -> None:
    """A table that no row leads to, which would replace a whole body, is a finding with a hint, and no error."""
    endpoint = DESCRIBED.facts("otc-2024", "createJob").endpoint
    assert endpoint is not None
    row = Parameter("body", ("[Pear structure]", "taste"), 9, type=DataType("string"), mandatory="yes")
    page = PageFacts("page", "rst", "en", endpoint=evolve(endpoint, at=5), parameters=(row,))
    compared = compare_page(page, DESCRIBED, "otc-2024", "createJob")
    added = [each for each in compared.findings if each.kind == "parameter-added"]
    assert ["by hand" in compared.advice(each, DESCRIBED).hint for each in added] == [True]
