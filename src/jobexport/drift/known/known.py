"""Matches findings with the register: marks known findings, and adds findings for statements that are gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from jobexport.drift.documents.schemas import FACT_KEYS
from jobexport.drift.findings import Finding
from jobexport.drift.known.gone import Held, with_gone
from jobexport.drift.known.statements import statements
from jobexport.spec.document import from_pointer
from jobexport.spec.register import Statement
from jobexport.spec.statements.held import is_stated

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jobexport.drift.compare.comparison import Comparison
    from jobexport.drift.facts import PageFacts
    from jobexport.spec.register import Claim, Register


def held_statements(comparison: Comparison, register: Register, edition: str) -> list[Held]:
    """Return the register's statements about a page of an edition, each marked if the page makes it too."""
    said = list(statements(comparison))
    operation = comparison.operation
    ids = _ids(register, edition, operation, comparison.page)
    used = _components(comparison)
    return [
        Held(entry.id, statement, entry.title, on_page=is_stated(said, statement))
        for entry in register.entries
        for claim in entry.claims
        if edition in claim.editions
        for statement in claim.says
        if _rests_on(statement, claim, ids, operation in entry.operations, comparison.operation_place)
        and (len(entry.operations) == 1 or _is_of(used, statement))
    ]


def _components(comparison: Comparison) -> set[tuple[str, ...]]:
    """Return the places of the schemas and parameters that have the operation's rows."""
    sides = (comparison.other, comparison.union)
    return {from_pointer(str(row.at))[:3] for side in sides if side for row in side.parameters}


def _is_of(used: set[tuple[str, ...]], statement: Statement) -> bool:
    """Check whether a statement of an entry for several operations is about a component that this operation uses."""
    place = from_pointer(statement.at)[:3]
    return place[:2] not in (("components", "schemas"), ("components", "parameters")) or place in used


def _ids(register: Register, edition: str, operation: str, page: PageFacts) -> set[str]:
    """Return the page's own id and the id that the register has for the edition's page of the operation."""
    ids = {named.document for named in register.pages if (named.edition, named.operation) == (edition, operation)}
    return (ids | {page.document_id}) - {""}


def _rests_on(statement: Statement, claim: Claim, ids: set[str], of_operation: bool, place: str) -> bool:
    """Check whether a statement has the page with these ids as its source."""
    path = place.rpartition("/")[0]
    if of_operation and statement.at.startswith("/paths/") and not statement.at.startswith(f"{path}/"):
        return False  # An entry for several operations has a statement for each; this is another operation's.
    if statement.page is not None:
        return statement.page in ids
    if claim.page is not None:
        return any(id_ in claim.page for id_ in ids)
    return of_operation


def judge(
    findings: tuple[Finding, ...], comparison: Comparison, register: Register, edition: str, held: list[Held]
) -> tuple[Finding, ...]:
    """Return the findings with known ones marked, and with findings for statements that the page no longer makes.

    A finding is known only if a claim of the edition has a statement with the same fact, place and value. Other entries
    for the same place are listed in `near`.
    """
    operation = comparison.operation
    known: dict[tuple[str, str, str], list[str]] = {}
    for item in held:
        known.setdefault(item.statement.key(), []).append(item.entry)
    marked = []
    for finding in findings:
        entries = tuple(dict.fromkeys(known.get(finding.states.key(), ())))
        at = finding.states.at
        places = [at, *(f"{at}/{key}" for key in FACT_KEYS.get(finding.states.fact, ()))]
        near = tuple(entry.id for entry in register.entries_at(operation, places))
        marked.append(attrs.evolve(finding, operation=operation, known=entries, near=near))
    return (*with_gone(marked, comparison, held), *_of_date(comparison, register, edition))


def _of_date(comparison: Comparison, register: Register, edition: str) -> Iterator[Finding]:
    """Yield a finding if the page has another date than the register's page."""
    page, operation = comparison.page, comparison.operation
    for known in register.pages:
        its_page = (known.edition, known.operation) == (edition, operation)
        if its_page and page.updated and not page.updated.startswith(known.date):
            at, states = int(page.updated_at or page.title_at), Statement("date", "", page.updated)
            yield Finding("date-changed", "date", page.updated, known.date, at, states, operation=operation)
