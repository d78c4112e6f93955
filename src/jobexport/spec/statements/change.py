"""Turns a change of a document into overlay actions."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from attrs import frozen

from jobexport.spec.document import MISSING, look
from jobexport.spec.overlay import apply_actions

if TYPE_CHECKING:
    from jobexport.spec.document import Location

Action = dict[str, Any]

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@frozen
class Change:
    """One change of a document: a value to be put in a place, or a place to be removed."""

    description: str
    """The fact, as the description of the overlay's action."""
    location: Location
    value: Any = None
    remove: bool = False


def actions_for(document: dict[str, Any], change: Change) -> list[Action]:
    """Build the actions of a change.

    The list is empty if the document has the change already. It has a removal and an update if the new value can't be
    merged over the old one. A new item of an array goes to the end, whatever number its place has.
    """
    old = look(document, change.location)
    removal: Action = {"target": _target(document, change.location), "remove": True}
    if change.remove:
        return [] if old is MISSING else [removal]
    if old is not MISSING and same(old, change.value):
        return []
    if isinstance(old, list) and isinstance(change.value, list) and (actions := _array_actions(document, change, old)):
        return actions
    *parent, key = change.location
    held_by = look(document, tuple(parent))
    # An overlay can add to an array only at its end.
    update = _items([change.value]) if isinstance(held_by, list) else {key: change.value}
    action: Action = {"target": _target(document, tuple(parent)), "update": update}
    merges = isinstance(old, (dict, list)) or isinstance(change.value, (dict, list)) or isinstance(held_by, list)
    return [removal, action] if old is not MISSING and merges else [action]


def _array_actions(document: dict[str, Any], change: Change, old: list[Any]) -> list[Action]:
    """Build the actions that remove items of an array and append others; empty if these can't make the new value."""
    kept = [item for item in old if item in change.value]
    if not kept or change.value[: len(kept)] != kept:
        return []
    path = _target(document, change.location)
    gone = [path + _item(old, number) for number, item in enumerate(old) if item not in kept]
    more = change.value[len(kept) :]
    added = [{"target": path, "update": _items(more)}] if more else []
    # Each action sees the array that the actions before it left. From last to first, no item moves before its removal.
    return [{"target": target, "remove": True} for target in reversed(gone)] + added


def _items(items: list[Any]) -> Any:
    """Return the update that adds items to an array: an array is added item by item, any other value as one item."""
    return items[0] if len(items) == 1 and not isinstance(items[0], list) else items


def same(one: Any, other: Any) -> bool:
    """Return whether two values are the same JSON; in Python `True == 1`."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def applied(document: dict[str, Any], actions: list[Action]) -> dict[str, Any]:
    """Return the document with actions applied; the argument is not changed, and shares what no action changes.

    Raises:
        OverlayError: a target matches nothing, or an update does not fit.
    """
    if not actions:
        return document
    return apply_actions(document, actions)


def _target(document: dict[str, Any], location: Location) -> str:
    """Write a place as a JSONPath, with a filter such as `[?@.name == 'x']` for an item of an array if one fits."""
    path = "$"
    node: Any = document
    for step in location:
        path += _item(node, step) if isinstance(node, list) else _selector(step)
        node = look(node, (step,))
    return path


def _item(items: list[Any], step: str | int) -> str:
    item = look(items, (step,))
    if isinstance(item, (str, int, float)) and items.count(item) == 1:
        return f"[?@ == {_literal(item)}]"
    for key in ("$ref", "name"):
        if isinstance(item, dict) and key in item and sum(look(other, (key,)) == item[key] for other in items) == 1:
            return f"[?@{_selector(key)} == {_literal(item[key])}]"
    return f"[{step}]"


def to_path(location: Location) -> str:
    """Write a place as a JSONPath, as overlays have it: `("paths", "/v1/x")` → `$.paths['/v1/x']`."""
    return "$" + "".join(map(_selector, location))


def _selector(step: str | int) -> str:
    if isinstance(step, int):
        return f"[{step}]"
    return f".{step}" if _PLAIN.fullmatch(step) else f"[{_quoted(step)}]"


def _quoted(text: str) -> str:
    """Write a text as a JSONPath literal in single quotes."""
    # JSON escapes double quotes; a JSONPath literal escapes the quotes around it.
    escaped = json.dumps(text, ensure_ascii=False)[1:-1].replace('\\"', '"').replace("'", "\\'")
    return f"'{escaped}'"


def _literal(value: Any) -> str:
    return _quoted(value) if isinstance(value, str) else json.dumps(value)
