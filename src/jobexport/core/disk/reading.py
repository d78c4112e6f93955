"""Reads a file that somebody else wrote: no more of it than it may have, and never without an end."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def read_up_to(path: Path, most: int) -> bytes:
    """Return the content of a file; of a longer file, `most` + 1 bytes, so that the caller sees that it is too long.

    A device without an end, such as /dev/zero, is a file that is too long. A named pipe that nobody writes to is empty;
    one that a process is about to write, such as the shell's `<(…)`, is read.

    Raises:
        OSError: the path is a folder, is missing, can't be read, or is not a file's name.
    """
    try:
        # Opening a pipe that nobody writes to would otherwise wait for ever.
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except ValueError as problem:
        raise OSError(errno.EINVAL, "not a file's name") from problem
    with os.fdopen(handle, "rb") as file:
        if hasattr(os, "O_NONBLOCK"):
            os.set_blocking(handle, True)
        return file.read(most + 1)
