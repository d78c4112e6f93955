"""Zips built byte by byte, so that every field can lie, and a watch on all paths that are written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.archive.making.watch import WATCH, Watch
from tests.archive.making.zips import Zips

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def zips() -> type[Zips]:
    return Zips


@pytest.fixture
def watch() -> Watch:
    return WATCH


@pytest.fixture
def tree() -> Any:
    """A function that gives all there is in a folder: bytes of files, targets of links, None for folders."""

    def read(folder: Path) -> dict[str, bytes | str | None]:
        found: dict[str, bytes | str | None] = {}
        for path in sorted(folder.rglob("*")):
            name = path.relative_to(folder).as_posix()
            if path.is_symlink():
                found[name] = str(path.readlink())
            else:
                found[name] = path.read_bytes() if path.is_file() else None
        return found

    return read
