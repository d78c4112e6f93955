"""The identification of a server's edition: a few requests, and a verdict on each register entry for each edition.

Each response is compared with the document of each edition, so the claims of the editions are listed only once. The
register maps places in documents to its entries.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

import httpx
from attrs import evolve, frozen

from jobexport.contract.identify.description import Description
from jobexport.contract.identify.errors import error_findings
from jobexport.contract.identify.finding import Evidence, Identified, View, entries_for
from jobexport.contract.identify.overlay import overlay_for
from jobexport.contract.identify.probe import ProbeResponses, probe, shown
from jobexport.contract.identify.requests import request_findings
from jobexport.contract.identify.responses import SUCCESSES, field_findings, success_findings, understood
from jobexport.contract.identify.zips import zip_findings
from jobexport.core.redact import Redaction
from jobexport.spec import editions, load_edition, load_register
from jobexport.spec.document import operations

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from jobexport.contract.data import Data
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


def identify(base_url: str, data: Data, send: Callable[[httpx.Request], httpx.Response]) -> Identification:
    """Send at most 12 requests to a server and return its edition.

    Requests that write to object storage are sent only if `data` names a place for them.

    Args:
        base_url: the base URL of the server.
        data: names that exist on the server.
        send: sends a request with credentials and returns the response, read to its end.

    Raises:
        JobexportError: `base_url` is not a URL, or the documents can't be read.
    """
    known, register = _descriptions()
    responses = probe(base_url, data, send, known[0])
    found = {own.edition: _findings(View(responses, own, known)) for own in known}
    found = {edition: [_clean(finding, data) for finding in findings] for edition, findings in found.items()}
    verdicts = tuple(_verdicts(register, found, responses))
    if not _understood(responses, known):
        return Identification(responses.sent, verdicts, (), False, None, problem=_problem(responses))
    closest = _closest(found, known, base_url, register)
    first = found[closest[0]]
    unsaid = tuple(finding.unsaid for finding in first if finding.unsaid)
    fits = not unsaid and not any(finding.changes for finding in first)
    overlay = None
    if any(finding.changes for finding in first):
        own = next(description for description in known if description.edition == closest[0])
        overlay, document = overlay_for(own, first, register)
        left = _findings(View(responses, Description(own.edition, document), known))
        unsaid += tuple(
            f"{finding.fact}: {finding.evidence.seen}" for finding in left if finding.evidence and _is_left(finding)
        )
        overlay = Redaction.of(data.secrets).text(overlay)
    return Identification(responses.sent, verdicts, closest, fits, overlay, unsaid, responses.stopped)


@cache
def _descriptions() -> tuple[tuple[Description, ...], Register]:
    """Return every edition's document and the register; cached, because they do not change while a program runs."""
    return tuple(Description(edition.id, load_edition(edition.id)) for edition in editions()), load_register()


def _findings(view: View) -> list[Identified]:
    return [
        *success_findings(view),
        *field_findings(view, "flink"),
        *field_findings(view, "job-to-obs"),
        *zip_findings(view),
        *request_findings(view),
        *error_findings(view),
    ]


def _is_left(finding: Identified) -> bool:
    """Return True if the overlay should have settled the finding but did not."""
    return finding.agrees is False and finding.unsaid is None


def _clean(finding: Identified, data: Data) -> Identified:
    """Return a finding whose texts are fit for people: short lines without secrets."""
    evidence = finding.evidence
    if evidence is not None:
        evidence = evolve(evidence, seen=shown(evidence.seen, data), pointer=shown(evidence.pointer, data))
    unsaid = finding.unsaid and shown(finding.unsaid, data)
    fact, reason = shown(finding.fact, data), shown(finding.reason, data, longest=400)
    return evolve(finding, fact=fact, evidence=evidence, unsaid=unsaid, reason=reason)


def _verdicts(register: Register, found: dict[str, list[Identified]], responses: ProbeResponses) -> Iterator[Verdict]:
    about = {
        edition: [(finding, {entry.id for entry in entries_for(finding, register)}) for finding in findings]
        for edition, findings in found.items()
    }
    for entry in register.entries:
        for edition, pairs in about.items():
            findings = [finding for finding, ids in pairs if entry.id in ids]
            yield _verdict(entry, edition, findings)
    # A contradiction without an entry counts too, so it gets a verdict.
    strays = {
        finding.fact: None for pairs in about.values() for finding, ids in pairs if finding.agrees is False and not ids
    }
    for fact in strays:
        for edition, findings in found.items():
            yield _verdict(None, edition, [finding for finding in findings if finding.fact == fact])


def _verdict(entry: Entry | None, edition: str, findings: list[Identified]) -> Verdict:
    id_, fact = (entry.id, entry.title) if entry else ("", findings[0].fact if findings else "")
    for agrees, verdict in ((False, CONTRADICTS), (True, AGREES)):
        seen = tuple(finding.evidence for finding in findings if finding.agrees is agrees and finding.evidence)
        if seen:
            return Verdict(id_, fact, edition, verdict, seen)
    reason = next((finding.reason for finding in findings if finding.reason), "no request tests it")
    if entry is not None and not entry.wire:
        reason = "no traffic shows it"
    return Verdict(id_, fact, edition, NOT_OBSERVABLE, reason=reason)


def _closest(
    found: dict[str, list[Identified]], known: tuple[Description, ...], base_url: str, register: Register
) -> tuple[str, ...]:
    """Return the editions with the fewest contradictions, then the fewest changes, then the most exact documents.

    If several editions are left, an edition whose documents have the host of `base_url` is preferred. The edition with
    the youngest page comes first.
    """

    def distance(edition: str) -> tuple[int, int, int]:
        findings = found[edition]
        return (
            sum(finding.agrees is False for finding in findings),
            sum(bool(finding.changes) for finding in findings),
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


def _understood(responses: ProbeResponses, known: tuple[Description, ...]) -> bool:
    """Return True if some operation succeeded with a response that an edition describes."""
    view = View(responses, known[0], known)
    successes = (view.response(purpose) for purpose, _ in SUCCESSES)
    return any(response is not None and response.succeeded and understood(response, view) for response in successes)


def _problem(responses: ProbeResponses) -> str:
    if responses.stopped:
        return responses.stopped
    if not responses.sent:
        return "no job is known"
    return f"no operation responds as in any edition: {'; '.join(responses.sent[:3])}"
