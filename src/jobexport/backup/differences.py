"""Differences of two backups: which items one of them lacks, and what the definitions of the others mean."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import frozen

from jobexport.backup.content import compare, parsed
from jobexport.backup.folder import manifest
from jobexport.backup.folder.tree import opened
from jobexport.errors import BackupDamaged

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

    from jobexport.backup.folder.manifest import ItemRow
    from jobexport.backup.folder.tree import Tree

REMOVED, ADDED, CHANGED = "only in the first", "only in the second", "differs"


@frozen
class Difference:
    """A difference of two backups."""

    kind: str
    name: str
    change: str
    """`only in the first`, `only in the second` or `differs`."""
    lines: tuple[str, ...] = ()
    """The places that differ, for people; empty unless both backups have the item."""


@frozen
class Differences:
    """The result of `diff`."""

    items: tuple[Difference, ...]
    """The differences, sorted by kind and name."""
    same: int
    """The number of items that are the same in their meaning."""

    @property
    def equal(self) -> bool:
        """True if there is no difference."""
        return not self.items


def diff(first: str | os.PathLike[str], second: str | os.PathLike[str]) -> Differences:
    """Compare two backups, of one workspace or of two, also of two clouds.

    Items are the same if their definitions mean the same: ids, times, owners, versions, the workspace, and places of
    nodes on the canvas do not count, and a value that is left out is the default. Items that are gone from the service
    do not count. Files are opened only if their digests differ.

    Raises:
        NotABackup: a folder is missing, or has no marker.
        BackupFormatUnknown: a later version of the format wrote it.
        BackupDamaged: a file is missing, or not what the manifest says.
        FolderInUse: a run writes to a folder.
    """
    paths = Path(first), Path(second)
    with contextlib.ExitStack() as stack:
        one, two = (stack.enter_context(opened(path)) for path in paths)
        ours, theirs = _rows(one), _rows(two)
        found, same = [], 0
        for key in sorted({*ours, *theirs}):
            if key not in theirs:
                found.append(Difference(*key, REMOVED))
            elif key not in ours:
                found.append(Difference(*key, ADDED))
            elif lines := _compared(one, ours[key], two, theirs[key]):
                found.append(Difference(*key, CHANGED, tuple(lines)))
            else:
                same += 1
    return Differences(tuple(found), same)


def _rows(tree: Tree) -> Mapping[tuple[str, str], ItemRow]:
    tree.marker()
    return {key: row for key, row in tree.rows().items() if row.seen != manifest.GONE and row.files}


def _compared(one: Tree, ours: ItemRow, two: Tree, theirs: ItemRow) -> list[str]:
    mine, other = ([file.sha256 for file in row.files if not file.path.endswith(".zip")] for row in (ours, theirs))
    if mine == other:
        return []
    return compare.differences(ours.kind, _fields(one, ours), _fields(two, theirs))


def _fields(tree: Tree, row: ItemRow) -> Mapping[str, object]:
    for file in row.files:
        if not tree.holds(file):
            place = str(tree.path / file.path)
            raise BackupDamaged(place, "it is missing, or not what was backed up; run verify")
    try:
        return parsed.fields_of(tree, row)
    except (ValueError, OSError) as problem:
        raise BackupDamaged(str(tree.path / row.files[0].path), str(problem)) from None
