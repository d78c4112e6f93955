"""Compares types and formats them in one spelling."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jobexport.drift.facts import DataType


def same_type(one: DataType | None, other: DataType | None) -> bool:
    """Check whether two types do not contradict each other; a detail that only one of them states does not count.

    `List` fits `List<String>`, and `Integer` fits an integer of any size.
    """
    if one is None or other is None:
        return True
    if one.alternatives or other.alternatives:
        return _same_choice(one.alternatives or (one,), other.alternatives or (other,))
    if "unknown" in (one.kind, other.kind):
        return True
    if one.kind != other.kind:
        return False
    if one.format and other.format and one.format != other.format:
        return False
    return same_type(one.items, other.items)


def may_be_same(one: DataType | None, other: DataType | None) -> bool:
    """Check whether two types are the same, or one type is among the alternatives of the other."""
    if one is None or other is None or same_type(one, other):
        return True
    mine, theirs = one.alternatives or (one,), other.alternatives or (other,)
    return any(same_type(type_, candidate) for type_ in mine for candidate in theirs)


def _same_choice(one: tuple[DataType, ...], other: tuple[DataType, ...]) -> bool:
    def covers(mine: tuple[DataType, ...], theirs: tuple[DataType, ...]) -> bool:
        return all(any(same_type(type_, candidate) for candidate in mine) for type_ in theirs)

    return covers(one, other) and covers(other, one)


def type_name(type_: DataType | None) -> str | None:
    """Format a type, such as `array of int64` or `boolean or string`; None for an unknown type."""
    if type_ is None:
        return None
    if type_.alternatives:
        return " or ".join(sorted(str(type_name(alternative)) for alternative in type_.alternatives))
    if type_.kind == "unknown":
        return None
    items = type_name(type_.items)
    if items is not None:
        return f"{type_.kind} of {items}"
    return type_.format or type_.kind
