"""A backup against a workspace as it is now: by both clients, and what keeps it from being compared."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from jobexport import AsyncDgcClient, DgcClient
from jobexport.backup import Difference, Differences, adiff_live, diff, diff_live
from jobexport.errors import BackupDamaged, JobexportError
from tests.backup.making.workspace import PROJECT, QUICK, Workspace

if TYPE_CHECKING:
    from pathlib import Path


def compared(workspace: Workspace, folder: Path, kind: str = "sync") -> Differences:
    """Compare a backup with the workspace, and forget the requests before."""
    workspace.server.core.requests.clear()
    connection: dict[str, Any] = {"auth": workspace.server.token, "base_url": workspace.server.url, "retries": QUICK}
    if kind == "sync":
        with DgcClient(PROJECT, **connection) as client:
            return diff_live(client, folder)

    async def run() -> Differences:
        async with AsyncDgcClient(PROJECT, **connection) as client:
            return await adiff_live(client, folder)

    return asyncio.run(run())


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_the_differences_are_those_of_a_backup_of_the_workspace(
    workspace: Workspace, tmp_path: Path, kind: str
) -> None:
    """Both clients find what `diff` finds between the backup and one that is made now."""
    workspace.back_up(tmp_path / "old")
    workspace.job("a", params=[{"name": "p", "value": "2"}])
    workspace.script("sum", content="SELECT 2;\n")
    workspace.job("new")
    del workspace.jobs["b"], workspace.resources["jar"]
    workspace.put().back_up(tmp_path / "now", max_shrink=1.0)
    found = compared(workspace, tmp_path / "old", kind)
    assert found == diff(tmp_path / "old", tmp_path / "now")
    assert {(item.name, item.change) for item in found.items} == {
        ("a", "differs"),
        ("sum", "differs"),
        ("b", "only in the first"),
        ("jar", "only in the first"),
        ("new", "only in the second"),
    }


def test_an_item_that_was_gone_and_came_back_is_only_in_the_workspace(workspace: Workspace, tmp_path: Path) -> None:
    """Items that are gone from the service do not count as items of the backup, as in `diff`."""
    workspace.back_up(tmp_path)
    fields = workspace.jobs.pop("b")
    workspace.put().back_up(tmp_path, max_shrink=1.0)
    assert compared(workspace, tmp_path).equal
    workspace.jobs["b"] = fields
    workspace.put()
    assert compared(workspace, tmp_path).items == (Difference("job", "b", "only in the second"),)


def test_a_damaged_file_is_found_before_anything_is_sent(workspace: Workspace, tmp_path: Path) -> None:
    """Its item can't be compared, and an equal workspace would be called different."""
    workspace.back_up(tmp_path)
    (tmp_path / "jobs/a.json").write_bytes(b"{}")
    with pytest.raises(BackupDamaged, match=r"jobs/a[.]json"):
        compared(workspace, tmp_path)
    assert workspace.requests == []


def test_a_list_that_is_not_complete_is_an_error(workspace: Workspace, tmp_path: Path) -> None:
    """Nobody knows what the workspace has."""
    workspace.back_up(tmp_path)
    workspace.server.core.set_faults("list-total-too-high@listScripts")
    with pytest.raises(JobexportError, match="list of scripts is not complete"):
        compared(workspace, tmp_path)
