from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.error_response import ErrorResponse
from ...models.job_details import JobDetails
from ...types import UNSET, Response, Unset, json_value, path_segment


def _get_kwargs(
    project_id: str,
    job_name: str,
    *,
    version: int | Unset = UNSET,
    dependencies: bool | Unset = UNSET,
    workspace: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(workspace, Unset):
        headers["workspace"] = workspace

    params: dict[str, Any] = {}

    params["version"] = version

    params["dependencies"] = dependencies

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/v1/{project_id}/jobs/{job_name}".format(
            project_id=path_segment(project_id),
            job_name=path_segment(job_name),
        ),
        "params": params,
    }

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> ErrorResponse | JobDetails | None:
    if response.status_code == 200:
        response_200 = JobDetails.from_dict(json_value(response))

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
) -> Response[ErrorResponse | JobDetails]:
    parsed: ErrorResponse | JobDetails | None
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
    job_name: str,
    *,
    client: AuthenticatedClient | Client,
    version: int | Unset = UNSET,
    dependencies: bool | Unset = UNSET,
    workspace: str | Unset = UNSET,
) -> Response[ErrorResponse | JobDetails]:
    """Show the definition of a job

     Responds with the definition of a job, as createJob takes it, with some fields of the service beside
    it. To compare it with an exported job, leave out `id`, `createTime`, `lastUpdateUser` and
    `version`, and take a missing field for its default.

    Args:
        project_id (str): Project that owns the jobs.
        job_name (str): Name of a job, unique in its workspace.
        version (int | Unset): Number of the version to show. Without it, the newest is shown.
        dependencies (bool | Unset): true adds the jobs that directly depend on the job.
        workspace (str | Unset): Id of the workspace to look in. Without it the default workspace
            is used.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorResponse | JobDetails]
    """

    kwargs = _get_kwargs(
        project_id=project_id,
        job_name=job_name,
        version=version,
        dependencies=dependencies,
        workspace=workspace,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    project_id: str,
    job_name: str,
    *,
    client: AuthenticatedClient | Client,
    version: int | Unset = UNSET,
    dependencies: bool | Unset = UNSET,
    workspace: str | Unset = UNSET,
) -> ErrorResponse | JobDetails | None:
    """Show the definition of a job

     Responds with the definition of a job, as createJob takes it, with some fields of the service beside
    it. To compare it with an exported job, leave out `id`, `createTime`, `lastUpdateUser` and
    `version`, and take a missing field for its default.

    Args:
        project_id (str): Project that owns the jobs.
        job_name (str): Name of a job, unique in its workspace.
        version (int | Unset): Number of the version to show. Without it, the newest is shown.
        dependencies (bool | Unset): true adds the jobs that directly depend on the job.
        workspace (str | Unset): Id of the workspace to look in. Without it the default workspace
            is used.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorResponse | JobDetails
    """

    return sync_detailed(
        project_id=project_id,
        job_name=job_name,
        client=client,
        version=version,
        dependencies=dependencies,
        workspace=workspace,
    ).parsed


async def asyncio_detailed(
    project_id: str,
    job_name: str,
    *,
    client: AuthenticatedClient | Client,
    version: int | Unset = UNSET,
    dependencies: bool | Unset = UNSET,
    workspace: str | Unset = UNSET,
) -> Response[ErrorResponse | JobDetails]:
    """Show the definition of a job

     Responds with the definition of a job, as createJob takes it, with some fields of the service beside
    it. To compare it with an exported job, leave out `id`, `createTime`, `lastUpdateUser` and
    `version`, and take a missing field for its default.

    Args:
        project_id (str): Project that owns the jobs.
        job_name (str): Name of a job, unique in its workspace.
        version (int | Unset): Number of the version to show. Without it, the newest is shown.
        dependencies (bool | Unset): true adds the jobs that directly depend on the job.
        workspace (str | Unset): Id of the workspace to look in. Without it the default workspace
            is used.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorResponse | JobDetails]
    """

    kwargs = _get_kwargs(
        project_id=project_id,
        job_name=job_name,
        version=version,
        dependencies=dependencies,
        workspace=workspace,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    project_id: str,
    job_name: str,
    *,
    client: AuthenticatedClient | Client,
    version: int | Unset = UNSET,
    dependencies: bool | Unset = UNSET,
    workspace: str | Unset = UNSET,
) -> ErrorResponse | JobDetails | None:
    """Show the definition of a job

     Responds with the definition of a job, as createJob takes it, with some fields of the service beside
    it. To compare it with an exported job, leave out `id`, `createTime`, `lastUpdateUser` and
    `version`, and take a missing field for its default.

    Args:
        project_id (str): Project that owns the jobs.
        job_name (str): Name of a job, unique in its workspace.
        version (int | Unset): Number of the version to show. Without it, the newest is shown.
        dependencies (bool | Unset): true adds the jobs that directly depend on the job.
        workspace (str | Unset): Id of the workspace to look in. Without it the default workspace
            is used.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorResponse | JobDetails
    """

    return (
        await asyncio_detailed(
            project_id=project_id,
            job_name=job_name,
            client=client,
            version=version,
            dependencies=dependencies,
            workspace=workspace,
        )
    ).parsed
