"""Scaffolds of the vendor's pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from jobexport.drift import read_page
from tests.corpus.making.folder import DOCS
from tests.drift.making.clients import generates

if TYPE_CHECKING:
    from pathlib import Path

VENDOR = (
    "otc-2024/dgc_create_job.rst",
    "otc-2024/dgc_create_script.rst",
    "otc-2024/dgc_create_resource.rst",
    "otc-2026/dli_export_flink_job.rst",
    "huaweicloud-cn-2020/dgc_batch_export_jobs.md",
)


@pytest.mark.parametrize("name", VENDOR)
def test_a_vendor_page_gives_a_document_and_a_client(name: str, tmp_path: Path) -> None:
    """A scaffold of a page of any of five operations, three of them not in the union, generates a client."""
    generates(read_page(DOCS / name), tmp_path)
