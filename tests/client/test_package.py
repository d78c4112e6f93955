from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import jobexport
import jobexport.client
from jobexport import errors

if TYPE_CHECKING:
    from collections.abc import Callable

CACHE = Path(__file__).parents[2] / ".mypy_cache" / "programs"

USER_PROGRAM = '''
"""Uses every public name as a user would."""
import asyncio
import io
from datetime import UTC, datetime
from pathlib import Path
from typing import assert_type

import httpx
import jobexport
from jobexport import (
    AkSkAuth,
    AsyncDgcClient,
    AsyncDliClient,
    AsyncListIterator,
    AsyncTask,
    DgcClient,
    DliClient,
    FlinkExport,
    FlinkImport,
    ImportedFlinkJob,
    JobArchive,
    JobexportError,
    JobsExport,
    ListedFlinkJob,
    ListedJob,
    ListedResource,
    ListedScript,
    ListIterator,
    ListOutcome,
    ObsExport,
    ObsJobsExport,
    Progress,
    Retries,
    Task,
    TaskPart,
    TaskState,
    Token,
    job_names,
)
from jobexport.errors import (
    ApiError,
    ArchiveCorrupt,
    ArchiveError,
    ArchiveUnsafe,
    BackupDamaged,
    BackupError,
    BackupFormatUnknown,
    BackupRefused,
    ConnectionFailed,
    ConnectionLost,
    DownloadFailed,
    ExportFailed,
    FolderInUse,
    ImportFailed,
    InvalidRequest,
    JobNotFound,
    ListIncomplete,
    MissingExtra,
    NotABackup,
    ObsPathInvalid,
    OutcomeUnknown,
    PermissionDenied,
    RestoreRefused,
    ScriptNotFound,
    ServerFault,
    TargetUnwritable,
    TaskFailed,
    TaskNotFound,
    Throttled,
    TimedOut,
    TokenUnavailable,
    TransportError,
    TruncatedResponse,
    Unauthorized,
    UnexpectedResponse,
    UploadFailed,
)
from obstore.store import S3Store


def fetch() -> Token:
    return Token("t", expires=datetime.now(UTC))


async def fetch_async() -> str:
    return "t"


def show(progress: Progress) -> None:
    print(f"{progress.done + progress.failed} of {progress.total}, {progress.received} bytes")


def flink() -> None:
    retries = Retries(times=2, deadline=None, first_wait=0.1, longest_wait=1, repeat_writes=True)
    keys = AkSkAuth("ak", "sk", security_token="st")
    with DliClient("p", auth=keys, cloud="otc", region="eu-de", retries=retries) as dli:
        assert_type(dli.export_flink_jobs("bucket/folder"), FlinkExport)
        store = S3Store("bucket", endpoint="https://obs.eu-de.otc.t-systems.com")
        result = dli.export_flink_jobs("bucket/folder", [100, 200], download_to=Path("out"), store=store)
        assert_type(result.succeeded, bool)
        assert_type(result.archives, tuple[str, ...])
        assert_type(result.files, tuple[Path, ...])
        assert_type(result.message, str)


def jobs() -> None:
    with httpx.Client() as http, DgcClient("p", auth=fetch, base_url="https://host", http_client=http) as dgc:
        assert_type(dgc.export_job("j", to="backup/", depend=False, status="SUBMIT", workspace="w"), JobArchive)
        assert_type(dgc.export_job("j", to=io.BytesIO()), JobArchive)
        assert_type(dgc.export_job("j", obs_path="obs://b/f"), ObsExport)
        assert_type(dgc.export_jobs(["a"], to="backup", depend=True, workspace="w"), JobsExport)
        result = dgc.export_jobs(["a", "b"], to=Path("backup"), concurrency=8, progress=show)
        assert_type(result, JobsExport)
        for name, archive in result.archives.items():
            print(name, archive.path, archive.sha256, archive.size)
        for name, error in result.failures.items():
            assert_type(error, JobexportError)
        print(result.succeeded, result.reused, result.others)
        assert_type(result.ended_by, JobexportError | None)
        assert_type(result.prevented_by, JobexportError | None)


def jobs_to_obs() -> None:
    with DgcClient("p", auth="token", base_url="https://host") as dgc:
        names = job_names(["a", "b"])
        assert_type(names, tuple[str, ...])
        result = dgc.export_jobs(names, obs_path="obs://b/f", status="SUBMIT", depend=False, workspace="w")
        assert_type(result, ObsJobsExport)
        for name, export in result.exports.items():
            print(name, assert_type(export.archive, str))
        assert_type(result.failures["a"], JobexportError)
        assert_type(result.succeeded, bool)
        for error in (result.ended_by, result.prevented_by):
            assert_type(error, JobexportError | None)


def lists() -> None:
    with DgcClient("p", auth="t", base_url="https://h") as dgc, DliClient("p", auth="t", base_url="https://h") as dli:
        walk = dgc.jobs(workspace="w")
        assert_type(walk, ListIterator[ListedJob])
        for job in walk:
            print(job.name, job.type, job.fields, job.status, job.owner, job.directory)
            assert_type(job.updated, int | None)
        assert_type(walk.outcome, ListOutcome | None)
        for script in assert_type(dgc.scripts(), ListIterator[ListedScript]):
            print(script.name, script.content, dgc.show_script(script.name, workspace="w")["content"])
        for resource in assert_type(dgc.resources(), ListIterator[ListedResource]):
            print(resource.name, resource.id, resource.location)
        for flink_job in assert_type(dli.jobs(details=True), ListIterator[ListedFlinkJob]):
            print(assert_type(flink_job.id, int), flink_job.type, dli.show_flink_job(flink_job.id)["name"])
        print(dgc.show_job("j", version=2, workspace="w"))


def imports() -> None:
    with DgcClient("p", auth="t", base_url="https://h") as dgc, DliClient("p", auth="t", base_url="https://h") as dli:
        task = dgc.import_jobs("obs://b/j.zip", policy="SKIP", target_status="SAVED", approvers=["x"], workspace="w")
        assert_type(task, Task)
        assert_type(task.wait(deadline=None), TaskState)
        for part in dgc.task(task.id, workspace=task.workspace).show().parts:
            print(assert_type(part, TaskPart).name, part.status, part.message)
        dgc.create_script({"name": "s", "type": "Shell", "content": "date"}, workspace="w")
        dgc.create_resource({"name": "r", "type": "jar", "location": "obs://b/r.jar"})
        result = dli.import_flink_jobs("b/f.zip", is_cover=True)
        assert_type(result, FlinkImport)
        assert_type(result.jobs, tuple[ImportedFlinkJob, ...])
        print(result.ids, result.message, result.jobs[0].old_id, result.jobs[0].remark)


async def both() -> None:
    async with (
        AsyncDliClient("p", auth="token", base_url="https://host", timeout=httpx.Timeout(5)) as dli,
        AsyncDgcClient("p", auth=fetch_async, cloud="huaweicloud", region="cn-north-4", timeout=None) as dgc,
    ):
        assert_type(await dli.export_flink_jobs("b"), FlinkExport)
        assert_type(dgc.jobs(), AsyncListIterator[ListedJob])
        task = await dgc.import_jobs("obs://b/j.zip", policy="OVERWRITE")
        assert_type(task, AsyncTask)
        assert_type(await task.wait(), TaskState)
        assert_type(await dli.import_flink_jobs("b/f.zip", is_cover=False), FlinkImport)
        await dgc.create_script({"name": "s"})
        print([script.name async for script in dgc.scripts()], await dgc.show_job("j"), await dli.show_flink_job(1))
        export = await dgc.export_job("j", obs_path="obs://b/f")
        print(export.folder, export.archive)
        assert_type(await dgc.export_job("j", to="j.zip"), JobArchive)
        assert_type(await dgc.export_jobs(iter(["a"]), to="backup"), JobsExport)
        assert_type(await dgc.export_jobs(["a"], obs_path="obs://b/f", concurrency=2, progress=show), ObsJobsExport)


def main() -> int:
    try:
        flink()
        jobs()
        jobs_to_obs()
        lists()
        imports()
        asyncio.run(both())
    except ImportFailed as error:
        print(error.failed, error.imported, error.message)
    except TaskFailed as error:
        print(error.task_id, error.failures, error.done)
    except OutcomeUnknown as error:
        assert_type(error.task_id, str | None)
    except ListIncomplete as error:
        print(error.total, error.count, error.problem)
    except (JobNotFound, ScriptNotFound, TaskNotFound) as error:
        print(error.status, error.code, error.message, error.request_id, error.operation)
    except (InvalidRequest, ObsPathInvalid, PermissionDenied, Unauthorized):
        return 1
    except (Throttled, ServerFault) as error:
        assert_type(error.retry_after, float | None)
    except ApiError:
        return 2
    except (TimedOut, ConnectionFailed, ConnectionLost, TruncatedResponse) as error:
        assert_type(error.ambiguous, bool)
    except TransportError:
        return 3
    except ExportFailed as error:
        assert_type(error.archives, tuple[str, ...])
    except DownloadFailed as error:
        assert_type(error.archive, str)
    except UnexpectedResponse as error:
        assert_type(error.status, int)
        assert_type(error.job, str | None)
        assert_type(error.too_large, bool)
    except RestoreRefused as error:
        assert_type(error.problems, tuple[str, ...])
    except UploadFailed as error:
        assert_type(error.archive, str)
    except (FolderInUse, NotABackup, BackupDamaged, BackupFormatUnknown, BackupRefused, BackupError) as refused:
        print(refused)
    except (TokenUnavailable, TargetUnwritable, ArchiveCorrupt, ArchiveUnsafe, ArchiveError):
        return 4
    print(jobexport.__version__)
    return 0
'''


