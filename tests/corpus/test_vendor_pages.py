"""The vendor's own pages against their editions, each other, and single changes of their text."""

from __future__ import annotations

import random
from typing import Any

import pytest

from jobexport.drift import check_page, check_pages, load_described, read_page
from tests.corpus.making.folder import DOCS, read
from tests.corpus.making.vendor import (
    CN_2020,
    OTC_2024,
    OTC_2026,
    PAGES,
    Text,
    reworded,
    text_mutation,
)

DESCRIBED = load_described()
# Definitions that a Flink zip may hold. The description lacks the operations whose pages show them.
CANDIDATES = ("FlinkJarJobDefinition", "FlinkSqlJobDefinition")

FOLLOWS = {"example-contradicts-table", "page-contradicts-itself", "claim-gone", "claim-reworded"}

# Facts of the register in prose, which is not read: the media type of requests, the content of a .script, CDM.
NOT_READ = {"DGC-008", "DGC-011", "DGC-015"}
# The differences of the pages from their editions' documents, by entry.
KNOWN = {
    "exportFlinkJobs": {CN_2020: set(), OTC_2024: set(), "huaweicloud-intl-2026": {"DLI-002", "DLI-003"}}
    | {OTC_2026: {"DLI-002", "DLI-003"}},
    "exportJob": {CN_2020: {"DGC-010", "DGC-014"}}
    | {key: {"DGC-006", "DGC-010", "DGC-014"} for key in (OTC_2024, OTC_2026)},
    "batchExportJobs": {CN_2020: {"DGC-104", "DGC-105"}}
    | {key: {"DGC-104", "DGC-107"} for key in (OTC_2024, OTC_2026)},
}


@pytest.mark.parametrize(("name", "edition", "operation"), PAGES)
def test_a_page_and_its_edition_differ_in_what_the_register_has(name: Any, edition: Any, operation: Any) -> None:
    """A page has no new finding of any level, and its known findings are the register's, by id."""
    report = check_page(read(DOCS / name), DESCRIBED, edition)
    assert report.operation == operation
    assert [(finding.kind, finding.about) for finding in report.new] == []
    assert {entry for finding in report.findings for entry in finding.known} == KNOWN[operation][edition]


@pytest.mark.parametrize(("name", "edition", "operation"), PAGES)
def test_every_fact_of_the_register_that_a_page_shows_is_found(name: Any, edition: Any, operation: Any) -> None:
    """All entries of the operation are seen, except entries in prose and entries that rest on other pages."""
    report = check_page(read(DOCS / name), DESCRIBED, edition)
    entries = [entry for entry in DESCRIBED.register.entries if operation in entry.operations]
    expected = {entry.id for entry in entries if entry.api != "common" and entry.id[:3] != "COM"}
    pages = {page.document for page in DESCRIBED.register.pages if page.edition == edition}
    expected -= {
        entry.id
        for entry in entries
        if (page := entry.claim(edition).page) and not any(document in page for document in pages)
    }
    expected -= {entry.id for entry in entries if entry.claim(edition).evidence == "none"}
    assert expected - NOT_READ <= set(report.known)
    assert [item for item in report.held if not item.on_page] == []


@pytest.mark.parametrize("edition", [CN_2020, "huaweicloud-intl-2026", OTC_2024, OTC_2026])
def test_every_statement_of_the_register_is_seen_on_a_page(edition: Any) -> None:
    """`says` is no guess: each statement about operations whose pages are at hand is on one of them."""
    seen, stated, at_hand = set(), set(), set()
    for path in sorted(DOCS.rglob("*.*")):
        report = check_page(read(path), DESCRIBED, edition)
        seen |= {item.statement.key() for item in report.held if item.on_page}
        at_hand |= {report.operation} if path.is_relative_to(DOCS / edition) else set()
    for entry in DESCRIBED.register.entries:
        if at_hand.issuperset(entry.operations):
            says = (item for item in entry.claim(edition).says if not any(name in item.at for name in CANDIDATES))
            # Some statements are about two pages that contradict each other.
            stated |= {statement.key() for statement in says if statement.page is None}
    assert stated
    assert stated - seen == set()


def against(old: Any, new: Any) -> set[Any]:
    report = check_pages(read(DOCS / new), read(DOCS / old), DESCRIBED)
    return {(finding.level, finding.kind, finding.about) for finding in report.findings}


def test_the_pages_of_2020_and_2021_differ_in_the_facts_known() -> None:
    """The pages differ in the zip array's name, the error table, a column of types and the operation's name."""
    assert against(f"{CN_2020}/dli_export_flink_job.md", "huaweicloud-cn-2021/dli_export_flink_job.md") == {
        ("error", "parameter-renamed", "response parameter `zip_files`"),
        ("warning", "error-code-missing", "error code `DLI.29001`"),
        ("info", "operation-name-changed", "name of the operation"),
        ("info", "statement-changed", "type of path variable `project_id`"),
    }


def test_the_pages_of_2024_and_2026_differ_in_the_facts_known() -> None:
    """The pages differ in the type of is_success, which the example now contradicts, in an example, and in wording."""
    assert against(f"{OTC_2024}/dli_export_flink_job.html", f"{OTC_2026}/dli_export_flink_job.rst") == {
        ("error", "type-changed", "response parameter `is_success`"),
        ("warning", "example-contradicts-table", "response parameter `is_success`"),
        ("info", "example-changed", "response example, `message`"),
        ("info", "wording-changed", "description of path variable `project_id`"),
    }


def test_a_page_against_itself_has_nothing() -> None:
    """A page compared with itself has no finding of any level."""
    for path in sorted(DOCS.rglob("*.*")):
        page = read(path)
        assert check_pages(page, page, DESCRIBED).findings == ()


def check(text: Any, edition: Any) -> Any:
    return check_page(read_page(text.encode(), name="page"), DESCRIBED, edition)


@pytest.mark.parametrize(("name", "edition", "operation"), PAGES)
def test_each_single_change_of_the_text_is_found(name: Any, edition: Any, operation: Any) -> None:
    """Each of 20 random changes is one new finding of its kind, subject, operation and line, and no other error."""
    page = Text.load(name)
    rng = random.Random(f"{name} {edition}")  # noqa: S311  # no secrets
    for _ in range(20):
        changed = text_mutation(page, rng)
        report = check(changed.text, edition)
        shown = [(item.kind, item.about, item.line) for item in report.new]
        named = [item for item in report.new if item.kind in changed.kinds and changed.about in item.about]
        assert named, (changed.kinds, changed.about, shown)
        assert named[0].operation == operation
        assert changed.line in (None, named[0].line), (changed.kinds, changed.about, changed.line, shown)
        others = [item for item in report.new if item not in named and item.kind not in FOLLOWS | changed.also]
        assert not others, (changed.kinds, changed.about, shown)


@pytest.mark.parametrize(("name", "edition", "operation"), PAGES)
def test_other_words_in_a_description_are_no_finding(name: Any, edition: Any, operation: Any) -> None:
    """Up to 12 changes of words on each page are no error and no warning."""
    page = Text.load(name)
    rng = random.Random(name)  # noqa: S311  # no secrets
    texts = {text for _ in range(30) if (text := reworded(page, rng))}
    assert texts
    for text in sorted(texts)[:12]:
        assert [item for item in check(text, edition).new if item.level != "info"] == []
