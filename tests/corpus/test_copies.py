"""The vendor's pages as a browser copies them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.corpus.making.folder import DOCS
from tests.drift.making.copies import check, every_way

if TYPE_CHECKING:
    from pathlib import Path

# Pages about operations, and the lists of codes; the others are prose with headings that no copy shows.
PAGES = [
    path
    for pattern in ("*/*export*.[mrh]*", "*/dgc_create*", "*/*status_codes*", "*/dgc_dataarts*")
    for path in sorted(DOCS.glob(pattern))
]


@every_way
@pytest.mark.parametrize("path", PAGES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_copy_has_the_facts_of_the_page(path: Path, gap: str, between: str) -> None:
    """The facts of a copy are those of the page, in each way of copying."""
    check(path, gap, between)
