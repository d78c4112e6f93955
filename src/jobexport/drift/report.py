"""Writes findings and advice: as text for people, as JSON, as GitHub's workflow commands."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import attrs
from attrs import define, field

from jobexport.drift.findings import KINDS, LEVELS, WHOLE_PAGE
from jobexport.spec.editions import BASE, OVERLAYS, REGISTER
from jobexport.spec.load import dump_yaml

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from jobexport.drift.check import PageReport
    from jobexport.drift.edits.advise import Advice
    from jobexport.drift.findings import Finding
    from jobexport.spec.register import Statement
    from jobexport.spec.statements.change import Action
    from jobexport.spec.statements.claims import Amendment


StyledLine = tuple[str, str]
"""A line of text and its style: a level, `known`, `dim`, `head` or an empty string."""


def text_lines(report: PageReport) -> Iterator[StyledLine]:
    """Yield the report on a page as lines for people."""
    yield f"{report.page.source}: {_head(report)}", "head"
    for level in LEVELS:
        for finding, todo in zip(report.findings, report.advice or (None,) * len(report.findings), strict=True):
            if finding.level == level and not finding.known:
                yield f"  {level}: {finding.kind}: {finding.about}", level
                yield from ((f"    {text}", "") for text in _sides(report, finding))
                if todo is not None:
                    yield from ((f"    {text}", "dim") for text in advice_lines(todo, report))
    for finding in report.findings:
        if finding.known:
            sides = f"{_said(finding.page)} (line {finding.line}) against {_said(finding.other)}"
            yield f"  known, {', '.join(finding.known)}: {finding.kind}: {finding.about}: {sides}", "known"
    shown = report.known
    if shown:
        yield f"  register entries that the page confirms: {', '.join(shown)}", "known"
    for unread in report.page.unread:
        yield f"  not understood, line {unread.at}: {unread.text!r}: {unread.reason}", "dim"


def _head(report: PageReport) -> str:
    words = report.nature
    if report.guess is not None:
        why = "" if report.guess.how == "told" else f", because {report.guess.reason}"
        words += f", compared with {report.guess.edition}{why}"
        if report.guess.others:
            words += f" (equally close: {', '.join(report.guess.others)})"
    elif report.against:
        words += f", compared with {report.against}"
    elif report.alone:
        words += f": {KINDS[report.alone][1]}"
    elif report.page.endpoint is not None:
        words += "; jobexport drift --scaffold prints a first description of it"
    else:
        words += "; nothing to compare"
    if report.against and not report.new:
        words += ": nothing new"
    return words


def _sides(report: PageReport, finding: Finding) -> Iterator[str]:
    if finding.kind in WHOLE_PAGE:
        # The line above names the page.
        return
    yield f"the page: {_said(finding.page)} (line {finding.line})"
    yield f"{other_side(report, finding)}: {_said(finding.other)}"
    if finding.near:
        yield f"register entries for this place: {', '.join(finding.near)}"


def other_side(report: PageReport, finding: Finding) -> str:
    """Return what the page is compared with, such as `the description (openapi/openapi.yaml line 4)`."""
    if finding.kind.startswith("claim-"):
        return "the register"
    if finding.kind in ("example-contradicts-table", "page-contradicts-itself"):
        return "elsewhere on the page"
    name = "the description" if report.guess is not None else "the other page"
    if finding.source is None:
        return name
    line = f" line {finding.source.line}" if finding.source.line else ""
    return f"{name} ({finding.source.file}{line})"


def _said(text: str | None) -> str:
    return "nothing" if text is None else text


@define
class Totals:
    """The numbers of pages and of findings so far."""

    pages: int = 0
    compared: int = 0
    new: Counter[str] = field(factory=Counter)
    """The number of new findings of each level."""
    known: int = 0
    alone: Counter[str] = field(factory=Counter)
    """The number of pages that only one of two folders has, by `gone` and `added`."""

    def add(self, report: PageReport) -> None:
        """Count a report."""
        self.pages += 1
        self.compared += report.compared
        self.new.update(finding.level for finding in report.new)
        self.known += sum(bool(finding.known) for finding in report.findings)
        if report.alone:
            self.alone[report.alone.partition("-")[2]] += 1

    def line(self, failed: int) -> str:
        """Return one line with all numbers; `failed` is the number of pages that could not be read."""
        counts = [f"{self.new[level]} {level}{'' if self.new[level] == 1 else 's'}" for level in ("error", "warning")]
        pages = f"{self.pages} page{'' if self.pages == 1 else 's'}"
        alone = "".join(f"; {count} {word}" for word, count in sorted(self.alone.items(), reverse=True))
        unread = f"; {failed} could not be read" if failed else ""
        return f"{pages}: {', '.join(counts)}, {self.new['info']} info; {self.known} known{alone}{unread}"


def as_plain(report: PageReport) -> dict[str, Any]:
    """Return a report as plain values, for JSON."""
    advice = report.advice or (None,) * len(report.findings)
    return {
        "page": report.page.source,
        "form": report.page.form,
        "language": report.page.language,
        "nature": report.nature,
        "operation": report.operation,
        "against": report.against,
        "compared": report.compared,
        "guess": attrs.asdict(report.guess) if report.guess else None,
        "findings": [_finding(finding, todo, report) for finding, todo in zip(report.findings, advice, strict=True)],
        "register": {
            "shown": list(report.known),
            "not_shown": sorted({item.entry for item in report.held if not item.on_page}),
        },
        "unread": [attrs.asdict(unread) for unread in report.page.unread],
    }


def _finding(finding: Finding, advice: Advice | None, report: PageReport) -> dict[str, Any]:
    return {
        "kind": finding.kind,
        "level": finding.level,
        "meaning": KINDS[finding.kind][1],
        "operation": finding.operation,
        "about": finding.about,
        "pointer": finding.states.at,
        "page": {"says": finding.page, "line": finding.line},
        "other": {
            "says": finding.other,
            "file": finding.source.file if finding.source else None,
            "line": finding.source.line if finding.source else None,
        },
        "known": list(finding.known),
        "near": list(finding.near),
        "advice": None if advice is None else {"text": "\n".join(advice_lines(advice, report)), **_edits(advice)},
    }


def _edits(advice: Advice) -> dict[str, Any]:
    edits = advice.edits
    return {
        "union": list(edits.union),
        "dropped": list(edits.dropped),
        "own": list(edits.own),
        "others": {edition: list(actions) for edition, actions in edits.others.items()},
    }


_COMMANDS = {"error": "error", "warning": "warning", "info": "notice"}


def github_lines(report: PageReport) -> Iterator[str]:
    """Yield a workflow command of GitHub for each new finding, which marks its line of the page.

    A page that was not compared has one command.
    """
    if not report.compared:
        yield f"::notice file={_property(report.page.source)},title=not-compared::{_escaped(_head(report))}"
    for finding in report.new:
        place = f"file={_property(report.page.source)},line={finding.line},title={_property(finding.kind)}"
        other = f"{other_side(report, finding)} says {_said(finding.other)}"
        message = f"{finding.operation} {finding.about}: the page says {_said(finding.page)}, {other}"
        if finding.kind in WHOLE_PAGE:
            message = f"{finding.operation} {finding.about}: {KINDS[finding.kind][1]}"
        yield f"::{_COMMANDS[finding.level]} {place}::{_escaped(message)}"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")


def advice_lines(advice: Advice, report: PageReport) -> Iterator[str]:
    """Yield the steps of an advice, each followed by its YAML."""
    edits = advice.edits
    for action in edits.union:
        yield from _of_union(action)
    for dropped in advice.dropped:
        yield f"to do: drop from {OVERLAYS}/{report.against}.yaml the action on {dropped}"
    if edits.own:
        yield f"to do: add to the actions of {OVERLAYS}/{report.against}.yaml"
        yield from _yaml(list(edits.own))
    for actions, editions in _alike(edits.others):
        names = ", ".join(f"{OVERLAYS}/{edition}.yaml" for edition in editions)
        yield f"to do: add to the actions of {names}"
        yield from _yaml(actions)
    if advice.hint:
        yield f"note: {advice.hint}"
    for amendment in advice.amendments:
        yield from _of_register(amendment)


def _of_union(action: Action) -> Iterator[str]:
    if action.get("remove"):
        yield f"to do: remove from {BASE}: {action['target']}"
        return
    yield f"to do: put into {BASE}, at {action['target']}"
    yield from _yaml(action["update"])


def _alike(others: Any) -> list[tuple[list[Action], list[str]]]:
    """Return each list of actions once, with all editions that it is for."""
    groups: list[tuple[list[Action], list[str]]] = []
    for edition, actions in others.items():
        twin = next((editions for known, editions in groups if known == list(actions)), None)
        if twin is None:
            groups.append((list(actions), [edition]))
        else:
            twin.append(edition)
    return groups


def _of_register(amendment: Amendment) -> Iterator[str]:
    entry = f"{REGISTER}, {amendment.entry}"
    if amendment.joins:
        yield f"to do: {entry}: move {amendment.edition} to the claim of {', '.join(amendment.joins)}"
        return
    for words, listed in (("remove from", amendment.no_longer), ("add to", amendment.says)):
        if listed:
            yield f"to do: {entry}: {words} says of the claim of {amendment.edition}"
            yield from _yaml([_plain(statement) for statement in listed])
    if not (amendment.no_longer or amendment.says):
        yield f"to do: {entry}: record the difference there"


def _plain(statement: Statement) -> dict[str, Any]:
    value = {} if statement.value is None else {"value": statement.value}
    return {"fact": statement.fact, "at": statement.at, **value}


def _yaml(value: Any) -> Sequence[str]:
    return [f"  {line}" for line in dump_yaml(value).splitlines()]
