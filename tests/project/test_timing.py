"""Tests hold no claim by the clock: how long something takes depends on what else the machine does."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
FILES = sorted(TESTS.rglob("*.py"))
KINDS = ("monotonic", "perf_counter", "process_time", "thread_time")
CLOCKS = {kind + unit for kind in KINDS for unit in ("", "_ns")}
SECONDS = 30
"""The least bound of a wait: a busy machine keeps it, and what never ends exceeds it."""


def refused(source: str) -> list[int]:
    """Return the lines of comparisons of measured time with less than half a minute."""
    if not any(kind in source for kind in KINDS):
        return []
    tree = ast.parse(source)
    assigned = [
        (target.id, node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        for place in node.targets
        for target in ast.walk(place)
        if isinstance(target, ast.Name)
    ]
    times: dict[str, list[ast.expr]] = {}
    while fresh := [pair for pair in assigned if pair[1] not in times.get(pair[0], []) and _measures(pair[1], times)]:
        for name, value in fresh:
            times.setdefault(name, []).append(value)
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Compare) and _measures(node, times) and _least(node, times, dict(assigned)) < SECONDS
    ]


def _measures(node: ast.AST, times: dict[str, list[ast.expr]]) -> bool:
    """Return True if an expression reads a clock, or a name that was made from one."""
    return any(
        (isinstance(part, ast.Call) and _name(part.func) in CLOCKS) or (isinstance(part, ast.Name) and part.id in times)
        for part in ast.walk(node)
    )


def _least(node: ast.AST, times: dict[str, list[ast.expr]], values: dict[str, ast.expr]) -> float:
    """Return the least number in a comparison and in the names that it reads; 0 without a number."""
    seen: set[str] = set()
    left, numbers = [node], []
    while left:
        for part in ast.walk(left.pop()):
            if isinstance(part, ast.Constant) and isinstance(part.value, int | float):
                numbers.append(part.value)
            if isinstance(part, ast.Name) and part.id not in seen:
                seen.add(part.id)
                left += times.get(part.id, [values[part.id]] if part.id in values else [])
    return min(numbers, default=0)


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


@pytest.mark.parametrize(
    "line",
    [
        "assert time.monotonic() - start < 5",
        "assert 0.25 <= perf_counter() - start < 60",
        "took = time.monotonic() - start\nassert took >= 0.1",
        "end = time.monotonic() + 5\nwhile not there and time.monotonic() < end: pass",
        "LIMIT = 2\nassert time.process_time() - start < LIMIT",
        "assert time.monotonic() - start < limit",
    ],
)
def test_a_short_time_is_refused(line: str) -> None:
    """The search finds upper and lower bounds, of a clock or of what was measured with it, and bounds with a name."""
    assert len(refused(f"start = time.monotonic()\n{line}\n")) == 1


def test_half_a_minute_is_allowed() -> None:
    """A bound that only shows that something ends at all may stay."""
    assert refused("end = time.monotonic() + 60\nwhile time.monotonic() < end: pass\nassert size < 5\n") == []


def test_no_test_compares_short_times() -> None:
    """Wait for an event, count, compare an order, or let the clock of the code stand still: `tests/making/waits.py`."""
    found = {str(path.relative_to(TESTS)): refused(path.read_text(encoding="utf-8")) for path in FILES}
    assert {path: lines for path, lines in found.items() if lines} == {}
