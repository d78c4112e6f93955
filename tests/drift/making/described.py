"""The description as the hand-made pages have it, whatever the vendor changed since they were written."""

from __future__ import annotations

from jobexport.drift import Described, check_page, load_described, read_page
from jobexport.drift.write import follow_pages
from tests.drift.making.pages import PAGES
from tests.drift.making.rendering import render


def _described() -> Described:
    described = load_described()
    for edition, _, page in PAGES:
        facts = read_page(render(page, "rst").encode(), name="page")
        # The made-up pages lack some words of the real ones; only facts are put back.
        if any(finding.level == "error" for finding in check_page(facts, described, edition).new):
            described = follow_pages([facts], described, edition).described
    return described


DESCRIBED = _described()
