"""Folders that are held open: a name in one is used relative to its handle, so that nobody can swap in a link.

Windows opens no folders; there a name is used by its path.
"""

from __future__ import annotations

import contextlib
import os
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from jobexport.core.disk.files import sync_files, sync_folder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_NO_LINK = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
_FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0)
# Without O_NONBLOCK, opening a pipe would wait for its other end.
_READ = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | _NO_LINK
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NO_LINK


@dataclass(frozen=True, eq=False)
class OpenFolder:
    """A folder that is held open. Names of files in it may be paths, through folders that this run has made."""

    path: Path
    handle: int | None
    """The handle of the folder; None on Windows."""

    def _at(self, name: str) -> str | Path:
        return name if self.handle is not None else self.path / name

    @contextlib.contextmanager
    def below(self, name: str) -> Iterator[OpenFolder]:
        """Open a folder in this one.

        Raises:
            OSError: it does not exist, is a link, or is not a folder.
        """
        if self.handle is None:
            if not stat.S_ISDIR(self.state(name).st_mode):
                raise NotADirectoryError(20, "Not a directory")
            yield OpenFolder(self.path / name, None)
            return
        with _held(os.open(name, _FOLDER | _NO_LINK, dir_fd=self.handle)) as handle:
            yield OpenFolder(self.path / name, handle)

    def state(self, name: str) -> os.stat_result:
        """Return the state of a file, folder or link itself.

        Raises:
            OSError: it does not exist.
        """
        return os.stat(self._at(name), dir_fd=self.handle, follow_symlinks=False)

    def has_file(self, name: str) -> bool:
        """Return True if a name is that of a file or of a link."""
        try:
            mode = self.state(name).st_mode
        except OSError:
            return False
        return stat.S_ISREG(mode) or stat.S_ISLNK(mode)

    def names(self) -> list[str]:
        """Return the names of everything in the folder."""
        return os.listdir(self.path if self.handle is None else self.handle)  # noqa: PTH208  # a path has no handle

    def make(self, name: str) -> None:
        """Create a folder, and the folders on the way to it, if missing."""
        parts = name.split("/")
        for depth in range(1, len(parts) + 1):
            with contextlib.suppress(FileExistsError):
                os.mkdir(self._at("/".join(parts[:depth])), dir_fd=self.handle)

    def create(self, name: str) -> BinaryIO:
        """Open a new file for writing."""
        return os.fdopen(os.open(self._at(name), _NEW, 0o666, dir_fd=self.handle), "wb")

    def read(self, name: str) -> BinaryIO:
        """Open a file for reading; a link raises OSError."""
        return os.fdopen(os.open(self._at(name), _READ, dir_fd=self.handle), "rb")

    def remove(self, name: str) -> None:
        """Remove a file or a link."""
        os.unlink(self._at(name), dir_fd=self.handle)

    def put(self, source: OpenFolder, staged: str, name: str) -> None:
        """Move a file here from another folder, with the permissions of a file that it replaces; replace a link."""
        with contextlib.suppress(OSError):
            mode = self.state(name).st_mode
            if stat.S_ISREG(mode):
                os.chmod(source._at(staged), stat.S_IMODE(mode), dir_fd=source.handle)
        os.replace(source._at(staged), self._at(name), src_dir_fd=source.handle, dst_dir_fd=self.handle)

    def sync_files(self, names: Iterable[str]) -> None:
        """Wait until the content of files is on the disk."""
        sync_files([self._at(name) for name in names], self.handle)

    def sync(self) -> None:
        """Wait until the names in the folder are on the disk."""
        sync_folder(self.path if self.handle is None else self.handle)


@contextlib.contextmanager
def open_folder(path: Path, *, follow: bool = True) -> Iterator[OpenFolder]:
    """Open a folder; unless `follow`, its last name may not be a link.

    Raises:
        OSError: it can't be opened.
    """
    if os.open not in os.supports_dir_fd:
        yield OpenFolder(path, None)
        return
    with _held(os.open(path, _FOLDER | (0 if follow else _NO_LINK))) as handle:
        yield OpenFolder(path, handle)


@contextlib.contextmanager
def _held(handle: int) -> Iterator[int]:
    try:
        yield handle
    finally:
        os.close(handle)
