"""Broken and hostile zips, for tests of unpackers."""

from __future__ import annotations

import io
import struct
import zipfile
from functools import lru_cache
from typing import TYPE_CHECKING

from jobexport.mock.behaviour.zips import pack

if TYPE_CHECKING:
    from collections.abc import Callable

# Offsets in a member's local header and in its entry of the central directory. _ENTRY is the length of an entry before
# the member's name.
_CRC, _SIZE = (14, 16), (22, 24)
_ENTRY = 46
_MIB = 1024 * 1024


def unpack(content: bytes) -> dict[str, bytes]:
    """Return the content of each member by name."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def bad_crc(content: bytes) -> bytes:
    """Invert the checksum of the first member, in both places that hold it."""
    return _patched(content, 0, _CRC, lambda checksum: checksum ^ 0xFFFFFFFF)


def bad_last_crc(content: bytes) -> bytes:
    """Invert the checksum of the last member, in both places that hold it."""
    return _patched(content, -1, _CRC, lambda checksum: checksum ^ 0xFFFFFFFF)


def wrong_size(content: bytes) -> bytes:
    """Increase the declared size of the first member by one byte, in both places that hold it."""
    return _patched(content, 0, _SIZE, lambda size: size + 1)


def _patched(content: bytes, number: int, places: tuple[int, int], change: Callable[[int], int]) -> bytes:
    """Change a number of one member, in its local header and in its entry of the central directory."""
    broken = bytearray(content)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = archive.infolist()
        entry = archive.start_dir
    if not members:
        return content
    number %= len(members)
    for info in members[:number]:
        entry += _ENTRY + len(info.filename.encode()) + len(info.extra) + len(info.comment)
    for place in (members[number].header_offset + places[0], entry + places[1]):
        (value,) = struct.unpack_from("<I", broken, place)
        struct.pack_into("<I", broken, place, change(value))
    return bytes(broken)


def bad_directory(content: bytes) -> bytes:
    """Overwrite the signature that the central directory begins with."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        place = archive.start_dir
    return content[:place] + b"\0\0\0\0" + content[place + 4 :]


def traversal(content: bytes) -> bytes:
    """Add members whose names lead out of the folder of the unpacking, such as `../outside.txt`."""
    text = b"written outside the folder\n"
    return pack(unpack(content) | dict.fromkeys(("../outside.txt", "jobs/../../outside.txt", "/outside.txt"), text))


@lru_cache(maxsize=2)
def bomb(mebibytes: int) -> bytes:
    """Build a zip with one member of zeros; the zip has about a thousandth of the member's size."""
    buffer, zeros = io.BytesIO(), bytes(_MIB)
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        info = zipfile.ZipInfo("jobs/zeros.job", date_time=(1980, 1, 1, 0, 0, 0))
        info.compress_type = zipfile.ZIP_DEFLATED
        with archive.open(info, "w", force_zip64=True) as member:
            for _ in range(mebibytes):
                member.write(zeros)
    return buffer.getvalue()
