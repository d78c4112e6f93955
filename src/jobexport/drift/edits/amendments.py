"""Amendments of the register that belong to the edits for a finding."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
from attrs import frozen

from jobexport.drift.edits import responses
from jobexport.drift.known.gone import concerns
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
    """A change of one entry of the register."""

    entry: str
    """The id of the entry; the next free id if no entry is about the place."""
    edition: str
    says: tuple[Statement, ...] = ()
    """Statements to add to the claim of the edition."""
    no_longer: tuple[Statement, ...] = ()
    """Statements to remove from the claim of the edition."""
    joins: tuple[str, ...] = ()
    """Editions of a claim that already fits the page: moving the edition to that claim replaces the other changes."""


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
    """Return an amendment for each entry that has to change; the first is for the entry of the finding.

    Args:
        finding: the finding.
        comparison: the page and the edition's document.
        after: the page and the edition's document after the edits.
        register: the register.
        edition: the edition.
        held: the register's statements about the page.
        alone: True if no document is edited, so that the register has to state the difference.
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
    """Return the editions of a claim that has all added statements, and only statements that the page makes.

    If the page newly says `zip_file`, and the claim of `otc-2024` states just that, it is `("otc-2024",)`.
    """
    said = list(statements(after))
    for claim in register.entry(id_).claims:
        whole = claim.says and all(statement in claim.says for statement in added)
        other = edition not in claim.editions and claim.page is None
        if whole and other and all(says(said, statement) for statement in claim.says):
            return claim.editions
    return ()


def _no_longer(finding: Finding, held: Sequence[Held]) -> dict[str, list[Statement]]:
    """Return the statements, by entry, that the page no longer makes and that the finding is about."""
    gone: dict[str, list[Statement]] = {}
    for item in held:
        claim = item.entry in finding.near and item.statement.fact == finding.states.fact
        its_own = claim if finding.kind.startswith("claim-") else concerns(finding, item.statement)
        if not item.on_page and its_own:
            gone.setdefault(item.entry, []).append(item.statement)
    return gone


def _moves(finding: Finding, comparison: Comparison, after: Comparison) -> list[tuple[str, str]]:
    """Return the places that the edits for a finding move, as pairs of the old and the new place."""
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
            return [(at, to_pointer((*beside[:-1], responses.new_path(comparison), from_pointer(at)[-1])))]
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
    """Return the next free id in the family of the operation's entries, such as `DLI-022`."""
    families = [entry.id for entry in register.entries if entry.operations == (finding.operation,)] or ["COM-001"]
    family = max(families)
    prefix, number = family.split("-")
    taken = {entry.id for entry in register.entries}
    digits = int(number)
    while f"{prefix}-{digits:03}" in taken:
        digits += 1
    return f"{prefix}-{digits:03}"
