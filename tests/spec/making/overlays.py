"""The actions of an overlay that a statement of the register has to support."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_PROPERTY = re.compile(r"\.properties\.\w+(\.type\[.*\])?$")


def removals(actions: list[dict[str, Any]]) -> Iterator[int]:
    """Yield the numbers of the actions that remove a property or one of its types, which no later action puts back."""
    for number, action in enumerate(actions):
        later = [other for other in actions[number + 1 :] if isinstance(other.get("update"), dict)]
        back = {f"{other['target']}.{key}" for other in later for key in other["update"]}
        if action.get("remove") and _PROPERTY.search(action["target"]) and action["target"] not in back:
            yield number
