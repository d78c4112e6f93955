"""Reads a documentation page and says what it changes: facts of the page, compared with an edition or an older page."""

from __future__ import annotations

from jobexport.drift._described import Described, load_described
from jobexport.drift._reader import read_page
from jobexport.drift.check import PageReport, check_page, check_pages
from jobexport.drift.compare import compare
from jobexport.drift.facts import PageFacts
from jobexport.drift.finding import KINDS, Finding
from jobexport.drift.scaffold import scaffold

__all__ = [
    "KINDS",
    "Described",
    "Finding",
    "PageFacts",
    "PageReport",
    "check_page",
    "check_pages",
    "compare",
    "load_described",
    "read_page",
    "scaffold",
]
