"""What an answer shows about one fact of an edition, and what its document would have to say instead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from jobexport.spec.document import to_pointer

if TYPE_CHECKING:
    from jobexport.contract.identify.description import Description
    from jobexport.contract.identify.probe import Answer, Answers
    from jobexport.spec.change import Change
    from jobexport.spec.document import Location
    from jobexport.spec.register import Entry, Register


@frozen
class Evidence:
    """What was seen, and where."""

    request: str
    """Method, path, workspace and body in one line."""
    status: int
    pointer: str
    """JSON pointer into the answer's body; empty for the answer as a whole."""
    seen: str


@frozen
class Finding:
    """What the answers show about one fact, held against one edition."""

    fact: str
    """The same for all editions."""
    operation: str
    places: tuple[Location, ...]
    """Where documents say it."""
    agrees: bool | None
    """None when the fact was not observed."""
    evidence: Evidence | None = None
    reason: str = ""
    """Why it was not observed."""
    exact: bool = True
    """Whether the document leaves nothing else open."""
    changes: tuple[Change, ...] = ()
    """What makes the document say what was seen."""
    unsaid: str | None = None
    """What was seen and a document can't say, or the checks can't follow."""


@frozen
class View:
    """The answers of a server beside one edition, and the editions that may lend what it lacks."""

    answers: Answers
    own: Description
    known: tuple[Description, ...]

    def answer(self, purpose: str) -> Answer | None:
        """Give the answer to a request; None when there is none."""
        return self.answers.by_purpose.get(purpose)

    def where(self, operation: str, *steps: str) -> tuple[Location, ...]:
        """Say where the fact stands, in this document or in the first that has it."""
        for description in (self.own, *self.known):
            location = description.place(operation, *steps)
            if location is not None:
                return (location,)
        return ()

    def unseen(self, fact: str, operation: str, places: tuple[Location, ...], *purposes: str) -> Finding:
        """Give the finding that says why a fact was not observed."""
        reasons = (self.answers.unanswered[purpose] for purpose in purposes if purpose in self.answers.unanswered)
        return Finding(fact, operation, places, agrees=None, reason=next(reasons, ""))


def evidence(answer: Answer, seen: str, pointer: str = "") -> Evidence:
    """Give what an answer shows as evidence."""
    return Evidence(answer.request, answer.status, pointer, seen)


def entries_for(finding: Finding, register: Register, *, wire: bool = True) -> list[Entry]:
    """Give the register's entries for the places of a finding: those that point there, or nearest above.

    Args:
        finding: what was found.
        register: the register.
        wire: whether to take only entries that traffic can show.
    """
    return register.entries_at(finding.operation, map(to_pointer, finding.places), wire=wire)
