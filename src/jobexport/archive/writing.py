"""Folders that appear as a whole or not at all."""

from __future__ import annotations

import contextlib
import os
import shutil
from typing import TYPE_CHECKING

from jobexport.errors import TargetUnwritable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextlib.contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Turn what goes wrong with the files below a folder into a sentence that names it."""
    try:
        yield
    except (OSError, ValueError) as problem:
        # ValueError is what a path with a NUL raises.
        reason = getattr(problem, "strerror", None) or str(problem)
        raise TargetUnwritable(f"cannot write {folder}: {reason}; make room or name another folder") from None


@contextlib.contextmanager
def made(folder: Path) -> Iterator[None]:
    """Make a folder with its parents; take away again what was made when the block fails."""
    missing = []
    with contextlib.ExitStack() as undo:
        place = folder
        while not place.exists():
            missing.append(place)
            place = place.parent
        for new in reversed(missing):
            new.mkdir(exist_ok=True)
            undo.callback(_remove_empty, new)
        yield
        undo.pop_all()


@contextlib.contextmanager
def workplace(beside: Path, prefix: str) -> Iterator[Path]:
    """Give a new empty folder, which is gone afterwards unless it was renamed."""
    place = beside / f"{prefix}{os.urandom(6).hex()}"
    place.mkdir()
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _remove_empty(folder: Path) -> None:
    with contextlib.suppress(OSError):
        folder.rmdir()
