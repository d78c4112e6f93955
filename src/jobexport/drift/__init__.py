"""Reads a documentation page and says what it changes: facts of the page, compared with an edition or an older page."""

from __future__ import annotations

from jobexport.drift._reader import read_page

__all__ = ["read_page"]
