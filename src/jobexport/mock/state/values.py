"""All that the mock holds: projects with Flink jobs and workspaces, workspaces with jobs, scripts, resources and tasks.

All values are immutable; a change makes new values, and shares what stays.
"""

from __future__ import annotations

import hashlib
import json
from functools import cached_property
from typing import TYPE_CHECKING, Any

from attrs import field, frozen

from jobexport.core import strict_json

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

BATCH, REAL_TIME = "BATCH", "REAL_TIME"


@frozen
class FlinkJob:
    """A Flink job of DLI; `content` is the stored JSON."""

    id: int
    name: str
    content: bytes
    listed: Mapping[str, Any] = field(factory=dict)
    """Fields of the job in lists that the stored JSON lacks, such as `status` and `create_time`."""

    @classmethod
    def of(cls, id_: int, fields: Mapping[str, Any], listed: Mapping[str, Any]) -> FlinkJob:
        """Return the job of a definition whose `name` is text."""
        return cls(id_, fields["name"], strict_json.write(fields).encode("utf-8"), listed)


@frozen
class DgcJob:
    """A data development job of DGC: its stored JSON, and the scripts and paths that its nodes name."""

    name: str
    content: bytes
    scripts: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    """The values of `resourcePath`: names or locations of resources, or other paths."""
    type: str = BATCH
    listed: Mapping[str, Any] = field(factory=dict)
    """Fields of the job in lists that the stored JSON lacks, such as `status`, `createUser` and `createTime`."""

    @classmethod
    def of(
        cls, fields: Mapping[str, Any], listed: Mapping[str, Any] | None = None, content: bytes | None = None
    ) -> DgcJob:
        """Return the job of a definition whose `name` is text; `content` is the definition as JSON, if it is known."""
        used = node_properties(fields)
        # One page calls the field `jobType`, all others `processType`.
        kind = REAL_TIME if REAL_TIME in (fields.get("processType"), fields.get("jobType")) else BATCH
        return cls(
            name=fields["name"],
            content=strict_json.write(fields).encode("utf-8") if content is None else content,
            scripts=tuple(dict.fromkeys(value for name, value, _ in used if name == "scriptName")),
            paths=tuple(dict.fromkeys(value for name, value, _ in used if name == "resourcePath")),
            type=kind,
            listed=listed or {},
        )

    @property
    def fields(self) -> dict[str, Any]:
        """The fields of the definition."""
        found: dict[str, Any] = json.loads(self.content)
        return found


@frozen
class Subtask:
    """The part of a task that is about one job."""

    id: str
    name: str
    status: str
    last_update: int
    message: str = ""


@frozen
class SystemTask:
    """A task of a workspace: an import that may be still running."""

    id: str
    name: str
    start: int
    last_update: int
    subtasks: tuple[Subtask, ...]
    end: int | None = None
    """The end in milliseconds since 1970, or None while the task runs."""
    complete: bool = True
    """False if something that the imported jobs need is missing."""

    @property
    def running(self) -> bool:
        """True until every subtask has ended."""
        return self.end is None


@frozen
class WorkspaceState:
    """The content of one workspace, by name; scripts and resources as stored JSON."""

    jobs: Mapping[str, DgcJob] = field(factory=dict)
    versions: Mapping[str, tuple[DgcJob, ...]] = field(factory=dict)
    """The submitted versions of jobs; the first is version 1."""
    scripts: Mapping[str, bytes] = field(factory=dict)
    resources: Mapping[str, bytes] = field(factory=dict)
    created_ids: Mapping[str, str] = field(factory=dict)
    """The ids of resources that were created while the server runs; others have an id that their name gives."""
    tasks: Mapping[str, SystemTask] = field(factory=dict)
    """Tasks by id, oldest first."""

    def __hash__(self) -> int:
        """Return a hash of the object, not of its content: a cache must not read the whole content for each request."""
        return id(self)

    @cached_property
    def by_type(self) -> Mapping[str, tuple[DgcJob, ...]]:
        """The jobs by type, in the order of their creation."""
        found: dict[str, list[DgcJob]] = {}
        for job in self.jobs.values():
            found.setdefault(job.type, []).append(job)
        return {kind: tuple(jobs) for kind, jobs in found.items()}

    @cached_property
    def submitted(self) -> Mapping[str, DgcJob]:
        """The version of each job that was submitted last."""
        return {name: versions[-1] for name, versions in self.versions.items()}

    def resource_id(self, name: str) -> str:
        """Return the id of a resource: 32 hex digits."""
        # Not a secret: the id must only be the same in each run.
        return self.created_ids.get(name) or hashlib.md5(name.encode(), usedforsecurity=False).hexdigest()

    @cached_property
    def resource_names(self) -> Mapping[str, str]:
        """The names of resources by id."""
        return {self.resource_id(name): name for name in self.resources}

    @cached_property
    def _places(self) -> Mapping[str, str]:
        """The names of resources by name and by location."""
        # No page says how a node names a resource: `resourcePath` is "a path". So it may be the name or the location
        # of a resource; any other path is a plain file.
        located = {
            location: name
            for name, content in self.resources.items()
            if isinstance(location := json.loads(content).get("location"), str)
        }
        return located | {name: name for name in self.resources}

    def resources_of(self, job: DgcJob) -> tuple[str, ...]:
        """Return the names of the resources that a job's nodes use."""
        return tuple(dict.fromkeys(self._places[path] for path in job.paths if path in self._places))

    def scripts_of(self, job: DgcJob) -> tuple[str, ...]:
        """Return the names of the scripts that a job's nodes use and that exist."""
        return tuple(name for name in job.scripts if name in self.scripts)


@frozen
class ProjectState:
    """The content of one project: Flink jobs by id, workspaces by id."""

    flink: Mapping[int, FlinkJob] = field(factory=dict)
    workspaces: Mapping[str, WorkspaceState] = field(factory=dict)

    @cached_property
    def flink_ids(self) -> Mapping[str, int]:
        """The ids of Flink jobs by name."""
        return {job.name: id_ for id_, job in self.flink.items()}

    @cached_property
    def newest_flink(self) -> tuple[FlinkJob, ...]:
        """The Flink jobs by the time of their creation, the newest first; those without a time are the oldest."""
        return tuple(sorted(self.flink.values(), key=lambda job: (job.listed.get("create_time", 0), job.id))[::-1])


def node_properties(job: Mapping[str, Any]) -> list[tuple[str, str, tuple[str | int, ...]]]:
    """Return name, value and JSON pointer of each node property with a text value; other shapes are skipped."""
    found: list[tuple[str, str, tuple[str | int, ...]]] = []
    for number, node in enumerate(_items(job.get("nodes"))):
        for place, item in enumerate(_items(node.get("properties"))):
            name, value = item.get("name"), item.get("value")
            if isinstance(name, str) and isinstance(value, str) and value:
                found.append((name, value, ("nodes", number, "properties", place, "value")))
    return found


def _items(value: Any) -> Iterator[dict[str, Any]]:
    # An item of another type becomes an empty object, so that the indexes stay right.
    return (item if isinstance(item, dict) else {} for item in (value if isinstance(value, list) else ()))
