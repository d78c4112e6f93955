"""The overlay for a server: the overlay of the closest edition, changed where the server differs."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from jobexport.contract.identify.finding import entries_for
from jobexport.spec.document import look
from jobexport.spec.editions import BASE, CHECKOUT, OVERLAYS, is_checkout
from jobexport.spec.load import dump_yaml, load_yaml
from jobexport.spec.statements.change import actions_for, applied, to_path

if TYPE_CHECKING:
    from jobexport.contract.identify.description import Description
    from jobexport.contract.identify.finding import Identified
    from jobexport.spec.register import Register
    from jobexport.spec.statements.change import Action, Change


def overlay_for(closest: Description, findings: list[Identified], register: Register) -> tuple[str, dict[str, Any]]:
    """Return the overlay as YAML, and the document that it makes.

    In a checkout the overlay applies to the union, as each overlays/<edition>.yaml does. An installed package has no
    union; its overlay applies to the document of the closest edition.

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
        actions = actions_for(document, change)
        document = applied(document, actions)
        if undone is None:
            mark = {"x-inconsistency": marks[0] if len(marks) == 1 else marks}
            added += [{"description": change.description, **mark, **action} for action in actions]
    text = dump_yaml({"overlay": "1.0.0", "info": _info(closest, findings, union), "actions": [*base, *added]})
    return text, document


def _base(edition: str) -> tuple[list[Action], dict[str, Any] | None]:
    if not is_checkout():
        return [], None
    overlay = load_yaml(CHECKOUT / OVERLAYS / f"{edition}.yaml")
    return overlay["actions"], load_yaml(CHECKOUT / BASE)


def _marks(change: Change, findings: list[Identified], register: Register) -> list[str]:
    """Return the ids of the register entries of all findings with this change."""
    ids: dict[str, None] = {}
    for finding in findings:
        if change in finding.changes:
            entries = entries_for(finding, register) or entries_for(finding, register, wire=False)
            ids |= dict.fromkeys(entry.id for entry in entries)
    return sorted(ids)


def _info(closest: Description, findings: list[Identified], union: dict[str, Any] | None) -> dict[str, str]:
    day = time.strftime("%Y-%m-%d", time.gmtime())
    words = [f"The responses of a server on {day}; the rest is {closest.edition}, the closest edition."]
    if union is None:
        words.append(f"Apply this overlay to the document of {closest.edition}.")
    unsaid = [finding.unsaid for finding in findings if finding.unsaid]
    if unsaid:
        words.append(f"The overlay can't express: {'; '.join(unsaid)}.")
    return {
        "title": f"A server of {day}, closest to {closest.edition}",
        "version": "1.0.0",
        "description": " ".join(words),
    }


def _undone(change: Change, base: list[Action], union: dict[str, Any] | None) -> Action | None:
    """Return the action of the closest edition's overlay that removes the value that the change adds, or None."""
    if change.remove or union is None or look(union, change.location) != change.value:
        return None
    target = to_path(change.location)
    return next((action for action in base if action.get("remove") and action["target"] == target), None)
