"""Zips built byte by byte, so that every field can lie."""

from __future__ import annotations

import struct
import zlib
from typing import Any

from attrs import evolve, field, frozen

ENCRYPTED, SIZES_FOLLOW, UTF8 = 0x0001, 0x0008, 0x0800


@frozen
class Part:
    """A member as both of its headers have it; a value that is None follows from the content."""

    name: bytes
    content: bytes = b"{}"
    method: int = 8
    flags: int = UTF8
    mode: int = 0o100644
    packed: bytes | None = None
    size: int | None = None
    crc: int | None = None
    extra: bytes = b""
    local: dict[str, Any] = field(factory=dict)
    """Values of the local header that differ from the directory."""
    wide: bool = False
    """True if sizes and place stand in zip64 fields."""


def part(name: str | bytes, content: bytes = b"{}", **fields: Any) -> Part:
    return Part(name if isinstance(name, bytes) else name.encode(), content, **fields)


def packed(part: Part) -> bytes:
    if part.packed is not None:
        return part.packed
    if part.method != 8:
        return part.content
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    return deflate.compress(part.content) + deflate.flush()


def stated(part: Part) -> tuple[int, int, int]:
    size = len(part.content) if part.size is None else part.size
    return zlib.crc32(part.content) if part.crc is None else part.crc, len(packed(part)), size


def local_header(part: Part) -> bytes:
    given = evolve(part, **{name: value for name, value in part.local.items() if name != "packed_size"})
    crc, packed_size, size = stated(given)
    packed_size = part.local.get("packed_size", packed_size)
    if given.flags & SIZES_FOLLOW:
        crc = packed_size = size = 0
    extra = given.extra
    if part.wide:
        extra += struct.pack("<2H2Q", 1, 16, size, packed_size)
        size = packed_size = 0xFFFFFFFF
    head = (b"PK\3\4", 20, given.flags, given.method, 0, 33, crc, packed_size, size, len(given.name), len(extra))
    return struct.pack("<4s5H3L2H", *head) + given.name + extra


def entry(part: Part, begin: int) -> bytes:
    crc, packed_size, size = stated(part)
    extra = part.extra
    if part.wide:
        extra += struct.pack("<2H3Q", 1, 24, size, packed_size, begin)
        size = packed_size = begin = 0xFFFFFFFF
    sizes = (crc, packed_size, size, len(part.name), len(extra), 0, 0, 0, part.mode << 16, begin)
    return struct.pack("<4s6H3L5H2L", b"PK\1\2", 0x0314, 20, part.flags, part.method, 0, 33, *sizes) + part.name + extra


def members_of(*parts: Part) -> tuple[bytes, list[int]]:
    """Return the members one after the other, and the position of each."""
    content, begins = b"", []
    for part in parts:
        begins.append(len(content))
        content += local_header(part) + packed(part)
        if part.flags & SIZES_FOLLOW:
            content += struct.pack("<4s3L", b"PK\7\x08", *stated(part))
    return content, begins


def finished(content: bytes, directory: bytes, count: int, *, wide: bool = False, **fields: Any) -> bytes:
    """Return a zip with directory and end; `fields` replace values of the end."""
    place = fields.get("place", len(content))
    size = fields.get("size", len(directory))
    end: bytes = b""
    comment: bytes = fields.get("comment", b"")
    values = (fields.get("disk", 0), 0, count, count, size, place)
    if wide:
        at = len(content) + len(directory)
        end = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, count, count, size, place)
        end += struct.pack("<4sLQL", b"PK\6\7", 0, at, 1)
        values = (0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF)
    return content + directory + end + struct.pack("<4s4H2LH", b"PK\5\6", *values, len(comment)) + comment


def zipped(*parts: Part, count: int | None = None, **fields: Any) -> bytes:
    content, begins = members_of(*parts)
    directory = b"".join(entry(part, begin) for part, begin in zip(parts, begins, strict=True))
    return finished(content, directory, len(parts) if count is None else count, **fields)


class Zips:
    """The builders of zips, for test modules."""

    part = staticmethod(part)
    zipped = staticmethod(zipped)
    members_of = staticmethod(members_of)
    entry = staticmethod(entry)
    finished = staticmethod(finished)
    packed = staticmethod(packed)
