"""The export commands: what they write and print, their exit codes, and where credentials come from."""

from __future__ import annotations

import ast
import io
import json
import os
import pty
import re
import signal
import socket
import subprocess
import sys
import sysconfig
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from attrs import evolve
from click.testing import CliRunner

import jobexport
from jobexport import mock
from jobexport.backup import verify
from jobexport.cli.commands import cli
from jobexport.cli.export import dgc as export_dgc
from jobexport.cli.export.connection import CLOUDS
from jobexport.client.arguments import ENDPOINTS
from jobexport.core import redact
from jobexport.mock import EXAMPLE_PROJECT, EXAMPLE_TOKEN, FolderStorage, State
from jobexport.spec.editions import edition_ids
from tests.cli.making.identity import PASSWORD, Identity
from tests.drift.making.described import DESCRIBED
from tests.making.waits import until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from click.testing import Result

    from jobexport.mock.state.values import DgcJob

pytestmark = pytest.mark.usefixtures("warm")

JOBEXPORT = ("-m", "jobexport")
VARIABLES = (
    "JOBEXPORT_TOKEN",
    "HUAWEICLOUD_SDK_AK",
    "HUAWEICLOUD_SDK_SK",
    "HUAWEICLOUD_SDK_SECURITY_TOKEN",
    "HUAWEICLOUD_SDK_PROJECT_ID",
    "OS_CLOUD",
    "OS_CLIENT_CONFIG_FILE",
)
TOKEN = {"JOBEXPORT_TOKEN": EXAMPLE_TOKEN, "HUAWEICLOUD_SDK_PROJECT_ID": EXAMPLE_PROJECT}
KEYS = {
    "HUAWEICLOUD_SDK_AK": mock.EXAMPLE_ACCESS_KEY,
    "HUAWEICLOUD_SDK_SK": mock.EXAMPLE_SECRET_KEY,
    "HUAWEICLOUD_SDK_PROJECT_ID": EXAMPLE_PROJECT,
}


@pytest.fixture(scope="module")
def obs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("obs")


@pytest.fixture(scope="module")
def running(obs: Path) -> Iterator[mock.Server]:
    with mock.serve(DESCRIBED.documents["huaweicloud-intl-2026"], storage=FolderStorage(obs)) as server:
        yield server


@pytest.fixture
def server(running: mock.Server) -> Iterator[mock.Server]:
    """The mock of an edition that has every field."""
    running.core.reset()
    yield running
    running.core.reset()


def run(*arguments: object, env: dict[str, str] = TOKEN, given: str | bytes | None = None) -> Result:
    """Run a command in this process."""
    known = dict.fromkeys(VARIABLES) | env | {"NO_PROXY": "*"}
    return CliRunner(env=known).invoke(cli, [str(argument) for argument in arguments], input=given)


def dgc(server: mock.Server, *arguments: object, **options: Any) -> Result:
    return run("dgc", "export", "--url", server.url, *arguments, **options)


def dli(server: mock.Server, *arguments: object, **options: Any) -> Result:
    return run("dli", "export", "--url", server.url, *arguments, **options)


def one_sentence(result: Result, *words: str) -> None:
    """Assert exit code 2 and nothing but one line of error with these words."""
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    lines = [line for line in result.stderr.splitlines() if not line.startswith(("Usage:", "Try ")) and line]
    assert len(lines) == 1, result.stderr
    assert all(word in lines[0] for word in words), lines[0]


def members(path: Path) -> list[str]:
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        return archive.namelist()


def body(server: mock.Server) -> Any:
    return json.loads(server.core.requests[-1].content)


def headers(server: mock.Server) -> dict[str, str]:
    return {name.decode().lower(): value.decode() for name, value in server.core.requests[-1].headers}


def test_each_job_becomes_a_zip(server: mock.Server, tmp_path: Path) -> None:
    """The folder is made, each job has its zip, and a sentence says so."""
    result = dgc(server, "myJob", "job_batch", "-o", tmp_path / "new/folder")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == f"2 of 2 jobs exported to {tmp_path / 'new/folder'}\n"
    assert "jobs/myJob/myJob.job" in members(tmp_path / "new/folder/myJob.zip")
    assert "jobs/job_batch/job_batch.job" in members(tmp_path / "new/folder/job_batch.zip")


def test_a_job_that_fails_is_listed_and_costs_the_exit_code(server: mock.Server, tmp_path: Path) -> None:
    """A missing job is a line and exit code 1; all other jobs are exported."""
    result = dgc(server, "myJob", "gone", "lost", "-o", tmp_path)
    assert result.exit_code == 1
    assert [path.name for path in tmp_path.iterdir()] == ["myJob.zip"]
    lines = result.stderr.splitlines()
    assert [line.partition(":")[0] for line in lines] == ["gone", "lost"]
    assert all("DLF.0100" in line and "check the job's name" in line for line in lines)
    assert result.stdout.startswith("1 of 3 jobs exported")


def test_the_outcome_for_programs(server: mock.Server, tmp_path: Path) -> None:
    """JSON has each job's file, size and SHA-256, and each failure's class, status and code."""
    dgc(server, "job_batch", "-o", tmp_path)
    result = dgc(server, "job_batch", "myJob", "gone", "-o", tmp_path, "--format", "json")
    assert result.exit_code == 1
    found = json.loads(result.stdout)
    by_name = {job["name"]: job for job in found["jobs"]}
    assert [(name, job["reused"]) for name, job in by_name.items()] == [("job_batch", True), ("myJob", False)]
    assert by_name["myJob"]["file"] == str(tmp_path / "myJob.zip")
    assert by_name["myJob"]["size"] == (tmp_path / "myJob.zip").stat().st_size
    assert re.fullmatch("[0-9a-f]{64}", by_name["myJob"]["sha256"])
    (failure,) = found["failures"]
    assert (failure["name"], failure["error"], failure["status"], failure["code"]) == (
        "gone",
        "JobNotFound",
        400,
        "DLF.0100",
    )


