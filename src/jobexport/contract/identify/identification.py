"""Finds out which edition a server speaks: a few requests, and what the answers say to each register entry.

What is seen is held against each edition's document, so there is no second list of what the editions claim. The
register says which of its entries a place in a document stands for.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

import httpx
from attrs import evolve, frozen

from jobexport.contract.identify.description import Description
from jobexport.contract.identify.errors import error_findings
from jobexport.contract.identify.finding import Evidence, Finding, View, entries_for
from jobexport.contract.identify.overlay import overlay_for
from jobexport.contract.identify.probe import Answers, probe, shown
from jobexport.contract.identify.requests import request_findings
from jobexport.contract.identify.responses import SUCCESSES, field_findings, success_findings, understood
from jobexport.contract.identify.zips import zip_findings
from jobexport.spec import editions, load_edition, load_register
from jobexport.spec.document import operations

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from jobexport.contract.data import Data
    from jobexport.spec.register import Entry, Register

AGREES, CONTRADICTS, NOT_OBSERVABLE = "agrees", "contradicts", "not observable"


@frozen
class Verdict:
    """What a server's answers say to one fact of one edition."""

    entry: str
    """Id in the register; empty for a contradiction that is about no entry."""
    fact: str
    edition: str
    verdict: str
    """`agrees`, `contradicts` or `not observable`."""
    evidence: tuple[Evidence, ...] = ()
    reason: str = ""
    """Why the fact was not observable."""


@frozen
class Identification:
    """Which edition a server speaks, as far as its answers show it."""

    requests: tuple[str, ...]
    """Each request with the status of its answer, in order."""
    verdicts: tuple[Verdict, ...]
    """For every entry of the register and every edition, in the register's order."""
    closest: tuple[str, ...]
    """The editions that fit best, several where nothing seen tells them apart; none where nothing could be seen."""
    fits: bool
    """Whether the closest editions say all that was seen."""
    overlay: str | None
    """Where none fits: the overlay file of an edition that would; None where an overlay can't say what was seen."""
    unsaid: tuple[str, ...] = ()
    """What was seen and the overlay can't say."""
    problem: str | None = None
    """Why nothing, or not everything, could be asked."""


def identify(base_url: str, data: Data, send: Callable[[httpx.Request], httpx.Response]) -> Identification:
    """Ask a server at most 12 times, and say which edition it speaks.

    Requests that write to object storage are made only where `data` names a place for it.

    Args:
        base_url: where the server listens.
        data: names that exist on the server.
        send: sends a request, with what proves who asks, and gives the response, read to its end.

    Raises:
        JobexportError: `base_url` is no URL, or the description can't be read.
    """
    known, register = _descriptions()
    answers = probe(base_url, data, send, known[0])
    found = {own.edition: _findings(View(answers, own, known)) for own in known}
    found = {edition: [_clean(finding, data) for finding in findings] for edition, findings in found.items()}
    verdicts = tuple(_verdicts(register, found, answers))
    if not _understood(answers, known):
        return Identification(answers.sent, verdicts, (), False, None, problem=_problem(answers))
    closest = _closest(found, known, base_url)
    first = found[closest[0]]
    unsaid = tuple(finding.unsaid for finding in first if finding.unsaid)
    fits = not unsaid and not any(finding.changes for finding in first)
    overlay = None
    if any(finding.changes for finding in first):
        own = next(description for description in known if description.edition == closest[0])
        overlay, document = overlay_for(own, first, register)
        left = _findings(View(answers, Description(own.edition, document), known))
        unsaid += tuple(
            f"{finding.fact}: {finding.evidence.seen}" for finding in left if finding.evidence and _is_left(finding)
        )
        overlay = overlay.replace(data.token, "…") if data.token else overlay
    return Identification(answers.sent, verdicts, closest, fits, overlay, unsaid, answers.stopped)


