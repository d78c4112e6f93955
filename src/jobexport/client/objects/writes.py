"""Requests that change something: new scripts and resources, and imports. They are never repeated blindly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from attrs import evolve, field, frozen
from jobexport_api.api.dgc.create_resource import _get_kwargs as _resource_kwargs
from jobexport_api.api.dgc.create_script import _get_kwargs as _script_kwargs
from jobexport_api.api.dgc.import_job import _get_kwargs as _import_kwargs
from jobexport_api.api.dli.import_flink_jobs import _get_kwargs as _flink_kwargs
from jobexport_api.models.import_flink_jobs_request import ImportFlinkJobsRequest
from jobexport_api.models.import_flink_jobs_response import ImportFlinkJobsResponse
from jobexport_api.models.import_job_request import ImportJobRequest
from jobexport_api.models.import_job_request_same_name_policy import (
    IMPORT_JOB_REQUEST_SAME_NAME_POLICY_VALUES as POLICIES,
)
from jobexport_api.models.import_job_request_target_status import IMPORT_JOB_REQUEST_TARGET_STATUS_VALUES as TARGETS
from jobexport_api.models.import_job_response import ImportJobResponse
from jobexport_api.models.job_approver import JobApprover
from jobexport_api.models.resource_definition import ResourceDefinition
from jobexport_api.models.script_definition import ScriptDefinition
from jobexport_api.types import UNSET

from jobexport.client import arguments
from jobexport.client.exchange import Exchange, fetch_value
from jobexport.client.objects.items import number, text
from jobexport.client.responses import check_success, clean, in_words, raw, read_fields, unexpected
from jobexport.core import strict_json
from jobexport.errors import ApiError, ImportFailed, OutcomeUnknown, ServerFault, TransportError, UnexpectedResponse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from jobexport.client.retry import Retries
    from jobexport.client.steps import Opened, Steps

T = TypeVar("T")

_UNAVAILABLE = 503
# Pages name 204 for creations, and 200 where the response has an id.
_CREATED = frozenset({200, 201, 204})
# For the request builders; the bodies that are sent are the callers' own JSON.
_SCRIPT, _RESOURCE = ScriptDefinition("", "", ""), ResourceDefinition("", "", "")


def change(exchange: Exchange, read: Callable[[Opened, bytes], T]) -> Steps[T]:
    """Send a request that changes something, and read its response.

    It is not sent again once the server may have received it, whatever `Retries` says.

    Raises:
        OutcomeUnknown: it may have happened: the response did not come, can't be read, is a failure of the server, or
            is an error with a status of success.
        JobexportError: it did not happen.
    """
    exchange = evolve(exchange, retries=evolve(exchange.retries, repeat_writes=False))
    try:
        return (yield from fetch_value(exchange, read))
    except (TransportError, ApiError, UnexpectedResponse) as error:
        if not _may_have_happened(error):
            raise
        raise OutcomeUnknown(exchange.operation, str(error)) from error


def _may_have_happened(error: TransportError | ApiError | UnexpectedResponse) -> bool:
    if isinstance(error, TransportError):
        return error.ambiguous
    return 200 <= error.status < 300 or (isinstance(error, ServerFault) and error.status != _UNAVAILABLE)


def create_script(
    project_id: str, retries: Retries, definition: Mapping[str, Any], *, workspace: str | None
) -> Steps[None]:
    """Return the steps that create a script. Operation: `createScript`."""
    request = _with_body(_script_kwargs(project_id, body=_SCRIPT, workspace=arguments.workspace(workspace)), definition)
    yield from change(Exchange("createScript", request, retries, writes=True, accepted=_CREATED), _read_nothing)


def create_resource(
    project_id: str, retries: Retries, definition: Mapping[str, Any], *, workspace: str | None
) -> Steps[None]:
    """Return the steps that create a resource. Operation: `createResource`."""
    request = _with_body(
        _resource_kwargs(project_id, body=_RESOURCE, workspace=arguments.workspace(workspace)), definition
    )
    yield from change(Exchange("createResource", request, retries, writes=True, accepted=_CREATED), _read_nothing)


def _with_body(request: dict[str, Any], definition: Mapping[str, Any]) -> dict[str, Any]:
    """Return a request with a definition as its body, every number as it was read."""
    del request["json"]
    if not isinstance(definition, dict) or not text(definition.get("name")):
        raise ValueError("a definition must be a dict with a name")
    try:
        return {**request, "content": strict_json.write(definition).encode()}
    except (TypeError, ValueError, RecursionError) as problem:
        raise ValueError(f"the definition is not JSON: {problem}") from None


def _read_nothing(opened: Opened, content: bytes) -> None:
    """Check that a successful response is not an error all the same; it needs no body."""
    if content.strip():
        read_fields(opened, content)


def import_jobs(
    project_id: str,
    retries: Retries,
    obs_path: str,
    *,
    policy: str,
    target_status: str | None,
    approvers: Iterable[str] | None,
    workspace: str | None,
) -> Steps[str]:
    """Return the steps that begin an import of jobs, and end with the id of its task. Operation: `importJob`."""
    if not arguments.text("obs_path", obs_path).startswith("obs://") or obs_path.endswith("/"):
        raise ValueError(f"obs_path {obs_path!r:.80} must be the path of a zip, such as obs://bucket/folder/jobs.zip")
    names = None if approvers is None else [arguments.text("approver", name) for name in approvers]
    body = ImportJobRequest(
        path=obs_path,
        same_name_policy=arguments.choice("policy", policy, POLICIES),
        target_status=UNSET if target_status is None else arguments.choice("target_status", target_status, TARGETS),
        approvers=UNSET if names is None else [JobApprover(name) for name in names],
    )
    request = _import_kwargs(project_id, body=body, workspace=arguments.workspace(workspace))
    return (yield from change(Exchange("importJob", request, retries, writes=True), _task_id))


def _task_id(opened: Opened, content: bytes) -> str:
    fields = read_fields(opened, content)
    found = text(raw(ImportJobResponse, "task-id", fields))
    if found is None:
        names = in_words(ImportJobResponse, "task-id")
        unexpected(opened, f"the response names no task in {names}; it has {clean(opened, ', '.join(fields))}")
    return found


@frozen
class ImportedFlinkJob:
    """A Flink job before and after its import."""

    old_id: int | None
    """The id that the job had when it was exported; None if the response does not name it."""
    new_id: int
    """The id of the imported job."""
    remark: str = ""
    """The service's remark, for people; may be empty."""