@pytest.mark.parametrize("source", ["file", "stdin"])
def test_names_come_from_a_file(server: mock.Server, tmp_path: Path, source: str) -> None:
    """The file has one name a line; blank lines, comments and a byte order mark are skipped; a name counts once."""
    text = "\ufeff# nightly\nmyJob   # the main one\n\n  job_batch\r\nmyJob\n"
    path = tmp_path / "jobs.txt"
    path.write_text(text, encoding="utf-8", newline="")
    given = text.encode() if source == "stdin" else None
    file = "-" if source == "stdin" else path
    result = dgc(server, "job_stream", "--from-file", file, "-o", tmp_path / "out", given=given)
    assert result.exit_code == 0, result.stderr
    assert sorted(path.stem for path in (tmp_path / "out").iterdir()) == ["job_batch", "job_stream", "myJob"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"myJob\n\nmy job\n", ("jobs.txt line 3", "'my job'", "1 to 128 letters")),
        (b"# nothing\n", ("names is empty",)),
        (b"\xff\xfem\0y\0", ("jobs.txt is not UTF-8", "save it as UTF-8")),
        (b"j\n" * (3 << 20), ("jobs.txt is longer than 4 MiB", "name fewer jobs")),
        (None, ("cannot read", "jobs.txt", "No such file")),
    ],
)
def test_a_file_of_names_that_can_not_be_used(
    server: mock.Server, tmp_path: Path, content: bytes | None, words: tuple[str, ...]
) -> None:
    """It is one sentence with the file, and the line where it has one; nothing is sent."""
    if content is not None:
        (tmp_path / "jobs.txt").write_bytes(content)
    one_sentence(dgc(server, "--from-file", tmp_path / "jobs.txt", "-o", tmp_path / "out"), *words)
    assert len(server.core.requests) == 0
    assert not (tmp_path / "out").exists()


def test_what_is_there_is_not_fetched_again(server: mock.Server, tmp_path: Path) -> None:
    """The second run asks for the missing job only, and says how many were there."""
    dgc(server, "myJob", "-o", tmp_path)
    result = dgc(server, "myJob", "job_batch", "-o", tmp_path)
    assert body(server)["jobList"] == ["job_batch"]
    assert result.stdout == f"2 of 2 jobs exported to {tmp_path}, 1 of them there before\n"


def test_options_reach_the_request(server: mock.Server, tmp_path: Path) -> None:
    """--no-depend and --workspace are sent; without them neither is."""
    dgc(server, "myJob", "-o", tmp_path / "a", "--no-depend", "--workspace", "w1")
    assert body(server) == {"jobList": ["myJob"], "exportDepend": False}
    assert headers(server)["workspace"] == "w1"
    dgc(server, "myJob", "-o", tmp_path / "b")
    assert body(server) == {"jobList": ["myJob"]}
    assert "workspace" not in headers(server)


def test_unpack_puts_a_folder_beside_each_zip(server: mock.Server, tmp_path: Path) -> None:
    """The folder has the zip's members; a second run leaves it as it is."""
    for _ in range(2):
        result = dgc(server, "myJob", "--unpack", "-o", tmp_path)
        assert result.exit_code == 0, result.stderr
        files = {path.relative_to(tmp_path / "myJob").as_posix() for path in (tmp_path / "myJob").rglob("*.*")}
        assert files == set(members(tmp_path / "myJob.zip"))


def test_unpack_takes_any_name_of_a_job(server: mock.Server, tmp_path: Path) -> None:
    """Jobs named like devices, like each other, like a zip or like git's own folder are unpacked, each night."""
    names = ["con", "a.", ".git", "..", "Job", "job", "aux.zip", "x", "x.zip", "n" * 128]
    place = f"{EXAMPLE_PROJECT}/workspaces/default/jobs"
    server.core.load(server.core.state.with_files({f"{place}/{name}.job": {"name": name} for name in names}))
    for _ in range(2):
        result = dgc(server, *names, "--unpack", "-o", tmp_path)
        assert result.exit_code == 0, result.stderr
    assert len([path for path in tmp_path.iterdir() if path.is_dir()]) == len(names)
    assert (tmp_path / "%63on/jobs/%63on/%63on.job").is_file()


def test_unpack_into_what_is_not_empty_fails_that_job(server: mock.Server, tmp_path: Path) -> None:
    """A folder with something of the user's stays as it is, and the job is listed as failed."""
    (tmp_path / "myJob").mkdir()
    (tmp_path / "myJob/mine").write_text("x")
    result = dgc(server, "myJob", "job_batch", "--unpack", "-o", tmp_path)
    assert result.exit_code == 1
    assert "myJob: " in result.stderr
    assert "is not empty" in result.stderr
    assert [path.name for path in (tmp_path / "myJob").iterdir()] == ["mine"]
    assert (tmp_path / "job_batch/jobs/job_batch/job_batch.job").is_file()


def test_unpack_into_what_is_of_another_export_fails_that_job(server: mock.Server, tmp_path: Path) -> None:
    """A folder that differs from a reused zip is not reported as unpacked."""
    dgc(server, "myJob", "--unpack", "-o", tmp_path)
    result = dgc(server, "myJob", "--unpack", "--no-depend", "-o", tmp_path)
    assert result.exit_code == 1
    assert "is not empty" in result.stderr
    (tmp_path / "job_batch").mkdir()
    (tmp_path / "job_batch/mine").write_text("x")
    dgc(server, "job_batch", "-o", tmp_path)
    assert dgc(server, "job_batch", "--unpack", "-o", tmp_path).exit_code == 1


