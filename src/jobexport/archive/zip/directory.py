"""Reads the directory of a zip, strictly: a zip that two readers could read differently is refused.

The client, the archive and the contract test read zips with this module only. The standard library's reader loads a
directory of any size into memory, is more or less strict by Python version, and trusts the directory if the members'
headers differ from it. This reader reads zips as exports have them: members that are stored or deflated, zip64, sizes
after the data. Members must lie one after the other from the first byte to the directory, so that a reader that never
sees the directory finds the same members.
"""

from __future__ import annotations

import stat
import struct
from typing import TYPE_CHECKING

from attrs import frozen

from jobexport.archive.zip import policy
from jobexport.archive.zip.headers import (
    DEFLATED,
    ENCRYPTED,
    END,
    END_SIGNATURE,
    ENTRY,
    ENTRY_SIGNATURE,
    FULL32,
    LOCAL,
    LOCAL_SIGNATURE,
    SIZES_FOLLOW,
    SIZES_SIGNATURE,
    STORED,
    UNICODE_PATH,
    UTF8,
    decoded,
    extra_fields,
    shown,
    variable_length,
    widened,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jobexport.archive.zip.source import ZipFileSource

_END64 = struct.Struct("<4sQ2H2L4Q")
_END64_PLACE = struct.Struct("<4sLQL")
_FULL16 = 0xFFFF
_PATCH = 0x0020
# The form of the sizes after the data, by their length: with the signature or without, sizes of four bytes or of eight.
_SIZES = {12: "<3L", 16: "<4x3L", 20: "<L2Q", 24: "<4xL2Q"}


@frozen(eq=False)
class ZipMember:
    """One entry of a zip.

    Attributes:
        name: the name, decoded, separated by slashes; ends in a slash for a folder.
        raw: the name as the zip has it.
        flags: general purpose flags.
        method: `STORED` or `DEFLATED`.
        modified: time and date as the zip has them.
        crc: checksum of the unpacked bytes.
        packed: length of the data in bytes.
        size: length in bytes when unpacked.
        attributes: external attributes, a Unix mode in the upper half.
        begin: position of the header.
        place: position of the data.
    """

    name: str
    raw: bytes
    flags: int
    method: int
    modified: tuple[int, int]
    crc: int
    packed: int
    size: int
    attributes: int
    begin: int
    place: int

    @property
    def end(self) -> int:
        """The position after the data."""
        return self.place + self.packed

    @property
    def is_folder(self) -> bool:
        """True for a folder, which has no data."""
        return self.name.endswith("/")

    def __str__(self) -> str:
        return shown(self.name)


@frozen(eq=False)
class Directory:
    """Directory of a zip.

    Attributes:
        members: all entries, in the directory's order.
        comment: the zip's comment.
    """

    members: tuple[ZipMember, ...]
    comment: bytes

    @property
    def files(self) -> tuple[ZipMember, ...]:
        """The members that are not folders. An export is the same with and without entries for its folders."""
        return tuple(member for member in self.members if not member.is_folder)


@frozen(eq=False)
class _Entry:
    """An entry of the directory."""

    name: str
    raw: bytes
    flags: int
    method: int
    modified: tuple[int, int]
    crc: int
    packed: int
    size: int
    attributes: int
    begin: int

    @property
    def stated(self) -> tuple[int, int, int]:
        return self.crc, self.packed, self.size


def read_directory(source: ZipFileSource) -> Directory:
    """Return the members, with each header checked and no data read.

    Raises:
        ArchiveCorrupt: the directory is damaged, or differs from the members' headers.
        ArchiveUnsafe: there are too many members, or they would unpack to too many bytes, overlap, are there twice, or
            are encrypted, links or packed in an unusual way.
        JobexportError: the source can't be read.
    """
    if source.size > policy.LARGEST_ZIP:
        raise source.unsafe(f"it has {source.size} bytes, allowed are {policy.LARGEST_ZIP}")
    begin, end, count, comment = _find_directory(source)
    if count > policy.MOST_MEMBERS:
        raise source.unsafe(f"it announces {count} members, allowed are {policy.MOST_MEMBERS}")
    entries: list[_Entry] = []
    place = begin
    while place < end:
        if len(entries) == count:
            raise source.corrupt("its directory has more entries than it announces")
        entry, place = _read_entry(source, place, end)
        entries.append(entry)
    if len(entries) != count:
        raise source.corrupt(f"its directory has {len(entries)} entries and announces {count}")
    _check_unpacked(source, sum(entry.size for entry in entries))
    _check_twice(source, entries)
    # In the order of their positions, which is faster to read.
    in_order = sorted(entries, key=lambda entry: entry.begin)
    members = {entry.name: _read_member(source, entry) for entry in in_order}
    _check_places(source, tuple(members.values()), begin)
    return Directory(tuple(members[entry.name] for entry in entries), comment)


def _find_directory(source: ZipFileSource) -> tuple[int, int, int, bytes]:
    """Return where the directory begins and ends, how many entries it announces, and the zip's comment."""
    start = max(0, source.size - END.size - _FULL16)
    tail = source.read(start, source.size - start)
    found = tail.rfind(END_SIGNATURE, 0, max(0, len(tail) - END.size + 4))
    if found < 0:
        raise source.corrupt("it has no directory at its end")
    _, disk, first_disk, here, count, size, place, comment = END.unpack_from(tail, found)
    if found + END.size + comment != len(tail):
        raise source.corrupt("something follows its end")
    end = start + found
    if wide := _find_zip64(source, end):
        narrow = (disk, first_disk, here, count, size, place)
        limits = (_FULL16, _FULL16, _FULL16, _FULL16, FULL32, FULL32)
        end, *values = wide
        if any(small not in (large, full) for small, large, full in zip(narrow, values, limits, strict=True)):
            raise source.corrupt("its end records disagree")
        disk, first_disk, here, count, size, place = values
    if disk or first_disk or here != count:
        raise source.corrupt("it is one of several parts")
    if place + size != end:
        raise source.corrupt("its directory is not where it announces it")
    return place, end, count, tail[found + END.size :]


def _find_zip64(source: ZipFileSource, end: int) -> tuple[int, ...] | None:
    """Return the position of the zip64 end record and its six values, or None if the zip has no such record."""
    if end < _END64.size + _END64_PLACE.size:
        return None
    signature, _, place, _ = _END64_PLACE.unpack(source.read(end - _END64_PLACE.size, _END64_PLACE.size))
    if signature != b"PK\6\7":
        return None
    signature, length, _, _, *values = _END64.unpack(source.read(place, _END64.size))
    # The length counts neither the signature nor itself.
    if signature != b"PK\6\6" or length + 12 != _END64.size or place + _END64.size != end - _END64_PLACE.size:
        raise source.corrupt("its zip64 end record is damaged")
    return (place, *values)


def _read_entry(source: ZipFileSource, place: int, end: int) -> tuple[_Entry, int]:
    """Return an entry of the directory, and the position of the next entry."""
    if place + ENTRY.size > end:
        raise source.corrupt("its directory is cut off")
    fields = ENTRY.unpack(source.read(place, ENTRY.size))
    signature, _, _, flags, method, time, date, crc, packed, size, named, extra, comment = fields[:13]
    attributes, begin = fields[15:]
    place += ENTRY.size
    entry_end = place + named + extra + comment
    if signature != ENTRY_SIGNATURE or entry_end > end:
        raise source.corrupt("its directory is damaged")
    content = source.read(place, variable_length(source, named, extra))
    raw, found = content[:named], extra_fields(source, content[named:])
    name = decoded(source, raw, flags, found)
    size, packed, begin = widened(source, name, found, size, packed, begin)
    entry = _Entry(name, raw, flags, method, (time, date), crc, packed, size, attributes, begin)
    _check_kind(source, entry)
    return entry, entry_end


def _read_member(source: ZipFileSource, entry: _Entry) -> ZipMember:
    """Read the header before a member's data, and check it against the directory."""
    name = entry.name
    header = LOCAL.unpack(source.read(entry.begin, LOCAL.size))
    signature, _, flags, method, _, _, crc, packed, size, named, extra = header
    if signature != LOCAL_SIGNATURE:
        raise source.corrupt(f"{shown(name)} is not at its place in the directory")
    content = source.read(entry.begin + LOCAL.size, variable_length(source, named, extra))
    same = method == entry.method and not (flags ^ entry.flags) & (ENCRYPTED | UTF8 | SIZES_FOLLOW)
    if not same or content[:named] != entry.raw:
        raise source.corrupt(f"{shown(name)} has another name or compression in the directory")
    found = extra_fields(source, content[named:])
    if UNICODE_PATH in found and decoded(source, entry.raw, flags, found) != name:
        raise source.corrupt(f"{shown(name)} has another name in the directory")
    size, packed = widened(source, name, found, size, packed)
    stated = zip((crc, packed, size), entry.stated, strict=True)
    if any(here != there and not (flags & SIZES_FOLLOW and here == 0) for here, there in stated):
        raise source.corrupt(f"{shown(name)} has another size or checksum in the directory")
    return ZipMember(
        name,
        entry.raw,
        flags,
        method,
        entry.modified,
        entry.crc,
        entry.packed,
        entry.size,
        entry.attributes,
        entry.begin,
        entry.begin + LOCAL.size + named + extra,
    )


def _check_kind(source: ZipFileSource, entry: _Entry) -> None:
    """Check that an export may hold the member."""
    name = entry.name
    if entry.flags & ENCRYPTED:
        raise source.unsafe(f"{shown(name)} is encrypted")
    if entry.method not in (STORED, DEFLATED) or entry.flags & _PATCH:
        raise source.unsafe(f"{shown(name)} is packed with method {entry.method}, exports are stored or deflated")
    kind = stat.S_IFMT(entry.attributes >> 16)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise source.unsafe(f"{shown(name)} is a link or a device")
    if (kind == stat.S_IFDIR and not name.endswith("/")) or (name.endswith("/") and entry.size):
        raise source.unsafe(f"{shown(name)} is both a file and a folder")


def _check_unpacked(source: ZipFileSource, total: int) -> None:
    if total > policy.MOST_BYTES:
        raise source.unsafe(f"it would unpack to {total} bytes, allowed are {policy.MOST_BYTES}")
    if total > policy.most_unpacked(source.size):
        raise source.unsafe(f"its {source.size} bytes would unpack to {total}, more than {policy.RATIO} times as many")


def _check_twice(source: ZipFileSource, entries: Sequence[_Entry]) -> None:
    seen: set[str] = set()
    for entry in entries:
        if entry.name in seen:
            raise source.unsafe(f"it has {shown(entry.name)} twice")
        seen.add(entry.name)


def _check_places(source: ZipFileSource, in_order: Sequence[ZipMember], directory: int) -> None:
    """Check that members share no bytes, and that every byte belongs to a member.

    A few members that share bytes could unpack to far more than the zip's size.
    """
    place, before = 0, "its beginning"
    begins = [*(member.begin for member in in_order), directory][1:]
    # A zip without members has one position here: the directory's own.
    for member, begin in zip(in_order, begins, strict=False):
        if member.begin != place:
            raise source.corrupt(f"bytes that belong to no member lie between {before} and {member}")
        if member.end > begin:
            raise source.unsafe(f"{member} overlaps {'the directory' if begin == directory else 'another member'}")
        place, before = member.end + _check_sizes_behind(source, member, begin), str(member)
    if place != directory:
        raise source.corrupt(f"bytes that belong to no member lie between {before} and its directory")


def _check_sizes_behind(source: ZipFileSource, member: ZipMember, begin: int) -> int:
    """Check the sizes after a member's data, which must end at `begin`; return their length."""
    if not member.flags & SIZES_FOLLOW:
        return 0
    length = begin - member.end
    form = _SIZES.get(length)
    content = b"" if form is None else source.read(member.end, length)
    signed = len(content) not in (16, 24) or content.startswith(SIZES_SIGNATURE)
    if form is None or not signed or struct.unpack(form, content) != (member.crc, member.packed, member.size):
        raise source.corrupt(f"the sizes after {member} differ from the directory")
    return length