@cache
def _descriptions() -> tuple[tuple[Description, ...], Register]:
    """Read every edition's document and the register, once: they do not change while a program runs."""
    return tuple(Description(edition.id, load_edition(edition.id)) for edition in editions()), load_register()


def _findings(view: View) -> list[Finding]:
    return [
        *success_findings(view),
        *field_findings(view, "flink"),
        *field_findings(view, "job-to-obs"),
        *zip_findings(view),
        *request_findings(view),
        *error_findings(view),
    ]


def _is_left(finding: Finding) -> bool:
    """Whether the overlay was to settle this and did not."""
    return finding.agrees is False and finding.unsaid is None


def _clean(finding: Finding, data: Data) -> Finding:
    """Make what came from the server fit to be shown."""
    evidence = finding.evidence
    if evidence is not None:
        evidence = evolve(evidence, seen=shown(evidence.seen, data), pointer=shown(evidence.pointer, data))
    unsaid = finding.unsaid and shown(finding.unsaid, data)
    fact, reason = shown(finding.fact, data), shown(finding.reason, data, longest=400)
    return evolve(finding, fact=fact, evidence=evidence, unsaid=unsaid, reason=reason)


def _verdicts(register: Register, found: dict[str, list[Finding]], answers: Answers) -> Iterator[Verdict]:
    about = {
        edition: [(finding, {entry.id for entry in entries_for(finding, register)}) for finding in findings]
        for edition, findings in found.items()
    }
    for entry in register.entries:
        for edition, pairs in about.items():
            findings = [finding for finding, ids in pairs if entry.id in ids]
            yield _verdict(entry, edition, findings)
    # A contradiction that no entry is about still counts, so it must be seen.
    strays = {
        finding.fact: None for pairs in about.values() for finding, ids in pairs if finding.agrees is False and not ids
    }
    for fact in strays:
        for edition, findings in found.items():
            yield _verdict(None, edition, [finding for finding in findings if finding.fact == fact])


def _verdict(entry: Entry | None, edition: str, findings: list[Finding]) -> Verdict:
    id_, fact = (entry.id, entry.title) if entry else ("", findings[0].fact if findings else "")
    for agrees, verdict in ((False, CONTRADICTS), (True, AGREES)):
        seen = tuple(finding.evidence for finding in findings if finding.agrees is agrees and finding.evidence)
        if seen:
            return Verdict(id_, fact, edition, verdict, seen)
    reason = next((finding.reason for finding in findings if finding.reason), "no request asks for it")
    if entry is not None and not entry.wire:
        reason = "no traffic shows it"
    return Verdict(id_, fact, edition, NOT_OBSERVABLE, reason=reason)


def _closest(found: dict[str, list[Finding]], known: tuple[Description, ...], base_url: str) -> tuple[str, ...]:
    """Choose the editions with the fewest contradictions, then the fewest changes, then the least left open."""

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
    return hosted or closest


def _serves(document: Any, base_url: str) -> bool:
    """Whether the host of a URL is one of those in the document."""
    host = httpx.URL(base_url).host
    urls = [server["url"] for operation in operations(document) for server in operation.item.get("servers", ())]
    names = [re.escape(httpx.URL(re.sub(r"\{\w+\}", "REGION", url)).host) for url in urls]
    return any(re.fullmatch(name.replace("region", "[a-z0-9-]+"), host) for name in names)


def _understood(answers: Answers, known: tuple[Description, ...]) -> bool:
    """Whether an operation succeeded with what an edition describes."""
    view = View(answers, known[0], known)
    successes = (view.answer(purpose) for purpose, _ in SUCCESSES)
    return any(answer is not None and answer.succeeded and understood(answer, view) for answer in successes)


def _problem(answers: Answers) -> str:
    if answers.stopped:
        return answers.stopped
    if not answers.sent:
        return "no job is known to ask for"
    return f"no operation answers as in any edition: {'; '.join(answers.sent[:3])}"
