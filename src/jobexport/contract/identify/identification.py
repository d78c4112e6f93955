"""The identification of a server's edition: a few requests, and a verdict on each register entry for each edition.

The responses make statements, as pages do. The engine that holds the register against the documents holds these
statements against the document of each edition, and edits the closest document until they hold.
"""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache
from itertools import chain
from typing import TYPE_CHECKING, Any

import httpx
from attrs import evolve, frozen

from jobexport.contract.identify.description import Description
from jobexport.contract.identify.errors import error_observations
from jobexport.contract.identify.finding import Evidence, Identified, Observed, View, identified
from jobexport.contract.identify.overlay import overlay_for
from jobexport.contract.identify.probe import ProbeResponses, probe, shown
from jobexport.contract.identify.requests import request_observations
from jobexport.contract.identify.responses import response_observations, successes, understood
from jobexport.contract.identify.zips import zip_observations
from jobexport.core.redact import Redaction
from jobexport.spec import editions, load_edition, load_register
from jobexport.spec.document import operations, to_pointer
from jobexport.spec.editions import BASE, SOURCES
from jobexport.spec.load import load_yaml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from jobexport.contract.data import Data
    from jobexport.spec.document import Location
    from jobexport.spec.register import Entry, Register

AGREES, CONTRADICTS, NOT_OBSERVABLE = "agrees", "contradicts", "not observable"


@frozen
class Verdict:
    """The verdict of a server's responses on one fact of one edition."""

    entry: str
    """Id of the register entry; empty for a contradiction without an entry."""
    fact: str
    edition: str
    verdict: str
    """`agrees`, `contradicts` or `not observable`."""
    evidence: tuple[Evidence, ...] = ()
    reason: str = ""
    """Reason why the fact was not observable."""


@frozen
class Identification:
    """The edition of a server, as far as its responses show it."""

    requests: tuple[str, ...]
    """Each request with the status of its response, in order."""
    verdicts: tuple[Verdict, ...]
    """Verdicts for every register entry and every edition, in the register's order."""
    closest: tuple[str, ...]
    """Ids of the editions that fit best; several if they fit equally, empty if no response fits any edition."""
    fits: bool
    """True if the closest editions fit all responses."""
    overlay: str | None
    """Text of the overlay file for the server, or None if an edition fits or no change was found."""
    unsaid: tuple[str, ...] = ()
    """Observations that the overlay can't express."""
    problem: str | None = None
    """Reason why requests were not sent, or None if all were sent."""


def identify(
    base_url: str, data: Data, send: Callable[[httpx.Request], httpx.Response], api: str | None = None
) -> Identification:
    """Return the edition of a server; send at most 12 requests for exports, and one for each readable operation.

    Requests that write to object storage are sent only if `data` names a place for them.

    Args:
        base_url: the base URL of the server.
        data: names that exist on the server.
        send: sends a request with credentials and returns the response, read to its end.
        api: `dli` or `dgc` to ask this family only.

    Raises:
        JobexportError: `base_url` is not a URL, or the documents can't be read.
    """
    known, union, register = _descriptions()
    responses = probe(base_url, data, send, union, register, api)

    # Most texts are the same beside every edition.
    @cache
    def line(text: str, longest: int = 120) -> str:
        return shown(text, data, longest)

    def find(document: Mapping[str, Any]) -> list[Identified]:
        view = View(responses, Description("", document), union)
        return [identified(document, _clean(observation, line)) for observation in observations(view)]

    found = {own.edition: find(own.document) for own in known}
    verdicts = tuple(_verdicts(register, found, responses))
    if not _understood(responses, union):
        return Identification(responses.sent, verdicts, (), False, None, problem=_problem(responses))
    closest = _closest(found, known, base_url, register)
    first = found[closest[0]]
    unsaid = tuple(finding.observation.unsaid for finding in first if finding.observation.unsaid)
    fits = not unsaid and not any(finding.left for finding in first)
    overlay = None
    if any(finding.left for finding in first):
        own = next(description for description in known if description.edition == closest[0])
        overlay, document = overlay_for(own, dict(union.document), find, register)
        unsaid += tuple(_left(find(document)))
        overlay = Redaction.of(data.secrets).text(overlay)
    return Identification(responses.sent, verdicts, closest, fits, overlay, unsaid, responses.stopped)


@cache
def _descriptions() -> tuple[tuple[Description, ...], Description, Register]:
    """Return every edition's document, the union and the register; cached, because they do not change in a run."""
    known = tuple(Description(edition.id, load_edition(edition.id)) for edition in editions())
    return known, Description("union", load_yaml(SOURCES / BASE)), load_register()


def observations(view: View) -> list[Observed]:
    """Return what the responses of a server show."""
    return [
        *response_observations(view),
        *zip_observations(view),
        *request_observations(view),
        *error_observations(view),
    ]


