"""Advice for a finding: edits of the union, of the overlays and of the register, ready to be pasted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
from attrs import field, frozen

from jobexport.drift.compare.compare import findings_of
from jobexport.drift.compare.comparison import Comparison
from jobexport.drift.documents.facts import document_facts, listing_facts
from jobexport.drift.edits import responses, rows, values
from jobexport.drift.edits.amendments import amendments
from jobexport.drift.edits.case import Case
from jobexport.errors import JobexportError
from jobexport.spec.document import from_pointer, located, marks, operations_by_id
from jobexport.spec.editions import REGISTER
from jobexport.spec.examples import examples, misfits
from jobexport.spec.links import broken_links
from jobexport.spec.statements.edits import drop_broken_links
from jobexport.spec.statements.plan import Edits, Plan, meet
from jobexport.spec.statements.repair import repair

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from jobexport.drift.documents.description import Described
    from jobexport.drift.facts import PageFacts
    from jobexport.drift.findings import Finding
    from jobexport.drift.known.gone import Held
    from jobexport.spec.document import Location
    from jobexport.spec.statements.change import Action
    from jobexport.spec.statements.claims import Amendment

_EDITS: dict[str, Callable[[Case], None]] = {
    "path-changed": responses.path_changed,
    "method-changed": responses.method_changed,
    "path-variable-renamed": rows.path_variable,
    "parameter-missing": rows.missing,
    "parameter-added": rows.added,
    "parameter-renamed": rows.renamed,
    "example-contradicts-table": rows.shown,
    "type-changed": values.type_changed,
    "mandatory-changed": values.mandatory_changed,
    "response-mandatory-changed": values.mandatory_changed,
    "claim-gone": values.contradiction_gone,
    "limit-changed": values.limit_changed,
    "values-changed": values.values_changed,
    "default-changed": values.default_changed,
    "media-type-changed": responses.media_type_changed,
    "media-type-missing": responses.media_type_missing,
    "status-changed": responses.status_added,
    "status-added": responses.status_added,
    "status-missing": responses.status_missing,
    "error-code-changed": responses.code_added,
    "error-code-added": responses.code_added,
    "error-code-missing": responses.code_missing,
    "error-status-changed": responses.code_status,
    "error-body-changed": responses.error_body_changed,
    "error-message-changed": responses.message_changed,
    "file-name-changed": responses.file_name_changed,
    "archive-tree-changed": responses.tree_changed,
    "action-changed": responses.action_changed,
}
LEFT_TO_PEOPLE = {
    "path-changed": "the client sends the path of the union; change both",
    "method-changed": "the client sends the method of the union; change both",
    "archive-tree-changed": "the client takes zips apart by the layout of all editions; change both",
    "success": "the client takes only the old status for a success; change both",
    "path": "the path of the union has no such variable; change both",
    "header": "the client's generator takes no header of this type; describe it as a string",
}
"""The reasons why no edit of the description alone resolves a finding: by its kind, by the location of a new row, or
for another status of a success."""
_HEADER_TYPES = {"string", "boolean", "integer", "number"}
# An edit can uncover new differences, which need edits too; this many further rounds are made.
_ROUNDS = 4


def left_to_people(finding: Finding, comparison: Comparison) -> str:
    """Return the reason why people have to resolve a finding; empty if edits can resolve it."""
    if finding.kind == "status-changed" and str(finding.other).startswith("2"):
        return LEFT_TO_PEOPLE["success"]
    if finding.kind != "parameter-added":
        return LEFT_TO_PEOPLE.get(finding.kind, "")
    row = next(iter(comparison.rows_of(finding.states)), None)
    if row is None or (row.location == "header" and row.type is not None and row.type.kind in _HEADER_TYPES):
        return ""
    return LEFT_TO_PEOPLE.get(row.location, "")


@frozen
class Advice:
    """The edits that resolve a finding."""

    edits: Edits = field(factory=Edits)
    amendments: tuple[Amendment, ...] = ()
    dropped: tuple[str, ...] = ()
    """The overlay actions to remove, such as `line 7, 'The zip array is called zip_files.'`."""
    hint: str = ""
    """Advice for people, if no document can be edited."""


def advise(
    finding: Finding, comparison: Comparison, described: Described, edition: str, held: Sequence[Held]
) -> Advice:
    """Return the edits after which the finding is gone.

    Args:
        finding: a new finding of the comparison.
        comparison: the page and the edition's document.
        described: the documents and the register.
        edition: the edition.
        held: the register's statements about the page.
    """
    plan = Plan(
        edition,
        described.union,
        {id_: list(overlay["actions"]) for id_, overlay in described.overlays.items()},
        described.documents[edition],
        described.touched(edition),
    )
    plan = _undone(finding, comparison, plan) or plan
    unedited, hint = plan.copy(), _HINTS.get(finding.kind, _HINT)
    if not plan.edits().dropped:
        try:
            _plan_edits(finding, comparison, plan, _ROUNDS)
            repair(plan, f"The example follows: {finding.about}.")
            drop_broken_links(plan, f"The link follows: {finding.about}.")
            plan.tidy()
        except JobexportError:
            plan, hint = unedited, BY_HAND
    after = _again(comparison, plan)
    edits = plan.edits()
    dropped = tuple(_shown(described, edition, number) for number in edits.dropped)
    actions = [described.overlays[edition]["actions"][number] for number in edits.dropped]
    only_dropped = not (edits.union or edits.own)
    names = tuple(id_ for action in actions for id_ in marks(action)) if only_dropped else ()
    amended = amendments(finding, comparison, after, described.register, edition, held, edits, names)
    if edits == Edits():
        return Advice(amendments=amended, hint=hint)
    return Advice(_marked(edits, amended[0].entry), amended, dropped)


def _undone(finding: Finding, comparison: Comparison, plan: Plan) -> Plan | None:
    """Return the plan without the actions that make the edition differ from the page, or None if no action does.

    Where the page agrees with the union, an action is dropped instead of another added.
    """
    place = located(plan.document, finding.states.at)
    before = {_key(other) for other in findings_of(comparison)}
    if plan.union is None or not place or _key(finding) not in before:
        return None
    places = [place, *_own_places(place, comparison)]
    spots = [
        number
        for number, touched in enumerate(plan.touched)
        if any(meet(mine, spot) for mine in places for spot in touched)
    ]
    groups = [*(_together(plan, number) for number in spots), *([number] for number in spots), spots]
    for numbers in map(list, dict.fromkeys(map(tuple, groups))):
        trial = plan.copy()
        try:
            trial.undo(numbers)
            after = {_key(other) for other in findings_of(_again(comparison, trial))}
        except JobexportError:
            continue  # A later action needs what this one makes.
        if not numbers or _key(finding) in after or not after <= before:
            continue
        alone = _beside(trial.document, comparison) == _beside(plan.document, comparison)
        if alone and _sound(trial.document):
            return trial
    return None


def _own_places(place: Location, comparison: Comparison) -> list[Location]:
    """Return where an operation has its own words for a parameter that several operations share."""
    if place[:2] != ("components", "parameters") or not comparison.operation_place:
        return []
    operation = from_pointer(comparison.operation_place)
    return [(*operation, "parameters"), (*operation[:-1], "parameters"), (*operation[:-1], "x-documented-names")]


def _together(plan: Plan, number: int) -> list[int]:
    """Return the numbers of the actions that were written for the same finding: they have the same description."""
    actions = plan.overlays[plan.edition]
    words = [(action.get("description"), marks(action)) for action in actions]
    return [other for other, said in enumerate(words) if said == words[number]]


def _beside(document: Mapping[str, Any], comparison: Comparison) -> list[PageFacts]:
    """Return the facts of the operations that a page is not about."""
    return [document_facts(document, id_, "") for id_ in operations_by_id(document) if id_ != comparison.operation]


def _sound(document: Mapping[str, Any]) -> bool:
    fits = not any(misfits(document, schema, value) for _, schema, value in examples(document))
    return fits and next(broken_links(document), None) is None


def _shown(described: Described, edition: str, number: int) -> str:
    """Return the line and the description of an overlay's action, such as `line 7, 'One name.'`."""
    line = described.line(described.files[edition], ("actions", number))
    return f"line {line}, {described.overlays[edition]['actions'][number].get('description', '')!r}"


