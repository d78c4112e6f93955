"""Amendments of the register that belong to the edits for a finding."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from jobexport.drift.edits import responses
from jobexport.drift.known.gone import concerns
from jobexport.drift.known.statements import of_row, statements
from jobexport.spec.document import from_pointer, to_pointer
from jobexport.spec.register import Statement
from jobexport.spec.statements.claims import Amendment, NewEntry
from jobexport.spec.statements.held import is_stated

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jobexport.drift.compare.comparison import Comparison
    from jobexport.drift.findings import Finding
    from jobexport.drift.known.gone import Held
    from jobexport.spec.register import Entry, Register
    from jobexport.spec.statements.plan import Edits

# A row that is gone or renamed takes all its facts with it; of other places only the fact of the finding changes.
_WHOLE = {"parameter-missing", "parameter-renamed", "media-type-changed", "media-type-missing", "path-variable-renamed"}
_TITLES = {
    "type-changed": "Type of {}",
    "mandatory-changed": "When {} is mandatory",
    "response-mandatory-changed": "When {} is mandatory",
    "limit-changed": "Bounds of {}",
    "values-changed": "Values of {}",
    "default-changed": "Default of {}",
    "parameter-renamed": "Name of {}",
    "example-contradicts-table": "Example of {} against its table",
}


def amendments(
    finding: Finding,
    comparison: Comparison,
    after: Comparison,
    register: Register,
    edition: str,
    held: Sequence[Held],
    edits: Edits,
    marked: Sequence[str] = (),
) -> tuple[Amendment, ...]:
    """Return an amendment for each entry that has to change; the first is for the entry of the finding.

    Args:
        finding: the finding.
        comparison: the page and the edition's document.
        after: the page and the edition's document after the edits.
        register: the register.
        edition: the edition.
        held: the register's statements about the page.
        edits: the edits of the documents.
        marked: the entries that the overlay actions name which are removed.
    """
    gone = _no_longer(finding, held)
    subject = _entry(finding, register, gone, marked)
    id_ = subject.id if subject is not None else _next_id(finding, register)
    moved: dict[str, list[tuple[Statement, Statement]]] = {}
    moves = _moves(finding, comparison, after)
    for item in held:
        new = _moved(item.statement, moves)
        if new is not None and item.statement not in gone.get(item.entry, ()):
            moved.setdefault(item.entry, []).append((item.statement, new))
    stated = () if finding.kind.startswith("claim-") else _stated(finding, comparison, after, subject, edition)
    found = []
    for entry in dict.fromkeys((id_, *gone, *moved)):
        added = list(stated) if entry == id_ else []
        added += [new for _, new in moved.get(entry, ())]
        added += _reworded(finding, after, gone.get(entry, ()))
        old = (*gone.get(entry, ()), *(old for old, _ in moved.get(entry, ())))
        joins = _joined(register, entry, edition, after, added) if old else ()
        lacks = subject is None and entry == id_
        new_entry = _new(finding, edition, added, moves, edits) if lacks else None
        elsewhere = tuple(attrs.evolve(item, at=old) for item in stated[:1] for old, _ in moves) if lacks else ()
        said = {item.key(): item for item in added}
        found.append(Amendment(entry, edition, (*said.values(),), old, joins, new_entry, elsewhere))
    return tuple(found)


def _entry(
    finding: Finding, register: Register, gone: dict[str, list[Statement]], marked: Sequence[str]
) -> Entry | None:
    """Return the entry that is about the subject of a finding, or None if the register lacks it.

    An entry is about a status if it states a status at this place, or that no status is stated above it; an entry about
    error codes is not.
    """
    fact, at = finding.states.fact, finding.states.at
    by_fact = [id_ for id_, old in gone.items() if any(statement.fact == fact for statement in old)]
    for id_ in (*by_fact, *gone):
        return register.entry(id_)
    own = [entry for entry in register.entries if finding.operation in entry.operations]
    if finding.kind.startswith("claim-"):
        return next((entry for entry in own if entry.id in finding.near), None)
    for entry in own:
        said = [item for claim in entry.claims if claim.page is None for item in claim.says if item.fact == fact]
        above = any(f"{at}/".startswith(f"{spot}/") for spot in entry.pointers)
        for item in said:
            list_of_all = item.value is None and f"{at}/".startswith(f"{item.at}/")
            if item.at == at or list_of_all or (above and fact in ("status", "error-code", "media-type")):
                return entry
    return next((entry for entry in own if entry.id in marked), None)


def _stated(
    finding: Finding, comparison: Comparison, after: Comparison, subject: Entry | None, edition: str
) -> tuple[Statement, ...]:
    """Return what the page states of the subject of a finding, as statements."""
    states = finding.states
    if not states.at:
        return ()
    rows = comparison.rows_of(states)
    match finding.kind:
        case "parameter-added":
            facts = {"parameter"} if subject is not None else {"parameter", "type", "mandatory", "default", "values"}
            return tuple(item for row in rows[:1] for item in of_row(after, row) if item.fact in facts)
        case "parameter-renamed" | "path-variable-renamed":
            named = tuple(item for row in rows[:1] for item in of_row(after, row) if item.fact == "parameter")
            return named + _without_old(subject, edition, states.at, named)
        case "limit-changed" if None in states.value.values():
            return ()
        case "error-message-changed" | "error-code-added" | "error-code-changed" | "error-status-changed":
            same_fact = [item for item in statements(after) if item.fact == states.fact and item.value == states.value]
            return tuple(same_fact[:1]) or (states,)
    # The value of an example may be empty; an empty value of another fact means that the page lacks the fact.
    empty = states.value in ([], "") and states.fact != "contradiction"
    return (attrs.evolve(states, value=None) if empty else states,)


def _without_old(subject: Entry | None, edition: str, old: str, new: Sequence[Statement]) -> tuple[Statement, ...]:
    """Return the statement that a renamed field has its old name no longer, if no other edition claims that name.

    A claim of the old name in the same entry says as much: the edition's claim lacks the name.
    """
    if subject is None or all(item.at == old for item in new):
        return ()
    others = [claim for claim in subject.claims if {*claim.editions} - {edition}]
    named = any(
        (item.fact, item.at) == ("parameter", old) and item.value is not None for claim in others for item in claim.says
    )
    return () if named else (Statement("parameter", old),)


def _reworded(finding: Finding, after: Comparison, old: Sequence[Statement]) -> list[Statement]:
    """Return the page's words in the place of those that the register quotes."""
    if finding.kind != "claim-reworded":
        return []
    places = {(item.fact, item.at) for item in old}
    return [item for item in statements(after) if (item.fact, item.at) in places][: len(old)]


