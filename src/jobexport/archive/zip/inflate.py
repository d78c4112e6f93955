"""Gives a member's bytes, never more of them than its entry announces."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from jobexport.archive.zip.directory import STORED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jobexport.archive.zip.directory import Member
    from jobexport.archive.zip.source import Source

_CHUNK = 256 * 1024


def chunks(source: Source, member: Member) -> Iterator[bytes]:
    """Give the unpacked bytes in chunks of at most 256 KiB.

    Raises:
        ArchiveCorrupt: they are damaged, or are more or fewer than announced; what was given before is not to be used.
        JobexportError: the source can't be read.
    """
    crc = given = 0
    packed = source.chunks(member.place, member.packed)
    for chunk in packed if member.method == STORED else _inflated(source, member, packed):
        given += len(chunk)
        if given > member.size:
            break
        crc = zlib.crc32(chunk, crc)
        yield chunk
    if given != member.size:
        raise source.corrupt(f"{member} has not the announced size of {member.size} bytes")
    if crc != member.crc:
        raise source.corrupt(f"{member} has a wrong checksum")


def _inflated(source: Source, member: Member, packed: Iterator[bytes]) -> Iterator[bytes]:
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    used = 0
    for part in packed:
        used += len(part)
        waiting = part
        while True:
            try:
                chunk = inflater.decompress(waiting, _CHUNK)
            except zlib.error:
                raise source.corrupt(f"the data of {member} is damaged") from None
            if chunk:
                yield chunk
            waiting = inflater.unconsumed_tail
            # A full chunk may have left bytes inside the inflater, even when it has taken all of the part.
            if not waiting and len(chunk) < _CHUNK:
                break
        if inflater.eof:
            break
    if not inflater.eof or inflater.unused_data or used != member.packed:
        raise source.corrupt(f"the data of {member} ends too early or too late")
