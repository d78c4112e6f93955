"""Guesses the edition that a page belongs to, with the reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from attrs import frozen

from jobexport.drift.findings import LEVELS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from jobexport.drift.facts import PageFacts
    from jobexport.drift.findings import Finding
    from jobexport.spec.register import PageRef, Register

_LANGUAGES: dict[str | None, str] = {"en": "English", "zh": "Chinese"}


@frozen
class Guess:
    """A guessed edition with the reason."""

    edition: str
    reason: str
    """A clause for `because …`, such as `its date is 2026-01-08`."""
    how: Literal["told", "page", "findings"]
    """`told`: the caller named it. `page`: language, date or markers decide. `findings`: it has the fewest."""
    others: tuple[str, ...] = ()
    """Other editions with as few findings."""


def guess_edition(
    page: PageFacts,
    operation: str | None,
    register: Register,
    editions: Sequence[str],
    findings: Callable[[str], Iterable[Finding]],
) -> Guess:
    """Guess the edition of a page.

    If the register lists a page with this date, its edition is taken. Otherwise language, cloud marker and date narrow
    the editions down: `otc` fits `otc-2024` and `otc-2026`. If several editions remain, the page is compared with each,
    and the edition with the fewest findings is taken.

    Args:
        page: the page's facts.
        operation: the operationId, or None if the page has no operation.
        register: the register.
        editions: the editions' ids.
        findings: returns the findings of the page compared with an edition.
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
    # Of editions with equally few findings the youngest is taken: its page is still online.
    chosen = max(best, key=lambda edition: _date(operation, register, edition))
    worse = [f"{edition}: {_counts(weights[edition])}" for edition in left if edition not in best]
    reasons.append(
        f"it leaves the fewest findings ({'; '.join(worse)})" if worse else "the remaining editions fit equally well"
    )
    return Guess(chosen, " and ".join(reasons), "findings", tuple(edition for edition in best if edition != chosen))


def _counts(weight: tuple[int, ...]) -> str:
    named = zip(LEVELS, weight, strict=True)
    return ", ".join(
        f"{count} {level}{'s' if count > 1 and level != 'info' else ''}" for level, count in named if count
    )


def _pages(operation: str | None, register: Register, edition: str) -> list[PageRef]:
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


def _is_of_date(page: PageFacts, known: list[PageRef]) -> bool:
    """Check whether a page of the register has the page's date, and the page's id unless the page has no id."""
    return bool(page.updated) and any(
        page.updated.startswith(other.date) and page.document_id in ("", other.document) for other in known
    )


def _before(updated: str, operation: str | None, register: Register, editions: list[str]) -> list[str]:
    """Return the editions with the youngest page before a date."""
    dates = {edition: _date(operation, register, edition)[0] for edition in editions}
    last = max((date for date in dates.values() if date and date < updated), default="")
    return [edition for edition in editions if last and dates[edition] == last]


def _date(operation: str | None, register: Register, edition: str) -> tuple[str, str]:
    return max((known.date for known in _pages(operation, register, edition)), default=""), edition


def _weight(findings: Iterable[Finding]) -> tuple[int, ...]:
    levels = [finding.level for finding in findings if not finding.known]
    return tuple(levels.count(level) for level in LEVELS)
