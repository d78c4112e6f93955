"""The files on disk after a process ends in the middle of an export of many jobs."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
import zipfile
from typing import TYPE_CHECKING

import pytest

from jobexport.core.disk.files import open_part
from jobexport.mock import serve
from tests.client.making.calls import Caller
from tests.client.making.values import PROJECT, many_jobs
from tests.drift.making.described import DESCRIBED
from tests.making.waits import until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from jobexport.mock import Server

pytestmark = pytest.mark.usefixtures("warm")

COUNT = 500
NAMES = [f"job{number}" for number in range(COUNT)]
PROGRAM = f"""
import asyncio, sys
from jobexport import AsyncDgcClient, DgcClient

kind, url, token, place = sys.argv[1:]
where = {{"obs_path": place}} if place.startswith("obs://") else {{"to": place}}
names = [f"job{{number}}" for number in range({COUNT})]
options = dict(auth=token, base_url=url)
def block():
    with DgcClient("{PROJECT}", **options) as dgc:
        dgc.export_jobs(names, **where, concurrency=2)
async def wait():
    async with AsyncDgcClient("{PROJECT}", **options) as dgc:
        await dgc.export_jobs(names, **where, concurrency=2)
block() if kind == "sync" else asyncio.run(wait())
"""


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serve(DESCRIBED.documents["otc-2026"], state=many_jobs(COUNT)) as server:
        yield server


def start(kind: str, server: Server, place: Path | str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", PROGRAM, kind, server.url, server.token, str(place)]
    return subprocess.Popen(command, stderr=subprocess.PIPE)


def wait_until(process: subprocess.Popen[bytes], there: Callable[[], bool]) -> None:
    until(lambda: process.poll() is not None or there())
    assert process.poll() is None, "the program ended before it could be interrupted"


def whole(folder: Path) -> set[str]:
    """The jobs whose zips are there and whole; every zip must be."""
    for path in folder.glob("*.zip"):
        with zipfile.ZipFile(path) as archive:
            assert archive.testzip() is None
            assert f"jobs/{path.stem}/{path.stem}.job" in archive.namelist()
    return {path.stem for path in folder.glob("*.zip")}


@pytest.mark.parametrize(("kind", "files"), [("sync", 0), ("sync", 30), ("async", 250), ("sync", 420)])
def test_after_a_kill_the_same_call_goes_on_where_it_was(server: Server, tmp_path: Path, kind: str, files: int) -> None:
    """Killed with no, some or most of 500 jobs there, it is complete after another run that fetches none twice."""
    server.core.reset()
    server.core.set_faults("latency:0.1@batchExportJobs")
    folder = tmp_path / "out"
    folder.mkdir()
    with start(kind, server, folder) as process:
        wait_until(process, lambda: bool(server.core.requests) and sum(1 for _ in folder.glob("*.zip")) >= files)
        process.kill()
    assert process.returncode == -signal.SIGKILL
    # Requests of the first run must not be counted with the next run's requests.
    time.sleep(0.3)
    there = whole(folder)
    assert files <= len(there) < COUNT
    server.core.reset()
    result = Caller(kind).jobs(server, NAMES, to=folder)
    fetched = [name for seen in server.core.requests for name in json.loads(seen.content)["jobList"]]
    assert sorted(fetched) == sorted(set(NAMES) - there)
    assert result.reused == there
    assert list(result.archives) == NAMES
    assert whole(folder) == set(NAMES)
    assert sorted(path.name for path in folder.iterdir()) == sorted(f"{name}.zip" for name in NAMES)


@pytest.mark.parametrize("call", ["job", "jobs"])
def test_what_a_killed_run_left_half_written_is_removed(
    caller: Caller, server: Server, tmp_path: Path, call: str
) -> None:
    """A `%….part` goes at the next run; files of others stay, and those of runs that live."""
    (tmp_path / "%0123456789abcdef.part").write_bytes(b"half")
    (tmp_path / "notes.part").write_bytes(b"mine")
    living, file = open_part(tmp_path / "other.zip")
    with file:
        getattr(caller, call)(server, NAMES[0] if call == "job" else NAMES[:1], to=tmp_path)
    zip_ = "DLF_job0.zip" if call == "job" else "job0.zip"
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([living.name, zip_, "notes.part"])


def test_ctrl_c_ends_at_once_and_leaves_nothing_half(caller: Caller, server: Server, tmp_path: Path) -> None:
    """SIGINT, with the server silent, ends the program soon; the folder has complete zips only."""
    server.core.reset()
    server.core.set_faults("latency:600@batchExportJobs")
    folder = tmp_path / "out"
    folder.mkdir()
    with start(caller.kind, server, folder) as process:
        wait_until(process, lambda: len(server.core.requests) == 2)
        process.send_signal(signal.SIGINT)
        assert process.stderr is not None
        assert b"KeyboardInterrupt" in process.stderr.read()
    assert list(folder.iterdir()) == []
    server.core.reset()


def test_ctrl_c_ends_an_export_to_obs_at_once(caller: Caller, mock: Server) -> None:
    """SIGINT, with the server silent, ends the program soon; no new request follows."""
    mock.core.load(many_jobs(10))
    mock.core.set_faults("latency:600@exportJob")
    with start(caller.kind, mock, "obs://bucket/folder") as process:
        wait_until(process, lambda: len(mock.core.requests) == 2)
        process.send_signal(signal.SIGINT)
        assert process.stderr is not None
        assert b"KeyboardInterrupt" in process.stderr.read()
    assert len(mock.core.requests) == 2