WRONG_CALLS = """
from jobexport import DgcClient
dgc = DgcClient("p", auth="t", base_url="https://host")
dgc.export_job("j")
dgc.export_job("j", to="f", obs_path="obs://b")
dgc.export_job("j", to="f", status="DRAFT")
dgc.export_jobs(7, to="f")
dgc.export_job("j", to="f").folder
DgcClient("p", auth="t", base_url="https://host", retry=3)
dgc.export_jobs(["j"])
dgc.export_jobs(["j"], to="f", obs_path="obs://b")
dgc.export_jobs(["j"], to="f", status="SUBMIT")
dgc.export_jobs(["j"], obs_path="obs://b").archives
"""


@pytest.fixture(scope="module")
def check_types(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], subprocess.CompletedProcess[str]]:
    """A function that checks a program as a user does, with the package installed and no settings of ours."""
    folder = tmp_path_factory.mktemp("program")

    def check(program: str) -> subprocess.CompletedProcess[str]:
        (folder / "program.py").write_text(program, encoding="utf-8")
        # The results for the packages it imports stay from run to run: they are most of the work.
        command = [sys.executable, "-m", "mypy", "--strict", "--config-file=", f"--cache-dir={CACHE}", "program.py"]
        return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)

    return check


def test_a_program_that_uses_every_name_passes_a_strict_type_check(check_types: Callable[..., Any]) -> None:
    """mypy --strict knows every public name, argument and result."""
    names = {*jobexport.__all__, *(name for name in vars(errors) if name[0].isupper() and name != "TYPE_CHECKING")}
    assert {name for name in names if name not in USER_PROGRAM} == set()
    done = check_types(USER_PROGRAM)
    assert done.returncode == 0, done.stdout