def test_git_leaves_out_a_job_that_can_not_be_read(server: mock.Server, tmp_path: Path) -> None:
    """It is listed as failed, and the others are written."""
    project = server.state.projects[EXAMPLE_PROJECT]
    workspace = project.workspaces["default"]
    broken = evolve(workspace.jobs["myJob"], content=b'{"name": "myJob", "name": "again"}')
    changed = evolve(workspace, jobs={**workspace.jobs, "myJob": broken})
    workspaces = {**project.workspaces, "default": changed}
    server.core.load(evolve(server.state, projects={EXAMPLE_PROJECT: evolve(project, workspaces=workspaces)}))
    result = dgc(server, "myJob", "job_batch", "--git", "-o", tmp_path)
    assert result.exit_code == 1
    assert result.stderr.startswith("myJob: ")
    assert [path.name for path in (tmp_path / "jobs").iterdir()] == ["job_batch.json"]


def test_git_keeps_what_came_beside_the_jobs(tmp_path: Path) -> None:
    """A batch in the layout of a single export loses no script."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("jobs/one.job", '{"name": "one"}')
        archive.writestr("scripts/s.script", '{"name": "s", "type": "Shell", "content": "ls"}')

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(content.getvalue())

        def log_message(self, *_: object) -> None:
            """Log nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as http:
        thread = threading.Thread(target=http.handle_request)
        thread.start()
        url = f"http://127.0.0.1:{http.server_port}"
        result = run("dgc", "export", "one", "--git", "-o", tmp_path, "--url", url)
        thread.join()
    assert result.exit_code == 0, result.stderr
    assert (tmp_path / "scripts/s.sh").read_text() == "ls"


def test_git_keeps_a_folder_up_to_date(server: mock.Server, tmp_path: Path) -> None:
    """Jobs are sorted JSON, scripts have their suffix, no zip stays, and a second run changes nothing."""
    result = dgc(server, "myJob", "job_batch", "--git", "-o", tmp_path)
    assert result.exit_code == 0, result.stderr
    assert (tmp_path / "jobs/myJob.json").read_text().startswith('{\n  "')
    assert (tmp_path / "scripts/dws_sql.sql").is_file()
    assert list(tmp_path.rglob("*.zip")) == []
    again = dgc(server, "myJob", "job_batch", "--git", "-o", tmp_path, "--format", "json")
    assert json.loads(again.stdout)["written"] == []
    state = server.core.state.with_files({f"{EXAMPLE_PROJECT}/workspaces/default/jobs/myJob.job": {"name": "myJob"}})
    server.core.load(state)
    changed = dgc(server, "myJob", "job_batch", "--git", "-o", tmp_path, "--format", "json")
    assert json.loads(changed.stdout)["written"] == [str(tmp_path / "jobs/myJob.json")]


def hold(server: mock.Server, **jobs: DgcJob) -> None:
    """Let the default workspace have just these jobs."""
    project = server.state.projects[EXAMPLE_PROJECT]
    workspaces = {**project.workspaces, "default": evolve(project.workspaces["default"], jobs=jobs)}
    server.core.load(evolve(server.state, projects={EXAMPLE_PROJECT: evolve(project, workspaces=workspaces)}))


def test_all_jobs_of_a_workspace_are_exported(server: mock.Server, tmp_path: Path) -> None:
    """--all takes jobs of both kinds, and exports the same as all names do."""
    names = sorted(server.state.projects[EXAMPLE_PROJECT].workspaces["default"].jobs)
    result = dgc(server, "--all", "--git", "-o", tmp_path / "all", "--format", "json")
    assert result.exit_code == 0, result.stderr
    assert sorted(job["name"] for job in json.loads(result.stdout)["jobs"]) == names
    dgc(server, *names, "--git", "-o", tmp_path / "named")
    found = [
        {path.relative_to(root): path.read_bytes() for path in root.rglob("*.*")}
        for root in (tmp_path / "all", tmp_path / "named")
    ]
    assert found[0] == found[1]


def test_what_is_not_exported_any_more_is_removed(server: mock.Server, tmp_path: Path) -> None:
    """--remove-gone removes files of jobs and scripts; nothing if a job fails, its name is bad, or no job is there."""
    jobs = dict(server.state.projects[EXAMPLE_PROJECT].workspaces["default"].jobs)
    dgc(server, "--all", "--git", "-o", tmp_path)
    before = {path.name for path in tmp_path.rglob("*.json")}
    command = ("--all", "--git", "--remove-gone", "-o", tmp_path)
    broken = evolve(jobs["myJob"], content=b'{"name": "myJob", "name": "again"}')
    one = jobs["job_batch"]
    for held, code in (({"myJob": broken, "job_batch": one}, 1), ({"a b": one, "job_batch": one}, 1), ({}, 3)):
        hold(server, **held)
        result = dgc(server, *command)
        assert result.exit_code == code, result.stderr
        assert "nothing was removed from" in result.stderr.casefold()
        assert {path.name for path in tmp_path.rglob("*.json")} == before
    hold(server, job_batch=jobs["job_batch"])
    result = dgc(server, *command, "--format", "json")
    assert result.exit_code == 0, result.stderr
    assert [path.name for path in (tmp_path / "jobs").iterdir()] == ["job_batch.json"]
    assert str(tmp_path / "jobs/myJob.json") in json.loads(result.stdout)["removed"]


@pytest.mark.parametrize("names", [("--all",), ("myJob",)])
def test_a_backup_is_no_folder_of_an_export(server: mock.Server, tmp_path: Path, names: tuple[str, ...]) -> None:
    """A file that its manifest does not know would spoil the backup: nothing is exported, and nothing changes."""
    assert run("dgc", "backup", "--url", server.url, "-o", tmp_path).exit_code == 0
    server.core.requests.clear()
    result = dgc(server, *names, "--git", "-o", tmp_path)
    assert (result.exit_code, result.stdout) == (3, "")
    assert "is a backup" in result.stderr
    assert {seen.operation for seen in server.core.requests} <= {"listJobs"}
    assert verify(tmp_path).passed


