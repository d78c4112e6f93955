"""Writes the overlay that a server needs: the closest edition's, with what was seen in place of what was not."""

from __future__ import annotations

import json
import re
import time
from typing import TYPE_CHECKING, Any

from jobexport.contract._finding import entries_for
from jobexport.spec.editions import BASE, CHECKOUT, OVERLAYS, is_checkout
from jobexport.spec.load import dump_yaml, load_yaml
from jobexport.spec.overlay import apply_overlay

if TYPE_CHECKING:
    from jobexport.contract._description import Description, Location
    from jobexport.contract._finding import Change, Finding
    from jobexport.spec.register import Register

Action = dict[str, Any]

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def overlay_for(closest: Description, findings: list[Finding], register: Register) -> tuple[str, dict[str, Any]]:
    """Give the overlay as YAML, and the document that it makes.

    In a checkout it applies to the union, as overlays/<edition>.yaml do. An installed package has no union, so there it
    applies to the closest edition's document.

    Raises:
        JobexportError: the closest edition's overlay can't be read.
    """
    base, union = _base(closest.edition)
    document = dict(closest.document)
    added: list[Action] = []
    for change in (change for finding in findings for change in finding.changes):
        marks = _marks(change, findings, register)
        undone = _undone(change, base, union)
        if undone is not None:
            base.remove(undone)
        for action in _actions(document, change):
            document = _applied(document, action)
            if undone is None:
                mark = {"x-inconsistency": marks[0] if len(marks) == 1 else marks}
                added.append({"description": change.description, **mark, **action})
    text = dump_yaml({"overlay": "1.0.0", "info": _info(closest, findings, union), "actions": [*base, *added]})
    return text, document


def _base(edition: str) -> tuple[list[Action], dict[str, Any] | None]:
    if not is_checkout():
        return [], None
    overlay = load_yaml(CHECKOUT / OVERLAYS / f"{edition}.yaml")
    return overlay["actions"], load_yaml(CHECKOUT / BASE)


def _marks(change: Change, findings: list[Finding], register: Register) -> list[str]:
    """Give the register's entries for a change: those of all findings that ask for it."""
    ids: dict[str, None] = {}
    for finding in findings:
        if change in finding.changes:
            entries = entries_for(finding, register) or entries_for(finding, register, wire=False)
            ids |= dict.fromkeys(entry.id for entry in entries)
    return sorted(ids)


def _info(closest: Description, findings: list[Finding], union: dict[str, Any] | None) -> dict[str, str]:
    day = time.strftime("%Y-%m-%d", time.gmtime())
    words = [f"What a server answered on {day}; the rest is {closest.edition}, the closest edition."]
    if union is None:
        words.append(f"Apply it to the document of {closest.edition}.")
    unsaid = [finding.unsaid for finding in findings if finding.unsaid]
    if unsaid:
        words.append(f"What it can't say: {'; '.join(unsaid)}.")
    return {
        "title": f"A server of {day}, closest to {closest.edition}",
        "version": "1.0.0",
        "description": " ".join(words),
    }


def _actions(document: dict[str, Any], change: Change) -> list[Action]:
    """Give the actions of a change: none where it holds already, two where what is there can't be merged over."""
    there, old = _look(document, change.location)
    removal: Action = {"target": to_path(change.location), "remove": True}
    if change.remove:
        return [removal] if there else []
    if there and old == change.value and isinstance(old, bool) == isinstance(change.value, bool):
        return []
    *parent, key = change.location
    update: Action = {"target": to_path(tuple(parent)), "update": {key: change.value}}
    merges = isinstance(old, (dict, list)) or isinstance(change.value, (dict, list))
    return [removal, update] if there and merges else [update]


def _undone(change: Change, base: list[Action], union: dict[str, Any] | None) -> Action | None:
    """Give the action of the closest edition's overlay that takes away from the union just what the change adds."""
    if change.remove or union is None or _look(union, change.location) != (True, change.value):
        return None
    target = to_path(change.location)
    return next((action for action in base if action.get("remove") and action["target"] == target), None)


def _applied(document: dict[str, Any], action: Action) -> dict[str, Any]:
    overlay = {"overlay": "1.0.0", "info": {"title": "", "version": ""}, "actions": [action]}
    return apply_overlay(document, overlay)


def _look(document: dict[str, Any], location: Location) -> tuple[bool, Any]:
    node: Any = document
    for step in location:
        try:
            node = node[step]
        except (KeyError, IndexError, TypeError):
            return False, None
    return True, node


def to_path(location: Location) -> str:
    """Write a place as a JSONPath, the way the overlays do."""
    path = "$"
    for step in location:
        path = _below(path, step)
    return path


def _below(path: str, step: str | int) -> str:
    if isinstance(step, int):
        return f"{path}[{step}]"
    if _PLAIN.fullmatch(step):
        return f"{path}.{step}"
    # JSON escapes double quotes, JSONPath those that stand around it.
    escaped = json.dumps(step, ensure_ascii=False)[1:-1].replace('\\"', '"').replace("'", "\\'")
    return f"{path}['{escaped}']"
