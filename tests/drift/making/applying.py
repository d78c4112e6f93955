"""Applies advice in memory: the documents and the register after a maintainer followed it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import evolve

from jobexport.drift import Described
from jobexport.spec.overlay import apply_overlay
from jobexport.spec.register import Claim, Entry

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jobexport.drift.edits.advise import Advice
    from jobexport.drift.edits.amendments import Amendment


def followed(advice: Advice, described: Described, edition: str) -> Described:
    """Return the documents and the register after the edits and the amendments."""
    edits = advice.edits
    union = _applied(described.union, edits.union)
    overlays = {}
    for id_, overlay in described.overlays.items():
        added = edits.own if id_ == edition else edits.others.get(id_, ())
        dropped = edits.dropped if id_ == edition else ()
        kept = [action for number, action in enumerate(overlay["actions"]) if number not in dropped]
        overlays[id_] = overlay | {"actions": [*kept, *added]}
    documents = {
        id_: _applied(union, overlay["actions"]) | {"info": described.documents[id_]["info"]}
        for id_, overlay in overlays.items()
    }
    register = described.register
    for amendment in advice.amendments:
        register = evolve(register, entries=tuple(_entries(register.entries, amendment)))
    return Described(register, documents, union, overlays, described.root, described.files)


def _applied(document: Any, actions: Any) -> Any:
    if not actions:
        return document
    return apply_overlay(document, {"overlay": "1.0.0", "info": {"title": "", "version": ""}, "actions": list(actions)})


def _entries(entries: tuple[Entry, ...], amendment: Amendment) -> Iterator[Any]:
    for entry in entries:
        yield evolve(entry, claims=tuple(_claims(entry, amendment))) if entry.id == amendment.entry else entry
    if amendment.entry not in {entry.id for entry in entries} and amendment.says:
        claim = Claim((amendment.edition,), "new", "doc", says=amendment.says)
        operations = entries[0].operations if amendment.entry.startswith("DLI") else ("exportJob", "batchExportJobs")
        yield evolve(entries[0], id=amendment.entry, claims=(claim,), operations=operations)


def _claims(entry: Entry, amendment: Amendment) -> Iterator[Any]:
    """Yield the claims of an entry, with a separate claim for the edition that has the amended statements."""
    gone = {statement.key() for statement in amendment.no_longer}
    joined = next((claim for claim in entry.claims if claim.editions == amendment.joins), None)
    for claim in entry.claims:
        if amendment.edition not in claim.editions:
            yield claim
            continue
        rest = tuple(edition for edition in claim.editions if edition != amendment.edition)
        if rest:
            yield evolve(claim, editions=rest)
        says = tuple(statement for statement in claim.says if statement.key() not in gone)
        says += amendment.says
        if joined is not None:
            says = joined.says
        yield evolve(claim, editions=(amendment.edition,), says=says)
