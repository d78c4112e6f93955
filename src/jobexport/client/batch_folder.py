"""The folder of an export of many jobs: one run at a time, and a file name for each job that is no other's."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections import Counter
from typing import TYPE_CHECKING

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
    """Give each job's file a name that is no other's, not even where letter case does not count.

    `.` and `..` have their dots percent-encoded; a name that differs from another one in case only gets a mark, unless
    it is all in lower case. No job's name has a `%` or `~`.
    """
    times = Counter(name.lower() for name in names)
    return {name: f"{_file_stem(name, alone=times[name.lower()] == 1)}.zip" for name in names}


def _file_stem(name: str, *, alone: bool) -> str:
    if name in {".", ".."}:
        return name.replace(".", "%2E")
    return name if alone or name == name.lower() else f"{name}~{hashlib.sha256(name.encode()).hexdigest()[:8]}"
