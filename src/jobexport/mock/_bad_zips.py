"""Zips that are broken or hostile, for tests of what unpacks them."""

from __future__ import annotations

import io
import struct
import zipfile
from functools import lru_cache

from jobexport.mock._archive import pack

# Where the CRC stands in a member's local header and in its entry of the central directory.
_LOCAL_CRC, _CENTRAL_CRC = 14, 16
_MIB = 1024 * 1024


def bad_crc(content: bytes) -> bytes:
    """Invert the checksum of the first member, in both places that hold it."""
    broken = bytearray(content)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for place in (archive.infolist()[0].header_offset + _LOCAL_CRC, archive.start_dir + _CENTRAL_CRC):
            (checksum,) = struct.unpack_from("<I", broken, place)
            struct.pack_into("<I", broken, place, checksum ^ 0xFFFFFFFF)
    return bytes(broken)


def bad_directory(content: bytes) -> bytes:
    """Overwrite the signature that the central directory begins with."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        place = archive.start_dir
    return content[:place] + b"\0\0\0\0" + content[place + 4 :]


def traversal(content: bytes) -> bytes:
    """Add members whose names lead out of the folder that they are unpacked into."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    text = b"written outside the folder\n"
    return pack(members | dict.fromkeys(("../outside.txt", "jobs/../../outside.txt", "/outside.txt"), text))


@lru_cache(maxsize=2)
def bomb(mebibytes: int) -> bytes:
    """Make a zip with one member of zeros, about a thousandth of that size."""
    buffer, zeros = io.BytesIO(), bytes(_MIB)
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        info = zipfile.ZipInfo("jobs/zeros.job", date_time=(1980, 1, 1, 0, 0, 0))
        info.compress_type = zipfile.ZIP_DEFLATED
        with archive.open(info, "w", force_zip64=True) as member:
            for _ in range(mebibytes):
                member.write(zeros)
    return buffer.getvalue()
