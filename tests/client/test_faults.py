"""Every fault of the mock × every public call, blocking and async; `pytest -v` ends with the table."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Any

import pytest
from attrs import frozen
from obstore.store import LocalStore

from jobexport import FlinkExport, JobArchive, JobsExport, ObsExport, ObsJobsExport, errors
from jobexport.errors import JobexportError
from jobexport.mock import FAULTS, FolderStorage, Server, serve
from jobexport.mock.faults.fault import FOR_CLIENTS
from jobexport.mock.requests.operations import read_operations
from jobexport.spec import load_edition
from tests.client.making.calls import EDITION, OUTCOMES, Caller
from tests.client.making.values import members

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

OLD = b"what was there before"
JSON_CALLS = ("flink", "flink_downloaded", "job_to_obs", "jobs_to_obs")
JOBS = ("myJob", "job_batch", "job_stream")
DOCUMENTED = read_operations(load_edition(EDITION))
SUITED = {
    fault.id: {operation.id for operation in DOCUMENTED if fault.suits.test(operation)} for fault in FAULTS.values()
}
"""The operations that a fault can happen to."""
# A number that keeps the test quick; a fault that is not here happens as it is by default.
ARGUMENTS = {"latency": "0.05", "slow-drip": "20000", "status-429": "0", "zip-bomb": "4"}
# The required error of a fault that concerns any response; a fault that is not listed may end in any error or the right
# result.
CERTAIN: dict[str, Any] = {
    "latency": None,
    "needs-project-header": None,
    "slow-drip": None,
    "wrong-content-type": None,
    "extra-field": None,
    "scalar-instead-of-list": None,
    "status-429": errors.Throttled,
    "status-500": errors.ServerFault,
    "status-502": errors.ServerFault,
    "status-503": errors.ServerFault,
    "status-520": errors.ServerFault,
    "status-418": errors.ApiError,
    "reset-before": errors.ConnectionLost,
    "reset-mid-body": (errors.ConnectionLost, errors.TruncatedResponse),
    "truncated-lying": errors.TruncatedResponse,
    "truncated": (errors.UnexpectedResponse, errors.ArchiveCorrupt),
    "zip-bad-crc": errors.ArchiveCorrupt,
    "zip-bad-directory": errors.ArchiveCorrupt,
    "zip-empty": errors.UnexpectedResponse,
    "zip-no-members": errors.UnexpectedResponse,
    "zip-bomb": errors.UnexpectedResponse,
    "html-instead-of-json": errors.UnexpectedResponse,
    "error-body-on-200": errors.ApiError,
    "is-success-false": errors.ExportFailed,
    "is-success-string-false": errors.ExportFailed,
    "is-success-upper-false": errors.ExportFailed,
    "missing-field": errors.UnexpectedResponse,
    "wrong-type": errors.UnexpectedResponse,
}


@frozen
class Call:
    """A public call with a folder to write to, and what holds when it succeeds."""

    operation: str
    caller: Caller
    server: Server
    folder: Path
    obs: Path

    def flink(self) -> None:
        result = self.caller.dli(self.server, "obs-test", [100])
        assert isinstance(result, FlinkExport)
        assert result.succeeded is True
        assert [name.partition("_")[0] for name in result.archives] == ["obs-test/aggregate"]

    def flink_downloaded(self) -> None:
        store = LocalStore(self.obs / "obs-test", mkdir=True)
        result = self.caller.dli(self.server, "obs-test", [100], download_to=self.folder, store=store)
        assert [path.parent for path in result.files] == [self.folder]
        assert list(members(result.files[0])) != []

    def job_to_file(self) -> None:
        path = self.folder / "old.zip"
        archive = self.caller.job(self.server, "myJob", to=path)
        assert isinstance(archive, JobArchive)
        assert archive.path == path
        assert "jobs/myJob.job" in members(path)

    def job_to_folder(self) -> None:
        archive = self.caller.job(self.server, "myJob", to=self.folder)
        assert archive.path == self.folder / "DLF_myJob.zip"
        assert "jobs/myJob.job" in members(archive.path)

    def job_to_stream(self) -> None:
        stream = io.BytesIO()
        try:
            archive = self.caller.job(self.server, "myJob", to=stream)
        except JobexportError:
            assert stream.getvalue() == b""
            raise
        assert archive.size == len(stream.getvalue())
        with zipfile.ZipFile(stream) as written:
            assert "jobs/myJob.job" in written.namelist()

    def job_to_obs(self) -> None:
        result = self.caller.job(self.server, "myJob", obs_path="obs://bucket/folder")
        assert isinstance(result, ObsExport)
        assert result.folder.startswith("obs://bucket/folder/myJob/")

    def jobs_to_obs(self) -> None:
        result = self.caller.jobs(self.server, JOBS, obs_path="obs://bucket/folder")
        assert isinstance(result, ObsJobsExport)
        for name, export in result.exports.items():
            assert export.folder.startswith(f"obs://bucket/folder/{name}/")
        assert {*result.exports, *result.failures} == set(JOBS)
        for error in result.failures.values():
            # As the other calls raise, so that one test suits all.
            raise error

    def jobs(self) -> None:
        result = self.caller.jobs(self.server, JOBS, to=self.folder)
        assert isinstance(result, JobsExport)
        for name, archive in result.archives.items():
            assert archive.path is not None
            assert f"jobs/{name}/{name}.job" in members(archive.path)
        assert {*result.archives, *result.failures} == set(JOBS)
        assert len({type(error) for error in result.failures.values()}) <= 1
        for path in result.others:
            path.unlink()
        for error in result.failures.values():
            # As the other calls raise, so that one test suits all.
            raise error


OPERATIONS = {
    "flink": "exportFlinkJobs",
    "flink_downloaded": "exportFlinkJobs",
    "job_to_file": "exportJob",
    "job_to_folder": "exportJob",
    "job_to_stream": "exportJob",
    "job_to_obs": "exportJob",
    "jobs_to_obs": "exportJob",
    "jobs": "batchExportJobs",
}


def call_under(fault: str, call: str, server: Server, obs: Path, caller: Caller, folder: Path) -> JobexportError | None:
    """Call while the fault is set; check the disk; return the error, whose text has no token."""
    operation = OPERATIONS[call]
    argument = f":{ARGUMENTS[fault]}" if fault in ARGUMENTS else ""
    server.core.set_faults(f"{fault}{argument}@{operation}")
    (folder / "old.zip").write_bytes(OLD)
    outcome: JobexportError | None = None
    try:
        getattr(Call(operation, caller, server, folder, obs), call)()
    except JobexportError as error:
        outcome = error
    finally:
        server.core.set_faults()
    if outcome is not None:
        assert type(outcome) is not JobexportError
        assert server.token not in f"{outcome!r} {outcome} {outcome.__cause__!r} {outcome.__context__!r}"
        assert (folder / "old.zip").read_bytes() == OLD
        for path in folder.iterdir():
            # Only jobs that came whole, from a batch in which others did not.
            assert path.name == "old.zip" or (call == "jobs" and members(path))
    assert not [path for path in folder.iterdir() if path.name.endswith(".part")]
    return outcome


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Path]]:
    obs = tmp_path_factory.mktemp("obs")
    with serve(EDITION, storage=FolderStorage(obs)) as server:
        yield server, obs


@pytest.mark.parametrize(
    ("fault", "call"),
    [
        (fault.id, call)
        for fault in FAULTS.values()
        for call, operation in OPERATIONS.items()
        if fault.group == FOR_CLIENTS and operation in SUITED[fault.id]
    ],
)
def test_a_fault_ends_in_a_typed_error_or_the_right_result(
    request: pytest.FixtureRequest,
    served: tuple[Server, Path],
    caller: Caller,
    tmp_path: Path,
    fault: str,
    call: str,
) -> None:
    """Whatever the fault: an error of the tree or the right result, no half file, and the old file as it was."""
    outcome = call_under(fault, call, *served, caller, tmp_path)
    table = request.config.stash.setdefault(OUTCOMES, {})
    table[fault, call, caller.kind] = "right" if outcome is None else type(outcome).__name__
    # A zip has no fields, and a body that is not a zip has no members.
    applies = fault in CERTAIN and (call in JSON_CALLS or fault not in {"missing-field", "wrong-type"})
    applies = applies and (call not in JSON_CALLS or not fault.startswith("zip-"))
    if applies and CERTAIN[fault] is None:
        assert outcome is None
    elif applies:
        assert isinstance(outcome, CERTAIN[fault]), outcome


# These faults come in responses that arrive whole, which both kinds of clients read with the same code: each fault is
# tried with one kind.
DEFECTS = [fault.id for fault in FAULTS.values() if fault.group != FOR_CLIENTS and SUITED[fault.id]]


@pytest.mark.parametrize(
    ("fault", "caller"),
    [(fault, Caller(("sync", "async")[number % 2])) for number, fault in enumerate(DEFECTS)],
    ids=DEFECTS,
)
def test_a_server_that_breaks_its_contract_makes_nothing_leak(
    served: tuple[Server, Path], caller: Caller, tmp_path: Path, fault: str
) -> None:
    """Any fault of a well-formed response ends in a value or an error of the tree; a file is complete, old or new."""
    server, obs = served
    store = LocalStore(obs / "obs-test", mkdir=True)
    calls: dict[str, tuple[str, Callable[[], Any]]] = {
        "flink": (
            "exportFlinkJobs",
            lambda: caller.dli(server, "obs-test", None, download_to=tmp_path / "flink", store=store),
        ),
        "file": ("exportJob", lambda: caller.job(server, "myJob", to=tmp_path / "old.zip")),
        "obs": ("exportJob", lambda: caller.job(server, "myJob", obs_path="obs://bucket/folder")),
        "obs jobs": ("exportJob", lambda: caller.jobs(server, JOBS, obs_path="obs://bucket/folder")),
        "jobs": ("batchExportJobs", lambda: caller.jobs(server, JOBS, to=tmp_path / "jobs")),
    }
    (tmp_path / "old.zip").write_bytes(OLD)
    outcomes = list[JobexportError]()
    for operation, call in calls.values():
        if operation not in SUITED[fault]:
            continue
        server.core.set_faults(f"{fault}@{operation}")
        try:
            result = call()
        except JobexportError as error:
            outcomes.append(error)
        else:
            assert isinstance(result, FlinkExport | JobArchive | ObsExport | JobsExport | ObsJobsExport)
            outcomes += result.failures.values() if isinstance(result, JobsExport | ObsJobsExport) else []
        finally:
            server.core.set_faults()
    assert JobexportError not in map(type, outcomes)
    for path in tmp_path.rglob("*"):
        assert not path.name.endswith(".part")
        if path.is_file() and path.read_bytes() != OLD:
            assert path.suffix == ".zip"
            assert members(path)
    server.core.reset()
