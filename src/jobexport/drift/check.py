"""Runs all steps for one page: find operation and edition, compare, match with the register, advise."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
from attrs import frozen

from jobexport.drift.compare.compare import findings_of
from jobexport.drift.compare.comparison import Comparison
from jobexport.drift.compare.settings import apart, setting_findings, settings_of
from jobexport.drift.edits.advise import advise
from jobexport.drift.findings import WHOLE_PAGE, Finding, SourceLine, in_order
from jobexport.drift.known.edition import Guess, guess_edition
from jobexport.drift.known.known import held_statements, judge
from jobexport.drift.known.operation import operation_of
from jobexport.spec.register import Statement

if TYPE_CHECKING:
    from jobexport.drift.documents.description import Described
    from jobexport.drift.edits.advise import Advice
    from jobexport.drift.facts import PageFacts
    from jobexport.drift.known.gone import Held

_ADVISED = 200
"""The most new findings that get advice, each of which takes some 30 ms; a page with more is another page."""


@frozen
class PageReport:
    """The differences between a page and an edition, or between a page and an older page."""

    page: PageFacts
    nature: str
    """A phrase about the page, such as `page of exportJob` or `list of error codes`."""
    operation: str
    """The operationId; empty if the description lacks the page's operation."""
    guess: Guess | None
    """The edition, or None if the page is compared with another page or can't be compared."""
    against: str
    """The edition, or the older page's file; empty if nothing is compared."""
    findings: tuple[Finding, ...] = ()
    held: tuple[Held, ...] = ()
    """The statements of the register about the page."""
    advice: tuple[Advice | None, ...] = ()
    """Advice for each finding, in the same order; None if known, too many, or not wanted. Empty between two pages."""

    @property
    def compared(self) -> bool:
        """True if facts were compared; a page that was not read, such as a login form, has no findings either."""
        page = self.page
        facts = (page.endpoint, page.parameters, page.statuses, page.error_codes, page.examples, page.trees)
        return bool(self.against or self.alone) and any(facts)

    @property
    def alone(self) -> str:
        """The kind of finding that only one of two folders has the page, such as `operation-gone`; empty otherwise."""
        return next((finding.kind for finding in self.findings if finding.kind in WHOLE_PAGE), "")

    @property
    def new(self) -> tuple[Finding, ...]:
        """Findings that the register does not have."""
        return tuple(finding for finding in self.findings if not finding.known)

    @property
    def known(self) -> tuple[str, ...]:
        """Ids of the register's entries with a statement that the page makes, such as `DLI-001`."""
        return tuple(sorted({item.entry for item in self.held if item.on_page}))


def check_page(
    page: PageFacts, described: Described, edition: str | None = None, *, advised: bool = True
) -> PageReport:
    """Compare a page with the edition that it belongs to.

    Args:
        page: the page's facts.
        described: the documents and the register.
        edition: the edition to compare with; guessed if None.
        advised: True if the report has the edits for each finding.

    Raises:
        JobexportError: the edition is unknown.
    """
    if edition is not None:
        described.check_edition(edition)
    document = described.union or described.documents[edition or described.editions[0]]
    operation = operation_of(page, document, described.register)
    nature = _nature(page, operation)
    tag = listed_tag(page, described)
    if operation is None and (page.endpoint is not None or not tag):
        return PageReport(page, nature, "", None, "")
    compared: dict[str, Compared] = {}

    def against(candidate: str) -> Compared:
        if candidate not in compared:
            compared[candidate] = compare_page(page, described, candidate, operation, tag)
        return compared[candidate]

    if edition is not None:
        guess = Guess(edition, "it was named", "told")
    else:
        guess = guess_edition(
            page, operation, described.register, described.editions, lambda candidate: against(candidate).findings
        )
    found = against(guess.edition)
    sourced = (
        attrs.evolve(finding, source=described.source(guess.edition, finding.states)) if finding.states.at else finding
        for finding in found.findings
    )
    findings = in_order(sourced)
    few = advised and sum(not finding.known for finding in findings) <= _ADVISED
    advice = tuple(found.advice(finding, described) if few and not finding.known else None for finding in findings)
    return PageReport(page, nature, operation or "", guess, guess.edition, findings, found.held, advice)


