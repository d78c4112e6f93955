from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.error_response import ErrorResponse
from ...models.list_flink_jobs_job_type import ListFlinkJobsJobType
from ...models.list_flink_jobs_order import ListFlinkJobsOrder
from ...models.list_flink_jobs_response import ListFlinkJobsResponse
from ...models.list_flink_jobs_show_job_type import ListFlinkJobsShowJobType
from ...models.list_flink_jobs_status import ListFlinkJobsStatus
from ...types import UNSET, Response, Unset, json_value, path_segment


def _get_kwargs(
    project_id: str,
    *,
    job_type: ListFlinkJobsJobType | Unset = UNSET,
    status: ListFlinkJobsStatus | Unset = UNSET,
    name: str | Unset = UNSET,
    queue_name: str | Unset = UNSET,
    user_name: str | Unset = UNSET,
    tags: str | Unset = UNSET,
    show_job_type: ListFlinkJobsShowJobType | Unset = UNSET,
    show_detail: bool | Unset = UNSET,
    order: ListFlinkJobsOrder | Unset = UNSET,
    limit: int | Unset = UNSET,
    offset: int | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    json_job_type: str | Unset = UNSET
    if not isinstance(job_type, Unset):
        json_job_type = job_type

    params["job_type"] = json_job_type

    json_status: str | Unset = UNSET
    if not isinstance(status, Unset):
        json_status = status

    params["status"] = json_status

    params["name"] = name

    params["queue_name"] = queue_name

    params["user_name"] = user_name

    params["tags"] = tags

    json_show_job_type: str | Unset = UNSET
    if not isinstance(show_job_type, Unset):
        json_show_job_type = show_job_type

    params["show_job_type"] = json_show_job_type

    params["show_detail"] = show_detail

    json_order: str | Unset = UNSET
    if not isinstance(order, Unset):
        json_order = order

    params["order"] = json_order

    params["limit"] = limit

    params["offset"] = offset

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/v1.0/{project_id}/streaming/jobs".format(
            project_id=path_segment(project_id),
        ),
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> ErrorResponse | ListFlinkJobsResponse | None:
    if response.status_code == 200:
        response_200 = ListFlinkJobsResponse.from_dict(json_value(response))

        return response_200

    if response.status_code == 400:
        response_400 = ErrorResponse.from_dict(json_value(response))

        return response_400

    if response.status_code == 401:
        response_401 = ErrorResponse.from_dict(json_value(response))

        return response_401

    if response.status_code == 403:
        response_403 = ErrorResponse.from_dict(json_value(response))

        return response_403

    if response.status_code == 404:
        response_404 = ErrorResponse.from_dict(json_value(response))

        return response_404

    if response.status_code == 413:
        response_413 = ErrorResponse.from_dict(json_value(response))

        return response_413

    if response.status_code == 415:
        response_415 = ErrorResponse.from_dict(json_value(response))

        return response_415

    if response.status_code == 429:
        response_429 = ErrorResponse.from_dict(json_value(response))

        return response_429

    if response.status_code == 500:
        response_500 = ErrorResponse.from_dict(json_value(response))

        return response_500

    if response.status_code == 503:
        response_503 = ErrorResponse.from_dict(json_value(response))

        return response_503

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[ErrorResponse | ListFlinkJobsResponse]:
    parsed: ErrorResponse | ListFlinkJobsResponse | None
    try:
        parsed = _parse_response(client=client, response=response)
    except (TypeError, ValueError, AttributeError, KeyError):
        parsed = None
    return Response(
        status_code=response.status_code,
        content=response.content,
        headers=response.headers,
        parsed=parsed,
    )


