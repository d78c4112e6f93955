"""Mocks on real sockets, a server that answers what it is told, and one way to call both kinds of clients."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import io
import json
import sys
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from attrs import field, frozen

from jobexport import AsyncDgcClient, AsyncDliClient, DgcClient, DliClient, Retries
from jobexport.mock import Server, State, serve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from email.message import Message
    from pathlib import Path

EDITION = "huaweicloud-intl-2026"
PROJECT = "b384b9e9ab9b4ee8994c8633aabc9505"
QUICK = Retries(times=2, first_wait=0.01, longest_wait=0.02, deadline=20)
NO_RETRIES = Retries(times=0, deadline=20)
CLIENTS = {
    ("dli", "sync"): DliClient,
    ("dgc", "sync"): DgcClient,
    ("dli", "async"): AsyncDliClient,
    ("dgc", "async"): AsyncDgcClient,
}
TRANSPORTS: dict[str, Any] = {"sync": httpx.HTTPTransport, "async": httpx.AsyncHTTPTransport}


@frozen
class Caller:
    """Calls a method of a client that is made for this one call, in the same way for both kinds."""

    kind: str
    options: dict[str, Any] = field(factory=dict)

    def dli(self, server: Any, *args: Any, **kwargs: Any) -> Any:
        return self._call("dli", "export_flink_jobs", server, args, kwargs)

    def job(self, server: Any, *args: Any, **kwargs: Any) -> Any:
        return self._call("dgc", "export_job", server, args, kwargs)

    def jobs(self, server: Any, *args: Any, **kwargs: Any) -> Any:
        return self._call("dgc", "export_jobs", server, args, kwargs)

    def with_options(self, **options: Any) -> Caller:
        return Caller(self.kind, self.options | options)

    def _call(self, service: str, method: str, server: Any, args: Any, kwargs: Any) -> Any:
        options = {"auth": server.token, "base_url": server.url, "retries": QUICK, "timeout": 10.0} | self.options
        if "http_client" in options:
            del options["timeout"]
        elif "transport" not in options:
            # Reading the certificates of authorities takes most of the time of a short call; the mock needs none.
            options["transport"] = TRANSPORTS[self.kind](verify=False)
        if self.kind == "sync":
            with CLIENTS[service, "sync"](server.project_id, **options) as client:
                return getattr(client, method)(*args, **kwargs)

        async def call() -> Any:
            async with CLIENTS[service, "async"](server.project_id, **options) as client:
                return await getattr(client, method)(*args, **kwargs)

        return asyncio.run(call())


@pytest.fixture(params=["sync", "async"])
def caller(request: pytest.FixtureRequest) -> Caller:
    return Caller(request.param)


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "*")


@pytest.fixture(scope="session")
def started() -> Iterator[Callable[[str], Server]]:
    """A function that gives the mock of an edition, started when first asked for."""
    with contextlib.ExitStack() as stack:
        yield functools.cache(lambda edition: stack.enter_context(serve(edition)))


@pytest.fixture
def mock(started: Callable[[str], Server]) -> Iterator[Server]:
    """The mock of an edition that has every field."""
    server = started(EDITION)
    server.core.reset()
    yield server
    server.core.reset()


def many_jobs(count: int, project: str = PROJECT) -> State:
    """A state with jobs `job0` …, beside those of the example."""
    return State.example(project).with_files(
        {f"{project}/workspaces/default/jobs/job{number}.job": {"name": f"job{number}"} for number in range(count)}
    )


def members(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zip_of(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


@frozen
class Received:
    """One request."""

    path: str
    headers: Message
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


@frozen
class Answer:
    """What the server says to one request."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(factory=dict)
    delay: float = 0.0
    """Seconds between two pieces of the body of 16 bytes; 0 sends it at once."""

    @classmethod
    def json(cls, value: Any, status: int = 200, **headers: str) -> Answer:
        return cls(json.dumps(value).encode(), status, {"Content-Type": "application/json"} | headers)

    @classmethod
    def error(cls, status: int, code: str, message: str = "It is so.", **headers: str) -> Answer:
        return cls.json({"error_code": code, "error_msg": message}, status, **headers)


class Scripted(ThreadingHTTPServer):
    """Gives each request the next answer, and the last one from then on."""

    token = "MIIPAgYJKoZIhvcNAQcC"
    project_id = PROJECT
    daemon_threads = True
    request_queue_size = 64

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.received: list[Received] = []
        self.answers: list[Answer] = [Answer()]
        self.url = f"http://127.0.0.1:{self.server_port}"

    def answer(self, *answers: Answer) -> None:
        self.answers = list(answers)

    def handle_error(self, *request: Any) -> None:
        """Show what went wrong here, but not that a client left before the end."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(*request)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Scripted

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.received.append(Received(self.path, self.headers, body))
        answer = self.server.answers.pop(0) if len(self.server.answers) > 1 else self.server.answers[0]
        self.send_response(answer.status)
        for name, value in ({"Content-Length": str(len(answer.body)), "Connection": "close"} | answer.headers).items():
            self.send_header(name, value)
        self.end_headers()
        pieces: Iterable[bytes] = [answer.body]
        if answer.delay:
            pieces = (answer.body[start : start + 16] for start in range(0, len(answer.body), 16))
        for piece in pieces:
            self.wfile.write(piece)
            if answer.delay:
                threading.Event().wait(answer.delay)
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Say nothing: pytest shows what matters."""


@pytest.fixture
def scripted() -> Iterator[Scripted]:
    with Scripted() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


OUTCOMES: pytest.StashKey[dict[tuple[str, str, str], str]] = pytest.StashKey()
"""What came of each fault, call and kind of client."""


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print the table of faults and calls, where there is one and `-v` asks for it."""
    outcomes = config.stash.get(OUTCOMES, {})
    if not outcomes or config.get_verbosity() < 1:
        return
    calls = list(dict.fromkeys(call for _, call, _ in outcomes))
    terminalreporter.section("faults × public calls, blocking and async")
    terminalreporter.write_line(f"{'':24}" + "".join(f"{call:18}" for call in calls))
    for fault in dict.fromkeys(fault for fault, *_ in outcomes):
        cells = []
        for call in calls:
            kinds = {outcomes.get((fault, call, kind), "-") for kind in ("sync", "async")}
            cells.append(f"{' / '.join(sorted(kinds)):18}")
        terminalreporter.write_line(f"{fault:24}" + "".join(cells))
