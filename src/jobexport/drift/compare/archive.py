"""Compares the file in the response, the tree in it, the permission, and the names of operation and page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from jobexport.drift.compare.wording import same_words
from jobexport.spec.register import Statement

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from jobexport.drift.compare.comparison import Comparison
    from jobexport.drift.facts import ArchiveTree, IamAction
    from jobexport.drift.findings import Finding

_VARIABLE = re.compile(r"\{[^{}]*\}")


def is_pattern(name: str) -> bool:
    """Check whether a name has a variable, such as `DLF_{job_name}.zip`."""
    return _VARIABLE.search(name) is not None


def fits(name: str, pattern: str) -> bool:
    """Check whether a name fits a pattern: `DLF_mine.zip` and `DLF_{name}.zip` fit `DLF_{job_name}.zip`."""
    start, *rest = _VARIABLE.split(pattern)
    if not rest:
        return name == pattern
    # Each piece is taken where it comes first: a regular expression would try every place for every variable.
    at = len(start)
    for piece in rest[:-1]:
        found = name.find(piece, at + 1)
        if found < 0 or "/" in name[at:found]:
            return False
        at = found + len(piece)
    end = len(name) - len(rest[-1])
    return name.startswith(start) and name.endswith(rest[-1]) and at < end and "/" not in name[at:end]


def file_name_findings(comparison: Comparison) -> Iterator[Finding]:
    """Find names of files on the page that fit no pattern of the other side, or the other way round.

    An example beside a pattern is compared with that pattern only: if they differ, the page contradicts itself.
    """
    own = [file for file in comparison.page.file_names if not file.member]
    own = [file for file in own if is_pattern(file.name)] or own
    files = [file for file in comparison.other.file_names if not file.member]
    theirs = [file.name for file in files]
    for file in own:
        if theirs and not any(fits(file.name, name) or fits(name, file.name) for name in theirs):
            states = Statement("file-name", comparison.zip_place("x-zip-file-name"), file.name)
            others, other_at = ", ".join(theirs), files[0].at
            yield comparison.finding(
                "file-name-changed", "name of the file", (file.name, file.at), (others, other_at), states
            )


def tree_findings(comparison: Comparison) -> Iterator[Finding]:
    """Find trees with other patterns, and examples with a file that fits no pattern of the other side."""
    other = comparison.other.trees
    layouts = [tree for tree in other if tree.template]
    for tree in comparison.page.trees:
        if tree.template and layouts:
            if set(tree.entries) != set(layouts[0].entries):
                yield _tree(comparison, tree, layouts[0], "layout of the zip", "x-zip-layout")
        elif layouts and not all(any(fits(entry, pattern) for pattern in layouts[0].entries) for entry in _files(tree)):
            yield _tree(comparison, tree, layouts[0], "example of the zip's tree", "x-zip-example")
        elif not tree.template and not comparison.with_document:
            examples = [example for example in other if not example.template]
            if examples and examples[0].entries != tree.entries:
                states = Statement("tree", "", list(tree.entries))
                said, others = ", ".join(tree.entries), ", ".join(examples[0].entries)
                word, at = "example of the zip's tree", examples[0].at
                yield comparison.finding("example-changed", word, (said, tree.at), (others, at), states)


def _tree(comparison: Comparison, tree: ArchiveTree, other: ArchiveTree, word: str, key: str) -> Finding:
    states = Statement("tree", comparison.zip_place(key), list(tree.entries))
    said, others = ", ".join(tree.entries), ", ".join(other.entries)
    return comparison.finding("archive-tree-changed", word, (said, tree.at), (others, other.at), states)


def _files(tree: ArchiveTree) -> Iterable[str]:
    return (entry for entry in tree.entries if not entry.endswith("/"))


def action_findings(comparison: Comparison) -> Iterator[Finding]:
    """Find permissions that differ between the two sides."""
    mine = {action_text(action): action for action in comparison.page.actions}
    theirs = {action_text(action): action for action in comparison.other.actions}
    if mine.keys() == theirs.keys():
        return
    said, others = "; ".join(mine) or None, "; ".join(theirs) or None
    at = next((action.at for action in mine.values()), comparison.line())
    other_at = next((action.at for action in theirs.values()), 0)
    states = Statement("action", comparison.below("x-iam-action"), said)
    yield comparison.finding("action-changed", "permission", (said, at), (others, other_at), states)


def action_text(action: IamAction) -> str:
    """Format a permission: `dli:jobs:export, write, jobs`."""
    return ", ".join(filter(None, (action.name, action.access_level.lower(), action.resource.strip(" *"))))


def name_findings(comparison: Comparison) -> Iterator[Finding]:
    """Find new names of the operation, and between two pages a changed title or date."""
    page, other = comparison.page, comparison.other
    theirs = {name.lower() for name in other.operation_names}
    for name in page.operation_names:
        if name.lower() not in theirs and (theirs or not comparison.with_document):
            states = Statement("operation-name", comparison.below("operationId"), name)
            others = ", ".join(other.operation_names) or None
            line = comparison.line()
            yield comparison.finding(
                "operation-name-changed", "name of the operation", (name, line), (others, 0), states
            )
    if comparison.with_document:
        return
    if not same_words(page.title, other.title):
        states = Statement("title", "", page.title)
        yield comparison.finding(
            "title-changed", "title", (page.title, page.title_at), (other.title, other.title_at), states
        )
    if page.updated != other.updated:
        states = Statement("date", "", page.updated)
        said, others = page.updated or None, other.updated or None
        at = page.updated_at or page.title_at
        yield comparison.finding("date-changed", "date", (said, at), (others, other.updated_at), states)
