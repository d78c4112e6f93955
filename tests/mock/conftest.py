"""A server for each edition over a real socket, and short ways to call it."""

from __future__ import annotations

import contextlib
import functools
import http.client
import io
import json
import socket
import zipfile
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from attrs import frozen

from jobexport.mock import DEFAULT_EDITION, EXAMPLE_PROJECT, Server, State, serve
from jobexport.spec.editions import edition_ids, load_edition
from tests.mock.making.defects import Answer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from tests.mock.making.defects import Ask, Case

FLINK = f"/v1.0/{EXAMPLE_PROJECT}/streaming/jobs/export"
BATCH = f"/v1/{EXAMPLE_PROJECT}/jobs/batch-export"
JOB = f"/v1/{EXAMPLE_PROJECT}/jobs/myJob/export"
NOW = 1_700_000_000_000


@frozen
class Raw:
    """What came back on a socket."""

    status: int
    headers: Mapping[str, str]
    content: bytes

    def json(self) -> Any:
        return json.loads(self.content)


@frozen
class Api:
    """One edition's server, the document it follows, and a client."""

    edition: str
    document: Mapping[str, Any]
    server: Server
    client: httpx.Client

    def flink(self, **body: Any) -> httpx.Response:
        return self.client.post(FLINK, json={"obs_dir": "obs-test", "is_selected": True} | body)

    def job(self, name: str, body: Any = None, **options: Any) -> httpx.Response:
        options = options if body is None else options | {"json": body}
        return self.client.post(f"/v1/{EXAMPLE_PROJECT}/jobs/{name}/export", **options)

    def batch(self, *names: str, headers: Mapping[str, str] | None = None, **fields: Any) -> httpx.Response:
        return self.client.post(BATCH, json={"jobList": names, **fields}, headers=headers)

    def raw(self, target: str, headers: Mapping[str, str | bytes | None] | None = None, content: bytes = b"") -> Raw:
        """POST exactly these bytes as target and header values (None leaves one out), which a client would correct."""
        lines = {"Host": "mock", "X-Auth-Token": self.server.token, "Content-Type": "application/json"}
        lines |= {"Content-Length": str(len(content)), "Connection": "close"} | dict(headers or {})
        lines = {name: value for name, value in lines.items() if value is not None}
        values = {name: value if isinstance(value, bytes) else value.encode() for name, value in lines.items()}
        head = b"".join(name.encode() + b": " + value + b"\r\n" for name, value in values.items())
        return self.send(b"POST " + target.encode("latin-1") + b" HTTP/1.1\r\n" + head + b"\r\n" + content)

    def send(self, request: bytes) -> Raw:
        with socket.create_connection(("127.0.0.1", self.server.port), timeout=5) as connection:
            connection.sendall(request)
            response = http.client.HTTPResponse(connection, method="POST")
            response.begin()
            return Raw(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())

    def fields(self, operation: str) -> Mapping[str, Any]:
        """The operation as the document has it."""
        found = [item["post"] for item in self.document["paths"].values() if item["post"]["operationId"] == operation]
        return found[0]

    def error(self, operation: str, name: str, status: int = 400) -> dict[str, Any]:
        """The error body that the document has for a name."""
        response = self.fields(operation)["responses"][str(status)]
        if "$ref" in response:
            response = self.document["components"]["responses"][response["$ref"].rpartition("/")[2]]
        return response["content"]["application/json"]["examples"][name]["value"]

    def body_fields(self, operation: str) -> set[str]:
        """The properties of the operation's request body; none without one."""
        fields = self.fields(operation)
        if "requestBody" not in fields:
            return set()
        reference = fields["requestBody"]["content"]["application/json"]["schema"]["$ref"]
        return set(self.document["components"]["schemas"][reference.rpartition("/")[2]]["properties"])

    def zip_arrays(self) -> list[str]:
        """The names of the arrays that hold zip names."""
        properties = self.document["components"]["schemas"]["ExportFlinkJobsResponse"]["properties"]
        return [name for name, schema in properties.items() if "x-object-name" in schema]


@pytest.fixture(scope="session")
def opened() -> Iterator[Callable[[str], Api]]:
    """A function that gives the server of an edition, started when first asked for."""
    with contextlib.ExitStack() as stack:

        @functools.cache
        def open_edition(edition: str) -> Api:
            server = stack.enter_context(serve(edition, clock=lambda: NOW))
            headers = {"X-Auth-Token": server.token}
            client = stack.enter_context(httpx.Client(base_url=server.url, headers=headers, trust_env=False))
            return Api(edition, load_edition(edition), server, client)

        yield open_edition


@pytest.fixture(params=edition_ids())
def api(request: pytest.FixtureRequest, opened: Callable[[str], Api]) -> Api:
    """The server of every edition in turn."""
    return opened(request.param)


