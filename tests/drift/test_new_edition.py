"""A new edition is a copy of another one with what its own pages say."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import evolve

from jobexport.drift import check_page, read_page
from jobexport.drift.new_edition import begin_edition
from jobexport.errors import JobexportError
from jobexport.spec.editions import CHECKOUT, OVERLAYS
from jobexport.spec.lint import lint_sources
from jobexport.spec.load import load_yaml
from tests.drift.making.described import DESCRIBED
from tests.drift.making.pages import BATCH_OTC, FLINK_OTC_2026, JOB_OTC
from tests.drift.making.rendering import BOOLEAN, Field, render
from tests.drift.test_write import bare

FLINK, JOB, BATCH = (
    evolve(FLINK_OTC_2026, updated="2027-01-02", body=(*FLINK_OTC_2026.body, Field("packed", BOOLEAN, "no"))),
    evolve(JOB_OTC, updated="2027-01-02", file_name="DGC_{job_name}.zip"),
    evolve(BATCH_OTC, updated="2027-01-03", failure=(400, "DLF.4711", "The request parameter is invalid.")),
)


def read(*pages: Any) -> list[Any]:
    return [read_page(render(page, "rst").encode(), name=f"{page.title}.rst") for page in pages]


def test_three_pages_make_an_edition() -> None:
    """Each page has nothing new, the sources are sound, other editions stay, and dates stand in register and title."""
    facts = [evolve(page, updated=day) for page, day in zip(read(FLINK, JOB, BATCH), ("2027-01-02",) * 3, strict=True)]
    written = begin_edition("otc-2999", "otc-2026", facts, DESCRIBED)
    after = written.described
    assert written.left == ()
    assert [check_page(page, after, "otc-2999").new for page in facts] == [()] * 3
    assert all(bare(after.documents[id_]) == bare(DESCRIBED.documents[id_]) for id_ in DESCRIBED.editions)
    overlays = {**after.overlays, "codegen": load_yaml(CHECKOUT / OVERLAYS / "codegen.yaml")}
    assert after.union is not None
    assert lint_sources(after.union, after.documents, overlays, after.register) == []
    assert {after.register.page("otc-2999", operation).date for operation in ("exportJob", "exportFlinkJobs")} == {
        "2027-01-02"
    }
    assert "2027-01-02" in after.overlays["otc-2999"]["info"]["title"]
    text = written.texts[CHECKOUT / OVERLAYS / "otc-2999.yaml"]
    assert text.startswith("overlay: 1.0.0\ninfo:\n  title: ")
    kept = (CHECKOUT / OVERLAYS / "otc-2026.yaml").read_text("utf-8").partition("actions:\n")[2]
    assert kept[: len(kept) // 2] in text, "the lines of the model are written in another style"


def test_copies_of_the_pages_make_a_copy_of_the_edition() -> None:
    """No action is added; a claim keeps what the pages of the operations state, and loses what a common page does."""
    after = begin_edition("otc-2999", "otc-2026", read(FLINK_OTC_2026, JOB_OTC, BATCH_OTC), DESCRIBED).described
    assert after.overlays["otc-2999"]["actions"] == DESCRIBED.overlays["otc-2026"]["actions"]
    facts = [(item.fact, item.value) for item in after.register.entry("DGC-014").claim("otc-2999").says]
    assert facts == [("error-code", "DLF.0100"), ("error-message", "The job does not exists.")]
    assert after.register.entry("COM-003").claim("otc-2999").evidence == "none"


def test_a_page_that_could_not_be_had_is_not_known() -> None:
    """Entries of operations without a page have the edition in the claim "not known", and the page has no id."""
    after = begin_edition("otc-2999", "otc-2026", read(FLINK), DESCRIBED).described
    assert after.register.page("otc-2999", "exportJob").document == "not known"
    assert after.register.entry("DGC-009").claim("otc-2999").evidence == "none"
    assert after.register.entry("DLI-004").claim("otc-2999").evidence == "doc"


@pytest.mark.parametrize(
    ("id_", "like", "pages", "words"),
    [
        ("otc-2026", "otc-2024", (FLINK,), "there is an edition 'otc-2026' already"),
        ("Otc 2027", "otc-2026", (FLINK,), "write it like otc-2027"),
        ("otc-2999", "otc-1999", (FLINK,), "there is no edition 'otc-1999'"),
        ("otc-2999", "otc-2026", (FLINK, FLINK), "second page of exportFlinkJobs"),
        ("otc-2999", "otc-2026", (evolve(JOB, path="/v1/x", document_id="y"),), "no operation of the description"),
    ],
)
def test_what_cannot_begin_is_one_sentence(id_: str, like: str, pages: Any, words: str) -> None:
    """A taken or impossible id, an unknown edition, and pages that can't be told apart are named."""
    with pytest.raises(JobexportError, match=words):
        begin_edition(id_, like, read(*pages), DESCRIBED)
