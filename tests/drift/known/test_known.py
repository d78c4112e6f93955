"""The statements of the register that a page is held to."""

from __future__ import annotations

from jobexport.drift.compare.comparison import Comparison
from jobexport.drift.facts import PageFacts
from jobexport.drift.known.known import held_statements
from tests.drift.making.described import DESCRIBED


def test_an_entry_for_several_operations_holds_a_page_to_the_schemas_of_its_own_operation() -> None:
    """What an entry says of the body to create a script is no statement about the page of the list of scripts."""
    facts, union = DESCRIBED.facts("otc-2024", "listScripts"), DESCRIBED.union_facts("listScripts")
    page = PageFacts("page", "rst", "en", endpoint=facts.endpoint)
    held = held_statements(Comparison(page, facts, union), DESCRIBED.register, "otc-2024")
    schemas = {item.statement.at.split("/")[3] for item in held if item.statement.at.startswith("/components/schemas/")}
    assert schemas == {"ListScriptsResponse", "Script"}
