"""Plans edits of the sources: of the union, of an edition's overlay, and of the other editions' overlays."""

from __future__ import annotations

import contextlib
import operator
from typing import TYPE_CHECKING, Any

from attrs import define, field, frozen

from jobexport.errors import JobexportError
from jobexport.spec.document import MISSING, look, references
from jobexport.spec.statements.change import Change, actions_for, applied, same

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from jobexport.spec.document import Location
    from jobexport.spec.statements.change import Action

Document = dict[str, Any]
_NOUNS: dict[Any, str] = {"properties": "Field", "responses": "Status", "examples": "Example"}


@frozen
class Edits:
    """Changes of the sources."""

    union: tuple[Action, ...] = ()
    """Changes of the union, which people make by hand; overlay actions, so that they can be applied to a copy."""
    dropped: tuple[int, ...] = ()
    """Actions to remove from the edition's own overlay, by number from 0."""
    own: tuple[Action, ...] = ()
    """Actions to append to the edition's own overlay."""
    others: Mapping[str, tuple[Action, ...]] = field(factory=dict)
    """Actions to append to other overlays, by edition."""


@define
class Plan:
    """A growing list of edits, applied to copies of the documents at each step.

    An installed package has no union and no overlays: all edits are actions on the edition's document there.
    """

    edition: str
    union: Document | None
    overlays: dict[str, list[Action]]
    document: Document
    touched: list[list[Location]]
    """The places that each action of the edition's own overlay changes."""
    marks: Sequence[str] = ()
    """The entries of the register that further actions of the edition's own overlay name."""
    _union_actions: list[Action] = field(init=False, factory=list)
    _dropped: list[int] = field(init=False, factory=list)
    _own: list[Action] = field(init=False, factory=list)
    _others: dict[str, list[Action]] = field(init=False, factory=dict)
    _changed: list[Location] = field(init=False, factory=list)
    """The places that the planned actions change."""
    _resolved: dict[str, tuple[Document, list[Action], Document]] = field(init=False, factory=dict)
    """The last document of each edition, with the union and the actions that it was made of."""

    def edits(self) -> Edits:
        """Return the edits planned so far."""
        others = {edition: tuple(actions) for edition, actions in self._others.items() if actions}
        return Edits(tuple(self._union_actions), tuple(self._dropped), tuple(self._own), others)

    def own(self, *changes: Change) -> None:
        """Add changes of the edition alone."""
        marks = self.marks
        mark = {"x-inconsistency": marks[0] if len(marks) == 1 else list(marks)} if marks else {}
        for change in changes:
            actions = actions_for(self.document, change)
            self._changed += [change.location] if actions else []
            self._own += [{"description": change.description, **mark, **action} for action in actions]
            self.document = applied(self.document, actions)

    def everywhere(self, *changes: Change) -> None:
        """Add changes of the union, which the client needs, and the actions that keep other editions as they were."""
        for change in changes:
            if self.union is None or look(self.union, change.location[:-1]) is MISSING:
                # The union has no such place: the edition's own overlay made it.
                self.own(change)
                continue
            actions = actions_for(self.union, change)
            if not actions:
                continue
            self._changed.append(change.location)
            before = {edition: self.document_of(edition) for edition in self.overlays if edition != self.edition}
            self.union = applied(self.union, actions)
            self._union_actions += [{"description": change.description, **action} for action in actions]
            self.document = self.document_of(self.edition)
            for edition, document in before.items():
                self._take_back(edition, change, document)

    def _take_back(self, edition: str, change: Change, before: Document) -> None:
        """Add actions to another edition's overlay that restore its document at the place of a change."""
        # An array is restored as a whole, because its items have no names.
        in_array = isinstance(look(self.union, change.location[:-1]), list)
        location = change.location[:-1] if in_array else change.location
        old = look(before, location)
        new = look(self.document_of(edition), location)
        gone = old is MISSING
        if (new is MISSING) if gone else (new is not MISSING and same(old, new)):
            return
        subject, name = change.description.partition(": ")[0], location[-1]
        if gone and isinstance(name, str) and f"`{name}`" not in subject:
            # The change may be about another thing, such as the old name of a renamed field.
            subject = f"{_NOUNS.get(location[-2], 'Part')} `{name}`"
        back = Change(
            f"{subject}: only the page of {self.edition} says so.", location, None if gone else old, remove=gone
        )
        actions = actions_for(self.document_of(edition), back)
        self._others.setdefault(edition, []).extend({"description": back.description, **action} for action in actions)

    def actions(self) -> list[Action]:
        """Return the actions of the edition's overlay as the plan leaves them."""
        known = self.overlays[self.edition]
        return [action for number, action in enumerate(known) if number not in self._dropped] + self._own

    def bring_back(self, place: Location) -> bool:
        """Drop the edition's own actions that remove a place of the union, and what it refers to.

        Returns:
            True if the place was missing, and is back.
        """
        if self.union is None or look(self.union, place) is MISSING or look(self.document, place) is not MISSING:
            return False
        if place[0] == "paths" and look(self.document, place[:3]) is MISSING:
            return False  # The edition has moved the operation, and that move stays.
        removing = [
            number
            for number, action in enumerate(self.overlays[self.edition])
            if action.get("remove") and any(place[: len(gone)] == gone for gone in self.touched[number])
        ]
        self.undo(removing)
        node = look(self.document, place)
        for target in references(node):
            self.bring_back(target)
        return node is not MISSING

    def widen(self, place: Location) -> None:
        """Drop the edition's own actions that only narrow the node at a place, of which the page says nothing else."""
        narrowing = [
            number
            for number, touched in enumerate(self.touched)
            if touched and all(len(spot) > len(place) and spot[: len(place)] == place for spot in touched)
        ]
        self.undo(narrowing)

    def copy(self) -> Plan:
        """Return a plan with the same edits, for a trial."""
        twin = Plan(self.edition, self.union, self.overlays, self.document, self.touched, self.marks)
        twin._union_actions, twin._dropped, twin._own = [*self._union_actions], [*self._dropped], [*self._own]
        twin._others = {edition: [*actions] for edition, actions in self._others.items()}
        twin._resolved = dict(self._resolved)
        return twin

    def tidy(self) -> None:
        """Drop the actions of the edition's own overlay that the planned actions make needless, or take back."""
        for number, touched in enumerate(self.touched):
            if number in self._dropped or not any(meet(one, two) for one in touched for two in self._changed):
                continue
            # With an action goes a planned one that only undoes it.
            for kept in (self._own, *(self._own[:n] + self._own[n + 1 :] for n in range(len(self._own)))):
                trial = self.copy()
                trial._own = list(kept)
                with contextlib.suppress(JobexportError):
                    trial.undo([number])
                    if same(trial.document | {"info": {}}, self.document | {"info": {}}):
                        self._own, self._dropped = trial._own, trial._dropped
                        break

    def undo(self, numbers: list[int]) -> None:
        """Drop actions of the edition's own overlay, by number."""
        self._dropped += [number for number in numbers if number not in self._dropped]
        self.document = self.document_of(self.edition)

    def document_of(self, edition: str) -> Document:
        """Return an edition's document as the plan leaves it."""
        if self.union is None:
            return self.document
        own = edition == self.edition
        kept = [action for number, action in enumerate(self.overlays[edition]) if not (own and number in self._dropped)]
        added = self._own if own else self._others.get(edition, [])
        return self._applied(edition, self.union, [*kept, *added])

    def _applied(self, edition: str, union: Document, actions: list[Action]) -> Document:
        """Apply actions to the union; the last document of the edition is used again, with further actions if any."""
        old_union, old, document = self._resolved.get(edition, (None, [], {}))
        more = actions[len(old) :]
        begins = len(old) <= len(actions) and all(map(operator.is_, old, actions))
        # An action that is given twice is an error of the whole overlay.
        if union is old_union and begins and not any(action in old for action in more):
            document = applied(document, more)
        else:
            document = applied(union, actions)
        self._resolved[edition] = union, actions, document
        return document


def meet(one: Location, other: Location) -> bool:
    """Check whether one place is the other, or above or below it."""
    size = min(len(one), len(other))
    return one[:size] == other[:size]


def changes_between(
    description: str, location: Location, old: Document, new: Document, *, deep: bool = False
) -> list[Change]:
    """Return the changes, key by key, that turn the old object into the new one; `deep` goes into objects below."""
    found = [Change(description, (*location, key), remove=True) for key in old if key not in new]
    for key, value in new.items():
        if deep and isinstance(value, dict) and isinstance(old.get(key), dict):
            found += changes_between(description, (*location, key), old[key], value, deep=True)
        elif key not in old or not same(old[key], value):
            found.append(Change(description, (*location, key), value))
    return found
