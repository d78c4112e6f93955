"""The statements of the register, held against the resolved documents."""

from __future__ import annotations

import pytest
from attrs import evolve

from jobexport.spec.document import marks
from jobexport.spec.editions import BASE, CHECKOUT, OVERLAYS, edition_ids, resolve
from jobexport.spec.load import load_yaml
from jobexport.spec.overlay import apply_overlay
from jobexport.spec.register import Register, load_register
from jobexport.spec.statements.held import unheld
from tests.spec.making.overlays import removals

UNION = load_yaml(CHECKOUT / BASE)
REGISTER = load_register()
DOCUMENTS = {edition: resolve(edition) for edition in edition_ids()}


# The OTC editions remove the body of exportJob; an action that removes a removed schema makes no difference to a page.
ALONE = [
    (edition, number)
    for edition in edition_ids()
    for actions in [load_yaml(CHECKOUT / OVERLAYS / f"{edition}.yaml")["actions"]]
    for number in removals(actions)
    # Without a page, an edition is taken to be like another, and states nothing.
    if any(REGISTER.entry(id_).claim(edition).evidence != "none" for id_ in marks(actions[number]))
]


def test_every_statement_holds() -> None:
    """No edition's document contradicts what the register says of its pages."""
    assert list(unheld(REGISTER, UNION, DOCUMENTS)) == []


@pytest.mark.parametrize(("edition", "number"), ALONE)
def test_an_overlay_edited_alone_is_seen(edition: str, number: int) -> None:
    """A property that an overlay removes is absent in the register too: without the action a statement fails."""
    overlay = load_yaml(CHECKOUT / OVERLAYS / f"{edition}.yaml")
    overlay["actions"] = [action for other, action in enumerate(overlay["actions"]) if other != number]
    document = apply_overlay(UNION, overlay, strict=False)
    assert list(unheld(REGISTER, UNION, DOCUMENTS | {edition: document}))


FACTS = {
    "parameter": "another_name",
    "type": "number",
    "mandatory": "conditional",
    "default": "another",
    "values": ["ANOTHER"],
    "limit": {"max_items": 7},
    "status": 299,
    "error-code": "DLF.9999",
    "error-status": "499 DLF.0100",
    "media-type": "text/plain",
    "file-name": "another.zip",
    "action": "dli:other",
}


@pytest.mark.parametrize("fact", FACTS)
def test_a_register_edited_alone_is_seen(fact: str) -> None:
    """A statement with a value that no page has fails, whatever fact it is about."""
    changed, number = _changed(fact)
    assert len(list(unheld(changed, UNION, DOCUMENTS))) >= number > 0


def _changed(fact: str) -> tuple[Register, int]:
    """Return the register with another value in the first statement of a fact, and the editions that it is of."""
    for entry in REGISTER.entries:
        for claim in entry.claims:
            for statement in claim.says:
                if statement.fact == fact and statement.value not in (None, FACTS[fact]):
                    other = evolve(statement, value=FACTS[fact])
                    says = tuple(other if item is statement else item for item in claim.says)
                    claims = tuple(evolve(claim, says=says) if item is claim else item for item in entry.claims)
                    entries = tuple(
                        evolve(entry, claims=claims) if item is entry else item for item in REGISTER.entries
                    )
                    return evolve(REGISTER, entries=entries), len(claim.editions)
    raise LookupError(fact)
