"""Faults of the status and the connection, as a client sees them on the wire."""

from __future__ import annotations

import asyncio
import http.client
import io
import json
import select
import zipfile
from typing import TYPE_CHECKING

import httpx
import pytest

from jobexport.mock import EXAMPLE_PROJECT, create_app
from jobexport.mock.faults import client_wire
from tests.making.stored import stored
from tests.making.waits import Waits

if TYPE_CHECKING:
    from tests.mock.making.faulty import Faulty

JOB = f"/v1/{EXAMPLE_PROJECT}/jobs/myJob/export"
BATCH = f"/v1/{EXAMPLE_PROJECT}/jobs/batch-export"
SELECTED = {"obs_dir": "a", "is_selected": True, "job_selected": [100]}
STATUSES = (429, 500, 502, 503, 418, 520)
OPERATIONS = ("exportFlinkJobs", "exportJob", "batchExportJobs")


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> Waits:
    waits = Waits()
    monkeypatch.setattr(client_wire, "asyncio", waits)
    return waits


class TestStatuses:
    @pytest.mark.parametrize("operation", OPERATIONS)
    @pytest.mark.parametrize("status", STATUSES)
    def test_status(self, mock: Faulty, operation: str, status: int) -> None:
        """The response has the status and an error body, and nothing is stored."""
        mock.set(f"status-{status}@{operation}")
        response = mock.call(operation)
        assert response.status_code == status
        assert response.json().keys() == {"error_code", "error_msg"}
        assert stored(mock.server) == {}
        assert (mock.last()["status"], mock.last()["faults"]) == (status, [f"status-{status}"])

    @pytest.mark.parametrize(
        ("status", "response", "example"),
        [
            (429, "TooManyRequests", "throttled"),
            (500, "ServerError", "server-error"),
            (502, "ServerError", "server-error"),
            (503, "Unavailable", "unavailable"),
        ],
    )
    def test_documented_body(self, mock: Faulty, status: int, response: str, example: str) -> None:
        """The body is the document's example for the status, else its example for 500."""
        mock.set(f"status-{status}@exportJob")
        content = mock.core.document["components"]["responses"][response]["content"]["application/json"]
        assert mock.job().json() == content["examples"][example]["value"]

    @pytest.mark.parametrize(("text", "seconds"), [("status-429", "1"), ("status-429:17", "17"), ("status-429:0", "0")])
    def test_retry_after(self, mock: Faulty, text: str, seconds: str) -> None:
        """A response with status 429 has Retry-After."""
        mock.set(f"{text}@*")
        assert mock.job().headers["Retry-After"] == seconds

    def test_before_everything(self, mock: Faulty) -> None:
        """The fault comes before authentication and the check of the request, like a gateway's response."""
        mock.set("status-503@*")
        assert mock.client.post(JOB, headers={"X-Auth-Token": "wrong"}).status_code == 503
        assert mock.client.post(BATCH, json={"jobList": "no list"}).status_code == 503

    def test_body_is_seen(self, mock: Faulty) -> None:
        """The log has the body of a request with a status fault."""
        mock.set("status-503@*")
        mock.flink()
        assert json.loads(mock.last()["body"]) == SELECTED


