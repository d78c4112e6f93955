"""Holds findings against the register: which it has already, and what it says of a page that the page does not say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
from attrs import frozen

from jobexport.drift._statements import says, statements
from jobexport.drift.finding import Finding
from jobexport.spec.register import Statement

if TYPE_CHECKING:
    from jobexport.drift._comparison import Comparison
    from jobexport.drift.facts import PageFacts
    from jobexport.spec.register import Claim, Register

# Words that a claim quotes and nothing depends on.
_QUOTED = {"type-text", "example", "error-message", "operation-name", "member"}
# What a claim is called when the page no longer says it; all others are `claim-gone`.
_GONE = {
    "error-code": "error-code-missing",
    "status": "status-missing",
    "media-type": "media-type-missing",
    "limit": "limit-changed",
    "values": "values-changed",
}
_PAIRED = {"error-code-added": "error-code-changed", "status-added": "status-changed"}


@frozen
class Held:
    """What an entry of the register says of a page."""

    entry: str
    statement: Statement
    title: str
    on_page: bool
    """Whether the page says so."""


def held_statements(comparison: Comparison, register: Register, edition: str) -> list[Held]:
    """Give what the register says of a page as a page of an edition, each with whether the page says so."""
    said = list(statements(comparison))
    operation = _operation(comparison)
    ids = _ids(register, edition, operation, comparison.page)
    return [
        Held(entry.id, statement, entry.title, on_page=says(said, statement))
        for entry in register.entries
        for claim in entry.claims
        if edition in claim.editions
        for statement in claim.says
        if _rests_on(statement, claim, ids, operation in entry.operations, comparison.operation_place)
    ]


def _ids(register: Register, edition: str, operation: str, page: PageFacts) -> set[str]:
    """What the page calls itself, and what the register calls the edition's page of the operation."""
    ids = {named.document for named in register.pages if (named.edition, named.operation) == (edition, operation)}
    return (ids | {page.document_id}) - {""}


def _rests_on(statement: Statement, claim: Claim, ids: set[str], of_operation: bool, place: str) -> bool:
    """Whether a statement rests on the page with these ids."""
    if of_operation and statement.at.startswith("/paths/") and not f"{statement.at}/".startswith(f"{place}/"):
        return False  # An entry of several operations names the place of each.
    if statement.page is not None:
        return statement.page in ids
    if claim.page is not None:
        return any(id_ in claim.page for id_ in ids)
    return of_operation


def _operation(comparison: Comparison) -> str:
    return next(iter(comparison.other.operation_names), "")


def judge(
    findings: tuple[Finding, ...], comparison: Comparison, register: Register, held: list[Held]
) -> tuple[Finding, ...]:
    """Mark the findings that the register has already, and add what it says of the page that the page does not say.

    A finding is known only if a claim of the edition says the same of the same place in the same words. An entry that
    merely stands near is told as such.
    """
    operation = _operation(comparison)
    known: dict[tuple[str, str, str], list[str]] = {}
    for item in held:
        known.setdefault(item.statement.key(), []).append(item.entry)
    marked = []
    for finding in findings:
        entries = tuple(dict.fromkeys(known.get(finding.states.key(), ())))
        near = tuple(entry.id for entry in register.entries_at(operation, [finding.states.at]))
        marked.append(attrs.evolve(finding, operation=operation, known=entries, near=near))
    gone = [item for item in held if not item.on_page]
    return _with_gone(marked, gone, comparison, operation)


def _with_gone(
    findings: list[Finding], gone: list[Held], comparison: Comparison, operation: str
) -> tuple[Finding, ...]:
    """Add a finding for each claim that is gone, unless a new finding tells it."""
    told: set[tuple[str, str, str]] = set()
    for item in gone:
        statement = item.statement
        if statement.key() in told:
            continue
        told.add(statement.key())
        twin = _twin(findings, statement)
        if twin is not None:
            number = findings.index(twin)
            findings[number] = attrs.evolve(
                twin,
                kind=_PAIRED[twin.kind],
                about=_about(statement),
                page=str(twin.states.value),
                other=_value(statement),
            )
        elif not any(_covers(finding, statement) for finding in findings if not finding.known):
            findings.append(_gone_finding(item, comparison, operation))
    return tuple(findings)


def _twin(findings: list[Finding], statement: Statement) -> Finding | None:
    """The finding of something new that took the place of what is gone."""
    for finding in findings:
        same_fact = finding.states.fact == statement.fact and finding.kind in _PAIRED and not finding.known
        if same_fact and statement.value is not None and _alike(finding.states, statement):
            return finding
    return None


def _alike(new: Statement, old: Statement) -> bool:
    if old.fact == "status":
        return int(new.value) // 100 == int(old.value) // 100
    return f"{new.at}/".startswith(f"{old.at}/") or f"{old.at}/".startswith(f"{new.at}/")


def _covers(finding: Finding, statement: Statement) -> bool:
    """Whether a finding is about the place of a statement, or of what holds it or is held by it."""
    mine, theirs = f"{finding.states.at}/", f"{statement.at}/"
    if finding.states.fact in ("path", "method", "operation-name"):
        return finding.states.fact == statement.fact
    return mine.startswith(theirs) or theirs.startswith(mine)


def _about(statement: Statement) -> str:
    names = {"status": "status {}", "error-code": "error code `{}`"}
    return names[statement.fact].format(statement.value)


def _gone_finding(item: Held, comparison: Comparison, operation: str) -> Finding:
    statement = item.statement
    absent = statement.value is None
    kind = "claim-reworded" if statement.fact in _QUOTED else _GONE.get(statement.fact, "claim-gone")
    if absent and kind != "claim-reworded":
        kind = "claim-gone"
    return Finding(
        kind,
        about=f"{item.title} ({statement.fact})",
        page="something" if absent else None,
        other="nothing" if absent else _value(statement),
        line=comparison.line(),
        states=Statement(statement.fact, statement.at, None),
        operation=operation,
        near=(item.entry,),
    )


def _value(statement: Statement) -> str:
    from jobexport.drift._comparison import shown

    return shown(statement.value) or "nothing"
