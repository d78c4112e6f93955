from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.error_response import ErrorResponse
from ...models.list_jobs_job_type import ListJobsJobType
from ...models.list_jobs_response import ListJobsResponse
from ...types import UNSET, Response, Unset, json_value, path_segment


def _get_kwargs(
    project_id: str,
    *,
    job_type: ListJobsJobType | Unset = UNSET,
    offset: int | Unset = UNSET,
    limit: int | Unset = UNSET,
    job_name: str | Unset = UNSET,
    tags: str | Unset = UNSET,
    workspace: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(workspace, Unset):
        headers["workspace"] = workspace

    params: dict[str, Any] = {}

    json_job_type: str | Unset = UNSET
    if not isinstance(job_type, Unset):
        json_job_type = job_type

    params["jobType"] = json_job_type

    params["offset"] = offset

    params["limit"] = limit

    params["jobName"] = job_name

    params["tags"] = tags

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/v1/{project_id}/jobs".format(
            project_id=path_segment(project_id),
        ),
        "params": params,
    }

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> ErrorResponse | ListJobsResponse | None:
    if response.status_code == 200:
        response_200 = ListJobsResponse.from_dict(json_value(response))

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
) -> Response[ErrorResponse | ListJobsResponse]:
    parsed: ErrorResponse | ListJobsResponse | None
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
    job_type: ListJobsJobType | Unset = UNSET,
    offset: int | Unset = UNSET,
    limit: int | Unset = UNSET,
    job_name: str | Unset = UNSET,
    tags: str | Unset = UNSET,
    workspace: str | Unset = UNSET,
) -> Response[ErrorResponse | ListJobsResponse]:
    """List the jobs of a workspace, page by page

     Responds with a page of the jobs of one kind, by default ten batch jobs: a list of all jobs needs a
    walk for each kind. Pages are counted from 0. No page of the documents states an order, or whether
    it stays while jobs are created.

    Args:
        project_id (str): Project that owns the jobs.
        job_type (ListJobsJobType | Unset): Kind of the jobs to list, REAL_TIME or BATCH. Without
            it, batch jobs are listed.
        offset (int | Unset): Number of the page, from 0. A public client takes it for a number of
            jobs.
        limit (int | Unset): Number of jobs on a page.
        job_name (str | Unset): Part of the names to list. A public client has seen that names
            match in part; no page says so.
        tags (str | Unset): Tags of the jobs to list, joined with commas.
        workspace (str | Unset): Id of the workspace to look in. Without it the default workspace
            is used.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorResponse | ListJobsResponse]
    """

    kwargs = _get_kwargs(
        project_id=project_id,
        job_type=job_type,
        offset=offset,
        limit=limit,
        job_name=job_name,
        tags=tags,
        workspace=workspace,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    project_id: str,
    *,
    client: AuthenticatedClient | Client,
    job_type: ListJobsJobType | Unset = UNSET,
    offset: int | Unset = UNSET,
    limit: int | Unset = UNSET,
    job_name: str | Unset = UNSET,
    tags: str | Unset = UNSET,
    workspace: str | Unset = UNSET,
) -> ErrorResponse | ListJobsResponse | None:
    """List the jobs of a workspace, page by page

     Responds with a page of the jobs of one kind, by default ten batch jobs: a list of all jobs needs a
    walk for each kind. Pages are counted from 0. No page of the documents states an order, or whether
    it stays while jobs are created.

    Args:
        project_id (str): Project that owns the jobs.
        job_type (ListJobsJobType | Unset): Kind of the jobs to list, REAL_TIME or BATCH. Without
            it, batch jobs are listed.
        offset (int | Unset): Number of the page, from 0. A public client takes it for a number of
            jobs.
        limit (int | Unset): Number of jobs on a page.
        job_name (str | Unset): Part of the names to list. A public client has seen that names
            match in part; no page says so.
        tags (str | Unset): Tags of the jobs to list, joined with commas.
        workspace (str | Unset): Id of the workspace to look in. Without it the default workspace
            is used.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorResponse | ListJobsResponse
    """

    return sync_detailed(
        project_id=project_id,
        client=client,
        job_type=job_type,
        offset=offset,
        limit=limit,
        job_name=job_name,
        tags=tags,
        workspace=workspace,
    ).parsed


async def asyncio_detailed(
    project_id: str,
    *,
    client: AuthenticatedClient | Client,
    job_type: ListJobsJobType | Unset = UNSET,
    offset: int | Unset = UNSET,
    limit: int | Unset = UNSET,
    job_name: str | Unset = UNSET,
    tags: str | Unset = UNSET,
    workspace: str | Unset = UNSET,
) -> Response[ErrorResponse | ListJobsResponse]:
    """List the jobs of a workspace, page by page

     Responds with a page of the jobs of one kind, by default ten batch jobs: a list of all jobs needs a
    walk for each kind. Pages are counted from 0. No page of the documents states an order, or whether
    it stays while jobs are created.

    Args:
        project_id (str): Project that owns the jobs.
        job_type (ListJobsJobType | Unset): Kind of the jobs to list, REAL_TIME or BATCH. Without
            it, batch jobs are listed.
        offset (int | Unset): Number of the page, from 0. A public client takes it for a number of
            jobs.
        limit (int | Unset): Number of jobs on a page.
        job_name (str | Unset): Part of the names to list. A public client has seen that names
            match in part; no page says so.
        tags (str | Unset): Tags of the jobs to list, joined with commas.
        workspace (str | Unset): Id of the workspace to look in. Without it the default workspace
            is used.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorResponse | ListJobsResponse]
    """

    kwargs = _get_kwargs(
        project_id=project_id,
        job_type=job_type,
        offset=offset,
        limit=limit,
        job_name=job_name,
        tags=tags,
        workspace=workspace,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    project_id: str,
    *,
    client: AuthenticatedClient | Client,
    job_type: ListJobsJobType | Unset = UNSET,
    offset: int | Unset = UNSET,
    limit: int | Unset = UNSET,
    job_name: str | Unset = UNSET,
    tags: str | Unset = UNSET,
    workspace: str | Unset = UNSET,
) -> ErrorResponse | ListJobsResponse | None:
    """List the jobs of a workspace, page by page

     Responds with a page of the jobs of one kind, by default ten batch jobs: a list of all jobs needs a
    walk for each kind. Pages are counted from 0. No page of the documents states an order, or whether
    it stays while jobs are created.

    Args:
        project_id (str): Project that owns the jobs.
        job_type (ListJobsJobType | Unset): Kind of the jobs to list, REAL_TIME or BATCH. Without
            it, batch jobs are listed.
        offset (int | Unset): Number of the page, from 0. A public client takes it for a number of
            jobs.
        limit (int | Unset): Number of jobs on a page.
        job_name (str | Unset): Part of the names to list. A public client has seen that names
            match in part; no page says so.
        tags (str | Unset): Tags of the jobs to list, joined with commas.
        workspace (str | Unset): Id of the workspace to look in. Without it the default workspace
            is used.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorResponse | ListJobsResponse
    """

    return (
        await asyncio_detailed(
            project_id=project_id,
            client=client,
            job_type=job_type,
            offset=offset,
            limit=limit,
            job_name=job_name,
            tags=tags,
            workspace=workspace,
        )
    ).parsed