def _left(findings: list[Identified]) -> Iterator[str]:
    """Yield the observations that the overlay should have settled but did not."""
    for finding in findings:
        seen = finding.observation.evidence
        if finding.left and seen is not None:
            yield f"{finding.observation.fact}: {seen.seen}"


def _clean(observation: Observed, line: Callable[..., str]) -> Observed:
    """Return an observation whose texts are fit for people: short lines without secrets."""
    evidence = observation.evidence
    if evidence is not None:
        evidence = evolve(evidence, seen=line(evidence.seen), pointer=line(evidence.pointer))
    unsaid = observation.unsaid and line(observation.unsaid)
    fact, reason = line(observation.fact), line(observation.reason, longest=400)
    return evolve(observation, fact=fact, evidence=evidence, unsaid=unsaid, reason=reason)


def _verdicts(register: Register, found: dict[str, list[Identified]], responses: ProbeResponses) -> Iterator[Verdict]:
    # The observations are at the same places in most editions.
    @cache
    def ids_at(operation: str, places: tuple[Location, ...]) -> set[str]:
        return {entry.id for entry in register.entries_at(operation, map(to_pointer, places), wire=True)}

    def of_fact(item: Identified) -> tuple[str, str]:
        return item.observation.operation, item.observation.fact

    def ids_of(item: Identified) -> set[str]:
        return ids_at(item.observation.operation, item.observation.places)

    # An edition may have a fact at a place of its own, such as a parameter in place of the shared one.
    shared = defaultdict[tuple[str, str], set[str]](set)
    for item in chain.from_iterable(found.values()):
        shared[of_fact(item)] |= ids_of(item)
    about = {
        edition: [(item, ids_of(item) or shared[of_fact(item)]) for item in findings]
        for edition, findings in found.items()
    }
    for entry in register.entries:
        for edition, pairs in about.items():
            findings = [finding for finding, ids in pairs if entry.id in ids]
            yield _verdict(entry, edition, findings)
    # A contradiction without an entry counts too, so it gets a verdict.
    strays = {
        finding.observation.fact: None
        for pairs in about.values()
        for finding, ids in pairs
        if finding.agrees is False and not ids
    }
    for fact in strays:
        for edition, findings in found.items():
            yield _verdict(None, edition, [item for item in findings if item.observation.fact == fact])


def _verdict(entry: Entry | None, edition: str, findings: list[Identified]) -> Verdict:
    seen = [finding.observation for finding in findings]
    id_, fact = (entry.id, entry.title) if entry else ("", seen[0].fact if seen else "")
    for agrees, verdict in ((False, CONTRADICTS), (True, AGREES)):
        mine = (finding.observation.evidence for finding in findings if finding.agrees is agrees)
        if found := tuple(evidence for evidence in mine if evidence is not None):
            return Verdict(id_, fact, edition, verdict, found)
    reason = next((observation.reason for observation in seen if observation.reason), "no request tests it")
    if entry is not None and not entry.wire:
        reason = "no traffic shows it"
    return Verdict(id_, fact, edition, NOT_OBSERVABLE, reason=reason)


def _closest(
    found: dict[str, list[Identified]], known: tuple[Description, ...], base_url: str, register: Register
) -> tuple[str, ...]:
    """Return the editions with the fewest contradictions, then the fewest edits, then the most exact documents.

    If several editions are left, an edition whose documents have the host of `base_url` is preferred. The edition with
    the youngest page comes first.
    """

    def distance(edition: str) -> tuple[int, int, int]:
        findings = found[edition]
        return (
            sum(finding.agrees is False for finding in findings),
            sum(bool(finding.left) for finding in findings),
            sum(not finding.exact for finding in findings),
        )

    nearest = min(map(distance, found))
    closest = tuple(edition for edition in found if distance(edition) == nearest)
    hosted = tuple(own.edition for own in known if own.edition in closest and _serves(own.document, base_url))
    return tuple(sorted(hosted or closest, key=register.youngest, reverse=True))


def _serves(document: Any, base_url: str) -> bool:
    """Return True if the document has the host of a URL."""
    host = httpx.URL(base_url).host
    urls = [server["url"] for operation in operations(document) for server in operation.item.get("servers", ())]
    names = [re.escape(httpx.URL(re.sub(r"\{\w+\}", "REGION", url)).host) for url in urls]
    return any(re.fullmatch(name.replace("region", "[a-z0-9-]+"), host) for name in names)


def _understood(responses: ProbeResponses, union: Description) -> bool:
    """Return True if some operation succeeded with a response that an edition describes."""
    view = View(responses, union, union)
    found = (view.response(purpose) for purpose, _ in successes(view))
    return any(response is not None and response.succeeded and understood(response, view) for response in found)


def _problem(responses: ProbeResponses) -> str:
    if responses.stopped:
        return responses.stopped
    if not responses.sent:
        return "no job is known"
    return f"no operation responds as in any edition: {'; '.join(responses.sent[:3])}"
