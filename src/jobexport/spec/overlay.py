"""Applies an OpenAPI Overlay (specification 1.0.0) to a document.

Targets are RFC 9535 JSONPath. Strict unless told otherwise: a target that matches nothing is an error, because an
overlay that silently stops matching is how a description goes stale.
"""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonpath_rfc9535 as jsonpath
from attrs import frozen

from jobexport.errors import JobexportError
from jobexport.spec.document import at
from jobexport.spec.load import kind, line_of, tree

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jobexport.spec.document import Location

# The fields of an action by the specification, besides `x-` extensions.
_ACTION_FIELDS = {"target", "description", "update", "remove"}
# Most of the time of a search is its compilation, and the same overlays are applied again and again.
_compiled = functools.lru_cache(maxsize=512)(jsonpath.compile)


class OverlayError(JobexportError):
    """An overlay that can't be applied. The text names the file, the action's number (from 1) and its target."""


def apply_overlay(
    document: Mapping[str, Any],
    overlay: Mapping[str, Any],
    *,
    source: str | Path = "overlay",
    strict: bool = True,
    base: str | Path = "openapi/openapi.yaml",
) -> dict[str, Any]:
    """Return `document` with every action of `overlay` applied, in order; neither argument is changed.

    An action with `remove: true` deletes what its target selects. Otherwise `update` is merged: into an object key by
    key, arrays inside it appended to arrays of the same name, a primitive replaced by a primitive (any other pair is an
    error, as Overlay 1.1 has it); onto an array as one new item.

    Args:
        document: the OpenAPI document.
        overlay: the parsed overlay.
        source: name of the overlay in messages; with a `Path`, messages also have line numbers.
        strict: True if a target that matches nothing is an error (the specification allows it).
        base: name of the document in messages.

    Raises:
        OverlayError: an action is malformed, its target is not a JSONPath or matches nothing, or its update does not
            fit.
    """
    _check_overlay(overlay, source)
    result: dict[str, Any] = tree(document)
    for number, fields in enumerate(overlay["actions"], start=1):
        action = _Action.read(fields, source, number)
        locations = action.find(result)
        if not locations and strict:
            raise action.error(f"matches nothing; was it renamed or removed in {base}?")
        if action.remove:
            action.remove_from(result, locations)
        else:
            for location in locations:
                action.update_at(result, location)
    return result


def touched_places(document: Mapping[str, Any], overlay: Mapping[str, Any]) -> list[list[Location]]:
    """Return for each action of an applicable overlay the places that it removes or updates.

    Places are in the document as the actions before it leave it.
    """
    result: dict[str, Any] = tree(document)
    found: list[list[Location]] = []
    for number, fields in enumerate(overlay["actions"], start=1):
        action = _Action.read(fields, "overlay", number)
        locations = action.find(result)
        if action.remove:
            found.append(locations)
            action.remove_from(result, locations)
            continue
        keys = action.update if isinstance(action.update, dict) else {}
        found.append([(*location, key) for location in locations for key in keys] or locations)
        for location in locations:
            action.update_at(result, location)
    return found


def _check_overlay(overlay: Mapping[str, Any], source: str | Path) -> None:
    version = overlay.get("overlay")
    # 1.1 adds the `copy` action, which is refused below like any other unknown field; the rest is the same.
    if not (isinstance(version, str) and version.startswith(("1.0.", "1.1."))):
        raise OverlayError(f"{source}: `overlay` must be a version such as 1.0.0, not {version!r}")
    info = overlay.get("info")
    if not (isinstance(info, dict) and {"title", "version"} <= info.keys()):
        raise OverlayError(f"{source}: `info` must be an object with a `title` and a `version`; add them")
    if not (isinstance(overlay.get("actions"), list) and overlay["actions"]):
        raise OverlayError(f"{source}: `actions` must be an array with at least one action; add one")


@frozen
class _Action:
    """One checked action, with its source and number for messages."""

    source: str | Path
    number: int
    target: str
    remove: bool
    update: Any

    @classmethod
    def read(cls, fields: Any, source: str | Path, number: int) -> _Action:
        action = cls(source, number, "", remove=False, update=None)
        if not isinstance(fields, dict):
            raise action.error(f"an action must be an object, not {kind(fields)}")
        target = fields.get("target")
        if not (isinstance(target, str) and target):
            raise action.error("needs a `target`; give it a JSONPath such as $.paths")
        action = cls(source, number, target, remove=fields.get("remove", False), update=fields.get("update"))
        unknown = sorted(key for key in fields.keys() - _ACTION_FIELDS if not str(key).startswith("x-"))
        if unknown:
            raise action.error(
                f"has the unknown field `{unknown[0]}`; an action has {', '.join(sorted(_ACTION_FIELDS))}"
            )
        if not isinstance(action.remove, bool):
            raise action.error(f"has `remove` as {kind(action.remove)}; make it true or false")
        if not action.remove and "update" not in fields:
            raise action.error("has nothing to do; give the action an `update` or `remove: true`")
        return action

    def error(self, problem: str) -> OverlayError:
        line = line_of(self.source, ("actions", self.number - 1)) if isinstance(self.source, Path) else None
        where = f"{self.source} action {self.number}" + (f" (line {line})" if line else "")
        target = " ".join(self.target.split())
        return OverlayError(f"{where}: target {target} {problem}" if target else f"{where}: {problem}")

    def find(self, document: Any) -> list[Location]:
        try:
            nodes = _compiled(self.target).find(document)
        except (jsonpath.JSONPathRecursionError, RecursionError):
            raise self.error("is nested too deeply, or searches what is; write out the keys instead of `..`") from None
        except (jsonpath.JSONPathError, ValueError) as problem:  # ValueError: an index of thousands of digits
            raise self.error(f"is not a valid RFC 9535 JSONPath: {problem}; correct it") from None
        # A path with several selectors may select one place twice.
        return list(dict.fromkeys(tuple(node.location) for node in nodes))

    def remove_from(self, document: Any, locations: list[Location]) -> None:
        # Deepest first, then last item first: no removal moves a place that is still to be removed.
        for location in sorted(locations, key=_deepest_last, reverse=True):
            if not location:
                raise self.error("selects the whole document, which can't be removed; target a part of it")
            del at(document, location[:-1])[location[-1]]

    def update_at(self, document: Any, location: Location) -> None:
        node = at(document, location)
        if isinstance(node, list):
            node.append(tree(self.update))
        elif not isinstance(node, dict):
            raise self.error(f"selects {kind(node)}; target the object or array that holds it")
        elif not isinstance(self.update, dict):
            raise self.error(f"selects an object, but `update` is {kind(self.update)}; make it an object")
        else:
            self.merge(node, self.update)

    def merge(self, node: dict[str, Any], update: dict[str, Any]) -> None:
        for key, value in update.items():
            old = node.get(key)
            if key in node and _shape(old) is not _shape(value):
                raise self.error(
                    f"has {kind(old)} at {key!r}, but `update` has {kind(value)} there; remove the old value first"
                )
            if isinstance(old, dict):
                self.merge(old, value)
            elif isinstance(old, list):
                old.extend(tree(value))
            else:
                node[key] = tree(value)


def _shape(value: Any) -> type:
    """Return a key that is the same for two values that can be merged: objects, arrays, or primitives."""
    return type(value) if isinstance(value, (dict, list)) else object


def _deepest_last(location: Location) -> tuple[int, list[tuple[int, str]]]:
    return len(location), [(step, "") if isinstance(step, int) else (-1, step) for step in location]
