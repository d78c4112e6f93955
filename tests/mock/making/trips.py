"""A document with the operations of a round trip, in small, and short ways to call a server that follows it."""

from __future__ import annotations

import copy
import io
import json
import zipfile
from typing import TYPE_CHECKING, Any

from attrs import frozen

from jobexport.mock import DEFAULT_EDITION, EXAMPLE_PROJECT
from tests.drift.making.described import DESCRIBED

if TYPE_CHECKING:
    from collections.abc import Mapping

    import httpx

    from jobexport.mock import Server

TEXT: dict[str, Any] = {"type": "string"}
WHOLE: dict[str, Any] = {"type": "integer"}
ANY: dict[str, Any] = {"type": "object"}
NOW = 1_700_000_000_000


def of(**fields: Any) -> dict[str, Any]:
    return {"type": "object", "properties": fields}


def many(item: Any) -> dict[str, Any]:
    return {"type": "array", "items": item}


def query(**schemas: Any) -> list[dict[str, Any]]:
    return [{"name": name, "in": "query", "schema": schema} for name, schema in schemas.items()]


PAGES = {"limit": WHOLE | {"minimum": 0, "maximum": 100, "default": 10}, "offset": WHOLE | {"minimum": 0}}
LISTED = of(**dict.fromkeys(("name", "jobType", "status", "createUser", "path"), TEXT), createTime=WHOLE)
JOB = of(**dict.fromkeys(("name", "processType", "version"), TEXT), nodes=many(ANY), params=many(ANY), basicConfig=ANY)
SCRIPT = of(name=TEXT, type=TEXT, content=TEXT)
RESOURCE = of(name=TEXT, location=TEXT, id=TEXT)
FLINK = of(
    **dict.fromkeys(("name", "job_type", "status"), TEXT),
    job_id=WHOLE,
    sql_body=TEXT | {"x-shown-when": {"show_detail": True}},
    user_name=TEXT | {"x-shown-when": {"show_detail": False}},
)
SUBTASK = of(name=TEXT, status=TEXT, lastUpdate=WHOLE)
VERDICT = {"is_success": TEXT}
TYPE = TEXT | {"enum": ["BATCH", "REAL_TIME"]}

VARIABLES = {"job_id": TEXT | {"pattern": "^[^a-z]*$"}}
DGC, DLI = "/v1/{project_id}", "/v1.0/{project_id}/streaming"
# id, method and path, parameters, body, response; None is 204.
TABLE: list[tuple[str, str, str, list[dict[str, Any]], Any, Any]] = [
    (
        "listJobs",
        "get",
        f"{DGC}/jobs",
        query(jobName=TEXT, jobType=TYPE, **PAGES),
        None,
        of(total=WHOLE, jobs=many(LISTED)),
    ),
    ("createJob", "post", f"{DGC}/jobs", [], JOB | {"required": ["name"]}, None),
    ("showJob", "get", f"{DGC}/jobs/{{job_name}}", query(version=WHOLE), None, JOB),
    ("deleteJob", "delete", f"{DGC}/jobs/{{job_name}}", [], None, None),
    (
        "importJob",
        "post",
        f"{DGC}/jobs/import",
        [],
        of(
            path=TEXT,
            params=ANY,
            sameNamePolicy=TEXT,
            jobsParam=many(ANY),
            executeUser=TEXT,
            targetStatus=TEXT,
            resources=many(ANY),
        ),
        of(taskId=TEXT),
    ),
    (
        "showSystemTask",
        "get",
        f"{DGC}/system-tasks/{{task_id}}",
        [],
        None,
        of(id=TEXT, status=TEXT, startTime=WHOLE, endTime=WHOLE, subtasks=many(SUBTASK)),
    ),
    (
        "listScripts",
        "get",
        f"{DGC}/scripts",
        query(scriptName=TEXT, **PAGES),
        None,
        of(total=WHOLE, scripts=many(SCRIPT)),
    ),
    ("createScript", "post", f"{DGC}/scripts", [], SCRIPT | {"required": ["name"]}, None),
    ("showScript", "get", f"{DGC}/scripts/{{script_name}}", [], None, SCRIPT),
    ("deleteScript", "delete", f"{DGC}/scripts/{{script_name}}", [], None, None),
    (
        "listResources",
        "get",
        f"{DGC}/resources",
        query(resourceName=TEXT, **PAGES),
        None,
        of(total=WHOLE, resources=many(RESOURCE)),
    ),
    ("createResource", "post", f"{DGC}/resources", [], RESOURCE | {"required": ["name"]}, of(resourceId=TEXT)),
    ("deleteResource", "delete", f"{DGC}/resources/{{resource_id}}", [], None, None),
    (
        "listFlinkJobs",
        "get",
        f"{DLI}/jobs",
        query(name=TEXT, status=TEXT, show_detail={"type": "boolean"}, order=TEXT, **PAGES),
        None,
        of(**VERDICT, job_list=of(total_count=WHOLE, jobs=many(FLINK))),
    ),
    ("showFlinkJob", "get", f"{DLI}/jobs/{{job_id}}", [], None, of(**VERDICT, job_detail=FLINK)),
    ("deleteFlinkJob", "delete", f"{DLI}/jobs/{{job_id}}", [], None, of(**VERDICT)),
    (
        "importFlinkJobs",
        "post",
        f"{DLI}/jobs/import",
        [],
        of(path=TEXT, is_cover={"type": "boolean"}) | {"required": ["path"]},
        of(**VERDICT, job_mapping=many(of(old_job_id=WHOLE, new_job_id=WHOLE))),
    ),
]
REFUSALS = (
    "invalid-request",
    "job-not-found",
    "job-exists",
    "script-not-found",
    "script-exists",
    "resource-not-found",
    "resource-exists",
    "task-not-found",
    "obs-file-unreadable",
    "zip-too-large",
    "import-running",
    "version-not-found",
    "offset-negative",
    "draft-quota-reached",
)


