"""The place of an export: a file is written beside it, and renamed to it once complete."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import io
import os
import sys
import tempfile
from pathlib import Path
from typing import IO, TYPE_CHECKING, BinaryIO, cast

from attrs import define, field, frozen

from jobexport.archive import JobArchive
from jobexport.core.disk.files import (
    end_part,
    open_part,
    put_file,
    sync_files,
    sync_folder,
    unwritable,
    writing,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    Place = str | os.PathLike[str]

_BLOCK = 1024 * 1024


@define(eq=False)
class Digest:
    """Size and SHA-256 of the written bytes."""

    size: int = 0
    _sha256: hashlib._Hash = field(factory=hashlib.sha256)

    def add(self, piece: bytes) -> None:
        """Add the next piece."""
        self.size += len(piece)
        self._sha256.update(piece)

    @property
    def sha256(self) -> str:
        """The SHA-256 of all pieces, in hexadecimal."""
        return self._sha256.hexdigest()

    @classmethod
    def of(cls, file: IO[bytes], size: int = sys.maxsize) -> Digest:
        """Return the digest of a file, read from its beginning for so many bytes, or to its end."""
        digest = cls()
        file.seek(0)
        while piece := file.read(min(_BLOCK, size - digest.size)):
            digest.add(piece)
        return digest


@frozen(eq=False)
class ExportTarget:
    """A place for one file: a path, or a stream that is already open."""

    path: Path | None
    stream: BinaryIO | None = field(default=None, repr=False)

    @classmethod
    def of(cls, to: Place | BinaryIO, file_name: str) -> ExportTarget:
        """Return the place that `to` stands for.

        Args:
            to: a folder that exists or ends in a slash, a file, or a binary stream.
            file_name: the name of the file in a folder.

        Raises:
            ValueError: `to` is neither a folder, nor a file, nor a binary stream.
            TargetUnwritable: the system can't tell what stands at the place.
        """
        if isinstance(to, io.TextIOBase):
            raise ValueError("to is a stream of text; give a stream of bytes, such as sys.stdout.buffer")
        if hasattr(to, "write"):
            return cls(None, cast("BinaryIO", to))
        name = folder_text(to)
        path = Path(name)
        with writing(path):
            if name.endswith(("/", os.sep)) or path.is_dir():
                path /= file_name
            # A link stays a link: the file that it leads to is replaced.
            place = path.resolve() if path.is_symlink() else path
            replaceable = place.is_file() or not place.exists()
        if not replaceable:
            # For example /dev/stdout, which must not become a file.
            raise ValueError(f"to={name!r}: {path} is not a file; give a file, a folder or a binary stream")
        return cls(place)

    @contextlib.contextmanager
    def opened(self) -> Iterator[Part]:
        """Open a file beside the place; at the end it is removed, unless it was renamed to the place."""
        with writing(self.path):
            part = Part.beside(self.path)
        try:
            yield part
        finally:
            part.discard()

    def keep(self, part: Part, digest: Digest) -> JobArchive:
        """Rename the written file to the place, or copy it to the stream; return the archive."""
        with writing(self.path):
            if self.stream is not None:
                part.file.seek(0)
                while piece := part.file.read(_BLOCK):
                    _write_all(self.stream, piece)
            else:
                sync_files(part.end())
                part.put(cast("Path", self.path))
                sync_folder(cast("Path", self.path).parent)
        return JobArchive(self.path, sha256=digest.sha256, size=digest.size)


@define(eq=False)
class Part:
    """A file that is being written."""

    file: IO[bytes]
    path: Path | None
    """The file's path, or None for a file without a name."""
    target: Path | None

    @classmethod
    def beside(cls, target: Path | None) -> Part:
        """Create a file in the folder of the target, or without a target a file without a name; create the folder."""
        if target is None:
            return cls(tempfile.TemporaryFile(), None, None)
        path, file = open_part(target)
        return cls(file, path, target)

    def write(self, piece: bytes) -> None:
        """Write a piece at the end.

        Raises:
            TargetUnwritable: the file can't be written.
        """
        # Not with `writing`, which is slow: a large zip has many pieces.
        try:
            self.file.write(piece)
        except OSError as error:
            raise unwritable(self.target, error) from error

    def restart(self) -> None:
        """Truncate the file.

        Raises:
            TargetUnwritable: the file can't be written.
        """
        with writing(self.target):
            # Only if needed: ext4 flushes a truncated file to the disk at its close, even if it was empty.
            if self.file.seek(0, os.SEEK_END):
                self.file.seek(0)
                self.file.truncate()

    def flush(self) -> None:
        """Write the buffered bytes, so that a full disk is reported here, and not when the file is read.

        Raises:
            TargetUnwritable: the file can't be written.
        """
        with writing(self.target):
            self.file.flush()

    def end(self) -> list[Path]:
        """Flush the file; return its path, or no path if it has no name."""
        end_part(self.file)
        return [] if self.path is None else [self.path]

    def put(self, target: Path) -> None:
        """Rename the file to its place; `sync_files` must have it on the disk."""
        if self.path is not None:
            put_file(self.path, target)
            self.path = None
        self.file.close()

    def discard(self) -> None:
        """Remove the file, unless it was renamed to its place."""
        with contextlib.suppress(OSError):
            self.file.close()
        if self.path is not None:
            with contextlib.suppress(OSError):
                self.path.unlink()


def folder_text(to: Place) -> str:
    """Return a path as text.

    Raises:
        ValueError: the value is not a path, is empty, or can't be the name of a file.
    """
    try:
        name = os.fspath(to)
    except TypeError:
        raise ValueError("to must be a path or a binary stream") from None
    if not isinstance(name, str) or not name or "\0" in name:
        raise ValueError(f"to={name!r} must be a path as text that is not empty")
    try:
        os.fsencode(name)
    except UnicodeEncodeError:
        raise ValueError(f"to={name!r} has a character that no file's name can have (a lone surrogate)") from None
    return name


def _write_all(stream: BinaryIO, piece: bytes) -> None:
    # A raw stream may write a part only, and returns None if it wrote nothing. Other writers may always return None.
    while piece:
        written = stream.write(piece)
        if written is None and not isinstance(stream, io.RawIOBase):
            return
        if not written:
            raise BlockingIOError(errno.EAGAIN, "it takes no more bytes at the moment")
        piece = piece[written:]
