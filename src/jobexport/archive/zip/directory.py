"""Reads the directory of a zip, strictly: what two readers could understand differently is refused.

The standard library's reader takes a directory of any size into memory, is more or less strict by Python version, and
believes the directory where the members say otherwise. This one reads what exports need: members that are stored or
deflated, zip64, sizes that come after the data.
"""

from __future__ import annotations

import stat
import struct
from itertools import pairwise
from typing import TYPE_CHECKING

from attrs import frozen

if TYPE_CHECKING:
    from jobexport.archive.zip.source import Source

STORED, DEFLATED = 0, 8
LONGEST_NAME = 1023
"""Bytes of a member's name; as long as a path in OBS."""
MOST_MEMBERS = 20_000
"""Members of an archive; an export has at most 100 jobs, each with what its nodes use."""
MOST_BYTES = 1024**3
"""Bytes of all members together, unpacked."""
# Text rarely shrinks to less than a thirtieth; deflate reaches a thousandth. Small archives may do as they like.
_RATIO, _FREE_OF_RATIO = 100, 16 * 1024**2

_END = struct.Struct("<4s4H2LH")
_END64 = struct.Struct("<4sQ2H2L4Q")
_END64_PLACE = struct.Struct("<4sLQL")
_ENTRY = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
_FULL16, _FULL32 = 0xFFFF, 0xFFFFFFFF
_ENCRYPTED = 0x0001 | 0x0040 | 0x2000
_PATCH, _SIZES_FOLLOW, _UTF8 = 0x0020, 0x0008, 0x0800
_ZIP64_FIELD = 1


@frozen
class Member:
    """One entry of a zip.

    Attributes:
        name: as the zip has it, separated by slashes; ends in a slash when it is a folder.
        begin: where its header begins.
        place: where its data begins.
        method: `STORED` or `DEFLATED`.
        packed: length of its data in bytes.
        size: length in bytes when unpacked.
        crc: checksum of the unpacked bytes.
    """

    name: str
    begin: int
    place: int
    method: int
    packed: int
    size: int
    crc: int

    @property
    def end(self) -> int:
        """Where its data ends."""
        return self.place + self.packed

    @property
    def is_folder(self) -> bool:
        """Whether it is a folder, which has no data."""
        return self.name.endswith("/")

    def __str__(self) -> str:
        return shown(self.name)


@frozen
class _Entry:
    """What the directory says of a member."""

    raw: bytes
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    begin: int
    mode: int
    end: int


def shown(name: str) -> str:
    """Give a name for a message: short, without control characters."""
    return repr(name if len(name) <= 100 else name[:100] + "…")


def read_directory(source: Source) -> tuple[Member, ...]:
    """Give the members in the directory's order, with each header checked and no data read.

    Raises:
        ArchiveCorrupt: the directory is damaged, or the members' headers say something else.
        ArchiveUnsafe: there are too many members, or they would unpack to too much, lie over each other, are there
            twice, or are encrypted, links or packed in an unusual way.
        JobexportError: the source can't be read.
    """
    begin, end, count = _find_directory(source)
    if count > MOST_MEMBERS:
        raise source.unsafe(f"it announces {count} members, allowed are {MOST_MEMBERS}")
    members: list[Member] = []
    place = begin
    while place < end:
        if len(members) == count:
            raise source.corrupt("its directory has more entries than it announces")
        entry = _read_entry(source, place, end)
        members.append(_read_member(source, entry))
        place = entry.end
    if len(members) != count:
        raise source.corrupt(f"its directory has {len(members)} entries and announces {count}")
    _check_sizes(source, members)
    _check_twice(source, members)
    _check_overlaps(source, members, begin)
    return tuple(members)


def _find_directory(source: Source) -> tuple[int, int, int]:
    """Give where the directory begins and ends, and how many entries it announces."""
    start = max(0, source.size - _END.size - _FULL16)
    tail = source.read(start, source.size - start)
    found = tail.rfind(b"PK\5\6", 0, max(0, len(tail) - _END.size + 4))
    if found < 0:
        raise source.corrupt("it has no directory at its end")
    _, disk, first_disk, here, count, size, place, comment = _END.unpack_from(tail, found)
    if found + _END.size + comment != len(tail):
        raise source.corrupt("something follows its end")
    end = start + found
    if wide := _find_zip64(source, end):
        narrow = (disk, first_disk, here, count, size, place)
        limits = (_FULL16, _FULL16, _FULL16, _FULL16, _FULL32, _FULL32)
        end, *values = wide
        if any(small not in (large, full) for small, large, full in zip(narrow, values, limits, strict=True)):
            raise source.corrupt("its two ends disagree")
        disk, first_disk, here, count, size, place = values
    if disk or first_disk or here != count:
        raise source.corrupt("it is one of several parts")
    if place + size != end:
        raise source.corrupt("its directory is not where it announces it")
    return place, end, count


