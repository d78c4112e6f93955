"""The clients and the disk: full disks, odd places, links, two runs in one folder."""

from __future__ import annotations

import errno
import io
import os
import stat
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any

import pytest

from jobexport import errors
from jobexport.client.target import Part
from jobexport.mock.faults import client_wire
from tests.client.making.scripted import Scripted, ScriptedResponse
from tests.client.making.values import members, zip_of
from tests.making.waits import Waits

if TYPE_CHECKING:
    from pathlib import Path

    from jobexport.mock import Server
    from tests.client.making.calls import Caller

# Files of this process may have 500 bytes, as if the disk were full.
LIMITED = """
import resource, signal, sys
from jobexport import DgcClient
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (500, 500))
project, url, token, folder = sys.argv[1:]
with DgcClient(project, auth=token, base_url=url) as dgc:
    try:
        dgc.export_job("myJob", to=folder + "/one.zip")
    except Exception as error:
        print(type(error).__name__, error.errno)
    try:
        print(*(f"{type(error).__name__}" for error in dgc.export_jobs(["myJob"], to=folder).failures.values()))
    except Exception as error:
        print(type(error).__name__)
"""


def test_a_disk_without_room_is_no_damaged_zip(mock: Server, tmp_path: Path) -> None:
    """A zip that is small enough to wait in memory is TargetUnwritable too when it can't be written out."""
    command = [sys.executable, "-c", LIMITED, mock.project_id, mock.url, mock.token, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.stdout.splitlines(), done.stderr) == (
        [f"TargetUnwritable {errno.EFBIG}", "TargetUnwritable"],
        "",
    )
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_ends_the_run_and_loses_nothing(
    caller: Caller, scripted: Scripted, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk keeps the written zips; all other jobs fail for the same reason, requested or not."""
    names = [f"j{number}" for number in range(250)]
    scripted.respond(ScriptedResponse(zip_of({f"jobs/{name}/{name}.job": b"{}" for name in names[:100]})))
    put = Part.put

    def full(self: Part, target: Path) -> None:
        if target.stem == "j5":
            raise OSError(errno.ENOSPC, "No space left on device")
        put(self, target)

    monkeypatch.setattr(Part, "put", full)
    result = caller.jobs(scripted, names, to=tmp_path, concurrency=1)
    assert list(result.archives) == ["j0", "j1", "j2", "j3", "j4"]
    assert len(scripted.received) == 1
    assert {str(error) for error in result.failures.values()} == {
        f"cannot write {tmp_path / 'j5.zip'}: No space left on device; make room, or choose another place"
    }
    assert sorted(path.stem for path in tmp_path.iterdir()) == list(result.archives)


def test_a_place_that_is_taken_costs_that_job_only(caller: Caller, mock: Server, tmp_path: Path) -> None:
    """A folder stands where one job's zip should go: it stays, and the other jobs are exported."""
    (tmp_path / "myJob.zip").mkdir()
    result = caller.jobs(mock, ["myJob", "job_batch"], to=tmp_path)
    assert list(result.archives) == ["job_batch"]
    assert type(result.failures["myJob"]) is errors.TargetUnwritable
    assert sorted(path.name for path in tmp_path.iterdir()) == ["job_batch.zip", "myJob.zip"]


def test_a_pipe_in_the_folder_is_not_read(caller: Caller, mock: Server, tmp_path: Path) -> None:
    """A pipe in a zip's place is not read as a zip, which would never end."""
    os.mkfifo(tmp_path / "myJob.zip")
    assert caller.jobs(mock, ["myJob"], to=tmp_path).reused == frozenset()


def test_the_longest_names_get_files(caller: Caller, scripted: Scripted, tmp_path: Path) -> None:
    """Two names of 128 characters that differ in case only, too."""
    names = ["L" * 128, "l" * 128]
    scripted.respond(ScriptedResponse(zip_of({f"jobs/{name}/{name}.job": b"{}" for name in names})))
    assert caller.jobs(scripted, names, to=tmp_path).succeeded
    assert len({path.name.lower() for path in tmp_path.iterdir()}) == 2


def test_a_second_run_in_the_same_folder_is_refused(
    caller: Caller, mock: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the first one goes on; it is not disturbed, and the folder is free again at its end."""
    waits = Waits()
    monkeypatch.setattr(client_wire, "asyncio", waits)
    mock.core.set_faults("latency:1@batchExportJobs")
    outcome: list[Any] = []
    first = threading.Thread(target=lambda: outcome.append(caller.jobs(mock, ["myJob"], to=tmp_path)))
    first.start()
    waits.until_one_begins()
    with pytest.raises(errors.FolderInUse, match="another run has it"):
        caller.jobs(mock, ["job_batch"], to=tmp_path)
    waits.end_one()
    first.join()
    assert outcome[0].succeeded
    mock.core.set_faults()
    assert caller.jobs(mock, ["job_batch"], to=tmp_path).succeeded


def test_a_file_that_is_replaced_keeps_its_permissions(caller: Caller, mock: Server, tmp_path: Path) -> None:
    """A file that only its owner may read stays so."""
    for path in (tmp_path / "one.zip", tmp_path / "many/myJob.zip"):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"old")
        path.chmod(0o600)
    caller.job(mock, "myJob", to=tmp_path / "one.zip")
    caller.jobs(mock, ["myJob"], to=tmp_path / "many")
    for path in (tmp_path / "one.zip", tmp_path / "many/myJob.zip"):
        assert members(path)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_link_stays_a_link(caller: Caller, mock: Server, tmp_path: Path) -> None:
    """The file that a link leads to is replaced, or created."""
    (tmp_path / "data").mkdir()
    (tmp_path / "latest.zip").symlink_to(tmp_path / "data/today.zip")
    caller.job(mock, "myJob", to=tmp_path / "latest.zip")
    assert (tmp_path / "latest.zip").is_symlink()
    assert members(tmp_path / "data/today.zip")


@pytest.mark.parametrize("to", ["x" * 300, "d/" + "x" * 300 + "/"])
def test_a_name_that_is_too_long_is_an_error_of_the_tree(caller: Caller, mock: Server, tmp_path: Path, to: str) -> None:
    """It names the path, for one job and for many."""
    for call in (caller.job, caller.jobs):
        names: Any = "myJob" if call == caller.job else ["myJob"]
        with pytest.raises(errors.TargetUnwritable, match="File name too long"):
            call(mock, names, to=str(tmp_path / to))


def test_a_path_with_a_lone_surrogate_is_a_value_error(caller: Caller, mock: Server) -> None:
    """No file can be called so; nothing is sent."""
    with pytest.raises(ValueError, match="lone surrogate"):
        caller.job(mock, "myJob", to="a\ud800.zip")
    assert len(mock.core.requests) == 0


class Raw(io.RawIOBase):
    """A raw stream that accepts a chosen number of bytes at a time."""

    def __init__(self, *takes: int | None) -> None:
        self.takes, self.content = list(takes), b""

    def writable(self) -> bool:
        return True

    def write(self, piece: Any) -> int | None:
        size = self.takes.pop(0) if len(self.takes) > 1 else self.takes[0]
        self.content += bytes(piece[: size or 0])
        return size


class Silent:
    """A writer that does not say how much it took, which is all."""

    def __init__(self) -> None:
        self.content = b""

    def write(self, piece: bytes) -> None:
        self.content += piece


def test_a_stream_that_takes_a_part_gets_the_rest(caller: Caller, mock: Server) -> None:
    """All bytes arrive, in order; a writer that says nothing took all of them."""
    raw, silent = Raw(7), Silent()
    size = caller.job(mock, "myJob", to=raw).size
    assert len(raw.content) == size
    caller.job(mock, "myJob", to=silent)
    assert raw.content == silent.content


@pytest.mark.parametrize("takes", [None, 0])
def test_a_stream_that_takes_nothing_is_an_error_of_the_tree(caller: Caller, mock: Server, takes: int | None) -> None:
    """A full pipe that does not block is an error: neither a success with bytes missing nor an endless loop."""
    with pytest.raises(errors.TargetUnwritable, match="takes no more bytes"):
        caller.job(mock, "myJob", to=Raw(5, takes))


def test_a_refusal_that_names_no_job_is_not_split(caller: Caller, scripted: Scripted, tmp_path: Path) -> None:
    """A gateway that knows no such path costs a request for each chunk, not two for each job."""
    scripted.respond(ScriptedResponse.error(404, "APIGW.0101", "The API does not exist."))
    result = caller.jobs(scripted, [f"j{number}" for number in range(200)], to=tmp_path)
    assert len(scripted.received) == 2
    assert len(result.failures) == 200


def test_a_token_that_can_not_be_fetched_ends_the_run(caller: Caller, scripted: Scripted, tmp_path: Path) -> None:
    """The function is asked once, and every job fails for its reason, an error of the tree with its own words."""
    asked: list[int] = []

    def fetch() -> str:
        asked.append(1)
        raise errors.TokenUnavailable("the safe is locked; open it")

    names = [f"j{number}" for number in range(500)]
    result = caller.with_options(auth=fetch).jobs(scripted, names, to=tmp_path, concurrency=1)
    assert len(asked) == 1
    assert {str(error) for error in result.failures.values()} == {"the safe is locked; open it"}
