"""Differences of two definitions in their meaning: what a restore may change, such as ids and times, is left out."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING, Any

from jobexport.backup.content import suspects

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SET_BY_DGC = {
    "id", "resourceId", "owner", "version", "createUser", "createTime", "lastUpdateUser", "lastUpdateTime",
}  # fmt: skip
"""Fields of a list of DGC that the service sets."""
SET_BY_DLI = {
    "job_id", "status", "status_desc", "start_time", "update_time", "duration", "restart_times", "has_savepoint",
    "savepoint_path", "execution_graph", "user_id", "user_name", "username", "project_id", "root_id",
}  # fmt: skip
"""Fields of a Flink job that change while it runs, or that belong to its project."""
_VOLATILE = SET_BY_DGC | SET_BY_DLI | {
    "create_time", "workspace", "workspaceId", "location", "autoAcquireLock", "targetStatus",
}  # fmt: skip
# A resource's `location` is no place on a canvas.
_KEPT = {"resource": {"location"}}
# What the pages say for a field that is left out.
_DEFAULTS = {
    "pollingInterval": 10,
    "maxExecutionTime": 60,
    "failPolicy": "FAIL",
    "type": "variable",
    "processType": "BATCH",
    "jobType": "BATCH",
}
# Pages call this field by two names.
_SAME = {"jobType": "processType"}
_CONTEXT = 1
_LONGEST = 60


def differences(kind: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """Return the differences of two definitions as lines, such as `node a: scriptName "x" → "y"`; empty if equal."""
    before, after = dict(old), dict(new)
    texts = [before.pop("content", None), after.pop("content", None)] if kind == "script" else [None, None]
    if kind == "flink":
        texts = [before.pop("sql_body", None), after.pop("sql_body", None)]
    kept = _KEPT.get(kind, set())
    found = list(_compared("", _meaning(before, kept), _meaning(after, kept)))
    return found + list(_lines(*texts))


def _meaning(value: Any, kept: set[str]) -> Any:
    """Return a value without what is volatile, empty or a default; lists of named objects become mappings."""
    if isinstance(value, dict):
        named = "name" in value
        found = {}
        for key, item in value.items():
            if (
                key in _VOLATILE - kept
                or (key in _DEFAULTS and item == _DEFAULTS[key])
                or (key == "nodes" and not item)
            ):
                continue
            meaning = _meaning(item, kept)
            if key == "preNodeName" and isinstance(meaning, list):
                meaning = sorted(meaning, key=repr)
            if key == "type" and named and "properties" in value and isinstance(item, str):
                # `Hive SQL` in a table is `HiveSQL` in an example.
                meaning = "".join(item.split())
            if meaning not in (None, "", [], {}):
                found[_SAME.get(key, key)] = meaning
        return found
    if isinstance(value, list):
        names = [item.get("name") for item in value if isinstance(item, dict)]
        items = [_meaning(item, kept) for item in value]
        if len(names) == len(value) == len(set(map(repr, names))) and all(isinstance(name, str) for name in names):
            return {name: _unnamed(item) for name, item in zip(names, items, strict=True)}
        return items
    return value


def _unnamed(item: dict[str, Any]) -> Any:
    """Return a named object without its name; one that has only a value is that value."""
    rest = {key: value for key, value in item.items() if key != "name"}
    return rest["value"] if rest.keys() == {"value"} else rest


def _compared(place: str, old: Any, new: Any) -> Iterator[str]:
    if "." not in place:
        # A whole part of the definition that is new, such as all parameters, is shown by its entries.
        old, new = ({} if one is None and isinstance(other, dict) else one for one, other in ((old, new), (new, old)))
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted({*old, *new}):
            yield from _compared(f"{place}.{key}" if place else key, old.get(key), new.get(key))
    elif old != new and _plain(old) != _plain(new):
        if old is None:
            yield f"{place}: {_shown(place, new)} is new"
        elif new is None:
            yield f"{place}: {_shown(place, old)} is gone"
        else:
            yield f"{place}: {_shown(place, old)} → {_shown(place, new)}"


def _plain(value: Any) -> Any:
    """Return a scalar as text: the pages have numbers as texts in one place and as numbers in another."""
    return str(value).casefold() if isinstance(value, bool | int | float) else value


def _shown(place: str, value: Any) -> str:
    """Return a value as it is shown: short, and hidden if it looks like a secret."""
    if isinstance(value, dict | list):
        return f"a part of {len(value)} entries" if len(value) > 1 else "an entry"
    text = str(value)
    named = {place.rpartition(".")[2]: text}
    if next(suspects.places(named), None):
        return "a value that looks like a secret"
    return repr(value) if len(text) <= _LONGEST else f"{text[:_LONGEST]!r}…"


def _lines(old: Any, new: Any) -> Iterator[str]:
    """Yield the lines that differ, as `- old` and `+ new`; a line's end does not count."""
    if old == new or not isinstance(old, str) or not isinstance(new, str):
        if old != new:
            yield f"content: {'the text is new' if old is None else 'the text is gone'}"
        return
    before, after = (re.split(r"\r\n|\n|\r", text.rstrip()) for text in (old, new))
    for line in difflib.unified_diff(before, after, n=_CONTEXT, lineterm=""):
        if line.startswith(("---", "+++")):
            continue
        shown = line
        if suspects.in_text(line):
            shown = f"{line[:1]} (a line that looks like it has a secret)"
        yield f"content {shown}" if line.startswith("@@") else f"  {shown}"
