from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.error_response import ErrorResponse
from ...models.import_job_request import ImportJobRequest
from ...models.import_job_response import ImportJobResponse
from ...types import UNSET, Response, Unset, json_value, path_segment


def _get_kwargs(
    project_id: str,
    *,
    body: ImportJobRequest,
    workspace: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(workspace, Unset):
        headers["workspace"] = workspace

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/v1/{project_id}/jobs/import".format(
            project_id=path_segment(project_id),
        ),
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> ErrorResponse | ImportJobResponse | None:
    if response.status_code == 200:
        response_200 = ImportJobResponse.from_dict(json_value(response))

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
) -> Response[ErrorResponse | ImportJobResponse]:
    parsed: ErrorResponse | ImportJobResponse | None
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
    body: ImportJobRequest,
    workspace: str | Unset = UNSET,
) -> Response[ErrorResponse | ImportJobResponse]:
    """Import jobs from a zip in object storage

     Begins a task that reads a zip from OBS, creates its jobs and scripts in the workspace and submits a
    version of each job; showSystemTask follows it. The zip has the form that an export has; no page
    says which of the two, and a public client imports that of a single job. A job, script or resource
    whose name is taken stays as it is, unless `sameNamePolicy` is OVERWRITE. A job that runs can't be
    overwritten, and its import fails. The user guides limit the zip to 10 MB, and a workspace to one
    import at a time.

    Args:
        project_id (str): Project that owns the jobs.
        workspace (str | Unset): Id of the workspace to look in. Without it the default workspace
            is used.
        body (ImportJobRequest): The zip to import, what happens to names that are taken, and
            values for the jobs.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorResponse | ImportJobResponse]
    """

    kwargs = _get_kwargs(
        project_id=project_id,
        body=body,
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
    body: ImportJobRequest,
    workspace: str | Unset = UNSET,
) -> ErrorResponse | ImportJobResponse | None:
    """Import jobs from a zip in object storage

     Begins a task that reads a zip from OBS, creates its jobs and scripts in the workspace and submits a
    version of each job; showSystemTask follows it. The zip has the form that an export has; no page
    says which of the two, and a public client imports that of a single job. A job, script or resource
    whose name is taken stays as it is, unless `sameNamePolicy` is OVERWRITE. A job that runs can't be
    overwritten, and its import fails. The user guides limit the zip to 10 MB, and a workspace to one
    import at a time.

    Args:
        project_id (str): Project that owns the jobs.
        workspace (str | Unset): Id of the workspace to look in. Without it the default workspace
            is used.
        body (ImportJobRequest): The zip to import, what happens to names that are taken, and
            values for the jobs.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorResponse | ImportJobResponse
    """

    return sync_detailed(
        project_id=project_id,
        client=client,
        body=body,
        workspace=workspace,
    ).parsed


async def asyncio_detailed(
    project_id: str,
    *,
    client: AuthenticatedClient | Client,
    body: ImportJobRequest,
    workspace: str | Unset = UNSET,
) -> Response[ErrorResponse | ImportJobResponse]:
    """Import jobs from a zip in object storage

     Begins a task that reads a zip from OBS, creates its jobs and scripts in the workspace and submits a
    version of each job; showSystemTask follows it. The zip has the form that an export has; no page
    says which of the two, and a public client imports that of a single job. A job, script or resource
    whose name is taken stays as it is, unless `sameNamePolicy` is OVERWRITE. A job that runs can't be
    overwritten, and its import fails. The user guides limit the zip to 10 MB, and a workspace to one
    import at a time.

    Args:
        project_id (str): Project that owns the jobs.
        workspace (str | Unset): Id of the workspace to look in. Without it the default workspace
            is used.
        body (ImportJobRequest): The zip to import, what happens to names that are taken, and
            values for the jobs.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorResponse | ImportJobResponse]
    """

    kwargs = _get_kwargs(
        project_id=project_id,
        body=body,
        workspace=workspace,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    project_id: str,
    *,
    client: AuthenticatedClient | Client,
    body: ImportJobRequest,
    workspace: str | Unset = UNSET,
) -> ErrorResponse | ImportJobResponse | None:
    """Import jobs from a zip in object storage

     Begins a task that reads a zip from OBS, creates its jobs and scripts in the workspace and submits a
    version of each job; showSystemTask follows it. The zip has the form that an export has; no page
    says which of the two, and a public client imports that of a single job. A job, script or resource
    whose name is taken stays as it is, unless `sameNamePolicy` is OVERWRITE. A job that runs can't be
    overwritten, and its import fails. The user guides limit the zip to 10 MB, and a workspace to one
    import at a time.

    Args:
        project_id (str): Project that owns the jobs.
        workspace (str | Unset): Id of the workspace to look in. Without it the default workspace
            is used.
        body (ImportJobRequest): The zip to import, what happens to names that are taken, and
            values for the jobs.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorResponse | ImportJobResponse
    """

    return (
        await asyncio_detailed(
            project_id=project_id,
            client=client,
            body=body,
            workspace=workspace,
        )
    ).parsed
