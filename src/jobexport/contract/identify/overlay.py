"""The overlay for a server: the overlay of the closest edition, changed where the server differs."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from attrs import evolve

from jobexport.contract.identify.finding import entries_for
from jobexport.spec.document import MISSING, look
from jobexport.spec.editions import BASE, OVERLAYS, SOURCES
from jobexport.spec.load import dump_yaml, load_yaml
from jobexport.spec.overlay import touched_places
from jobexport.spec.statements.plan import Plan

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jobexport.contract.identify.description import Description
    from jobexport.contract.identify.finding import Identified
    from jobexport.spec.document import Location
    from jobexport.spec.register import Register
    from jobexport.spec.statements.change import Change


def overlay_for(closest: Description, findings: list[Identified], register: Register) -> tuple[str, dict[str, Any]]:
    """Return the overlay as YAML, and the document that it makes.

    The overlay applies to the union, as each overlays/<edition>.yaml does.

    Raises:
        JobexportError: the closest edition's overlay can't be read.
    """
    plan = _plan(closest)
    for change, placed in _in_place(findings, closest.document):
        undone = plan.removal_of(placed)
        if undone is not None:
            plan.undo([undone])
        elif look(plan.document, placed.location[:-1]) is not MISSING:
            plan.own(placed, marks=_marks(change, findings, register))
    info = _info(closest, findings)
    return dump_yaml({"overlay": "1.0.0", "info": info, "actions": plan.actions()}), plan.document


def _plan(closest: Description) -> Plan:
    document = dict(closest.document)
    overlay, union = load_yaml(SOURCES / OVERLAYS / f"{closest.edition}.yaml"), load_yaml(SOURCES / BASE)
    touched = touched_places(union, overlay)
    return Plan(closest.edition, union, {closest.edition: overlay["actions"]}, document, touched)


def _in_place(findings: list[Identified], document: Mapping[str, Any]) -> Iterator[tuple[Change, Change]]:
    """Yield each change as it was found, and at its place after the findings before it, which may move a media type."""
    moves: dict[Location, Location] = {}
    for finding in findings:
        for change in finding.changes:
            yield change, evolve(change, location=_moved(change.location, moves))
        added = [change for change in finding.changes if not change.remove]
        for old in (change.location for change in finding.changes if change.remove):
            for new in added:
                if new.location[:-1] == old[:-1] and new.value == look(document, old):
                    moves[old] = new.location


def _moved(location: Location, moves: dict[Location, Location]) -> Location:
    for old, new in moves.items():
        if location[: len(old)] == old and location != old:
            return (*new, *location[len(old) :])
    return location


def _marks(change: Change, findings: list[Identified], register: Register) -> list[str]:
    """Return the ids of the register entries of all findings with this change."""
    ids: dict[str, None] = {}
    for finding in findings:
        if change in finding.changes:
            entries = entries_for(finding, register) or entries_for(finding, register, wire=False)
            ids |= dict.fromkeys(entry.id for entry in entries)
    return sorted(ids)


def _info(closest: Description, findings: list[Identified]) -> dict[str, str]:
    day = time.strftime("%Y-%m-%d", time.gmtime())
    words = [f"The responses of a server on {day}; the rest is {closest.edition}, the closest edition."]
    unsaid = [finding.unsaid for finding in findings if finding.unsaid]
    if unsaid:
        words.append(f"The overlay can't express: {'; '.join(unsaid)}.")
    return {
        "title": f"A server of {day}, closest to {closest.edition}",
        "version": "1.0.0",
        "description": " ".join(words),
    }
