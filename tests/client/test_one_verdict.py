"""One verdict on each kind of zip: the client keeps what the archive reads, and the contract test says the same."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import httpx
import pytest

from jobexport import DgcClient, Retries
from jobexport.archive import JobArchive
from jobexport.contract.checks.exchange import read_archive
from jobexport.errors import ArchiveError, JobexportError
from jobexport.mock import serve
from jobexport.spec.editions import edition_ids
from tests.archive.making.hostile import KINDS as HOSTILE
from tests.archive.making.hostile import built
from tests.archive.making.verdicts import JOB, REFUSED, SOUND
from tests.archive.making.watch import WATCH
from tests.archive.making.zips import part, zipped
from tests.making.workspaces import WORKSPACE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from jobexport.mock import Server

NAMES = ["a", "b"]


def content_of(kind: str) -> bytes:
    return {**SOUND, **REFUSED}[kind] if kind in SOUND or kind in REFUSED else built(kind)


def verdict(content: bytes) -> ArchiveError | None:
    """Return the archive's verdict."""
    try:
        JobArchive.open(io.BytesIO(content)).verify()
    except ArchiveError as error:
        return error
    return None


def client_of(content: bytes) -> DgcClient:
    """A client of a server that sends this zip, whatever it is asked."""
    transport = httpx.MockTransport(lambda _: httpx.Response(200, content=content))
    return DgcClient("p", auth="token", base_url="http://x", transport=transport, retries=Retries(times=0))


def kept(content: bytes, folder: Path) -> tuple[list[Path], JobexportError | None]:
    """Return the files that both calls keep, checked against the calls' results, and the error of export_job."""
    files: list[Path] = []
    refused = None
    with client_of(content) as client:
        try:
            client.export_job("a", to=folder / "one.zip")
            files.append(folder / "one.zip")
        except JobexportError as error:
            refused = error
        result = client.export_jobs(NAMES, to=folder / "many")
    files += [archive.path for archive in result.archives.values() if archive.path is not None]
    files += result.others
    assert sorted(files) == sorted(path for path in folder.rglob("*") if path != folder / "many")
    return files, refused


@pytest.mark.parametrize("kind", SOUND)
def test_a_sound_zip_is_accepted_by_all(kind: str, tmp_path: Path) -> None:
    """Archive, client and contract test accept a zip with folders, and count no folder as a member."""
    content = content_of(kind)
    assert verdict(content) is None
    files = kept(content, tmp_path)[0]
    for file in files:
        JobArchive.open(file).verify()
    assert {"one.zip", "a.zip"} <= {file.name for file in files}
    found = read_archive(content)
    assert found.problem is None
    unpacked = JobArchive.open(io.BytesIO(content)).unpack(tmp_path / "out")
    assert sorted(found.names) == sorted(file.relative_to(tmp_path / "out").as_posix() for file in unpacked)
    assert found.members == {file.relative_to(tmp_path / "out").as_posix(): file.read_bytes() for file in unpacked}


@pytest.mark.parametrize("kind", [*REFUSED, *HOSTILE])
def test_what_the_archive_refuses_nobody_takes(kind: str, tmp_path: Path) -> None:
    """Client and contract test refuse it; what a client keeps, the archive reads, and nothing is written elsewhere."""
    content = content_of(kind)
    refused = verdict(content)
    assert refused is not None or kind in HOSTILE
    with WATCH.watching():
        files, error = kept(content, tmp_path)
    assert (WATCH.links, WATCH.outside(tmp_path)) == (set(), [])
    for file in files:
        JobArchive.open(file).verify()
    assert read_archive(content).problem == (refused and refused.problem)
    if refused is not None:
        assert error is not None
        if content.startswith((b"PK\3\4", b"PK\5\6")):
            assert isinstance(error, type(refused))
            assert error.problem == refused.problem


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
        one = client.export_job("myJob", to=tmp_path / "one.zip", workspace=WORKSPACE)
        many = client.export_jobs(["myJob", "job_batch"], to=tmp_path, workspace=WORKSPACE)
    assert many.succeeded
    for archive in (one, *many.archives.values()):
        archive.verify()
        assert archive.path is not None
        assert read_archive(archive.path.read_bytes()).problem is None


def test_a_flipped_bit_is_fetched_again(tmp_path: Path) -> None:
    """After any one flipped bit of a zip the job is fetched again, also if the archive reads the zip all the same."""
    with client_of(zipped(part("jobs/a/a.job", JOB, method=0))) as client:
        (tmp_path / "whole").mkdir()
        path = client.export_jobs(["a"], to=tmp_path).archives["a"].path
        assert path is not None
        good = path.read_bytes()
        assert client.export_jobs(["a"], to=tmp_path).reused
        for place in range(len(good)):
            damaged = bytearray(good)
            damaged[place] ^= 1 << place % 8
            (tmp_path / "a.zip").write_bytes(damaged)
            assert not client.export_jobs(["a"], to=tmp_path).reused
            assert path.read_bytes() == good


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
