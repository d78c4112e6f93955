"""Finds the operation of a page, even if its path or method has changed."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING, Any

from jobexport.drift.compare.responses import bare_path
from jobexport.drift.documents.facts import document_facts
from jobexport.spec.document import operations_by_id

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jobexport.drift.facts import PageFacts, Parameter
    from jobexport.spec.register import Register

# Path segments with at least this similarity are the same segment, renamed: export and exports, not export and import.
_ALIKE = 0.75
_VERSION = re.compile(r"v\d+(\.\d+)*")


def operation_of(page: PageFacts, document: Mapping[str, Any], register: Register) -> str | None:
    """Return the operationId of the page's operation, or None if the document lacks it.

    The operation with the path of the request line is taken. If no operation has that path, the operation is taken that
    the register lists with the page's id, that the vendor's name on the page means, or whose path and rows are similar.
    """
    known = operations_by_id(document)
    if page.endpoint is None:
        return None
    path, method = page.endpoint.path, page.endpoint.method.lower()
    by_path = [id_ for id_, other in known.items() if bare_path(other.path) == bare_path(path)]
    exact = [id_ for id_ in by_path if known[id_].method == method]
    # A page with another method may be a changed page, but a page that shows an object does not describe its deletion.
    if exact or (len(by_path) == 1 and known[by_path[0]].method != "delete"):
        return (exact or by_path)[0]
    ids = {named.operation for named in register.pages if page.document_id and named.document == page.document_id}
    names = {name.lower() for name in page.operation_names}
    for id_, other in known.items():
        if id_ in ids or id_.lower() in names:
            return id_
        if method == other.method and _alike(path, other.path) and _same_rows(page, document_facts(document, id_, "")):
            return id_
    return None


def _same_rows(page: PageFacts, other: PageFacts) -> bool:
    """Check whether the document has at least half of the rows of the page's bodies."""
    mine, theirs = ({(row.location, row.path) for row in side.parameters if _in_body(row)} for side in (page, other))
    return 2 * len(mine & theirs) >= len(mine)


def _in_body(row: Parameter) -> bool:
    return row.location in ("body", "response")


def _alike(one: str, other: str) -> bool:
    """Check whether two paths differ in one similar segment, or by one additional variable."""
    mine, theirs = bare_path(one).strip("/").split("/"), bare_path(other).strip("/").split("/")
    if len(mine) != len(theirs):
        short, long = sorted((mine, theirs), key=len)
        return any(step == "{}" and long[:at] + long[at + 1 :] == short for at, step in enumerate(long))
    differing = [pair for pair in zip(mine, theirs, strict=True) if pair[0] != pair[1]]
    return len(differing) == 1 and _same_segment(*differing[0])


def _same_segment(one: str, other: str) -> bool:
    if _VERSION.fullmatch(one) and _VERSION.fullmatch(other):
        return True
    return "{}" not in (one, other) and difflib.SequenceMatcher(None, one, other).ratio() >= _ALIKE
