"""Says what the register has to say of a page after the edits for a finding."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
from attrs import frozen

from jobexport.drift.edits import responses as answers
from jobexport.drift.known.gone import tells
from jobexport.drift.known.statements import says, statements
from jobexport.spec.document import from_pointer, to_pointer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jobexport.drift.compare.comparison import Comparison
    from jobexport.drift.findings import Finding
    from jobexport.drift.known.gone import Held
    from jobexport.spec.register import Register, Statement


@frozen
class Amendment:
    """What an entry of the register should say of an edition's page."""

    entry: str
    """Its id; the next free one where no entry is about the place."""
    edition: str
    says: tuple[Statement, ...] = ()
    """To be added to the claim of the edition."""
    no_longer: tuple[Statement, ...] = ()
    """To be taken out of the claim of the edition."""
    joins: tuple[str, ...] = ()
    """Editions whose claim says what the page says: the edition moves to it, and nothing else need be done."""


def amendments(
    finding: Finding,
    comparison: Comparison,
    after: Comparison,
    register: Register,
    edition: str,
    held: Sequence[Held],
    *,
    alone: bool,
) -> tuple[Amendment, ...]:
    """Give one amendment for each entry that has to say something else; the first is the finding's own.

    Args:
        finding: the finding.
        comparison: the page and the edition's document.
        after: the same with what the edits make of the document.
        register: the register.
        edition: the edition.
        held: what the register says of the page.
        alone: whether the register has to say what the finding says, because no document is edited.
    """
    gone = _no_longer(finding, held)
    entry = (*gone, *finding.near, _next_id(finding, register))[0]
    moved: dict[str, list[tuple[Statement, Statement]]] = {}
    moves = _moves(finding, comparison, after)
    for item in held:
        new = _moved(item.statement, moves)
        if new is not None and item.statement not in gone.get(item.entry, ()):
            moved.setdefault(item.entry, []).append((item.statement, new))
    stated = alone and finding.states.at and not finding.kind.startswith("claim-")
    found = []
    for id_ in dict.fromkeys((entry, *gone, *moved)):
        added = [finding.states] if stated and id_ == entry else []
        added += [new for _, new in moved.get(id_, ())]
        old = (*gone.get(id_, ()), *(old for old, _ in moved.get(id_, ())))
        joins = _joined(register, id_, edition, after, added) if old else ()
        found.append(Amendment(id_, edition, tuple(added), old, joins))
    return tuple(found)


def _joined(register: Register, id_: str, edition: str, after: Comparison, added: list[Statement]) -> tuple[str, ...]:
    """The editions of a claim that says what has to be added, and nothing that the page does not say."""
    said = list(statements(after))
    for claim in register.entry(id_).claims:
        whole = claim.says and all(statement in claim.says for statement in added)
        other = edition not in claim.editions and claim.page is None
        if whole and other and all(says(said, statement) for statement in claim.says):
            return claim.editions
    return ()


def _no_longer(finding: Finding, held: Sequence[Held]) -> dict[str, list[Statement]]:
    """What the register says and the page does not, as far as the finding tells it; by entry."""
    gone: dict[str, list[Statement]] = {}
    for item in held:
        claim = item.entry in finding.near and item.statement.fact == finding.states.fact
        its_own = claim if finding.kind.startswith("claim-") else tells(finding, item.statement)
        if not item.on_page and its_own:
            gone.setdefault(item.entry, []).append(item.statement)
    return gone


def _moves(finding: Finding, comparison: Comparison, after: Comparison) -> list[tuple[str, str]]:
    """The places that the edits for a finding move, with where they are then."""
    at = finding.states.at
    beside = from_pointer(at)[:-1]
    match finding.kind:
        case "parameter-renamed":
            rows = (row for row in comparison.page.parameters if comparison.place(row) == at)
            return [(at, after.place(row)) for row in rows]
        case "media-type-changed" | "status-changed":
            return [(to_pointer((*beside, str(finding.other))), at)]
        case "method-changed":
            return [(at, to_pointer((*beside, str(finding.states.value).lower())))]
        case "path-changed":
            return [(at, to_pointer((*beside[:-1], answers.new_path(comparison), from_pointer(at)[-1])))]
        case "error-status-changed":
            code = str(finding.states.value).split()[-1]
            return list(zip(_example_places(comparison, code), _example_places(after, code), strict=False))
    return []


def _example_places(comparison: Comparison, code: str) -> list[str]:
    return [str(twin.at) for twin in comparison.other.error_codes if twin.code == code and twin.source == "example"]


def _moved(statement: Statement, moves: list[tuple[str, str]]) -> Statement | None:
    for old, new in moves:
        if f"{statement.at}/".startswith(f"{old}/"):
            its_name = statement.at == old and statement.fact in ("parameter", "media-type") and statement.value
            value = from_pointer(new)[-1] if its_name else statement.value
            return attrs.evolve(statement, at=new + statement.at[len(old) :], value=value)
    return None


def _next_id(finding: Finding, register: Register) -> str:
    """The next free id beside those of the operation."""
    families = [entry.id for entry in register.entries if entry.operations == (finding.operation,)] or ["COM-001"]
    family = max(families)
    prefix, number = family.split("-")
    taken = {entry.id for entry in register.entries}
    digits = int(number)
    while f"{prefix}-{digits:03}" in taken:
        digits += 1
    return f"{prefix}-{digits:03}"
