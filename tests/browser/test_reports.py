"""The pages of a contract run in a headless Chromium, from a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from jobexport.contract.reports.pages import index_page, report_page
from jobexport.spec import load_register
from tests.browser.making.chromium import chromium, hosts, problems
from tests.contract.reports.test_pages import failing

if TYPE_CHECKING:
    from pathlib import Path

PAGES = {
    "report.html": lambda: report_page(failing(errors=["e" * 200]), load_register()),
    "index.html": lambda: index_page([failing(errors=["e" * 200])]),
}


@pytest.mark.parametrize("name", PAGES)
def test_a_narrow_screen_is_not_scrolled_sideways(tmp_path: Path, name: str) -> None:
    """The page fits 390 pixels, asks no host for anything, and writes nothing to the console."""
    (tmp_path / name).write_text(PAGES[name](), encoding="utf-8")
    with chromium(tmp_path) as driver:
        size = {"width": 390, "height": 800, "deviceScaleFactor": 1, "mobile": True}
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        driver.get((tmp_path / name).as_uri())
        assert driver.execute_script("return document.documentElement.scrollWidth") == 390
        assert problems(driver) == []
        assert hosts(driver) == set()
