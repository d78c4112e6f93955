"""All of the vendor's pages: the facts read, against a second counter that knows only the marks of tables."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.corpus.making.folder import DOCS, PAGES, read

# Pages whose tables are misread so far, with the error.
MISREAD = {
    "rows": ("otc-2024/dli_create_flink_jar_job.rst",),
    "unread": ("otc-2026/umn_dli_common_operations_of_flink_jobs.rst",),
    "lines": ("huaweicloud-cn-2020/dli_list_flink_jobs.md", "huaweicloud-cn-2020/dli_show_flink_job.md"),
}


def every_page(wrong: str) -> pytest.MarkDecorator:
    """Return a parametrization over all pages, in which a page that is known to be misread has to fail."""
    cases = []
    for path in PAGES:
        name = f"{path.parent.name}/{path.name}"
        marks = [pytest.mark.xfail(reason=f"a fault of the reader: {wrong}")] if name in MISREAD[wrong] else []
        cases.append(pytest.param(path, id=name, marks=marks))
    return pytest.mark.parametrize("path", cases)


def rows(text: str, suffix: str) -> int:
    """Return the number of table rows without their heads, by the marks of tables only."""
    if suffix in (".md", ".html"):
        return sum(not re.search(r"<th\b", row) for row in re.split(r"<tr\b", text)[1:])
    if suffix == ".txt":
        # A table has no marks here: a row has a yes or no, a status or a permission on a line of its own.
        return len(re.findall(r"^\s*(?:Yes|No|[1-5]\d\d|\w+:\w+:\w+)\s*$", text, re.MULTILINE))
    found = 0
    for table in re.split(r"\n\s*\n(?=\s*\S)", text):
        lines = [line.strip() for line in table.split("\n")]
        heads = [at for at, line in enumerate(lines) if re.fullmatch(r"\+(?:=+\+)+", line)]
        found += sum(bool(re.fullmatch(r"\+(?:-+\+)+", line)) for line in lines[heads[0] :]) if heads else 0
        simple = [at for at, line in enumerate(lines) if re.fullmatch(r"=+(?: =+)+", line)]
        found += simple[2] - simple[1] - 1 if len(simple) == 3 else 0
    return found


def listings(text: str, suffix: str) -> int:
    """Return the number of listings, by their marks only."""
    match suffix:
        case ".md":
            return len(re.findall(r"^\s*```", text, re.MULTILINE)) // 2
        case ".html":
            return text.count("<pre")
        case ".txt":
            return len(re.findall(r"^\{", text, re.MULTILINE))
        case _:
            # One page has JSON without the mark of a listing.
            return text.count(".. code-block::") + len(re.findall(r"^\{$", text, re.MULTILINE))


def codes(text: str) -> set[str]:
    """Return the error codes, by their shape only."""
    return set(re.findall(r"\b(?:DL[FI]|AS)\.\d{4,5}\b", text))


@every_page("rows")
def test_every_row_listing_and_code_is_accounted_for(path: Any) -> None:
    """Each table and listing of a page is a fact, a table without facts of our kinds, or listed as unread."""
    text, suffix = path.read_text("utf-8"), path.suffix
    page = read(path)
    facts = {each.at for each in page.parameters}
    others = sum(each.rows for each in page.tables if each.role in ("files", "other"))
    sources = [*(each.source for each in page.statuses), *(each.source for each in page.error_codes)]
    assert sum(each.rows for each in page.tables) == rows(text, suffix)
    assert len(facts) + others + sources.count("table") + len(page.actions) + len(page.unread) == rows(text, suffix)
    assert len(page.examples) + len(page.trees) == listings(text, suffix)
    assert {each.code for each in page.error_codes} == codes(text)


@every_page("unread")
def test_nothing_on_the_vendor_s_pages_is_unread(path: Any) -> None:
    """Every table of the vendor's pages is understood."""
    page = read(path)
    assert page.unread == ()
    assert "unread" not in {each.role for each in page.tables}


@every_page("lines")
def test_the_line_of_a_parameter_shows_its_name(path: Any) -> None:
    """Lines are counted in the original file, also with a viewer's lines in between."""
    lines = path.read_text("utf-8").split("\n")
    for each in read(path).parameters:
        assert each.name in lines[int(each.at) - 1].replace("\\", ""), each


def test_nested_tables_stand_below_the_rows_that_lead_to_them() -> None:
    """Of create-job's 31 tables, a structure's tables are below its rows; tables of kinds of nodes are below no row."""
    page = read(DOCS / "otc-2024/dgc_create_job.rst")
    paths = {".".join(each.path) for each in page.parameters}
    assert len(page.tables) == 31
    assert {
        "nodes.cronTrigger.dependJobs.jobs",
        "schedule.cron.dependJobs.jobs",
        "nodes.eventTrigger.readPolicy",
        "schedule.event.readPolicy",
        "nodes.properties.value",
        "basicConfig.customFields",
        "approvers.approverName",
        "[Parameters of the SMN node].topic",
    } <= paths
    body = [each for each in page.parameters if each.location == "body"]
    tops = {each.path[0] for each in body if not each.path[0].startswith("[")}
    assert tops == {
        "name",
        "nodes",
        "schedule",
        "params",
        "directory",
        "processType",
        "lastUpdateUser",
        "logPath",
        "basicConfig",
        "targetStatus",
        "approvers",
    }
    kinds = [each.title for each in page.tables if each.title.startswith("Parameters of the")]
    assert len(kinds) == 15
    assert {each.path[0] for each in page.parameters if each.path[0].startswith("[")} == {
        f"[{title}]" for title in kinds
    }
