"""Pages as a browser copies them: the markup of tables, lists and listings is lost."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest

from jobexport.drift import read_page
from jobexport.drift.pages.blocks import Paragraph, Table
from jobexport.drift.pages.bounds import Deadline
from jobexport.drift.pages.decode import decode
from jobexport.drift.pages.form import form_of

if TYPE_CHECKING:
    from pathlib import Path


def copied(path: Path, gap: str, between: str) -> str:
    """Return the page as text, with `gap` between paragraphs and `between` between cells."""
    page = decode(path.read_bytes(), path.name)
    form = form_of(page.text)
    lines = []
    for block in import_module(f"jobexport.drift.pages.forms.{form}").blocks(page.text, Deadline()):
        if isinstance(block, Table):
            lines.append(block.caption)
            for row in block.rows:
                cells = [
                    gap.join(("• " if part.kind == "item" else "") + part.text for part in cell.parts)
                    for cell in row.cells
                ]
                lines.append(between.join(cell for cell in cells if cell or between == "\t"))
        elif isinstance(block, Paragraph):
            lines.append(("• " if block.kind == "item" else "") + block.text)
        else:
            lines.append(block.text)
    return gap.join(line for line in lines if line and not line.startswith(":original_name:"))


def facts(page: Any, of_lists: bool) -> dict[str, set[Any]]:
    """Return the facts that a copy must have; without `of_lists` no limits, because rows of tabs lose their lists."""
    return {
        "endpoint": {(page.endpoint.method, page.endpoint.path)} if page.endpoint else set(),
        "parameters": {
            (each.location, each.path, each.mandatory, each.type, each.default, each.limits if of_lists else None)
            for each in page.parameters
        },
        "statuses": {(each.code, each.source) for each in page.statuses},
        "codes": {(each.code, each.source, each.status, each.message) for each in page.error_codes},
        "examples": {(each.kind, str(each.value), each.method, each.path, each.status) for each in page.examples},
        "trees": {each.entries for each in page.trees},
        "files": {(each.name, each.member) for each in page.file_names},
        "media types": {(each.side, each.value) for each in page.media_types},
        "actions": {each.name for each in page.actions},
        "unread": {each.text for each in page.unread},
    }


every_way = pytest.mark.parametrize(
    ("gap", "between"), [("\n\n", "\n\n"), ("\n", "\n"), ("\n", "\t")], ids=["empty lines", "lines", "tabs"]
)
"""The ways of copying: one cell on each line, with or without empty lines, or one row on each line, with tabs."""


def check(path: Path, gap: str, between: str) -> None:
    """Fail if a copy of the page has other facts than the page."""
    of_lists = between != "\t"
    read = read_page(copied(path, gap, between).encode(), "copy")
    assert read.form == "text"
    wanted = facts(read_page(path), of_lists)
    for kind, found in facts(read, of_lists).items():
        assert found == wanted[kind], kind
