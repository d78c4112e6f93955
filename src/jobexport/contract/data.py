"""Names that exist on the server under test; a generated request without them does not succeed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import jsonschema_rs
from attrs import asdict, field, frozen

from jobexport.errors import JobexportError
from jobexport.spec.document import at, deref, look, parameters
from jobexport.spec.load import line_of, load_yaml

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from jobexport.auth import AccessKey
    from jobexport.spec.document import OperationObject

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


def _fits_a_header(_: object, __: object, names: tuple[str, ...]) -> None:
    for name in names:
        if not (name.isascii() and name.isprintable() and name == name.strip()):
            raise JobexportError(f"no header can have the workspace {name!r}; name the workspace by its id")


@frozen
class Data:
    """Names that exist on a server, and the credentials for it."""

    project: str
    jobs: tuple[str, ...]
    """Names of DGC jobs in the default workspace."""
    flink_jobs: tuple[int, ...]
    workspaces: tuple[str, ...] = field(default=(), validator=_fits_a_header)
    """Workspaces that have these jobs too; if empty, requests name no workspace."""
    obs_dirs: tuple[str, ...] = ("obs-test",)
    obs_paths: tuple[str, ...] = ("obs://test_bucket/job_nodes/",)
    token: str | None = field(default=None, repr=False)
    key: AccessKey | None = field(default=None, repr=False)
    """Access key that signs requests if `token` is missing."""
    workspace_jobs: Mapping[str, tuple[str, ...]] = field(factory=dict)
    """Names of DGC jobs by workspace, if known."""
    submitted: tuple[str, ...] = ()
    """Jobs of the default workspace whose submitted version differs from the version under development."""
    resources: tuple[str, ...] = ()
    """Names and locations of the resources that nodes may use."""
    flink_names: Mapping[int, str] = field(factory=dict)
    """Names of Flink jobs by id, if known."""
    complete: bool = False
    """True if the server holds nothing else; it must then refuse every other name as unknown."""

    @property
    def secrets(self) -> tuple[str | None, ...]:
        """Token and key, for a redaction; None for each that is missing."""
        key = self.key
        return (self.token, *((key.id, key.secret, key.security_token) if key else ()))

    @classmethod
    def of_examples(cls, document: Mapping[str, Any], token: str | None = None) -> Data:
        """Build the data from the examples of the documentation; an example that the document lacks is left out."""

        def example(*place: str | int) -> Any:
            return look(document, ("components", *place))

        project = example("parameters", "ProjectId", "example")
        names = example("schemas", "JobName", "examples")
        batch = example("schemas", "BatchExportJobsRequest", "properties", "jobList", "examples", 0)
        numbers = example("schemas", "FlinkJobId", "examples")
        return cls(
            project=project if isinstance(project, str) else "",
            jobs=tuple(name for found in (names, batch) if isinstance(found, list) for name in found),
            flink_jobs=tuple(numbers) if isinstance(numbers, list) else (),
            token=token,
        )

    def as_json(self) -> dict[str, Any]:
        """Return the names as JSON values, without token and key."""
        return {name: value for name, value in asdict(self).items() if name not in ("token", "key")}

    @classmethod
    def of_json(cls, value: Mapping[str, Any]) -> Data:
        """Build the data from a result of `as_json`."""
        lists: dict[str, Any] = {name: tuple(item) if isinstance(item, list) else item for name, item in value.items()}
        lists["workspace_jobs"] = {name: tuple(jobs) for name, jobs in value["workspace_jobs"].items()}
        lists["flink_names"] = {int(id_): name for id_, name in value["flink_names"].items()}
        return cls(**lists)

    def bindings(self) -> dict[str, tuple[tuple[str | int, ...], float]]:
        """Return the known values for each parameter, and the share of requests that use a known value.

        Parameters have schemathesis's names, such as `path.job_name`. The rest of the requests keeps the values that
        schemathesis generates, so unknown names are tested too.
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


def needs_workspace(document: Mapping[str, Any], operation: OperationObject) -> bool:
    """Return whether each request of an operation must name its workspace."""
    found = parameters(document, operation.location)
    return any(
        where == "header"
        and name.lower() == "workspace"
        and deref(document, at(document, place)).get("required", False)
        for (where, name), place in found.items()
    )


def load_names(path: Path) -> dict[str, Any]:
    """Read a file of names, YAML or JSON: `project`, `jobs`, `flink_jobs`, `workspaces`, `obs_dirs`, `obs_paths`.

    Raises:
        JobexportError: the file can't be read or has other content; the text names file and line.
    """
    names = load_yaml(path)
    for problem in jsonschema_rs.validator_for(_FILE).iter_errors(names):
        pointer = list(problem.instance_path)
        where = "".join(f"/{step}" for step in pointer) or "the top level"
        known = ", ".join(_FILE["properties"])
        raise JobexportError(
            f"{path} line {line_of(path, pointer)}: {where}: {problem.message:.200}; a data file may have {known}"
        )
    # JSON's `100.0` is the integer 100.
    if "flink_jobs" in names:
        names["flink_jobs"] = map(int, names["flink_jobs"])
    return {name: value if name == "project" else tuple(value) for name, value in names.items()}
