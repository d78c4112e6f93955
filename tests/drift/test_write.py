"""Edits of the sources after changed pages: drift says nothing new, lint is clean, other editions stay as they were."""

from __future__ import annotations

import random
from typing import Any

import pytest
from attrs import evolve

from jobexport.drift import check_page, read_page
from jobexport.drift.facts import DataType
from jobexport.drift.write import LEFT_TO_PEOPLE, follow_pages
from jobexport.spec.editions import CHECKOUT, OVERLAYS
from jobexport.spec.lint import lint_sources
from jobexport.spec.load import load_yaml
from tests.drift.making.described import DESCRIBED
from tests.drift.making.effort import effort
from tests.drift.making.mutations import mutation
from tests.drift.making.pages import PAGES
from tests.drift.making.rendering import LONG, Field, render
from tests.drift.making.samples import APPLE

CODEGEN = load_yaml(CHECKOUT / OVERLAYS / "codegen.yaml")


def facts_of(page: Any) -> Any:
    return read_page(render(page, "rst").encode(), name="page")


def bare(node: Any) -> Any:
    """Return a document without the marks of the register."""
    if isinstance(node, dict):
        return {key: bare(value) for key, value in node.items() if key != "x-inconsistency"}
    return [bare(item) for item in node] if isinstance(node, list) else node


def problems(page: Any, edition: str) -> list[Any]:
    """Return what is wrong after a page was followed."""
    facts = facts_of(page)
    written = follow_pages([facts], DESCRIBED, edition)
    after = written.described
    again = check_page(facts, after, edition)
    left = {(item.finding.kind, item.finding.about) for item in written.left}
    found: list[Any] = [
        ("left", item.finding, item.reason) for item in written.left if item.finding.kind not in LEFT_TO_PEOPLE
    ]
    found += [("new", item.kind, item.about) for item in again.new if (item.kind, item.about) not in left]
    for id_ in DESCRIBED.editions:
        if id_ != edition and bare(after.documents[id_]) != bare(DESCRIBED.documents[id_]):
            found.append(("changes", id_))
    overlays = {**after.overlays, "codegen": CODEGEN}
    assert after.union is not None
    return found + lint_sources(after.union, after.documents, overlays, after.register)


@pytest.mark.parametrize("seed", range(effort(2, 30)))
def test_a_single_change_is_written_without_a_rest(seed: Any) -> None:
    """After 2 (thorough: 210) changes, each written, the page has no new finding and the sources are sound."""
    rng = random.Random(f"write {seed}")  # noqa: S311  # no secrets
    for edition, _, page in effort([rng.choice(PAGES)], PAGES):
        changed = mutation(page, rng)
        assert problems(changed.page, edition) == [], (edition, changed.kinds, changed.about)


def nested(page: Any, rng: Any) -> Any:
    """Return the page with an additional row that leads to a nested table."""
    table = rng.choice(["body", "response"])
    kinds = [APPLE, DataType("array", items=APPLE), DataType("map", items=APPLE)]
    row = Field("thing", rng.choice(kinds), "no", children=(Field("x"), Field("y", LONG, "no")))
    return evolve(page, **{table: (*getattr(page, table), row)})


@pytest.mark.parametrize("seed", range(effort(1, 20)))
def test_several_changes_are_written_without_a_rest(seed: Any) -> None:
    """The same holds for a page with two to five changes, compared with any edition."""
    rng = random.Random(f"several {seed}")  # noqa: S311  # no secrets
    edition, _, page = rng.choice(PAGES)
    edition = rng.choice([edition, *DESCRIBED.editions])
    for _ in range(rng.randrange(2, 6)):
        page = mutation(page, rng).page
    page = nested(page, rng) if rng.random() < 0.4 else page
    assert problems(page, edition) == [], edition
