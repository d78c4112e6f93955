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
from jobexport.drift._plan import Edits, Plan
from jobexport.drift._repair import repair
from jobexport.drift.compare import findings_of

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
    """Its id; a new one where no entry is about the place."""
    is_new: bool
    edition: str
    says: Statement | None = None
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
    amendments = _amendments(finding, described, edition, held)
    plan = Plan(
        edition,
        described.union,
        {id_: list(overlay["actions"]) for id_, overlay in described.overlays.items()},
        described.documents[edition],
        described.touched(edition),
    )
    _answer(finding, comparison, plan, _ROUNDS)
    repair(plan, finding, comparison)
    edits = _marked(plan.edits(), amendments[0].entry)
    if edits == Edits():
        return Advice(edits, amendments, _HINTS.get(finding.kind, _REGISTER))
    # What the document says then, the register need not.
    return Advice(edits, tuple(attrs.evolve(amendment, says=None) for amendment in amendments))


_REGISTER = "a document can't say this; the register can, and then it is known"
_HINTS = {
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


def _key(finding: Finding) -> tuple[str, str, str]:
    return finding.kind, finding.states.at, finding.about


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


def _amendments(finding: Finding, described: Described, edition: str, held: Sequence[Held]) -> tuple[Amendment, ...]:
    """What the register says of the place and the page does not; else an entry for it."""
    gone: dict[str, list[Statement]] = {}
    for item in held:
        if not item.on_page and _is_about(finding, item):
            gone.setdefault(item.entry, []).append(item.statement)
    if finding.kind.startswith("claim-"):
        return tuple(Amendment(entry, False, edition, None, tuple(old)) for entry, old in gone.items())
    says = finding.states if finding.states.at else None
    if gone:
        first, *rest = gone
        amended = [Amendment(first, False, edition, says, tuple(gone[first]))]
        return (*amended, *(Amendment(entry, False, edition, None, tuple(gone[entry])) for entry in rest))
    if finding.near:
        return (Amendment(finding.near[0], False, edition, says),)
    return (Amendment(_next_id(finding, described), True, edition, says),)


def _is_about(finding: Finding, item: Held) -> bool:
    if finding.kind.startswith("claim-"):
        return item.entry in finding.near and item.statement.fact == finding.states.fact
    mine, theirs = f"{finding.states.at}/", f"{item.statement.at}/"
    return bool(finding.states.at) and (mine.startswith(theirs) or theirs.startswith(mine))


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
