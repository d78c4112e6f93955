"""Turns a change of a document into overlay actions: a value to be put in a place, or a place to be removed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import frozen

from jobexport.spec.overlay import apply_overlay
from jobexport.spec.places import look, to_path

if TYPE_CHECKING:
    from jobexport.spec.places import Location

Action = dict[str, Any]


@frozen
class Change:
    """One change of a document: a value to be put in a place, or a place to be removed."""

    description: str
    """The fact, as an overlay's action says it."""
    location: Location
    value: Any = None
    remove: bool = False


def actions_for(document: dict[str, Any], change: Change) -> list[Action]:
    """Give the actions of a change: none where it holds already, two where what is there can't be merged over."""
    there, old = look(document, change.location)
    removal: Action = {"target": to_path(change.location), "remove": True}
    if change.remove:
        return [removal] if there else []
    if there and old == change.value and isinstance(old, bool) == isinstance(change.value, bool):
        return []
    *parent, key = change.location
    update: Action = {"target": to_path(tuple(parent)), "update": {key: change.value}}
    merges = isinstance(old, (dict, list)) or isinstance(change.value, (dict, list))
    return [removal, update] if there and merges else [update]


def applied(document: dict[str, Any], actions: list[Action]) -> dict[str, Any]:
    """Give the document with actions applied; the argument is not changed.

    Raises:
        OverlayError: a target matches nothing, or an update does not fit.
    """
    if not actions:
        return document
    return apply_overlay(document, {"overlay": "1.0.0", "info": {"title": "", "version": ""}, "actions": actions})
