"""One verdict on each kind of zip: the client keeps what the archive reads, and the contract test says the same."""

from __future__ import annotations

import functools
import io
import json
import struct
import zipfile
import zlib
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from jobexport import DgcClient, Retries
from jobexport.archive import JobArchive
from jobexport.contract.checks.exchange import read_archive
from jobexport.errors import ArchiveError, JobexportError
from jobexport.mock import serve
from jobexport.spec.editions import edition_ids

from ..archive.conftest import SIZES_FOLLOW, Zips
from ..archive.test_hostile import KINDS as HOSTILE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from jobexport.mock import Server

part, zipped = Zips.part, Zips.zipped
NAMES = ["a", "b"]
JOB = json.dumps({"name": "a", "nodes": []}).encode()
# The definition of `a` where both operations have it, and another member.
MINE, OTHER = part("jobs/a.job", JOB), part("jobs/a/s.script", b"{}" * 50)
LATER = SIZES_FOLLOW | 0x0800
CODE_PAGE, GBK = b"jobs/a/\x84.script", "jobs/a/作业.script".encode("gbk")


def with_sizes(form: str, *, signature: bool, values: tuple[int, ...] | None = None) -> bytes:
    """A zip whose member is followed by its sizes in a form, or by other values."""
    data = Zips.packed(MINE)
    stated = values or (zlib.crc32(JOB), len(data), len(JOB))
    mine = part("jobs/a.job", JOB, flags=LATER)
    content = Zips.members_of(mine)[0][: -struct.calcsize("<4s3L")]
    content += (b"PK\7\x08" if signature else b"") + (struct.pack(form, *stated) if form else b"")
    return Zips.finished(content, Zips.entry(mine, 0), 1)


def with_bytes(*, before: bytes = b"", between: bytes = b"", behind: bytes = b"") -> bytes:
    """A zip with bytes that its directory does not name, and positions that are right."""
    content, entries = before, b""
    for member, filling in ((MINE, between), (OTHER, behind)):
        entries += Zips.entry(member, len(content))
        content += Zips.members_of(member)[0] + filling
    return Zips.finished(content, entries, 2)


def path_field(raw: bytes, name: str, *, crc: int | None = None, version: int = 1) -> bytes:
    """A Unicode path for a name."""
    content = struct.pack("<BL", version, zlib.crc32(raw) if crc is None else crc) + name.encode()
    return struct.pack("<2H", 0x7075, len(content)) + content


def with_extra(extra: bytes, local: bytes | None = None, name: bytes = b"jobs/a/s.script", flags: int = 0) -> bytes:
    """A zip whose second member has extra fields, others in its header if they are given."""
    there = {} if local is None else {"local": {"extra": local}}
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


class OneWay(io.RawIOBase):
    """A stream that can't go back."""

    def __init__(self) -> None:
        self.content = b""

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.content += bytes(data)
        return len(data)


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
    "a member between, for who reads on": with_bytes(between=Zips.members_of(part("jobs/evil.job"))[0]),
    "bytes behind the members": with_bytes(behind=b"\0"),
    "a member behind, for who reads on": with_bytes(behind=Zips.members_of(part("jobs/evil.job"))[0]),
    "bytes and no member": Zips.finished(b"hidden", b"", 0),
    "folder twice": zipped(part("jobs/", b"", method=0), MINE, part("jobs/", b"", method=0)),
    "file twice": zipped(MINE, MINE),
    "UTF-8 in the directory only": zipped(part("jobs/a.job", JOB, local={"flags": 0})),
    "UTF-8 in the header only": zipped(part("jobs/a.job", JOB, flags=0, local={"flags": 0x0800})),
    "UTF-8 that is none": zipped(MINE, part(CODE_PAGE)),
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
    "too many members": Zips.finished(Zips.members_of(MINE)[0], Zips.entry(MINE, 0) * 20_001, 20_001),
}


@functools.cache
def content_of(kind: str) -> bytes:
    return {**SOUND, **REFUSED}[kind] if kind in SOUND or kind in REFUSED else HOSTILE[kind][0](Zips)


def verdict(content: bytes) -> ArchiveError | None:
    """What the archive says."""
    try:
        JobArchive.open(io.BytesIO(content)).verify()
    except ArchiveError as error:
        return error
    return None


def client_of(content: bytes) -> DgcClient:
    """A client of a server that sends this zip, whatever it is asked."""
    transport = httpx.MockTransport(lambda _: httpx.Response(200, content=content))
    return DgcClient("p", auth="token", base_url="http://x", transport=transport, retries=Retries(times=0))


def kept(content: bytes, folder: Path) -> list[Path]:
    """The files that both calls keep; they must be what the calls say."""
    files: list[Path] = []
    with client_of(content) as client:
        try:
            files.append(client.export_job("a", to=folder / "one.zip").path)
        except JobexportError:
            assert not (folder / "one.zip").exists()
        result = client.export_jobs(NAMES, to=folder / "many")
    files += [archive.path for archive in result.archives.values()]
    files += result.others
    assert sorted(files) == sorted(folder.rglob("*.zip"))
    return files