def test_a_workspace_without_jobs_is_named(server: mock.Server, tmp_path: Path) -> None:
    """Nothing is exported, and standard error asks whether the workspace is the right one."""
    hold(server)
    result = dgc(server, "--all", "-o", tmp_path)
    assert (result.exit_code, "right workspace?" in result.stderr) == (0, True)


def test_a_list_that_is_not_complete_removes_nothing(server: mock.Server, tmp_path: Path) -> None:
    """Jobs that came are exported; the exit code is 1."""
    dgc(server, "--all", "--git", "-o", tmp_path)
    before = {path.name for path in tmp_path.rglob("*.json")}
    hold(server, job_batch=server.state.projects[EXAMPLE_PROJECT].workspaces["default"].jobs["job_batch"])
    server.core.set_faults("list-total-too-high@listJobs")
    result = dgc(server, "--all", "--git", "--remove-gone", "-o", tmp_path)
    assert result.exit_code == 1
    assert "not complete" in result.stderr
    assert {path.name for path in tmp_path.rglob("*.json")} == before


def test_a_refusal_ends_an_export_to_obs(server: mock.Server) -> None:
    """No request follows that can only be refused as well."""
    names = [f"job{number}" for number in range(50)]
    env = TOKEN | {"JOBEXPORT_TOKEN": "no"}
    result = dgc(server, *names, "--obs-path", "obs://b/f", "--concurrency", 1, env=env)
    one_sentence(result, "get a new token")
    assert len(server.core.requests) == 1


def test_what_the_service_says_is_fit_for_a_line(server: mock.Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """Escapes and line breaks in a name are shown as they are written in code."""
    flink = server.state.projects[EXAMPLE_PROJECT].flink
    monkeypatch.setitem(flink, 100, evolve(flink[100], name="a\x1b[31m\nb"))
    result = dli(server, "--obs-dir", "obs-test", "--job", 100)
    assert len(result.stdout.splitlines()) == 1
    assert result.stdout.startswith("obs-test/a\\x1b[31m\\nb_")


@pytest.mark.parametrize("form", ["text", "json"])
def test_no_output_shows_the_token(
    server: mock.Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    """Not where a zip's name has it, nor where a user wrote it into the file of names."""
    flink = server.state.projects[EXAMPLE_PROJECT].flink
    monkeypatch.setitem(flink, 100, evolve(flink[100], name=EXAMPLE_TOKEN))
    result = dli(server, "--obs-dir", "obs-test", "--job", 100, "--format", form)
    assert result.exit_code == 0
    assert EXAMPLE_TOKEN not in result.output
    jobs = tmp_path / "jobs.txt"
    jobs.write_text(f"{EXAMPLE_TOKEN}=\n")
    redact._known.secrets.clear()
    result = dgc(server, "--from-file", jobs, "-o", tmp_path / "a", "--format", form)
    one_sentence(result, "line 1: job name '[redacted]='")


def test_an_export_to_obs(server: mock.Server, obs: Path) -> None:
    """The service writes each zip, the output has the folders, and a missing job is listed."""
    result = dgc(server, "myJob", "job_batch", "gone", "--obs-path", "obs://b/f/", "--format", "json")
    assert result.exit_code == 1
    found = json.loads(result.stdout)
    assert [failure["name"] for failure in found["failures"]] == ["gone"]
    for job in found["jobs"]:
        assert f"jobs/{job['name']}.job" in members(obs / job["archive"].removeprefix("obs://"))


def test_a_path_that_obs_does_not_take_is_one_sentence(server: mock.Server) -> None:
    """It is the same path for every job: one request, exit code 2, and not a list of jobs."""
    result = dgc(server, "myJob", "job_batch", "--obs-path", "obs://b/../f", "--concurrency", 1)
    one_sentence(result, "DLF.0803", "check the bucket and the folder")
    assert len(server.core.requests) == 1


def test_a_server_that_knows_no_obs_path_is_one_sentence() -> None:
    """It sends a zip for each job; the sentence says to export to a file."""
    with mock.serve(DESCRIBED.documents["otc-2026"]) as other:
        one_sentence(dgc(other, "myJob", "job_batch", "--obs-path", "obs://b/f"), "ignored obs_path")


def test_jobs_are_exported_by_public_names_only() -> None:
    """The command imports public names of the client only, so any program can do the same."""
    source = Path(export_dgc.__file__).read_text(encoding="utf-8")
    imported = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ImportFrom)]
    names = {alias.name for node in imported if node.module == "jobexport" for alias in node.names}
    assert {"DgcClient", "job_names"} <= names <= set(jobexport.__all__)
    assert [node.module for node in imported if str(node.module).startswith("jobexport.client")] == []
    attributes = {node.attr for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Attribute)}
    assert [name for name in attributes if re.match("_[^_]", name)] == []


