"""A web page of another origin can neither read nor change a running mock."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from jobexport.errors import JobexportError
from jobexport.mock import EXAMPLE_PROJECT, create_app, serve
from jobexport.mock.server.guard import Guard
from tests.mock.making.apis import Api

if TYPE_CHECKING:
    from collections.abc import Iterator

JOB = f"/v1/{EXAMPLE_PROJECT}/jobs/myJob/export"
FAULTS = '{"faults": ["latency:0@exportJob"]}'
# Every call of the control API and of the page, and an operation.
CALLS = [
    ("GET", "/", ""),
    ("GET", "/_mock/state", ""),
    ("GET", "/_mock/requests", ""),
    ("DELETE", "/_mock/requests", ""),
    ("POST", "/_mock/reset", ""),
    ("POST", "/_mock/seed", "{}"),
    ("GET", "/_mock/faults", ""),
    ("PUT", "/_mock/faults", FAULTS),
    ("DELETE", "/_mock/faults", ""),
    ("GET", "/_mock/inconsistencies", ""),
    ("GET", "/_mock/openapi/otc-2026.json", ""),
    ("GET", "/%5fmock/state", ""),
    ("POST", JOB, ""),
]


@pytest.fixture(scope="module")
def served() -> Iterator[Api]:
    with serve(allow_hosts=["Mock.", "192.0.2.7"]) as server, httpx.Client() as client:
        yield Api("otc-2026", {}, server, client)


@pytest.fixture
def sent(served: Api) -> Any:
    """A function that sends a request with these headers only; `PORT` in them is the port of the mock."""

    def send(method: str, path: str, content: str, headers: str) -> Any:
        if content:
            headers = f"{headers}\nContent-Type: application/json"
        lines = [f"{method} {path} HTTP/1.1", *headers.split("\n"), f"Content-Length: {len(content)}"]
        lines += [f"X-Auth-Token: {served.server.token}", "Connection: close"]
        head = "\r\n".join(filter(None, lines)).replace("PORT", str(served.server.port))
        return served.send(f"{head}\r\n\r\n{content}".encode("latin-1"), method)

    return send


@pytest.fixture
def statuses(sent: Any) -> Any:
    """A function that sends every call with these headers and returns the status by method and path."""
    return lambda headers: {call[:2]: sent(*call, headers).status for call in CALLS}


@pytest.mark.parametrize(
    "headers",
    [
        "Host: evil.example:PORT\nOrigin: http://evil.example:PORT",
        "Host: 127.0.0.1:PORT\nOrigin: http://evil.example",
        "Host: 127.0.0.1:PORT\nOrigin: http://127.0.0.1",
        "Host: 127.0.0.1:PORT\nOrigin: http://localhost:PORT",
        "Host: 127.0.0.1:PORT\nOrigin: https://127.0.0.1:PORT",
        "Host: 127.0.0.1:PORT\nOrigin: null",
        "Host: 127.0.0.1:PORT\nOrigin: http://127.0.0.1:PORT\nOrigin: http://evil.example",
    ],
)
def test_origin(statuses: Any, headers: str) -> None:
    """A request with the Origin of another page is 403, whatever it is for."""
    assert set(statuses(headers).values()) == {403}


@pytest.mark.parametrize("header", ["", "Origin: http://127.0.0.1:PORT", "Sec-Fetch-Site: same-origin"])
def test_own(statuses: Any, header: str) -> None:
    """A request of a program or of the mock's own page is served."""
    assert set(statuses(f"Host: 127.0.0.1:PORT\n{header}").values()) == {200}


@pytest.mark.parametrize("host", ["evil.example:PORT", "127.0.0.1.evil.example", "192.0.2.8", "localhost.evil", ""])
def test_rebinding(statuses: Any, host: str) -> None:
    """Page and control API refuse a Host that is not the mock's, to which a page's name may have been bound."""
    assert {call for call, status in statuses(f"Host: {host}").items() if status != 403} == {("POST", JOB)}


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_site(statuses: Any, site: str) -> None:
    """The control API and the operations refuse what another page causes; a link may lead to the page."""
    found = statuses(f"Host: 127.0.0.1:PORT\nSec-Fetch-Site: {site}")
    assert {call for call, status in found.items() if status != 403} == {("GET", "/")}


def test_nothing_changed(caplog: pytest.LogCaptureFixture, served: Api, sent: Any) -> None:
    """A refused call changes nothing, and leaves a line in the log but no request."""
    core = served.server.core
    core.reset()
    before = core.state, core.fault_set
    seed = f'{{"{EXAMPLE_PROJECT}/flink/7.json": {{"name": "x"}}}}'
    caplog.set_level(logging.WARNING, "jobexport.mock")
    for path, content in (("seed", seed), ("faults", FAULTS), ("reset", "")):
        sent("PUT" if path == "faults" else "POST", f"/_mock/{path}", content, "Host: evil.example")
        assert "Host 'evil.example' is not a name of this mock" in caplog.messages[-1]
    assert (core.state, core.fault_set) == before
    assert not core.requests


