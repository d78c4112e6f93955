"""Whole pages as a browser copies them: the marks of tables, lists and listings are lost, the facts are not."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.drift.making.copies import check, every_way

PAGES = [Path(__file__).parent / "made_up" / name for name in ("list_baskets.html", "change_orchard.md")]


@every_way
@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_a_copy_has_the_facts_of_the_page(path: Path, gap: str, between: str) -> None:
    """A cell a line, with or without empty lines, or a row a line with tabs: the facts are those of the page."""
    check(path, gap, between)
