"""Bounds of reading a page: of time, of size and of depth, for any file."""

from __future__ import annotations

import time

SECONDS = 3.0
"""The longest time for reading a page; the vendor's longest page takes 0.1 s."""
FILE = 8 << 20
"""The most bytes of a file without inlined pictures; a page saved from a browser includes its scripts."""
RAW = 64 << 20
"""The most bytes of a file with inlined pictures and fonts."""
TEXT = 1 << 20
"""The most characters of a page without scripts; the vendor's longest page has 145,000."""
LINES = 30_000
"""The most lines of a page; the vendor's longest page has 950."""
COLUMNS = 60
"""The most columns of a table."""

ELEMENTS = 50_000
"""The most elements of HTML, or cells of Markdown; the parsers, which no deadline stops, take a second for them."""


class Unreadable(Exception):  # noqa: N818
    """The page can't be read within the bounds; the text of the exception is the reason, as a clause."""


TOO_DEEP = "lists, tables or elements are nested too deeply"
TOO_MANY = f"more than {ELEMENTS:,} elements or cells"


class Deadline:
    """The time at which reading a page must be finished: of the thread's own work, whatever else the machine does."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self._end = time.thread_time() + seconds

    def check(self) -> None:
        """Raise Unreadable if the time is over."""
        if time.thread_time() > self._end:
            raise Unreadable("reading it takes too long")
