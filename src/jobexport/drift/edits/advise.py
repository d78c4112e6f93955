"""Says what to do about a finding: edits of the union, of the overlays and of the register, ready to be pasted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
from attrs import field, frozen

from jobexport.drift.compare.compare import findings_of
from jobexport.drift.compare.comparison import Comparison
from jobexport.drift.documents.facts import document_facts, listing_facts
from jobexport.drift.edits import responses as answers
from jobexport.drift.edits import rows as rows
from jobexport.drift.edits import values as values
from jobexport.drift.edits.amendments import amendments
from jobexport.drift.edits.case import Case
from jobexport.drift.edits.plan import Edits, Plan
from jobexport.drift.edits.repair import repair
from jobexport.spec.document import operations_by_id

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from jobexport.drift.documents.description import Described
    from jobexport.drift.edits.amendments import Amendment
    from jobexport.drift.findings import Finding
    from jobexport.drift.known.gone import Held
    from jobexport.spec.change import Action

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
class Advice:
    """What to do about a finding."""

    edits: Edits = field(factory=Edits)
    amendments: tuple[Amendment, ...] = ()
    dropped: tuple[str, ...] = ()
    """The actions that go, as a person finds them."""
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
    plan = Plan(
        edition,
        described.union,
        {id_: list(overlay["actions"]) for id_, overlay in described.overlays.items()},
        described.documents[edition],
        described.touched(edition),
    )
    _answer(finding, comparison, plan, _ROUNDS)
    repair(plan, finding)
    after = _again(comparison, plan)
    alone = plan.edits() == Edits()
    amended = amendments(finding, comparison, after, described.register, edition, held, alone=alone)
    if alone:
        return Advice(amendments=amended, hint=_HINTS.get(finding.kind, _REGISTER))
    edits = _marked(plan.edits(), amended[0].entry)
    dropped = tuple(_shown(described, edition, number) for number in edits.dropped)
    return Advice(edits, amended, dropped)


def _shown(described: Described, edition: str, number: int) -> str:
    """An action of an overlay as a person finds it: its line and what it begins with."""
    line = described.line(described.files[edition], ("actions", number))
    return f"line {line}, {described.overlays[edition]['actions'][number].get('description', '')!r}"


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
    if not names or names[0] not in operations_by_id(plan.document):
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