@pytest.mark.parametrize(
    "host",
    [
        "localhost:PORT",
        "LOCALHOST",
        "localhost.",
        "127.0.0.1",
        "127.8.8.8:1",
        "[::1]:PORT",
        "[0:0::1]",
        "[::ffff:127.0.0.1]",
        "mock:8080",
        "MOCK",
        "192.0.2.7",
    ],
)
def test_names_of_the_mock(sent: Any, host: str) -> None:
    """Loopback addresses, localhost and allowed hosts name the mock, with any port and in any case."""
    assert sent("GET", "/_mock/state", "", f"Host: {host}\nOrigin: http://{host}").status == 200


def test_program_by_another_name(sent: Any) -> None:
    """A program may call operations by a name that leads to the mock, such as a vendor's."""
    assert sent("POST", JOB, "", "Host: dayu.eu-de.otc.t-systems.com").status == 200


def test_get_by_another_name(sent: Any) -> None:
    """A GET outside the control API is refused too, as a page's GET to its own name has no Origin."""
    assert sent("GET", JOB, "", "Host: evil.example").status == 403


@pytest.mark.parametrize(
    "headers",
    ["", "Host: 127.0.0.1\nHost: 127.0.0.1", "Host: a b", "Host: a/b", "Host: a:b", "Host: \xe4", "Host: [::1"],
)
@pytest.mark.parametrize("path", [JOB, "/_mock/reset"])
def test_no_host(sent: Any, path: str, headers: str) -> None:
    """HTTP/1.1 without exactly one valid Host is 400 (RFC 9112, 3.2)."""
    assert sent("POST", path, "", headers).status == 400


def test_old_http(served: Api) -> None:
    """HTTP/1.0 needs no Host for an operation."""
    head = f"POST {JOB} HTTP/1.0\r\nX-Auth-Token: {served.server.token}\r\nContent-Length: 0\r\n\r\n"
    assert served.send(head.encode()).status == 200


def test_in_process() -> None:
    """An application without a socket is known by the name in its client's URL."""

    async def statuses() -> list[int]:
        transport = httpx.ASGITransport(create_app())
        async with httpx.AsyncClient(transport=transport, base_url="http://mock.test", trust_env=False) as client:
            evil = {"Host": "evil.example"}
            return [(await client.get("/_mock/state", headers=headers)).status_code for headers in ({}, evil)]

    assert asyncio.run(statuses()) == [200, 403]


class TestNames:
    @pytest.mark.parametrize("name", ["mock:8080", "http://mock", "*", "", "a b", "a/b", "[::1]:80"])
    def test_not_a_name(self, name: str) -> None:
        """An allowed host that is no name or address is one sentence, before the server starts."""
        with pytest.raises(JobexportError, match="is not the name of a host; give a name"):
            create_app(allow_hosts=[name])

    def test_forms(self) -> None:
        """Names are compared as DNS does, addresses by value."""
        assert Guard.of(["MÜnchen.example.", "[0:0::2]", "my_mock"]).names == {
            "xn--mnchen-3ya.example",
            "::2",
            "my_mock",
        }


class TestOpenAddress:
    def test_warning(self, caplog: pytest.LogCaptureFixture) -> None:
        """A mock that other machines can reach logs who can do what, and what to set."""
        with caplog.at_level(logging.WARNING, "jobexport.mock"), serve(host="0.0.0.0") as server:  # noqa: S104
            pass
        (line,) = caplog.messages
        assert line.startswith(f"warning: anyone who reaches this machine, port {server.port}, can read and change")
        assert "with the example's token and keys, known to all" in line
        assert "listen on --host 127.0.0.1" in line

    def test_own_credentials(self, caplog: pytest.LogCaptureFixture) -> None:
        """The warning names the example's token and keys only if the mock accepts them."""
        own = {"token": "t", "access_key": "a", "secret_key": "s"}
        with caplog.at_level(logging.WARNING, "jobexport.mock"), serve(host="0.0.0.0", **own):  # type: ignore[arg-type]  # noqa: S104
            pass
        assert "the example's" not in caplog.text
        assert "under /_mock/ without a token" in caplog.text

    @pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
    def test_loopback(self, caplog: pytest.LogCaptureFixture, host: str) -> None:
        """A mock on a loopback address logs nothing."""
        with caplog.at_level(logging.WARNING, "jobexport.mock"), serve(host=host):
            pass
        assert not caplog.messages

    def test_bound_address(self) -> None:
        """A mock that listens on all addresses is known by the address that it was started with."""
        with serve(host="0.0.0.0") as server:  # noqa: S104
            response = httpx.get(
                f"http://127.0.0.1:{server.port}/_mock/state",
                headers={"Host": f"0.0.0.0:{server.port}"},
                trust_env=False,
            )
        assert response.status_code == 200