class TestConnection:
    def test_reset_before(self, mock: Faulty) -> None:
        """RST comes before the first byte, and nothing is exported."""
        mock.set("reset-before@*")
        with mock.raw() as connection, pytest.raises(ConnectionResetError):
            connection.recv(1)
        with pytest.raises(httpx.ReadError):
            mock.flink()
        assert stored(mock.server) == {}
        assert (mock.last()["status"], mock.last()["faults"]) == (None, ["reset-before"])

    def test_reset_mid_body(self, mock: Faulty, waits: Waits) -> None:
        """Head and half of the body come, then RST."""
        whole = mock.job().content
        mock.set("reset-mid-body@*")
        with mock.raw() as connection:
            response = http.client.HTTPResponse(connection, method="POST")
            response.begin()
            assert response.status == 200
            assert int(response.headers["Content-Length"]) == len(whole)
            assert response.read(len(whole) // 2) == whole[: len(whole) // 2]
            waits.end_one()
            with pytest.raises(ConnectionResetError):
                response.read(1)
        waits.end_one()
        with pytest.raises(httpx.ReadError):
            mock.job()

    def test_reset_of_an_empty_body(self, mock: Faulty, waits: Waits) -> None:
        """A response without a body comes whole, and its connection has no further request."""
        mock.set("reset-mid-body@deleteScript")
        waits.end_one()
        response = mock.client.delete(f"/v1/{EXAMPLE_PROJECT}/scripts/dws_sql")
        assert (response.status_code, response.headers["Connection"]) == (204, "close")

    def test_truncated(self, mock: Faulty) -> None:
        """Half of the body arrives, with the Content-Length of that half."""
        whole = mock.job().content
        mock.set("truncated@*")
        response = mock.job()
        assert response.content == whole[: len(whole) // 2]
        assert response.headers["Content-Length"] == str(len(whole) // 2)
        with pytest.raises(zipfile.BadZipFile):
            zipfile.ZipFile(io.BytesIO(response.content))
        with pytest.raises(json.JSONDecodeError):
            mock.flink().json()

    def test_truncated_lying(self, mock: Faulty) -> None:
        """Half of the body arrives, with the Content-Length of the whole, and the connection ends without RST."""
        whole = mock.job().content
        mock.set("truncated-lying@*")
        with pytest.raises(httpx.RemoteProtocolError, match=f"received {len(whole) // 2} bytes, expected {len(whole)}"):
            mock.job()
        with mock.raw() as connection:
            received = b""
            while part := connection.recv(65536):
                received += part
        head, _, body = received.partition(b"\r\n\r\n")
        assert f"content-length: {len(whole)}".encode() in head.lower()
        assert body == whole[: len(whole) // 2]

    def test_latency(self, mock: Faulty, waits: Waits) -> None:
        """Nothing of the response comes before the given seconds are over, and the response is right."""
        whole = mock.job().content
        mock.set("latency:0.2@exportJob")
        with mock.raw() as connection:
            waits.until_one_begins()
            assert select.select([connection], [], [], 0)[0] == []
            waits.end_one()
            response = http.client.HTTPResponse(connection, method="POST")
            response.begin()
            assert response.read() == whole
        assert waits.asked == [0.2]

    def test_slow_drip(self, mock: Faulty, waits: Waits) -> None:
        """The whole body arrives in small parts, each before the next wait is over, at the given rate."""
        whole = mock.job().content
        mock.set(f"slow-drip:{len(whole) * 4}@exportJob")
        content = b""
        with mock.client.stream("POST", JOB) as response:
            for part in response.iter_raw():
                content += part
                waits.end_one()
        assert content == whole
        assert len(waits.asked) >= 4
        assert sum(waits.asked) == pytest.approx(0.25)

    def test_late_reset(self, mock: Faulty, waits: Waits) -> None:
        """A fault that resets the connection and a fault that delays it combine in any order."""
        for faults in (["reset-before@*", "latency:0.1@*"], ["latency:0.1@*", "reset-before@*"]):
            mock.set(*faults)
            with mock.raw() as connection:
                waits.until_one_begins()
                assert select.select([connection], [], [], 0)[0] == []
                waits.end_one()
                with pytest.raises(ConnectionResetError):
                    connection.recv(1)
        assert waits.asked == [0.1, 0.1]

    def test_other_connections_live(self, mock: Faulty) -> None:
        """A reset affects only its own connection, and the server goes on."""
        mock.set("reset-before@exportJob")
        with mock.raw() as first, mock.raw() as second:
            for connection in (first, second):
                with pytest.raises(ConnectionResetError):
                    connection.recv(1)
        assert mock.flink().status_code == 200

    def test_nothing_is_logged_as_broken(self, mock: Faulty, waits: Waits, caplog: pytest.LogCaptureFixture) -> None:
        """uvicorn logs no error for a response that is broken off."""
        waits.end_one()
        for name in ("reset-before", "reset-mid-body", "truncated-lying"):
            mock.set(f"{name}@*")
            with pytest.raises(httpx.TransportError):
                mock.job()
        assert caplog.records == []

    def test_without_a_server(self) -> None:
        """In process, without a connection to reset, the call raises ConnectionResetError."""

        async def call() -> None:
            transport = httpx.ASGITransport(create_app(faults=["reset-before@*"]))
            async with httpx.AsyncClient(transport=transport, base_url="http://mock") as client:
                await client.post(JOB)

        with pytest.raises(ConnectionResetError):
            asyncio.run(call())
