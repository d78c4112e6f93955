"""Changes of a document as overlay actions."""

from __future__ import annotations

from typing import Any

import pytest

from jobexport.spec.statements.change import Change, actions_for, applied


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (["a"], ["a", "b"]),
        (["a"], ["a", "b", "c"]),
        (["a"], ["a", "b", "b"]),
        (["a", "x", "x"], ["a", "b"]),
        ([[1]], [[1], [2]]),
        ([[1]], [[1], [2], [3, 4]]),
        ([{"name": "a"}, {"name": "b"}], [{"name": "b"}, {"name": "c"}, {"name": "c"}]),
        ([], [["a"]]),
        ("a", ["a"]),
        (["a"], "a"),
        ({"a": 1}, [1]),
    ],
)
def test_new_value(old: Any, new: Any) -> None:
    """The actions of a change make the new value, whatever the items of an array are."""
    document = {"value": old}
    actions = actions_for(document, Change("A fact", ("value",), new))
    assert applied(document, actions) == {"value": new}


@pytest.mark.parametrize("item", ["b", ["b"], [], {"b": 1}, None])
def test_new_item(item: Any) -> None:
    """A new item of an array becomes its last item, also if it is an array."""
    document = {"value": ["a"]}
    actions = actions_for(document, Change("A fact", ("value", 1), item))
    assert applied(document, actions) == {"value": ["a", item]}
