"""The examples run as they stand, each as a process against a mock."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import sysconfig
from typing import TYPE_CHECKING

import boto3
import pytest
from attrs import define, evolve
from moto.server import ThreadedMotoServer

from jobexport import mock
from jobexport.mock.state.values import ProjectState, WorkspaceState
from jobexport.spec.editions import CHECKOUT
from tests.drift.making.described import DESCRIBED
from tests.making.credentials import keys

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from jobexport.mock.state.values import DgcJob

pytestmark = pytest.mark.usefixtures("warm")

EXAMPLES = CHECKOUT / "examples"
JOBS = ("myJob", "job_batch")
GIT = ("git",)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[mock.Server]:
    with mock.serve(DESCRIBED.documents["otc-2026"], storage=mock.FolderStorage(tmp_path / "obs")) as server:
        yield server


def run(server: mock.Server, folder: Path, *command: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Run an example in a folder, with the environment that it reads."""
    place = {"HUAWEICLOUD_SDK_PROJECT_ID": server.project_id, "JOBEXPORT_URL": server.url, "NO_PROXY": "*"}
    known = keys(server) | place
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "JOBEXPORT_", "OS_"))}
    return subprocess.run(command, cwd=folder, env=kept | known | env, capture_output=True, text=True, check=False)


def python(server: mock.Server, folder: Path, name: str, *arguments: str, **env: str) -> str:
    """Run an example in Python that succeeds; return its output."""
    token = {"JOBEXPORT_TOKEN": server.token}
    done = run(server, folder, sys.executable, str(EXAMPLES / name), *arguments, **(token | env))
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_plain_client(server: mock.Server, tmp_path: Path) -> None:
    """The example prints the names of the zips, and `is_success` as this edition has it."""
    assert re.match(r"(?i)true \['obs-test/aggregate_", python(server, tmp_path, "plain_client.py"))


def test_a_backup_goes_on_where_it_was(server: mock.Server, tmp_path: Path) -> None:
    """The second run fetches only missing zips; a missing job is exit code 1."""
    assert python(server, tmp_path, "back_up.py", "myJob").endswith(" fetched\n")
    words = [line.split(" ", 2)[2] for line in python(server, tmp_path, "back_up.py", *JOBS).splitlines()]
    assert words == ["was there", "fetched"]
    failed = run(server, tmp_path, sys.executable, str(EXAMPLES / "back_up.py"), "gone", "myJob")
    assert failed.returncode == 1
    assert "gone: batchExportJobs: DLF.0100" in failed.stderr


def test_a_folder_for_git(server: mock.Server, tmp_path: Path) -> None:
    """New files are listed; a second run changes nothing; the files of a job that is no longer named are removed."""
    assert "changed jobs/jobs/myJob.json" in python(server, tmp_path, "follow_with_git.py", *JOBS)
    assert python(server, tmp_path, "follow_with_git.py", *JOBS) == ""
    assert "removed jobs/jobs/job_batch.json" in python(server, tmp_path, "follow_with_git.py", "myJob")


def test_both_services_at_a_time(server: mock.Server, tmp_path: Path) -> None:
    """The Flink export is in OBS and the job's zip on disk."""
    assert python(server, tmp_path, "export_async.py").startswith("obs-test/aggregate_")
    assert (tmp_path / "DLF_myJob.zip").is_file()


def test_flink_jobs_come_through_obs(tmp_path: Path) -> None:
    """Every zip of the project is on disk, fetched from a real S3 server."""
    bucket = "obs-test"
    s3 = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    s3.start()
    try:
        host, port = s3.get_host_and_port()
        url = f"http://{host}:{port}"
        keys = {"aws_access_key_id": "an-id", "aws_secret_access_key": "a-key"}
        client = boto3.client("s3", endpoint_url=url, region_name="us-east-1", **keys)

        class Bucket(mock.MemoryStorage):
            """A storage that puts each object into the bucket."""

            async def put(self, name: str, content: bytes) -> None:
                client.put_object(Bucket=bucket, Key=name.removeprefix(f"{bucket}/"), Body=content)

        client.create_bucket(Bucket=bucket)
        with mock.serve(DESCRIBED.documents["otc-2026"], storage=Bucket()) as server:
            printed = python(server, tmp_path, "fetch_flink_jobs.py", JOBEXPORT_OBS_URL=url)
            count = len(server.state.projects[server.project_id].flink)
        client.close()
    finally:
        s3.stop()
    assert len(printed.splitlines()) == len(list((tmp_path / "flink").glob("*.zip"))) == count