def sync_detailed(
    project_id: str,
    *,
    client: AuthenticatedClient | Client,
    job_type: ListFlinkJobsJobType | Unset = UNSET,
    status: ListFlinkJobsStatus | Unset = UNSET,
    name: str | Unset = UNSET,
    queue_name: str | Unset = UNSET,
    user_name: str | Unset = UNSET,
    tags: str | Unset = UNSET,
    show_job_type: ListFlinkJobsShowJobType | Unset = UNSET,
    show_detail: bool | Unset = UNSET,
    order: ListFlinkJobsOrder | Unset = UNSET,
    limit: int | Unset = UNSET,
    offset: int | Unset = UNSET,
) -> Response[ErrorResponse | ListFlinkJobsResponse]:
    """List the Flink jobs of a project, a page at a time

     Responds with the jobs that fit all the given filters, in order of time. `limit` and `offset` count
    jobs, so the next page begins at the sum of both. `total_count` counts all jobs that fit, not those
    of this page: so the example reads, though no page says it.

    Args:
        project_id (str): Project that owns the jobs.
        job_type (ListFlinkJobsJobType | Unset): Only jobs of this kind.
        status (ListFlinkJobsStatus | Unset): Only jobs in this state.
        name (str | Unset): Only jobs of this name. No page says whether a part of the name is
            enough.
        queue_name (str | Unset): Only jobs on this queue.
        user_name (str | Unset): Only jobs of this user.
        tags (str | Unset): Only jobs with these tags, each `key=value`, joined by commas.
        show_job_type (ListFlinkJobsShowJobType | Unset): Flink jobs, Spark jobs or all.
        show_detail (bool | Unset): true adds fields of the job's details and leaves some others
            out.
        order (ListFlinkJobsOrder | Unset): Order by time, the youngest first (`desc`) or last
            (`asc`).
        limit (int | Unset): Number of jobs in a response, at most.
        offset (int | Unset): Number of jobs to pass over. It counts jobs, not pages.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorResponse | ListFlinkJobsResponse]
    """

    kwargs = _get_kwargs(
        project_id=project_id,
        job_type=job_type,
        status=status,
        name=name,
        queue_name=queue_name,
        user_name=user_name,
        tags=tags,
        show_job_type=show_job_type,
        show_detail=show_detail,
        order=order,
        limit=limit,
        offset=offset,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    project_id: str,
    *,
    client: AuthenticatedClient | Client,
    job_type: ListFlinkJobsJobType | Unset = UNSET,
    status: ListFlinkJobsStatus | Unset = UNSET,
    name: str | Unset = UNSET,
    queue_name: str | Unset = UNSET,
    user_name: str | Unset = UNSET,
    tags: str | Unset = UNSET,
    show_job_type: ListFlinkJobsShowJobType | Unset = UNSET,
    show_detail: bool | Unset = UNSET,
    order: ListFlinkJobsOrder | Unset = UNSET,
    limit: int | Unset = UNSET,
    offset: int | Unset = UNSET,
) -> ErrorResponse | ListFlinkJobsResponse | None:
    """List the Flink jobs of a project, a page at a time

     Responds with the jobs that fit all the given filters, in order of time. `limit` and `offset` count
    jobs, so the next page begins at the sum of both. `total_count` counts all jobs that fit, not those
    of this page: so the example reads, though no page says it.

    Args:
        project_id (str): Project that owns the jobs.
        job_type (ListFlinkJobsJobType | Unset): Only jobs of this kind.
        status (ListFlinkJobsStatus | Unset): Only jobs in this state.
        name (str | Unset): Only jobs of this name. No page says whether a part of the name is
            enough.
        queue_name (str | Unset): Only jobs on this queue.
        user_name (str | Unset): Only jobs of this user.
        tags (str | Unset): Only jobs with these tags, each `key=value`, joined by commas.
        show_job_type (ListFlinkJobsShowJobType | Unset): Flink jobs, Spark jobs or all.
        show_detail (bool | Unset): true adds fields of the job's details and leaves some others
            out.
        order (ListFlinkJobsOrder | Unset): Order by time, the youngest first (`desc`) or last
            (`asc`).
        limit (int | Unset): Number of jobs in a response, at most.
        offset (int | Unset): Number of jobs to pass over. It counts jobs, not pages.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorResponse | ListFlinkJobsResponse
    """

    return sync_detailed(
        project_id=project_id,
        client=client,
        job_type=job_type,
        status=status,
        name=name,
        queue_name=queue_name,
        user_name=user_name,
        tags=tags,
        show_job_type=show_job_type,
        show_detail=show_detail,
        order=order,
        limit=limit,
        offset=offset,
    ).parsed


