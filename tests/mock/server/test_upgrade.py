"""A request that offers another protocol is served as if it did not: body, framing and connection stay whole."""

from __future__ import annotations

import http.client
import json
import socket
import time
from typing import TYPE_CHECKING, Any

import pytest

from jobexport.mock import EXAMPLE_PROJECT, serve

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jobexport.mock import Server

FLINK = f"/v1.0/{EXAMPLE_PROJECT}/streaming/jobs/export"
BODY = json.dumps({"obs_dir": "a", "is_selected": True, "job_selected": [100]}).encode()
SEED = b'{"p/flink/1.json": {"name": "f"}}'
H2C = "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQBAAAAAAUAAEAA\r\n"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serve() as server:
        yield server


def message(server: Server, offer: str, *, chunked: bool = False, path: str = FLINK, body: bytes = BODY) -> bytes:
    """Return a POST with an offer."""
    framing = "Transfer-Encoding: chunked" if chunked else f"Content-Length: {len(body)}"
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Auth-Token: {server.token}\r\n{offer}"
        f"Content-Type: application/json\r\n{framing}\r\n\r\n"
    )
    half = len(body) // 2
    parts = (b"%x\r\n%s\r\n" % (len(part), part) for part in (body[:half], body[half:]))
    return head.encode() + (b"".join(parts) + b"0\r\n\r\n" if chunked else body)


def statuses(server: Server, pieces: list[bytes], number: int) -> list[int]:
    """Send pieces in a segment each, and return the statuses of this number of responses."""
    found = []
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for place, piece in enumerate(pieces):
            if place:
                # The server reads the segment before the next one follows.
                time.sleep(0.002)
            connection.sendall(piece)
        with connection.makefile("rb") as stream:
            for _ in range(number):
                found.append(int(stream.readline().split()[1]))
                length = int(http.client.parse_headers(stream)["Content-Length"])
                stream.read(length)
    return found


@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize(
    "offer",
    [
        H2C,
        "Connection: Upgrade\r\nUpgrade: websocket\r\n",
        "Connection: keep-alive, upgrade\r\nUpgrade: foo/2, h2c\r\n",
        "Upgrade: h2c\r\n",
    ],
    ids=["h2c", "websocket", "several", "without connection"],
)
def test_body(server: Server, offer: str, chunked: Any) -> None:
    """Operation and control API get the body of a request with an offer, in one segment or in several."""
    whole = message(server, offer, chunked=chunked)
    seed = message(server, offer, chunked=chunked, path="/_mock/seed", body=SEED)
    end = whole.index(b"\r\n\r\n") + 4
    assert statuses(server, [whole], 1) == [200]
    assert statuses(server, [whole[:end], whole[end:]], 1) == [200]
    assert statuses(server, [seed], 1) == [200]
    assert "p" in server.state.projects
    server.core.reset()


def test_every_split(server: Server) -> None:
    """It does not matter where the head with an offer is cut."""
    whole = message(server, "Connection: Upgrade\r\nUpgrade: h2c\r\n")
    for cut in range(1, whole.index(b"\r\n\r\n") + 6, 3):
        assert statuses(server, [whole[:cut], whole[cut:]], 1) == [200], cut


def test_the_connection_goes_on(server: Server) -> None:
    """Requests with and without an offer may follow each other on one connection, also in one segment."""
    requests = [message(server, offer, chunked=chunked) for offer in (H2C, "", H2C) for chunked in (False, True)]
    assert statuses(server, [b"".join(requests)], 6) == [200] * 6
    assert statuses(server, requests, 6) == [200] * 6


def test_without_a_body(server: Server) -> None:
    """A request without a body may have an offer too."""
    head = f"GET /_mock/state HTTP/1.1\r\nHost: 127.0.0.1\r\n{H2C}\r\n".encode()
    assert statuses(server, [head, head, head + head], 4) == [200] * 4


def test_close(server: Server) -> None:
    """`Connection: Upgrade, close` closes the connection after the response."""
    whole = message(server, "Connection: Upgrade, close\r\nUpgrade: h2c\r\n")
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as connection:
        connection.sendall(whole)
        with connection.makefile("rb") as stream:
            assert stream.read().startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize("target", ["127.0.0.1:80", "/"])
def test_connect(server: Server, target: str) -> None:
    """CONNECT, which is no offer, is refused and does not keep the server busy."""
    head = f"CONNECT {target} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n"
    (status,) = statuses(server, [head.encode() + b"rest"], 1)
    assert 400 <= status < 500
