"""Says what to do about a finding: edits of the union, of the overlays and of the register, ready to be pasted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
from attrs import field, frozen

from jobexport.drift import _advice_answers as answers
from jobexport.drift import _advice_rows as rows
from jobexport.drift import _advice_values as values
from jobexport.drift._case import Case
from jobexport.drift._comparison import Comparison
from jobexport.drift._document_facts import document_facts, listing_facts, operations
from jobexport.drift._gone import tells
from jobexport.drift._plan import Edits, Plan
from jobexport.drift._repair import repair
from jobexport.drift.compare import findings_of
from jobexport.spec.places import from_pointer, to_pointer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from jobexport.drift._described import Described
    from jobexport.drift._gone import Held
    from jobexport.drift.finding import Finding
    from jobexport.spec.change import Action
    from jobexport.spec.register import Statement

_ANSWERS: dict[str, Callable[[Case], None]] = {
    "path-changed": answers.path_changed,
    "method-changed": answers.method_changed,
    "path-variable-renamed": rows.path_variable,
    "parameter-missing": rows.missing,
    "parameter-added": rows.added,
    "parameter-renamed": rows.renamed,
    "type-changed": values.type_changed,
    "mandatory-changed": values.mandatory_changed,
    "response-mandatory-changed": values.mandatory_changed,
    "limit-changed": values.limit_changed,
    "values-changed": values.values_changed,
    "default-changed": values.default_changed,
    "media-type-changed": answers.media_type_changed,
    "media-type-missing": answers.media_type_missing,
    "status-changed": answers.status_added,
    "status-added": answers.status_added,
    "status-missing": answers.status_missing,
    "error-code-changed": answers.code_added,
    "error-code-added": answers.code_added,
    "error-code-missing": answers.code_missing,
    "error-status-changed": answers.code_status,
    "error-body-changed": answers.error_body_changed,
    "error-message-changed": answers.message_changed,
    "file-name-changed": answers.file_name_changed,
    "archive-tree-changed": answers.tree_changed,
    "action-changed": answers.action_changed,
}
# What an edit brings back may need edits of its own; then again what those bring.
_ROUNDS = 4


@frozen
class Amendment:
    """What the register should say of the page."""

    entry: str
    """Its id; the next free one where no entry is about the place."""
    edition: str
    says: tuple[Statement, ...] = ()
    """To be added to the claim of the edition."""
    no_longer: tuple[Statement, ...] = ()
    """To be taken out of the claim of the edition."""


@frozen
class Advice:
    """What to do about a finding."""

    edits: Edits = field(factory=Edits)
    amendments: tuple[Amendment, ...] = ()
    hint: str = ""
    """Where the edits do not say it all."""


def advise(
    finding: Finding, comparison: Comparison, described: Described, edition: str, held: Sequence[Held]
) -> Advice:
    """Give the edits after which a page and an edition no longer differ in a finding.

    Args:
        finding: a new finding of the comparison.
        comparison: the page and the edition's document.
        described: the documents and the register.
        edition: the edition.
        held: what the register says of the page.
    """
    gone = _no_longer(finding, held)
    plan = Plan(
        edition,
        described.union,
        {id_: list(overlay["actions"]) for id_, overlay in described.overlays.items()},
        described.documents[edition],
        described.touched(edition),
    )
    _answer(finding, comparison, plan, _ROUNDS)
    repair(plan, finding, comparison)
    entry = (*gone, *finding.near, _next_id(finding, described))[0]
    edits = _marked(plan.edits(), entry)
    if edits == Edits():
        says = (finding.states,) if finding.states.at and not finding.kind.startswith("claim-") else ()
        amendments = _amendments(edition, entry, says, gone, {})
        return Advice(edits, amendments, _HINTS.get(finding.kind, _REGISTER))
    # What the document says then, the register need not; but what it says of a place moves with the place.
    moved: dict[str, list[tuple[Statement, Statement]]] = {}
    moves = _moves(finding, comparison, _again(comparison, plan))
    for item in held:
        new = _moved(item.statement, moves)
        if new is not None and item.statement not in gone.get(item.entry, ()):
            moved.setdefault(item.entry, []).append((item.statement, new))
    return Advice(edits, _amendments(edition, entry, (), gone, moved))


_REGISTER = "a document can't say this; the register can, and then it is known"
_HINTS = {
    "mandatory-changed": "a document can't say this of a variable of the path; the register can, and then it is known",
    "parameter-missing": "the path still has the variable, so a document keeps it; the register can say it",
    "claim-gone": "check the description of this place, then amend the register",
    "claim-reworded": "amend the words that the register quotes",
}


def _answer(finding: Finding, comparison: Comparison, plan: Plan, rounds: int) -> None:
    """Plan the edits for a finding, then for what differs only because of them."""
    answer = _ANSWERS.get(finding.kind)
    if answer is None or not finding.states.at:
        return
    before = {_key(other) for other in findings_of(comparison)} | {_key(finding)}
    answer(Case(finding, comparison, plan))
    if not rounds:
        return
    after = _again(comparison, plan)
    for other in findings_of(after):
        if _key(other) not in before:
            _answer(other, after, plan, rounds - 1)
            return


def _key(finding: Finding) -> tuple[str, str]:
    """What a finding has in common with the same one of a description that has it in another place."""
    return finding.kind, finding.about


def _again(comparison: Comparison, plan: Plan) -> Comparison:
    """The same comparison with what the plan makes of the edition's document."""
    names = comparison.other.operation_names
    if not names or names[0] not in operations(plan.document):
        other = attrs.evolve(listing_facts(plan.document, plan.edition), error_codes=comparison.other.error_codes)
        return Comparison(comparison.page, other, comparison.union)
    union = document_facts(plan.union, names[0], "union") if plan.union is not None else None
    return Comparison(comparison.page, document_facts(plan.document, names[0], plan.edition), union)


def _marked(edits: Edits, entry: str) -> Edits:
    """Have every action name its entry of the register, as overlays do."""

    def marked(actions: Sequence[Action]) -> tuple[Action, ...]:
        return tuple(_with_mark(action, entry) for action in actions)

    others: Mapping[str, Any] = {edition: marked(actions) for edition, actions in edits.others.items()}
    return attrs.evolve(edits, own=marked(edits.own), others=others)


def _with_mark(action: Action, entry: str) -> Action:
    rest = {key: value for key, value in action.items() if key != "description"}
    return {"description": action["description"], "x-inconsistency": entry, **rest}


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


def _amendments(
    edition: str,
    entry: str,
    says: tuple[Statement, ...],
    gone: Mapping[str, list[Statement]],
    moved: Mapping[str, list[tuple[Statement, Statement]]],
) -> tuple[Amendment, ...]:
    """One amendment for each entry that has to say something else; the first is the finding's own."""
    found = []
    for id_ in dict.fromkeys((entry, *gone, *moved)):
        new = (*(says if id_ == entry else ()), *(new for _, new in moved.get(id_, ())))
        old = (*gone.get(id_, ()), *(old for old, _ in moved.get(id_, ())))
        found.append(Amendment(id_, edition, new, old))
    return tuple(found)


def _next_id(finding: Finding, described: Described) -> str:
    """The next free id beside those of the operation."""
    families = [entry.id for entry in described.register.entries if entry.operations == (finding.operation,)] or [
        "COM-001"
    ]
    family = max(families)
    prefix, number = family.split("-")
    taken = {entry.id for entry in described.register.entries}
    digits = int(number)
    while f"{prefix}-{digits:03}" in taken:
        digits += 1
    return f"{prefix}-{digits:03}"
