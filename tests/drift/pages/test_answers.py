"""Facts of made-up pages against answers written by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.drift.making.answers import check

MADE_UP = sorted(path for path in (Path(__file__).parent / "made_up").iterdir() if path.suffix != ".yaml")


@pytest.mark.parametrize("path", MADE_UP, ids=lambda path: path.stem)
def test_every_fact_of_a_made_up_page_is_read_and_no_other(path: Any) -> None:
    """Pages of other years and forms than the vendor's that are here are read as well."""
    check(path, yaml.safe_load(path.with_suffix(".yaml").read_text("utf-8")))
