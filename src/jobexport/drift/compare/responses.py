"""Compares the request line, the media types, the statuses and the error codes of two sides."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from jobexport.drift.compare.wording import same_words
from jobexport.spec.register import Statement

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from jobexport.drift.compare.comparison import Comparison
    from jobexport.drift.facts import ErrorCode, Example, MediaType, PageFacts, Status
    from jobexport.drift.findings import Finding

_VARIABLE = re.compile(r"\{([^{}]*)\}")


def endpoint_findings(comparison: Comparison) -> Iterator[Finding]:
    """Find a changed method, a changed path, or a renamed variable that is in no table."""
    mine, theirs = comparison.page.endpoint, comparison.other.endpoint
    if mine is None or theirs is None:
        return
    place = comparison.operation_place
    if mine.method != theirs.method:
        states = Statement("method", place, mine.method)
        yield comparison.finding("method-changed", "method", (mine.method, mine.at), (theirs.method, theirs.at), states)
    if bare_path(mine.path) != bare_path(theirs.path):
        states = Statement("path", place, mine.path)
        yield comparison.finding("path-changed", "path", (mine.path, mine.at), (theirs.path, theirs.at), states)
        return
    # A variable that the table renames too has its finding from the table.
    tabled = {pair.page.name: pair for pair in comparison.pairs if pair.page and pair.page.location == "path"}
    for name, other in zip(_VARIABLE.findall(mine.path), _VARIABLE.findall(theirs.path), strict=True):
        if name != other and name not in tabled:
            states = Statement("parameter", comparison.variable_place(other), name)
            word = f"path variable `{other}`"
            yield comparison.finding(
                "path-variable-renamed", word, (f"`{name}`", mine.at), (f"`{other}`", theirs.at), states
            )


def bare_path(path: str) -> str:
    """Return a path without the names of its variables: `/v1/{id}/jobs` → `/v1/{}/jobs`."""
    return _VARIABLE.sub("{}", path)


def media_type_findings(comparison: Comparison) -> Iterator[Finding]:
    """Find media types of one side only; nothing if a side states no media type."""
    for side in ("request", "response"):
        mine = _media_types(comparison.page.media_types, side)
        theirs = _media_types(comparison.other.media_types, side)
        if not mine or not theirs:
            continue
        gone = [theirs[value] for value in theirs if value not in mine and not _is_implied(comparison, side, value)]
        for media_type in (mine[value] for value in mine if value not in theirs):
            # A new media type and a missing one are one change.
            old = gone.pop(0) if gone else None
            states = Statement("media-type", comparison.media_type_place(media_type), media_type.value)
            other = (old.value, old.at) if old else (", ".join(theirs), 0)
            said = (media_type.value, media_type.at)
            yield comparison.finding("media-type-changed", f"media type of the {side}", said, other, states)
        at = next(iter(mine.values())).at
        for media_type in gone:
            states = Statement("media-type", str(media_type.at) if comparison.with_document else "", None)
            word = f"media type `{media_type.value}` of the {side}"
            yield comparison.finding("media-type-missing", word, (None, at), ("named", media_type.at), states)


def _is_implied(comparison: Comparison, side: str, value: str) -> bool:
    """Check whether a table of the page describes a JSON body, so that the page need not name the JSON media type."""
    location = "body" if side == "request" else "response"
    return value == "application/json" and any(row.location == location for row in comparison.page.parameters)


def _media_types(named: Iterable[MediaType], side: str) -> dict[str, MediaType]:
    found: dict[str, MediaType] = {}
    for media_type in named:
        if media_type.side == side:
            found.setdefault(media_type.value, media_type)
    return found


def status_findings(comparison: Comparison) -> Iterator[Finding]:
    """Find statuses of one side only; a status of the document may be from another page of the vendor."""
    mine, theirs = _statuses(comparison.page), _statuses(comparison.other)
    added = [mine[code] for code in mine if code not in theirs]
    tabled = any(status.source == "table" for status in comparison.page.statuses)
    gone = [
        theirs[code]
        for code in theirs
        if code not in mine and not theirs[code].elsewhere and (tabled or not comparison.with_document)
    ]
    # A status that the document has from another page is new on this page, and may replace a missing status.
    moved = [mine[code] for code in mine if code in theirs and theirs[code].elsewhere]
    for status in (*added, *moved):
        old = next((other for other in gone if other.code // 100 == status.code // 100), None)
        states = Statement("status", comparison.below("responses", str(status.code)), status.code)
        if old is not None:
            gone.remove(old)
            word = f"status {old.code}"
            yield comparison.finding(
                "status-changed", word, (str(status.code), status.at), (str(old.code), old.at), states
            )
        elif status in added:
            yield comparison.finding("status-added", f"status {status.code}", ("named", status.at), (None, 0), states)
    for status in gone:
        states = Statement("status", comparison.below("responses", str(status.code)), None)
        line = int(next((status.at for status in comparison.page.statuses), comparison.line()))
        yield comparison.finding("status-missing", f"status {status.code}", (None, line), ("named", status.at), states)
    if not comparison.with_document:
        for code, status in mine.items():
            if code in theirs and not same_words(status.description, theirs[code].description):
                states = Statement("wording", "", status.description)
                said, others = status.description, theirs[code].description
                word = f"description of status {code}"
                yield comparison.finding("wording-changed", word, (said, status.at), (others, theirs[code].at), states)


def _statuses(facts: PageFacts) -> dict[int, Status]:
    """Return each status once: from a table if a table has it, else from an example."""
    return {status.code: status for status in sorted(facts.statuses, key=lambda status: status.source == "table")}


def code_findings(comparison: Comparison) -> Iterator[Finding]:
    """Find error codes of one side only, or with another status or message."""
    mine, theirs = _codes(comparison.page), _codes(comparison.other)
    added = [mine[code] for code in mine if code not in theirs]
    # A document has the codes of other pages too. The register states which codes an operation's page names.
    whole = comparison.page.endpoint is None or not comparison.with_document
    listed = (code for name, code in theirs.items() if name not in mine)
    gone = [code for code in listed if whole and (code.source == "table" or not comparison.with_document)]
    for code in added:
        old = next((other for other in gone if other.source == code.source and other.status == code.status), None)
        states = Statement("error-code", comparison.code_place(code), code.code)
        if old is not None:
            gone.remove(old)
            word = f"error code `{old.code}`"
            yield comparison.finding("error-code-changed", word, (code.code, code.at), (old.code, old.at), states)
        else:
            word = f"error code `{code.code}`"
            said = "named" if code.status is None else f"with status {code.status}"
            yield comparison.finding("error-code-added", word, (said, code.at), (None, 0), states)
    for code in gone:
        states = Statement("error-code", str(code.at) if comparison.with_document else "", None)
        line = int(next((named.at for named in comparison.page.error_codes), comparison.line()))
        yield comparison.finding(
            "error-code-missing", f"error code `{code.code}`", (None, line), ("named", code.at), states
        )
    for name in mine:
        if name in theirs:
            yield from _same_code(
                comparison, mine[name], [code for code in comparison.other.error_codes if code.code == name]
            )


def _same_code(comparison: Comparison, mine: ErrorCode, theirs: list[ErrorCode]) -> Iterator[Finding]:
    word = f"error code `{mine.code}`"
    # An example of the operation says more than a list of all codes.
    shown = [code for code in theirs if code.source == "example"] or theirs
    statuses = {code.status for code in shown if code.status is not None}
    if mine.status is not None and statuses and mine.status not in statuses:
        states = Statement("error-status", comparison.code_place(mine), f"{mine.status} {mine.code}")
        others = ", ".join(map(str, sorted(statuses)))
        yield comparison.finding(
            "error-status-changed", word, (str(mine.status), mine.at), (others, shown[0].at), states
        )
    worded = [code for code in theirs if code.message]
    if mine.message and worded and not any(same_words(mine.message, code.message) for code in worded):
        place = str(worded[0].at) if comparison.with_document else ""
        states = Statement("error-message", place, mine.message)
        yield comparison.finding(
            "error-message-changed", word, (mine.message, mine.at), (worded[0].message, worded[0].at), states
        )


def _codes(facts: PageFacts) -> dict[str, ErrorCode]:
    """Return each code once: from a table if a table has it, else from an example."""
    return {code.code: code for code in sorted(facts.error_codes, key=lambda code: code.source == "table")}


def error_body_findings(comparison: Comparison) -> Iterator[Finding]:
    """Find fields that only one side has in its examples of errors."""
    mine, theirs = _fields(comparison.page.examples), _fields(comparison.other.examples)
    if not mine or not theirs:
        return
    added, gone = sorted(mine.keys() - theirs.keys()), sorted(theirs.keys() - mine.keys())
    if added or gone:
        example, other = next(iter(mine.values())), next(iter(theirs.values()))
        states = Statement("error-field", comparison.error_field_place(), sorted(mine))
        said, others = ", ".join(sorted(mine)), ", ".join(sorted(theirs))
        yield comparison.finding(
            "error-body-changed", "fields of an error", (said, example.at), (others, other.at), states
        )


def _fields(examples: Iterable[Example]) -> dict[str, Example]:
    errors = [example for example in examples if example.kind == "error" and isinstance(example.value, dict)]
    return {name: example for example in reversed(errors) for name in example.value}
