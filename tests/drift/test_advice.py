"""Advice: whoever follows it has a description that says what the page says, and is sound."""

import random

import pytest

from jobexport.drift import check_page, load_described, read_page
from jobexport.spec.lint import lint_document
from tests.drift.applying import followed
from tests.drift.mutations import mutation
from tests.drift.pages import PAGES
from tests.drift.rendering import render

DESCRIBED = load_described()
# An example that contradicts its table, or a claim, is no matter of a document.
REGISTER_ONLY = {"example-contradicts-table", "page-contradicts-itself", "claim-gone", "claim-reworded"}


def keys(report):
    return {(finding.kind, finding.about) for finding in report.new}


def problems(page, edition):
    """What is wrong after following the advice for each new finding of a page; nothing where all is well."""
    report = check_page(page, DESCRIBED, edition)
    for finding, advice in zip(report.findings, report.advice, strict=True):
        if finding.known:
            continue
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
        for name, document in {"union": after.union, edition: after.documents[edition]}.items():
            yield from ((where, f"{name}: {problem}") for problem in lint_document(document))
        edits = advice.edits
        if finding.kind not in REGISTER_ONLY and not (edits.union or edits.dropped or edits.own) and not advice.hint:
            yield where, "has no advice"


@pytest.mark.parametrize("seed", range(6))
def test_following_the_advice_makes_the_finding_vanish(seed):
    """For 120 single changes: gone, nothing new, other editions as they were, union and edition sound."""
    rng = random.Random(seed)  # noqa: S311  # no secrets
    for _ in range(20):
        edition, _, page = rng.choice(PAGES)
        changed = mutation(page, rng)
        text = render(changed.page, "rst")
        assert not list(problems(read_page(text.encode(), name="page"), edition))
