"""What a contract run may know of the mock that it starts itself: everything the mock holds, and how to change it."""

from __future__ import annotations

import asyncio
import contextlib
import json
from typing import TYPE_CHECKING, Any

from jobexport.auth import AccessKey
from jobexport.contract import Data, Tools

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jobexport import mock

_DEFAULT = "default"


def mock_data(server: mock.Server) -> Data:
    """Take the names that a mock's state holds: all of them."""
    project = server.state.projects[server.project_id]
    default = project.workspaces[_DEFAULT]
    others = {name: workspace for name, workspace in project.workspaces.items() if name != _DEFAULT}
    submitted = (name for name, job in default.submitted.items() if job.content != default.jobs[name].content)
    locations = (json.loads(content).get("location") for content in default.resources.values())
    return Data(
        project=server.project_id,
        jobs=tuple(default.jobs),
        flink_jobs=tuple(project.flink),
        workspace_jobs={name: tuple(workspace.jobs) for name, workspace in others.items()},
        submitted=tuple(submitted),
        resources=(*default.resources, *(location for location in locations if isinstance(location, str))),
        flink_names={id_: job.name for id_, job in project.flink.items()},
        complete=True,
        token=server.token,
        key=AccessKey(server.access_key, server.secret_key, server.project_id),
    )


def mock_tools(server: mock.Server) -> Tools:
    """Let scenarios change the mock's jobs for a while, and look into its object storage."""

    @contextlib.contextmanager
    def change(job: str, description: str) -> Iterator[None]:
        before, project = server.state, server.project_id
        jobs = before.projects[project].workspaces[_DEFAULT].jobs
        value: dict[str, Any] = json.loads((jobs.get(job) or next(iter(jobs.values()))).content)
        path = f"{project}/workspaces/{_DEFAULT}/jobs/{job}.job"
        server.core.load(before.with_files({path: value | {"name": job, "description": description}}))
        try:
            yield
        finally:
            server.core.load(before)

    def fetch(name: str) -> bytes | None:
        return asyncio.run(server.storage.get(name))

    return Tools(change, fetch)
