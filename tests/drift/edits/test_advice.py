"""Following the advice gives a sound description that agrees with the page."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pytest
from attrs import evolve

from jobexport.drift import check_page, load_described, read_page
from jobexport.drift.facts import DataType
from jobexport.spec.lint import lint_document
from tests.drift.making.applying import followed
from tests.drift.making.effort import effort
from tests.drift.making.mutations import mutation
from tests.drift.making.pages import PAGES
from tests.drift.making.rendering import LONG, Field, render
from tests.drift.making.samples import APPLE

if TYPE_CHECKING:
    from collections.abc import Iterator

DESCRIBED = load_described()
# Findings that no edit of a document can resolve, only one of the register.
REGISTER_ONLY = {"example-contradicts-table", "page-contradicts-itself", "claim-gone", "claim-reworded"}


def keys(report: Any) -> set[Any]:
    return {(finding.kind, finding.about) for finding in report.new}


def problems(page: Any, edition: Any) -> Iterator[Any]:
    """Yield the problems after following the advice for each new finding of a page, one by one."""
    report = check_page(page, DESCRIBED, edition)
    for finding, advice in zip(report.findings, report.advice, strict=True):
        if finding.known:
            continue
        assert advice is not None
        where = (edition, finding.kind, finding.about, finding.page, finding.line)
        after = followed(advice, DESCRIBED, edition)
        again = check_page(page, after, edition)
        if (finding.kind, finding.about) in keys(again):
            yield where, "is still found"
        if more := keys(again) - keys(report):
            yield where, f"brings {more}"
        for id_ in DESCRIBED.editions:
            if id_ != edition and after.documents[id_] != DESCRIBED.documents[id_]:
                yield where, f"changes {id_}"
        changed = [after.documents[edition], *([after.union] if after.union != DESCRIBED.union else [])]
        yield from (
            (where, problem) for document in changed if document is not None for problem in lint_document(document)
        )
        edits = advice.edits
        if finding.kind not in REGISTER_ONLY and not (edits.union or edits.dropped or edits.own) and not advice.hint:
            yield where, "has no advice"


@pytest.mark.parametrize("seed", range(effort(3, 6)))
def test_following_the_advice_makes_the_finding_vanish(seed: Any) -> None:
    """For 9 (thorough: 120) changes, the advice removes the finding, adds none and leaves other editions unchanged."""
    rng = random.Random(seed)  # noqa: S311  # no secrets
    for _ in range(effort(3, 20)):
        edition, _, page = rng.choice(PAGES)
        changed = mutation(page, rng)
        text = render(changed.page, "rst")
        assert not list(problems(read_page(text.encode(), name="page"), edition))


def nested(page: Any, rng: Any) -> Any:
    """Return the page with an additional row that leads to a nested table."""
    table = rng.choice(["body", "response"])
    kinds = [APPLE, DataType("array", items=APPLE), DataType("map", items=APPLE)]
    row = Field("thing", rng.choice(kinds), "no", children=(Field("x"), Field("y", LONG, "no")))
    return evolve(page, **{table: (*getattr(page, table), row)})


@pytest.mark.parametrize("seed", range(effort(2, 4)))
def test_following_one_after_the_other_comes_to_an_end(seed: Any) -> None:
    """Following the advice repeatedly resolves all findings of a page with several changes, for any edition."""
    rng = random.Random(f"several {seed}")  # noqa: S311  # no secrets
    for _ in range(effort(3, 10)):
        edition, _, page = rng.choice(PAGES)
        edition = rng.choice([edition, *DESCRIBED.editions])
        for _ in range(rng.randrange(1, 5)):
            page = mutation(page, rng).page
        facts = read_page(render(nested(page, rng) if rng.random() < 0.4 else page, "rst").encode(), name="page")
        described = DESCRIBED
        for _ in range(40):
            report = check_page(facts, described, edition)
            pairs = zip(report.findings, report.advice, strict=True)
            todo = next((advice for finding, advice in pairs if not finding.known), None)
            if todo is None:
                break
            described = followed(todo, described, edition)
        else:
            pytest.fail(f"{edition}: {[(finding.kind, finding.about) for finding in report.new]} are left")
        assert not list(lint_document(described.documents[edition]))
        assert described.union is not None
        assert not list(lint_document(described.union))
