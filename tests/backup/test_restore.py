"""Restores of a workspace, into mocks on real sockets: plans, policies, what arrives, and what is left in OBS."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from jobexport.backup import diff
from jobexport.errors import RestoreRefused
from tests.backup.making.folders import contents
from tests.backup.making.restoring import definition, empty, held, left, operations, planned, restore

if TYPE_CHECKING:
    from pathlib import Path

    from tests.backup.making.workspace import Workspace

READS = {"listJobs", "listScripts", "listResources", "batchExportJobs", "showScript"}


@pytest.fixture
def folder(workspace: Workspace, tmp_path: Path) -> Path:
    """A backup of the workspace."""
    assert workspace.back_up(tmp_path / "backup").complete
    return tmp_path / "backup"


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_a_restore_into_an_empty_workspace_is_backed_up_as_equal(
    workspace: Workspace, folder: Path, tmp_path: Path, kind: str
) -> None:
    """All items arrive, a backup of the target is equal, and nothing is left in OBS or in the journal."""
    empty(workspace.server)
    result = restore(workspace.server, folder, kind=kind)
    assert (result.failures, result.unknown, result.ended_by) == ({}, {}, None)
    assert len(result.written) == 6
    assert left(workspace.server) == []
    assert workspace.back_up(tmp_path / "again").complete
    assert diff(folder, tmp_path / "again").items == ()
    assert not list((folder / ".jobexport").glob("restore-*"))


def test_a_second_restore_does_nothing(workspace: Workspace, folder: Path) -> None:
    """Equal content is no conflict, whatever the policy is."""
    empty(workspace.server)
    restore(workspace.server, folder)
    before = held(workspace.server)
    for policy in ("fail", "skip", "overwrite"):
        assert restore(workspace.server, folder, policy=policy).written == ()
        assert set(operations(workspace.server)) <= READS
    assert held(workspace.server) == before


def test_a_plan_writes_nothing(workspace: Workspace, folder: Path) -> None:
    """A plan into an empty workspace creates all items; only reading requests are sent, and no file changes."""
    empty(workspace.server)
    before = contents(folder.parent)
    plan = planned(workspace.server, folder)
    assert [item.action for item in plan.items] == ["create"] * 6
    assert plan.needs["connection:hive"] == ("script:other", "script:sum")
    assert set(operations(workspace.server)) <= READS
    assert contents(folder.parent) == before
    assert planned(workspace.server, folder, kind="async") == plan


def changed(workspace: Workspace) -> None:
    """Change a job, a script and a resource since the backup, and remove another job."""
    workspace.job("a", params=[{"name": "p", "value": "new"}])
    workspace.script("sum", content="SELECT 2;\n")
    workspace.resource("jar", location="obs://bucket/other.jar")
    del workspace.jobs["b"]
    workspace.put()


def test_the_policy_fail_names_all_conflicts(workspace: Workspace, folder: Path) -> None:
    """Every item that differs is a problem, with what would change, and nothing is written."""
    changed(workspace)
    before = held(workspace.server)
    with pytest.raises(RestoreRefused) as error:
        restore(workspace.server, folder)
    assert [problem.partition(" differs")[0] for problem in error.value.problems] == [
        "job a", "resource jar", "script sum",
    ]  # fmt: skip
    assert set(operations(workspace.server)) <= READS
    assert held(workspace.server) == before


def test_the_policy_skip_leaves_what_differs(workspace: Workspace, folder: Path) -> None:
    """Only the missing job is imported; the job, the script and the resource that differ stay."""
    changed(workspace)
    before = held(workspace.server)
    result = restore(workspace.server, folder, policy="skip")
    assert (result.written, result.complete) == ((("job", "b"),), True)
    assert held(workspace.server).jobs["a"] == before.jobs["a"]
    assert held(workspace.server).scripts == before.scripts
    assert result.sentence() == "1 item restored, 2 the same, 3 left as they are"


def test_the_policy_overwrite_replaces_jobs_only(workspace: Workspace, folder: Path) -> None:
    """A script or a resource that differs blocks the plan, as no request replaces it; a stopped job is replaced."""
    changed(workspace)
    with pytest.raises(RestoreRefused, match=r"script sum .*no request overwrites it") as error:
        restore(workspace.server, folder, policy="overwrite")
    assert len(error.value.problems) == 2
    result = restore(workspace.server, folder, "b", policy="overwrite")
    assert result.written == (("job", "b"),)
    workspace.script("sum")
    workspace.resource("jar")
    workspace.job("a", params=[{"name": "p", "value": "new"}])
    result = restore(workspace.put().server, folder, policy="overwrite")
    assert result.written == (("job", "a"), ("job", "b"))
    assert definition(held(workspace.server).jobs["a"].content).get("params") is None


def test_a_running_job_is_never_overwritten(workspace: Workspace, folder: Path) -> None:
    """A job that is not stopped blocks the plan under overwrite, and is left under skip."""
    workspace.job("a", {"status": "SCHEDULING"}, params=[{"name": "p", "value": "new"}])
    workspace.put()
    with pytest.raises(RestoreRefused, match="job a is SCHEDULING in the target, and must be stopped first"):
        restore(workspace.server, folder, policy="overwrite")
    assert restore(workspace.server, folder, policy="skip").written == ()


def test_named_jobs_come_with_what_they_use(workspace: Workspace, folder: Path) -> None:
    """A job comes with its script; other kinds are named with their kind; an unknown name blocks the plan."""
    empty(workspace.server)
    with pytest.raises(RestoreRefused, match="the backup has no job 'no'"):
        restore(workspace.server, folder, "a", "no")
    assert restore(workspace.server, folder, "a").written == (("job", "a"), ("script", "sum"))
    assert restore(workspace.server, folder, "script:other").written == (("script", "other"),)
    assert operations(workspace.server).count("importJob") == 0


def test_a_damaged_file_blocks_the_plan(workspace: Workspace, folder: Path) -> None:
    """Every file that is restored is checked before anything is written; other items can still be restored."""
    empty(workspace.server)
    (folder / "jobs/a.json").write_bytes(b"{}")
    with pytest.raises(RestoreRefused, match=r"jobs/a[.]json is missing, or not what was backed up"):
        restore(workspace.server, folder)
    assert restore(workspace.server, folder, "b").written == (("job", "b"),)


AWKWARD = (".", "..", "Job", "job", "con", "a.b", "j" * 128, "作业_1", "x.job", "-")


def test_awkward_names_come_back(workspace: Workspace, tmp_path: Path) -> None:
    """Names that folders can't have, that differ in case, the longest and Chinese ones are restored as they were."""
    for name in AWKWARD:
        node = {"name": "n", "type": "HiveSQL", "properties": [{"name": "scriptName", "value": name}]}
        workspace.job(name, nodes=[node], params=[{"name": "p", "value": 1.50, "type": "variable"}])
        workspace.script(name, content=f"-- {name} \u2028\r\nSELECT '\\n';\n")
    assert workspace.put().back_up(tmp_path / "1").complete
    before = held(workspace.server)
    empty(workspace.server)
    result = restore(workspace.server, tmp_path / "1")
    assert result.complete, result.failures
    after = held(workspace.server)
    assert after.jobs.keys() == before.jobs.keys()
    assert {name: definition(content) for name, content in after.scripts.items()} == {
        name: definition(content) for name, content in before.scripts.items()
    }
    assert workspace.back_up(tmp_path / "2").complete
    assert diff(tmp_path / "1", tmp_path / "2").items == ()
