"""Names places in a document: JSON pointers, JSONPaths, and what stands there behind its references."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

Location = tuple[str | int, ...]

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def to_pointer(location: Location) -> str:
    """Write a place as a JSON pointer."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in location)


def from_pointer(pointer: str) -> tuple[str, ...]:
    """Read a JSON pointer; numbers stay text, for a key may be one."""
    steps = pointer.removeprefix("/").split("/") if pointer else []
    return tuple(step.replace("~1", "/").replace("~0", "~") for step in steps)


def located(document: Any, pointer: str) -> Location:
    """Read a pointer, with numbers where the document has arrays."""
    location: Location = ()
    for step in from_pointer(pointer):
        is_array = isinstance(look(document, location)[1], list)
        location = (*location, int(step) if is_array else step)
    return location


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
    return f"{path}[{quoted(step)}]"


def quoted(text: str) -> str:
    """Write a text as a JSONPath has it in single quotes."""
    # JSON escapes double quotes, JSONPath those that stand around it.
    escaped = json.dumps(text, ensure_ascii=False)[1:-1].replace('\\"', '"').replace("'", "\\'")
    return f"'{escaped}'"


def look(document: Any, location: Location) -> tuple[bool, Any]:
    """Say whether there is such a place, and give what stands there; references are not followed."""
    node = document
    for step in location:
        try:
            node = node[step]
        except (KeyError, IndexError, TypeError):
            return False, None
    return True, node


def at(document: Any, location: Location) -> Any:
    """Give what stands at a place that exists."""
    node = document
    for step in location:
        node = node[step]
    return node


def dereference(document: Any, node: Mapping[str, Any]) -> Mapping[str, Any]:
    """Follow the references of a node."""
    while "$ref" in node:
        node = at(document, from_pointer(node["$ref"].removeprefix("#")))
    return node


def behind(document: Any, location: Location) -> Location:
    """Follow the references at a place that exists, and say where they lead."""
    node = at(document, location)
    while isinstance(node, dict) and "$ref" in node:
        location = from_pointer(node["$ref"].removeprefix("#"))
        node = at(document, location)
    return location
