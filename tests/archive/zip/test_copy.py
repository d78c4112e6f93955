from __future__ import annotations

import io
import os
import struct
import zipfile

import pytest

from jobexport.archive.zip.copy import copy
from jobexport.errors import ArchiveCorrupt
from tests.archive.making.ordinary import CONTENTS, zip_with

LARGE = {"jobs/large.job": bytes(4 * 128 * 1024), "other": os.urandom(300_000), "ä": b"x" * (128 * 1024)}


def copied(content: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = archive.infolist()
    parts: list[bytes] = []
    copy(io.BytesIO(content), members, parts.append, b"a comment")
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
    """However a zip is made, the copy is one that other programs read, with the same members and dates."""
    with zipfile.ZipFile(io.BytesIO(copied(content))) as copy, zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert copy.testzip() is None
        assert {name: copy.read(name) for name in copy.namelist()} == expected
        assert [info.date_time for info in copy.infolist()] == [info.date_time for info in archive.infolist()]
        assert copy.comment == b"a comment"


def changed(offset: int, value: int, *, central: bool) -> bytes:
    """A zip in which a number of the first member's header, or of its entry in the directory, is another one."""
    content = bytearray(zip_with(zipfile.ZIP_DEFLATED))
    place = content.index(b"PK\x01\x02") if central else 0
    struct.pack_into("<I", content, place + offset, value)
    return bytes(content)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        pytest.param(changed(16, 1, central=True), "has another length or CRC", id="CRC"),
        pytest.param(changed(24, 9999, central=True), "is longer than it says", id="shorter"),
        pytest.param(changed(24, 10001, central=True), "has another length or CRC", id="longer"),
        pytest.param(changed(20, 5, central=True), "has another length or CRC", id="compressed size"),
        pytest.param(changed(0, 1, central=False), "has no header", id="header"),
        pytest.param(changed(30, 1, central=False), "has another name in its header", id="name"),
        pytest.param(changed(41, 0xFFFFFFFF, central=False), "can't be inflated", id="content"),
        pytest.param(zip_with(zipfile.ZIP_BZIP2), "compressed in an unusual way", id="another compression"),
    ],
)
def test_a_member_that_is_not_what_the_directory_says_is_not_copied(content: bytes, problem: str) -> None:
    """The error names the member and what is wrong."""
    with pytest.raises(ArchiveCorrupt, match=f"member 'jobs/a.job' .*{problem}"):
        copied(content)
