"""A checkout to break: the description's sources, copied."""

import shutil

import pytest

from jobexport.spec.editions import CHECKOUT


@pytest.fixture
def checkout(tmp_path):
    """A copy of everything that generated/ is made from, and of generated/ itself."""
    for name in ("openapi", "overlays", "generated"):
        shutil.copytree(CHECKOUT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path
