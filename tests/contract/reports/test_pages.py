"""The HTML pages of a run, parsed: their texts and their links."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import pytest
import schemathesis.checks
from attrs import evolve
from schemathesis.specs.openapi import checks as openapi_checks

from jobexport.contract import CHECKS
from jobexport.contract.fuzz import hooks, process
from jobexport.contract.reports.accept import Acceptance
from jobexport.contract.reports.model import EditionReport, Failure, OperationReport
from jobexport.contract.reports.pages import SENTENCES, index_page, report_page
from jobexport.contract.scenarios.registry import SANDBOX, SCENARIOS
from jobexport.core import redact
from jobexport.spec import load_register

REGISTER = load_register()
HOSTILE = '<script>alert(1)</script>"\u202e'


class Page(HTMLParser):
    """The ids, the links and the texts of a page; the text of an element is all text inside."""

    VOID = frozenset(("meta", "br", "link"))

    def __init__(self, page: str) -> None:
        super().__init__()
        self.ids: dict[str, str] = {}
        self.links: list[tuple[str, str]] = []
        self.tags: list[str] = []
        self.rows: list[str] = []
        self._open: list[tuple[str, dict[str, str | None], list[str]]] = []
        self.feed(page)
        while self._open:
            self._end()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag not in self.VOID:
            self._open.append((tag, dict(attrs), []))

    def handle_data(self, data: str) -> None:
        for _, _, texts in self._open:
            texts.append(data)

    def handle_endtag(self, tag: str) -> None:
        # The templates leave out </td>, </li>, </dd> and the like.
        while self._open and self._end() != tag:
            pass

    def _end(self) -> str:
        tag, attributes, texts = self._open.pop()
        text = " ".join("".join(texts).split())
        if id_ := attributes.get("id"):
            self.ids[id_] = text
        if tag == "a":
            self.links.append((attributes.get("href") or "", text))
        if tag == "tr":
            self.rows.append(text)
        return tag


def failing(**more: Any) -> EditionReport:
    """Return a report of otc-2026 with a failure of exportJob that has a second rule and three entries."""
    also = Failure("missing_field", "t", f"second {HOSTILE}", "", rests_on=("DGC-005",))
    failure = Failure("file_name", "t", f"first {HOSTILE}", "curl x", rests_on=("DGC-009", "DGC-010"), also=(also,))
    export = OperationReport("exportJob", failures={("cause",): failure})
    export.cases.update({"positive 200": 3, "positive 400": 1})
    export.checks.update({"file_name": 4, "archive_intact": 4, "each_name": 1, "status_code_conformance": 4})
    batch = OperationReport("batchExportJobs")
    batch.cases.update({"positive 200": 2})
    batch.checks.update({"file_name": 2})
    return EditionReport(
        "otc-2026", "http://127.0.0.1", {"exportJob": export, "batchExportJobs": batch}, folder="otc-2026", **more
    )


def test_ids_of_the_register_lead_to_their_entries_in_the_page() -> None:
    """Each id beside a failure is a link to a section that has the facts of all editions, so one file is enough."""
    page = Page(report_page(failing(), REGISTER))
    assert {name for name, _ in page.links} >= {"#DGC-005", "#DGC-009", "#DGC-010", "#exportJob"}
    for target, text in page.links:
        assert target.removeprefix("#") in page.ids
        assert target == f"#{text}"
    for id_ in ("DGC-005", "DGC-009", "DGC-010"):
        entry = REGISTER.entry(id_)
        for part in (entry.title, *(claim.fact for claim in entry.claims), "dataartsstudio_02_0088 of 2024-02-28"):
            assert " ".join(part.replace("`", "").split()) in page.ids[id_]


def test_an_entry_that_no_failure_names_is_left_out() -> None:
    """The page has the entries of its failures, and of accepted deviations that did not occur; these are links too."""
    page = Page(report_page(failing(unused=[Acceptance("DLI-001", "old")]), REGISTER))
    assert {id_ for id_ in page.ids if id_.partition("-")[0] in ("DLI", "DGC", "COM")} == {
        "DLI-001",
        "DGC-005",
        "DGC-009",
        "DGC-010",
    }
    assert ("#DLI-001", "DLI-001") in page.links


def test_an_id_of_another_register_is_no_link() -> None:
    """A document of the user's own may name ids that the register lacks."""
    report = failing()
    [failure] = report.operations["exportJob"].failures.values()
    report.operations["exportJob"].failures = {("cause",): evolve(failure, rests_on=("MINE-1",), also=())}
    page = Page(report_page(report, REGISTER))
    assert [target for target, _ in page.links] == ["#exportJob"]


def test_each_rule_has_its_sentence_beside_its_id() -> None:
    """Checks, scenarios and checks of schemathesis are told by their sentences, with the sum over the operations."""
    page = Page(report_page(failing(), REGISTER))
    rows = [row for row in page.rows if row.split()[0] in SENTENCES]
    assert [row.split()[0] for row in rows] == ["archive_intact", "file_name", "each_name", "status_code_conformance"]
    for row in rows:
        assert SENTENCES[row.split()[0]] in row
    assert rows[1].endswith("2 operations exportJob 4, batchExportJobs 2 6")
    assert SENTENCES["file_name"] in page.ids["exportJob-1"]


def test_every_rule_has_a_sentence() -> None:
    """No check or scenario can stand in a report without its sentence."""
    # Their import registers the checks.
    assert hooks and openapi_checks  # noqa: PT018
    known = {check.__name__ for check in schemathesis.checks.CHECKS.get_all()}
    assert {check.id for check in CHECKS} <= known
    rules = known | {scenario.id for scenario in (*SCENARIOS, *SANDBOX)}
    assert rules - {process.LEFT_OUT} == set(SENTENCES)


@pytest.mark.parametrize("page", [report_page(failing(), REGISTER), index_page([failing(ending=HOSTILE, reason="x")])])
def test_texts_of_a_server_stay_texts(page: str) -> None:
    """Markup in a message is shown, characters that turn text are numbers, and nothing is loaded."""
    assert not {"script", "link", "img"} & set(Page(page).tags)
    assert "alert(1)" in page
    assert not redact.unseen(page, "\n\t\xa0")


def test_the_index_leads_to_the_report_of_each_edition() -> None:
    """A row has verdict, failures, accepted failures, share of 2xx, requests, and a link to the report."""
    good = EditionReport("mine", "http://127.0.0.1", {}, folder="my %file-5f0c2a91", requests=7)
    good.operations["a"] = OperationReport("a", failures={(): Failure("c", "t", "m", "", accepted="old")})
    good.operations["a"].cases.update({"positive 200": 1})
    page = Page(index_page([failing(), good]))
    assert page.links == [("otc-2026/report.html", "otc-2026"), ("my%20%25file-5f0c2a91/report.html", "mine")]
    assert page.rows[1:] == ["otc-2026 not held 1 0 83% 0", "mine held 0 1 100% 7"]


def test_the_index_has_the_reason_why_a_run_is_not_held_without_failures() -> None:
    """An end before the plan, operations that never succeeded, and errors stand below the row."""
    report = EditionReport("mine", "", {"a": OperationReport("a")}, errors=["b: broke"], reason="x", ending="it ended")
    assert Page(index_page([report])).rows[2:] == ["it ended", "b: broke", "never 2xx: a"]
