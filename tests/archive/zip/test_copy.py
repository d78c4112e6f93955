from __future__ import annotations

import io
import os
import struct
import zipfile
import zlib

import pytest

from jobexport.archive.zip import policy, whole
from jobexport.archive.zip.copy import copy
from jobexport.archive.zip.directory import read_directory
from jobexport.archive.zip.source import opened
from jobexport.errors import ArchiveCorrupt, ArchiveUnsafe
from tests.archive.making import zips
from tests.archive.making.ordinary import CONTENTS, zip_with
from tests.client.making.values import zip_of

LARGE = {"jobs/large.job": bytes(4 * 128 * 1024), "other": os.urandom(300_000), "ä": b"x" * (128 * 1024)}


def copied(content: bytes) -> bytes:
    parts: list[bytes] = []
    with opened(None, io.BytesIO(content)) as source:
        copy(source, read_directory(source).members, parts.append, len(b"a comment"))
        parts.append(b"a comment")
    return b"".join(parts)


def large_zip() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in LARGE.items():
            archive.writestr(zipfile.ZipInfo(name, (2024, 2, 29, 23, 59, 58)), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param(zip_with(zipfile.ZIP_DEFLATED), CONTENTS, id="deflated"),
        pytest.param(zip_with(zipfile.ZIP_DEFLATED, later=True), CONTENTS, id="sizes later"),
        pytest.param(zip_with(zipfile.ZIP_STORED, later=True), CONTENTS, id="stored with sizes later"),
        pytest.param(zip_with(zipfile.ZIP_STORED, large=True), CONTENTS, id="sizes of 8 bytes"),
        pytest.param(large_zip(), LARGE, id="several pieces"),
    ],
)
def test_a_copy_holds_what_the_zip_held(content: bytes, expected: dict[str, bytes]) -> None:
    """Other programs read the copy of any zip, with the same members and dates."""
    with zipfile.ZipFile(io.BytesIO(copied(content))) as copy, zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert copy.testzip() is None
        assert {name: copy.read(name) for name in copy.namelist()} == expected
        assert [info.date_time for info in copy.infolist()] == [info.date_time for info in archive.infolist()]
        assert copy.comment == b"a comment"


def changed(offset: int, value: int) -> bytes:
    """A zip in which a number of the first member is another one, in its header and in its entry of the directory."""
    content = bytearray(zip_with(zipfile.ZIP_DEFLATED))
    struct.pack_into("<I", content, content.index(b"PK\x01\x02") + offset, value)
    # An entry has one field of two bytes more in front of these.
    struct.pack_into("<I", content, offset - 2, value)
    return bytes(content)


def damaged() -> bytes:
    """A zip in which the first member's data is damaged."""
    content = bytearray(zip_with(zipfile.ZIP_DEFLATED))
    struct.pack_into("<I", content, 41, 0xFFFFFFFF)
    return bytes(content)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        pytest.param(changed(16, 1), "has a wrong checksum", id="CRC"),
        pytest.param(changed(24, 9999), "does not have the announced size of 9999 bytes", id="shorter"),
        pytest.param(changed(24, 10001), "does not have the announced size of 10001 bytes", id="longer"),
        pytest.param(damaged(), "is damaged", id="content"),
    ],
)
def test_a_member_that_is_not_what_the_directory_says_is_not_copied(content: bytes, problem: str) -> None:
    """The error names the member and its fault."""
    with pytest.raises(ArchiveCorrupt, match=f"'jobs/a.job' {problem}"):
        copied(content)


def test_a_member_that_would_make_the_copy_a_bomb_is_refused() -> None:
    """A member that unpacks to too much for its own weight is refused, since the copy would be refused when read."""
    content = zip_of({"jobs/zeros.job": bytes(20 * policy.MIB), "jobs/other.job": os.urandom(policy.MIB)})
    with opened(None, io.BytesIO(content)) as source:
        whole.check(source)
        member = read_directory(source).members[0]
        with pytest.raises(ArchiveUnsafe, match="more than 100 times as many"):
            copy(source, [member], lambda _: None)


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        pytest.param("ä.job".encode(), "ä.job", id="UTF-8 without its flag"),
        pytest.param("作业.job".encode("gbk"), "作业.job", id="GBK beside a Unicode path"),
        pytest.param(b"\x84.job", "ä.job", id="code page 437"),
    ],
)
def test_a_copy_has_the_names_that_the_zip_had(raw: bytes, name: str) -> None:
    """A name that is not ASCII is read from the copy as from the zip, by our reader and by another one."""
    path = struct.pack("<2HBL", 0x7075, 5 + len(name.encode()), 1, zlib.crc32(raw)) + name.encode()
    part = zips.part(raw, flags=0, extra=path if "作" in name else b"", local={"extra": b""})
    content = copied(zips.zipped(part))
    with opened(None, io.BytesIO(content)) as source:
        assert [member.name for member in read_directory(source).members] == [name]
    with zipfile.ZipFile(io.BytesIO(content)) as other:
        assert other.namelist() == [name]
