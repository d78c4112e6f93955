"""A changed fact of a page is one new finding of the right kind and line; changed words are no finding."""

from __future__ import annotations

import functools
import random
from typing import Any

import pytest

from jobexport.drift import check_page, read_page
from tests.drift.making.described import DESCRIBED
from tests.drift.making.effort import effort
from tests.drift.making.mutations import mutation
from tests.drift.making.pages import PAGES
from tests.drift.making.rendering import FORMS, Style, render

# Further findings of a single change: the page's example, or another table, still has the old fact.
FOLLOWS = {"example-contradicts-table", "page-contradicts-itself", "claim-gone", "claim-reworded"}


def check(page: Any, form: Any, edition: Any, style: Any = None) -> Any:
    return check_page(read_page(render(page, form, style).encode(), name="page"), DESCRIBED, edition)


@pytest.fixture(scope="module")
def checked() -> Any:
    """A function that returns the report of an unchanged page, which several tests compare with."""
    return functools.cache(lambda number, form: check(PAGES[number][2], form, PAGES[number][0]))


def fresh(report: Any, base: Any) -> list[Any]:
    """Return the new findings of a changed page that the original page does not have."""
    old = {(finding.kind, finding.about) for finding in base.new}
    return [finding for finding in report.new if (finding.kind, finding.about) not in old]


def lines_with(text: Any, needle: Any) -> list[Any]:
    """Return the numbers of the lines with a word, except lines on which the word is a key of an example."""
    # Markdown and reStructuredText escape their markup characters.
    lines = [line.replace("\\", "") for line in text.splitlines()]
    return [number for number, line in enumerate(lines, 1) if needle in line and f'"{needle}":' not in line]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("seed", range(effort(1, 4)))
def test_each_single_change_is_found_and_named_right(checked: Any, form: Any, seed: Any) -> None:
    """Each of 60 (thorough: 240) random changes has a finding with kind, subject, operation and line, and no other."""
    rng = random.Random(f"{form} {seed}")  # noqa: S311  # no secrets
    for _ in range(10):
        number = rng.randrange(len(PAGES))
        edition, operation, page = PAGES[number]
        changed = mutation(page, rng)
        base, report = checked(number, form), check(changed.page, form, edition)
        found = fresh(report, base)
        named = [item for item in found if item.kind in changed.kinds and changed.about in item.about]
        shown = [(item.kind, item.about, item.line) for item in found]
        assert named, (edition, operation, changed, shown)
        assert all(item.operation == operation and not item.known for item in named), (changed, shown)
        text = render(changed.page, form)
        lines = lines_with(text, changed.needle) if changed.needle else range(1, text.count("\n") + 2)
        assert named[0].line in lines, (changed, shown, list(lines))
        others = [item for item in found if item not in named and item.kind not in FOLLOWS | changed.also]
        assert not others, (edition, operation, changed, shown)


@pytest.mark.parametrize("form", FORMS)
def test_other_words_are_no_finding(checked: Any, form: Any) -> None:
    """A page with other words and spellings has no further error and no further warning."""
    for number, (edition, _, page) in enumerate(PAGES):
        base = checked(number, form)
        for seed in range(1, effort(2, 4)):
            report = check(page, form, edition, Style(seed))
            worse = [item for item in fresh(report, base) if item.level != "info"]
            assert not worse, (edition, form, seed, worse)
