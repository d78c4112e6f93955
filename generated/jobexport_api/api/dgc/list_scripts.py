from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.error_response import ErrorResponse
from ...models.list_scripts_response import ListScriptsResponse
from ...types import UNSET, Response, Unset, json_value, path_segment


def _get_kwargs(
    project_id: str,
    *,
    limit: int | Unset = UNSET,
    offset: int | Unset = UNSET,
    script_name: str | Unset = UNSET,
    workspace: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(workspace, Unset):
        headers["workspace"] = workspace

    params: dict[str, Any] = {}

    params["limit"] = limit

    params["offset"] = offset

    params["scriptName"] = script_name

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/v1/{project_id}/scripts".format(
            project_id=path_segment(project_id),
        ),
        "params": params,
    }

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> ErrorResponse | ListScriptsResponse | None:
    if response.status_code == 200:
        response_200 = ListScriptsResponse.from_dict(json_value(response))

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
) -> Response[ErrorResponse | ListScriptsResponse]:
    parsed: ErrorResponse | ListScriptsResponse | None
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
    limit: int | Unset = UNSET,
    offset: int | Unset = UNSET,
    script_name: str | Unset = UNSET,
    workspace: str | Unset = UNSET,
) -> Response[ErrorResponse | ListScriptsResponse]:
    """List the scripts of a workspace, a page at a time

     Responds with one page of the scripts and with the number of all scripts. `offset` counts pages from
    0. No page states the order, nor whether `scriptName` is a part of the name or all of it.

    Args:
        project_id (str): Project that owns the jobs.
        limit (int | Unset): Scripts on a page at most.
        offset (int | Unset): Number of the page, from 0 on.
        script_name (str | Unset): Only scripts of this name. No page says whether a part of the
            name is enough.
        workspace (str | Unset): Id of the workspace to look in. Without it the default workspace
            is used.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorResponse | ListScriptsResponse]
    """

    kwargs = _get_kwargs(
        project_id=project_id,
        limit=limit,
        offset=offset,
        script_name=script_name,
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
    limit: int | Unset = UNSET,
    offset: int | Unset = UNSET,
    script_name: str | Unset = UNSET,
    workspace: str | Unset = UNSET,
) -> ErrorResponse | ListScriptsResponse | None:
    """List the scripts of a workspace, a page at a time

     Responds with one page of the scripts and with the number of all scripts. `offset` counts pages from
    0. No page states the order, nor whether `scriptName` is a part of the name or all of it.

    Args:
        project_id (str): Project that owns the jobs.
        limit (int | Unset): Scripts on a page at most.
        offset (int | Unset): Number of the page, from 0 on.
        script_name (str | Unset): Only scripts of this name. No page says whether a part of the
            name is enough.
        workspace (str | Unset): Id of the workspace to look in. Without it the default workspace
            is used.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorResponse | ListScriptsResponse
    """

    return sync_detailed(
        project_id=project_id,
        client=client,
        limit=limit,
        offset=offset,
        script_name=script_name,
        workspace=workspace,
    ).parsed


async def asyncio_detailed(
    project_id: str,
    *,
    client: AuthenticatedClient | Client,
    limit: int | Unset = UNSET,
    offset: int | Unset = UNSET,
    script_name: str | Unset = UNSET,
    workspace: str | Unset = UNSET,
) -> Response[ErrorResponse | ListScriptsResponse]:
    """List the scripts of a workspace, a page at a time

     Responds with one page of the scripts and with the number of all scripts. `offset` counts pages from
    0. No page states the order, nor whether `scriptName` is a part of the name or all of it.

    Args:
        project_id (str): Project that owns the jobs.
        limit (int | Unset): Scripts on a page at most.
        offset (int | Unset): Number of the page, from 0 on.
        script_name (str | Unset): Only scripts of this name. No page says whether a part of the
            name is enough.
        workspace (str | Unset): Id of the workspace to look in. Without it the default workspace
            is used.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorResponse | ListScriptsResponse]
    """

    kwargs = _get_kwargs(
        project_id=project_id,
        limit=limit,
        offset=offset,
        script_name=script_name,
        workspace=workspace,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    project_id: str,
    *,
    client: AuthenticatedClient | Client,
    limit: int | Unset = UNSET,
    offset: int | Unset = UNSET,
    script_name: str | Unset = UNSET,
    workspace: str | Unset = UNSET,
) -> ErrorResponse | ListScriptsResponse | None:
    """List the scripts of a workspace, a page at a time

     Responds with one page of the scripts and with the number of all scripts. `offset` counts pages from
    0. No page states the order, nor whether `scriptName` is a part of the name or all of it.

    Args:
        project_id (str): Project that owns the jobs.
        limit (int | Unset): Scripts on a page at most.
        offset (int | Unset): Number of the page, from 0 on.
        script_name (str | Unset): Only scripts of this name. No page says whether a part of the
            name is enough.
        workspace (str | Unset): Id of the workspace to look in. Without it the default workspace
            is used.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorResponse | ListScriptsResponse
    """

    return (
        await asyncio_detailed(
            project_id=project_id,
            client=client,
            limit=limit,
            offset=offset,
            script_name=script_name,
            workspace=workspace,
        )
    ).parsed
