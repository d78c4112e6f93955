from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.create_resource_response import CreateResourceResponse
from ...models.error_response import ErrorResponse
from ...models.resource_definition import ResourceDefinition
from ...types import UNSET, Response, Unset, json_value, path_segment


def _get_kwargs(
    project_id: str,
    *,
    body: ResourceDefinition,
    workspace: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(workspace, Unset):
        headers["workspace"] = workspace

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/v1/{project_id}/resources".format(
            project_id=path_segment(project_id),
        ),
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> CreateResourceResponse | ErrorResponse | None:
    if response.status_code == 200:
        response_200 = CreateResourceResponse.from_dict(json_value(response))

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
) -> Response[CreateResourceResponse | ErrorResponse]:
    parsed: CreateResourceResponse | ErrorResponse | None
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
    body: ResourceDefinition,
    workspace: str | Unset = UNSET,
) -> Response[CreateResourceResponse | ErrorResponse]:
    """Create a resource, a name for a file in object storage

     Creates a name for a file that stands in OBS. The file itself is copied nowhere, and no export holds
    it. The body is presumably the content of a `.resource` in an export.

    Args:
        project_id (str): Project that owns the jobs.
        workspace (str | Unset): Id of the workspace to look in. Without it the default workspace
            is used.
        body (ResourceDefinition): A resource to create. A `.resource` of an export presumably
            holds the same; read that leniently, with unknown fields.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[CreateResourceResponse | ErrorResponse]
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
    body: ResourceDefinition,
    workspace: str | Unset = UNSET,
) -> CreateResourceResponse | ErrorResponse | None:
    """Create a resource, a name for a file in object storage

     Creates a name for a file that stands in OBS. The file itself is copied nowhere, and no export holds
    it. The body is presumably the content of a `.resource` in an export.

    Args:
        project_id (str): Project that owns the jobs.
        workspace (str | Unset): Id of the workspace to look in. Without it the default workspace
            is used.
        body (ResourceDefinition): A resource to create. A `.resource` of an export presumably
            holds the same; read that leniently, with unknown fields.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        CreateResourceResponse | ErrorResponse
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
    body: ResourceDefinition,
    workspace: str | Unset = UNSET,
) -> Response[CreateResourceResponse | ErrorResponse]:
    """Create a resource, a name for a file in object storage

     Creates a name for a file that stands in OBS. The file itself is copied nowhere, and no export holds
    it. The body is presumably the content of a `.resource` in an export.

    Args:
        project_id (str): Project that owns the jobs.
        workspace (str | Unset): Id of the workspace to look in. Without it the default workspace
            is used.
        body (ResourceDefinition): A resource to create. A `.resource` of an export presumably
            holds the same; read that leniently, with unknown fields.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[CreateResourceResponse | ErrorResponse]
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
    body: ResourceDefinition,
    workspace: str | Unset = UNSET,
) -> CreateResourceResponse | ErrorResponse | None:
    """Create a resource, a name for a file in object storage

     Creates a name for a file that stands in OBS. The file itself is copied nowhere, and no export holds
    it. The body is presumably the content of a `.resource` in an export.

    Args:
        project_id (str): Project that owns the jobs.
        workspace (str | Unset): Id of the workspace to look in. Without it the default workspace
            is used.
        body (ResourceDefinition): A resource to create. A `.resource` of an export presumably
            holds the same; read that leniently, with unknown fields.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        CreateResourceResponse | ErrorResponse
    """

    return (
        await asyncio_detailed(
            project_id=project_id,
            client=client,
            body=body,
            workspace=workspace,
        )
    ).parsed
