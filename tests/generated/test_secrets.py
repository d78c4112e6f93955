from __future__ import annotations

import asyncio
import socket
from functools import partial
from typing import TYPE_CHECKING

import httpx
import pytest
from attrs import evolve
from jobexport_api import AuthenticatedClient, Client
from jobexport_api.api.dgc import export_job
from jobexport_api.errors import UnexpectedStatus

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.generated.making.server import Server


def test_a_token_is_not_in_the_repr_of_a_client(client: AuthenticatedClient, token: str) -> None:
    """The token is not in the repr of a new client."""
    assert token not in repr(client)


def test_a_token_is_not_in_the_repr_of_a_used_client(server: Server, client: AuthenticatedClient, token: str) -> None:
    """The token is not in the repr of a client that sent a request."""
    with client:
        export_job.sync_detailed("p", "j", client=client)
        assert server.received[0].headers["X-Auth-Token"] == token
        assert token not in repr(client)


def test_a_token_is_not_in_the_repr_of_a_client_used_by_asyncio(client: AuthenticatedClient, token: str) -> None:
    """The token is not in the repr of a client that sent a request asynchronously."""

    async def send() -> str:
        async with client:
            await export_job.asyncio_detailed("p", "j", client=client)
            return repr(client)

    assert token not in asyncio.run(send())


@pytest.mark.parametrize("kind", [Client, partial(AuthenticatedClient, token="t")], ids=["plain", "authenticated"])
def test_an_access_key_is_not_in_the_repr_of_a_client(
    server: Server, kind: Callable[..., Client | AuthenticatedClient]
) -> None:
    """Headers, cookies and httpx_args are not in the repr, before and after a request."""
    client = kind(
        base_url=server.base_url,
        headers={"X-Security-Token": "SECRET-1"},
        cookies={"session": "SECRET-2"},
        httpx_args={"auth": ("SECRET-AK", "SECRET-SK")},
    )
    assert "SECRET" not in repr(client)
    with client:
        export_job.sync_detailed("p", "j", client=client)
        assert "SECRET" not in repr(client)


def test_the_callers_headers_stay_as_they_are(server: Server, token: str) -> None:
    """The token is not written into the dictionary that the caller gave."""
    headers = {"X-Language": "en_us"}
    with AuthenticatedClient(base_url=server.base_url, token=token, headers=headers) as client:
        export_job.sync_detailed("p", "j", client=client)
    assert headers == {"X-Language": "en_us"}


def test_a_token_is_not_in_an_unexpected_status(server: Server, client: AuthenticatedClient, token: str) -> None:
    """UnexpectedStatus tells nothing of the request's headers."""
    server.respond([b"odd"], status=520)
    strict = evolve(client, raise_on_unexpected_status=True)
    with strict, pytest.raises(UnexpectedStatus) as caught:
        export_job.sync_detailed("p", "j", client=strict)
    assert token not in str(caught.value) + repr(caught.value)


def test_a_token_is_not_in_a_connection_error(client: AuthenticatedClient, token: str) -> None:
    """The exception for a server that is not there tells nothing of the request's headers."""
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    lost = evolve(client, base_url=f"http://127.0.0.1:{port}")
    with lost, pytest.raises(httpx.ConnectError) as caught:
        export_job.sync_detailed("p", "j", client=lost)
    assert token not in str(caught.value) + repr(caught.value)


@pytest.mark.parametrize("around", ["{}\n", " {}", "{}\t", "{}\x00", "{}é"])
def test_a_token_that_no_header_can_carry_is_not_quoted(server: Server, token: str, around: str) -> None:
    """A token with a newline is refused at once, by a message that does not quote it."""
    with pytest.raises(ValueError, match="newline") as caught:
        AuthenticatedClient(base_url=server.base_url, token=around.format(token))
    assert token not in str(caught.value) + repr(caught.value)


@pytest.mark.parametrize("kind", ["blocking", "async"])
def test_a_redirect_takes_no_token_to_another_host(kind: str, token: str) -> None:
    """With follow_redirects, the other host gets neither the token nor the caller's headers; the same host gets them."""
    requests: list[httpx.Request] = []

    def respond(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        places = ["https://api.example/again", "https://other.example/x"]
        if len(requests) > len(places):
            return httpx.Response(200, content=b"PK")
        return httpx.Response(307, headers={"Location": places[len(requests) - 1]})

    client = AuthenticatedClient(
        base_url="https://api.example",
        token=token,
        headers={"X-Security-Token": "SECRET"},
        follow_redirects=True,
        httpx_args={"transport": httpx.MockTransport(respond)},
    )

    async def send() -> None:
        async with client:
            await export_job.asyncio_detailed("p", "j", client=client)

    if kind == "async":
        asyncio.run(send())
    else:
        export_job.sync_detailed("p", "j", client=client)
    assert [request.headers.get("X-Auth-Token") for request in requests] == [token, token, None]
    assert [request.headers.get("X-Security-Token") for request in requests] == ["SECRET", "SECRET", None]
