"""Guesses the edition that a page belongs to, and says why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from attrs import frozen

from jobexport.drift.findings import LEVELS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from jobexport.drift.facts import PageFacts
    from jobexport.drift.findings import Finding
    from jobexport.spec.register import Page, Register

_LANGUAGES: dict[str | None, str] = {"en": "English", "zh": "Chinese"}


@frozen
class Guess:
    """An edition, and what speaks for it."""

    edition: str
    reason: str
    """Words for `because …`."""
    how: Literal["told", "page", "findings"]
    """Whether it was named, follows from the page, or from which edition leaves the fewest findings."""
    others: tuple[str, ...] = ()
    """Editions that fit as well."""


def guess_edition(
    page: PageFacts,
    operation: str | None,
    register: Register,
    editions: Sequence[str],
    findings: Callable[[str], Iterable[Finding]],
) -> Guess:
    """Guess the edition of a page.

    The date of a page that the register knows decides. Else language and date are those of the register's pages, and
    an edition's id begins with the marker of its cloud. Only where they leave several editions is the page compared
    with each.

    Args:
        page: the page's facts.
        operation: the operation it is about; None where there is none.
        register: the register.
        editions: the editions' ids.
        findings: gives what differs from an edition, without what its register entries hold.
    """
    left, reasons = list(editions), []
    if exact := [edition for edition in left if _is_of_date(page, _pages(operation, register, edition))]:
        left = exact
        reasons.append(f"its date is {page.updated}")
    for reason, kept in (_by_language(page, operation, register, left), _by_marker(page, left)):
        both = [edition for edition in left if edition in kept]
        if both and len(both) < len(left):
            left = both
            reasons.append(reason)
    if not exact and (before := _before(page.updated, operation, register, left)):
        left = before
        reasons.append(f"its date is {page.updated}")
    if len(left) == 1:
        return Guess(left[0], " and ".join(reasons) or "it is the only one", "page")
    weights = {edition: _weight(findings(edition)) for edition in left}
    least = min(weights.values())
    best = [edition for edition in left if weights[edition] == least]
    # Of editions that fit alike the youngest is taken: its page is the one that is still there.
    chosen = max(best, key=lambda edition: _date(operation, register, edition))
    worse = [f"{edition}: {_counts(weights[edition])}" for edition in left if edition not in best]
    reasons.append(f"it leaves the fewest findings ({'; '.join(worse)})" if worse else "all that are left fit alike")
    return Guess(chosen, " and ".join(reasons), "findings", tuple(edition for edition in best if edition != chosen))


def _counts(weight: tuple[int, ...]) -> str:
    named = zip(LEVELS, weight, strict=True)
    return ", ".join(
        f"{count} {level}{'s' if count > 1 and level != 'info' else ''}" for level, count in named if count
    )


def _pages(operation: str | None, register: Register, edition: str) -> list[Page]:
    return [
        page
        for page in register.pages
        if page.edition == edition and (operation is None or page.operation == operation)
    ]


def _by_language(
    page: PageFacts, operation: str | None, register: Register, editions: list[str]
) -> tuple[str, list[str]]:
    kept = [
        edition
        for edition in editions
        if page.language in {known.language for known in _pages(operation, register, edition)}
    ]
    return f"it is {_LANGUAGES.get(page.language, page.language)}", kept


def _by_marker(page: PageFacts, editions: list[str]) -> tuple[str, list[str]]:
    kept = [edition for edition in editions for marker in page.markers if f"{edition}-".startswith(f"{marker}-")]
    return f"it is marked {', '.join(page.markers)}", kept


def _is_of_date(page: PageFacts, known: list[Page]) -> bool:
    """Whether one of the pages that the register knows has the page's date, and its id where that has one."""
    return bool(page.updated) and any(
        page.updated.startswith(other.date) and page.document_id in ("", other.document) for other in known
    )


def _before(updated: str, operation: str | None, register: Register, editions: list[str]) -> list[str]:
    """The editions whose page is the last one before a date."""
    dates = {edition: _date(operation, register, edition)[0] for edition in editions}
    last = max((date for date in dates.values() if date and date < updated), default="")
    return [edition for edition in editions if last and dates[edition] == last]


def _date(operation: str | None, register: Register, edition: str) -> tuple[str, str]:
    return max((known.date for known in _pages(operation, register, edition)), default=""), edition


def _weight(findings: Iterable[Finding]) -> tuple[int, ...]:
    levels = [finding.level for finding in findings if not finding.known]
    return tuple(levels.count(level) for level in LEVELS)
