"""Finds statements of the register that a page no longer makes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
from attrs import frozen

from jobexport.drift.compare.comparison import shown
from jobexport.drift.findings import Finding
from jobexport.drift.known.statements import statements
from jobexport.spec.register import Statement

if TYPE_CHECKING:
    from jobexport.drift.compare.comparison import Comparison

# Facts that are only quoted words: nothing else depends on them.
_QUOTED = {"type-text", "example", "error-message", "operation-name", "member"}
# The kind of the finding, by fact, if the page no longer makes the statement; `claim-gone` for other facts.
_GONE = {
    "error-code": "error-code-missing",
    "status": "status-missing",
    "media-type": "media-type-missing",
    "limit": "limit-changed",
    "values": "values-changed",
    "settings": "settings-tables-changed",
}
_CHANGED = {"error-code": "error-code-changed", "status": "status-changed"}
# Kinds of findings about a new fact that may have replaced a missing one.
_ADDED = {"error-code-added", "status-added"}


@frozen
class Held:
    """A statement of the register about a page."""

    entry: str
    """The id of the entry."""
    statement: Statement
    title: str
    """The title of the entry."""
    on_page: bool
    """True if the page makes the statement too."""


def with_gone(findings: list[Finding], comparison: Comparison, held: list[Held]) -> list[Finding]:
    """Return the findings with one more for each statement of the register that the page no longer makes.

    A statement that is gone and a new one at the same place are one finding: `error-code-changed`, not
    `error-code-added` beside `error-code-missing`. A statement whose place already has a new finding gets no other.
    """
    found = list(findings)
    gone = {item.statement.key(): item for item in held if not item.on_page}
    if not gone:
        return found
    said = list(statements(comparison))
    for item in gone.values():
        twin = next((finding for finding in found if _took_its_place(finding, item.statement)), None)
        if twin is not None:
            found[found.index(twin)] = _change(twin, item)
        elif not any(concerns(finding, item.statement) for finding in findings if not finding.known):
            found.append(_gone(item, comparison, said, {other.statement.key() for other in held}))
    return found


def _took_its_place(finding: Finding, statement: Statement) -> bool:
    if finding.known or finding.kind not in _ADDED or statement.value is None:
        return False
    return finding.states.fact == statement.fact and _alike(finding.states, statement)


def _alike(new: Statement, old: Statement) -> bool:
    """Check whether two codes come with the same status, or two statuses are of the same class, such as 4xx."""
    if old.fact == "status":
        return int(new.value) // 100 == int(old.value) // 100
    return _within(new.at, old.at) or _within(old.at, new.at)


def _within(inner: str, outer: str) -> bool:
    return f"{inner}/".startswith(f"{outer}/")


def _change(added: Finding, item: Held) -> Finding:
    return attrs.evolve(
        added,
        kind=_CHANGED[item.statement.fact],
        about=_about(item.statement),
        page=str(added.states.value),
        other=shown(item.statement.value),
        near=tuple(dict.fromkeys((item.entry, *added.near))),
    )


def concerns(finding: Finding, statement: Statement) -> bool:
    """Check whether a finding is about the place of a statement, or about a place above or below it."""
    if finding.kind in _CHANGED.values() and finding.states.fact == statement.fact:
        return finding.other == str(statement.value)
    if finding.states.fact in ("path", "method", "operation-name") or not finding.states.at:
        return finding.states.fact == statement.fact
    if finding.kind == "media-type-changed" and statement.fact == "media-type":
        return finding.other == str(statement.value)
    if finding.kind == "error-status-changed":
        return statement.fact in ("error-code", "error-status") and str(statement.value) in str(finding.states.value)
    return _within(finding.states.at, statement.at) or _within(statement.at, finding.states.at)


def _gone(item: Held, comparison: Comparison, said: list[Statement], known: set[tuple[str, str, str]]) -> Finding:
    statement = item.statement
    there = [other for other in said if other.fact == statement.fact]
    kind = _GONE.get(statement.fact, "claim-gone")
    states, line = Statement(statement.fact, statement.at), comparison.line_of(statement.at)
    page = None
    if statement.fact in _QUOTED:
        kind = "claim-reworded"
        page = ", ".join(str(shown(other.value)) for other in there if other.at == statement.at) or None
    elif statement.fact in ("limit", "values") and not comparison.has_row(statement.at):
        kind = "claim-gone"
    if statement.fact == "limit" and statement.value is not None:
        states = Statement(statement.fact, statement.at, dict.fromkeys(statement.value))
    if statement.fact == "settings" and there:
        states, page = there[0], str(shown(there[0].value))
    if statement.value is None:
        kind = "claim-reworded" if statement.fact in _QUOTED else "claim-gone"
        page = ", ".join(dict.fromkeys(str(shown(other.value)) for other in there if _within(other.at, statement.at)))
    elif statement.fact in _CHANGED:
        # A code or status that the description has from other pages may have replaced the statement's.
        new = next((other for other in there if other.key() not in known and _alike(other, statement)), None)
        if new is not None:
            kind, page, states, line = _CHANGED[statement.fact], str(new.value), new, _line(comparison, new)
    return Finding(
        kind,
        about=_about(statement) if statement.fact in _CHANGED else f"{item.title} ({statement.fact})",
        page=page,
        other=shown(statement.value),
        line=line,
        states=states,
        operation=comparison.operation,
        near=(item.entry,),
    )


def _about(statement: Statement) -> str:
    if statement.value is None:
        return statement.fact.replace("-", " ")
    return f"status {statement.value}" if statement.fact == "status" else f"error code `{statement.value}`"


def _line(comparison: Comparison, statement: Statement) -> int:
    named = [(code.code, code.at) for code in comparison.page.error_codes]
    named += [(str(status.code), status.at) for status in comparison.page.statuses]
    return next((int(at) for name, at in named if name == str(statement.value)), comparison.line())