@define
class Nights:
    """A shell script that cron would run each night, in a checkout of git."""

    server: mock.Server
    folder: Path
    script: str

    def __attrs_post_init__(self) -> None:
        self.folder.mkdir(exist_ok=True)
        self.git("init", "--quiet")

    def git(self, *command: str) -> str:
        """Return what git prints."""
        done = subprocess.run((*GIT, *command), cwd=self.folder, capture_output=True, text=True, check=True)
        return done.stdout

    def commits(self) -> int:
        """Return the number of commits."""
        return len(self.git("rev-list", "--all").splitlines())

    def night(self, *arguments: str, day: int = 2, **env: str) -> subprocess.CompletedProcess[str]:
        """Run the script on a day of a month."""
        programs = self.folder.parent / "programs"
        programs.mkdir(exist_ok=True)
        (programs / "date").write_text(f'#!/bin/sh\n[ "$1" = +%d ] && echo {day:02} || echo 2026-11-{day:02}\n')
        (programs / "date").chmod(0o755)
        path = os.pathsep.join([str(programs), sysconfig.get_path("scripts"), os.environ["PATH"]])
        who = {f"GIT_{role}_{what}": "e@example.org" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
        command = (str(EXAMPLES / self.script), "--url", self.server.url, *arguments)
        return run(self.server, self.folder, *command, PATH=path, **who, **env)


def test_the_nightly_script_commits_what_changed(server: mock.Server, tmp_path: Path) -> None:
    """The first night commits, the second does not; a missing job changes the exit code but prevents no commit."""
    nights = Nights(server, tmp_path / "repo", "nightly.sh")
    (tmp_path / "repo/jobs.txt").write_text("\n".join(JOBS))
    for _ in range(2):
        done = nights.night()
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
        assert nights.commits() == 1
    (tmp_path / "repo/jobs.txt").write_text("\n".join([*JOBS, "job_stream", "gone"]))
    done = nights.night()
    assert done.returncode == 1
    assert done.stderr.startswith("gone: ")
    assert nights.commits() == 2
    refused = nights.night(JOBEXPORT_TOKEN="no")
    assert (refused.returncode, nights.commits()) == (2, 2)


def test_the_nightly_backup_commits_what_changed(server: mock.Server, tmp_path: Path) -> None:
    """The first night commits, the second does not; a shrunken workspace is refused, and one bad job prevents nothing.

    The last night goes on in a fresh clone. On the first day of a month a restore is rehearsed.
    """
    nights = Nights(server, tmp_path / "first", "nightly_backup.sh")
    for day in (2, 1):
        done = nights.night("--edition", "otc-2026", day=day)
        assert (done.returncode, done.stdout, nights.commits()) == (0, "", 1), done.stderr
    assert " new, " in nights.git("log", "--format=%b")
    held = server.state
    server.core.load(mock.State({server.project_id: ProjectState(workspaces={"default": WorkspaceState()})}))
    refused = nights.night()
    assert (refused.returncode, nights.commits()) == (3, 1)
    project = held.projects[server.project_id]
    jobs = dict(project.workspaces["default"].jobs)

    def hold(jobs: Mapping[str, DgcJob]) -> None:
        workspaces = {"default": evolve(project.workspaces["default"], jobs=jobs)}
        server.core.load(mock.State({server.project_id: evolve(project, workspaces=workspaces)}))

    hold(jobs | {"myJob": evolve(jobs["myJob"], content=b'{"name": "myJob", "name": "again"}')})
    done = nights.night("--full")
    assert (done.returncode, nights.commits()) == (1, 2)
    assert "job myJob: " in done.stderr
    clone = Nights(server, tmp_path / "clone", "nightly_backup.sh")
    clone.git("pull", "--quiet", "../first")
    del jobs["myJob"]
    hold(jobs)
    done = clone.night("--prune")
    assert (done.returncode, clone.commits()) == (0, 3), done.stderr
    assert clone.git("show", "--name-status", "--format=").count("D\t") == 1


def shell(server: mock.Server, folder: Path, script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a shell script with its arguments, and the address of a mock."""
    path = os.pathsep.join([sysconfig.get_path("scripts"), os.environ["PATH"]])
    where = ("--url", server.url, "--project", server.project_id)
    return run(server, folder, str(EXAMPLES / script), *arguments, *where, PATH=path)


def test_a_job_comes_back_as_it_was_on_a_day(server: mock.Server, tmp_path: Path) -> None:
    """`-n` plans; then the job of that day is overwritten, and the jobs that changed since then stay."""
    nights = Nights(server, tmp_path, "nightly_backup.sh")
    assert nights.night(GIT_COMMITTER_DATE="2026-11-24T03:00:00Z").returncode == 0
    project = server.state.projects[server.project_id]
    held = project.workspaces["default"]
    fields = held.jobs["myJob"].fields
    changed = {**fields, "params": [{"name": "new", "value": "1", "type": "variable"}]}
    job = evolve(held.jobs["myJob"], content=json.dumps(changed).encode(), listed={"status": "STOPPED"})
    workspaces = {"default": evolve(held, jobs={**held.jobs, "myJob": job})}
    server.core.load(mock.State({server.project_id: evolve(project, workspaces=workspaces)}))
    assert nights.night("--full", GIT_COMMITTER_DATE="2026-11-25T03:00:00Z").returncode == 0
    obs = ("--obs", "obs://bucket/in", "--obs-endpoint", f"{server.url}/_mock/obs")
    planned = shell(server, tmp_path, "restore_job.sh", "myJob", "2026-11-24", "-n")
    assert (planned.returncode, "1 to overwrite" in planned.stdout) == (0, True), planned.stderr
    done = shell(server, tmp_path, "restore_job.sh", "myJob", "2026-11-24", *obs)
    assert (done.returncode, done.stdout.split(",")[0]) == (0, "1 item restored"), done.stderr
    assert server.state.projects[server.project_id].workspaces["default"].jobs["myJob"].fields == fields
    assert shell(server, tmp_path, "restore_job.sh", "myJob", "2026-01-01", "-n").returncode == 2


def test_a_workspace_moves_to_another_cloud(server: mock.Server, tmp_path: Path) -> None:
    """The map of names is drafted, the plan finds a line that is missing, and the restore has the new names."""
    with mock.serve(DESCRIBED.documents["huaweicloud-cn-2025"]) as source:
        done = shell(source, tmp_path, "move_workspace.sh", "back_up")
    assert done.returncode == 0, done.stderr
    names = tmp_path / "names.map"
    lines = names.read_text().splitlines()
    old = next(line for line in lines if line.startswith("connection:")).partition(" = ")[0]
    server.core.load(mock.State({server.project_id: ProjectState(workspaces={"default": WorkspaceState()})}))
    names.write_text("\n".join(line for line in lines if not line.startswith(f"{old} = ")))
    planned = shell(server, tmp_path, "move_workspace.sh", "plan")
    assert (planned.returncode, f"the map has no line for {old}" in planned.stderr) == (3, True), planned.stderr
    names.write_text("\n".join(f"{old} = moved" if line.startswith(f"{old} = ") else line for line in lines))
    obs = ("--obs", "obs://bucket/in", "--obs-endpoint", f"{server.url}/_mock/obs")
    done = shell(server, tmp_path, "move_workspace.sh", "restore", *obs)
    assert done.returncode == 0, done.stderr
    held = server.state.projects[server.project_id].workspaces["default"]
    assert any(
        b'"moved"' in content for content in [*held.scripts.values(), *(job.content for job in held.jobs.values())]
    )


def test_every_example_is_listed_and_run() -> None:
    """The table of examples has each file, and a test names each file."""
    files = [path.relative_to(EXAMPLES) for path in EXAMPLES.rglob("*") if path.is_file()]
    names = {file.as_posix() for file in files if "__pycache__" not in file.parts} - {"README.md"}
    table = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    tests = [CHECKOUT / "tests/project" / f"test_{module}.py" for module in ("examples", "recipes")]
    here = "".join(path.read_text(encoding="utf-8") for path in tests)
    assert {n for n in names if f"]({n})" not in table or f'"{n.rpartition("/")[2]}"' not in here} == set()
