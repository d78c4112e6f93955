"""The documentation site in a headless Chromium, read from files; `make docs` has built it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import Select
from selenium.webdriver.support.wait import WebDriverWait

from docs._site import edition_pages
from jobexport.spec.editions import CHECKOUT, resolve
from tests.browser.making.chromium import chromium, hosts, problems

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SITE = CHECKOUT / "reports/site"
REGISTER = "generated/INCONSISTENCIES.html"
PAGES = sorted(path.relative_to(SITE).as_posix() for path in SITE.rglob("*.html"))
WIDTHS = (1280, 390)


@pytest.fixture(scope="module", params=WIDTHS)
def browser(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Yield a browser of one width."""
    with chromium(tmp_path_factory.mktemp("profile")) as driver:
        size = {"width": request.param, "height": 1000, "deviceScaleFactor": 1, "mobile": request.param < 600}
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        yield driver


def opened(driver: Any, page: str, selector: str = "body") -> Any:
    """Open a page and return the first element of a selector, once it is there."""
    name, mark, anchor = page.partition("#")
    driver.get(f"{(SITE / name).as_uri()}{mark}{anchor}")
    return WebDriverWait(driver, 20).until(lambda shown: shown.find_element(By.CSS_SELECTOR, selector))


def shown(driver: Any, selector: str) -> list[Any]:
    """Return the visible elements of a selector."""
    return [element for element in driver.find_elements(By.CSS_SELECTOR, selector) if element.is_displayed()]


@pytest.mark.parametrize("page", PAGES)
def test_a_page_fits_the_screen(browser: Any, page: str) -> None:
    """No page scrolls sideways, writes errors to the console, or asks a host for anything."""
    opened(browser, page, "#api h1" if page.startswith("apis/") else "body")
    widths = "return [document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    scrolled, width = browser.execute_script(widths)
    assert scrolled <= width
    assert problems(browser) == []
    assert hosts(browser) == set()


def test_the_register_is_filtered(browser: Any) -> None:
    """Edition, operation and "on the wire" leave some rows, each with its entry; the number is shown."""
    opened(browser, REGISTER, "#register-filters")
    total = len(shown(browser, "#register-matrix tr[data-entry]"))
    Select(browser.find_element(By.NAME, "operation")).select_by_value("exportFlinkJobs")
    of_operation = len(shown(browser, "#register-matrix tr[data-entry]"))
    browser.find_element(By.NAME, "wire").click()
    on_the_wire = [row.get_attribute("data-entry") for row in shown(browser, "#register-matrix tr[data-entry]")]
    assert total > of_operation > len(on_the_wire) > 0
    assert "DLI-012" not in on_the_wire
    Select(browser.find_element(By.NAME, "edition")).select_by_value("otc-2024")
    left = [row.get_attribute("data-entry") for row in shown(browser, "#register-matrix tr[data-entry]")]
    assert "DLI-016" in set(on_the_wire) - set(left)
    assert browser.find_element(By.CSS_SELECTOR, "#register-filters output").text == f"{len(left)} entries"
    assert {section.get_attribute("id") for section in shown(browser, "section#entries > section")} == set(left)
    assert problems(browser) == []


def test_a_link_leads_to_an_entry(browser: Any) -> None:
    """The id of an entry is its anchor, and a link to it in the page shows it although a filter hides it."""
    assert "Name of the zip array" in opened(browser, f"{REGISTER}#DLI-001", "section:target").text
    Select(browser.find_element(By.NAME, "operation")).select_by_value("showJob")
    assert shown(browser, "section#DLI-001") == []
    browser.execute_script("location.hash = '#DLI-002'; location.hash = '#DLI-001'")
    WebDriverWait(browser, 10).until(lambda driver: shown(driver, "section#DLI-001"))


def test_the_search_works_from_a_file(browser: Any) -> None:
    """An option of a command is found."""
    browser.get(f"{(SITE / 'search.html').as_uri()}?q=max-shrink")
    found = WebDriverWait(browser, 20).until(
        lambda driver: driver.find_elements(By.CSS_SELECTOR, "#search-results li a")
    )
    assert any("commands/dgc.html" in link.get_attribute("href") for link in found)
    assert problems(browser) == []


def test_an_edition_shows_its_operations(browser: Any) -> None:
    """The page of an edition lists the operations of both services."""
    opened(browser, "apis/otc-2026.html", "#api h1")
    text = WebDriverWait(browser, 20).until(lambda driver: driver.find_element(By.ID, "api").text)
    assert "/v1.0/{project_id}/streaming/jobs/export" in text


def test_hostile_text_of_a_document_stays_text(browser: Any, tmp_path: Path) -> None:
    """Neither a script, nor a handler, nor the end of the element with the document runs anything."""
    hostile = "<img src=x onerror='window.hacked=1'><script>window.hacked=2</script>[a](javascript:window.hacked=3)"
    document = edition_pages.as_json({**resolve("otc-2026"), "info": {"title": hostile, "description": hostile}})
    page = (SITE / "apis/otc-2026.html").read_text(encoding="utf-8")
    head, mark, rest = page.partition('id="document">')
    changed = head + mark + document + rest[rest.index("</script>") :]
    (tmp_path / "a.html").write_text(changed.replace('"../_static/', f'"{SITE.as_uri()}/_static/'), encoding="utf-8")
    browser.get((tmp_path / "a.html").as_uri())
    shown = WebDriverWait(browser, 20).until(lambda driver: driver.find_element(By.CSS_SELECTOR, "#api h1"))
    assert "onerror" in shown.text
    links = [link.get_attribute("href") or "" for link in browser.find_elements(By.CSS_SELECTOR, "#api a")]
    assert [link for link in links if link.startswith("javascript:")] == []
    assert browser.execute_script("return window.hacked") is None
