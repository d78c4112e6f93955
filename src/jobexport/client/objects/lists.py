"""The lists of both services: the request for a page, and every form that an edition gives to its response."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

# Only the request builders: the public functions parse numbers without their digits.
from jobexport_api.api.dgc.list_jobs import _get_kwargs as _jobs_kwargs
from jobexport_api.api.dgc.list_resources import _get_kwargs as _resources_kwargs
from jobexport_api.api.dgc.list_scripts import _get_kwargs as _scripts_kwargs
from jobexport_api.api.dli.list_flink_jobs import _get_kwargs as _flink_kwargs
from jobexport_api.models.flink_job_list import FlinkJobList
from jobexport_api.models.list_flink_jobs_response import ListFlinkJobsResponse
from jobexport_api.models.list_jobs_response import ListJobsResponse
from jobexport_api.models.list_resources_response import ListResourcesResponse
from jobexport_api.models.list_scripts_response import ListScriptsResponse
from jobexport_api.types import ROLES, UNSET

from jobexport.client import arguments
from jobexport.client.objects.items import (
    JOB_TYPES,
    ListedFlinkJob,
    ListedJob,
    ListedResource,
    ListedScript,
    number,
)
from jobexport.client.objects.walk import ListPage, Source, Walk, date_of
from jobexport.client.responses import check_success, clean, in_words, raw, read_fields, unexpected

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TypeAlias

    from jobexport.client.objects.items import JobType
    from jobexport.client.objects.pager import Query
    from jobexport.client.retry import Retries
    from jobexport.client.steps import Opened

    Model: TypeAlias = type[Any]
    """A generated model, whose table of roles names the fields."""


def jobs(project_id: str, retries: Retries, *, workspace: str | None) -> Walk[ListedJob]:
    """Return a walk over the jobs of a workspace, of both kinds.

    Operation: `listJobs`, always with `jobType`, whose default is BATCH.
    """
    place = arguments.workspace(workspace)

    def request(kind: JobType, query: Query) -> Mapping[str, Any]:
        return _jobs_kwargs(project_id, job_type=kind, offset=query.offset, limit=query.limit, workspace=place)

    return Walk(
        retries,
        [
            Source(
                "listJobs",
                partial(request, kind),
                partial(_read, ListJobsResponse),
                partial(ListedJob.of, kind=kind),
                lambda job: job.name,
            )
            for kind in JOB_TYPES
        ],
    )


def scripts(project_id: str, retries: Retries, *, workspace: str | None) -> Walk[ListedScript]:
    """Return a walk over the scripts of a workspace. Operation: `listScripts`."""
    place = arguments.workspace(workspace)

    def request(query: Query) -> Mapping[str, Any]:
        return _scripts_kwargs(project_id, offset=query.offset, limit=query.limit, workspace=place)

    read = partial(_read, ListScriptsResponse)
    return Walk(retries, [Source("listScripts", request, read, ListedScript.of, lambda script: script.name)])


def resources(
    project_id: str, retries: Retries, *, workspace: str | None, name: str | None = None
) -> Walk[ListedResource]:
    """Return a walk over the resources of a workspace, or those whose names have `name` in them.

    Operation: `listResources`.
    """
    place, part = arguments.workspace(workspace), UNSET if name is None else name

    def request(query: Query) -> Mapping[str, Any]:
        return _resources_kwargs(
            project_id, resource_name=part, offset=query.offset, limit=query.limit, workspace=place
        )

    read = partial(_read, ListResourcesResponse)
    return Walk(retries, [Source("listResources", request, read, ListedResource.of, lambda resource: resource.name)])


def flink_jobs(project_id: str, retries: Retries, *, details: bool | None) -> Walk[ListedFlinkJob]:
    """Return a walk over the Flink jobs of a project. Operation: `listFlinkJobs`; its `offset` counts jobs."""
    shown = UNSET if details is None else details

    def request(query: Query) -> Mapping[str, Any]:
        return _flink_kwargs(project_id, offset=query.offset, limit=query.limit, show_detail=shown)

    return Walk(
        retries,
        [Source("listFlinkJobs", request, _read_flink, ListedFlinkJob.of, lambda job: job.id, records=True)],
    )


def _read(model: Model, opened: Opened, content: bytes) -> ListPage:
    fields = read_fields(opened, content, exact=True)
    return _page(opened, model, fields, fields)


def _read_flink(opened: Opened, content: bytes) -> ListPage:
    """Read a page of Flink jobs: an object by the examples, a list with that object by one table."""
    fields = read_fields(opened, content, exact=True)
    check_success(opened, ListFlinkJobsResponse, fields)
    inner = raw(ListFlinkJobsResponse, "page", fields)
    if isinstance(inner, list):
        inner = inner[0] if len(inner) == 1 else None
    return _page(opened, FlinkJobList, inner if isinstance(inner, dict) else {}, fields)


def _page(opened: Opened, model: Model, page: Mapping[str, Any], fields: Mapping[str, Any]) -> ListPage:
    """Return the page whose items and total are fields of an object.

    A list under another name is taken if it is the only list: one page's example has the scripts as `connections`.
    """
    found = [raw(model, "items", page)] if ROLES[model.__name__]["items"].keys() & page else [*page.values()]
    lists = [value for value in found if isinstance(value, list)]
    if len(lists) != 1 and found != [None]:
        came = clean(opened, ", ".join(fields))
        unexpected(opened, f"the response has no list in {in_words(model, 'items')}; it has {came}")
    items = [item if isinstance(item, dict) else {} for item in lists[0]] if lists else []
    total = number(raw(model, "total", page))
    return ListPage(items, total if total is not None and total >= 0 else None, date_of(opened))
