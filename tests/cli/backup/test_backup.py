"""The commands `list`, `backup`, `verify` and `diff`: what they print, and their exit codes."""

from __future__ import annotations

import json
import signal
import threading
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from jobexport.backup.folder.tree import opened
from jobexport.cli.commands import cli
from jobexport.mock import serve
from tests.backup.making.folders import contents, ordinary
from tests.backup.making.workspace import EDITION, PROJECT, Workspace

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from click.testing import Result

    from jobexport.mock import Server


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
    found.job("a")
    found.job("b", processType="REAL_TIME", listed={"status": "NORMAL"})
    found.script("sum")
    found.resource("jar")
    return found.put()


def run(workspace: Workspace | None, *args: Any) -> Result:
    """Run a command; one that calls the service gets its address."""
    where = [] if workspace is None else ["--url", workspace.server.url, "--project", PROJECT]
    return CliRunner().invoke(cli, [*map(str, args), *where])


def test_list_prints_a_table_of_all_items(workspace: Workspace) -> None:
    """Jobs of both kinds, scripts and resources are rows of at most 80 columns."""
    result = run(workspace, "dgc", "list")
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "KIND      NAME  TYPE       STATUS   CHANGED",
        "job       a     BATCH      STOPPED  2023-11-14 22:13Z",
        "job       b     REAL_TIME  NORMAL   2023-11-14 22:13Z",
        "script    sum   HiveSQL",
        "resource  jar   jar",
    ]


def test_a_table_fits_a_terminal(workspace: Workspace) -> None:
    """Rows have at most 80 columns, but for that of a name that is longer: it stands there in full."""
    workspace.job("x" * 60, processType="REAL_TIME", listed={"status": "SCHEDULING"})
    lines = run(workspace.put(), "dgc", "list").stdout.splitlines()
    assert [len(line) > 80 for line in lines] == ["x" * 60 in line for line in lines]
    assert sum("x" * 60 in line for line in lines) == 1


def test_list_prints_json_for_programs(workspace: Workspace) -> None:
    """`--format json` is one object with the items, times in milliseconds."""
    plain = json.loads(run(workspace, "dgc", "list", "--format", "json").stdout)
    assert plain["problems"] == []
    assert plain["items"][0] == {
        "kind": "job", "name": "a", "type": "BATCH", "status": "STOPPED", "last_update": 1_700_000_010_000,
    }  # fmt: skip


