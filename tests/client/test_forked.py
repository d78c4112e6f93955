"""A client that was used before `os.fork`, or in another event loop, mixes nothing up and blocks nobody."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import json
import os
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from jobexport_api import AuthenticatedClient
from jobexport_api.api.dli import export_flink_jobs
from jobexport_api.models.export_flink_jobs_request import ExportFlinkJobsRequest

from jobexport import AsyncDliClient, DliClient
from jobexport.client.auth import TokenAuth
from jobexport.errors import ConnectionFailed
from tests.client.making.calls import NO_RETRIES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


# A loop that is closed leaves its connections to the garbage collector, and so does a child.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")


class Numbering(BaseHTTPRequestHandler):
    """Responds with the number of the connection that a request came by."""

    protocol_version = "HTTP/1.1"

    def setup(self) -> None:
        super().setup()
        self.server.connections += 1  # type: ignore[attr-defined]
        self.number = self.server.connections  # type: ignore[attr-defined]

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        body = json.dumps({"is_success": True, "message": "", "zip_file": [f"b/{self.number}.zip"]}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Log nothing."""


@pytest.fixture
def url() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Numbering)
    server.daemon_threads = True
    server.connections = 0  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(autouse=True)
def _collected() -> Iterator[None]:
    yield
    gc.collect()


def in_child(function: Callable[[], object]) -> str:
    """Return the text of a function's result, or of its error, in a child of `os.fork`."""
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        signal.alarm(60)
        try:
            result = str(function())
        except BaseException as error:
            result = f"{type(error).__name__}: {error}"
        os.write(theirs, result.encode())
        os._exit(0)
    os.close(theirs)
    with open(ours, "rb") as pipe:  # noqa: PTH123
        result = pipe.read().decode()
    os.waitpid(child, 0)
    return result


class Used:
    """A client of one kind, and how a call of it tells the number of its connection."""

    def __init__(self, kind: str, url: str, **options: Any) -> None:
        self.kind, self.loop = kind, asyncio.new_event_loop()
        if kind == "generated":
            self.client: Any = AuthenticatedClient(base_url=url, token="t")
        else:
            build: Any = DliClient if kind == "sync" else AsyncDliClient
            self.client = build("p", auth="t", base_url=url, retries=NO_RETRIES, **options)

    def call(self, loop: asyncio.AbstractEventLoop | None = None) -> str:
        if self.kind == "async":
            return _number((loop or self.loop).run_until_complete(self.client.export_flink_jobs("b")).archives)
        if self.kind == "sync":
            return _number(self.client.export_flink_jobs("b").archives)
        body = ExportFlinkJobsRequest(obs_dir="b", is_selected=False)
        return _number(export_flink_jobs.sync("p", client=self.client, body=body).zip_file)  # type: ignore[union-attr]

    def call_elsewhere(self) -> str:
        with contextlib.closing(asyncio.new_event_loop()) as loop:
            return self.call(loop)


def _number(archives: Any) -> str:
    return str(archives[0]).removeprefix("b/").removesuffix(".zip")


@pytest.mark.parametrize("kind", ["sync", "async", "generated"])
def test_a_child_has_connections_of_its_own(url: str, kind: str) -> None:
    """Parent and child can't receive each other's responses; the parent keeps its connection."""
    used = Used(kind, url)
    assert used.call() == "1"
    assert in_child(used.call_elsewhere) == "2"
    assert used.call() == "1"


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_a_client_from_outside_is_refused_in_a_child(url: str, kind: str) -> None:
    """It can't be built anew, so the error says what to do; a child that uses it first may use it."""
    used = Used(kind, url, http_client=httpx.Client() if kind == "sync" else httpx.AsyncClient())
    assert in_child(used.call_elsewhere) == "1"
    assert used.call() == "2"
    assert in_child(used.call_elsewhere).startswith(
        "ConnectionFailed: exportFlinkJobs: http_client or transport was used before os.fork and can't be shared; build"
    )


