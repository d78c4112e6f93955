"""Rehearsals of a restore by both clients; on a mock in the process of the command: tests/cli/backup."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from jobexport import AsyncDgcClient, DgcClient
from jobexport.backup import Problem, arehearse, rehearse
from tests.backup.making.folders import contents
from tests.backup.making.restoring import empty, left
from tests.backup.making.workspace import PROJECT, QUICK, Workspace
from tests.making.stored import bucket

if TYPE_CHECKING:
    from pathlib import Path


def rehearsed(workspace: Workspace, folder: Path, kind: str) -> tuple[Problem, ...]:
    """Rehearse into the default workspace of a mock."""
    server = workspace.server
    connection: dict[str, Any] = {"auth": server.token, "base_url": server.url, "retries": QUICK}
    given: dict[str, Any] = {"obs_dir": "backups/in", "store": bucket(server, "backups")}
    if kind == "sync":
        with DgcClient(PROJECT, **connection) as client:
            return rehearse(client, folder, **given)

    async def run() -> tuple[Problem, ...]:
        async with AsyncDgcClient(PROJECT, **connection) as client:
            return await arehearse(client, folder, **given)

    return asyncio.run(run())


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_a_backup_is_rehearsed_without_a_trace(workspace: Workspace, tmp_path: Path, kind: str) -> None:
    """An empty workspace takes all of it; neither the folder of the backup nor OBS has anything new."""
    workspace.back_up(tmp_path)
    before = contents(tmp_path), sorted((tmp_path / ".jobexport").rglob("*"))
    empty(workspace.server)
    assert rehearsed(workspace, tmp_path, kind) == ()
    assert (contents(tmp_path), sorted((tmp_path / ".jobexport").rglob("*"))) == before
    assert left(workspace.server) == []


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_a_workspace_with_other_items_is_no_place_for_a_rehearsal(
    workspace: Workspace, tmp_path: Path, kind: str
) -> None:
    """A job that differs refuses the plan, and nothing is written."""
    workspace.back_up(tmp_path)
    workspace.job("a", params=[{"name": "p", "value": "2"}])
    workspace.put()
    (problem,) = rehearsed(workspace, tmp_path, kind)
    assert (problem.level, problem.place) == (2, "plan")
    assert problem.what.startswith("job a differs from that of the target")
