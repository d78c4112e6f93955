"""Begins an edition as a copy of another: overlay, pages and claims; its pages are then followed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from jobexport.drift.check import check_page
from jobexport.drift.documents.description import Described
from jobexport.drift.write import Written, follow_pages
from jobexport.errors import JobexportError
from jobexport.spec.editions import OVERLAYS
from jobexport.spec.load import tree
from jobexport.spec.register import register_of
from jobexport.spec.statements.claims import words

if TYPE_CHECKING:
    from collections.abc import Container, Mapping, Sequence

    from jobexport.drift.facts import PageFacts

_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_UNKNOWN = "not known"


def begin_edition(id_: str, like: str, pages: Sequence[PageFacts], described: Described) -> Written:
    """Return the sources with an edition more, after the edits for its pages; no file is changed.

    Args:
        id_: the new edition's id, such as `otc-2027`.
        like: the id of the edition that it is a copy of, where its own pages say nothing else.
        pages: the pages of the new edition, one for each operation that was to be had.
        described: the sources of a checkout.

    Raises:
        JobexportError: the id is taken or can't be one, `like` does not exist, or a page has no known operation.
    """
    described.check_edition(like)
    if id_ in described.documents:
        raise JobexportError(f"there is an edition {id_!r} already; choose another id")
    if not _ID.fullmatch(id_):
        raise JobexportError(f"{id_!r} can't be the id of an edition; write it like otc-2027")
    own: dict[str, PageFacts] = {}
    for page in pages:
        operation = check_page(page, described, like, advised=False).operation
        if not operation or operation in own:
            problem = "has no operation of the description" if not operation else f"is a second page of {operation}"
            raise JobexportError(f"{page.source}: it {problem}; leave it out")
        own[operation] = page
    documents = {**described.documents, id_: described.documents[like]}
    entries = _entries(described.entries, id_, like, own)
    rows = [row for row in entries["pages"] if row["edition"] == id_ and row["operation"] in own]
    overlay = described.overlays[like] | {"info": _info(like, rows)}
    file = described.root / OVERLAYS / f"{id_}.yaml"
    begun = Described(
        register_of(entries),
        documents,
        described.union,
        {**described.overlays, id_: overlay},
        described.root,
        {**described.files, id_: file},
        entries,
    )
    return follow_pages(pages, begun, id_)


def _info(like: str, rows: Sequence[Mapping[str, str]]) -> dict[str, str]:
    pages = [f"{row['operation']} of {row['date']}" for row in rows]
    return {
        "title": f"Pages: {', '.join(pages)}",
        "version": "1.0.0",
        "description": f"Begun as a copy of {like}; pages that could not be had are taken to be the same.",
    }


def _entries(entries: dict[str, Any], id_: str, like: str, own: Mapping[str, PageFacts]) -> dict[str, Any]:
    """Return the register, as its file has it, with pages and claims of the new edition."""
    new = tree(entries)
    rows = [row for row in new["pages"] if row["edition"] == like]
    known = {row["document"] for row in rows if row["operation"] in own}
    new["pages"] += [_row(row, id_, own.get(row["operation"])) for row in rows]
    for entry in new["entries"]:
        mine = next(claim for claim in entry["claims"] if like in claim["editions"])
        # Claims of common pages, and of pages that could not be had, are no claims of the new edition.
        if "page" in mine and (says := _of_pages(mine.get("says", ()), known)):
            mine = _claimed(entry["claims"], says)
        elif "page" in mine or not own.keys() & set(entry["operations"]):
            unknown = next((claim for claim in entry["claims"] if claim["evidence"] == "none"), None)
            if unknown is None:
                unknown = {"editions": [], "fact": _UNKNOWN, "evidence": "none"}
                entry["claims"].append(unknown)
            mine = unknown
        mine["editions"] = sorted([*mine["editions"], id_])
    return dict(new)


def _of_pages(says: Sequence[Mapping[str, Any]], pages: Container[str]) -> list[dict[str, Any]]:
    """Return the statements of the pages of an edition's operations, without the page."""
    found = [statement for statement in says if statement.get("page") in pages]
    return [{key: value for key, value in statement.items() if key != "page"} for statement in found]


def _claimed(claims: list[dict[str, Any]], says: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the claim with just these statements, which is added if it is missing."""
    for claim in claims:
        if "page" not in claim and claim.get("says") == says:
            return claim
    claims.append({"editions": [], "fact": words(says), "evidence": "doc", "says": says})
    return claims[-1]


def _row(like: Mapping[str, Any], id_: str, page: PageFacts | None) -> dict[str, Any]:
    if page is None:
        return {**like, "edition": id_, "document": _UNKNOWN, "copy": "partial"}
    return {
        "edition": id_,
        "operation": like["operation"],
        "document": page.document_id or page.title or _UNKNOWN,
        "date": page.updated or like["date"],
        "language": page.language or like["language"],
        "copy": "whole",
    }
