"""`Retry-After` in each form that servers send."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING

import pytest

from jobexport.core.retry_after import read_retry_after

if TYPE_CHECKING:
    from collections.abc import Iterator

DATE = "Sun, 06 Nov 1994 08:49:37 GMT"


@pytest.fixture
def _far_from_greenwich(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    before = os.environ.get("TZ")
    monkeypatch.setenv("TZ", "XYZ-13")
    time.tzset()
    yield
    if before is None:
        monkeypatch.delenv("TZ")
    else:
        monkeypatch.setenv("TZ", before)
    time.tzset()


@pytest.mark.usefixtures("_far_from_greenwich")
@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0),
        ("120", 120),
        (" 120 ", 120),
        ("1.5", 1.5),
        ("99999999999999999999", 86400),
        ("9" * 400, 86400),
        ("Sun, 06 Nov 1994 08:50:37 GMT", 60),
        ("Sunday, 06-Nov-94 08:50:37 GMT", 60),
        ("Sun Nov  6 08:50:37 1994", 60),
        ("Sun, 06 Nov 1994 08:50:37 -0000", 60),
        ("Sun, 06 Nov 1994 09:50:37 +0100", 60),
        ("Sun, 06 Nov 1994 08:49:36 GMT", 0),
        ("Mon, 06 Nov 2034 08:49:37 GMT", 86400),
        (None, None),
        ("", None),
        ("-1", None),
        ("+1", None),
        ("1,5", None),
        ("120, 120", None),
        ("1e3", None),
        ("nan", None),
        ("inf", None),
        ("²", None),
        ("٣", None),
        ("soon", None),
        ("Mon, 99 Nov 2024 00:00:00 GMT", None),
        ("Sun, 06 Nov 99999999999999999999 08:49:37 GMT", None),
    ],
)
def test_each_form_is_read_or_ignored(value: str | None, seconds: float | None) -> None:
    """Seconds, and the three forms of an HTTP date, relative to the response's `Date`; anything else is ignored."""
    assert read_retry_after(value, DATE) == seconds


@pytest.mark.parametrize("date", [None, "", "today"])
def test_a_date_without_another_is_relative_to_now(date: str | None) -> None:
    """A response without a `Date` that can be read leaves this machine's clock."""
    value = format_datetime(datetime.now(UTC) + timedelta(seconds=100), usegmt=True)
    seconds = read_retry_after(value, date)
    assert seconds is not None
    assert 90 < seconds <= 100
