"""Names and tools of the mock that a contract run starts itself: all its jobs, and functions that change them."""

from __future__ import annotations

import asyncio
import contextlib
import json
from typing import TYPE_CHECKING, Any

from jobexport.auth import AccessKey
from jobexport.contract import Data, Tools
from jobexport.contract.data import needs_workspace
from jobexport.spec.document import operations

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jobexport import mock

_DEFAULT = "default"


def mock_data(server: mock.Server) -> Data:
    """Return all names in a mock's state, with its credentials."""
    project = server.state.projects[server.project_id]
    default = project.workspaces[_DEFAULT]
    others = {name: workspace for name, workspace in project.workspaces.items() if name != _DEFAULT}
    submitted = (name for name, job in default.submitted.items() if job.content != default.jobs[name].content)
    locations = (json.loads(content).get("location") for content in default.resources.values())
    document = server.core.document
    named = any(needs_workspace(document, operation) for operation in operations(document))
    return Data(
        project=server.project_id,
        # The default workspace has no id; an empty one names it.
        workspaces=("",) if named else (),
        jobs=tuple(default.jobs),
        flink_jobs=tuple(project.flink),
        workspace_jobs={name: tuple(workspace.jobs) for name, workspace in others.items()},
        submitted=tuple(submitted),
        scripts=tuple(default.scripts),
        resources=(*default.resources, *(location for location in locations if isinstance(location, str))),
        flink_names={id_: job.name for id_, job in project.flink.items()},
        complete=True,
        token=server.token,
        key=AccessKey(server.access_key, server.secret_key, server.project_id),
    )


def mock_tools(server: mock.Server) -> Tools:
    """Return functions that change the mock's jobs for the time of a context, and read its object storage."""

    @contextlib.contextmanager
    def changed(path: str, value: dict[str, Any]) -> Iterator[None]:
        before = server.state
        server.core.load(before.with_files({f"{server.project_id}/{path}": value}))
        try:
            yield
        finally:
            server.core.load(before)

    def change(job: str, description: str) -> contextlib.AbstractContextManager[None]:
        jobs = server.state.projects[server.project_id].workspaces[_DEFAULT].jobs
        value = json.loads((jobs.get(job) or next(iter(jobs.values()))).content)
        return changed(f"workspaces/{_DEFAULT}/jobs/{job}.job", value | {"name": job, "description": description})

    def change_flink(number: int, description: str) -> contextlib.AbstractContextManager[None]:
        value = json.loads(server.state.projects[server.project_id].flink[number].content)
        return changed(f"flink/{number}.json", value | {"desc": description})

    def change_script(script: str, content: str) -> contextlib.AbstractContextManager[None]:
        scripts = server.state.projects[server.project_id].workspaces[_DEFAULT].scripts
        value = json.loads(scripts.get(script) or next(iter(scripts.values()))) | {"name": script}
        return changed(f"workspaces/{_DEFAULT}/scripts/{script}.script", value | {"content": content})

    def fetch(name: str) -> bytes | None:
        return asyncio.run(server.storage.get(name))

    return Tools(change, change_flink, change_script, fetch)