async def asyncio_detailed(
    project_id: str,
    *,
    client: AuthenticatedClient | Client,
    job_type: ListFlinkJobsJobType | Unset = UNSET,
    status: ListFlinkJobsStatus | Unset = UNSET,
    name: str | Unset = UNSET,
    queue_name: str | Unset = UNSET,
    user_name: str | Unset = UNSET,
    tags: str | Unset = UNSET,
    show_job_type: ListFlinkJobsShowJobType | Unset = UNSET,
    show_detail: bool | Unset = UNSET,
    order: ListFlinkJobsOrder | Unset = UNSET,
    limit: int | Unset = UNSET,
    offset: int | Unset = UNSET,
) -> Response[ErrorResponse | ListFlinkJobsResponse]:
    """List the Flink jobs of a project, a page at a time

     Responds with the jobs that fit all the given filters, in order of time. `limit` and `offset` count
    jobs, so the next page begins at the sum of both. `total_count` counts all jobs that fit, not those
    of this page: so the example reads, though no page says it.

    Args:
        project_id (str): Project that owns the jobs.
        job_type (ListFlinkJobsJobType | Unset): Only jobs of this kind.
        status (ListFlinkJobsStatus | Unset): Only jobs in this state.
        name (str | Unset): Only jobs of this name. No page says whether a part of the name is
            enough.
        queue_name (str | Unset): Only jobs on this queue.
        user_name (str | Unset): Only jobs of this user.
        tags (str | Unset): Only jobs with these tags, each `key=value`, joined by commas.
        show_job_type (ListFlinkJobsShowJobType | Unset): Flink jobs, Spark jobs or all.
        show_detail (bool | Unset): true adds fields of the job's details and leaves some others
            out.
        order (ListFlinkJobsOrder | Unset): Order by time, the youngest first (`desc`) or last
            (`asc`).
        limit (int | Unset): Number of jobs in a response, at most.
        offset (int | Unset): Number of jobs to pass over. It counts jobs, not pages.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorResponse | ListFlinkJobsResponse]
    """

    kwargs = _get_kwargs(
        project_id=project_id,
        job_type=job_type,
        status=status,
        name=name,
        queue_name=queue_name,
        user_name=user_name,
        tags=tags,
        show_job_type=show_job_type,
        show_detail=show_detail,
        order=order,
        limit=limit,
        offset=offset,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    project_id: str,
    *,
    client: AuthenticatedClient | Client,
    job_type: ListFlinkJobsJobType | Unset = UNSET,
    status: ListFlinkJobsStatus | Unset = UNSET,
    name: str | Unset = UNSET,
    queue_name: str | Unset = UNSET,
    user_name: str | Unset = UNSET,
    tags: str | Unset = UNSET,
    show_job_type: ListFlinkJobsShowJobType | Unset = UNSET,
    show_detail: bool | Unset = UNSET,
    order: ListFlinkJobsOrder | Unset = UNSET,
    limit: int | Unset = UNSET,
    offset: int | Unset = UNSET,
) -> ErrorResponse | ListFlinkJobsResponse | None:
    """List the Flink jobs of a project, a page at a time

     Responds with the jobs that fit all the given filters, in order of time. `limit` and `offset` count
    jobs, so the next page begins at the sum of both. `total_count` counts all jobs that fit, not those
    of this page: so the example reads, though no page says it.

    Args:
        project_id (str): Project that owns the jobs.
        job_type (ListFlinkJobsJobType | Unset): Only jobs of this kind.
        status (ListFlinkJobsStatus | Unset): Only jobs in this state.
        name (str | Unset): Only jobs of this name. No page says whether a part of the name is
            enough.
        queue_name (str | Unset): Only jobs on this queue.
        user_name (str | Unset): Only jobs of this user.
        tags (str | Unset): Only jobs with these tags, each `key=value`, joined by commas.
        show_job_type (ListFlinkJobsShowJobType | Unset): Flink jobs, Spark jobs or all.
        show_detail (bool | Unset): true adds fields of the job's details and leaves some others
            out.
        order (ListFlinkJobsOrder | Unset): Order by time, the youngest first (`desc`) or last
            (`asc`).
        limit (int | Unset): Number of jobs in a response, at most.
        offset (int | Unset): Number of jobs to pass over. It counts jobs, not pages.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorResponse | ListFlinkJobsResponse
    """

    return (
        await asyncio_detailed(
            project_id=project_id,
            client=client,
            job_type=job_type,
            status=status,
            name=name,
            queue_name=queue_name,
            user_name=user_name,
            tags=tags,
            show_job_type=show_job_type,
            show_detail=show_detail,
            order=order,
            limit=limit,
            offset=offset,
        )
    ).parsed
