"""The page for people in a headless Chromium."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx
import pytest
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait

from jobexport.mock import serve
from jobexport.spec import load_edition
from jobexport.spec.document import operations
from tests.browser.making.chromium import chromium, hosts

if TYPE_CHECKING:
    from collections.abc import Iterator

RESPONSE_200 = ".responses-table:not(.live-responses-table) tr.response[data-code='200']"


@pytest.fixture(scope="module")
def server() -> Iterator[Any]:
    with serve("otc-2026") as running:
        yield running


@pytest.fixture
def browser(server: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A browser that shows the page; at the end its log must be empty, and no other host was requested."""
    monkeypatch.setenv("HOME", str(tmp_path))
    with chromium(tmp_path) as driver:
        driver.get(server.url)
        yield driver
        if "JOBEXPORT_SCREENSHOTS" in os.environ:
            driver.save_screenshot(str(Path(os.environ["JOBEXPORT_SCREENSHOTS"]) / f"{driver.session_id}.png"))
        assert driver.get_log("browser") == []
        assert hosts(driver) == {urlsplit(server.url).netloc}


def found(driver: Any, selector: Any) -> Any:
    """Return the first visible element, scrolled into view; one that the page replaces meanwhile is found anew."""

    def shown(page: Any) -> Any:
        visible = [element for element in page.find_elements(By.CSS_SELECTOR, selector) if element.is_displayed()]
        if visible:
            page.execute_script("arguments[0].scrollIntoView({block: 'center'})", visible[0])
        return visible[0] if visible else None

    return WebDriverWait(driver, 15, ignored_exceptions=(StaleElementReferenceException,)).until(shown)


def opened(driver: Any) -> Any:
    """Open exportFlinkJobs."""
    found(driver, "#operations-dli-exportFlinkJobs .opblock-summary-control").click()
    return found(driver, "#operations-dli-exportFlinkJobs .opblock-body")


def schema(driver: Any) -> set[Any]:
    """Open exportFlinkJobs and return the names in the schema of its response."""
    opened(driver)
    buttons = found(driver, RESPONSE_200).find_elements(By.CSS_SELECTOR, ".tablinks")
    next(button for button in buttons if button.text == "Schema").click()
    found(driver, f"{RESPONSE_200} .json-schema-2020-12-accordion").click()
    found(driver, f"{RESPONSE_200} .json-schema-2020-12-expand-deep-button").click()
    found(driver, f"{RESPONSE_200} .json-schema-2020-12-property")
    titles = driver.find_elements(
        By.CSS_SELECTOR, f"{RESPONSE_200} .json-schema-2020-12-property .json-schema-2020-12__title"
    )
    return {title.text for title in titles}


def test_every_operation(browser: Any) -> None:
    """The page shows the operations of the running edition."""
    found(browser, "#operations-dli-exportFlinkJobs")
    assert len(browser.find_elements(By.CSS_SELECTOR, ".opblock")) == len(list(operations(load_edition("otc-2026"))))


def test_the_switch_changes_the_schema(browser: Any) -> None:
    """Another edition's page has another name for the zip array, and names the running edition."""
    assert {"zip_file", "zip_files"} & schema(browser) == {"zip_file"}
    found(browser, "nav a[href$='=huaweicloud-cn-2020']").click()
    assert "this server speaks otc-2026" in found(browser, "header .note").text
    assert {"zip_file", "zip_files"} & schema(browser) == {"zip_files"}


def test_marks_lead_to_the_register(browser: Any) -> None:
    """An inconsistency is marked at its field with the edition's claim and a link to its entry."""
    schema(browser)
    mark = found(browser, f"{RESPONSE_200} a[href$='#DLI-001']")
    assert "⚠ DLI-001 Name of the zip array. This edition: zip_file" in mark.find_element(By.XPATH, "./..").text
    browser.get(mark.get_attribute("href"))
    assert "Name of the zip array" in found(browser, "section:target").text