@pytest.mark.parametrize("command", [("myJob", "-o", "out"), ("myJob", "--obs-path", "obs://b/f")])
def test_what_can_not_be_done_at_all_is_one_sentence(
    server: mock.Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    """A refused token or a host that is not there is exit code 2, and not a list of jobs."""
    monkeypatch.chdir(tmp_path)
    refused = dgc(server, *command, env=TOKEN | {"JOBEXPORT_TOKEN": "not-this-one"})
    one_sentence(refused, "get a new token")
    assert "not-this-one" not in refused.output
    one_sentence(run("dgc", "export", "--url", "http://127.0.0.1:9", *command), "no connection to 127.0.0.1:9")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("dgc", "export", "j"), ("where to?", "--output", "--obs-path")),
        (("dgc", "export", "j", "-o", "d", "--obs-path", "p"), ("where to?",)),
        (("dgc", "export", "-o", "d"), ("names is empty",)),
        (("dgc", "export", "j/k", "-o", "d"), ("'j/k'", "1 to 128")),
        (("dgc", "export", "j", "-o", "d", "--unpack", "--git"), ("not both",)),
        (("dgc", "export", "j", "-o", "d", "--all"), ("--all, or names",)),
        (("dgc", "export", "--all", "-o", "d", "--remove-gone"), ("--remove-gone is for --git",)),
        (("dgc", "export", "j", "--obs-path", "p", "--no-depend"), ("--no-depend does not go with --obs-path",)),
        (("dgc", "export", "j", "-o", "d"), ("where is the service?", "--cloud and --region, or --url")),
        (("dgc", "export", "j", "-o", "d", "--cloud", "otc"), ("where is the service?",)),
        (("dgc", "export", "j", "-o", "d", "--cloud", "otc", "--region", "EU/de"), ("region 'EU/de'",)),
        (("dgc", "export", "j", "-o", "d", "--cloud", "otc", "--url", "http://h"), ("not both",)),
        (("dgc", "export", "j", "-o", "d", "--url", "h"), ("--url must be http:// or https://",)),
        (("dgc", "export", "j", "-o", "d", "--url", "http://h", "--workspace", "a\nb"), ("workspace must be",)),
        (("dgc", "export", "j", "-o", "d", "--url", "http://h", "--concurrency", "0"), ("--concurrency",)),
        (("dgc", "export", "j", "-o", "d", "--url", "http://a..b"), ("--url must be",)),
        (("dgc", "export", "j", "-o", "", "--url", "http://h"), ("it is empty; is a variable not set?",)),
        (("dli", "export", "--all"), ("--obs-dir",)),
        (("dli", "export", "--obs-dir", "b"), ("which jobs?",)),
        (("dli", "export", "--obs-dir", "b", "--all", "--job", "1"), ("which jobs?",)),
        (("dli", "export", "--obs-dir", "b", "--job", "x"), ("'x' is not a valid integer",)),
        (("dli", "export", "--obs-dir", "b", "--url", "http://h", "--job", str(2**63)), ("must be an integer from",)),
        (("dli", "export", "--obs-dir", "", "--url", "http://h", "--all"), ("--obs-dir must be",)),
        (("dli", "export", "--obs-dir", "b", "--all", "--obs-endpoint", "http://h"), ("is for --download",)),
        (("dli", "export", "--obs-dir", "b", "--all", "--url", "http://h", "--download", "d"), ("takes no token",)),
    ],
)
def test_wrong_usage_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], words: tuple[str, ...]
) -> None:
    """A wrong option is one sentence with a remedy, and nothing is written."""
    monkeypatch.chdir(tmp_path)
    one_sentence(run(*arguments), *words)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--obs-dir", "b", "--obs-endpoint", "no url"), ("--obs-endpoint must be http:// or https://",)),
        (("--obs-dir", "b", "--obs-endpoint", "http://u:secret@h"), ("--obs-endpoint must be",)),
        (("--obs-dir", "B d/f", "--obs-endpoint", "http://h"), ("must begin with a bucket", "'B d'")),
        (("--obs-dir", "b"), ("--download needs --obs-endpoint, or --cloud and --region",)),
    ],
)
def test_a_download_that_can_not_be_is_one_sentence(
    server: mock.Server, tmp_path: Path, arguments: tuple[str, ...], words: tuple[str, ...]
) -> None:
    """It is known before anything is sent."""
    result = dli(server, "--all", "--download", tmp_path, *arguments, env=KEYS)
    one_sentence(result, *words)
    assert "secret" not in result.output
    assert len(server.core.requests) == 0


@pytest.mark.parametrize(
    ("env", "words"),
    [
        ({}, ("no credentials", "JOBEXPORT_TOKEN", "HUAWEICLOUD_SDK_AK", "--os-cloud")),
        ({"JOBEXPORT_TOKEN": "t"}, ("no project", "--project")),
        ({"HUAWEICLOUD_SDK_AK": "half"}, ("no credentials", "HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK")),
        ({"JOBEXPORT_TOKEN": "t\n"}, ("JOBEXPORT_TOKEN can't be sent in a header",)),
    ],
)
def test_missing_credentials_are_one_sentence(tmp_path: Path, env: dict[str, str], words: tuple[str, ...]) -> None:
    """It names what to set."""
    one_sentence(run("dgc", "export", "j", "-o", tmp_path, "--url", "http://h", env=env), *words)


def test_keys_sign(server: mock.Server, tmp_path: Path) -> None:
    """With an access key in the environment both commands are let in."""
    assert dgc(server, "myJob", "-o", tmp_path, env=KEYS).exit_code == 0
    assert dli(server, "--obs-dir", "obs-test", "--job", 100, env=KEYS).exit_code == 0
    assert headers(server)["authorization"].startswith("SDK-HMAC-SHA256 ")


def test_the_clouds_are_those_of_the_endpoints() -> None:
    """--cloud offers the clouds that the client knows."""
    assert {cloud for _, cloud in ENDPOINTS} == set(CLOUDS)


def test_flink_jobs_are_exported_and_named(server: mock.Server, obs: Path) -> None:
    """Each zip in OBS is a line, for one job and for all."""
    one = dli(server, "--obs-dir", "obs-test", "--job", 100)
    assert (one.exit_code, one.stderr) == (0, "")
    assert (obs / one.stdout.strip()).is_file()
    every = json.loads(dli(server, "--obs-dir", "obs-test", "--all", "--format", "json").stdout)
    assert len(every["archives"]) == len(server.state.projects[EXAMPLE_PROJECT].flink)
    assert every["files"] == []


