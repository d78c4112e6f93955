from __future__ import annotations

import io
import struct
import time
import zipfile
from typing import TYPE_CHECKING, Any

import pytest

from jobexport.archive.zip import inflate, policy, whole
from jobexport.archive.zip.follow import Followed, Follower
from jobexport.archive.zip.source import ZipFileSource, opened
from jobexport.errors import ArchiveCorrupt
from tests.archive.making.ordinary import CONTENTS, zip_with

if TYPE_CHECKING:
    from jobexport.archive.zip.directory import ZipMember


def followed(content: bytes, step: int) -> dict[int, Followed]:
    follower = Follower()
    for start in range(0, len(content), step):
        follower.feed(content[start : start + step])
    return follower.members


def unread(content: bytes, members: dict[int, Followed], monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The members that the check does not read from the file."""
    read: list[str] = []
    chunks = inflate.chunks

    def recorded(source: ZipFileSource, member: ZipMember) -> Any:
        read.append(member.name)
        return chunks(source, member)

    with monkeypatch.context() as patch, opened(None, io.BytesIO(content)) as source:
        patch.setattr(whole, "chunks", recorded)
        whole.check(source, members)
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
        pytest.param(zip_with(zipfile.ZIP_STORED, large=True), id="stored with sizes elsewhere"),
    ],
)
def test_what_was_not_followed_is_read(content: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """A member that can't be followed is read from the file afterwards, and found complete."""
    assert unread(content, followed(content, 1000), monkeypatch) == []


@pytest.mark.parametrize("place", ["content", "directory", "name"])
def test_a_zip_that_is_not_what_its_directory_says_is_damaged(place: str) -> None:
    """Following takes nothing for whole that reading would not."""
    content = bytearray(zip_with(zipfile.ZIP_STORED))
    central = content.index(b"PK\x01\x02")
    position = {"content": 30 + len("jobs/a.job") + 5, "directory": central + 16, "name": 32}[place]
    content[position] ^= 0x01
    members = followed(bytes(content), 1000)
    with (
        opened(None, io.BytesIO(content), "the zip") as source,
        pytest.raises(ArchiveCorrupt, match="the zip is damaged"),
    ):
        whole.check(source, members)


def test_a_bomb_is_followed_no_further_than_its_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Inflating ends when more comes out than a zip may hold."""
    monkeypatch.setattr(policy, "FREE_OF_RATIO", 1000)
    monkeypatch.setattr(policy, "RATIO", 2)
    assert followed(zip_with(zipfile.ZIP_DEFLATED), 100) == {}


def members_without_content(count: int, method: int) -> bytes:
    """The beginning of a zip of this many members, none of which holds a byte."""
    data = b"\3\0" if method else b""
    head = struct.pack("<4s5H3L2H", b"PK\3\4", 20, 0, method, 0, 33, 0, len(data), 0, 1, 0)
    return (head + b"a" + data) * count


@pytest.mark.parametrize("method", [0, 8], ids=["stored", "deflated"])
def test_following_takes_time_in_proportion_to_the_bytes(method: int) -> None:
    """In one piece or in many, ten times the members take less than thirty times as long."""

    def seconds(count: int) -> float:
        content, times = members_without_content(count, method), []
        for _ in range(3):
            start = time.process_time()
            assert len(followed(content, len(content))) == count
            times.append(time.process_time() - start)
        return min(times)

    assert seconds(20_000) < 30 * seconds(2000)


def test_no_more_members_are_followed_than_a_zip_may_have() -> None:
    """A zip that announces too many bytes is not followed; its directory is refused."""
    assert len(followed(members_without_content(policy.MOST_MEMBERS + 50, 8), 10**5)) == policy.MOST_MEMBERS
