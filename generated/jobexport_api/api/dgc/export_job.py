from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from io import BytesIO
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.error_response import ErrorResponse
from ...models.export_job_request import ExportJobRequest
from ...types import UNSET, File, Response, Unset, json_value, path_segment


def _get_kwargs(
    project_id: str,
    job_name: str,
    *,
    body: ExportJobRequest | Unset = UNSET,
    workspace: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(workspace, Unset):
        headers["workspace"] = workspace

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/v1/{project_id}/jobs/{job_name}/export".format(
            project_id=path_segment(project_id),
            job_name=path_segment(job_name),
        ),
    }

    if not isinstance(body, Unset):
        _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> ErrorResponse | File | None:
    if response.status_code == 200:
        response_200 = File(payload=BytesIO(response.content))

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
) -> Response[ErrorResponse | File]:
    parsed: ErrorResponse | File | None
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
    body: ExportJobRequest | Unset = UNSET,
    workspace: str | Unset = UNSET,
) -> Response[ErrorResponse | File]:
    """Export one job as a zip

     Responds with a zip of the job's definition and of the scripts and resources that its nodes use. Job
    definitions of CDM are said to come too, but no page shows where in the zip.

    Args:
        project_id (str): Project that owns the jobs.
        job_name (str): Name of a job, unique in its workspace.
        workspace (str | Unset): Id of the workspace to look in. Without it the default workspace
            is used.
        body (ExportJobRequest | Unset): Options for the export of a job.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorResponse | File]
    """

    kwargs = _get_kwargs(
        project_id=project_id,
        job_name=job_name,
        body=body,
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
    body: ExportJobRequest | Unset = UNSET,
    workspace: str | Unset = UNSET,
) -> ErrorResponse | File | None:
    """Export one job as a zip

     Responds with a zip of the job's definition and of the scripts and resources that its nodes use. Job
    definitions of CDM are said to come too, but no page shows where in the zip.

    Args:
        project_id (str): Project that owns the jobs.
        job_name (str): Name of a job, unique in its workspace.
        workspace (str | Unset): Id of the workspace to look in. Without it the default workspace
            is used.
        body (ExportJobRequest | Unset): Options for the export of a job.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorResponse | File
    """

    return sync_detailed(
        project_id=project_id,
        job_name=job_name,
        client=client,
        body=body,
        workspace=workspace,
    ).parsed


async def asyncio_detailed(
    project_id: str,
    job_name: str,
    *,
    client: AuthenticatedClient | Client,
    body: ExportJobRequest | Unset = UNSET,
    workspace: str | Unset = UNSET,
) -> Response[ErrorResponse | File]:
    """Export one job as a zip

     Responds with a zip of the job's definition and of the scripts and resources that its nodes use. Job
    definitions of CDM are said to come too, but no page shows where in the zip.

    Args:
        project_id (str): Project that owns the jobs.
        job_name (str): Name of a job, unique in its workspace.
        workspace (str | Unset): Id of the workspace to look in. Without it the default workspace
            is used.
        body (ExportJobRequest | Unset): Options for the export of a job.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorResponse | File]
    """

    kwargs = _get_kwargs(
        project_id=project_id,
        job_name=job_name,
        body=body,
        workspace=workspace,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    project_id: str,
    job_name: str,
    *,
    client: AuthenticatedClient | Client,
    body: ExportJobRequest | Unset = UNSET,
    workspace: str | Unset = UNSET,
) -> ErrorResponse | File | None:
    """Export one job as a zip

     Responds with a zip of the job's definition and of the scripts and resources that its nodes use. Job
    definitions of CDM are said to come too, but no page shows where in the zip.

    Args:
        project_id (str): Project that owns the jobs.
        job_name (str): Name of a job, unique in its workspace.
        workspace (str | Unset): Id of the workspace to look in. Without it the default workspace
            is used.
        body (ExportJobRequest | Unset): Options for the export of a job.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorResponse | File
    """

    return (
        await asyncio_detailed(
            project_id=project_id,
            job_name=job_name,
            client=client,
            body=body,
            workspace=workspace,
        )
    ).parsed


@contextmanager
def sync_stream(
    project_id: str,
    job_name: str,
    *,
    client: AuthenticatedClient | Client,
    body: ExportJobRequest | Unset = UNSET,
    workspace: str | Unset = UNSET,
) -> Iterator[httpx.Response]:
    """Export one job as a zip, and read the body piece by piece

    Yields the httpx.Response once its headers have arrived, before any of its body is read. No status raises, not even
    with Client.raise_on_unexpected_status: check `response.status_code` first. Then read the body from
    `response.iter_bytes()`, which never holds all of it. A small body, such as an error's, can be read whole:
    `response.read()`, then `response.json()`, which is documented to fit ErrorResponse.
    The end of the block returns the connection to the pool, even if the body was not read.

    Args:
        project_id (str): Project that owns the jobs.
        job_name (str): Name of a job, unique in its workspace.
        workspace (str | Unset): Id of the workspace to look in. Without it the default workspace
            is used.
        body (ExportJobRequest | Unset): Options for the export of a job.

    Raises:
        httpx.TransportError: If connecting, sending or reading fails; also in the block, while the body arrives.
            httpx.TimeoutException is one of its kinds: Client.timeout is for each read, not for the whole body.
    """

    kwargs = _get_kwargs(
        project_id=project_id,
        job_name=job_name,
        body=body,
        workspace=workspace,
    )

    with client.get_httpx_client().stream(**kwargs) as response:
        yield response


@asynccontextmanager
async def asyncio_stream(
    project_id: str,
    job_name: str,
    *,
    client: AuthenticatedClient | Client,
    body: ExportJobRequest | Unset = UNSET,
    workspace: str | Unset = UNSET,
) -> AsyncIterator[httpx.Response]:
    """Export one job as a zip, and read the body piece by piece

    Yields the httpx.Response once its headers have arrived, before any of its body is read. No status raises, not even
    with Client.raise_on_unexpected_status: check `response.status_code` first. Then read the body from
    `response.aiter_bytes()`, which never holds all of it. A small body, such as an error's, can be read whole:
    `await response.aread()`, then `response.json()`, which is documented to fit ErrorResponse.
    The end of the block returns the connection to the pool, even if the body was not read.

    Args:
        project_id (str): Project that owns the jobs.
        job_name (str): Name of a job, unique in its workspace.
        workspace (str | Unset): Id of the workspace to look in. Without it the default workspace
            is used.
        body (ExportJobRequest | Unset): Options for the export of a job.

    Raises:
        httpx.TransportError: If connecting, sending or reading fails; also in the block, while the body arrives.
            httpx.TimeoutException is one of its kinds: Client.timeout is for each read, not for the whole body.
    """

    kwargs = _get_kwargs(
        project_id=project_id,
        job_name=job_name,
        body=body,
        workspace=workspace,
    )

    async with client.get_async_httpx_client().stream(**kwargs) as response:
        yield response
