"""A checkout to break: the description's sources, copied."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import pytest

from jobexport.spec.editions import CHECKOUT

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def checkout(tmp_path: Path) -> Any:
    """Return a copy of the sources of generated/, and of generated/ itself."""
    for name in ("openapi", "overlays", "generated"):
        shutil.copytree(CHECKOUT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path
