"""A headless Chromium that looks for nothing on hosts of its maker, and what it logged."""

from __future__ import annotations

import contextlib
import json
import os
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from selenium import webdriver

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Without these the browser looks for updates and the like on hosts of its maker.
_QUIET = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --window-size=1300,1600"
)


@contextlib.contextmanager
def chromium(folder: Path) -> Iterator[Any]:
    """Yield a browser whose profile is in a folder."""
    options = webdriver.ChromeOptions()
    options.binary_location = os.environ["JOBEXPORT_BROWSER"]
    for argument in [*_QUIET.split(), f"--user-data-dir={folder / 'profile'}"]:
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    service = webdriver.ChromeService(os.environ["JOBEXPORT_DRIVER"])
    driver = webdriver.Chrome(options=options, service=service)
    try:
        yield driver
    finally:
        driver.quit()


def problems(driver: Any) -> list[str]:
    """Return the warnings and errors of the console since the last call."""
    return [entry["message"] for entry in driver.get_log("browser") if entry["level"] in {"WARNING", "SEVERE"}]


def hosts(driver: Any) -> set[Any]:
    """Return every host that was requested over HTTP or WebSocket since the last call."""
    messages = [json.loads(entry["message"])["message"] for entry in driver.get_log("performance")]
    sent = [
        message["params"]["request"]["url"] for message in messages if message["method"] == "Network.requestWillBeSent"
    ]
    return {urlsplit(url).netloc for url in sent if urlsplit(url).scheme in {"http", "https", "ws", "wss"}}
