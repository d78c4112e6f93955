"""Locks of files and folders: they end with their run, with a kill too, and no child of `os.fork` keeps them.

On a system or a disk without locks nothing is locked.
"""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

from jobexport.core.forks import renew_in_children

if TYPE_CHECKING:
    from pathlib import Path


def try_lock(handle: int, *, shared: bool = False) -> bool | None:
    """Lock an open file or folder, without waiting; its last close releases it.

    Args:
        handle: the handle of the file or folder.
        shared: True for a lock that others may hold too, if theirs is shared.

    Returns:
        True if it is locked now, False if somebody else has locked it, None if there are no locks here.
    """
    try:
        import fcntl
    except ModuleNotFoundError:  # Windows
        return None
    try:
        fcntl.flock(handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return None
    return True


class FolderLock:
    """A lock of a folder, taken if nobody else has it."""

    def __init__(self, folder: Path, *, shared: bool = False) -> None:
        """Take the lock, without waiting; a shared lock is for runs that only read.

        Raises:
            OSError: the folder can't be opened.
        """
        self.handle: int | None = None
        """The handle of the folder; None on Windows, and once the lock is released."""
        self.taken: bool | None = None
        """True if the lock is held, False if another run has it, None if there are no locks here."""
        if hasattr(os, "register_at_fork"):  # neither forks nor handles of folders on Windows
            self.handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            self.taken = try_lock(self.handle, shared=shared)
            renew_in_children(self)

    def forked(self) -> None:
        """Leave the lock to the parent: to close a copy of the handle does not release it."""
        self.taken = None
        self.release()

    def release(self) -> None:
        """Release the lock, though a program that a child has become may have a copy of the handle."""
        if self.handle is None:
            return
        handle, self.handle = self.handle, None
        if self.taken:
            import fcntl

            with contextlib.suppress(OSError):
                fcntl.flock(handle, fcntl.LOCK_UN)
        os.close(handle)
