"""Made-up pages are read to exactly the facts that are listed by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.drift.making.expected import check

MADE_UP = sorted(path for path in (Path(__file__).parent / "made_up").iterdir() if path.suffix != ".yaml")


@pytest.mark.parametrize("path", MADE_UP, ids=lambda path: path.stem)
def test_every_fact_of_a_made_up_page_is_read_and_no_other(path: Any) -> None:
    """Each fact of a made-up page is read, and no other; the pages have other words than the vendor's."""
    check(path, yaml.safe_load(path.with_suffix(".yaml").read_text("utf-8")))
