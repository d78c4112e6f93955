"""The commands `restore` and `task`: what they print, and their exit codes."""

from __future__ import annotations

import json
import signal
import threading
from typing import TYPE_CHECKING, Any

import pytest
from attrs import evolve
from click.testing import CliRunner

from jobexport.cli.commands import cli
from jobexport.mock import State, serve
from jobexport.mock.state.values import WorkspaceState
from tests.backup.making.restoring import empty, held, left, operations
from tests.backup.making.workspace import EDITION, PROJECT, Workspace
from tests.making.credentials import credentials

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
    monkeypatch.setenv("HUAWEICLOUD_SDK_AK", server.access_key)
    monkeypatch.setenv("HUAWEICLOUD_SDK_SK", server.secret_key)
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
    assert workspace.back_up(tmp_path / "backup").complete
    return tmp_path / "backup"


def run(workspace: Workspace, *args: Any, obs: bool = True) -> Result:
    """Run a command of `jobexport dgc` against the mock, with its object storage if `obs`."""
    url = workspace.server.url
    workspace.server.core.requests.clear()
    where = ["--url", url, "--project", PROJECT]
    where += ["--obs", "obs://backups/in", "--obs-endpoint", f"{url}/_mock/obs"] if obs else []
    return CliRunner().invoke(cli, ["dgc", *map(str, args), *where])


def test_a_plan_is_a_table_that_fits(workspace: Workspace, folder: Path) -> None:
    """`-n` prints what would happen and what the target must have; no line is wider than 80 columns."""
    workspace.job("a", params=[{"name": "a_parameter", "value": "a value that is far longer than a column may be"}])
    del workspace.jobs["b"]
    workspace.put()
    result = run(workspace, "restore", folder, "-n", "--policy", "overwrite", obs=False)
    assert result.exit_code == 0
    assert result.stdout.splitlines()[0].split() == ["KIND", "NAME", "TARGET", "ACTION", "DIFFERENCE"]
    assert result.stdout.splitlines()[2] == "job   b     new        create"
    assert result.stdout.splitlines()[-1] == "1 to create, 1 to overwrite, 2 the same"
    assert max(map(len, result.stdout.splitlines())) <= 80
    assert "connection:hive (1)" in result.stderr
    assert "importJob" not in operations(workspace.server)


def test_a_blocked_plan_ends_with_3(workspace: Workspace, folder: Path) -> None:
    """Every problem is on standard error, the JSON has the plan, and nothing is written, with and without `-n`."""
    workspace.job("a", params=[{"name": "p", "value": "1"}])
    workspace.script("sum", content="SELECT 2;\n")
    workspace.put()
    for options in (["-n"], []):
        result = run(workspace, "restore", folder, "--format", "json", *options)
        assert result.exit_code == 3
        assert result.stderr.count("differs from that of the target") == 2
        plain = json.loads(result.stdout)
        assert (plain["plan"]["blocked"], len(plain["plan"]["problems"]), plain["result"]) == (True, 2, None)


def test_a_restore_prints_what_it_did(workspace: Workspace, folder: Path) -> None:
    """A restore into an empty workspace ends with 0, a second one has nothing to do, and OBS is empty."""
    empty(workspace.server)
    result = run(workspace, "restore", folder)
    assert (result.exit_code, result.stdout, result.stderr) == (0, "4 items restored\n", "")
    result = run(workspace, "restore", folder, "--format", "json")
    plain = json.loads(result.stdout)
    assert (plain["result"]["complete"], plain["result"]["written"]) == (True, [])
    assert {item["action"] for item in plain["plan"]["items"]} == {"leave"}
    assert left(workspace.server) == []


def test_options_become_those_of_the_restore(workspace: Workspace, folder: Path) -> None:
    """Names, the map, and `--target-status` with `--yes` arrive."""
    empty(workspace.server)
    lines = folder.parent / "map"
    lines.write_text("connection:hive = other\nbucket:bucket = b2\n")
    assert run(workspace, "restore", folder, "a", "--map", lines, "--target-status", "none").exit_code == 3
    result = run(workspace, "restore", folder, "a", "--map", lines, "--target-status", "none", "--yes")
    assert (result.exit_code, result.stdout) == (0, "2 items restored\n")
    assert held(workspace.server).versions.keys() == {"a"}
    assert run(workspace, "restore", folder, "b", "--map", lines).exit_code == 0
    assert held(workspace.server).versions.keys() == {"a"}


