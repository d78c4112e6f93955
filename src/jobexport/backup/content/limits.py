"""Limits of an import: names, and the size of the zip that a job is packed in, as the pages have them."""

from __future__ import annotations

import re
import zlib
from typing import TYPE_CHECKING

from jobexport.backup.folder import layout

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from jobexport.backup.folder.manifest import ItemRow

# Letters of any script: one edition's pages allow Chinese names.
_NAME = re.compile(r"[\w.-]+")
_LONGEST_NAME = {layout.JOB: 128, layout.SCRIPT: 128, layout.RESOURCE: 32, layout.FLINK: 57}
LARGEST_ZIP = 10 * 1024 * 1024
"""The most bytes of a zip that importJob takes."""
SAFE_ZIP = LARGEST_ZIP * 95 // 100
"""The most bytes of a zip that a restore makes."""
# What a member's headers take in a zip.
_OVERHEAD = 1024


def problem_of_name(kind: str, name: str) -> str | None:
    """Return the reason why no import takes a name, or None if imports take it."""
    longest = _LONGEST_NAME[kind]
    if len(name) > longest:
        return f"the name has {len(name)} characters, an import takes {longest}"
    if kind != layout.FLINK and not _NAME.fullmatch(name):
        return "the name has a character that no import takes; letters, digits, `-`, `_` and `.` are allowed"
    return None


def most_packed(contents: Iterable[bytes], sizes: Iterable[int]) -> int:
    """Return a number of bytes that the zip of a job with its scripts does not exceed.

    Args:
        contents: the contents; read only if they could be too large.
        sizes: their sizes.
    """
    plain = list(sizes)
    if sum(plain) + _OVERHEAD * len(plain) <= SAFE_ZIP:
        return sum(plain) + _OVERHEAD * len(plain)
    return sum(len(zlib.compress(content)) for content in contents) + _OVERHEAD * len(plain)


def packed_with(row: ItemRow, rows: dict[tuple[str, str], ItemRow]) -> Iterator[ItemRow]:
    """Yield the items that a job is packed with: itself, and the scripts and resources that it uses."""
    yield row
    for ref in row.refs:
        kind, _, name = ref.partition(":")
        if kind in {layout.SCRIPT, layout.RESOURCE} and (kind, name) in rows:
            yield rows[kind, name]
