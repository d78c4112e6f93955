"""serve and run: start, stop, signals, ports."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import uvicorn

from jobexport.errors import JobexportError
from jobexport.mock import DEFAULT_EDITION, EXAMPLE_PROJECT, EXAMPLE_TOKEN, MemoryStorage, run, serve
from jobexport.mock.server.run import _listen
from jobexport.spec.editions import load_edition
from tests.making.workspaces import default_workspace

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

JOB = f"/v1/{EXAMPLE_PROJECT}/jobs/myJob/export"


class TestServe:
    def test_listens_when_it_begins(self) -> None:
        """Inside the context the first connection succeeds, with the server's token and project."""
        with serve() as server:
            path = f"/v1/{server.project_id}/jobs/myJob/export"
            response = httpx.post(
                server.url + path, headers={"X-Auth-Token": server.token}, trust_env=False, verify=False
            )
            assert response.status_code == 200
            assert server.url == f"http://127.0.0.1:{server.port}"

    def test_own_token(self) -> None:
        """A server with a custom token accepts only that token."""
        with serve(token="täst") as server, httpx.Client(base_url=server.url, trust_env=False, verify=False) as client:
            assert client.post(JOB, headers={b"X-Auth-Token": "täst".encode()}).status_code == 200
            assert client.post(JOB, headers={"X-Auth-Token": EXAMPLE_TOKEN}).status_code == 401

    def test_stops(self) -> None:
        """After the context no thread is left, and the port is free at once."""
        threads = threading.active_count()
        with serve() as server:
            pass
        assert threading.active_count() == threads
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", server.port), timeout=1)
        with serve(port=server.port) as again:
            assert again.port == server.port

    def test_stops_when_the_test_fails(self) -> None:
        """An exception in the context ends the server and is raised unchanged."""
        with pytest.raises(KeyError, match="mine"), serve() as server:
            raise KeyError("mine")
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", server.port), timeout=1)

    def test_stops_soon(self) -> None:
        """Open connections, idle or in the middle of a request, do not hold up the end."""
        with serve() as server:
            idle = socket.create_connection(("127.0.0.1", server.port))
            half = socket.create_connection(("127.0.0.1", server.port))
            expecting = "Content-Length: 9\r\nExpect: 100-continue"
            half.sendall(
                f"POST {JOB} HTTP/1.1\r\nHost: x\r\nX-Auth-Token: {server.token}\r\n{expecting}\r\n\r\n".encode()
            )
            # Now the server waits for the body.
            assert half.recv(100).startswith(b"HTTP/1.1 100 ")
        idle.close()
        half.close()

    def test_busy_port(self) -> None:
        """A port in use is one sentence that says what to do."""
        with serve() as first, pytest.raises(JobexportError) as caught, serve(port=first.port):
            pass
        assert str(caught.value) == (
            f"port {first.port} on 127.0.0.1 is in use; choose another with --port, or 0 for any free one"
        )

    def test_busy_before_a_server_runs(self) -> None:
        """A port is in use from the moment it is bound, before a server responds on it."""
        with contextlib.closing(_listen("127.0.0.1", 0)) as first, pytest.raises(JobexportError, match="is in use"):
            _listen("127.0.0.1", first.getsockname()[1])

    @pytest.mark.parametrize(
        ("host", "port"), [("127.0.0.1", 70000), ("127.0.0.1", -1), ("192.0.2.1", 0), ("no such host", 0)]
    )
    def test_impossible_address(self, host: str, port: Any) -> None:
        """An address that can't be listened on is one sentence."""
        with (
            pytest.raises(JobexportError, match=r"^cannot listen on [^\n]* choose another$"),
            serve(host=host, port=port),
        ):
            pass

    def test_a_file_in_place_of_an_edition(self, tmp_path: Path) -> None:
        """The server of an overlay responds as the overlay says; a broken rule and the page bear the file's name."""
        path = tmp_path / "mine.yaml"
        schema = "$.components.schemas.ExportFlinkJobsResponse.properties"
        renamed = f"[{{target: {schema}, update: {{zips: {{type: array, x-object-name: '{{job_name}}'}}}}}}]"
        path.write_text(f"overlay: 1.0.0\ninfo: {{title: Mine, version: '1'}}\nactions: {renamed}", encoding="utf-8")
        url = f"/v1.0/{EXAMPLE_PROJECT}/streaming/jobs/export"
        with serve(path) as server, httpx.Client(base_url=server.url, trust_env=False, verify=False) as client:
            client.headers["X-Auth-Token"] = server.token
            exported = client.post(url, json={"obs_dir": "a", "is_selected": True, "job_selected": [100]})
            assert exported.json()["zips"] == ["aggregate"]
            assert client.post(url, json={}).headers["x-mock-edition"] == "mine"
            assert 'href="/?edition=mine"' in client.get("/").text
            assert client.get("/_mock/openapi/mine.json").json()["info"]["x-edition"] == "mine"

    def test_unknown_edition(self) -> None:
        """An unknown edition is an error before anything starts."""
        with pytest.raises(JobexportError, match="there is no edition 'never'"), serve("never"):
            pass

    def test_two_servers(self) -> None:
        """Two servers with one storage share its objects."""
        storage = MemoryStorage()
        with serve(storage=storage) as first, serve(storage=storage) as second:
            assert first.port != second.port
            httpx.post(
                f"{second.url}/v1.0/{EXAMPLE_PROJECT}/streaming/jobs/export",
                json={"obs_dir": "a", "is_selected": True, "job_selected": [100]},
                headers={"X-Auth-Token": EXAMPLE_TOKEN},
                trust_env=False,
                verify=False,
            )
            assert len(storage.objects) == 1

    def test_many_at_once(self) -> None:
        """Forty concurrent calls over keep-alive connections all get a response."""
        statuses = []
        with serve() as server, httpx.Client(base_url=server.url, trust_env=False, verify=False) as client:
            calls = [
                threading.Thread(
                    target=lambda: statuses.append(client.post(JOB, headers={"X-Auth-Token": server.token}).status_code)
                )
                for _ in range(40)
            ]
            for call in calls:
                call.start()
            for call in calls:
                call.join()
        assert statuses == [200] * 40


