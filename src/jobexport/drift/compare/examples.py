"""Compares the examples of two pages, value by value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jobexport.drift.compare.comparison import shown
from jobexport.spec.register import Statement
from jobexport.spec.statements.change import same

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jobexport.drift.compare.comparison import Comparison
    from jobexport.drift.facts import Example
    from jobexport.drift.findings import Finding


def example_findings(comparison: Comparison) -> Iterator[Finding]:
    """Find changed values in the examples of two pages; error examples have findings of their own."""
    if comparison.with_document:
        return
    # A renamed row is one finding; its key in the examples is not another.
    renamed = {
        pair.page.name: pair.other.name for pair in comparison.pairs if pair.renamed and pair.page and pair.other
    }
    for kind in ("request", "response"):
        mine, theirs = _of_kind(comparison.page.examples, kind), _of_kind(comparison.other.examples, kind)
        for example, other in zip(mine, theirs, strict=False):
            for path, value, old in _differences((), example.value, other.value, renamed):
                word = f"{kind} example, `{'.'.join(path)}`" if path else f"{kind} example"
                states = Statement("example", "", value)
                said, others = shown(value), shown(old)
                yield comparison.finding("example-changed", word, (said, example.at), (others, other.at), states)


def _of_kind(examples: tuple[Example, ...], kind: str) -> list[Example]:
    return [example for example in examples if example.kind == kind and example.value is not None]


def _differences(
    path: tuple[str, ...], value: Any, old: Any, renamed: dict[str, str]
) -> Iterator[tuple[tuple[str, ...], Any, Any]]:
    if isinstance(value, dict) and isinstance(old, dict):
        names = {name: renamed.get(name, name) for name in value}
        for name, former in names.items():
            yield from _differences((*path, name), value[name], old.get(former), renamed)
        for name in old.keys() - set(names.values()):
            yield (*path, name), None, old[name]
    elif not same(value, old):
        yield path, value, old
