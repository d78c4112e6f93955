"""Where exports are stored: object storage, by name, as `<bucket>/<folder>/…/<object>`."""

from __future__ import annotations

import contextlib
import errno
import itertools
import os
import re
import stat
from pathlib import Path
from typing import Protocol

from attrs import Factory, field, frozen

from jobexport.errors import JobexportError

# Objects beyond this number push out the oldest.
_MOST_OBJECTS = 256
# The longest path that Linux opens, without its final NUL. Folder by folder longer ones can be made, but nobody who
# is given the name could read them.
_LONGEST_PATH = 4095
# `\` begins the names of files that are being written, so no object can have one of those.
_FORBIDDEN = re.compile(r"[\x00\\]")
# What the file system says when the fault lies in the name: too long, or a file where a folder is needed and the other
# way round. ELOOP is a symbolic link.
_NAME_FAULTS = frozenset(
    {
        errno.ENOTDIR,
        errno.EISDIR,
        errno.ENOTEMPTY,
        errno.EEXIST,
        errno.ELOOP,
        errno.ENAMETOOLONG,
        errno.EINVAL,
        errno.EILSEQ,
    }
)
_FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
# Without O_NONBLOCK opening a pipe waits for its other end.
_READ = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)


class StorageError(Exception):
    """The storage has no place for this name. Its text says why, in words that the caller may see."""


class StorageUnavailable(Exception):  # noqa: N818  # a state, and not one of the caller's making
    """The storage does not answer, or refuses. Its text says which one and why, without secrets."""


class Storage(Protocol):
    """What stores objects."""

    async def put(self, name: str, content: bytes) -> None:
        """Store an object, in the place of one of the same name."""

    async def get(self, name: str) -> bytes | None:
        """Give an object's content; None when there is none of this name."""

    async def names(self) -> list[str]:
        """List the objects' names, sorted."""

    def __str__(self) -> str:
        """Say where the objects are, for people."""


@frozen
class MemoryStorage:
    """Objects in memory, the newest 256 of them.

    A dict, as obstore's MemoryStore would cost a DLI export more than it saves: measured over HTTP the mock takes 1.08
    times the CPU time with its blocking calls, and 2.3 times with those of asyncio. It also drops slashes from names.
    """

    objects: dict[str, bytes] = Factory(dict)
    """Content by name, oldest first."""

    async def put(self, name: str, content: bytes) -> None:
        """Store an object as the newest one."""
        self.objects.pop(name, None)
        self.objects[name] = content
        while len(self.objects) > _MOST_OBJECTS:
            del self.objects[next(iter(self.objects))]

    async def get(self, name: str) -> bytes | None:
        """Give an object's content; None when there is none of this name."""
        return self.objects.get(name)

    async def names(self) -> list[str]:
        """List the objects' names, sorted."""
        return sorted(self.objects)

    def __str__(self) -> str:
        return "memory"


def _absolute(path: str | Path) -> Path:
    return Path(path).absolute()


