"""Builds the HTML pages: the report of a run with the entries of the register behind it, and the index of several runs.

Each page is one file that loads nothing else, so that it can be sent to somebody who has nothing but the page.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import jinja2
from attrs import frozen
from markupsafe import Markup, escape

from jobexport.contract.checks.registry import CHECKS, SCHEMATHESIS
from jobexport.contract.reports.causes import OURS
from jobexport.core.redact import printable
from jobexport.spec.matrix import as_html, sources

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from jobexport.contract.reports.model import EditionReport
    from jobexport.spec.register import Entry, Register

KEPT = "\t\n\r\u00a0\u3000"
"""Line breaks, and the blanks of other scripts."""

SENTENCES = {id_: rule.sentence for id_, rule in OURS.items()} | SCHEMATHESIS
"""The duty of the server in one sentence, by the id of the rule."""


@frozen
class CheckedRule:
    """A rule that a run has checked."""

    id: str
    sentence: str
    numbers: dict[str, int]
    """Number of checked responses, or 1 for a scenario that ran, by operationId."""
    broken: bool
    """True if a failure that is not accepted breaks the rule."""


@frozen
class ShownEntry:
    """An entry of the register as a report shows it."""

    entry: Entry
    claims: tuple[tuple[str, str, str, bool], ...]
    """Editions, fact, evidence, and True for the claim of the report's edition."""


def report_page(report: EditionReport, register: Register) -> str:
    """Return the page of a run; ids of the register lead to the entries at its end."""
    shown = _entries(report, register)
    known = {each.entry.id for each in shown}
    return (
        _environment()
        .get_template("report.html.jinja")
        .render(
            report=report,
            problems=report.problems(),
            rules=_rules(report),
            sentences=SENTENCES,
            entries=shown,
            linked=lambda text: _linked(text, known),
            version=version("jobexport"),
        )
    )


def index_page(reports: Sequence[EditionReport]) -> str:
    """Return the page that leads to the reports of several runs."""
    return _environment().get_template("index.html.jinja").render(reports=reports, version=version("jobexport"))


def writable(text: str) -> str:
    """Return a text that XML can contain, with every character to be seen."""
    return printable(text, KEPT)


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("jobexport.contract.reports", "."),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
        finalize=_finalized,
    )
    environment.filters |= {"body": _body, "coded": _coded, "percent": _percent}
    return environment


def _finalized(value: Any) -> Any:
    if isinstance(value, Markup):
        return Markup(writable(value))  # noqa: S704  # escaped where it was built
    return writable(value) if isinstance(value, str) else value


def _rules(report: EditionReport) -> dict[str, list[CheckedRule]]:
    """Return the rules that a run has checked, by the title of their group."""
    broken = {each.check for _, failure in report.failures if not failure.accepted for each in failure.every}
    numbers: dict[str, dict[str, int]] = {}
    for operation in report.operations.values():
        for id_, number in operation.checks.items():
            numbers.setdefault(id_, {})[operation.operation] = number
    checks = {check.id for check in CHECKS}
    groups: dict[str, list[CheckedRule]] = {
        "Checks of each response": [],
        "Scenarios": [],
        "Checks of schemathesis": [],
    }
    for id_ in sorted(numbers):
        title = "Checks of each response" if id_ in checks else "Scenarios" if id_ in OURS else "Checks of schemathesis"
        groups[title].append(CheckedRule(id_, SENTENCES.get(id_, ""), numbers[id_], id_ in broken))
    return {title: rules for title, rules in groups.items() if rules}


def _entries(report: EditionReport, register: Register) -> list[ShownEntry]:
    """Return the entries that failures and accepted deviations name, in the register's order."""
    named = {id_ for _, failure in report.failures for each in failure.every for id_ in each.rests_on}
    named |= {accepted.id for accepted in report.unused}
    return [_shown(report, register, entry) for entry in register.entries if entry.id in named]


def _shown(report: EditionReport, register: Register, entry: Entry) -> ShownEntry:
    claims = [
        (", ".join(claim.editions), claim.fact, sources(register, entry, claim), report.edition in claim.editions)
        for claim in entry.claims
    ]
    return ShownEntry(entry, tuple(sorted(claims, key=lambda claim: not claim[-1])))


def _linked(text: str, known: Iterable[str]) -> Markup:
    """Return a text as HTML in which the ids of shown entries lead to them."""
    found = "|".join(map(re.escape, sorted(known, key=len, reverse=True)))
    safe = str(escape(text))
    return Markup(re.sub(rf"\b({found})\b", r'<a href="#\1">\1</a>', safe) if found else safe)  # noqa: S704  # escaped


def _coded(text: str) -> Markup:
    """Return a text of the register as HTML."""
    return Markup(as_html(text))  # noqa: S704  # escaped there


def _percent(part: int, whole: int) -> str:
    return f"{part / whole:.0%}" if whole else "–"


def _body(content: bytes, size: int) -> str:
    """Return a body as text; for binary data its length, such as `(812 bytes, not text)`."""
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return f"({size} bytes, not text)"
    return text + (f"\n… ({size} bytes)" if size > len(content) else "")