def test_an_export_of_no_flink_job_says_so(server: mock.Server) -> None:
    """A project without Flink jobs is a sentence on standard error, not nothing at all."""
    project = server.state.projects[EXAMPLE_PROJECT]
    server.core.load(evolve(server.state, projects={EXAMPLE_PROJECT: evolve(project, flink={})}))
    result = dli(server, "--obs-dir", "obs-test", "--all")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "the service exported no job; does the project have Flink jobs?\n"


@pytest.mark.parametrize("fault", ["is-success-false@exportFlinkJobs", None])
def test_a_failed_flink_export_is_exit_code_1(server: mock.Server, fault: str | None) -> None:
    """A failure of the export, or an unknown job, is one line and exit code 1."""
    if fault:
        server.core.set_faults(fault)
    result = dli(server, "--obs-dir", "obs-test", "--job", 100 if fault else 12345)
    assert (result.exit_code, result.stdout) == (1, "")
    assert len(result.stderr.splitlines()) == 1
    assert result.stderr.startswith("Error: exportFlinkJobs: ")


def test_verbose_logs_each_attempt(server: mock.Server, tmp_path: Path) -> None:
    """-v logs each repeated request with its reason, and never the token."""
    server.core.set_faults(("status-503@batchExportJobs", 1))
    result = dgc(server, "myJob", "-o", tmp_path, "-v")
    assert result.exit_code == 0
    first, second = result.stderr.splitlines()
    assert "attempt 1 failed" in first
    assert "again in" in first
    assert "attempt 2 succeeded" in second
    assert EXAMPLE_TOKEN not in result.output


def environment(**more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in VARIABLES}
    return kept | TOKEN | {"NO_PROXY": "*"} | more


def test_what_was_mended_is_not_told(server: mock.Server, tmp_path: Path) -> None:
    """Without -v a failed attempt before a success leaves no line."""
    server.core.set_faults(("status-503@batchExportJobs", 1))
    command = [sys.executable, *JOBEXPORT, "dgc", "export", "myJob", "-o", "out", "--url", server.url]
    done = subprocess.run(command, cwd=tmp_path, env=environment(), capture_output=True, text=True, check=False)
    assert len(server.core.requests) == 2
    assert (done.returncode, done.stderr) == (0, "")


@pytest.fixture
def many(tmp_path: Path) -> Iterator[mock.Server]:
    """A mock with 300 jobs."""
    files = {f"{EXAMPLE_PROJECT}/workspaces/default/jobs/job{n}.job": {"name": f"job{n}"} for n in range(300)}
    with mock.serve(DESCRIBED.documents["otc-2026"], state=State.example().with_files(files)) as server:
        (tmp_path / "jobs.txt").write_text("".join(f"job{number}\n" for number in range(300)))
        yield server


def test_on_a_terminal_a_bar_shows_jobs_and_bytes(many: mock.Server, tmp_path: Path) -> None:
    """Standard error that is a terminal gets a bar with both; the sentence still goes to standard output."""
    many.core.set_faults("latency:0.3@batchExportJobs")
    command = [sys.executable, *JOBEXPORT, "dgc", "export", "--from-file", "jobs.txt", "-o", "out", "--url", many.url]
    ours, theirs = pty.openpty()
    # Wide enough that nothing is cut.
    settings = environment(COLUMNS="120", TERM="xterm", NO_COLOR="1")
    with subprocess.Popen(
        [*command, "--concurrency", "1"], cwd=tmp_path, env=settings, stdout=subprocess.PIPE, stderr=theirs
    ) as process:
        os.close(theirs)
        shown = b""
        try:
            while piece := os.read(ours, 65536):
                shown += piece
        except OSError:  # the terminal is closed
            pass
        os.close(ours)
        assert process.stdout is not None
        assert process.stdout.read() == b"300 of 300 jobs exported to out\n"
    assert process.returncode == 0
    assert {b"100/300", b"200/300"} <= set(re.findall(rb"\d+/300", shown))
    assert re.search(rb"\d+\.\d kB", shown)


def test_git_leaves_its_zips_in_the_folder_only(server: mock.Server, tmp_path: Path, monkeypatch: Any) -> None:
    """The zips of a killed run lie in the folder under git, where git ignores them and the next run removes them."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "nowhere"))
    left = tmp_path / "out" / ".jobexport-0123456789ab"
    left.mkdir(parents=True)
    (left / "job.zip").touch()
    done = dgc(server, "job_batch", "-o", tmp_path / "out", "--git")
    assert done.exit_code == 0, done.output
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["jobs", "scripts"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_leaves_no_half_file(many: mock.Server, tmp_path: Path, number: signal.Signals) -> None:
    """It is one sentence and the signal's exit code; every zip is complete, and the same command goes on."""
    many.core.set_faults("latency:0.2@batchExportJobs")
    command = [sys.executable, *JOBEXPORT, "dgc", "export", "--from-file", "jobs.txt", "-o", "out", "--url", many.url]
    folder = tmp_path / "out"
    with subprocess.Popen(
        [*command, "--concurrency", "1"], cwd=tmp_path, env=environment(), stderr=subprocess.PIPE, text=True
    ) as process:
        until(lambda: process.poll() is not None or (folder.is_dir() and sum(1 for _ in folder.glob("*.zip")) >= 50))
        assert process.poll() is None
        process.send_signal(number)
        assert process.stderr is not None
        said = process.stderr.read()
    assert process.returncode == 128 + number
    assert said.startswith("Error: interrupted")
    assert len(said.splitlines()) == 1
    names = [path.name for path in folder.iterdir()]
    assert all(name.endswith(".zip") and members(folder / name) for name in names)
    assert len(names) < 300
    many.core.set_faults()
    done = subprocess.run(command, cwd=tmp_path, env=environment(), capture_output=True, text=True, check=False)
    assert done.stdout == f"300 of 300 jobs exported to out, {len(names)} of them there before\n"


