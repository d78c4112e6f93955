"""Zips by their peculiarity: zips that every reader accepts, and zips that no reader accepts."""

from __future__ import annotations

import io
import json
import struct
import zipfile
import zlib
from typing import TYPE_CHECKING, Any

from tests.archive.making.ordinary import OneWay
from tests.archive.making.zips import SIZES_FOLLOW, entry, finished, members_of, packed, part, zipped

if TYPE_CHECKING:
    from collections.abc import Callable

JOB = json.dumps({"name": "a", "nodes": []}).encode()
# The definition of `a` where both operations have it, and another member.
MINE, OTHER = part("jobs/a.job", JOB), part("jobs/a/s.script", b"{}" * 50)
LATER = SIZES_FOLLOW | 0x0800
CODE_PAGE, GBK = b"jobs/a/\x84.script", "jobs/a/作业.script".encode("gbk")


def with_sizes(form: str, *, signature: bool, values: tuple[int, ...] | None = None) -> bytes:
    """A zip whose member is followed by its sizes in a form, or by other values."""
    data = packed(MINE)
    stated = values or (zlib.crc32(JOB), len(data), len(JOB))
    mine = part("jobs/a.job", JOB, flags=LATER)
    content = members_of(mine)[0][: -struct.calcsize("<4s3L")]
    content += (b"PK\7\x08" if signature else b"") + (struct.pack(form, *stated) if form else b"")
    return finished(content, entry(mine, 0), 1)


def with_bytes(*, before: bytes = b"", between: bytes = b"", behind: bytes = b"") -> bytes:
    """A zip with bytes that its directory does not name, and positions that are right."""
    content, entries = before, b""
    for member, filling in ((MINE, between), (OTHER, behind)):
        entries += entry(member, len(content))
        content += members_of(member)[0] + filling
    return finished(content, entries, 2)


def path_field(raw: bytes, name: str, *, crc: int | None = None, version: int = 1) -> bytes:
    """A Unicode path for a name."""
    content = struct.pack("<BL", version, zlib.crc32(raw) if crc is None else crc) + name.encode()
    return struct.pack("<2H", 0x7075, len(content)) + content


def with_extra(extra: bytes, local: bytes | None = None, name: bytes = b"jobs/a/s.script", flags: int = 0) -> bytes:
    """A zip whose second member has extra fields, others in its header if they are given."""
    there: dict[str, Any] = {} if local is None else {"local": {"extra": local}}
    return zipped(MINE, part(name, flags=flags, extra=extra, **there))


def wide_member(change: Callable[[bytearray], None]) -> bytes:
    """A zip with a member in zip64 fields, changed."""
    content = bytearray(zipped(part("jobs/a.job", JOB, wide=True), wide=True))
    change(content)
    return bytes(content)


def with_longer_end() -> bytes:
    """A zip64 end that has room for more than is documented."""
    content = zipped(MINE, wide=True)
    place = content.index(b"PK\6\6")
    longer = bytearray(content[: place + 56] + b"hidden!!" + content[place + 56 :])
    struct.pack_into("<Q", longer, place + 4, 52)
    return bytes(longer)


def by_library(method: int, *, later: bool, large: bool = False) -> bytes:
    """A zip with folder entries that Python's library writes."""
    file = OneWay() if later else io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name in ("jobs/", "jobs/a.job", "jobs/b/", "jobs/b/b.job"):
            info = zipfile.ZipInfo(name)
            info.compress_type = method
            with archive.open(info, "w", force_zip64=large) as member:
                member.write(b"" if name.endswith("/") else JOB)
    return file.content if isinstance(file, OneWay) else file.getvalue()


def with_a_long_comment(text: bytes) -> bytes:
    return zipped(MINE, comment=text)


