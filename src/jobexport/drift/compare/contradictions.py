"""Finds where a page contradicts itself: an example against its table, a tree against its pattern or a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import frozen

from jobexport.drift.compare.archive import fits, is_pattern
from jobexport.drift.compare.comparison import about, shown
from jobexport.drift.documents.type_names import type_name
from jobexport.drift.facts import Parameter
from jobexport.spec.register import Statement
from jobexport.spec.statements.held import ABSENT_FIELD

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jobexport.drift.compare.comparison import Comparison
    from jobexport.drift.facts import DataType, Example, Limits, PageFacts, ParameterIn
    from jobexport.drift.findings import Finding

LOCATIONS: dict[str, ParameterIn] = {"request": "body", "response": "response"}
"""The location of the parameters that an example shows, by the kind of the example."""


@frozen
class Contradiction:
    """Two places of a page that contradict each other."""

    kind: str
    about: str
    one: str
    """The fact in the example or the tree, in words."""
    against: str
    """The fact in the table, the pattern or the sentence, in words."""
    line: int
    value: Any
    """The fact `one` as JSON."""
    parameter: Parameter | None = None
    """The row of the table, or a new parameter for a field that only the example has."""
    key: str = "x-zip-example"
    """The key of the zip's description that the fact is about, if it is about no parameter."""


def contradiction_findings(comparison: Comparison) -> Iterator[Finding]:
    """Find contradictions on the page; between two pages, only contradictions that the older page lacks."""
    old = {(item.kind, item.about, item.one, item.against) for item in contradictions(comparison.other)}
    for item in contradictions(comparison.page):
        if comparison.with_document or (item.kind, item.about, item.one, item.against) not in old:
            states = Statement("contradiction", comparison.contradiction_place(item.parameter, item.key), item.value)
            yield comparison.finding(item.kind, item.about, (item.one, item.line), (item.against, 0), states)


def contradictions(page: PageFacts) -> Iterator[Contradiction]:
    """Find places of a page that contradict each other; `make lint-spec` checks documents."""
    if page.form is None:
        return
    for example in page.examples:
        location = LOCATIONS.get(example.kind)
        table = [row for row in page.parameters if row.location == location]
        if table and isinstance(example.value, dict):
            yield from _object(example, example.value, (), table)
    yield from _trees(page)
    yield from _file_names(page)


def _object(
    example: Example, value: dict[str, Any], path: tuple[str, ...], table: list[Parameter]
) -> Iterator[Contradiction]:
    """Compare an object of an example with its rows."""
    rows = {row.name: row for row in table if row.path[:-1] == path}
    if not rows:
        return
    for name, item in value.items():
        if name not in rows:
            word = f"{example.kind} example, `{'.'.join((*path, name))}`"
            said, line = shown(item) or "null", int(example.at)
            unknown = Parameter(LOCATIONS[example.kind], (*path, name), line)
            yield Contradiction("example-contradicts-table", word, said, "no such row", line, {name: item}, unknown)
            continue
        if not _fits(item, rows[name].type):
            row = rows[name]
            said = f"{shown(item)!s}" if not isinstance(item, str) else f'"{item}"'
            against = type_name(row.type) or row.type_text
            yield Contradiction("example-contradicts-table", about(row), said, against, int(example.at), item, row)
        elif against := _bound_beyond(item, rows[name].limits):
            row = rows[name]
            yield Contradiction("example-contradicts-table", about(row), str(item), against, int(example.at), item, row)
        # A table may type a list of objects as one object, or the other way round; the fields are compared.
        for inner in item if isinstance(item, list) else [item]:
            if isinstance(inner, dict):
                yield from _object(example, inner, (*path, name), table)
    for row in rows.values():
        if row.mandatory == "yes" and row.name not in value:
            word, line = "not in the example", int(example.at)
            yield Contradiction("example-contradicts-table", about(row), word, "mandatory", line, ABSENT_FIELD, row)


def _bound_beyond(value: Any, limits: Limits) -> str:
    """Return the bound that a number breaks, in words; empty if it breaks none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return ""
    if limits.minimum is not None and value < limits.minimum:
        return f"at least {limits.minimum}"
    return f"at most {limits.maximum}" if limits.maximum is not None and value > limits.maximum else ""


_PYTHON: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "object": (dict,),
    "map": (dict,),
    "array": (list,),
}


def _fits(value: Any, type_: DataType | None) -> bool:
    """Check whether a value fits a type; null fits every type."""
    if type_ is None or value is None:
        return True
    if type_.alternatives:
        return any(_fits(value, alternative) for alternative in type_.alternatives)
    allowed = _PYTHON.get(type_.kind)
    if allowed is None:
        return True
    if isinstance(value, bool) and bool not in allowed:
        return False
    if not isinstance(value, allowed):
        return False
    return not isinstance(value, list) or all(_fits(item, type_.items) for item in value)


def _trees(page: PageFacts) -> Iterator[Contradiction]:
    layouts = [tree for tree in page.trees if tree.template]
    for tree in page.trees:
        if tree.template or not layouts:
            continue
        for pattern in layouts[0].entries:
            if not any(fits(entry, pattern) for entry in tree.entries):
                word, against = "example of the zip's tree", f"pattern {pattern}, which no file of the example has"
                said = ", ".join(tree.entries)
                entries = list(tree.entries)
                yield Contradiction("page-contradicts-itself", word, said, against, int(tree.at), entries)
    in_trees = {entry.rsplit("/", 1)[-1] for tree in page.trees for entry in tree.entries}
    for file in page.file_names:
        if file.member and in_trees and file.name not in in_trees:
            word, against = f"file `{file.name}` of the zip", "no tree has it"
            yield Contradiction(
                "page-contradicts-itself", word, "named in a sentence", against, int(file.at), file.name
            )


def _file_names(page: PageFacts) -> Iterator[Contradiction]:
    """Find examples of the file's name that do not fit the page's own pattern."""
    names = [file for file in page.file_names if not file.member]
    patterns = [file.name for file in names if is_pattern(file.name)]
    for file in names:
        if patterns and not is_pattern(file.name) and not any(fits(file.name, pattern) for pattern in patterns):
            word, said, against = "name of the file", file.name, f"pattern {patterns[0]}"
            at, key = int(file.at), "x-zip-file-name"
            yield Contradiction("page-contradicts-itself", word, said, against, at, file.name, key=key)
