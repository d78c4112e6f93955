from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest

from jobexport.archive.zip import whole as zips
from jobexport.archive.zip.follow import Followed, Follower
from jobexport.errors import ArchiveCorrupt
from tests.archive.making.ordinary import CONTENTS, zip_with


def followed(content: bytes, step: int) -> dict[int, Followed]:
    follower = Follower()
    for start in range(0, len(content), step):
        follower.feed(content[start : start + step])
    return follower.members


def unread(content: bytes, members: dict[int, Followed], monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The members that the check does not read from the file."""
    read: list[str] = []
    opened = zipfile.ZipFile.open

    def recorded(self: zipfile.ZipFile, member: zipfile.ZipInfo) -> Any:
        read.append(member.filename)
        return opened(self, member)

    with monkeypatch.context() as patch:
        patch.setattr(zipfile.ZipFile, "open", recorded)
        zips.check(io.BytesIO(content), members)
    return [name for name in CONTENTS if name not in read]


@pytest.mark.parametrize("step", [1, 7, 1000, 10**6])
@pytest.mark.parametrize(
    "content",
    [
        pytest.param(zip_with(zipfile.ZIP_DEFLATED), id="deflated"),
        pytest.param(zip_with(zipfile.ZIP_DEFLATED, later=True), id="sizes later"),
        pytest.param(zip_with(zipfile.ZIP_DEFLATED, later=True, large=True), id="sizes of 8 bytes later"),
        pytest.param(zip_with(zipfile.ZIP_DEFLATED, large=True), id="sizes of 8 bytes"),
        pytest.param(zip_with(zipfile.ZIP_STORED), id="stored"),
    ],
)
def test_what_was_followed_is_not_read_again(content: bytes, step: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """However the zip is made and cut, every member is checked while it comes."""
    assert unread(content, followed(content, step), monkeypatch) == list(CONTENTS)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(zip_with(zipfile.ZIP_STORED, later=True), id="stored with sizes later"),
        pytest.param(zip_with(zipfile.ZIP_BZIP2), id="another compression"),
        pytest.param(zip_with(zipfile.ZIP_STORED, large=True), id="stored with sizes elsewhere"),
    ],
)
def test_what_was_not_followed_is_read(content: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """What can't be told in passing is read from the file afterwards, and found whole."""
    assert unread(content, followed(content, 1000), monkeypatch) == []


@pytest.mark.parametrize("place", ["content", "directory", "name"])
def test_a_zip_that_is_not_what_its_directory_says_is_damaged(place: str) -> None:
    """Following takes nothing for whole that reading would not."""
    content = bytearray(zip_with(zipfile.ZIP_STORED))
    central = content.index(b"PK\x01\x02")
    position = {"content": 30 + len("jobs/a.job") + 5, "directory": central + 16, "name": 32}[place]
    content[position] ^= 0x01
    members = followed(bytes(content), 1000)
    with pytest.raises(ArchiveCorrupt, match="the zip is damaged"):
        zips.check(io.BytesIO(bytes(content)), members)


def test_a_bomb_is_followed_no_further_than_its_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Inflating ends when more comes out than a zip may hold."""
    monkeypatch.setattr("jobexport.archive.zip.follow._ALWAYS_ALLOWED", 1000)
    monkeypatch.setattr("jobexport.archive.zip.follow._MOST_RATIO", 2)
    assert followed(zip_with(zipfile.ZIP_DEFLATED), 100) == {}
