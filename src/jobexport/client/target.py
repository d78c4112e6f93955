"""Where an export goes: written beside, and put in its place when it is whole."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import io
import os
import tempfile
from pathlib import Path
from typing import IO, TYPE_CHECKING, BinaryIO, cast

from attrs import define, field, frozen

from jobexport.archive import JobArchive
from jobexport.core.files import open_part, put_files, unwritable, writing

if TYPE_CHECKING:
    from collections.abc import Iterator

    Place = str | os.PathLike[str]

_BLOCK = 1024 * 1024


@define(eq=False)
class Digest:
    """Size and SHA-256 of what was written."""

    size: int = 0
    _sha256: hashlib._Hash = field(factory=hashlib.sha256)

    def add(self, piece: bytes) -> None:
        """Take another piece into account."""
        self.size += len(piece)
        self._sha256.update(piece)

    @property
    def sha256(self) -> str:
        """Give the SHA-256 of it all, in hexadecimal."""
        return self._sha256.hexdigest()

    @classmethod
    def of(cls, file: IO[bytes]) -> Digest:
        """Read a file from its beginning."""
        digest = cls()
        file.seek(0)
        while piece := file.read(_BLOCK):
            digest.add(piece)
        return digest


@frozen(eq=False)
class ExportTarget:
    """A place for one file: a path, or a stream that is already open."""

    path: Path | None
    stream: BinaryIO | None = field(default=None, repr=False)

    @classmethod
    def of(cls, to: Place | BinaryIO, file_name: str) -> ExportTarget:
        """Give the place that `to` stands for.

        Args:
            to: a folder that exists or ends in a slash, a file, or a binary stream.
            file_name: how to call the file in a folder.

        Raises:
            ValueError: it is none of these.
            TargetUnwritable: the system can't tell what is there.
        """
        if isinstance(to, io.TextIOBase):
            raise ValueError("to is a stream of text; give one of bytes, such as sys.stdout.buffer")
        if hasattr(to, "write"):
            return cls(None, cast("BinaryIO", to))
        name = folder_text(to)
        path = Path(name)
        with writing(path):
            if name.endswith(("/", os.sep)) or path.is_dir():
                path /= file_name
            # A link stays a link: what it leads to is replaced.
            place = path.resolve() if path.is_symlink() else path
            replaceable = place.is_file() or not place.exists()
        if not replaceable:
            # Such as /dev/stdout, which must not become a file.
            raise ValueError(f"to={name!r}: {path} is no file; give a file, a folder or a binary stream")
        return cls(place)

    @contextlib.contextmanager
    def opened(self) -> Iterator[Part]:
        """Open a file beside the place, that is gone in the end unless it was put into its place."""
        with writing(self.path):
            part = Part.beside(self.path)
        try:
            yield part
        finally:
            part.discard()

    def keep(self, part: Part, digest: Digest) -> JobArchive:
        """Put what was written into its place."""
        with writing(self.path):
            if self.stream is not None:
                part.file.seek(0)
                while piece := part.file.read(_BLOCK):
                    _write_all(self.stream, piece)
            else:
                part.put(cast("Path", self.path))
        return JobArchive(self.path, sha256=digest.sha256, size=digest.size)


@define(eq=False)
class Part:
    """A file that is being written."""

    file: IO[bytes]
    path: Path | None
    """None for a file that has no name."""
    target: Path | None

    @classmethod
    def beside(cls, target: Path | None) -> Part:
        """Create one in the folder of the target, which is created too; without a target one that has no name."""
        if target is None:
            return cls(tempfile.TemporaryFile(), None, None)
        path, file = open_part(target)
        return cls(file, path, target)

    def write(self, piece: bytes) -> None:
        """Write a piece at the end.

        Raises:
            TargetUnwritable: it can't be written.
        """
        # Not with `writing`: this is done for every piece of a large zip.
        try:
            self.file.write(piece)
        except OSError as error:
            raise unwritable(self.target, error) from error

    def restart(self) -> None:
        """Begin anew.

        Raises:
            TargetUnwritable: it can't be written.
        """
        with writing(self.target):
            # A file that is cut to nothing, even from nothing, ext4 writes to the disk when it is closed.
            if self.file.seek(0, os.SEEK_END):
                self.file.seek(0)
                self.file.truncate()

    def flush(self) -> None:
        """Write what is still in memory: whoever reads the file next is not to blame for a full disk.

        Raises:
            TargetUnwritable: it can't be written.
        """
        with writing(self.target):
            self.file.flush()

    def put(self, target: Path) -> None:
        """Put it into its place, in that of what was there, whose permissions it gets."""
        self.file.close()
        if self.path is not None:
            put_files([(self.path, target)])
            self.path = None

    def discard(self) -> None:
        """Remove it, unless it was put into its place."""
        with contextlib.suppress(OSError):
            self.file.close()
        if self.path is not None:
            with contextlib.suppress(OSError):
                self.path.unlink()


def folder_text(to: Place) -> str:
    """Give a path as text.

    Raises:
        ValueError: it is none.
    """
    try:
        name = os.fspath(to)
    except TypeError:
        raise ValueError("to must be a path or a binary stream") from None
    if not isinstance(name, str) or not name or "\0" in name:
        raise ValueError(f"to={name!r} must be a path as text, not empty")
    try:
        os.fsencode(name)
    except UnicodeEncodeError:
        raise ValueError(f"to={name!r} has a character that no file's name can have (a lone surrogate)") from None
    return name


def _write_all(stream: BinaryIO, piece: bytes) -> None:
    # A raw stream may take a part only, and says None when it took nothing; other writers say nothing at all.
    while piece:
        written = stream.write(piece)
        if written is None and not isinstance(stream, io.RawIOBase):
            return
        if not written:
            raise BlockingIOError(errno.EAGAIN, "it takes no more bytes at the moment")
        piece = piece[written:]
