"""What keeps reading a page bounded: how long it may take, and how deep it may go."""

from __future__ import annotations

import time

SECONDS = 4.0
"""What reading one page may take; the vendor's longest takes a tenth of a second."""


class TooDeep(Exception):  # noqa: N818
    """Lists, quotations, tables or elements stand too deep in each other."""


class TooLong(Exception):  # noqa: N818
    """Reading takes too long."""


class Deadline:
    """The time until which a page has to be read."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self._end = time.monotonic() + seconds

    def check(self) -> None:
        """Goes on, or raises TooLong."""
        if time.monotonic() > self._end:
            raise TooLong