def test_a_second_event_loop_has_connections_of_its_own(url: str) -> None:
    """The client works in each loop, also when the first loop runs again."""
    used = Used("async", url)
    assert [used.call(), used.call_elsewhere(), used.call_elsewhere(), used.call()] == ["1", "2", "3", "1"]


def test_a_client_from_outside_is_refused_in_a_second_event_loop(url: str) -> None:
    """The error is of the tree, and nothing is sent."""
    used = Used("async", url, http_client=httpx.AsyncClient())
    used.call()
    with pytest.raises(ConnectionFailed, match="was used in another event loop") as caught:
        used.call_elsewhere()
    assert not caught.value.ambiguous


def test_a_transport_without_connections_works_in_every_loop() -> None:
    """A mock of httpx has nothing that could be mixed up."""
    body = {"is_success": True, "message": "", "zip_file": ["b/1.zip"]}
    used = Used("async", "http://host", transport=httpx.MockTransport(lambda _: httpx.Response(200, json=body)))
    assert [used.call(), used.call_elsewhere()] == ["1", "1"]
    assert in_child(used.call_elsewhere) == "1"


def test_the_generated_client_works_in_a_second_event_loop(url: str) -> None:
    """Its functions open connections for each loop."""
    client = AuthenticatedClient(base_url=url, token="t")
    body = ExportFlinkJobsRequest(obs_dir="b", is_selected=False)

    async def call() -> str:
        response: Any = await export_flink_jobs.asyncio("p", client=client, body=body)
        return _number(response.zip_file)

    assert [asyncio.run(call()), asyncio.run(call())] == ["1", "2"]


def test_a_closed_client_says_so_in_a_child(url: str) -> None:
    """A client that was closed before the fork is closed in the child too."""
    used = Used("sync", url)
    used.call()
    used.client.close()
    assert in_child(used.call).startswith("RuntimeError: the client has been closed")


def test_a_child_keeps_the_token_and_not_the_lock() -> None:
    """A thread of the parent that fetches a token does not block the child; a token that is there is used."""
    auth, request = TokenAuth(lambda: "fetched"), httpx.Request("POST", "http://host")

    def token() -> str:
        return next(auth.sync_auth_flow(request)).headers["X-Auth-Token"]

    with auth._lock:
        assert in_child(token) == "fetched"
    token()
    auth._fetch = None
    assert in_child(token) == "fetched"


@pytest.mark.parametrize("loops", [1, 4])
def test_tasks_of_all_loops_fetch_one_token(loops: int) -> None:
    """500 tasks, in one event loop or in several threads with a loop each, share one token."""
    fetched: list[str] = []

    async def fetch() -> str:
        await asyncio.sleep(0.01)
        fetched.append("t")
        return "t"

    auth = TokenAuth(fetch)

    async def one() -> str:
        async for request in auth.async_auth_flow(httpx.Request("POST", "http://host")):
            return request.headers["X-Auth-Token"]
        raise AssertionError

    async def many() -> list[str]:
        return await asyncio.gather(*(one() for _ in range(500 // loops)))

    with ThreadPoolExecutor(loops) as pool:
        results = list(pool.map(lambda _: asyncio.run(many()), range(loops)))
    assert {token for tokens in results for token in tokens} == {"t"}
    assert fetched == ["t"]


def test_a_task_that_is_cancelled_leaves_the_token_to_others() -> None:
    """The task that fetches may be cancelled; the next one fetches in its stead."""
    numbers = iter("12")

    async def main() -> str:
        begun = asyncio.Event()

        async def fetch() -> str:
            number = next(numbers)
            begun.set()
            if number == "1":
                await asyncio.Event().wait()
            return number

        auth = TokenAuth(fetch)

        async def one() -> str:
            async for request in auth.async_auth_flow(httpx.Request("POST", "http://host")):
                return request.headers["X-Auth-Token"]
            raise AssertionError

        first, second = asyncio.create_task(one()), asyncio.create_task(one())
        await begun.wait()
        first.cancel()
        return await second

    assert asyncio.run(main()) == "2"
