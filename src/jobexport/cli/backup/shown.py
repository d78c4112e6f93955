"""A verdict and differences as people and programs read them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jobexport.backup.folder.layout import label
from jobexport.backup.verification import LEVELS
from jobexport.cli.backup.output import some

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jobexport.backup import Differences, VerifyResult


def sentence(verdict: VerifyResult) -> str:
    """Return a verdict as a sentence: `backup/: level 1, sound; 10 jobs, 4 scripts, 0 resources`."""
    counts = ", ".join(_counted(number, label(kind, "").strip()) for kind, number in verdict.counts.items())
    if verdict.level is None:
        return f"{verdict.folder}: not whole, {_counted(len(verdict.problems), 'problem')}; {counts}"
    return f"{verdict.folder}: level {verdict.level}, {LEVELS[verdict.level]}; {counts}"


def _counted(number: int, noun: str) -> str:
    """Return a number with its noun: `"1 job"`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def complaints(verdict: VerifyResult) -> Iterator[str]:
    """Yield the problems and the notes of a verdict."""
    yield from some([str(problem) for problem in verdict.problems])
    yield from verdict.notes


def verdict_as_plain(verdict: VerifyResult) -> dict[str, Any]:
    """Return a verdict as values for JSON."""
    return {
        "folder": str(verdict.folder),
        "level": verdict.level,
        "counts": dict(verdict.counts),
        "problems": [
            {"level": problem.level, "place": problem.place, "problem": problem.what} for problem in verdict.problems
        ],
        "notes": list(verdict.notes),
    }


def lines_of(found: Differences) -> Iterator[str]:
    """Yield the differences, and how many items are the same."""
    for item in found.items:
        yield f"{label(item.kind, item.name)}: {item.change}"
        yield from (f"  {text}" for text in item.lines)
    differ = f"{len(found.items)} differ{'s' if len(found.items) == 1 else ''}"
    yield f"{_counted(found.same, 'item')} {'is' if found.same == 1 else 'are'} the same, {differ}"


def differences_as_plain(found: Differences) -> dict[str, Any]:
    """Return differences as values for JSON."""
    return {
        "equal": found.equal,
        "same": found.same,
        "differences": [
            {"kind": item.kind, "name": item.name, "change": item.change, "lines": list(item.lines)}
            for item in found.items
        ],
    }
