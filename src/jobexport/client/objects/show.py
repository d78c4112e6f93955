"""One job, script or Flink job: the steps that fetch its JSON exactly as the service shows it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from jobexport_api.api.dgc.show_job import _get_kwargs as _job_kwargs
from jobexport_api.api.dgc.show_script import _get_kwargs as _script_kwargs
from jobexport_api.api.dli.show_flink_job import _get_kwargs as _flink_kwargs
from jobexport_api.models.show_flink_job_response import ShowFlinkJobResponse
from jobexport_api.types import UNSET

from jobexport.client import arguments
from jobexport.client.exchange import Exchange, fetch_value
from jobexport.client.responses import check_success, clean, read_fields, unexpected

if TYPE_CHECKING:
    from jobexport.client.retry import Retries
    from jobexport.client.steps import Opened, Steps

# A script may have 4 MB, and letters that are no ASCII may be sent as escapes of six bytes.
_LONGEST = 32 * 1024 * 1024
# By every edition; the description has it as a reference, which can't have a role.
_DETAIL = "job_detail"


def show_job(
    project_id: str, retries: Retries, name: str, *, version: int | None, workspace: str | None
) -> Steps[dict[str, Any]]:
    """Return the steps that fetch the definition of a job. Operation: `showJob`."""
    if version is not None and (type(version) is not int or version < 1):
        raise ValueError(f"version {version!r:.60} must be an integer from 1 on, or None for the newest")
    request = _job_kwargs(
        project_id,
        arguments.text("name", name),
        version=UNSET if version is None else version,
        workspace=arguments.workspace(workspace),
    )
    exchange = Exchange("showJob", request, retries, writes=False, longest=_LONGEST)
    return fetch_value(exchange, partial(_named, name=name))


def show_script(project_id: str, retries: Retries, name: str, *, workspace: str | None) -> Steps[dict[str, Any]]:
    """Return the steps that fetch a script with its text. Operation: `showScript`."""
    request = _script_kwargs(project_id, arguments.text("name", name), workspace=arguments.workspace(workspace))
    exchange = Exchange("showScript", request, retries, writes=False, longest=_LONGEST)
    return fetch_value(exchange, partial(_named, name=name))


def show_flink_job(project_id: str, retries: Retries, job_id: int) -> Steps[dict[str, Any]]:
    """Return the steps that fetch the details of a Flink job. Operation: `showFlinkJob`."""
    request = _flink_kwargs(project_id, arguments.job_id(job_id))
    exchange = Exchange("showFlinkJob", request, retries, writes=False, longest=_LONGEST)
    return fetch_value(exchange, _detail)


def _named(opened: Opened, content: bytes, name: str) -> dict[str, Any]:
    fields = read_fields(opened, content, exact=True)
    if fields.get("name") != name:
        came = clean(opened, str(fields.get("name")))[:80]
        unexpected(opened, f"the response should be about {name}, but its name is {came!r}")
    return fields


def _detail(opened: Opened, content: bytes) -> dict[str, Any]:
    fields = read_fields(opened, content, exact=True)
    check_success(opened, ShowFlinkJobResponse, fields)
    found = fields.get(_DETAIL)
    if not isinstance(found, dict):
        unexpected(opened, f"the response has no object {_DETAIL}; it has {clean(opened, ', '.join(fields))}")
    return found
