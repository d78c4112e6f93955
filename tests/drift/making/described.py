"""The description as the hand-made pages have it, whatever the vendor changed since they were written.

Tests that name facts of single editions read the documents here; tests of every edition read those of the sources.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

from attrs import evolve

from jobexport.drift import Described, check_page, load_described, read_page
from jobexport.drift.write import follow_pages, texts_of, write_all
from jobexport.spec.document import marks
from jobexport.spec.editions import BASE, CHECKOUT, OVERLAYS
from jobexport.spec.load import tree
from jobexport.spec.register import register_of
from tests.drift.making.pages import BATCH_OTC, JOB_OTC, PAGES
from tests.drift.making.rendering import render
from tests.making.editions import KNOWN, is_known_entry

if TYPE_CHECKING:
    from pathlib import Path


# The made-up pages lack some words of the real ones; only facts are put back.
_WORDS = ("permission", "(contradiction)", "(member)", "(tree)", "(type-text)")


# The DGC pages of both OTC editions are the same.
_PAGES = (*((edition, page) for edition, _, page in PAGES), ("otc-2026", JOB_OTC), ("otc-2024", BATCH_OTC))


def _described() -> Described:
    described = _without_later(load_described())
    for edition, page in _PAGES:
        facts = read_page(render(page, "rst").encode(), name="page")
        if not all(finding.about.endswith(_WORDS) for finding in check_page(facts, described, edition).new):
            described = follow_pages([facts], described, edition).described
    return _without_later_entries(described)


def _without_later(described: Described) -> Described:
    """Return the description without the editions that came after the pages were written."""
    entries = tree(described.entries)
    entries["pages"] = [page for page in entries["pages"] if page["edition"] in KNOWN]
    for claim in (claim for entry in entries["entries"] for claim in entry["claims"]):
        claim["editions"] = [edition for edition in claim["editions"] if edition in KNOWN]
    for entry in entries["entries"]:
        entry["claims"] = [claim for claim in entry["claims"] if claim["editions"]]
    return evolve(
        described,
        register=register_of(entries),
        documents={id_: document for id_, document in described.documents.items() if id_ in KNOWN},
        overlays={id_: overlay for id_, overlay in described.overlays.items() if id_ in KNOWN},
        entries=entries,
    )


def _without_later_entries(described: Described) -> Described:
    """Return the description without the entries that were written for later pages."""
    entries = tree(described.entries)
    entries["entries"] = [entry for entry in entries["entries"] if is_known_entry(entry["id"])]
    if entries == described.entries:
        return described
    return evolve(
        described,
        register=register_of(entries),
        entries=entries,
        documents=_without_later_marks(dict(described.documents)),
        union=_without_later_marks(described.union),
        overlays=_without_later_marks(dict(described.overlays)),
    )


def _without_later_marks(node: Any) -> Any:
    if isinstance(node, list):
        return [_without_later_marks(item) for item in node]
    if not isinstance(node, dict):
        return node
    kept = {key: _without_later_marks(item) for key, item in node.items() if key != "x-inconsistency"}
    known = [id_ for id_ in marks(node) if is_known_entry(id_)]
    if not known and "target" in node:
        # An action of an overlay needs an entry.
        known = [f"{id_[:4]}001" for id_ in marks(node)][:1]
    if not known:
        return kept
    same = known == [*marks(node)]
    mark = node["x-inconsistency"] if same else known[0] if len(known) == 1 else known
    # The place among the other keys is that of the sources.
    return {key: mark if key == "x-inconsistency" else kept[key] for key in node}


def write_sources(folder: Path) -> Path:
    """Write the sources of the description into a folder, as in a checkout, and return it."""
    for name in (BASE.parent, OVERLAYS):
        shutil.copytree(CHECKOUT / name, folder / name)
    write_all({folder / path.relative_to(DESCRIBED.root): text for path, text in texts_of(DESCRIBED).items()})
    return folder


DESCRIBED = _described()
