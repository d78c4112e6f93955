"""Unpacks a member's bytes, never more of them than its entry announces."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from attrs import define, field

from jobexport.archive.zip.headers import STORED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jobexport.archive.zip.directory import ZipMember
    from jobexport.archive.zip.source import ZipFileSource
    from jobexport.errors import ArchiveCorrupt

_CHUNK = 256 * 1024


def chunks(source: ZipFileSource, member: ZipMember) -> Iterator[bytes]:
    """Yield the unpacked bytes in chunks of at most 256 KiB.

    Raises:
        ArchiveCorrupt: the bytes are damaged, or are more or fewer than announced; drop the chunks yielded before.
        JobexportError: the source can't be read.
    """
    unpacking = _Unpacking(source, member)
    for part in source.chunks(member.place, member.packed):
        yield from unpacking.take(part)
    unpacking.finish()


def packed_chunks(source: ZipFileSource, member: ZipMember) -> Iterator[bytes]:
    """Yield the packed bytes in chunks, and check the bytes that they unpack to.

    Raises:
        ArchiveCorrupt: as `chunks`.
        JobexportError: the source can't be read.
    """
    unpacking = _Unpacking(source, member)
    for part in source.chunks(member.place, member.packed):
        for _ in unpacking.take(part):
            pass
        yield part
    unpacking.finish()


@define(eq=False)
class _Unpacking:
    """A member that is being unpacked, with checksum and length of the bytes so far."""

    source: ZipFileSource
    member: ZipMember
    crc: int = 0
    given: int = 0
    inflater: zlib._Decompress = field(factory=lambda: zlib.decompressobj(-zlib.MAX_WBITS))

    def take(self, part: bytes) -> Iterator[bytes]:
        """Unpack the next packed bytes."""
        for chunk in (part,) if self.member.method == STORED else self._inflate(part):
            self.given += len(chunk)
            if self.given > self.member.size:
                raise self._wrong_size()
            self.crc = zlib.crc32(chunk, self.crc)
            yield chunk

    def _inflate(self, waiting: bytes) -> Iterator[bytes]:
        if self.inflater.eof:
            raise self._wrong_end()
        while True:
            try:
                chunk = self.inflater.decompress(waiting, _CHUNK)
            except zlib.error:
                raise self.source.corrupt(f"the data of {self.member} is damaged") from None
            if chunk:
                yield chunk
            waiting = self.inflater.unconsumed_tail
            # After a full chunk the inflater may hold more bytes, even if it has read the whole part.
            if not waiting and len(chunk) < _CHUNK:
                return

    def finish(self) -> None:
        """Check length, end and checksum of the unpacked bytes."""
        if self.member.method != STORED and (not self.inflater.eof or self.inflater.unused_data):
            raise self._wrong_end()
        if self.given != self.member.size:
            raise self._wrong_size()
        if self.crc != self.member.crc:
            raise self.source.corrupt(f"{self.member} has a wrong checksum")

    def _wrong_size(self) -> ArchiveCorrupt:
        return self.source.corrupt(f"{self.member} does not have the announced size of {self.member.size} bytes")

    def _wrong_end(self) -> ArchiveCorrupt:
        return self.source.corrupt(f"the data of {self.member} ends too early or too late")