@frozen
class FlinkImport:
    """The result of an import of Flink jobs: all of them are imported. An overwritten job is a draft."""

    jobs: tuple[ImportedFlinkJob, ...]
    message: str = field(default="", kw_only=True)
    """The service's message, for people; may be empty."""

    @property
    def ids(self) -> dict[int, int]:
        """The new ids by the old ids, of the jobs whose old id is known."""
        return {job.old_id: job.new_id for job in self.jobs if job.old_id is not None}


def import_flink_jobs(project_id: str, retries: Retries, zip_path: str, *, is_cover: bool) -> Steps[FlinkImport]:
    """Return the steps that import Flink jobs. Operation: `importFlinkJobs`."""
    if not isinstance(is_cover, bool):
        raise ValueError("is_cover must be True or False")
    body = ImportFlinkJobsRequest(zip_file=arguments.text("zip_path", zip_path), is_cover=is_cover)
    exchange = Exchange("importFlinkJobs", _flink_kwargs(project_id, body=body), retries, writes=True)
    return (yield from change(exchange, _flink_import))


def _flink_import(opened: Opened, content: bytes) -> FlinkImport:
    """Read the response of importFlinkJobs, which is a success also if a job was not imported.

    Raises:
        ImportFailed: a job has the new id -1, or the flag of success is false.
        UnexpectedResponse: the response names no job, or an id can't be read.
    """
    fields = read_fields(opened, content)
    message = _message(opened, raw(ImportFlinkJobsResponse, "message", fields))
    try:
        check_success(opened, ImportFlinkJobsResponse, fields)
    except ApiError:
        raise ImportFailed(opened.operation, message) from None
    found = raw(ImportFlinkJobsResponse, "mapping", fields)
    # One table types the list as one object.
    entries = [found] if isinstance(found, dict) else found
    if not isinstance(entries, list) or not entries or not all(isinstance(entry, dict) for entry in entries):
        names = in_words(ImportFlinkJobsResponse, "mapping")
        unexpected(opened, f"the response names no job in {names}; it has {clean(opened, ', '.join(fields))}")
    jobs = [_imported(opened, entry) for entry in entries]
    failed = tuple((job.old_id, job.remark) for job in jobs if job.new_id < 0)
    if failed:
        imported = tuple((job.old_id, job.new_id) for job in jobs if job.new_id >= 0)
        raise ImportFailed(opened.operation, message, failed, imported)
    return FlinkImport(tuple(jobs), message=message)


def _imported(opened: Opened, entry: Mapping[str, Any]) -> ImportedFlinkJob:
    new = number(entry.get("new_job_id"))
    if new is None:
        unexpected(opened, f"an entry of the response has no new_job_id; it has {clean(opened, ', '.join(entry))}")
    return ImportedFlinkJob(number(entry.get("old_job_id")), new, _message(opened, entry.get("remark")))


def _message(opened: Opened, value: Any) -> str:
    return clean(opened, value) if isinstance(value, str) else ""