_HINT = f"OpenAPI can't express this; record it in {REGISTER}"
BY_HAND = "actions of overlays need what an edit would remove; edit the union, then these actions, by hand"
"""The hint of an advice whose edits can't be made; its amendments of the register alone would be wrong."""
_HINTS = {
    "mandatory-changed": f"OpenAPI can't express this for a path variable; record it in {REGISTER}",
    "parameter-missing": f"OpenAPI requires the variable while the path has it; record the difference in {REGISTER}",
    "claim-gone": "check the description of this place, then amend the register",
    "claim-reworded": "amend the words that the register quotes",
}


def _plan_edits(finding: Finding, comparison: Comparison, plan: Plan, rounds: int) -> None:
    """Add the edits for a finding to the plan, then the edits for findings that the first edits cause."""
    edit = _EDITS.get(finding.kind)
    if edit is None or not finding.states.at:
        return
    before = {_key(other) for other in findings_of(comparison)} | {_key(finding)}
    edit(Case(finding, comparison, plan))
    if not rounds:
        return
    after = _again(comparison, plan)
    for other in findings_of(after):
        if _key(other) not in before and not left_to_people(other, after):
            _plan_edits(other, after, plan, rounds - 1)
            return


def _key(finding: Finding) -> tuple[str, str]:
    """Return kind and subject of a finding, which stay the same if its place moves."""
    return finding.kind, finding.about


def _again(comparison: Comparison, plan: Plan) -> Comparison:
    """Compare the page with the edition's document as the plan leaves it."""
    names = comparison.other.operation_names
    if not names or names[0] not in operations_by_id(plan.document):
        other = attrs.evolve(listing_facts(plan.document, plan.edition), error_codes=comparison.other.error_codes)
        return Comparison(comparison.page, other, comparison.union, comparison.settings)
    union = document_facts(plan.union, names[0], "union") if plan.union is not None else None
    other = document_facts(plan.document, names[0], plan.edition)
    return Comparison(comparison.page, other, union, comparison.settings)


def _marked(edits: Edits, entry: str) -> Edits:
    """Return the edits with the entry's id in every overlay action, as `x-inconsistency`."""

    def marked(actions: Sequence[Action]) -> tuple[Action, ...]:
        return tuple(_with_mark(action, entry) for action in actions)

    others: Mapping[str, Any] = {edition: marked(actions) for edition, actions in edits.others.items()}
    return attrs.evolve(edits, own=marked(edits.own), others=others)


def _with_mark(action: Action, entry: str) -> Action:
    rest = {key: value for key, value in action.items() if key != "description"}
    return {"description": action["description"], "x-inconsistency": entry, **rest}