def test_try_it_out(browser: Any) -> None:
    """exportFlinkJobs can be tried out without filling in anything."""
    opened(browser)
    found(browser, ".try-out__btn").click()
    found(browser, ".execute").click()
    assert "zip_file" in found(browser, ".live-responses-table .response").text


def test_an_operation_is_not_taller_than_two_screens(browser: Any) -> None:
    """Responses that are no success take one line until they are opened."""
    opened(browser)
    found(browser, "tr.response.folded[data-code='400'] .unfold")
    height = "return document.querySelector('#operations-dli-exportFlinkJobs').getBoundingClientRect().height"
    assert browser.execute_script(height) < 2000
    found(browser, "tr.response.folded[data-code='400'] .unfold").click()
    assert "COM-001" in found(browser, "tr.response[data-code='400']:not(.folded)").text


def test_marks_without_a_fact_are_folded_away(browser: Any) -> None:
    """They can be opened, and lead to the register as the others."""
    text = opened(browser).find_element(By.CSS_SELECTOR, ".opblock-description details")
    assert text.text == "⚠ 4 more marks without a fact of this edition"
    found(browser, ".opblock-description details summary").click()
    assert "DLI-012 IAM action. This edition: says nothing" in text.text


def test_64_bit_numbers_have_all_digits(browser: Any, server: Any) -> None:
    """The bounds of a schema, and the numbers of a response, are not rounded."""
    job = {"name": "aggregate", "root_id": 9223372036854775807}
    server.core.load(server.state.with_files({f"{server.project_id}/flink/100.json": job}))
    show = "#operations-dli-showFlinkJob"
    found(browser, f"{show} .opblock-summary-control").click()
    found(browser, f"{show} .try-out__btn").click()
    found(browser, f"{show} .execute").click()
    shown = found(browser, f"{show} .live-responses-table .response").text
    assert '"root_id": 9223372036854775807' in shown
    found(browser, f"{show} .opblock-summary-control").click()
    found(browser, ".models-control").click()
    found(browser, ".models .json-schema-2020-12__title")
    titles = browser.find_elements(By.CSS_SELECTOR, ".models .json-schema-2020-12__title")
    [title] = [element for element in titles if element.text == "FlinkJobId"]
    browser.execute_script("arguments[0].closest('.json-schema-2020-12-accordion').click()", title)
    found(browser, ".models .json-schema-2020-12__constraint--number")
    constraints = browser.find_elements(By.CSS_SELECTOR, ".models .json-schema-2020-12__constraint--number")
    texts = {element.get_attribute("textContent") for element in constraints}
    assert texts == {"[-9223372036854775808, 9223372036854775807]"}


def test_what_the_mock_has_is_brought_up_to_date(browser: Any, server: Any) -> None:
    """A request that comes later is shown with its violation; what was opened stays open; names stay texts."""
    found(browser, "#now details[data-key='jobs'] > summary").click()
    server.core.load(server.state.with_files({f"{server.project_id}/flink/7.json": {"name": "<b id='bold'>x"}}))
    url = f"{server.url}/v1.0/{server.project_id}/streaming/jobs/export"
    httpx.post(url, json={}, headers={"X-Auth-Token": server.token}, trust_env=False, verify=False)
    row = found(browser, "#now details.bad")
    assert "exportFlinkJobs body#" in row.text
    assert "7 <b id='bold'>x" in found(browser, "#now details[data-key='jobs'][open]").text
    assert not browser.find_elements(By.ID, "bold")


@pytest.mark.parametrize("path", ["/", "/_mock/now"])
def test_a_narrow_screen_is_not_scrolled_sideways(browser: Any, server: Any, path: str) -> None:
    """The page fits 390 pixels."""
    size = {"width": 390, "height": 800, "deviceScaleFactor": 1, "mobile": True}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    browser.get(f"{server.url}{path}")
    found(browser, "#now details")
    assert browser.execute_script("return document.documentElement.scrollWidth") == 390
