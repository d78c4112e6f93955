"""What keeps reading a page bounded, in time and in memory, whatever the file holds."""

from __future__ import annotations

import time

SECONDS = 3.0
"""What reading one page may take, checked between its parts; the vendor's longest takes 0.1 s."""
FILE = 8 << 20
"""Bytes of the longest file that is looked at: a page saved from a browser brings its scripts along."""
TEXT = 1 << 20
"""Letters of the longest page without scripts; the vendor's longest has 145,000."""
LINES = 30_000
"""Lines of the longest page; the vendor's longest has 950."""
COLUMNS = 60
"""Columns of the widest table."""


class Unreadable(Exception):  # noqa: N818
    """The page can't be read within bounds; its text says why, as the part of a sentence."""


TOO_DEEP = "lists, tables or elements stand too deep in each other"


class Deadline:
    """The time until which a page has to be read."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self._end = time.monotonic() + seconds

    def check(self) -> None:
        """Goes on, or raises Unreadable."""
        if time.monotonic() > self._end:
            raise Unreadable("reading it takes too long")
