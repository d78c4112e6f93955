"""Compares the parameters of two sides, fact by fact."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jobexport.drift.compare.comparison import about, shown
from jobexport.drift.compare.wording import same_words
from jobexport.drift.documents.type_names import same_type, type_name
from jobexport.spec.register import Statement
from jobexport.spec.statements.change import same
from jobexport.spec.statements.held import LIMITS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jobexport.drift.compare.comparison import Comparison
    from jobexport.drift.compare.pairs import Pair
    from jobexport.drift.facts import Parameter
    from jobexport.drift.findings import Finding

# Headers of HTTP itself: a page may list them, and OpenAPI does not allow them as parameters.
_HTTP_HEADERS = {"accept", "content-length", "content-type", "host", "user-agent"}
_IN_RESPONSE = ("response", "response-header")


def parameter_findings(comparison: Comparison) -> Iterator[Finding]:
    """Find parameters that are missing, new, renamed or otherwise changed."""
    for pair in comparison.pairs:
        if pair.page and pair.other:
            yield from _both(comparison, pair.page, pair.other, pair.renamed)
        elif pair.page:
            if not _is_http(comparison, pair.page):
                yield _added(comparison, pair.page)
        elif pair.other and not _may_be_absent(comparison, pair.other) and not _has_settings(comparison, pair.parent):
            yield _missing(comparison, pair, pair.other)


def _is_http(comparison: Comparison, row: Parameter) -> bool:
    return comparison.with_document and row.location == "header" and row.name.lower() in _HTTP_HEADERS


def _may_be_absent(comparison: Comparison, row: Parameter) -> bool:
    """Check whether a page may lack a row that the other side has."""
    if row.location == "path" and comparison.page.endpoint:
        # If the page's path has no such variable, the finding is about the path.
        return f"{{{row.name}}}" not in comparison.page.endpoint.path
    # A document has response headers and credentials that only a page common to all operations names.
    return comparison.with_document and (row.location == "response-header" or row.mandatory == "unknown")


def _has_settings(comparison: Comparison, parent: Parameter | None) -> bool:
    """Check whether tables of settings describe a list, in place of a table with `name` and `value`."""
    return parent is not None and any(each.at == comparison.place(parent) for each in comparison.settings)


def _added(comparison: Comparison, row: Parameter) -> Finding:
    states = Statement("parameter", comparison.place(row), row.name)
    said = ", ".join(filter(None, (type_name(row.type), _mandatory(row))))
    return comparison.finding("parameter-added", about(row), (said or "named", row.at), (None, 0), states)


def _missing(comparison: Comparison, pair: Pair, row: Parameter) -> Finding:
    states = Statement("parameter", comparison.other_place(row), None)
    said = ", ".join(filter(None, (type_name(row.type), _mandatory(row))))
    line = comparison.line(row.location, pair.parent)
    return comparison.finding("parameter-missing", about(row), (None, line), (said or "named", row.at), states)


def _both(comparison: Comparison, row: Parameter, other: Parameter, renamed: bool) -> Iterator[Finding]:
    place = comparison.place(row)
    if renamed:
        kind = "path-variable-renamed" if row.location == "path" else "parameter-renamed"
        states = Statement("parameter", place, row.name)
        yield comparison.finding(kind, about(other), (f"`{row.name}`", row.at), (f"`{other.name}`", other.at), states)
    if not same_type(row.type, other.type):
        said = type_name(row.type)
        states = Statement("type", place, said)
        yield comparison.finding("type-changed", about(row), (said, row.at), (type_name(other.type), other.at), states)
    known = "unknown" not in (row.mandatory, other.mandatory)
    if known and row.mandatory != other.mandatory:
        kind = "response-mandatory-changed" if row.location in _IN_RESPONSE else "mandatory-changed"
        states = Statement("mandatory", place, row.mandatory)
        yield comparison.finding(kind, about(row), (_mandatory(row), row.at), (_mandatory(other), other.at), states)
    # If the type changed, the default of the old type is gone with it.
    lost = row.default is None and not same_type(row.type, other.type)
    if not _same_default(row, other) and not lost:
        states = Statement("default", place, row.default)
        said, others = shown(row.default), shown(other.default)
        yield comparison.finding("default-changed", about(row), (said, row.at), (others, other.at), states)
    yield from _limits(comparison, row, other)
    if not comparison.with_document:
        yield from _words(comparison, row, other)


def _same_default(row: Parameter, other: Parameter) -> bool:
    """Check whether two defaults are equal; without a type on one side, their spelling counts: `"false"` and false."""
    untyped = any(each.type is None or each.type.kind == "unknown" for each in (row, other))
    spelled = untyped and None not in (row.default, other.default)
    return shown(row.default) == shown(other.default) if spelled else same(row.default, other.default)


def _limits(comparison: Comparison, row: Parameter, other: Parameter) -> Iterator[Finding]:
    place = comparison.place(row)
    # Between pages, a new column of types only decides what the words mean: `Minimum: 1` of a string is a length.
    retyped = not comparison.with_document and (row.type is None) != (other.type is None)
    for name in LIMITS:
        mine, theirs = getattr(row.limits, name), getattr(other.limits, name)
        if retyped and None in (mine, theirs):
            continue
        # A document has limits that pages leave to common sense, such as one job at least.
        if mine != theirs and (mine is not None or not comparison.with_document):
            states = Statement("limit", place, {name: mine})
            word = f"{about(row)}, {name.replace('_', ' ')}"
            yield comparison.finding("limit-changed", word, (shown(mine), row.at), (shown(theirs), other.at), states)
    mine, theirs = row.limits.values, other.limits.values
    stated = (mine and theirs) if retyped else (mine or not comparison.with_document)
    if set(mine) != set(theirs) and stated:
        states = Statement("values", place, list(mine) or None)
        said, others = ", ".join(mine) or None, ", ".join(theirs) or None
        yield comparison.finding("values-changed", about(row), (said, row.at), (others, other.at), states)


def _words(comparison: Comparison, row: Parameter, other: Parameter) -> Iterator[Finding]:
    """Find differences that only two pages can have: in stated columns and in descriptions."""
    if (type_name(row.type) is None) != (type_name(other.type) is None):
        said, others = type_name(row.type), type_name(other.type)
        states = Statement("type", "", said)
        yield comparison.finding(
            "statement-changed", f"type of {about(row)}", (said, row.at), (others, other.at), states
        )
    if ("unknown" in (row.mandatory, other.mandatory)) and row.mandatory != other.mandatory:
        states = Statement("mandatory", "", row.mandatory)
        word = f"whether {about(row)} is mandatory"
        yield comparison.finding(
            "statement-changed", word, (_mandatory(row), row.at), (_mandatory(other), other.at), states
        )
    if not same_words(row.description, other.description):
        states = Statement("wording", "", row.description)
        word = f"description of {about(row)}"
        yield comparison.finding(
            "wording-changed", word, (row.description, row.at), (other.description, other.at), states
        )


def _mandatory(row: Parameter) -> str | None:
    if row.mandatory == "conditional":
        return f"mandatory when {row.condition}" if row.condition else "mandatory in some cases"
    return {"yes": "mandatory", "no": "optional"}.get(row.mandatory)