@frozen
class FolderStorage:
    """Objects as files: `<folder>/<bucket>/<folder>/…/<object>`.

    Only what lies in the folder is ever touched: a name is walked segment by segment from a descriptor of the folder
    on, and symbolic links are not followed. A file appears whole, under its name. Nothing is flushed to the disk.

    Raises:
        JobexportError: the folder can't be made or written to, or the system can't open files relative to a folder
            (Windows).
    """

    folder: Path = field(converter=_absolute)
    _number: itertools.count[int] = field(init=False, repr=False, eq=False, factory=itertools.count)

    def __attrs_post_init__(self) -> None:
        if not self.possible():
            raise JobexportError("objects can't be files on this system; store them in memory or in S3")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            root = os.open(self.folder, _FOLDER & ~getattr(os, "O_NOFOLLOW", 0))
            try:
                self._write(root, b".writable", b"")
                os.unlink(b".writable", dir_fd=root)
            finally:
                os.close(root)
        except (OSError, ValueError) as problem:
            reason = problem.strerror if isinstance(problem, OSError) else problem
            raise JobexportError(
                f"cannot store objects in {self.folder}: {reason}; give a folder that can be written to"
            ) from None

    @staticmethod
    def possible() -> bool:
        """Whether this system has what is needed."""
        return {os.open, os.mkdir, os.rename, os.unlink} <= os.supports_dir_fd

    async def put(self, name: str, content: bytes) -> None:
        """Store an object as a file.

        It runs in the event loop: it takes a small part of a request's time, and a thread would take longer.

        Raises:
            StorageError: no file can have this name.
            StorageUnavailable: the folder can't be written to (any more).
        """
        *folders, last = self._segments(name)
        try:
            place = self._open(folders, make=True)
            try:
                self._write(place, last, content)
            finally:
                os.close(place)
        except OSError as problem:
            if problem.errno in _NAME_FAULTS:
                raise StorageError(f"no file can have this name: {problem.strerror}") from None
            raise StorageUnavailable(f"cannot write to {self}: {problem.strerror}") from None

    async def get(self, name: str) -> bytes | None:
        """Give an object's content; None when there is none of this name.

        Raises:
            StorageUnavailable: it can't be read.
        """
        try:
            *folders, last = self._segments(name)
            place = self._open(folders, make=False)
            try:
                file = os.open(last, _READ, dir_fd=place)
            finally:
                os.close(place)
            try:
                if not stat.S_ISREG(os.fstat(file).st_mode):
                    return None
                with open(file, "rb", closefd=False) as stream:
                    return stream.read()
            finally:
                os.close(file)
        except (StorageError, FileNotFoundError):
            return None
        except OSError as problem:
            if problem.errno in _NAME_FAULTS or problem.errno == errno.ENXIO:  # the latter is a socket
                return None
            raise StorageUnavailable(f"cannot read from {self}: {problem.strerror}") from None

    async def names(self) -> list[str]:
        """List the objects' names, sorted."""
        files = (
            Path(place, name)
            for place, _, names in os.walk(self.folder)
            for name in names
            if not _FORBIDDEN.search(name)
        )
        return sorted(str(path.relative_to(self.folder)) for path in files if path.is_file() and not path.is_symlink())

    def __str__(self) -> str:
        return str(self.folder)

    def _segments(self, name: str) -> list[bytes]:
        try:
            # Bytes, because the locale decides how text becomes a file's name.
            segments = name.encode("utf-8").split(b"/")
        except UnicodeEncodeError:
            raise StorageError("no file can have this name: it is not Unicode") from None
        if _FORBIDDEN.search(name):
            raise StorageError("no file can have this name: it has a NUL or a backslash")
        if b"" in segments or b"." in segments or b".." in segments:
            raise StorageError("no file can have this name: a segment is empty, `.` or `..`")
        if len(os.fsencode(self.folder)) + sum(map(len, segments)) + len(segments) > _LONGEST_PATH:
            raise StorageError("no file can have this name: the path is too long")
        return segments

    def _open(self, folders: list[bytes], *, make: bool) -> int:
        """Give a descriptor of a folder in the folder; no step of the way is a symbolic link."""
        # The folder itself was chosen by whoever started this, so it may be a link.
        place = os.open(self.folder, _FOLDER & ~getattr(os, "O_NOFOLLOW", 0))
        for segment in folders:
            try:
                below = _step(place, segment, make=make)
            finally:
                os.close(place)
            place = below
        return place

    def _write(self, place: int, name: bytes, content: bytes) -> None:
        # Beside its place, so that renaming is one step. Renaming replaces a link; it does not follow it.
        new = b"\\%d.%d" % (os.getpid(), next(self._number))
        file = os.open(new, _NEW, 0o666, dir_fd=place)
        try:
            try:
                rest = memoryview(content)
                while rest:
                    rest = rest[os.write(file, rest) :]
            finally:
                os.close(file)
            os.rename(new, name, src_dir_fd=place, dst_dir_fd=place)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(new, dir_fd=place)
            raise


def _step(place: int, segment: bytes, *, make: bool) -> int:
    try:
        return os.open(segment, _FOLDER, dir_fd=place)
    except FileNotFoundError:
        if not make:
            raise
    # Another server on the same folder may be faster.
    with contextlib.suppress(FileExistsError):
        os.mkdir(segment, dir_fd=place)
    return os.open(segment, _FOLDER, dir_fd=place)
