"""Applies an OpenAPI Overlay to a document, by the rules of specification 1.1, also if the overlay declares 1.0.

Version 1.0 leaves open what 1.1 defines, and other tools apply the rules of 1.1 to both. Targets are RFC 9535 JSONPath.
Strict unless told otherwise: a target that matches nothing is an error, and an action without effect too, because an
overlay that silently stops matching is how a description goes stale.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import frozen

from jobexport.errors import JobexportError
from jobexport.spec import jsonpath
from jobexport.spec.document import at
from jobexport.spec.load import kind, line_of, tree

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jobexport.spec.document import Location

# The fields by the specification, besides `x-` extensions.
_FIELDS = ("actions", "extends", "info", "overlay")
_INFO_FIELDS = ("description", "title", "version")
_ACTION_FIELDS = ("copy", "description", "remove", "target", "update")
_VERSION = re.compile(r"1\.[01]\.\d+", re.ASCII)
# Copies of copies grow with every action; so do updates of all that earlier updates added.
_LARGEST = 4 << 20
_DEEPEST = 100
# The longest target in a message.
_LONGEST = 200
_VERBS = "`update`, `copy` or `remove: true`"


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

    An action with `remove: true` deletes what its target selects. Otherwise the value of `update`, or of the one node
    that `copy` selects, goes into each selected node. An object is merged into an object key by key. An array is added
    to an array item by item, any other value as one item. A primitive replaces a primitive. Any other pair is an error,
    also inside of objects.

    Args:
        document: the OpenAPI document.
        overlay: the parsed overlay.
        source: name of the overlay in messages; with a `Path`, messages also have line numbers.
        strict: True if a target that matches nothing, or an action without effect, is an error (the specification
            allows both).
        base: name of the document in messages.

    Raises:
        OverlayError: the overlay or an action is malformed or given twice, a target is not a JSONPath or matches
            nothing, or an update does not fit.
    """
    _check_overlay(overlay, source)
    return _applied(_tree(document, base), overlay["actions"], source, strict, base)


def apply_actions(document: Mapping[str, Any], actions: Sequence[Any]) -> dict[str, Any]:
    """Return `document` with the actions of an overlay applied strictly; parts that no action changes are shared.

    Neither argument is changed. A caller must change neither the result, as it has parts of the document, nor the
    document.

    Raises:
        OverlayError: an action can't be applied.
    """
    return _applied(dict(document), actions, "overlay", True, "the document", {})


def _applied(
    result: dict[str, Any],
    actions: Sequence[Any],
    source: str | Path,
    strict: bool,
    base: str | Path,
    owned: dict[int, Any] | None = None,
) -> dict[str, Any]:
    """Apply actions to a document and return it; with `owned`, what they change is copied first."""
    read = [_Action.read(fields, source, number) for number, fields in enumerate(actions, start=1)]
    _check_unique(read)
    size = 0
    for action in read:
        locations = action.find(result)
        if strict and action.verb is None:
            reason = "has `update` and `copy`, so neither counts" if "copy" in action.fields else "has nothing to do"
            raise action.error(f"{reason}; give the action one of {_VERBS}")
        if strict and not locations:
            raise action.error(f"matches nothing; was it renamed or removed in {base}?")
        if owned is not None:
            result = _owned(result, locations, owned, whole=action.verb != "remove")
        size += action.apply(result, locations, _LARGEST - size)
    return result


def _owned(document: dict[str, Any], locations: list[Location], owned: dict[int, Any], *, whole: bool) -> Any:
    """Copy the objects and arrays that lead to places and are not copied yet; `whole` copies what stands there too.

    `owned` has the copies by their id, which is theirs as long as they are kept.
    """
    if whole and () in locations:
        return tree(document)
    for location in locations:
        node: Any = document
        for depth, step in enumerate(location if whole else location[:-1], start=1):
            inner = node[step]
            last = depth == len(location)
            # What leads to a place is copied alone; an update reaches any depth below the place.
            if isinstance(inner, dict | list) and (last or id(inner) not in owned):
                inner = tree(inner) if last else inner.copy()
                node[step] = owned[id(inner)] = inner
            node = inner
    return document


def touched_places(document: Mapping[str, Any], overlay: Mapping[str, Any]) -> list[list[Location]]:
    """Return for each action of an applicable overlay the places that it removes or updates.

    Places are in the document as the actions before it leave it.
    """
    result: dict[str, Any] = tree(document)
    found: list[list[Location]] = []
    for number, fields in enumerate(overlay["actions"], start=1):
        action = _Action.read(fields, "overlay", number)
        locations = action.find(result)
        value = action.value(result) if locations else None
        keys = value if isinstance(value, dict) else {}
        # An object that an array gets is an item of its own; its keys are not the array's.
        found.append(
            [
                place
                for location in locations
                for place in ([(*location, key) for key in keys] if isinstance(at(result, location), dict) else ())
                or [location]
            ]
        )
        action.apply(result, locations)
    return found


