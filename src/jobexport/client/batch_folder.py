"""The folder of an export of many jobs: one run at a time, and a file name for each job that is no other's."""

from __future__ import annotations

import contextlib
import os
from collections import Counter
from typing import TYPE_CHECKING

from jobexport.archive.names import file_stem, marked
from jobexport.client.target import writing
from jobexport.errors import TargetUnwritable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# No job's name has a `%`.
OTHERS = "%others-"
"""What the name of a zip begins with that holds what the service sent beside the jobs."""


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keep a folder for one run; where the system or the disk knows no locks, nothing keeps another one out.

    Raises:
        TargetUnwritable: another run has it.
    """
    try:
        import fcntl
    except ModuleNotFoundError:  # Windows
        yield
        return
    with writing(folder):
        handle = os.open(folder, os.O_RDONLY)
    try:
        with contextlib.suppress(OSError):
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                problem = "another export writes to it; wait for its end, or choose another folder"
                raise TargetUnwritable(f"{folder} can't be written: {problem}") from None
        yield
    finally:
        # The lock goes with it, after a kill too.
        os.close(handle)


def is_others(name: str) -> bool:
    """Whether a zip has what the service sent beside the jobs, as its name shows."""
    return name.startswith(OTHERS) and name.endswith(".zip")


def file_names(names: tuple[str, ...]) -> dict[str, str]:
    """Return a name for each job's file that is no other's, not even where letter case does not count.

    A name that differs from another one in case only gets a mark, unless it is all in lower case. No job's name has a
    `%` or `~`. Without `.zip` it is the name of the folder that the job is unpacked in, and no folder is called like
    another job's file: `"x.zip" → "x%2Ezip.zip"`.
    """
    times = Counter(name.lower() for name in names)
    stems = {name: _stem(name) for name in names}
    return {
        name: f"{stem if times[name.lower()] == 1 or name == name.lower() else marked(stem, name)}.zip"
        for name, stem in stems.items()
    }


def _stem(name: str) -> str:
    stem = file_stem(name)
    return f"{stem[:-4]}%2E{stem[-3:]}" if stem.lower().endswith(".zip") else stem