@pytest.mark.parametrize(
    "command", [("dgc", "export", "j", "--obs-path", "obs://b/f"), ("dli", "export", "--obs-dir", "b", "--all")]
)
def test_ctrl_c_does_not_wait_for_a_silent_server(tmp_path: Path, command: tuple[str, ...]) -> None:
    """The sentence says that the service ends what it began."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        where = ["--url", f"http://127.0.0.1:{silent.getsockname()[1]}"]
        with subprocess.Popen(
            [sys.executable, *JOBEXPORT, *command, *where],
            cwd=tmp_path,
            env=environment(),
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            connection, _ = silent.accept()
            connection.recv(10)
            process.send_signal(signal.SIGINT)
            assert process.stderr is not None
            said = process.stderr.read()
            connection.close()
    assert process.returncode == 130
    assert said.startswith("Error: interrupted; the service ends what it began")


def test_standard_streams_that_can_not_be_used(server: mock.Server, tmp_path: Path) -> None:
    """Closed input is a sentence, and so is output that can't be written."""
    program = Path(sysconfig.get_path("scripts")) / "jobexport"
    command = [str(program), "dgc", "export", "-o", "out", "--url", server.url]
    shell = ["sh", "-c", 'exec "$@" 0<&-', "-", *command, "--from-file", "-"]
    done = subprocess.run(shell, cwd=tmp_path, env=environment(), capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "Error: standard input is closed; give --from-file a file, or a pipe\n"
    with open("/dev/full", "w") as full:  # noqa: PTH123
        done = subprocess.run(
            [*command, "myJob"],
            cwd=tmp_path,
            env=environment(),
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 2
    assert "standard output can't be written: No space left on device" in done.stderr
    assert "Traceback" not in done.stderr


# Profiles of clouds.yaml


@pytest.fixture
def profile(tmp_path: Path, identity: Identity) -> dict[str, str]:
    """The environment with a clouds.yaml that has the profile `otc`."""
    cloud = {
        "auth": {
            "auth_url": identity.url,
            "username": "u",
            "password": PASSWORD,
            "project_name": "eu-de",
            "user_domain_name": "d",
        },
        "region_name": "eu-de",
    }
    broken = cloud | {"auth": cloud["auth"] | {"password": "another-secret"}}  # type: ignore[operator]
    (tmp_path / "clouds.yaml").write_text(json.dumps({"clouds": {"otc": cloud, "broken": broken, "odd": 3}}))
    return {"OS_CLIENT_CONFIG_FILE": str(tmp_path / "clouds.yaml")}


@pytest.mark.parametrize("by", ["option", "variable"])
def test_a_profile_gives_token_and_project(
    server: mock.Server, identity: Identity, profile: dict[str, str], tmp_path: Path, by: str
) -> None:
    """The profile that --os-cloud or OS_CLOUD names is enough beside the URL, and its token is fetched once."""
    options = ("--os-cloud", "otc") if by == "option" else ()
    env = profile | ({"OS_CLOUD": "otc"} if by == "variable" else {})
    result = dgc(server, "myJob", "-o", tmp_path / "out", *options, env=env)
    assert (result.exit_code, result.stderr) == (0, "")
    assert identity.given == 1


def test_a_refused_token_is_fetched_anew(
    server: mock.Server, identity: Identity, profile: dict[str, str], tmp_path: Path
) -> None:
    """A profile's token that the service does not take any more is fetched again, once."""
    identity.tokens = ["an-old-one", EXAMPLE_TOKEN]
    result = dgc(server, "myJob", "-o", tmp_path / "out", "--os-cloud", "otc", env=profile)
    assert (result.exit_code, result.stderr) == (0, "")
    assert identity.given == 2


def test_a_token_that_can_not_be_fetched_again_is_one_sentence(
    server: mock.Server, identity: Identity, profile: dict[str, str], tmp_path: Path
) -> None:
    """It names the profile, and the many jobs are not listed for it."""
    identity.tokens, identity.most = ["an-old-one"], 1
    result = dgc(
        server, *(f"job{number}" for number in range(300)), "-o", tmp_path / "out", "--os-cloud", "otc", env=profile
    )
    one_sentence(result, "profile otc of clouds.yaml is refused")


@pytest.mark.parametrize("by", ["option", "variable"])
def test_a_profile_goes_with_a_url_and_a_region(
    server: mock.Server, profile: dict[str, str], tmp_path: Path, by: str
) -> None:
    """The URL is where the service is; cloud and region are then for OBS."""
    options = ("--os-cloud", "otc") if by == "option" else ()
    env = profile | ({"OS_CLOUD": "otc"} if by == "variable" else {})
    more = ("--cloud", "otc", "--region", "eu-de")
    result = dgc(server, "myJob", "-o", tmp_path / "out", *options, *more, env=env)
    assert (result.exit_code, result.stderr) == (0, "")


def test_a_token_in_the_environment_goes_before_the_variable(
    server: mock.Server, identity: Identity, profile: dict[str, str], tmp_path: Path
) -> None:
    """OS_CLOUD, which is often set for other tools, is not asked where there is a token."""
    result = dgc(server, "myJob", "-o", tmp_path / "out", env=profile | TOKEN | {"OS_CLOUD": "otc"})
    assert result.exit_code == 0
    assert identity.given == 0


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--os-cloud", "nowhere"), ("profile nowhere of clouds.yaml", "nowhere was not found")),
        (("--os-cloud", "odd"), ("profile odd of clouds.yaml can't be read", "check the file")),
        (("--os-cloud", "broken"), ("profile broken of clouds.yaml is refused", "check its auth_url")),
        (("--os-cloud", "otc", "--project", "p"), ("--project does not go with a profile",)),
    ],
)
def test_a_profile_that_can_not_be_used_is_one_sentence(
    server: mock.Server, profile: dict[str, str], tmp_path: Path, options: tuple[str, ...], words: tuple[str, ...]
) -> None:
    """It names the profile, and shows no password."""
    result = dgc(server, "myJob", "-o", tmp_path / "out", *options, env=profile)
    one_sentence(result, *words)
    assert "secret" not in result.output


