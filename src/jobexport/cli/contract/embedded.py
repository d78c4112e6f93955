"""Names and tools of the mock that a contract run starts itself: all its jobs, and functions that change them."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from typing import TYPE_CHECKING, Any

from attrs import evolve

from jobexport.auth import AccessKey
from jobexport.contract import Data, Tools
from jobexport.contract.data import needs_workspace
from jobexport.mock.behaviour.zips import pack
from jobexport.mock.state.values import Subtask, SystemTask
from jobexport.spec.document import operations

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jobexport import mock

_DEFAULT = "default"
_BUCKET = "obs-import"
# A task that ended in the past, so that showSystemTask has something to show.
_TASK = "5f3c1a7e9b2d4f60a8c1e3b5d7f90124"
# With the example's resource they are enough for pages of two.
_RESOURCES = ("report-properties", "trip-report-data")


def _filled(server: mock.Server) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Store zips to import; add a task, and resources for a list of pages; return the zips of jobs and of Flink jobs.

    Each kind has a zip with a new job, and a zip with a job that exists.
    """
    project = server.state.projects[server.project_id]
    default = project.workspaces[_DEFAULT]
    job = {"nodes": [], "schedule": {"type": "EXECUTE_ONCE"}, "processType": "BATCH", "jobType": "BATCH"}
    zips = {f"{name}.zip": {f"jobs/{name}.job": job | {"name": name}} for name in ("new_job", *list(default.jobs)[:1])}
    known = list(project.flink.values())[:1]
    # A name that begins as that of another job.
    flink = {f"{found.name}_new": 7 for found in known} | {found.name: found.id for found in known}
    flink_zips = {
        f"{name}_1700000000000.zip": {f"{name}.json": {"job_id": id_, "name": name}} for name, id_ in flink.items()
    }
    for name, members in (zips | flink_zips).items():
        content = pack({path: json.dumps(value).encode() for path, value in members.items()})
        asyncio.run(server.storage.put(f"{_BUCKET}/{name}", content))
    now = time.time_ns() // 1_000_000
    part = Subtask("0c5b8d1e7f3a4962b8d0e2f4a6c81357", "myJob", "SUCCESSFUL", now)
    task = SystemTask(_TASK, "importJob", now, now, (part,), now)
    resources = {name: {"name": name, "type": "file", "location": f"obs://{_BUCKET}/{name}"} for name in _RESOURCES}
    more = {name: json.dumps(value).encode() for name, value in resources.items()}
    filled = evolve(default, tasks={_TASK: task}, resources={**default.resources, **more})
    server.core.load(server.state.with_workspace((server.project_id, _DEFAULT), filled), first=True)
    return tuple(f"obs://{_BUCKET}/{name}" for name in zips), tuple(f"{_BUCKET}/{name}" for name in flink_zips)


def mock_data(server: mock.Server) -> Data:
    """Return all names in a mock's state, with its credentials; the mock gets zips to import, and a task."""
    job_zips, flink_zips = _filled(server)
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
        resource_ids=tuple(default.resource_id(name) for name in default.resources),
        tasks=tuple(default.tasks),
        job_zips=job_zips,
        flink_zips=flink_zips,
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

    def store(name: str, content: bytes) -> None:
        asyncio.run(server.storage.put(name, content))

    @contextlib.contextmanager
    def slow_tasks(seconds: float) -> Iterator[None]:
        before, server.core.world.task_seconds = server.core.world.task_seconds, seconds
        try:
            yield
        finally:
            server.core.world.task_seconds = before

    return Tools(change, change_flink, change_script, fetch, store, slow_tasks, server.core.restore, "/_mock/restore")
