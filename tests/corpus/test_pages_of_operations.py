"""Every given page of an operation of the union, against each edition that rests on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from jobexport.drift import check_page, load_described
from tests.corpus.making.folder import PAGES, read

if TYPE_CHECKING:
    from pathlib import Path

DESCRIBED = load_described()
# The pages of DGC in the folder of one edition are those of another edition too.
RESTS_ON = {"otc-2026": "otc-2024"}
GIVEN = [
    (path, edition)
    for path in PAGES
    for edition in DESCRIBED.editions
    if path.parent.name == edition or (path.parent.name == RESTS_ON.get(edition) and path.name.startswith("dgc_"))
]


@pytest.mark.parametrize(("path", "edition"), GIVEN, ids=[f"{path.stem}-{edition}" for path, edition in GIVEN])
def test_a_page_has_no_new_finding(path: Path, edition: str) -> None:
    """The register and the edition's document have every fact of a page of an operation."""
    report = check_page(read(path), DESCRIBED, edition)
    if not report.operation:
        pytest.skip("the page is about no operation of the union")
    assert [(finding.kind, finding.about) for finding in report.new] == []
    assert [item for item in report.held if not item.on_page] == []
