"""Restores into workspaces of a mock, with its own object storage over HTTP."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from jobexport import AsyncDgcClient, DgcClient
from jobexport.backup import aplan_restore, arestore_workspace, plan_restore, restore_workspace
from jobexport.core import strict_json
from jobexport.mock import State
from jobexport.mock.state.values import ProjectState, WorkspaceState
from tests.backup.making.workspace import PROJECT, QUICK
from tests.making.stored import bucket

if TYPE_CHECKING:
    from pathlib import Path

    from jobexport.backup import RestorePlan, RestoreResult
    from jobexport.mock import Server


def restore(server: Server, folder: Path, *names: str, kind: str = "sync", **options: Any) -> RestoreResult:
    """Restore a backup into the default workspace of a mock, and forget the requests before."""
    server.core.requests.clear()
    given: dict[str, Any] = {"obs_dir": "backups/in", "store": bucket(server, "backups"), **options}
    connection: dict[str, Any] = {"auth": server.token, "base_url": server.url, "retries": QUICK}
    if kind == "sync":
        with DgcClient(PROJECT, **connection) as client:
            return restore_workspace(client, folder, names or None, **given)

    async def run() -> RestoreResult:
        async with AsyncDgcClient(PROJECT, **connection) as client:
            return await arestore_workspace(client, folder, names or None, **given)

    return asyncio.run(run())


def planned(server: Server, folder: Path, *names: str, kind: str = "sync", **options: Any) -> RestorePlan:
    """Plan a restore into the default workspace of a mock, and forget the requests before."""
    server.core.requests.clear()
    connection: dict[str, Any] = {"auth": server.token, "base_url": server.url, "retries": QUICK}
    if kind == "sync":
        with DgcClient(PROJECT, **connection) as client:
            return plan_restore(client, folder, names or None, **options)

    async def run() -> RestorePlan:
        async with AsyncDgcClient(PROJECT, **connection) as client:
            return await aplan_restore(client, folder, names or None, **options)

    return asyncio.run(run())


def empty(server: Server) -> None:
    """Leave a mock with an empty workspace."""
    server.core.load(State({PROJECT: ProjectState(workspaces={"default": WorkspaceState()})}))


def held(server: Server) -> WorkspaceState:
    """Return the default workspace of a mock."""
    return server.core.world.state.projects[PROJECT].workspaces["default"]


def left(server: Server) -> list[str]:
    """Return the objects in the storage of a mock."""
    return asyncio.run(server.storage.names())


def operations(server: Server) -> list[str]:
    """Return the operations of the requests, in their order."""
    return [str(seen.operation) for seen in server.core.requests if seen.operation]


def definition(content: bytes) -> dict[str, Any]:
    """Return the JSON of a script or resource of a mock."""
    found = strict_json.parse(content)
    assert isinstance(found, dict)
    return found