def _new(
    finding: Finding, edition: str, says: Sequence[Statement], moves: Sequence[tuple[str, str]], edits: Edits
) -> NewEntry:
    title = _TITLES.get(finding.kind, "{}").format(finding.about)
    places = [item.at for item in says] or [finding.states.at]
    pointers = dict.fromkeys((*(old for old, _ in moves), *places))
    return NewEntry(
        title=title[0].upper() + title[1:],
        operations=(finding.operation,),
        pointers=tuple(filter(None, pointers)),
        wire=finding.level == "error",
        union="What any edition says, in the widest form." if edits.union else "Unchanged.",
        overlay=_of_overlays(edition, edits),
    )


def _of_overlays(edition: str, edits: Edits) -> str:
    words = [f"{edition} says what its page says." if edits.own else ""]
    words.append("The other editions take it back." if edits.others else "")
    return " ".join(filter(None, words)) or "None."


def _joined(register: Register, id_: str, edition: str, after: Comparison, added: list[Statement]) -> tuple[str, ...]:
    """Return the editions of a claim that has all added statements, and only statements that the page makes.

    If the page newly says `zip_file`, and the claim of `otc-2024` states just that, it is `("otc-2024",)`. A claim that
    states something else of another operation is not joined, as the page describes one operation only.
    """
    said = list(statements(after))
    claims = register.entry(id_).claims
    mine = [item for claim in claims if edition in claim.editions and claim.page is None for item in claim.says]
    for claim in claims:
        differ = [item for item in (*mine, *claim.says) if item not in mine or item not in claim.says]
        if any(_of_another(item, after) for item in differ):
            continue
        whole = claim.says and all(statement in claim.says for statement in added)
        other = edition not in claim.editions and claim.page is None
        if whole and other and all(is_stated(said, statement) for statement in claim.says):
            return claim.editions
    return ()


def _of_another(statement: Statement, comparison: Comparison) -> bool:
    """Return whether the place of a statement is in an operation that is not the page's."""
    return statement.at.startswith("/paths/") and not f"{statement.at}/".startswith(f"{comparison.operation_place}/")


def _no_longer(finding: Finding, held: Sequence[Held]) -> dict[str, list[Statement]]:
    """Return the statements, by entry, that the page no longer makes and that the finding is about."""
    gone: dict[str, list[Statement]] = {}
    for item in held:
        claim = item.entry in finding.near and item.statement.fact == finding.states.fact
        same = finding.kind in _WHOLE or item.statement.fact == finding.states.fact
        its_own = claim if finding.kind.startswith("claim-") else same and concerns(finding, item.statement)
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
