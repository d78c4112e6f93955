"""The file or stream that a zip is read from."""

from __future__ import annotations

import contextlib
from typing import IO, TYPE_CHECKING

from attrs import frozen

from jobexport.errors import ArchiveCorrupt, ArchiveUnsafe, JobexportError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_CHUNK = 64 * 1024


@frozen
class ZipFileSource:
    """A zip that is open for reading.

    Attributes:
        file: where its bytes come from; the zip begins at position 0.
        label: what messages call it.
        size: its length in bytes.
    """

    file: IO[bytes]
    label: str
    size: int

    def read(self, place: int, length: int) -> bytes:
        """Give exactly `length` bytes from `place` on.

        Raises:
            ArchiveCorrupt: there are fewer.
            JobexportError: they can't be read.
        """
        if place + length > self.size:
            raise self.corrupt(f"it ends at byte {self.size} where {place + length} are announced")
        parts, missing = [], length
        # Not with `_reading`: this is done several times for each member.
        try:
            self.file.seek(place)
            # A raw stream may give less than it is asked for.
            while missing and (part := self.file.read(missing)):
                parts.append(part)
                missing -= len(part)
        except (OSError, ValueError) as problem:
            raise _unreadable(self.label, problem) from None
        if missing:
            raise self.corrupt("it became shorter while it was read")
        return b"".join(parts)

    def chunks(self, place: int, length: int) -> Iterator[bytes]:
        """Give `length` bytes from `place` on, 64 KiB at a time; raises what `read` raises."""
        for start in range(place, place + length, _CHUNK):
            yield self.read(start, min(_CHUNK, place + length - start))

    def corrupt(self, problem: str) -> ArchiveCorrupt:
        """Build the error for a zip that is damaged."""
        error = ArchiveCorrupt(f"{self.label} is damaged: {problem}; export it again")
        error.problem = problem
        return error

    def unsafe(self, problem: str) -> ArchiveUnsafe:
        """Build the error for a zip that no export makes."""
        error = ArchiveUnsafe(f"{self.label} is refused: {problem}; check where it comes from")
        error.problem = problem
        return error


@contextlib.contextmanager
def opened(path: Path | None, stream: IO[bytes] | None, label: str = "") -> Iterator[ZipFileSource]:
    """Open the zip at a path, or use a seekable stream and leave it where it stood.

    Args:
        path: the file.
        stream: takes the file's place.
        label: what messages call the zip; the path or `the stream` if not given.

    Raises:
        JobexportError: it can't be opened or read.
    """
    if stream is None and path is None:
        raise JobexportError("the archive is in no file; export to a folder or a file to look into it")
    label = label or (str(path) if path else "the stream")
    with contextlib.ExitStack() as stack:
        with _reading(label):
            if stream is None:
                assert path is not None  # noqa: S101 - checked above
                file: IO[bytes] = stack.enter_context(path.open("rb"))
            else:
                file = stream
                stack.callback(_put_back, file, label, file.tell())
            size = file.seek(0, 2)
        yield ZipFileSource(file, label, size)


def _put_back(file: IO[bytes], label: str, place: int) -> None:
    with _reading(label):
        file.seek(place)


@contextlib.contextmanager
def _reading(label: str) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError) as problem:
        raise _unreadable(label, problem) from None


def _unreadable(label: str, problem: OSError | ValueError) -> JobexportError:
    # ValueError is what a closed stream raises, and a path with a NUL.
    reason = getattr(problem, "strerror", None) or str(problem)
    return JobexportError(f"cannot read {label}: {reason}; check that it is there and readable")
