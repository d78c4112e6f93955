"""Reads the directory of a zip, strictly: what two readers could understand differently is refused.

The client, the archive and the contract test read zips with this alone. The standard library's reader takes a directory
of any size into memory, is more or less strict by Python version, and believes the directory where the members say
otherwise. This one reads what exports need: members that are stored or deflated, zip64, sizes that come after the data.
Members lie one after the other from the first byte to the directory, so that a reader that never sees the directory
finds the same.
"""

from __future__ import annotations

import stat
import struct
import zlib
from typing import TYPE_CHECKING

from attrs import frozen

from jobexport.archive.zip import policy

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from jobexport.archive.zip.source import Source

STORED, DEFLATED = 0, 8
ENCRYPTED = 0x0001 | 0x0040 | 0x2000
SIZES_FOLLOW, UTF8 = 0x0008, 0x0800
FULL32 = 0xFFFFFFFF
LOCAL = struct.Struct("<4s5H3L2H")
ENTRY = struct.Struct("<4s6H3L5H2L")
END = struct.Struct("<4s4H2LH")
LOCAL_SIGNATURE, ENTRY_SIGNATURE, END_SIGNATURE = b"PK\3\4", b"PK\1\2", b"PK\5\6"
SIZES_SIGNATURE = b"PK\7\x08"

_END64 = struct.Struct("<4sQ2H2L4Q")
_END64_PLACE = struct.Struct("<4sLQL")
_FULL16 = 0xFFFF
_PATCH = 0x0020
_ZIP64_FIELD, _UNICODE_PATH_FIELD = 0x0001, 0x7075
# What follows the data, by its length: with the signature or without, sizes of four bytes or of eight.
_SIZES = {12: "<3L", 16: "<4x3L", 20: "<L2Q", 24: "<4xL2Q"}


@frozen(eq=False)
class Member:
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
        """Position behind the data."""
        return self.place + self.packed

    @property
    def is_folder(self) -> bool:
        """Whether it is a folder, which has no data."""
        return self.name.endswith("/")

    def __str__(self) -> str:
        return shown(self.name)


@frozen(eq=False)
class Directory:
    """What a zip holds.

    Attributes:
        members: all entries, in the directory's order.
        comment: the zip's comment.
    """

    members: tuple[Member, ...]
    comment: bytes

    @property
    def files(self) -> tuple[Member, ...]:
        """The members that are no folders. A zip with entries for its folders is the same export as one without."""
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


def shown(name: str) -> str:
    """Return a name for a message: short, without control characters."""
    return repr(name if len(name) <= 100 else name[:100] + "…")


def read_directory(source: Source) -> Directory:
    """Return the members, with each header checked and no data read.

    Raises:
        ArchiveCorrupt: the directory is damaged, or the members' headers say something else.
        ArchiveUnsafe: there are too many members, or they would unpack to too much, lie over each other, are there
            twice, or are encrypted, links or packed in an unusual way.
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
    # In the order in which they lie, which is faster to read.
    in_order = sorted(entries, key=lambda entry: entry.begin)
    members = {entry.name: _read_member(source, entry) for entry in in_order}
    _check_places(source, tuple(members.values()), begin)
    return Directory(tuple(members[entry.name] for entry in entries), comment)


def _find_directory(source: Source) -> tuple[int, int, int, bytes]:
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
            raise source.corrupt("its two ends disagree")
        disk, first_disk, here, count, size, place = values
    if disk or first_disk or here != count:
        raise source.corrupt("it is one of several parts")
    if place + size != end:
        raise source.corrupt("its directory is not where it announces it")
    return place, end, count, tail[found + END.size :]


def _find_zip64(source: Source, end: int) -> tuple[int, ...] | None:
    """Return where a zip64 end begins and its six values; None if the zip has no such end."""
    if end < _END64.size + _END64_PLACE.size:
        return None
    signature, _, place, _ = _END64_PLACE.unpack(source.read(end - _END64_PLACE.size, _END64_PLACE.size))
    if signature != b"PK\6\7":
        return None
    signature, length, _, _, *values = _END64.unpack(source.read(place, _END64.size))
    # The length leaves out signature and itself.
    if signature != b"PK\6\6" or length + 12 != _END64.size or place + _END64.size != end - _END64_PLACE.size:
        raise source.corrupt("its zip64 end is damaged")
    return (place, *values)


def _read_entry(source: Source, place: int, end: int) -> tuple[_Entry, int]:
    """Return an entry of the directory, and where the next one begins."""
    if place + ENTRY.size > end:
        raise source.corrupt("its directory is cut off")
    fields = ENTRY.unpack(source.read(place, ENTRY.size))
    signature, _, _, flags, method, time, date, crc, packed, size, named, extra, comment = fields[:13]
    attributes, begin = fields[15:]
    place += ENTRY.size
    entry_end = place + named + extra + comment
    if signature != ENTRY_SIGNATURE or entry_end > end:
        raise source.corrupt("its directory is damaged")
    content = source.read(place, _variable(source, named, extra))
    raw, found = content[:named], _fields(source, content[named:])
    name = _decoded(source, raw, flags, found)
    size, packed, begin = _widened(source, name, found, size, packed, begin)
    entry = _Entry(name, raw, flags, method, (time, date), crc, packed, size, attributes, begin)
    _check_kind(source, entry)
    return entry, entry_end


def _variable(source: Source, named: int, extra: int) -> int:
    """Return the length of a header's name and extra fields together."""
    if named > policy.LONGEST_NAME:
        raise source.unsafe(f"a member's name has {named} bytes, allowed are {policy.LONGEST_NAME}")
    if extra > policy.LONGEST_EXTRA:
        raise source.unsafe(f"a member's extra fields have {extra} bytes, allowed are {policy.LONGEST_EXTRA}")
    return named + extra