def test_a_wrong_call_fails_a_strict_type_check(check_types: Callable[..., Any]) -> None:
    """mypy sees on each line what would be an error when it runs."""
    found = {line.split(":")[1] for line in check_types(WRONG_CALLS).stdout.splitlines() if " error: " in line}
    assert found == {str(number) for number in range(4, 14)}


def test_every_name_is_there() -> None:
    """Each listed name is there; any other name is an AttributeError."""
    assert all(getattr(jobexport, name) is not None for name in jobexport.__all__)
    assert all(getattr(jobexport.client, name) is getattr(jobexport, name) for name in jobexport.client.__all__)
    for package in (jobexport, jobexport.client):
        with pytest.raises(AttributeError, match="Clinet"):
            getattr(package, "Clinet")  # noqa: B009 (a type checker would refuse the plain spelling)


def test_importing_the_package_loads_nothing_else() -> None:
    """`import jobexport` loads neither httpx nor anything that a client needs until it is asked for one."""
    code = (
        "import sys, jobexport\n"
        "assert not {'httpx', 'attrs', 'asyncio', 'jobexport.client', 'jobexport_api'} & sys.modules.keys()\n"
        "jobexport.DgcClient\n"
        "loaded = {'starlette', 'yaml', 'obstore', 'jobexport.mock', 'jobexport.spec'} & sys.modules.keys()\n"
        "assert not loaded, loaded\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
