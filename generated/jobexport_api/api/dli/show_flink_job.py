from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.error_response import ErrorResponse
from ...models.show_flink_job_response import ShowFlinkJobResponse
from ...types import Response, json_value, path_segment


def _get_kwargs(
    project_id: str,
    job_id: int | str,
) -> dict[str, Any]:

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/v1.0/{project_id}/streaming/jobs/{job_id}".format(
            project_id=path_segment(project_id),
            job_id=path_segment(job_id),
        ),
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> ErrorResponse | ShowFlinkJobResponse | None:
    if response.status_code == 200:
        response_200 = ShowFlinkJobResponse.from_dict(json_value(response))

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
) -> Response[ErrorResponse | ShowFlinkJobResponse]:
    parsed: ErrorResponse | ShowFlinkJobResponse | None
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
    job_id: int | str,
    *,
    client: AuthenticatedClient | Client,
) -> Response[ErrorResponse | ShowFlinkJobResponse]:
    """Show a Flink job with its settings

     Responds with the job, its SQL or jar, and its settings. Some fields are null while they have no
    value.

    Args:
        project_id (str): Project that owns the jobs.
        job_id (int | str): Id of the Flink job, a 64-bit number. Pages type it as a number or as
            a string of digits.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorResponse | ShowFlinkJobResponse]
    """

    kwargs = _get_kwargs(
        project_id=project_id,
        job_id=job_id,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    project_id: str,
    job_id: int | str,
    *,
    client: AuthenticatedClient | Client,
) -> ErrorResponse | ShowFlinkJobResponse | None:
    """Show a Flink job with its settings

     Responds with the job, its SQL or jar, and its settings. Some fields are null while they have no
    value.

    Args:
        project_id (str): Project that owns the jobs.
        job_id (int | str): Id of the Flink job, a 64-bit number. Pages type it as a number or as
            a string of digits.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorResponse | ShowFlinkJobResponse
    """

    return sync_detailed(
        project_id=project_id,
        job_id=job_id,
        client=client,
    ).parsed


async def asyncio_detailed(
    project_id: str,
    job_id: int | str,
    *,
    client: AuthenticatedClient | Client,
) -> Response[ErrorResponse | ShowFlinkJobResponse]:
    """Show a Flink job with its settings

     Responds with the job, its SQL or jar, and its settings. Some fields are null while they have no
    value.

    Args:
        project_id (str): Project that owns the jobs.
        job_id (int | str): Id of the Flink job, a 64-bit number. Pages type it as a number or as
            a string of digits.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorResponse | ShowFlinkJobResponse]
    """

    kwargs = _get_kwargs(
        project_id=project_id,
        job_id=job_id,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    project_id: str,
    job_id: int | str,
    *,
    client: AuthenticatedClient | Client,
) -> ErrorResponse | ShowFlinkJobResponse | None:
    """Show a Flink job with its settings

     Responds with the job, its SQL or jar, and its settings. Some fields are null while they have no
    value.

    Args:
        project_id (str): Project that owns the jobs.
        job_id (int | str): Id of the Flink job, a 64-bit number. Pages type it as a number or as
            a string of digits.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorResponse | ShowFlinkJobResponse
    """

    return (
        await asyncio_detailed(
            project_id=project_id,
            job_id=job_id,
            client=client,
        )
    ).parsed
