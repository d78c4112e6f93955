"""Observations of a server as statements, and findings: what an edition's document makes of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import field, frozen

from jobexport.spec.document import to_pointer
from jobexport.spec.register import Statement
from jobexport.spec.statements.held import fit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jobexport.contract.identify.description import Description
    from jobexport.contract.identify.probe import ProbeResponse, ProbeResponses
    from jobexport.spec.document import Location
    from jobexport.spec.register import Entry, Register


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
class Observed:
    """Statements of a server's responses about one subject, in the form in which the register has those of pages."""

    fact: str
    """Name of the subject, equal for all editions, such as `status of exportJob`."""
    operation: str
    places: tuple[Location, ...]
    """Places of the subject in documents, for which the register has entries."""
    states: tuple[Statement, ...] = ()
    """The statements that the responses make; empty if the subject was not observed, or no document can have it."""
    evidence: Evidence | None = None
    reason: str = ""
    """Reason why the subject was not observed."""
    unsaid: str | None = None
    """An observation that a document can't express, or that the checks can't handle."""
    lent: Mapping[str, Any] = field(factory=dict)
    """The schema of a field that no page has."""


@frozen
class Identified:
    """A finding: an observation beside one edition."""

    observation: Observed
    agrees: bool | None
    """True if the edition has what was observed, or None if nothing was observed."""
    exact: bool = True
    """True if the edition's document allows only what was observed."""
    left: tuple[Statement, ...] = ()
    """Statements that the document must be edited for."""


def identified(document: Mapping[str, Any], observation: Observed) -> Identified:
    """Hold an observation against a document."""
    if observation.evidence is None:
        return Identified(observation, None)
    if observation.unsaid:
        return Identified(observation, agrees=False)
    fits = [(item, fit(document, observation.operation, item)) for item in observation.states]
    # A page with a condition for a header agrees, but for this server the header is always required.
    left = (
        item
        for item, found in fits
        if not found.agrees or not (found.exact or item.value == "no" or item.fact != "mandatory")
    )
    agrees, exact = (
        (all(values) for values in zip(*((found.agrees, found.exact) for _, found in fits), strict=True))
        if fits
        else (True, True)
    )
    return Identified(observation, agrees, exact, tuple(left))


@frozen
class View:
    """The responses of a server beside one edition, and the union, which has each place that an edition may lack."""

    responses: ProbeResponses
    own: Description
    union: Description

    def response(self, purpose: str) -> ProbeResponse | None:
        """Return the response to the request with this purpose, or None if it is missing."""
        return self.responses.by_purpose.get(purpose)

    def where(self, operation: str, *steps: str) -> tuple[Location, ...]:
        """Return the place of a subject in the edition's document, or in the union."""
        found = (description.place(operation, *steps) for description in (self.own, self.union))
        return next(((location,) for location in found if location is not None), ())

    def error(self, operation: str, name: str) -> tuple[int, Location] | None:
        """Return status and place of the error example with this name, in the edition's document or in the union."""
        return self.own.error(operation, name) or self.union.error(operation, name)

    def unseen(self, fact: str, operation: str, places: tuple[Location, ...], *purposes: str) -> Observed:
        """Return the observation of a subject that was not observed, with the first reason of these purposes."""
        reasons = self.responses.not_observed
        reason = next((reasons[purpose] for purpose in purposes if purpose in reasons), "")
        return Observed(fact, operation, places, reason=reason)


def state(fact: str, place: Location, value: Any = None) -> Statement:
    """Return a statement about a place."""
    return Statement(fact, to_pointer(place), value)


def evidence(response: ProbeResponse, seen: str, pointer: str = "") -> Evidence:
    """Return the evidence of a response; `seen` is the observation in words."""
    return Evidence(response.request, response.status, pointer, seen)


def entries_for(observation: Observed, register: Register, *, wire: bool = True) -> list[Entry]:
    """Return the register entries for the places of an observation, or for the nearest places above them.

    Args:
        observation: the observation.
        register: the register.
        wire: True for only the entries that traffic can show.
    """
    return register.entries_at(observation.operation, map(to_pointer, observation.places), wire=wire)