@pytest.mark.parametrize("kind", [*SOUND, *REFUSED, *HOSTILE])
def test_what_a_client_keeps_the_archive_reads(kind: str, tmp_path: Path) -> None:
    """Each zip that export_job and export_jobs leave behind is one that verify() accepts."""
    for file in kept(content_of(kind), tmp_path):
        JobArchive.open(file).verify()


@pytest.mark.parametrize("kind", SOUND)
def test_a_sound_zip_is_accepted_by_all(kind: str, tmp_path: Path) -> None:
    """The archive, the client and the contract test take it, and its folders are no members to anybody."""
    content = content_of(kind)
    assert verdict(content) is None
    names = {file.name for file in kept(content, tmp_path)}
    assert {"one.zip", "a.zip"} <= names
    found = read_archive(content)
    assert found.problem is None
    files = JobArchive.open(io.BytesIO(content)).unpack(tmp_path / "out")
    assert sorted(found.names) == sorted(file.relative_to(tmp_path / "out").as_posix() for file in files)
    assert found.members == {file.relative_to(tmp_path / "out").as_posix(): file.read_bytes() for file in files}


@pytest.mark.parametrize("kind", [*REFUSED, *HOSTILE])
def test_what_the_archive_refuses_nobody_takes(kind: str, tmp_path: Path) -> None:
    """The client raises the same error, and the contract test says the same."""
    content = content_of(kind)
    refused = verdict(content)
    assert refused is not None or kind in HOSTILE
    if refused is None:
        return
    assert read_archive(content).problem == refused.problem
    with client_of(content) as client, pytest.raises(JobexportError) as caught:
        client.export_job("a", to=tmp_path / "one.zip")
    if content.startswith((b"PK\3\4", b"PK\5\6")):
        assert isinstance(caught.value, type(refused))
        assert caught.value.problem == refused.problem


@pytest.mark.parametrize("kind", ["deflated", "folders", "GBK"])
def test_folders_are_nobodys_members(kind: str, tmp_path: Path) -> None:
    """export_jobs keeps no zip of other members for a zip whose members all are a job's, folders included."""
    with client_of(content_of(kind)) as client:
        assert client.export_jobs(["a"], to=tmp_path).others == ()


@pytest.fixture(scope="module", params=edition_ids())
def edition(request: pytest.FixtureRequest) -> Iterator[Server]:
    with serve(request.param) as server:
        yield server


def test_zips_of_each_edition_are_accepted_by_all(edition: Server, tmp_path: Path) -> None:
    """Both layouts of every edition's mock are kept and read."""
    with DgcClient(edition.project_id, auth=edition.token, base_url=edition.url) as client:
        one = client.export_job("myJob", to=tmp_path / "one.zip")
        many = client.export_jobs(["myJob", "job_batch"], to=tmp_path)
    assert many.succeeded
    for archive in (one, *many.archives.values()):
        archive.verify()
        assert read_archive(archive.path.read_bytes()).problem is None


def test_what_is_reused_is_read_by_the_archive(tmp_path: Path) -> None:
    """After any one flipped bit of a zip, a job that is not fetched again has a zip that verify() accepts."""
    with client_of(zipped(part("jobs/a/a.job", JOB, method=0))) as client:
        (tmp_path / "whole").mkdir()
        good = client.export_jobs(["a"], to=tmp_path).archives["a"].path.read_bytes()
        reused = 0
        for place in range(len(good)):
            for bit in (0x01, 0x80):
                damaged = bytearray(good)
                damaged[place] ^= bit
                (tmp_path / "a.zip").write_bytes(damaged)
                if client.export_jobs(["a"], to=tmp_path).reused:
                    reused += 1
                    JobArchive.open(tmp_path / "a.zip").verify()
    # Dates, attributes and the version that wrote it are nobody's business.
    assert 0 < reused < 60


def test_a_zip_that_is_refused_for_one_job_costs_that_job_only(tmp_path: Path) -> None:
    """The chunk is asked for in halves, until the job whose member is refused is alone."""

    def respond(request: httpx.Request) -> httpx.Response:
        asked = json.loads(request.content)["jobList"]
        parts = [part(f"jobs/{n}/{n}.job", JOB, local={"crc": 1} if n == "c" else {}) for n in asked]
        return httpx.Response(200, content=zipped(*parts))

    transport = httpx.MockTransport(respond)
    with DgcClient("p", auth="token", base_url="http://x", transport=transport, retries=Retries(times=0)) as client:
        result = client.export_jobs(["a", "b", "c", "d"], to=tmp_path)
    assert (list(result.archives), list(result.failures)) == (["a", "b", "d"], ["c"])
    assert isinstance(result.failures["c"], ArchiveError)
