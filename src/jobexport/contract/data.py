"""Names that exist on the server under test: without them no generated request ever succeeds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import jsonschema_rs
from attrs import asdict, field, frozen

from jobexport.errors import JobexportError
from jobexport.spec.load import line_of, load_yaml

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from jobexport.auth import AccessKey

_NAMES = {"type": "array", "items": {"type": "string", "minLength": 1}}
_FILE: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "project": {"type": "string", "minLength": 1},
        "jobs": _NAMES,
        "flink_jobs": {"type": "array", "items": {"type": "integer"}},
        "workspaces": _NAMES,
        "obs_dirs": _NAMES,
        "obs_paths": _NAMES,
    },
}


@frozen
class Data:
    """What requests may name with success."""

    project: str
    jobs: tuple[str, ...]
    """Names of DGC jobs in the default workspace."""
    flink_jobs: tuple[int, ...]
    workspaces: tuple[str, ...] = ()
    """Workspaces that have these jobs too; empty: only the default one is asked."""
    obs_dirs: tuple[str, ...] = ("obs-test",)
    obs_paths: tuple[str, ...] = ("obs://test_bucket/job_nodes/",)
    token: str | None = field(default=None, repr=False)
    key: AccessKey | None = field(default=None, repr=False)
    """What requests are signed with when there is no token."""
    workspace_jobs: Mapping[str, tuple[str, ...]] = field(factory=dict)
    """Names of DGC jobs by workspace, where they are known."""
    submitted: tuple[str, ...] = ()
    """Jobs of the default workspace whose submitted version is another than the one being developed."""
    resources: tuple[str, ...] = ()
    """Names and locations of the resources that nodes may use."""
    flink_names: Mapping[int, str] = field(factory=dict)
    """Names of Flink jobs by id, where they are known."""
    complete: bool = False
    """Whether the server holds nothing beside this: then what is not named here must be refused as unknown."""

    @classmethod
    def of_examples(cls, document: Mapping[str, Any], token: str | None = None) -> Data:
        """Take the names that the documentation's own examples use."""
        components = document["components"]
        return cls(
            project=components["parameters"]["ProjectId"]["example"],
            jobs=(
                *components["schemas"]["JobName"]["examples"],
                *components["schemas"]["BatchExportJobsRequest"]["properties"]["jobList"]["examples"][0],
            ),
            flink_jobs=tuple(components["schemas"]["FlinkJobId"]["examples"]),
            token=token,
        )

    def as_json(self) -> dict[str, Any]:
        """Give the names as JSON can hold them; what opens the server is left out."""
        return {name: value for name, value in asdict(self).items() if name not in ("token", "key")}

    @classmethod
    def of_json(cls, value: Mapping[str, Any]) -> Data:
        """Take names that `as_json` gave."""
        lists: dict[str, Any] = {name: tuple(item) if isinstance(item, list) else item for name, item in value.items()}
        lists["workspace_jobs"] = {name: tuple(jobs) for name, jobs in value["workspace_jobs"].items()}
        lists["flink_names"] = {int(id_): name for id_, name in value["flink_names"].items()}
        return cls(**lists)

    def bindings(self) -> dict[str, tuple[tuple[str | int, ...], float]]:
        """Give, for each parameter as schemathesis names it, the values and the share of requests that use one.

        The rest keeps what schemathesis makes up, so that unknown names are tried as well.
        """
        return {
            "path.project_id": ((self.project,), 0.98),
            "path.job_name": (self.jobs, 0.8),
            "header.workspace": (self.workspaces, 0.9),
            "body.jobList[*]": (self.jobs, 0.95),
            "body.job_selected[*]": (self.flink_jobs, 0.95),
            "body.obs_dir": (self.obs_dirs, 0.8),
            "body.obsPath": (self.obs_paths, 0.8),
        }


def load_names(path: Path) -> dict[str, Any]:
    """Read a file of names, YAML or JSON: `project`, `jobs`, `flink_jobs`, `workspaces`, `obs_dirs`, `obs_paths`.

    Raises:
        JobexportError: it can't be read or has something else in it; the text names file and line.
    """
    names = load_yaml(path)
    for problem in jsonschema_rs.validator_for(_FILE).iter_errors(names):
        pointer = list(problem.instance_path)
        where = "".join(f"/{step}" for step in pointer) or "the top level"
        known = ", ".join(_FILE["properties"])
        raise JobexportError(
            f"{path} line {line_of(path, pointer)}: {where}: {problem.message}; a data file may have {known}"
        )
    return {name: value if name == "project" else tuple(value) for name, value in names.items()}
