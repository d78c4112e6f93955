"""Facts of the vendor's own pages of the three operations, against facts written by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from jobexport.drift import read_page
from tests.corpus.making.folder import DOCS
from tests.drift.making.expected import check

EXPECTED = sorted((Path(__file__).parent / "expected").glob("*.yaml"))


@pytest.mark.parametrize("path", EXPECTED, ids=lambda path: path.stem)
def test_every_fact_of_the_vendor_s_page_is_read_and_no_other(path: Any) -> None:
    """Precision and recall are 1 for every kind of fact."""
    expected = yaml.safe_load(path.read_text("utf-8"))
    check(DOCS / expected["page"], expected)


def test_every_page_of_the_operations_has_expected_facts() -> None:
    """Each page of the three operations has a file of expected facts."""
    pages = {yaml.safe_load(path.read_text("utf-8"))["page"] for path in EXPECTED}
    assert pages == {str(path.relative_to(DOCS)) for path in DOCS.glob("*/*_export_*")}


@pytest.mark.parametrize("path", EXPECTED, ids=lambda path: path.stem)
def test_the_line_of_a_fact_shows_it(path: Any) -> None:
    """The line that a fact names contains the fact's name in the file as it is."""
    source = DOCS / yaml.safe_load(path.read_text("utf-8"))["page"]
    lines = source.read_text("utf-8").split("\n")
    page = read_page(source)
    assert page.endpoint is not None
    shown = [
        (page.title_at, page.title),
        (page.endpoint.at, page.endpoint.method),
        *(
            (each.at, each.name.replace("_", r"\_") if r"\_" in lines[int(each.at) - 1] else each.name)
            for each in page.parameters
        ),
        *((each.at, str(each.code)) for each in page.statuses),
        *((each.at, each.code) for each in page.error_codes),
        *((each.at, each.text.split("\n")[0].strip()) for each in page.examples),
        *((each.at, each.entries[0].split("/")[0]) for each in page.trees),
        *((each.at, each.name) for each in page.actions),
        *((each.at, each.value) for each in page.media_types),
    ]
    for at, text in shown:
        assert text in lines[int(at) - 1], (at, text)