def document() -> dict[str, Any]:
    """Return an edition's document, in which the operations of the table replace the operations of the same id."""
    found: dict[str, Any] = copy.deepcopy(dict(DESCRIBED.documents[DEFAULT_EDITION]))
    for id_, method, path, parameters, body, response in TABLE:
        for item in found["paths"].values():
            for known in [
                name for name, node in item.items() if isinstance(node, dict) and node.get("operationId") == id_
            ]:
                del item[known]
        found["paths"].setdefault(path, {})[method] = _operation(id_, path, parameters, body, response)
    found["paths"] = {path: item for path, item in found["paths"].items() if item.keys() & {"get", "post", "delete"}}
    return found


def _operation(id_: str, path: str, parameters: list[dict[str, Any]], body: Any, response: Any) -> dict[str, Any]:
    variables = [part[1:-1] for part in path.split("/") if part[:1] == "{"]
    header = [] if path.startswith(DLI) else [{"name": "workspace", "in": "header", "schema": TEXT}]
    refusals = {name: {"value": {"error_code": name, "error_msg": name}} for name in REFUSALS}
    denied = {name: {"value": {"error_code": name}} for name in ("unauthorized", "no-permission")}
    done = {"204": {}} if response is None else {"200": {"content": {"application/json": {"schema": response}}}}
    return {
        "operationId": id_,
        "parameters": [
            *(
                {"name": name, "in": "path", "required": True, "schema": VARIABLES.get(name, TEXT)}
                for name in variables
            ),
            *header,
            *parameters,
        ],
        **(
            {}
            if body is None
            else {"requestBody": {"required": True, "content": {"application/json": {"schema": body}}}}
        ),
        "responses": {
            **done,
            "400": {"content": {"application/json": {"examples": refusals}}},
            "401": {"content": {"application/json": {"examples": denied}}},
        },
    }


@frozen
class Trip:
    """A server, and calls of its operations by path."""

    server: Server
    client: httpx.Client
    clock: list[int]
    """The time of the server, which a test may change."""

    def dgc(self, method: str, path: str, **options: Any) -> httpx.Response:
        return self.client.request(method, f"/v1/{EXAMPLE_PROJECT}/{path}", **options)

    def dli(self, method: str, path: str = "jobs", **options: Any) -> httpx.Response:
        return self.client.request(method, f"/v1.0/{EXAMPLE_PROJECT}/streaming/{path}", **options)

    def names(self, path: str = "jobs", **query: Any) -> list[str]:
        """Return the names in a list."""
        body = self.dgc("GET", path, params={"limit": 100, **query}).json()
        return [item["name"] for item in body[path]]

    def put(self, name: str, content: bytes) -> None:
        """Store an object."""
        objects: Any = self.server.storage
        objects.objects[name] = content

    def start(self, members: Mapping[str, Any], **body: Any) -> httpx.Response:
        """Import a zip of these members."""
        self.put("b/in.zip", packed(members))
        return self.dgc("POST", "jobs/import", json={"path": "obs://b/in.zip", **body})

    def task(self, response: httpx.Response) -> dict[str, Any]:
        """Return the task that an import names."""
        found: dict[str, Any] = self.dgc("GET", f"system-tasks/{response.json()['taskId']}").json()
        return found


def packed(members: Mapping[str, Any]) -> bytes:
    """Return a zip of members; a value that is not bytes is written as JSON."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, value in members.items():
            archive.writestr(name, value if isinstance(value, bytes) else json.dumps(value))
    return stream.getvalue()


def code(response: httpx.Response) -> tuple[int, Any]:
    """Return status and error code."""
    return response.status_code, response.json().get("error_code")
