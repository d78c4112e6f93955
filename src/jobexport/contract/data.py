"""Names that exist on the server under test; a generated request without them does not succeed."""

from __future__ import annotations

from itertools import chain, count
from typing import TYPE_CHECKING, Any

import jsonschema_rs
from attrs import asdict, field, frozen

from jobexport.errors import JobexportError
from jobexport.spec.document import at, deref, media, operations, parameters, request_body, schema_of
from jobexport.spec.load import line_of, load_yaml

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from jobexport.auth import AccessKey
    from jobexport.spec.document import OperationObject


@frozen
class Kind:
    """A kind of objects that requests name, such as jobs."""

    id: str
    """The field of `Data` with the names that exist, and their key in a file of names."""
    places: Mapping[str, float]
    """Places of such names in requests, each with the share of random requests that have a known name.

    Places are written as schemathesis does: `path.job_name`, `query.jobName`, `body.jobList[*]`.
    """
    refusals: tuple[str, ...]
    """Names of the error examples with which a server may refuse an unknown object."""
    hint: str
    """The reason why a request can't be sent if no object is known."""
    type: str = "string"
    """JSON type of a name."""
    of_workspace: bool = False
    """True if each workspace has its own objects."""
    holds: str = ""
    """The kind of the objects inside, for zips that an import reads."""
    in_storage: bool = False
    """True for places in object storage: only the server knows whether it may write there."""
    only: bool = False
    """True if the body of a request to a server in use may name known objects only."""
    presumed: bool = False
    """True if a server of which no object is known is asked for the objects of the documentation's examples."""


KINDS = (
    Kind("project", {"path.project_id": 0.98}, ("no-permission",), "no project is known; name it with --project"),
    Kind(
        "workspaces",
        {"header.workspace": 0.9},
        ("no-permission",),
        "the document requires a workspace; name a workspace with --workspace",
    ),
    Kind(
        "obs_dirs",
        {"body.obs_dir": 0.8},
        ("obs-path-invalid", "obs-object-missing"),
        "it writes to OBS; name an allowed folder with --obs-dir",
        in_storage=True,
        only=True,
    ),
    Kind(
        "obs_paths",
        {"body.obsPath": 0.8},
        ("obs-path-invalid", "obs-object-missing"),
        "it writes to OBS; name an allowed folder with --obs-path",
        in_storage=True,
        only=True,
    ),
    Kind(
        "job_zips",
        {"body.path": 0.9},
        ("obs-file-unreadable", "obs-path-invalid"),
        "no zip to import is known; name one under job_zips in the file of --data",
        holds="jobs",
        in_storage=True,
    ),
    Kind(
        "flink_zips",
        {"body.zip_file": 0.9},
        ("zip-path-invalid", "obs-file-unreadable", "obs-object-missing"),
        "no zip to import is known; name one under flink_zips in the file of --data",
        holds="flink_jobs",
        in_storage=True,
    ),
    Kind(
        "flink_jobs",
        {"path.job_id": 0.8, "body.job_selected[*]": 0.95},
        ("job-not-found",),
        "no Flink job is known; name a job with --flink-job",
        type="integer",
        only=True,
        presumed=True,
    ),
    Kind(
        "jobs",
        {"path.job_name": 0.8, "body.jobList[*]": 0.95},
        ("job-not-found",),
        "no job is known; name a job with --job",
        of_workspace=True,
        presumed=True,
    ),
    Kind(
        "scripts",
        {"path.script_name": 0.8},
        ("script-not-found",),
        "no script is known; name one under scripts in the file of --data",
        of_workspace=True,
    ),
    Kind(
        "resource_ids",
        {"path.resource_id": 0.8},
        ("resource-not-found",),
        "no resource is known; name an id under resource_ids in the file of --data",
        of_workspace=True,
    ),
    Kind(
        "tasks",
        {"path.task_id": 0.8},
        ("task-not-found",),
        "no task is known; name an id under tasks in the file of --data",
        of_workspace=True,
    ),
)
"""All kinds of names: the one place that says which name of a request stands for which object of the server."""
OTHER_NAMES = ("query.version",)
"""Places of names that no `Data` has, such as the number of a version: only the server knows whether they exist."""
OBJECTS = tuple(kind.id for kind in KINDS if not kind.in_storage and kind.id not in ("project", "workspaces"))
"""The kinds of objects that a project holds."""
_BY_PLACE = {place: kind for kind in KINDS for place in kind.places}


def kind_of(place: str) -> Kind | None:
    """Return the kind of the names at a place of requests, such as `path.job_name`; None if it is no place of names."""
    return _BY_PLACE.get(place)


def _schema_of_file(kind: Kind) -> dict[str, Any]:
    name = {"type": kind.type} | ({"minLength": 1} if kind.type == "string" else {})
    return name if kind.id == "project" else {"type": "array", "items": name}


