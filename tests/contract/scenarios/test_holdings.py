"""Objects before and after a change: what counts as a difference, and bodies in which a lost field is seen."""

from __future__ import annotations

from typing import Any

import pytest

from jobexport.contract import Violation
from jobexport.contract.scenarios.bodies import full
from jobexport.contract.scenarios.expecting import HeldObject, expect_changes, missing

A, B = (None, "listJobs", "a"), (None, "listJobs", "b")


def held(**fields: Any) -> HeldObject:
    return HeldObject("a", fields, {})


@pytest.mark.parametrize(
    ("wanted", "found", "words"),
    [
        ({"a": 1}, {}, "/a is missing"),
        ({"a": {"b": [1]}}, {"a": {"b": []}}, "/a/b has 0 items instead of 1"),
        ([{"a": 1}], [{"a": "1"}], "/0/a is '1' instead of 1"),
        ({"a": 1}, {"a": True}, "/a is True instead of 1"),
        ({"a": 1}, {"a": 1.0}, "/a is 1.0 instead of 1"),
    ],
)
def test_a_value_that_lost_something_is_told_with_its_place(wanted: Any, found: Any, words: str) -> None:
    """A missing field, a missing item and another type are differences, each with its place."""
    assert missing(wanted, found) == words


def test_a_server_may_add_fields() -> None:
    """Fields that a request did not send are no difference."""
    assert missing({"a": [{"b": 1}]}, {"a": [{"b": 1, "more": 2}], "id": 3}) is None


@pytest.mark.parametrize(
    ("before", "after", "options", "words"),
    [
        ({A: held()}, {}, {}, "has no job 'a'"),
        ({}, {A: held()}, {}, "has job 'a'"),
        ({A: held()}, {A: held()}, {"gone": [A]}, "has job 'a'"),
        ({A: held()}, {A: held()}, {"added": [B]}, "has no job 'b'"),
        ({A: held(x=1)}, {A: held(x=2)}, {}, "job 'a' differs: /x is 2 instead of 1"),
        ({A: held(x=1)}, {A: held(x=1, y=1)}, {}, "job 'a' differs: /y is missing"),
    ],
)
def test_each_change_that_was_not_asked_for_is_found(before: Any, after: Any, options: Any, words: str) -> None:
    """Objects that appear, stay, vanish or differ against what was asked for are violations."""
    with pytest.raises(Violation, match=f"afterwards .*{words}"):
        expect_changes(before, after, "afterwards", **options)


def test_the_change_that_was_asked_for_is_no_violation() -> None:
    """A new, a gone and a changed object may be as the request says."""
    expect_changes({A: held(x=1)}, {A: held(x=2), B: held()}, "afterwards", added=[B], changed=[A])
    expect_changes({A: held()}, {}, "afterwards", gone=[A])


SCHEMA = {
    "type": "object",
    "required": ["name"],
    "properties": {
        "name": {"type": "string", "examples": ["n"]},
        "kind": {"type": "string", "x-open-enum": ["ONE", "TWO"]},
        "tries": {"type": "integer", "minimum": 0, "maximum": 5, "default": 0},
        "silent": {"type": "boolean", "default": True},
        "parts": {"type": "array", "items": {"type": "object", "properties": {"name": {"type": "string"}}}},
        "map": {"type": "object", "examples": [{}, {"a": "b"}]},
    },
}


def test_a_full_body_has_no_default_and_lists_of_two() -> None:
    """Each field has another value than its default, so that losing it is seen; a list of objects has two."""
    assert full({}, SCHEMA) == {
        "name": "n",
        "kind": "ONE",
        "tries": 5,
        "silent": False,
        "parts": [{"name": "x"}, {"name": "x_2"}],
        "map": {"a": "b"},
    }


def test_a_body_can_have_some_fields_and_other_values() -> None:
    """Optional fields can be left out at the top, and listed values can be taken in turn."""
    assert full({}, SCHEMA, 1, ["kind"]) == {"name": "n", "kind": "TWO"}
