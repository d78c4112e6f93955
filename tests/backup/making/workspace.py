"""A workspace of a mock that a test changes between two backups."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any, cast

from attrs import define, field

from jobexport import AsyncDgcClient, DgcClient, Retries
from jobexport.backup import abackup_workspace, backup_workspace
from jobexport.core import strict_json
from jobexport.mock import State
from jobexport.mock.state.values import DgcJob, ProjectState, WorkspaceState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from jobexport.backup import BackupResult
    from jobexport.mock import Server

    Respond = Callable[[Any], Any]

EDITION = "huaweicloud-intl-2026"
PROJECT = "p1"
OLD = 1_700_000_000_000
QUICK = Retries(times=1, first_wait=0.01, longest_wait=0.02, deadline=20)


@define
class Workspace:
    """The default workspace of a mock. `put` makes the mock hold it."""

    server: Server
    kind: str = "sync"
    jobs: dict[str, dict[str, Any]] = field(factory=dict)
    scripts: dict[str, dict[str, Any]] = field(factory=dict)
    resources: dict[str, dict[str, Any]] = field(factory=dict)
    listed: dict[str, dict[str, Any]] = field(factory=dict)
    """Fields of jobs in lists only, such as `lastUpdateTime`."""
    _edits: int = 0

    def job(self, name: str, listed: Mapping[str, Any] | None = None, **fields: Any) -> None:
        """Create or change a job; each change has a time of its own."""
        self._edits += 1
        self.jobs[name] = {"nodes": [], **fields}
        self.listed[name] = {"lastUpdateTime": OLD + 10_000 * self._edits, **(listed or {})}

    def script(self, name: str, content: str = "SELECT 1;\n", **fields: Any) -> None:
        """Create or change a script."""
        self.scripts[name] = {"type": "HiveSQL", "connectionName": "hive", "content": content, **fields}

    def resource(self, name: str, **fields: Any) -> None:
        """Create or change a resource."""
        self.resources[name] = {"type": "jar", "location": f"obs://bucket/{name}.jar", **fields}

    def put(self) -> Workspace:
        """Make the mock hold the workspace as it is now."""
        workspace = WorkspaceState(
            jobs={
                name: DgcJob.of({"name": name, **fields}, {"status": "STOPPED", **self.listed[name]})
                for name, fields in self.jobs.items()
            },
            scripts={name: _json({"name": name, **fields}) for name, fields in self.scripts.items()},
            resources={name: _json({"name": name, **fields}) for name, fields in self.resources.items()},
        )
        self.server.core.load(State({PROJECT: ProjectState(workspaces={"default": workspace})}))
        return self

    def back_up(self, folder: Path, **options: Any) -> BackupResult:
        """Back up the workspace, by the client of this kind, and forget the requests before."""
        self.server.core.requests.clear()
        connection: dict[str, Any] = {"auth": self.server.token, "base_url": self.server.url, "retries": QUICK}
        if self.kind == "sync":
            with DgcClient(PROJECT, **connection) as client:
                return backup_workspace(client, folder, **options)

        async def run() -> BackupResult:
            async with AsyncDgcClient(PROJECT, **connection) as client:
                return await abackup_workspace(client, folder, **options)

        return asyncio.run(run())

    @contextlib.contextmanager
    def on(self, operation: str, hook: Callable[[Any, Respond], Any]) -> Iterator[None]:
        """Let a function respond to the requests of an operation; it receives the request and what would respond."""
        behaviours = cast("dict[str, Any]", self.server.core._behaviours)
        respond = behaviours[operation]
        behaviours[operation] = lambda request: hook(request, respond)
        try:
            yield
        finally:
            behaviours[operation] = respond

    @property
    def requests(self) -> list[str]:
        """The operations of the requests of the last backup."""
        return [str(request.operation) for request in self.server.core.requests]


def _json(fields: Mapping[str, Any]) -> bytes:
    return strict_json.write(fields).encode()
