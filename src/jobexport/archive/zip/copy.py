"""Writes a zip of some members of another one as they stand, without compressing them anew."""

from __future__ import annotations

import struct
import zlib
from typing import IO, TYPE_CHECKING
from zipfile import ZIP_DEFLATED, ZIP_STORED

from jobexport.archive.zip.whole import raw_name
from jobexport.errors import ArchiveCorrupt, ArchiveUnsafe

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from zipfile import ZipInfo

# Both go on with: version, flags, method, time, date, CRC, compressed size, size, lengths of name and of what follows.
_LOCAL = struct.Struct("<4sHHHHHIIIHH")
# Then: length of the comment, disk, internal and external attributes, place of the local header.
_CENTRAL = struct.Struct("<4sHHHHHHIIIHHHHHII")
# Disk, the directory's disk, entries on this disk and in all, the directory's size and place, length of the comment.
_END = struct.Struct("<4sHHHHIIH")
_VERSION, _UNIX = 20, 3 << 8
_UTF8, _ENCRYPTED = 0x800, 0x1
# From here on numbers stand elsewhere in a zip.
_LARGE, _MANY = 0xFFFFFFFF, 0xFFFF
_BLOCK = 128 * 1024


def copy(file: IO[bytes], members: Sequence[ZipInfo], write: Callable[[bytes], None], comment: bytes = b"") -> None:
    """Write a zip of some members of the zip in `file`, comparing length and CRC of each.

    Raises:
        ArchiveCorrupt: a member is damaged.
        ArchiveUnsafe: two members have the same name, or it would become a zip of 4 GiB.
    """
    if len({member.filename for member in members}) < len(members):
        raise ArchiveUnsafe("two members of the zip have the same name, as only a hostile one's do; do not use it")
    if len(members) >= _MANY or sum(member.compress_size + 1024 for member in members) >= _LARGE:
        raise ArchiveUnsafe("the job takes 4 GiB or more; export it alone with export_job")
    directory, place = [], 0
    for member in members:
        name = raw_name(member)
        day, clock = member.date_time[:3], member.date_time[3:]
        fields = (
            member.flag_bits & _UTF8,
            member.compress_type,
            clock[0] << 11 | clock[1] << 5 | clock[2] // 2,
            (day[0] - 1980) << 9 | day[1] << 5 | day[2],
            member.CRC,
            member.compress_size,
            member.file_size,
            len(name),
            0,
        )
        write(_LOCAL.pack(b"PK\x03\x04", _VERSION, *fields) + name)
        for block in _checked(file, member, name):
            write(block)
        attributes = (0, 0, 0, member.external_attr, place)
        directory.append(_CENTRAL.pack(b"PK\x01\x02", _VERSION | _UNIX, _VERSION, *fields, *attributes) + name)
        place += _LOCAL.size + len(name) + member.compress_size
    entries = b"".join(directory)
    count = len(members)
    write(entries + _END.pack(b"PK\x05\x06", 0, 0, count, count, len(entries), place, len(comment)) + comment)


def _checked(file: IO[bytes], member: ZipInfo, name: bytes) -> Iterator[bytes]:
    """Give what stands in the zip for a member, piece by piece.

    Raises:
        ArchiveCorrupt: it is not what the directory says.
    """
    file.seek(member.header_offset)
    head = file.read(_LOCAL.size)
    if len(head) < _LOCAL.size or not head.startswith(b"PK\x03\x04"):
        raise _damaged(member, "has no header")
    *_, name_length, extra_length = _LOCAL.unpack(head)
    if file.read(name_length) != name:
        raise _damaged(member, "has another name in its header")
    if member.flag_bits & _ENCRYPTED or member.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        raise _damaged(member, "is encrypted, or compressed in an unusual way")
    file.read(extra_length)
    inflating = zlib.decompressobj(-zlib.MAX_WBITS) if member.compress_type == ZIP_DEFLATED else None
    crc, size, left = 0, 0, member.compress_size
    while left:
        block = file.read(min(left, _BLOCK))
        if not block:
            raise _damaged(member, "ends too early")
        left -= len(block)
        for content in (block,) if inflating is None else _inflated(inflating, block, member):
            crc, size = zlib.crc32(content, crc), size + len(content)
            if size > member.file_size:
                raise _damaged(member, "is longer than it says")
        yield block
    if (size, crc) != (member.file_size, member.CRC) or (inflating is not None and not inflating.eof):
        raise _damaged(member, "has another length or CRC than it says")


def _inflated(inflating: zlib._Decompress, block: bytes, member: ZipInfo) -> Iterator[bytes]:
    try:
        content = inflating.decompress(block, _BLOCK)
        yield content
        # A full piece may have left some behind, even when all of the block was taken in.
        while len(content) == _BLOCK:
            content = inflating.decompress(inflating.unconsumed_tail, _BLOCK)
            yield content
    except zlib.error:
        raise _damaged(member, "can't be inflated") from None


def _damaged(member: ZipInfo, problem: str) -> ArchiveCorrupt:
    return ArchiveCorrupt(f"the zip is damaged (member {member.filename[:100]!r} {problem}); export it again")