PROGRAM = """
import sys
from jobexport.mock import run
run(port=int(sys.argv[1]), ready=lambda server: print(server.url, flush=True))
print("ended", flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="other signals")
class TestRun:
    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
    def test_signal_ends_it(self, number: Any) -> None:
        """SIGINT and SIGTERM end `run`; the call returns, and the process exits with 0."""
        with started() as process:
            url = process.stdout.readline().strip()
            headers = {"X-Auth-Token": EXAMPLE_TOKEN, **default_workspace(load_edition(DEFAULT_EDITION))}
            assert httpx.post(url + JOB, headers=headers, trust_env=False, verify=False).status_code == 200
            process.send_signal(number)
            output, errors = process.communicate(timeout=60)
        assert (process.returncode, output, errors) == (0, "ended\n", "")

    def test_busy_port(self) -> None:
        """A busy port is the same error as for serve, and the signal handlers are restored."""
        before = signal.getsignal(signal.SIGTERM)
        with serve() as server, pytest.raises(JobexportError, match="is in use"):
            run(port=server.port, ready=print)
        assert signal.getsignal(signal.SIGTERM) is before


@contextlib.contextmanager
def started() -> Iterator[Any]:
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    ) as process:
        try:
            yield process
        finally:
            # A test that fails must not wait for the server.
            process.kill()


@pytest.mark.parametrize(("installed", "loop"), [(True, "uvloop"), (False, "asyncio")])
def test_the_mock_runs_on_uvloop_if_it_is_installed(
    installed: bool, loop: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mock runs on uvloop, and on asyncio in an environment without uvloop."""
    if not installed:
        monkeypatch.setitem(sys.modules, "uvloop", None)
    loops: list[str] = []
    run = uvicorn.Server.run

    def recorded(server: uvicorn.Server, sockets: list[socket.socket] | None = None) -> None:
        loops.append(str(server.config.loop))
        run(server, sockets)

    monkeypatch.setattr(uvicorn.Server, "run", recorded)
    with serve() as server:
        assert httpx.get(f"{server.url}/_mock/state", verify=False, trust_env=False).status_code == 200
    assert loops == [loop]
