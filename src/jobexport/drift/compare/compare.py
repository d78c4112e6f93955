"""Compares a page's facts with an edition's document or with an older page's facts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jobexport.drift.compare.archive import action_findings, file_name_findings, name_findings, tree_findings
from jobexport.drift.compare.comparison import Comparison
from jobexport.drift.compare.contradictions import contradiction_findings
from jobexport.drift.compare.examples import example_findings
from jobexport.drift.compare.parameters import parameter_findings
from jobexport.drift.compare.responses import (
    code_findings,
    endpoint_findings,
    error_body_findings,
    media_type_findings,
    status_findings,
)
from jobexport.drift.findings import in_order

if TYPE_CHECKING:
    from jobexport.drift.facts import PageFacts
    from jobexport.drift.findings import Finding

_PARTS = (
    endpoint_findings,
    parameter_findings,
    media_type_findings,
    status_findings,
    code_findings,
    error_body_findings,
    file_name_findings,
    tree_findings,
    action_findings,
    contradiction_findings,
    name_findings,
    example_findings,
)


def compare(page: PageFacts, against: PageFacts, union: PageFacts | None = None) -> tuple[Finding, ...]:
    """Compare a page with a document or an older page; return the findings, the worst first, then in the page's order.

    A missing row is a difference. A fact that a table has no column for is not a difference. Two spellings of a type
    are equal. Descriptions are compared between two pages only, because a document has its own.

    Args:
        page: the facts of the page.
        against: an edition's document as facts (`form` is None), or an older page's facts.
        union: the facts of the union, with the places of facts that the edition's document lacks.
    """
    return findings_of(Comparison(page, against, union))


def findings_of(comparison: Comparison) -> tuple[Finding, ...]:
    """Return the findings of a comparison in the order of `compare`."""
    # A page without an operation lists error codes; its other facts belong to no single operation.
    parts = (code_findings,) if comparison.with_document and not comparison.operation_place else _PARTS
    return in_order(finding for part in parts for finding in part(comparison))
