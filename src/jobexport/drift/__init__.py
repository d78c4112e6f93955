"""Reads a documentation page and compares its facts with an edition or with an older page."""

from __future__ import annotations

from jobexport.core.extras import needing

with needing("drift"):
    from jobexport.drift.check import PageReport, check_page, check_pages
    from jobexport.drift.compare.compare import compare
    from jobexport.drift.documents.description import Described, load_described
    from jobexport.drift.facts import PageFacts
    from jobexport.drift.findings import KINDS, Finding
    from jobexport.drift.pages.reader import read_page
    from jobexport.drift.scaffold.document import scaffold

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
