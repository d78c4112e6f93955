"""A page copied from a browser loses its markup, but not its facts."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.drift.making.copies import check, every_way

PAGES = [Path(__file__).parent / "made_up" / name for name in ("list_baskets.html", "change_orchard.md")]


@every_way
@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_a_copy_has_the_facts_of_the_page(path: Path, gap: str, between: str) -> None:
    """A copy with one cell on each line, or one row on each line with tabs, has the facts of the page."""
    check(path, gap, between)
