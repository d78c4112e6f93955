"""The headers of a zip's members: their forms, names and extra fields, read strictly."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING

from jobexport.archive.zip import policy

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jobexport.archive.zip.source import ZipFileSource

STORED, DEFLATED = 0, 8
ENCRYPTED = 0x0001 | 0x0040 | 0x2000
SIZES_FOLLOW, UTF8 = 0x0008, 0x0800
FULL32 = 0xFFFFFFFF
LOCAL = struct.Struct("<4s5H3L2H")
ENTRY = struct.Struct("<4s6H3L5H2L")
END = struct.Struct("<4s4H2LH")
LOCAL_SIGNATURE, ENTRY_SIGNATURE, END_SIGNATURE = b"PK\3\4", b"PK\1\2", b"PK\5\6"
SIZES_SIGNATURE = b"PK\7\x08"

_ZIP64, UNICODE_PATH = 0x0001, 0x7075


def shown(name: str) -> str:
    """Return a name for a message: short, without control characters."""
    return repr(name if len(name) <= 100 else name[:100] + "…")


def variable_length(source: ZipFileSource, named: int, extra: int) -> int:
    """Return the length of a header's name and extra fields together."""
    if named > policy.LONGEST_NAME:
        raise source.unsafe(f"a member's name has {named} bytes, allowed are {policy.LONGEST_NAME}")
    if extra > policy.LONGEST_EXTRA:
        raise source.unsafe(f"a member's extra fields have {extra} bytes, allowed are {policy.LONGEST_EXTRA}")
    return named + extra


def extra_fields(source: ZipFileSource, extra: bytes) -> dict[int, bytes]:
    """Return the extra fields of a header by their kind."""
    found: dict[int, bytes] = {}
    place = 0
    # Some writers pad with fewer bytes than a field's head has.
    while place + 4 <= len(extra):
        kind, length = struct.unpack_from("<2H", extra, place)
        if place + 4 + length > len(extra):
            raise source.corrupt("an extra field of a member is longer than its space")
        if kind in found and kind in (_ZIP64, UNICODE_PATH):
            raise source.corrupt("a member has an extra field twice")
        found[kind] = extra[place + 4 : place + 4 + length]
        place += 4 + length
    return found


def decoded(source: ZipFileSource, raw: bytes, flags: int, fields: Mapping[int, bytes]) -> str:
    """Return a member's name.

    Bytes that are UTF-8 are read as UTF-8: some writers leave the flag out. Other bytes are legacy: the Unicode path
    beside them has the letters; if it is missing, the bytes are read in code page 437.
    """
    path = _unicode_path(source, raw, fields)
    try:
        name = raw.decode("utf-8")
    except UnicodeDecodeError:
        if flags & UTF8:
            raise source.corrupt(f"the name {raw[:100]!r} is not in UTF-8, as it is said to be") from None
        return path or raw.decode("cp437")
    if path not in (None, name):
        raise source.corrupt(f"a member has two names, {shown(name)} and {shown(str(path))}")
    return name


def _unicode_path(source: ZipFileSource, raw: bytes, fields: Mapping[int, bytes]) -> str | None:
    field = fields.get(UNICODE_PATH)
    if field is None:
        return None
    try:
        version, crc = struct.unpack_from("<BL", field)
        name = field[5:].decode("utf-8")
    except (struct.error, UnicodeDecodeError):
        version, crc, name = 0, 0, ""
    if (version, crc) != (1, zlib.crc32(raw)) or not name:
        raise source.corrupt(f"the Unicode name beside {raw[:100]!r} is damaged, or is another member's")
    return name


def widened(source: ZipFileSource, name: str, fields: Mapping[int, bytes], *values: int) -> tuple[int, ...]:
    """Return the values; each value that did not fit into 32 bits is replaced by its value in the zip64 field."""
    wanted = values.count(FULL32)
    if not wanted:
        return values
    field = fields.get(_ZIP64, b"")
    if len(field) < 8 * wanted:
        raise source.corrupt(f"the zip64 sizes of {shown(name)} are missing")
    wide = iter(struct.unpack_from(f"<{wanted}Q", field))
    return tuple(next(wide) if value == FULL32 else value for value in values)
