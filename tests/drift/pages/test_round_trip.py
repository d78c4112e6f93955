"""Made-up facts, written as a page in every form and read again."""

from __future__ import annotations

from typing import Any, Literal

import pytest
from attrs import evolve
from hypothesis import HealthCheck, given, settings

from jobexport.drift import read_page
from tests.drift.making import samples
from tests.drift.making.effort import effort
from tests.drift.making.rendering import FORMS, Page, Style, facts, plain, render
from tests.drift.making.strategies import pages, styles

SAMPLES = {"usual": samples.USUAL, "nested": samples.NESTED, "archive": samples.ARCHIVE}


def check(page: Page, form: Any, style: Style) -> None:
    text = render(page, form, style)
    read = plain(read_page(text.encode(), "page"))
    wanted = facts(page, form)
    assert ordered(read) == ordered(wanted), text


def ordered(found: Any) -> Any:
    """Return the facts with the parameters sorted: the order of a page's tables is not that of their structures."""
    return evolve(found, parameters=tuple(sorted(found.parameters, key=lambda each: (each.location, each.path))))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("sample", SAMPLES)
def test_a_page_has_the_same_facts_in_every_form_language_and_style(
    sample: str, language: Literal["en", "zh"], form: Any
) -> None:
    """The facts of a page do not depend on its form, its language or its choice of words."""
    page = samples.translated(SAMPLES[sample], language)
    for seed in range(effort(2, 12)):
        check(page, form, Style(seed))


@pytest.mark.parametrize("form", FORMS)
@settings(max_examples=effort(6, 60), deadline=None, suppress_health_check=list(HealthCheck))
@given(page=pages(), style=styles)
def test_any_page_is_read_as_it_was_written(form: Any, page: Any, style: Any) -> None:
    """A random page is read to exactly the facts that it was written from."""
    check(page, form, style)