@pytest.fixture
def one_api(opened: Callable[[str], Api]) -> Api:
    """The server of one edition, for what no edition changes."""
    return opened(edition_ids()[-1])


@pytest.fixture(scope="session")
def members() -> Any:
    """A function that gives a zip's members in their order."""

    def read(content: bytes) -> dict[str, bytes]:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            assert archive.testzip() is None
            assert {info.compress_type for info in archive.infolist()} <= {zipfile.ZIP_DEFLATED}
            return {name: archive.read(name) for name in archive.namelist()}

    return read


@pytest.fixture
def api_for() -> Any:
    """A function that serves a state folder, of the default edition or another, and gives a client for it."""

    @contextlib.contextmanager
    def opened_for(folder: Path, edition: str = DEFAULT_EDITION) -> Iterator[httpx.Client]:
        with serve(edition, state=State.load(folder), clock=lambda: NOW) as server:
            headers = {"X-Auth-Token": server.token}
            with httpx.Client(base_url=server.url, headers=headers, trust_env=False) as client:
                yield client

    return opened_for


@frozen
class Faulty:
    """One server whose faults a test sets."""

    server: Server
    client: httpx.Client
    stranger: httpx.Client
    """A client without the token."""

    @property
    def core(self) -> Any:
        return self.server.core

    def set(self, *faults: Any, **options: Any) -> None:
        self.core.set_faults(*faults, **options)

    def flink(self) -> httpx.Response:
        return self.client.post(FLINK, json={"obs_dir": "a", "is_selected": True, "job_selected": [100]})

    def job(self) -> httpx.Response:
        return self.client.post(JOB)

    def batch(self) -> httpx.Response:
        return self.client.post(BATCH, json={"jobList": ["myJob"]})

    def call(self, operation: str) -> httpx.Response:
        return {"exportFlinkJobs": self.flink, "exportJob": self.job, "batchExportJobs": self.batch}[operation]()

    def last(self) -> dict[str, Any]:
        return self.core.requests[-1].as_json()

    def raw(self) -> socket.socket:
        """Export a job on a bare socket; give the connection after the request is sent."""
        connection = socket.create_connection(("127.0.0.1", self.server.port), timeout=5)
        head = f"POST {JOB} HTTP/1.1\r\nHost: x\r\nX-Auth-Token: {self.server.token}\r\nContent-Length: 0\r\n\r\n"
        connection.sendall(head.encode())
        return connection


@contextlib.contextmanager
def faulty(edition: str) -> Iterator[Faulty]:
    with serve(edition) as server:
        headers = {"X-Auth-Token": server.token}
        with (
            httpx.Client(base_url=server.url, headers=headers, trust_env=False) as client,
            httpx.Client(base_url=server.url, trust_env=False) as stranger,
        ):
            yield Faulty(server, client, stranger)


@pytest.fixture(scope="session")
def running() -> Iterator[Faulty]:
    with faulty(DEFAULT_EDITION) as mock:
        yield mock


@pytest.fixture
def mock(running: Faulty) -> Faulty:
    """A server of the default edition whose faults a test sets; it has none at first."""
    running.core.reset()
    running.server.storage.objects.clear()
    return running


@pytest.fixture(params=edition_ids(), scope="module")
def each(request: pytest.FixtureRequest) -> Iterator[Faulty]:
    """The same for each edition in turn."""
    with faulty(request.param) as mock:
        yield mock


@pytest.fixture(scope="session")
def faulty_servers() -> Iterator[Callable[[str], Faulty]]:
    """A function that gives a server of an edition whose faults a test sets."""
    with contextlib.ExitStack() as stack:
        yield functools.cache(lambda edition: stack.enter_context(faulty(edition)))


@pytest.fixture
def tried(faulty_servers: Callable[[str], Faulty]) -> Callable[[Case], None]:
    """A function that sees a fault do what it says: with it the claim is true, without it the claim is not."""

    def answers(mock: Faulty, requests: tuple[Ask, ...], *faults: str) -> list[Answer]:
        mock.core.reset()
        mock.set(*faults)
        return [answer(mock, request) for request in requests]

    def answer(mock: Faulty, request: Ask) -> Answer:
        mock.server.storage.objects.clear()
        given = dict(request)
        client = mock.client if given.pop("token", True) else mock.stranger
        response = client.request(**given)
        return Answer(response, dict(mock.server.storage.objects))

    def check(case: Case) -> None:
        mock = faulty_servers(case.edition)
        assert not case.claim(*answers(mock, case.requests)), "the claim is true without the fault"
        assert case.claim(*answers(mock, case.requests, f"{case.fault}@*"))
        assert {name for seen in mock.core.requests for name in seen.as_json()["faults"]} == {case.fault}

    return check