def test_clouds_yaml_without_an_end_is_one_sentence(server: mock.Server, tmp_path: Path) -> None:
    """A pipe that nobody writes to in place of clouds.yaml is named, and not waited for."""
    os.mkfifo(tmp_path / "clouds.yaml")
    given = {"OS_CLIENT_CONFIG_FILE": str(tmp_path / "clouds.yaml")}
    one_sentence(
        dgc(server, "myJob", "-o", tmp_path / "out", "--os-cloud", "otc", env=given),
        f"{tmp_path / 'clouds.yaml'} is not a file, or longer than 4 MiB; check the path",
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("clouds:\n\totc: {}\n", ("clouds.yaml line 2 is not valid YAML", "correct the file")),
        ("clouds:\n  otc:\n    auth: {password: *another-secret}\n", ("clouds.yaml line 3 is not valid YAML",)),
        ("clouds:\n  other: {}\n  otc: {}\n", ("lacks auth_url", "under auth", "clouds.yaml line 3)")),
        (
            "clouds: {otc: {auth: {auth_url: 'http://127.0.0.1:1/v3', username: u, password: secret, project_id: p}}}",
            ("can't be reached", "its auth_url", "line 1)"),
        ),
        ("clouds:\n  otc:\n    auth: a-secret\n", ("can't be read", "check the file", "line 2)")),
        ("clouds:\n  - otc\n", ("can't be read", "check the file", "clouds.yaml)")),
        ("", ("can't be read", "check the file", "clouds.yaml)")),
        ("clouds:\n  otc:\n    regions: [a-1, b-2]\n", ("Region c-3 is not a valid region", "a-1,b-2")),
        ("- otc\n", ("clouds.yaml is empty or not a valid mapping",)),
    ],
)
def test_a_file_that_can_not_be_used_is_named_with_its_line(
    server: mock.Server, tmp_path: Path, text: str, words: tuple[str, ...]
) -> None:
    """The sentence has the file, the line and the field, or the regions that there are, and shows no value."""
    (tmp_path / "clouds.yaml").write_text(text)
    env = {"OS_CLIENT_CONFIG_FILE": str(tmp_path / "clouds.yaml")}
    region = ("--region", "c-3") if "regions" in text else ()
    result = dgc(server, "myJob", "-o", tmp_path / "out", "--os-cloud", "otc", *region, env=env)
    one_sentence(result, *words)
    assert "secret" not in result.output


def test_variables_of_an_openrc_file_are_noticed(server: mock.Server, tmp_path: Path) -> None:
    """Without other credentials the sentence names the profile that uses them."""
    env = {"OS_AUTH_URL": "https://iam.example/v3"}
    one_sentence(dgc(server, "myJob", "-o", tmp_path / "out", env=env), "no credentials", "--os-cloud envvars")


def test_a_profile_without_a_project_is_one_sentence(
    server: mock.Server, identity: Identity, profile: dict[str, str], tmp_path: Path
) -> None:
    """A token for no project is of no use here."""
    identity.project = None
    result = dgc(server, "myJob", "-o", tmp_path / "out", "--os-cloud", "otc", env=profile)
    one_sentence(result, "has no project", "project_name")


def test_without_openstacksdk_the_sentence_says_what_to_install(
    server: mock.Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """--os-cloud names the extra."""
    monkeypatch.setitem(sys.modules, "openstack", None)
    monkeypatch.setitem(sys.modules, "openstack.config", None)
    result = dgc(server, "myJob", "-o", tmp_path / "out", "--os-cloud", "otc")
    one_sentence(result, "pip install 'jobexport[openstack]'")


# Shell completion

OTC, CN = ({id_ for id_ in edition_ids() if id_.startswith(begin)} for begin in ("otc", "huaweicloud-cn"))


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("jobexport d", {"dgc", "dli"}),
        ("jobexport dgc export --os", {"--os-cloud"}),
        ("jobexport dgc export --cloud ", set(CLOUDS)),
        ("jobexport mock --edition otc", OTC),
        ("jobexport contract --edition otc", OTC),
        ("jobexport contract --edition a", {"all", "auto"}),
        ("jobexport drift --edition otc", OTC),
        ("jobexport resolve huaweicloud-cn", CN),
    ],
)
def test_the_shell_completes(words: str, expected: set[str]) -> None:
    """Commands, options, their choices and the editions."""
    parts = words.split(" ")
    settings = {"_JOBEXPORT_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(len(parts) - 1)}
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; sys.argv[0] = 'jobexport'; from jobexport.cli import main; main()",
        ],
        env=os.environ | settings,
        capture_output=True,
        text=True,
        check=False,
    )
    assert {line.partition(",")[2] for line in done.stdout.splitlines()} >= expected, done.stderr
    if not parts[-1].startswith("d"):
        assert {line.partition(",")[2] for line in done.stdout.splitlines()} == expected


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_completion_script_is_printed(shell: str) -> None:
    """The line of the README that sets completion up prints a script for the shell."""
    code = "import sys; sys.argv[0] = 'jobexport'; from jobexport.cli import main; main()"
    settings = os.environ | {"_JOBEXPORT_COMPLETE": f"{shell}_source"}
    done = subprocess.run([sys.executable, "-c", code], env=settings, capture_output=True, text=True, check=False)
    assert f"{shell}_complete" in done.stdout, done.stderr