def _find_zip64(source: Source, end: int) -> tuple[int, ...] | None:
    """Give where a zip64 end begins and its six values; None when there is none."""
    if end < _END64.size + _END64_PLACE.size:
        return None
    signature, _, place, _ = _END64_PLACE.unpack(source.read(end - _END64_PLACE.size, _END64_PLACE.size))
    if signature != b"PK\6\7":
        return None
    signature, length, _, _, *values = _END64.unpack(source.read(place, _END64.size))
    # The length leaves out signature and itself.
    if signature != b"PK\6\6" or place + 12 + length != end - _END64_PLACE.size:
        raise source.corrupt("its zip64 end is damaged")
    return (place, *values)


def _read_entry(source: Source, place: int, end: int) -> _Entry:
    if place + _ENTRY.size > end:
        raise source.corrupt("its directory is cut off")
    fields = _ENTRY.unpack(source.read(place, _ENTRY.size))
    signature, _, _, flags, method, _, _, crc, packed, size, named, extra, comment, _, _, attributes, begin = fields
    place += _ENTRY.size
    entry_end = place + named + extra + comment
    if signature != b"PK\1\2" or entry_end > end:
        raise source.corrupt("its directory is damaged")
    if named > LONGEST_NAME:
        raise source.unsafe(f"a member's name has {named} bytes, allowed are {LONGEST_NAME}")
    content = source.read(place, named + extra)
    size, packed, begin = _widened(source, content[named:], size, packed, begin)
    return _Entry(content[:named], flags, method, crc, packed, size, begin, attributes >> 16, entry_end)


def _widened(source: Source, extra: bytes, *values: int) -> tuple[int, ...]:
    """Replace the values that did not fit into 32 bits by those of the zip64 field."""
    wanted = values.count(_FULL32)
    while wanted and len(extra) >= 4:
        kind, length = struct.unpack_from("<2H", extra)
        if kind == _ZIP64_FIELD:
            if length < 8 * wanted or len(extra) < 4 + length:
                break
            wide = iter(struct.unpack_from(f"<{wanted}Q", extra, 4))
            return tuple(next(wide) if value == _FULL32 else value for value in values)
        extra = extra[4 + length :]
    if wanted:
        raise source.corrupt("a member's zip64 sizes are missing")
    return values


def _read_member(source: Source, entry: _Entry) -> Member:
    name = _decoded(entry.raw)
    _check_kind(source, entry, name)
    fields = _LOCAL.unpack(source.read(entry.begin, _LOCAL.size))
    signature, _, flags, method, _, _, crc, packed, size, named, extra = fields
    if signature != b"PK\3\4":
        raise source.corrupt(f"{shown(name)} is not where the directory says")
    same = method == entry.method and not (flags ^ entry.flags) & (_ENCRYPTED | _UTF8 | _SIZES_FOLLOW)
    if not same or named != len(entry.raw) or source.read(entry.begin + _LOCAL.size, named) != entry.raw:
        raise source.corrupt(f"{shown(name)} is called or packed otherwise in the directory")
    stated = zip((crc, packed, size), (entry.crc, entry.packed, entry.size), strict=True)
    if not flags & _SIZES_FOLLOW and any(here not in (there, _FULL32) for here, there in stated):
        raise source.corrupt(f"{shown(name)} has another size or checksum in the directory")
    place = entry.begin + _LOCAL.size + named + extra
    return Member(name, entry.begin, place, entry.method, entry.packed, entry.size, entry.crc)


def _decoded(raw: bytes) -> str:
    # Some writers leave the flag for UTF-8 out and write it all the same.
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp437")


def _check_kind(source: Source, entry: _Entry, name: str) -> None:
    """Refuse what no export holds."""
    if entry.flags & _ENCRYPTED:
        raise source.unsafe(f"{shown(name)} is encrypted")
    if entry.method not in (STORED, DEFLATED) or entry.flags & _PATCH:
        raise source.unsafe(f"{shown(name)} is packed with method {entry.method}, exports are stored or deflated")
    kind = stat.S_IFMT(entry.mode)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise source.unsafe(f"{shown(name)} is a link or a device")
    if (kind == stat.S_IFDIR and not name.endswith("/")) or (name.endswith("/") and entry.size):
        raise source.unsafe(f"{shown(name)} is both a file and a folder")


def _check_sizes(source: Source, members: list[Member]) -> None:
    total = sum(member.size for member in members)
    if total > MOST_BYTES:
        raise source.unsafe(f"it would unpack to {total} bytes, allowed are {MOST_BYTES}")
    if total > _FREE_OF_RATIO + _RATIO * source.size:
        raise source.unsafe(f"its {source.size} bytes would unpack to {total}, more than {_RATIO} times as many")


def _check_twice(source: Source, members: list[Member]) -> None:
    seen: set[str] = set()
    for member in members:
        if member.name in seen:
            raise source.unsafe(f"it has {member} twice")
        seen.add(member.name)


def _check_overlaps(source: Source, members: list[Member], directory: int) -> None:
    """Refuse members that share bytes: a few of them unpack to far more than they weigh."""
    in_order = sorted(members, key=lambda member: member.begin)
    for member, other in pairwise(in_order):
        if member.end > other.begin:
            raise source.unsafe(f"{member} and {other} lie over each other")
    if in_order and in_order[-1].end > directory:
        raise source.unsafe(f"{in_order[-1]} lies over the directory")