@frozen
class Compared:
    """A page compared with an edition."""

    edition: str
    comparison: Comparison
    held: tuple[Held, ...]
    """The statements of the register about the page."""
    findings: tuple[Finding, ...]

    def advice(self, finding: Finding, described: Described) -> Advice:
        """Return the edits after which a new finding is gone."""
        return advise(finding, self.comparison, described, self.edition, self.held)


def compare_page(page: PageFacts, described: Described, edition: str, operation: str | None, tag: str = "") -> Compared:
    """Compare a page with an edition, and match the findings with the register.

    Args:
        page: the page's facts.
        described: the documents and the register.
        edition: the edition.
        operation: the operationId, or None for a list of error codes.
        tag: the tag of the list, such as `dgc`.
    """
    comparison = _comparison(page, described, edition, operation, tag)
    held = held_statements(comparison, described.register, edition)
    findings = judge(findings_of(comparison), comparison, described.register, edition, held)
    return Compared(edition, comparison, tuple(held), findings)


def check_pages(page: PageFacts, other: PageFacts, described: Described) -> PageReport:
    """Compare a page with an older one."""
    document = described.union or described.documents[described.editions[0]]
    operation = operation_of(page, document, described.register) or operation_of(other, document, described.register)
    settings = settings_of(described.register, operation)
    (mine, _, of_mine), (theirs, _, of_theirs) = apart(page, settings), apart(other, settings)
    findings = tuple(
        attrs.evolve(
            finding,
            operation=operation or "",
            source=SourceLine(other.source, finding.other_line) if finding.other_line else None,
        )
        for finding in in_order((*findings_of(Comparison(mine, theirs)), *setting_findings(of_mine, of_theirs)))
    )
    return PageReport(page, _nature(page, operation), operation or "", None, other.source, findings)


def single_page(page: PageFacts, kind: str, described: Described) -> PageReport:
    """Return the report on a page that only one of two folders has; `kind` is a kind of finding of `WHOLE_PAGE`."""
    document = described.union or described.documents[described.editions[0]]
    operation = operation_of(page, document, described.register) or ""
    endpoint, gone = page.endpoint, kind.endswith("-gone")
    about = f"{endpoint.method} {endpoint.path}" if endpoint is not None else page.title or page.source
    line = int(endpoint.at if endpoint is not None else page.title_at)
    finding = Finding(
        kind,
        about,
        page=None if gone else about,
        other=about if gone else None,
        line=line,
        states=Statement(kind, ""),
        operation=operation,
    )
    return PageReport(page, _nature(page, operation or None), operation, None, "", (finding,))


def _comparison(page: PageFacts, described: Described, edition: str, operation: str | None, tag: str) -> Comparison:
    other = described.facts(edition, operation)
    if operation is None:
        # A page of error codes is compared with the list of its tag, and with the error examples that have its codes.
        marker = f"/components/x-error-codes/{tag}/"
        tabled = {code.code for code in page.error_codes}
        codes = (
            code
            for code in other.error_codes
            if str(code.at).startswith(marker) or (code.source == "example" and code.code in tabled)
        )
        other = attrs.evolve(other, error_codes=tuple(codes))
    page, settings, _ = apart(page, settings_of(described.register, operation, edition))
    return Comparison(page, other, described.union_facts(operation), settings)


def listed_tag(page: PageFacts, described: Described) -> str:
    """Return the tag whose list of error codes shares most codes with the page, such as `dgc`; empty if none does."""
    tabled = {code.code for code in page.error_codes if code.source == "table"}
    shared: dict[str, int] = {}
    for code in described.facts(described.editions[0], None).error_codes:
        if code.code in tabled and str(code.at).startswith("/components/x-error-codes/"):
            tag = str(code.at).split("/")[3]
            shared[tag] = shared.get(tag, 0) + 1
    return max(shared, key=lambda tag: shared[tag], default="")


def _nature(page: PageFacts, operation: str | None) -> str:
    """Return a phrase about a page, such as `page of exportJob`."""
    if operation is not None:
        return f"page of {operation}"
    if page.endpoint is not None:
        return f"page of {page.endpoint.method} {page.endpoint.path}, which the description does not have"
    if any(code.source == "table" for code in page.error_codes):
        return "list of error codes"
    if any(status.source == "table" for status in page.statuses):
        return "list of HTTP statuses"
    if any(row.location == "header" for row in page.parameters):
        return "page about headers"
    return "page without an operation"
