"""Finds the operation that a page is about, also where its path or method is what changed."""

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

# Segments at least this alike are one that changed: export and exports, but not export and import.
_ALIKE = 0.75
_VERSION = re.compile(r"v\d+(\.\d+)*")


def operation_of(page: PageFacts, document: Mapping[str, Any], register: Register) -> str | None:
    """Give the operationId of the page's operation; None where the document has no such operation.

    The request line decides; else the id or the vendor's name that the register has for an operation's page, if the
    path is not that of something quite different.
    """
    known = operations_by_id(document)
    if page.endpoint is None:
        return None
    path, method = page.endpoint.path, page.endpoint.method.lower()
    by_path = [id_ for id_, other in known.items() if bare_path(other.path) == bare_path(path)]
    exact = [id_ for id_ in by_path if known[id_].method == method]
    if exact or len(by_path) == 1:
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
    """Whether at least half of the rows of the page's bodies are the other's too."""
    mine, theirs = ({(row.location, row.path) for row in side.parameters if _in_body(row)} for side in (page, other))
    return 2 * len(mine & theirs) >= len(mine)


def _in_body(row: Parameter) -> bool:
    return row.location in ("body", "response")


def _alike(one: str, other: str) -> bool:
    """Whether two paths differ in one segment only, and there but little, or by a variable more."""
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
