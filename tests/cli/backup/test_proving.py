"""The commands `verify` on levels 2 and 3, and `diff --live`: what they print, their exit codes, what they send."""

from __future__ import annotations

import json
import socket
from typing import TYPE_CHECKING, Any

import pytest
from attrs import evolve
from click.testing import CliRunner

from jobexport import DgcClient
from jobexport.backup import backup_workspace
from jobexport.backup.restore import packing
from jobexport.backup.restore.session import RestoreSession
from jobexport.backup.restore.source import RestoreSource
from jobexport.cli.commands import cli
from jobexport.mock import serve
from jobexport.spec.editions import CHECKOUT
from tests.backup.making.folders import JOB, SCRIPT, backup, contents, ordinary
from tests.backup.making.restoring import empty, operations
from tests.backup.making.workspace import EDITION, PROJECT, Workspace
from tests.making.credentials import credentials

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from click.testing import Result

    from jobexport.mock import Server

READS = {"listJobs", "listScripts", "listResources", "batchExportJobs"}
# What createJob requires in each edition.
WHOLE: dict[str, Any] = {**JOB, "processType": "BATCH"}


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serve(EDITION) as running:
        yield running


@pytest.fixture
def workspace(server: Server, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """A workspace with two jobs, a script and a resource, and the credentials of its mock."""
    monkeypatch.setenv("NO_PROXY", "*")
    monkeypatch.setenv("JOBEXPORT_TOKEN", server.token)
    server.core.reset()
    found = Workspace(server)
    found.job("a", nodes=[{"name": "n", "type": "HiveSQL", "properties": [{"name": "scriptName", "value": "sum"}]}])
    found.job("b", processType="REAL_TIME")
    found.script("sum")
    found.resource("jar")
    return found.put()


@pytest.fixture
def folder(workspace: Workspace, tmp_path: Path) -> Path:
    """A backup of the workspace."""
    assert workspace.back_up(tmp_path / "backup", edition=EDITION).complete
    return tmp_path / "backup"


def run(*args: Any, server: Server | None = None) -> Result:
    """Run a command of `jobexport dgc`; one that calls the service gets its address."""
    where = [] if server is None else ["--url", server.url, "--project", PROJECT]
    if server is not None:
        server.core.requests.clear()
    return CliRunner().invoke(cli, ["dgc", *map(str, args), *where])


def test_a_rehearsal_proves_level_2_and_says_what_that_proves(folder: Path) -> None:
    """A mock of the backup's own edition takes all of it; no credentials are needed, and no file changes."""
    before = contents(folder.parent), sorted(path.name for path in (folder / ".jobexport").rglob("*"))
    result = run("verify", "--rehearse", folder)
    assert (result.exit_code, result.stderr) == (0, "")
    rehearsed, level = result.stdout.splitlines()
    assert rehearsed.startswith(f"rehearsed: a mock of {EDITION} took all of it; that proves this program, ")
    assert rehearsed.endswith("not the service")
    assert level == f"{folder}: level 2, rehearsed; 2 jobs, 1 script, 1 resource"
    assert (contents(folder.parent), sorted(path.name for path in (folder / ".jobexport").rglob("*"))) == before


def test_no_other_process_sees_a_rehearsal(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The mock has no socket: definitions may hold secrets, and its token is known to everybody."""
    opened: list[Any] = []
    monkeypatch.setattr(socket.socket, "connect", lambda _, address: opened.append(address))
    monkeypatch.setattr(socket.socket, "listen", lambda *_: opened.append("listen"))
    assert run("verify", "--rehearse", folder).exit_code == 0
    assert opened == []


@pytest.mark.parametrize("edition", ["huaweicloud-cn-2020", "otc-2024"])
def test_a_rehearsal_for_another_edition_lists_what_it_does_not_take(tmp_path: Path, edition: str) -> None:
    """A field, a value and a limit are each a problem, with the register's entries and the items that have them."""
    node = {**JOB["nodes"][0], "failPolicy": "EXIT"}
    jobs = {f"j{number}": {**WHOLE, "nodes": [node], "jobType": "BATCH"} for number in range(3)}
    location = "obs://bucket/" + "x" * 300
    backup(tmp_path, jobs, None, {"r": {"type": "jar", "location": location}}, edition="huaweicloud-cn-2025")
    result = run("verify", "--for", edition, tmp_path, "--format", "json")
    plain = json.loads(result.stdout)
    assert (result.exit_code, plain["level"], plain["rehearsal"]["edition"]) == (1, 1, edition)
    found = {problem["place"]: problem["problem"].partition(" (status")[0] for problem in plain["problems"]}
    expected = {
        "huaweicloud-cn-2020": {
            "resource location": "the value is longer than 256 characters (DGC-902): resource r",
            "resource r": "createResource: DLF.3051 The request parameter is invalid.",
        },
        "otc-2024": {
            "job jobType": "the edition has no such field (DGC-401): job j0 and 2 more",
            "job nodes[].failPolicy": "the edition has no value EXIT (DGC-404): job j0 and 2 more",
        },
    }
    assert found == expected[edition]


def test_what_every_edition_takes_is_rehearsed_for_each(tmp_path: Path) -> None:
    """A plain backup of one edition reaches level 2 for another."""
    backup(tmp_path, {"a": WHOLE}, None, None, edition="huaweicloud-cn-2025")
    result = run("verify", "--for", "otc-2024", tmp_path)
    assert result.exit_code == 0, result.stderr
    assert "level 2, rehearsed" in result.stdout


@pytest.mark.parametrize(("edition", "status"), [("huaweicloud-cn-2020", None), ("otc-2026", "SAVED")])
def test_imports_are_those_of_the_edition(
    folder: Path, monkeypatch: pytest.MonkeyPatch, edition: str, status: str | None
) -> None:
    """The oldest edition has no state for imported jobs, and a note says what a restore needs then."""
    given: dict[str, Any] = {}

    async def rehearse(*_: Any, **options: Any) -> tuple[()]:
        given.update(options)
        return ()

    monkeypatch.setattr("jobexport.backup.arehearse", rehearse)
    result = run("verify", "--for", edition, folder)
    assert given["target_status"] == status
    assert ("a restore needs --target-status none and --yes" in result.stderr) == (status is None)


@pytest.mark.parametrize("edition", ["huaweicloud-cn-2020", "otc-2024"])
def test_what_a_service_has_its_own_edition_takes(tmp_path: Path, edition: str) -> None:
    """The example jobs have fields and values that pages of the edition lack, and reach level 2 all the same."""
    with serve(edition) as own, DgcClient(own.project_id, auth=own.token, base_url=own.url) as client:
        backup_workspace(client, tmp_path, edition=edition)
    result = run("verify", "--for", edition, tmp_path)
    assert result.exit_code == 0, result.stderr


def test_a_backup_without_an_edition_needs_one(tmp_path: Path) -> None:
    """Nobody guesses which edition the service follows."""
    ordinary(tmp_path)
    result = run("verify", "--rehearse", tmp_path)
    assert result.exit_code == 2
    assert "--for EDITION" in result.stderr


@pytest.mark.parametrize("edition", ["otc-1999", "paths.yaml"])
def test_an_edition_without_imports_is_one_sentence(folder: Path, edition: str) -> None:
    """An edition that does not exist, and a document of the user's own without importJob, end with 2."""
    document = {"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": {"/a": {"get": {"responses": {}}}}}
    (folder.parent / "paths.yaml").write_text(json.dumps(document))
    result = run("verify", "--for", folder.parent / edition if "." in edition else edition, folder)
    assert result.exit_code == 2
    assert result.stderr.startswith("Error: ")
    assert len(result.stderr.splitlines()) == 1


def test_a_backup_that_is_not_sound_is_not_rehearsed(folder: Path) -> None:
    """The problems of levels 0 and 1 come first."""
    (folder / "jobs/a.json").write_bytes(b"{}")
    result = run("verify", "--rehearse", folder)
    assert result.exit_code == 1
    assert "rehearsed" not in result.stdout
    assert "not whole" in result.stdout


def lose_nodes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the zips of a restore have no nodes."""
    whole, pack = RestoreSource.fields, packing.pack

    def lossy(*args: Any) -> bytes:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(RestoreSource, "fields", lambda source, key: {**whole(source, key), "nodes": []})
            return pack(*args)

    monkeypatch.setattr(packing, "pack", lossy)


def test_a_restore_that_loses_something_fails_the_rehearsal(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is read back after the restore is held to the backup."""
    lose_nodes(monkeypatch)
    result = run("verify", "--rehearse", folder)
    assert result.exit_code == 1
    assert result.stderr.startswith("job a: it was read back with other content (nodes.n")
    assert "level 1, sound" in result.stdout


def test_all_is_looked_at_after_the_restore(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A restore that takes anything for right does not pass: all is listed and exported again."""

    def judge(session: RestoreSession, key: tuple[str, str], *_: Any) -> None:
        session.written.append(key)

    monkeypatch.setattr(RestoreSession, "judge", judge)
    lose_nodes(monkeypatch)
    result = run("verify", "--rehearse", folder)
    assert result.exit_code == 1
    assert result.stderr.startswith("job a: after the restore it differs (nodes.n")


def test_a_plan_proves_level_3_and_only_reads(server: Server, folder: Path) -> None:
    """Into an empty workspace all is new; only requests that read are sent, and no file changes."""
    empty(server)
    before = contents(folder.parent)
    result = run("verify", "--rehearse", "--live", folder, server=server)
    assert result.exit_code == 0, result.stderr
    assert "a restore would have: 4 to create" in result.stdout
    assert result.stdout.endswith("level 3, plannable; 2 jobs, 1 script, 1 resource\n")
    assert "the target must have, which nobody can check: " in result.stderr
    assert "connection:hive (1)" in result.stderr
    assert set(operations(server)) <= READS
    assert contents(folder.parent) == before


def test_a_plan_names_what_differs_with_its_state(workspace: Workspace, server: Server, folder: Path) -> None:
    """A job that runs and differs blocks an overwrite; the table has its state, and each line fits 80 columns."""
    workspace.job("a", {"status": "SCHEDULING"}, params=[{"name": "p", "value": "a value" * 20}])
    workspace.put()
    result = run("verify", "--live", "--policy", "overwrite", folder, server=server)
    assert result.exit_code == 1
    assert "plan: job a is SCHEDULING in the target, and must be stopped first" in result.stderr
    (row,) = [line for line in result.stdout.splitlines() if line.startswith("job ")]
    assert row.split()[:4] == ["job", "a", "different", "SCHEDULING"]
    assert len(row) <= 80
    assert "level 1, sound" in result.stdout
    assert run("verify", "--live", "--policy", "skip", folder, server=server).exit_code == 0
    plain = json.loads(run("verify", "--live", folder, "--format", "json", server=server).stdout)
    assert [item["status"] for item in plain["plan"]["items"] if item["name"] == "a"] == ["SCHEDULING"]


def test_a_backup_is_compared_with_the_workspace(workspace: Workspace, server: Server, folder: Path) -> None:
    """The backup is the first and the workspace the second; only requests that read are sent."""
    assert run("diff", folder, "--live", server=server).stdout == "4 items are the same, 0 differ\n"
    workspace.script("sum", content="SELECT 2;\n")
    del workspace.jobs["b"]
    workspace.job("c")
    workspace.put()
    result = run("diff", folder, "--live", server=server)
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        "job b: only in the first",
        "job c: only in the second",
        "script sum: differs",
        "  content @@ -1 +1 @@",
        "    -SELECT 1;",
        "    +SELECT 2;",
        "2 items are the same, 3 differ",
    ]
    assert set(operations(server)) <= READS


@pytest.mark.parametrize("args", [(), ("--live", "other")])
def test_a_second_folder_or_the_service_is_compared(folder: Path, args: tuple[str, ...]) -> None:
    """Neither or both of them are wrong usage."""
    result = run("diff", folder, *args)
    assert result.exit_code == 2
    assert "give a second DIR, or --live" in result.stderr


def test_flink_jobs_are_planned_and_compared(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`dli verify --live` and `dli diff --live` list the project and show its jobs, and send nothing else."""
    server.core.reset()
    for name, value in credentials(server).items():
        monkeypatch.setenv(name, value)

    def dli(*args: str) -> Result:
        server.core.requests.clear()
        return CliRunner().invoke(cli, ["dli", *args, "--url", server.url, "--project", server.project_id])

    folder, obs = str(tmp_path), f"{server.url}/_mock/obs"
    assert dli("backup", "-o", folder, "--obs-dir", "bucket/flink", "--obs-endpoint", obs).exit_code == 0
    result = dli("verify", folder, "--live")
    assert (result.exit_code, result.stdout.splitlines()) == (
        0,
        ["a restore would have: 3 the same", f"{folder}: level 3, plannable; 3 Flink jobs"],
    ), result.stderr
    project = server.state.projects[server.project_id]
    flink = {id_: job for id_, job in project.flink.items() if id_ != min(project.flink)}
    server.core.load(server.state.with_project(server.project_id, evolve(project, flink=flink)))
    result = dli("diff", folder, "--live")
    assert result.exit_code == 1
    assert result.stdout.splitlines()[0].endswith(": only in the first")
    assert set(operations(server)) <= {"listFlinkJobs", "showFlinkJob"}
    assert run("diff", folder, "--live", server=server).exit_code == 2
    server.core.reset()


def test_the_example_of_the_page_is_what_the_command_prints(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page shows a backup of huaweicloud-cn-2025 for otc-2024, word for word."""
    monkeypatch.chdir(tmp_path)
    node = {**JOB["nodes"][0], "failPolicy": "EXIT"}
    jobs = {name: {**WHOLE, "nodes": [node], "jobType": "BATCH"} for name in ("nightly_load", "hourly_copy")}
    backup(tmp_path / "workspace", jobs, {"s": SCRIPT}, edition="huaweicloud-cn-2025")
    result = run("verify", "workspace", "--for", "otc-2024")
    page = (CHECKOUT / "docs" / "backup.md").read_text(encoding="utf-8")
    assert f"```text\n$ jobexport dgc verify workspace --for otc-2024\n{result.stdout}{result.stderr}```\n" in page
