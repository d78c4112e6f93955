"""Scaffolds of all of the vendor's pages, against the models of the vendor's own SDK."""

from __future__ import annotations

import functools

import pytest

from tests.corpus.making.folder import PAGES, read
from tests.drift.making.vendor_sdk import Agreement, agreement

# How many facts agree, of how many. The rest is the vendor's: the SDK follows other editions of its documents.
FLOORS = {"query": (29, 39), "body": (247, 354), "response": (383, 495), "type": (638, 654), "required": (267, 276)}


@functools.cache
def measured() -> Agreement:
    """Return the agreement on all pages."""
    return agreement(map(read, PAGES))


@pytest.mark.parametrize("kind", FLOORS)
def test_scaffolds_agree_with_the_vendor_s_sdk(kind: str) -> None:
    """The scaffolds of all pages agree with the SDK's models as often as measured, or more often."""
    assert measured().holds(kind, *FLOORS[kind]), measured().report()