def test_a_restore_goes_to_the_workspace_that_is_named(workspace: Workspace, folder: Path) -> None:
    """`--to-workspace` is another one than that of the backup, which stays as it is."""
    project = workspace.server.core.world.state.projects[PROJECT]
    both = {**project.workspaces, "w2": WorkspaceState()}
    workspace.server.core.load(State({PROJECT: evolve(project, workspaces=both)}))
    before = held(workspace.server)
    assert run(workspace, "restore", folder, "--to-workspace", "w2").stdout == "4 items restored\n"
    state = workspace.server.core.world.state.projects[PROJECT]
    assert state.workspaces["w2"].jobs.keys() == before.jobs.keys()
    assert held(workspace.server) == before


def test_a_restore_needs_obs_and_a_key(workspace: Workspace, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without --obs, or without an access key, a restore is an error of usage; nothing is sent."""
    result = run(workspace, "restore", folder, obs=False)
    assert (result.exit_code, "needs --obs" in result.stderr) == (2, True)
    monkeypatch.delenv("HUAWEICLOUD_SDK_AK")
    monkeypatch.delenv("HUAWEICLOUD_SDK_SK")
    assert run(workspace, "restore", folder).exit_code == 2
    assert operations(workspace.server) == []


def test_an_unknown_outcome_ends_with_4(workspace: Workspace, folder: Path) -> None:
    """A lost response is exit code 4, the next restore 3, and one with --resume goes on."""
    empty(workspace.server)
    workspace.server.core.set_faults("truncated@importJob")
    result = run(workspace, "restore", folder)
    workspace.server.core.set_faults()
    assert (result.exit_code, "importJob: it may have happened or not" in result.stderr) == (4, True)
    result = run(workspace, "restore", folder)
    assert (result.exit_code, "go on with --resume" in result.stderr) == (3, True)
    assert run(workspace, "restore", folder, "--resume").exit_code == 0


def test_failed_items_end_with_1(workspace: Workspace, folder: Path) -> None:
    """A refused import lists its items, and ends with 1."""
    empty(workspace.server)
    workspace.server.core.set_faults("status-429@importJob")
    result = run(workspace, "restore", folder, "--format", "json")
    workspace.server.core.set_faults()
    assert result.exit_code == 1
    assert "job a: importJob:" in result.stderr
    assert len(json.loads(result.stdout)["result"]["failures"]) == 3


def test_a_task_is_followed(workspace: Workspace, folder: Path) -> None:
    """`task` prints the parts of a task: 0 for a successful one, 1 for a failed one, 2 for one that does not exist."""
    empty(workspace.server)
    run(workspace, "restore", folder)
    (task,) = held(workspace.server).tasks
    result = run(workspace, "task", task, obs=False)
    assert result.exit_code == 0
    assert result.stdout == f"PART  STATUS\na     SUCCESSFUL\nb     SUCCESSFUL\ntask {task}: SUCCESSFUL\n"
    workspace.server.core.set_faults("task-failed-part@showSystemTask")
    result = run(workspace, "task", task, "--format", "json", obs=False)
    workspace.server.core.set_faults()
    assert result.exit_code == 1
    assert json.loads(result.stdout)["parts"][0] == {"name": "a", "status": "FAILED"}
    assert run(workspace, "task", "0" * 32, obs=False).exit_code == 2


def test_ctrl_c_removes_the_zip(workspace: Workspace, folder: Path) -> None:
    """Ctrl-C while an import is sent ends with 130; OBS is empty, and --resume goes on."""
    empty(workspace.server)
    main = threading.main_thread().ident
    assert main is not None

    def interrupting(request: Any, respond: Any) -> Any:
        signal.pthread_kill(main, signal.SIGINT)
        return respond(request)

    with workspace.on("importJob", interrupting):
        result = run(workspace, "restore", folder)
    assert (result.exit_code, "--resume" in result.stderr) == (130, True)
    assert left(workspace.server) == []
    assert run(workspace, "restore", folder, "--resume").exit_code == 0


def test_flink_jobs_are_restored(workspace: Workspace, tmp_path: Path) -> None:
    """`dli restore` plans with `-n`, and imports what is missing."""
    with serve(EDITION) as example:
        where = ["--url", example.url, "--project", example.project_id]
        obs = ["--obs-dir", "bucket/flink", "--obs-endpoint", f"{example.url}/_mock/obs"]
        runner = CliRunner(env=credentials(example))
        assert runner.invoke(cli, ["dli", "backup", "-o", str(tmp_path), *obs, *where]).exit_code == 0
        state = example.core.world.state
        project = state.projects[example.project_id]
        example.core.load(state.with_project(example.project_id, evolve(project, flink={})))
        result = runner.invoke(cli, ["dli", "restore", str(tmp_path), "-n", *where])
        assert (result.exit_code, result.stdout.splitlines()[-1]) == (0, "3 to create")
        result = runner.invoke(cli, ["dli", "restore", str(tmp_path), *obs, *where])
        assert (result.exit_code, result.stdout) == (0, "3 items restored\n"), result.stderr
