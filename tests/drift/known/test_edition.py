"""The edition of a page is guessed with a reason, and a new edition needs no Python."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import pytest
from attrs import evolve

from jobexport.drift import check_page, load_described, read_page
from jobexport.drift.documents.description import Described
from jobexport.drift.known.edition import Guess
from jobexport.drift.write import texts_of
from jobexport.errors import JobexportError
from jobexport.spec.editions import CHECKOUT
from jobexport.spec.statements.rewrite import written_anew
from tests.drift.making.described import DESCRIBED
from tests.drift.making.pages import BATCH_OTC, FLINK_CN_2020, FLINK_OTC_2024, FLINK_OTC_2026, JOB_OTC, PAGES
from tests.drift.making.rendering import RenderedForm, render

if TYPE_CHECKING:
    from pathlib import Path


def check(page: Any, form: RenderedForm = "rst", edition: Any = None, described: Any = DESCRIBED) -> Any:
    return check_page(read_page(render(page, form).encode(), name="page"), described, edition)


@pytest.mark.parametrize(
    ("page", "form", "edition", "reason"),
    [
        (FLINK_CN_2020, "markdown", "huaweicloud-cn-2020", "it is Chinese and it leaves the fewest findings"),
        (FLINK_OTC_2024, "rst", "otc-2024", "it leaves the fewest findings"),
        (FLINK_OTC_2026, "rst", "otc-2026", "it leaves the fewest findings"),
        (evolve(FLINK_OTC_2026, updated="2026-01-08"), "html", "huaweicloud-intl-2026", "its date is 2026-01-08"),
        (evolve(FLINK_OTC_2026, updated="2026-03-01"), "html", "otc-2026", "its date is 2026-03-01"),
        (
            evolve(FLINK_OTC_2026, updated="2027-01-01"),
            "html",
            "huaweicloud-intl-2026",
            "it is marked huaweicloud-intl",
        ),
    ],
)
def test_the_edition_is_guessed_and_said_why(page: Any, form: RenderedForm, edition: str, reason: str) -> None:
    """The edition follows from language and date, and from the number of findings if several editions remain."""
    guess = check(page, form).guess
    assert guess.edition == edition
    assert reason in guess.reason


def test_a_page_younger_than_all_belongs_to_the_last_edition_of_its_cloud() -> None:
    """A young page is compared with the last edition of its cloud, even if another edition has fewer findings."""
    facts = read_page(render(FLINK_OTC_2024, "rst").encode(), name="page")
    guess = check_page(evolve(facts, markers=("otc",), updated="2027-01-01"), DESCRIBED).guess
    assert guess == Guess("otc-2026", "it is English and it is marked otc and its date is 2027-01-01", "page")


def test_editions_that_fit_alike_are_named() -> None:
    """The DGC pages of both OTC editions are the same: the younger edition is taken, the other is listed."""
    guesses = [check(page).guess for page in (JOB_OTC, BATCH_OTC)]
    # One edition may have a new page, which has fewer words than the register states of the other's.
    assert {guess.edition for guess in guesses} == {"otc-2026"}
    assert ("otc-2024",) in [guess.others for guess in guesses]


def test_a_named_edition_overrules() -> None:
    """A page is compared with the named edition, whichever would be guessed."""
    report = check(FLINK_OTC_2024, edition="otc-2026")
    assert (report.guess.edition, report.guess.how) == ("otc-2026", "told")
    assert [finding.kind for finding in report.new if finding.level == "error"] == ["type-changed"]


def test_an_unknown_edition_is_one_sentence() -> None:
    """The message for an unknown edition lists the known editions."""
    with pytest.raises(JobexportError, match=r"^there is no edition 'otc-1999'; choose one of .*otc-2026"):
        check(FLINK_OTC_2024, edition="otc-1999")


def test_a_page_of_another_operation_is_no_error() -> None:
    """The report on a page of an unknown operation says so and has no finding."""
    report = check(evolve(JOB_OTC, path="/v1/{project_id}/jobs/{job_name}/stop", document_id="x"))
    assert (report.operation, report.findings) == ("", ())
    assert "which the description does not have" in report.nature


@pytest.mark.parametrize(
    "path",
    ["/v1/{project_id}/jobs/check-file", "/v1.0/{project_id}/streaming/jobs/stop", "/v1.0/{project_id}/streaming"],
)
def test_neighbours_are_other_operations(path: str) -> None:
    """A similar path alone does not make the same operation."""
    page = evolve(
        FLINK_OTC_2024, path=path, document_id="", body=FLINK_OTC_2024.response[:1], response=(), request=None
    )
    assert check(page).operation == ""


def test_a_page_about_what_can_be_deleted_is_not_about_deleting_it() -> None:
    """A page of a GET is no page of the DELETE at its path, which alone the description has there."""
    path, rows = "/v1/{project_id}/resources/{resource_id}", FLINK_OTC_2024.response
    page = evolve(JOB_OTC, path=path, method="GET", document_id="x", response=rows, request=None)
    assert check(page).operation == ""


def test_a_page_with_another_date_than_the_register_is_told() -> None:
    """A page with another date than the register's is an info, so that the register stays up to date."""
    report = check(evolve(FLINK_OTC_2026, updated="2026-09-09"), "html", "otc-2026")
    assert [(item.kind, item.page, item.other) for item in report.new] == [("date-changed", "2026-09-09", "2026-03-01")]