def _check_overlay(overlay: Mapping[str, Any], source: str | Path) -> None:
    if not isinstance(overlay, Mapping):
        raise OverlayError(f"{source}: an overlay must be an object, not {kind(overlay)}")
    version = overlay.get("overlay")
    if not (isinstance(version, str) and _VERSION.fullmatch(version)):
        raise OverlayError(f"{source}: `overlay` must be a version 1.0.x or 1.1.x, such as 1.1.0, not {version!r}")
    info = overlay.get("info")
    if not (isinstance(info, dict) and {"title", "version"} <= info.keys()):
        raise OverlayError(f"{source}: `info` must be an object with a `title` and a `version`; add them")
    texts = [("extends", overlay)] + [(name, info) for name in _INFO_FIELDS]
    for name, fields in texts:
        if name in fields and not isinstance(fields[name], str):
            raise OverlayError(f"{source}: `{name}` must be a string, not {kind(fields[name])}; put it in quotes")
    if not (isinstance(overlay.get("actions"), list) and overlay["actions"]):
        raise OverlayError(f"{source}: `actions` must be an array with at least one action; add one")
    for subject, fields, known in (("the overlay", overlay, _FIELDS), ("`info`", info, _INFO_FIELDS)):
        if unknown := _unknown(fields, known):
            raise OverlayError(f"{source}: {subject} has the unknown field `{unknown}`; it has {', '.join(known)}")


def _unknown(fields: Mapping[str, Any], known: Sequence[str]) -> str | None:
    """Return the first unknown field that is no extension, or None if there is no such field."""
    return min((str(key) for key in fields if key not in known and not str(key).startswith("x-")), default=None)


def _tree(document: Any, base: str | Path) -> Any:
    """Copy a document of the caller's, which no reader has measured."""
    try:
        return tree(document)
    except RecursionError:
        raise OverlayError(f"{base}: nested too deeply; write it flatter") from None


def _check_unique(actions: Sequence[_Action]) -> None:
    seen: dict[str, int] = {}
    for action in actions:
        try:
            text = json.dumps(action.fields, sort_keys=True, default=str)
        except RecursionError:
            raise action.error("is nested too deeply; write it flatter") from None
        if text in seen:
            raise action.error(f"is in action {seen[text]} with the same fields; remove one of the two")
        seen[text] = action.number