def test_flink_jobs_are_listed_with_their_ids(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """`dli list` has the jobs of the project; JSON has their ids, which exports want."""
    monkeypatch.setenv("NO_PROXY", "*")
    monkeypatch.setenv("JOBEXPORT_TOKEN", server.token)
    server.core.reset()
    with serve(EDITION) as example:
        result = CliRunner().invoke(
            cli, ["dli", "list", "--format", "json", "--url", example.url, "--project", example.project_id]
        )
    assert {item["id"] for item in json.loads(result.stdout)["items"]} >= {100}


def test_a_workspace_is_backed_up_verified_and_compared(workspace: Workspace, tmp_path: Path) -> None:
    """backup, verify and diff end with 0 where all is well; diff ends with 1 where backups differ."""
    first, second = tmp_path / "1", tmp_path / "2"
    result = run(workspace, "dgc", "backup", "-o", first)
    assert (result.exit_code, result.stdout) == (0, f"4 items in {first}: 4 new, 0 unchanged\n")
    assert run(workspace, "dgc", "backup", "-o", first).stdout == f"4 items in {first}: 4 unchanged\n"
    result = run(None, "dgc", "verify", first)
    assert (result.exit_code, result.stdout) == (0, f"{first}: level 1, sound; 2 jobs, 1 script, 1 resource\n")
    workspace.job("a", params=[{"name": "p", "value": "1"}])
    assert run(workspace.put(), "dgc", "backup", "-o", second).exit_code == 0
    result = run(None, "dgc", "diff", first, second)
    assert result.exit_code == 1
    assert result.stdout == "job a: differs\n  params.p: '1' is new\n3 items are the same, 1 differs\n"
    assert run(None, "dgc", "diff", first, first).exit_code == 0
    plain = json.loads(run(None, "dgc", "diff", first, second, "--format", "json").stdout)
    assert plain["differences"][0]["name"] == "a"


def test_flink_jobs_are_backed_up_through_obs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """`dli backup` wants a key and a folder in OBS, and verify and diff read what it wrote."""
    for name, value in {"NO_PROXY": "*", "JOBEXPORT_TOKEN": None}.items():
        monkeypatch.setenv(name, value) if value else monkeypatch.delenv(name, raising=False)
    with serve(EDITION) as example:
        command = ["dli", "backup", "-o", str(tmp_path), "--obs-dir", "bucket/flink", "--url", example.url]
        command += ["--project", example.project_id, "--obs-endpoint", f"{example.url}/_mock/obs"]
        monkeypatch.setenv("JOBEXPORT_TOKEN", example.token)
        result = CliRunner().invoke(cli, command)
        assert (result.exit_code, "dli backup needs an access key" in result.stderr) == (2, True)
        monkeypatch.setenv("HUAWEICLOUD_SDK_AK", example.access_key)
        monkeypatch.setenv("HUAWEICLOUD_SDK_SK", example.secret_key)
        result = CliRunner().invoke(cli, command)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == f"3 items in {tmp_path}: 3 new, 0 unchanged\n"
    assert run(None, "dli", "verify", tmp_path).stdout == f"{tmp_path}: level 1, sound; 3 Flink jobs\n"
    assert run(None, "dli", "diff", tmp_path, tmp_path).exit_code == 0


def test_an_incomplete_backup_ends_with_1(workspace: Workspace, tmp_path: Path) -> None:
    """An item that can't be fetched is named on standard error, and in the JSON."""
    workspace.server.core.set_faults("status-500@batchExportJobs")
    result = run(workspace, "dgc", "backup", "-o", tmp_path, "--format", "json")
    workspace.server.core.set_faults()
    assert result.exit_code == 1
    assert "job a: batchExportJobs:" in result.stderr
    plain = json.loads(result.stdout)
    assert (plain["complete"], plain["failures"][0]["item"]) == (False, "job a")
    verified = run(None, "dgc", "verify", tmp_path)
    assert verified.exit_code == 1
    assert "job a: its content was never fetched" in verified.stderr


def test_a_refused_backup_ends_with_3(workspace: Workspace, tmp_path: Path) -> None:
    """A backup that would lose too much, and a folder of another workspace, change nothing."""
    run(workspace, "dgc", "backup", "-o", tmp_path)
    before = contents(tmp_path)
    del workspace.jobs["a"], workspace.jobs["b"]
    result = run(workspace.put(), "dgc", "backup", "-o", tmp_path)
    assert result.exit_code == 3
    assert "--max-shrink 100%" in result.stderr
    assert run(workspace, "dgc", "backup", "-o", tmp_path, "--workspace", "w2").exit_code == 3
    assert contents(tmp_path) == before
    result = run(workspace, "dgc", "backup", "-o", tmp_path, "--max-shrink", "100%")
    assert result.exit_code == 0
    assert "job a is gone from the service" in result.stderr


@pytest.mark.parametrize("percent", ["-1%", "101%", "ten", ""])
def test_a_percentage_is_a_percentage(workspace: Workspace, tmp_path: Path, percent: str) -> None:
    """Anything else is an error of usage."""
    assert run(workspace, "dgc", "backup", "-o", tmp_path, "--max-shrink", percent).exit_code == 2


@pytest.mark.parametrize("family", ["dgc", "dli"])
def test_what_is_no_backup_ends_with_2(tmp_path: Path, family: str) -> None:
    """A folder without a marker, and one of a later format, end with 2 and one sentence."""
    result = run(None, family, "verify", tmp_path)
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
    assert run(None, family, "diff", tmp_path, tmp_path).exit_code == 2
    ordinary(tmp_path)
    marker = tmp_path / "jobexport-backup.json"
    marker.write_text(marker.read_text().replace("jobexport-backup/1", "jobexport-backup/3"))
    result = run(None, family, "verify", tmp_path)
    assert (result.exit_code, "install that version" in result.stderr) == (2, True)


def test_a_folder_in_use_ends_with_11(workspace: Workspace, tmp_path: Path) -> None:
    """While a run has the folder, backup and verify end with 11; so does an export to a folder in use."""
    run(workspace, "dgc", "backup", "-o", tmp_path)
    with opened(tmp_path, write=True):
        assert run(workspace, "dgc", "backup", "-o", tmp_path).exit_code == 11
        assert run(None, "dgc", "verify", tmp_path).exit_code == 11
        assert run(workspace, "dgc", "export", "a", "-o", tmp_path).exit_code == 11
    with opened(tmp_path / "other", write=True):
        assert run(workspace, "dgc", "export", "a", "--git", "-o", tmp_path / "other").exit_code == 11


def test_ctrl_c_leaves_the_folder_as_it_was(workspace: Workspace, tmp_path: Path) -> None:
    """Ctrl-C while jobs are exported ends with 130 and a sentence; the next run needs no help."""
    run(workspace, "dgc", "backup", "-o", tmp_path)
    before = contents(tmp_path)
    workspace.job("a", params=[{"name": "p", "value": "1"}])
    workspace.put()
    main = threading.main_thread().ident
    assert main is not None

    def interrupting(request: Any, respond: Any) -> Any:
        signal.pthread_kill(main, signal.SIGINT)
        return respond(request)

    with workspace.on("batchExportJobs", interrupting):
        result = run(workspace, "dgc", "backup", "-o", tmp_path)
    assert result.exit_code == 130
    assert "run the same command again" in result.stderr
    assert contents(tmp_path) == before
    assert run(workspace, "dgc", "backup", "-o", tmp_path).exit_code == 0


def test_many_problems_are_cut(tmp_path: Path) -> None:
    """Of more than 50 problems the rest is a number."""
    ordinary(tmp_path)
    for number in range(60):
        (tmp_path / "jobs" / f"x{number}.json").write_text("{}")
    lines = run(None, "dgc", "verify", tmp_path).stderr.splitlines()
    assert len(lines) == 51
    assert lines[-1] == "and 10 more; --format json has all of them"
