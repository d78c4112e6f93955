"""Overlays against the Overlay specification's own sets."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

import pytest

from jobexport.spec.load import load_yaml
from jobexport.spec.overlay import apply_overlay
from tests.corpus.making.folder import OVERLAYS

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("case", OVERLAYS, ids=lambda path: path.name)
def test_a_set_comes_out_as_it_is_published(case: Path) -> None:
    """The result is the published one, and neither document nor overlay is changed."""
    document, overlay = load_yaml(case / "openapi.yaml"), load_yaml(case / "overlay.yaml")
    before = copy.deepcopy((document, overlay))
    assert apply_overlay(document, overlay) == load_yaml(case / "output.yaml")
    assert (document, overlay) == before