FOLDER = {
    "description": "The folder has a default.",
    "x-inconsistency": "DLI-013",
    "target": "$.components.schemas.ExportFlinkJobsRequest.properties.obs_dir",
    "update": {"default": "mine"},
}
PAGE = (
    "{edition: ours-2030, operation: exportFlinkJobs, document: our_1, date: '2030-02-03', language: en, copy: whole}"
)


def test_an_edition_more_needs_no_python(tmp_path: Path) -> None:
    """After adding an overlay and a line of the register, a page is compared with the new edition."""
    for name in ("openapi", "overlays"):
        shutil.copytree(CHECKOUT / name, tmp_path / name)
    for path, text in texts_of(DESCRIBED).items():
        (tmp_path / path.relative_to(CHECKOUT)).write_text(text, encoding="utf-8")
    like = DESCRIBED.overlays["otc-2024"]
    overlay = written_anew(like | {"actions": [*like["actions"], FOLDER]})
    (tmp_path / "overlays/ours-2030.yaml").write_text(overlay, encoding="utf-8")
    register = tmp_path / "openapi/inconsistencies.yaml"
    register.write_text(
        register.read_text(encoding="utf-8").replace("pages:\n", f"pages:\n  - {PAGE}\n", 1), encoding="utf-8"
    )
    described = load_described(tmp_path)
    first, *rest = FLINK_OTC_2024.body
    page = evolve(
        FLINK_OTC_2024, updated="2030-02-03", document_id="our_1", body=(evolve(first, default="mine"), *rest)
    )
    report = check(page, "html", described=described)
    assert (report.operation, report.against, report.new) == ("exportFlinkJobs", "ours-2030", ())
    changed = check(evolve(page, body=(evolve(first, default="yours"), *rest)), "html", described=described)
    assert [(item.kind, item.source.file) for item in changed.new] == [("default-changed", "overlays/ours-2030.yaml")]


@pytest.mark.parametrize(("edition", "operation", "page"), PAGES)
def test_an_installed_package_compares_as_well(edition: Any, operation: Any, page: Any) -> None:
    """Without sources the findings are the same, and no edit is for the union."""
    shipped = Described(DESCRIBED.register, DESCRIBED.documents, None, {}, DESCRIBED.root, DESCRIBED.files)
    changed = evolve(
        page, path_fields=(*page.path_fields[1:], evolve(page.path_fields[0], mandatory="no")), method="PUT"
    )
    with_sources, without = (check(changed, edition=edition, described=described) for described in (DESCRIBED, shipped))
    assert without.operation == operation
    assert [item.kind for item in without.new] == [item.kind for item in with_sources.new]
    assert all(not advice.edits.union for advice in without.advice if advice)
