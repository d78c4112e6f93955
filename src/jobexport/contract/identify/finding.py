"""Findings: the evidence of a response about one fact of an edition, and the changes of the document that follow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from jobexport.spec.document import to_pointer

if TYPE_CHECKING:
    from jobexport.contract.identify.description import Description
    from jobexport.contract.identify.probe import ProbeResponse, ProbeResponses
    from jobexport.spec.document import Location
    from jobexport.spec.register import Entry, Register
    from jobexport.spec.statements.change import Change


@frozen
class Evidence:
    """The part of a response that shows a fact."""

    request: str
    """Method, path, workspace and body in one line."""
    status: int
    pointer: str
    """JSON pointer into the response's body; empty for the whole response."""
    seen: str


@frozen
class Identified:
    """A finding about one fact: True, False or unknown for one edition, by the responses of the server."""

    fact: str
    """Name of the fact, equal for all editions, such as `field zip_file`."""
    operation: str
    places: tuple[Location, ...]
    """Places of the fact in documents."""
    agrees: bool | None
    """True if the edition has the fact, or None if the fact was not observed."""
    evidence: Evidence | None = None
    reason: str = ""
    """Reason why the fact was not observed."""
    exact: bool = True
    """True if the document allows only the observed value."""
    changes: tuple[Change, ...] = ()
    """Changes after which the document has the observed fact."""
    unsaid: str | None = None
    """Observation that a document can't express, or that the checks can't handle."""


@frozen
class View:
    """The responses of a server beside one edition, and all known editions, from which changes may copy."""

    responses: ProbeResponses
    own: Description
    known: tuple[Description, ...]

    def response(self, purpose: str) -> ProbeResponse | None:
        """Return the response to the request with this purpose, or None if it is missing."""
        return self.responses.by_purpose.get(purpose)

    def where(self, operation: str, *steps: str) -> tuple[Location, ...]:
        """Return the place of a fact in the edition's document, or in the first document that has it."""
        for description in (self.own, *self.known):
            location = description.place(operation, *steps)
            if location is not None:
                return (location,)
        return ()

    def unseen(self, fact: str, operation: str, places: tuple[Location, ...], *purposes: str) -> Identified:
        """Return the finding for a fact that was not observed, with the first reason of these purposes."""
        reasons = self.responses.not_observed
        reason = next((reasons[purpose] for purpose in purposes if purpose in reasons), "")
        return Identified(fact, operation, places, agrees=None, reason=reason)


def evidence(response: ProbeResponse, seen: str, pointer: str = "") -> Evidence:
    """Return the evidence of a response; `seen` is the observation in words."""
    return Evidence(response.request, response.status, pointer, seen)


def entries_for(finding: Identified, register: Register, *, wire: bool = True) -> list[Entry]:
    """Return the register entries for the places of a finding, or for the nearest places above them.

    Args:
        finding: the finding.
        register: the register.
        wire: True for only the entries that traffic can show.
    """
    return register.entries_at(finding.operation, map(to_pointer, finding.places), wire=wire)