def _fields(source: Source, extra: bytes) -> dict[int, bytes]:
    """Return the extra fields of a header by their kind."""
    found: dict[int, bytes] = {}
    place = 0
    # Some writers fill up with fewer bytes than a field's head has.
    while place + 4 <= len(extra):
        kind, length = struct.unpack_from("<2H", extra, place)
        if place + 4 + length > len(extra):
            raise source.corrupt("an extra field of a member is longer than its space")
        if kind in found and kind in (_ZIP64_FIELD, _UNICODE_PATH_FIELD):
            raise source.corrupt("a member has an extra field twice")
        found[kind] = extra[place + 4 : place + 4 + length]
        place += 4 + length
    return found


def _decoded(source: Source, raw: bytes, flags: int, fields: Mapping[int, bytes]) -> str:
    """Return a member's name.

    The name is UTF-8 where it can be: some writers leave the flag out and write it all the same. Any other name is
    legacy: a Unicode path beside it says which letters are meant, and without one they are those of code page 437.
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


def _unicode_path(source: Source, raw: bytes, fields: Mapping[int, bytes]) -> str | None:
    field = fields.get(_UNICODE_PATH_FIELD)
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


def _widened(source: Source, name: str, fields: Mapping[int, bytes], *values: int) -> tuple[int, ...]:
    """Return the values, with those that did not fit into 32 bits replaced by the ones of the zip64 field."""
    wanted = values.count(FULL32)
    if not wanted:
        return values
    field = fields.get(_ZIP64_FIELD, b"")
    if len(field) < 8 * wanted:
        raise source.corrupt(f"the zip64 sizes of {shown(name)} are missing")
    wide = iter(struct.unpack_from(f"<{wanted}Q", field))
    return tuple(next(wide) if value == FULL32 else value for value in values)


def _read_member(source: Source, entry: _Entry) -> Member:
    """Read the header in front of a member's data, and hold it to the directory."""
    name = entry.name
    header = LOCAL.unpack(source.read(entry.begin, LOCAL.size))
    signature, _, flags, method, _, _, crc, packed, size, named, extra = header
    if signature != LOCAL_SIGNATURE:
        raise source.corrupt(f"{shown(name)} is not where the directory says")
    content = source.read(entry.begin + LOCAL.size, _variable(source, named, extra))
    same = method == entry.method and not (flags ^ entry.flags) & (ENCRYPTED | UTF8 | SIZES_FOLLOW)
    if not same or content[:named] != entry.raw:
        raise source.corrupt(f"{shown(name)} is called or packed otherwise in the directory")
    found = _fields(source, content[named:])
    if _UNICODE_PATH_FIELD in found and _decoded(source, entry.raw, flags, found) != name:
        raise source.corrupt(f"{shown(name)} is called otherwise in the directory")
    size, packed = _widened(source, name, found, size, packed)
    stated = zip((crc, packed, size), entry.stated, strict=True)
    if any(here != there and not (flags & SIZES_FOLLOW and here == 0) for here, there in stated):
        raise source.corrupt(f"{shown(name)} has another size or checksum in the directory")
    return Member(
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


def _check_kind(source: Source, entry: _Entry) -> None:
    """Refuse what no export holds."""
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


def _check_unpacked(source: Source, total: int) -> None:
    if total > policy.MOST_BYTES:
        raise source.unsafe(f"it would unpack to {total} bytes, allowed are {policy.MOST_BYTES}")
    if total > policy.most_unpacked(source.size):
        raise source.unsafe(f"its {source.size} bytes would unpack to {total}, more than {policy.RATIO} times as many")


def _check_twice(source: Source, entries: Sequence[_Entry]) -> None:
    seen: set[str] = set()
    for entry in entries:
        if entry.name in seen:
            raise source.unsafe(f"it has {shown(entry.name)} twice")
        seen.add(entry.name)


def _check_places(source: Source, in_order: Sequence[Member], directory: int) -> None:
    """Refuse members that share bytes, as a few of them unpack to far more than they weigh; and bytes of no member."""
    place, before = 0, "its beginning"
    begins = [*(member.begin for member in in_order), directory][1:]
    # Of a zip without members, it is the directory's own.
    for member, begin in zip(in_order, begins, strict=False):
        if member.begin != place:
            raise source.corrupt(f"bytes that belong to no member lie between {before} and {member}")
        if member.end > begin:
            raise source.unsafe(f"{member} lies over {'the directory' if begin == directory else 'another member'}")
        place, before = member.end + _check_sizes_behind(source, member, begin), str(member)
    if place != directory:
        raise source.corrupt(f"bytes that belong to no member lie between {before} and its directory")


def _check_sizes_behind(source: Source, member: Member, begin: int) -> int:
    """Return the length of the sizes that follow a member's data; `begin` is where they have to end."""
    if not member.flags & SIZES_FOLLOW:
        return 0
    length = begin - member.end
    form = _SIZES.get(length)
    content = b"" if form is None else source.read(member.end, length)
    signed = len(content) not in (16, 24) or content.startswith(SIZES_SIGNATURE)
    if form is None or not signed or struct.unpack(form, content) != (member.crc, member.packed, member.size):
        raise source.corrupt(f"the sizes behind {member} are not those of the directory")
    return length