@frozen
class _Action:
    """One checked action, with its source and number for messages."""

    source: str | Path
    number: int
    fields: Mapping[str, Any]

    @property
    def target(self) -> str:
        return str(self.fields.get("target", ""))

    @property
    def verb(self) -> str | None:
        """The field that the action carries out, or None: of `update` and `copy` together neither counts."""
        if self.fields.get("remove", False):
            return "remove"
        verbs = [verb for verb in ("update", "copy") if verb in self.fields]
        return verbs[0] if len(verbs) == 1 else None

    @classmethod
    def read(cls, fields: Any, source: str | Path, number: int) -> _Action:
        action = cls(source, number, {})
        if not isinstance(fields, dict):
            raise action.error(f"an action must be an object, not {kind(fields)}")
        target = fields.get("target")
        if not (isinstance(target, str) and target):
            raise action.error("needs a `target`; give it a JSONPath such as $.paths")
        action = cls(source, number, fields)
        if unknown := _unknown(fields, _ACTION_FIELDS):
            raise action.error(f"has the unknown field `{unknown}`; an action has {', '.join(_ACTION_FIELDS)}")
        if not isinstance(fields.get("remove", False), bool):
            raise action.error(f"has `remove` as {kind(fields['remove'])}; make it true or false")
        for name in ("copy", "description"):
            if not isinstance(fields.get(name, ""), str):
                raise action.error(f"has `{name}` as {kind(fields[name])}; make it a string")
        if "copy" in fields:
            action.compiled("copy")
        return action

    def error(self, problem: str) -> OverlayError:
        line = line_of(self.source, ("actions", self.number - 1)) if isinstance(self.source, Path) else None
        where = f"{self.source} action {self.number}" + (f" (line {line})" if line else "")
        target = " ".join(self.target.split())
        target = target if len(target) <= _LONGEST else f"{target[:_LONGEST]}…"
        return OverlayError(f"{where}: target {target} {problem}" if target else f"{where}: {problem}")

    def compiled(self, name: str) -> jsonpath.Path:
        """Return the JSONPath of `target` or `copy`."""
        try:
            return jsonpath.compiled(self.fields[name])
        except jsonpath.Unsearchable as problem:
            raise self.unsearchable(name, problem) from None

    def unsearchable(self, name: str, problem: Exception) -> OverlayError:
        return self.error(str(problem) if name == "target" else f"has a `{name}` that {problem}")

    def find(self, document: Any, name: str = "target") -> list[Location]:
        """Return the places that the JSONPath of `target` or `copy` selects."""
        path = self.compiled(name)
        try:
            return path.find(document)
        except jsonpath.Unsearchable as problem:
            raise self.unsearchable(name, problem) from None

    def value(self, document: Any) -> Any:
        """Return what the action puts into a document: its `update`, or a copy of the one node that `copy` selects."""
        if self.verb != "copy":
            return self.fields.get("update") if self.verb else None
        found = self.find(document, "copy")
        if len(found) != 1:
            source = " ".join(self.fields["copy"].split())
            raise self.error(f"copies {source}, which selects {len(found)} nodes; select a single node")
        return tree(at(document, found[0]))

    def apply(self, document: Any, locations: list[Location], most: int = _LARGEST) -> int:
        """Change a document in the places that the target selects, and return the size of what was added."""
        if self.verb == "remove":
            self.remove_from(document, locations)
        if self.verb in ("remove", None) or not locations:
            return 0
        kinds = list(dict.fromkeys(_shape(at(document, location)) for location in locations))
        if len(kinds) > 1:
            raise self.error(f"selects {' and '.join(_SHAPES[kind] for kind in kinds)}; select nodes of one kind")
        value = self.value(document)
        size, depth = _measure(value)
        if size * len(locations) > most:
            raise self.error(f"and the actions before it add more than {_LARGEST >> 20} MiB; add less")
        if depth + max(map(len, locations)) > _DEEPEST:
            raise self.error(f"makes the document deeper than {_DEEPEST} levels; add less")
        for location in locations:
            self.put(document, location, value)
        return size * len(locations)

    def remove_from(self, document: Any, locations: list[Location]) -> None:
        # Deepest first, then last item first: no removal moves a place that is still to be removed.
        for location in sorted(locations, key=_deepest_last, reverse=True):
            if not location:
                raise self.error("selects the whole document, which can't be removed; target a part of it")
            del at(document, location[:-1])[location[-1]]

    def put(self, document: Any, location: Location, value: Any) -> None:
        node = at(document, location)
        if isinstance(node, list):
            node.extend(tree(value) if isinstance(value, list) else [tree(value)])
        elif isinstance(node, dict) and isinstance(value, dict):
            self.merge(node, value)
        elif _shape(node) is object and _shape(value) is object:
            at(document, location[:-1])[location[-1]] = value
        else:
            wanted = "an object" if isinstance(node, dict) else "a string, a number, a boolean or null"
            raise self.error(f"selects {kind(node)}, but `{self.verb}` is {kind(value)}; make it {wanted}")

    def merge(self, node: dict[str, Any], value: dict[str, Any]) -> None:
        for key, new in value.items():
            old = node.get(key)
            if key in node and _shape(old) is not _shape(new):
                raise self.error(
                    f"has {kind(old)} at {key!r}, but `{self.verb}` has {kind(new)} there; remove the old value first"
                )
            if isinstance(old, dict):
                self.merge(old, new)
            elif isinstance(old, list):
                old.extend(tree(new))
            else:
                node[key] = tree(new)


_SHAPES = {dict: "objects", list: "arrays", object: "primitives"}


def _shape(value: Any) -> type:
    """Return a key that is the same for two values that can be merged: objects, arrays, or primitives."""
    return dict if isinstance(value, dict) else list if isinstance(value, list) else object


def _measure(value: Any) -> tuple[int, int]:
    """Return about how many characters of JSON a value has, and how many levels."""
    size, depth, level = 0, 0, [value]
    while level:
        depth += 1
        size += sum(20 + (len(item) if isinstance(item, str | dict) else 0) for item in level)
        children = (
            item.values() if isinstance(item, dict) else item for item in level if isinstance(item, dict | list)
        )
        level = [child for group in children for child in group]
    return size, depth


def _deepest_last(location: Location) -> tuple[int, list[tuple[int, str]]]:
    return len(location), [(step, "") if isinstance(step, int) else (-1, step) for step in location]
