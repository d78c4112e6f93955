"""The file or stream that a zip is read from."""

from __future__ import annotations

import contextlib
from typing import IO, TYPE_CHECKING

from attrs import frozen

from jobexport.core.redact import line
from jobexport.errors import ArchiveCorrupt, ArchiveUnsafe, JobexportError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_CHUNK = 64 * 1024


@frozen
class ZipFileSource:
    """A zip that is open for reading.

    Attributes:
        file: the file or stream; the zip begins at position 0.
        label: the name of the zip in messages.
        size: the zip's length in bytes.
        watch: called before each read; an error that it raises ends the reading, as at a deadline.
    """

    file: IO[bytes]
    label: str
    size: int
    watch: Callable[[], object] | None = None

    def read(self, place: int, length: int) -> bytes:
        """Return exactly `length` bytes from position `place` on.

        Raises:
            ArchiveCorrupt: the zip ends before.
            JobexportError: the file can't be read.
        """
        if place + length > self.size:
            raise self.corrupt(f"it ends at byte {self.size} where {place + length} are announced")
        if self.watch is not None:
            self.watch()
        parts, missing = [], length
        # Not with `_reading`, which is slow: each member needs several reads.
        try:
            self.file.seek(place)
            # A raw stream may return fewer bytes than requested.
            while missing and (part := self.file.read(missing)):
                parts.append(part)
                missing -= len(part)
        except (OSError, ValueError) as problem:
            raise _unreadable(self.label, problem) from None
        if missing:
            raise self.corrupt("it became shorter while it was read")
        return b"".join(parts)

    def chunks(self, place: int, length: int) -> Iterator[bytes]:
        """Yield `length` bytes from position `place` on, 64 KiB at a time; raise the errors of `read`."""
        for start in range(place, place + length, _CHUNK):
            yield self.read(start, min(_CHUNK, place + length - start))

    def corrupt(self, problem: str) -> ArchiveCorrupt:
        """Build the error for a zip that is damaged."""
        problem = line(problem)
        error = ArchiveCorrupt(f"{self.label} is damaged: {problem}; export it again")
        error.problem = problem
        return error

    def unsafe(self, problem: str) -> ArchiveUnsafe:
        """Build the error for a zip that no export makes."""
        problem = line(problem)
        error = ArchiveUnsafe(f"{self.label} is refused: {problem}; check where it comes from")
        error.problem = problem
        return error


@contextlib.contextmanager
def opened(
    path: Path | None, stream: IO[bytes] | None, label: str = "", watch: Callable[[], object] | None = None
) -> Iterator[ZipFileSource]:
    """Open the zip at a path, or use a seekable stream and restore its position at the end.

    Args:
        path: the file.
        stream: the stream, used instead of the file if given.
        label: the name of the zip in messages; the path or `the stream` if not given.
        watch: see `ZipFileSource`.

    Raises:
        JobexportError: the zip can't be opened or read.
    """
    if stream is None and path is None:
        raise JobexportError("the archive has neither a file nor a stream; export to a folder or a file to read it")
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
        yield ZipFileSource(file, label, size, watch)


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
    # A closed stream raises ValueError, and so does a path with a NUL.
    reason = getattr(problem, "strerror", None) or str(problem)
    return JobexportError(f"cannot read {label}: {reason}; check that it is there and readable")