SOUND: dict[str, bytes] = {
    "deflated": zipped(MINE, OTHER),
    "stored": zipped(part("jobs/a.job", JOB, method=0), part("x", b"", method=0)),
    "zip64 members": zipped(part("jobs/a.job", JOB, wide=True), OTHER),
    "zip64 end": zipped(MINE, wide=True),
    "sizes behind, signed": with_sizes("<3L", signature=True),
    "sizes behind, bare": with_sizes("<3L", signature=False),
    "sizes of 8 bytes behind, signed": with_sizes("<L2Q", signature=True),
    "sizes of 8 bytes behind, bare": with_sizes("<L2Q", signature=False),
    "folders": zipped(part("jobs/", b"", method=0), MINE, part("jobs/a/", b"", method=0), OTHER),
    "deflated folders": zipped(part("jobs/", b""), MINE),
    "folder behind its files": zipped(MINE, part("jobs/", b"", method=0)),
    "comment": with_a_long_comment(b"exported"),
    "comment with half an end": with_a_long_comment(b"abPK\5\6xx"),
    "UTF-8 without its flag": zipped(MINE, part("jobs/a/ä.script", flags=0)),
    "code page 437": zipped(MINE, part(CODE_PAGE, flags=0)),
    "GBK": zipped(MINE, part(GBK, flags=0)),
    "GBK beside a Unicode path": with_extra(path_field(GBK, "jobs/a/作业.script"), name=GBK),
    "Unicode path of the same letters": with_extra(path_field(b"jobs/a/s.script", "jobs/a/s.script")),
    "times": with_extra(struct.pack("<2HBL", 0x5455, 5, 1, 0)),
    "zip64 sizes that are not needed": with_extra(struct.pack("<2HQ", 1, 8, 2**40)),
    "a link's target in an extra field": with_extra(struct.pack("<2H12s", 0x000D, 12 + 11, b"") + b"/etc/passwd"),
    "percent-encoded dots": zipped(MINE, part("jobs/a/%2e%2e/..%2fx.script")),
    "a home": zipped(MINE, part("~/.ssh/authorized_keys")),
    "extra filled up": with_extra(b"\0\0\0"),
    "both layouts": zipped(MINE, part("jobs/b/b.job", JOB), part("scripts/s.script"), part("resources/r.resource")),
    "library, deflated": by_library(8, later=False),
    "library, stored": by_library(0, later=False),
    "library, to a pipe": by_library(8, later=True),
    "library, stored to a pipe": by_library(0, later=True),
    "library, large": by_library(8, later=False, large=True),
    "library, large to a pipe": by_library(8, later=True, large=True),
}

REFUSED: dict[str, bytes] = {
    "a line's end behind": zipped(MINE) + b"\r\n",
    "padding behind": zipped(MINE) + bytes(100),
    "a log in front": b"INFO done\n" + zipped(MINE),
    "bytes before the members": with_bytes(before=b"#!/bin/sh\n"),
    "bytes between the members": with_bytes(between=b"\0"),
    "a member between, for who reads on": with_bytes(between=members_of(part("jobs/evil.job"))[0]),
    "bytes behind the members": with_bytes(behind=b"\0"),
    "a member behind, for who reads on": with_bytes(behind=members_of(part("jobs/evil.job"))[0]),
    "bytes and no member": finished(b"hidden", b"", 0),
    "folder twice": zipped(part("jobs/", b"", method=0), MINE, part("jobs/", b"", method=0)),
    "file twice": zipped(MINE, MINE),
    "UTF-8 in the directory only": zipped(part("jobs/a.job", JOB, local={"flags": 0})),
    "UTF-8 in the header only": zipped(part("jobs/a.job", JOB, flags=0, local={"flags": 0x0800})),
    "UTF-8 that is code page 437": zipped(MINE, part(CODE_PAGE)),
    "sizes behind in the directory only": zipped(part("jobs/a.job", JOB, flags=LATER, local={"flags": 0x0800})),
    "sizes behind are others": with_sizes("<3L", signature=True, values=(1, 2, 3)),
    "sizes behind are missing": with_sizes("", signature=False),
    "sizes behind are half": with_sizes("<3L", signature=True)[:-40],
    "extra longer than its space": with_extra(b"\x55\x54\x28\0\0"),
    "extra longer than its space, in the header": with_extra(b"", local=b"\x55\x54\x28\0\0"),
    "extra too long": with_extra(struct.pack("<2H", 0x9999, 5000) + bytes(5000)),
    "Unicode path of other letters": with_extra(path_field(b"jobs/a/s.script", "jobs/evil.job")),
    "Unicode path of other letters, in the header": with_extra(b"", path_field(b"jobs/a/s.script", "jobs/evil.job")),
    "Unicode path of another name": with_extra(path_field(b"jobs/a/s.script", "jobs/a/s.script", crc=1)),
    "Unicode path of the future": with_extra(path_field(GBK, "jobs/a/作业.script", version=2), name=GBK),
    "Unicode path twice": with_extra(path_field(GBK, "jobs/x") + path_field(GBK, "jobs/y"), name=GBK),
    "Unicode path in the header only": with_extra(b"", path_field(GBK, "jobs/a/作业.script"), name=GBK),
    "zip64 sizes in the header are others": wide_member(lambda content: struct.pack_into("<Q", content, 44, 9)),
    "zip64 end with more in it": with_longer_end(),
    "too much for its weight": zipped(part("jobs/a.job", b"{" + b" " * 20 * 1024**2 + b"}")),
    "too many members": finished(members_of(MINE)[0], entry(MINE, 0) * 20_001, 20_001),
}