_FILE: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {kind.id: _schema_of_file(kind) for kind in KINDS},
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
    scripts: tuple[str, ...] = ()
    """Names of scripts in the default workspace."""
    resource_ids: tuple[str, ...] = ()
    """Ids of resources in the default workspace."""
    tasks: tuple[str, ...] = ()
    """Ids of tasks in the default workspace."""
    job_zips: tuple[str, ...] = ()
    """Exports of DGC jobs in object storage that may be imported, such as `obs://bucket/jobs.zip`."""
    flink_zips: tuple[str, ...] = ()
    """Exports of Flink jobs in object storage that may be imported, such as `bucket/jobs.zip`."""
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

    @property
    def project_header(self) -> dict[str, str]:
        """The header `X-Project-Id`; empty if no header can have the project.

        Without it DGC may respond that the workspace does not exist, by the vendor's FAQ.
        """
        project = self.project
        fits = project.isascii() and project.isprintable() and project == project.strip()
        return {"X-Project-Id": project} if project and fits else {}

    @classmethod
    def of_examples(cls, document: Mapping[str, Any], token: str | None = None) -> Data:
        """Build the data from the project and the jobs in the examples of the documentation.

        Other objects of the examples, such as a task that ended long ago, are on no server. An example that the
        document lacks is left out.
        """
        found: dict[str, list[Any]] = {kind.id: [] for kind in KINDS}
        for operation in operations(document):
            for place in places(document, operation):
                found[place.kind.id] += place.examples
        unique: dict[str, Any] = {name: tuple(dict.fromkeys(values)) for name, values in found.items()}
        return cls(
            project=next(iter(unique["project"]), ""),
            token=token,
            **{kind.id: unique[kind.id] for kind in KINDS if kind.presumed},
        )

    def names(self, kind: Kind) -> tuple[Any, ...]:
        """Return the names of a kind that exist in the project, and in its default workspace."""
        found = getattr(self, kind.id)
        return ((found,) if found else ()) if isinstance(found, str) else tuple(found)

    def held(self, kind: Kind, workspace: str | None) -> tuple[Any, ...] | None:
        """Return the names of a kind that exist in a workspace, or None if they are not known."""
        if workspace is None or not kind.of_workspace:
            return self.names(kind)
        return self.workspace_jobs.get(workspace) if kind.id == "jobs" else None

    def free(self, name: str) -> str:
        """Return a name that no known object has: the given name, or one that begins with it."""
        taken = {str(value) for kind in KINDS for value in self.names(kind)} | {*self.resources}
        return next(each for each in chain((name,), (f"{name}_{number}" for number in count(1))) if each not in taken)

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
        return {place: (self.names(kind), share) for kind in KINDS for place, share in kind.places.items()}


@frozen
class NamePlace:
    """A place in the requests of an operation that names objects of a known kind."""

    kind: Kind
    where: str
    """`path`, `query`, `header` or `body`."""
    name: str
    """Name of the parameter, or of the body's property."""
    many: bool
    """True if the place holds a list of names."""
    required: bool
    """True if a request must have the place, at least under the condition of the body's schema."""
    node: dict[str, Any] = field(repr=False)
    """The parameter, or the schema of the property: the document's own node."""
    schema: dict[str, Any] = field(repr=False)
    """The schema of one name: the document's own node."""

    @property
    def examples(self) -> list[Any]:
        """The names in the documentation's examples."""
        shown = [self.node["example"]] if "example" in self.node else []
        shown += [] if self.where == "body" and not self.many else self.schema.get("examples", [])
        for value in self.node.get("examples", []) if self.where == "body" else []:
            shown += value if isinstance(value, list) else [value]
        return [value for value in shown if isinstance(value, str | int)]


def places(document: Mapping[str, Any], operation: OperationObject) -> Iterator[NamePlace]:
    """Yield the places in the requests of an operation that name objects of a known kind."""
    for (where, name), location in parameters(document, operation.location).items():
        node = deref(document, at(document, location))
        if (kind := kind_of(f"{where}.{name.lower() if where == 'header' else name}")) is not None:
            yield NamePlace(kind, where, name, False, bool(node.get("required")), node, schema_of(document, node))
    body = schema_of(document, media(request_body(document, operation.fields)))
    required = {*body.get("required", ()), *body.get("then", {}).get("required", ())}
    for name, listed in body.get("properties", {}).items():
        node = deref(document, listed)
        for place, schema in ((f"body.{name}", node), (f"body.{name}[*]", deref(document, node.get("items", {})))):
            if (kind := kind_of(place)) is not None:
                yield NamePlace(kind, "body", name, place.endswith("[*]"), name in required, node, schema)


def lacking(document: Mapping[str, Any], operation: OperationObject, data: Data) -> Kind | None:
    """Return the first kind of objects that requests must name and of which none is known, or None if all are known."""
    kinds = {place.kind.id for place in places(document, operation) if place.required}
    return next((kind for kind in KINDS if kind.id in kinds and not data.names(kind)), None)


def needs_workspace(document: Mapping[str, Any], operation: OperationObject) -> bool:
    """Return whether each request of an operation must name its workspace."""
    return any(place.required for place in places(document, operation) if place.kind.id == "workspaces")


def load_names(path: Path) -> dict[str, Any]:
    """Read a file of names, YAML or JSON, whose keys are the kinds: `project`, `jobs`, `flink_jobs`, ….

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
