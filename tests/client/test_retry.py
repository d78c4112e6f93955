from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import ssl
import threading
import time
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from jobexport import Retries, errors
from jobexport.client.retry import Attempts
from tests.client.making.calls import NO_RETRIES, QUICK, Caller
from tests.client.making.scripted import ScriptedResponse
from tests.client.making.values import zip_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from jobexport.mock import Server
    from tests.client.making.calls import Caller
    from tests.client.making.scripted import Scripted

FLINK = ScriptedResponse.json({"is_success": True, "message": "", "zip_file": ["b/a_1.zip"]})
ZIP = ScriptedResponse(zip_of({"jobs/myJob.job": b"{}"}), headers={"Content-Type": "application/octet-stream"})
THROTTLED = ScriptedResponse.error(429, "APIGW.0308", **{"Retry-After": "0"})


@pytest.mark.parametrize("fault", ["status-429:0", "status-502", "status-503", "reset-before", "reset-mid-body"])
def test_a_zip_is_fetched_again_after_a_failure_that_may_pass(
    caller: Caller, mock: Server, tmp_path: Path, fault: str
) -> None:
    """A POST that writes nothing is repeated after 429, 502, 503 and a reset, and then gives the whole zip."""
    mock.core.set_faults((f"{fault}@exportJob", 2))
    archive = caller.job(mock, "myJob", to=tmp_path / "a.zip")
    assert archive.size == archive.path.stat().st_size
    assert [seen.operation for seen in mock.core.requests] == ["exportJob"] * 3


@pytest.mark.parametrize("fault", ["status-500", "status-418", "zip-bad-crc", "html-instead-of-json"])
def test_what_would_fail_again_is_not_repeated(caller: Caller, mock: Server, tmp_path: Path, fault: str) -> None:
    """Other failures end the call at once."""
    mock.core.set_faults((f"{fault}@exportJob", 1))
    with pytest.raises(errors.JobexportError):
        caller.job(mock, "myJob", to=tmp_path / "a.zip")
    assert len(mock.core.requests) == 1


def test_the_number_of_attempts_ends(caller: Caller, mock: Server, tmp_path: Path) -> None:
    """`times=2` is three attempts, and the last one's error is raised."""
    mock.core.set_faults("status-503@exportJob")
    with pytest.raises(errors.ServerFault):
        caller.job(mock, "myJob", to=tmp_path / "a.zip")
    assert len(mock.core.requests) == 3


@pytest.mark.parametrize("fault", ["status-429:0", "status-503"])
def test_a_write_is_repeated_when_nothing_was_written(caller: Caller, mock: Server, fault: str) -> None:
    """429 and 503 say that the service did nothing, so that an export to OBS is sent again."""
    mock.core.set_faults((f"{fault}@exportFlinkJobs", 1))
    assert caller.dli(mock, "obs-test", [100]).succeeded
    assert len(mock.core.requests) == 2


@pytest.mark.parametrize("fault", ["status-502", "reset-before", "reset-mid-body", "truncated-lying"])
def test_a_write_that_may_have_happened_is_repeated_only_when_asked(caller: Caller, mock: Server, fault: str) -> None:
    """After 502 and a reset an export to OBS is not sent again, unless `repeat_writes` says so."""
    mock.core.set_faults((f"{fault}@exportFlinkJobs", 1))
    with pytest.raises(errors.JobexportError) as raised:
        caller.dli(mock, "obs-test", [100])
    assert getattr(raised.value, "ambiguous", True)
    assert len(mock.core.requests) == 1
    mock.core.set_faults((f"{fault}@exportFlinkJobs", 1))
    again = caller.with_options(retries=Retries(times=1, first_wait=0.01, repeat_writes=True))
    assert again.dli(mock, "obs-test", [100]).succeeded
    assert len(mock.core.requests) == 3


def test_an_export_of_a_job_to_obs_is_a_write(caller: Caller, mock: Server) -> None:
    """exportJob with obs_path is not repeated after an ambiguous failure."""
    mock.core.set_faults("reset-mid-body@exportJob")
    with pytest.raises(errors.ConnectionLost):
        caller.job(mock, "myJob", obs_path="obs://bucket/folder")
    assert len(mock.core.requests) == 1


@pytest.mark.parametrize(
    ("sent", "part"),
    [
        (b"\x15\x03\x01\x00\x02\x02\x46", "head"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: a-token\r\n\r\n", "head"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"x" * 200_000, "head"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na-token\r\n", "body"),
    ],
    ids=["tls", "length", "long", "chunk"],
)
def test_what_is_no_http_is_not_called_an_end_of_the_connection(caller: Caller, sent: bytes, part: str) -> None:
    """A server of another protocol is named as such, with what to check."""

    def serve() -> None:
        with server.accept()[0] as connection, contextlib.suppress(ConnectionError):
            connection.recv(65536)
            connection.sendall(sent)
            connection.recv(65536)  # until the client leaves

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=serve)
        thread.start()
        options = {"base_url": f"http://127.0.0.1:{server.getsockname()[1]}", "retries": NO_RETRIES}
        with pytest.raises(errors.TransportError, match=f"breaks the rules of HTTP in the {part}.* check the host"):
            caller.with_options(**options).dli(_Nowhere, "obs-test")
        thread.join()


@pytest.mark.parametrize("while_sending", [True, False])
def test_an_error_of_tls_is_an_error_of_the_tree(caller: Caller, while_sending: bool) -> None:
    """An async transport of httpx lets an SSLError pass: after the handshake a record was damaged."""

    class Damaged(httpx.AsyncByteStream, httpx.SyncByteStream):
        def __iter__(self) -> Any:
            raise ssl.SSLError(1, "wrong version number")

        async def __aiter__(self) -> Any:
            raise ssl.SSLError(1, "wrong version number")
            yield b""

    def respond(_: httpx.Request) -> httpx.Response:
        if while_sending:
            raise ssl.SSLError(1, "wrong version number")
        return httpx.Response(200, stream=Damaged())

    options = {"base_url": "https://host.example", "retries": NO_RETRIES, "transport": httpx.MockTransport(respond)}
    with pytest.raises(errors.ConnectionLost):
        caller.with_options(**options).dli(_Nowhere, "obs-test")


def test_a_connection_that_never_was_is_repeated_for_writes(caller: Caller, caplog: pytest.LogCaptureFixture) -> None:
    """A refused connection sent nothing, so that an export to OBS is tried again; the error says so."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}"
        with pytest.raises(
            errors.ConnectionFailed, match=r"no connection to 127\.0\.0\.1.*check the address"
        ) as raised:
            caller.with_options(base_url=url).dli(_Nowhere, "obs-test")
    assert raised.value.ambiguous is False
    assert raised.value.__context__ is None
    assert [record.getMessage()[:9] for record in caplog.records] == ["attempt 1", "attempt 2"]


def test_retry_after_is_kept(caller: Caller, scripted: Scripted, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next attempt does not come before the second that Retry-After names."""
    waited: list[float] = []
    sleep, asleep = time.sleep, asyncio.sleep

    def waiting(seconds: float) -> None:
        # Others wait for less.
        waited.append(seconds) if seconds >= 1 else sleep(seconds)

    async def awaiting(seconds: float) -> None:
        waited.append(seconds) if seconds >= 1 else await asleep(seconds)

    monkeypatch.setattr(time, "sleep", waiting)
    monkeypatch.setattr(asyncio, "sleep", awaiting)
    scripted.respond(ScriptedResponse.error(429, "APIGW.0308", **{"Retry-After": "1"}), FLINK)
    assert caller.dli(scripted, "obs-test").succeeded
    assert len(waited) == 1


def test_a_retry_after_beyond_the_deadline_ends_the_call_at_once(caller: Caller, scripted: Scripted) -> None:
    """Nobody waits for a time at which it will be too late; the error has the time."""
    scripted.respond(ScriptedResponse.error(429, "APIGW.0308", **{"Retry-After": "3600"}))
    with pytest.raises(errors.Throttled) as raised:
        caller.dli(scripted, "obs-test")
    assert raised.value.retry_after == 3600


def test_the_deadline_ends_a_body_that_drips(caller: Caller, scripted: Scripted, tmp_path: Path) -> None:
    """A server that sends a little now and then, so that no timeout comes, is left at the deadline."""
    scripted.respond(ScriptedResponse(ZIP.body, delay=300))
    with pytest.raises(errors.TimedOut, match=r"not done within the deadline of 0\.5 s"):
        caller.with_options(retries=Retries(deadline=0.5)).job(scripted, "myJob", to=tmp_path / "a.zip")
    assert list(tmp_path.iterdir()) == []


class Endless(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body without an end."""

    given, closed = 0, False

    def __iter__(self) -> Iterator[bytes]:
        while True:
            self.given += 1
            yield bytes(1024 * 1024)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self:
            yield piece

    def close(self) -> None:
        self.closed = True

    async def aclose(self) -> None:
        self.closed = True


def test_a_response_without_an_end_is_left_and_closed(caller: Caller) -> None:
    """A body that is not a zip is read up to 8 MiB, and its connection goes back to the pool."""
    body = Endless()

    class Transport(httpx.BaseTransport, httpx.AsyncBaseTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            return httpx.Response(200, stream=body)

        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            return httpx.Response(200, stream=body)

    with pytest.raises(errors.UnexpectedResponse, match="longer than 8388608 bytes"):
        caller.with_options(transport=Transport()).dli(_Nowhere, "b")
    assert body.given == 9
    assert body.closed


def test_a_timeout_is_an_error_of_the_tree(caller: Caller, mock: Server) -> None:
    """A server that stays silent longer than `timeout` is a TimedOut, and an export to OBS then ambiguous."""
    mock.core.set_faults("latency:600@exportFlinkJobs")
    with pytest.raises(errors.TimedOut, match="before the timeout") as raised:
        caller.with_options(timeout=0.2).dli(mock, "obs-test", [100])
    assert raised.value.ambiguous is True
    assert len(mock.core.requests) == 1


def test_a_timeout_is_cut_to_the_deadline(caller: Caller, mock: Server) -> None:
    """An attempt does not wait for the server beyond the deadline, however long its timeout is."""
    mock.core.set_faults("latency:600@exportFlinkJobs")
    with pytest.raises(errors.TimedOut):
        caller.with_options(timeout=600.0, retries=Retries(deadline=0.3)).dli(mock, "obs-test", [100])


def test_every_attempt_is_logged_without_secrets(
    caller: Caller, mock: Server, caplog: pytest.LogCaptureFixture
) -> None:
    """The log has a line for each attempt, a warning where another one follows, and no token."""
    mock.core.set_faults(("status-503@exportFlinkJobs", 2))
    with caplog.at_level(logging.DEBUG):
        caller.dli(mock, "obs-test", [100])
    lines = [record for record in caplog.records if record.name == "jobexport.client"]
    assert [record.levelname for record in lines] == ["WARNING", "WARNING", "INFO"]
    assert [record.getMessage()[:9] for record in lines] == ["attempt 1", "attempt 2", "attempt 3"]
    assert "again in" in lines[0].getMessage()
    assert "exportFlinkJobs" in lines[2].getMessage()
    assert mock.token not in caplog.text


def test_waits_are_drawn_from_nothing_to_a_limit_that_doubles() -> None:
    """Full jitter: waits lie between 0 and 1, 2, 4, 4 s, and use that room."""
    retries = Retries(times=99, first_wait=1, longest_wait=4, deadline=None)
    error = errors.ServerFault(503, None, "", None, "exportJob")
    waits: list[list[float]] = [[], [], [], []]
    for _ in range(300):
        attempts = Attempts("exportJob", retries, writes=False)
        for drawn in waits:
            wait = attempts.wait_after(error)
            assert wait is not None
            drawn.append(wait)
    for drawn, limit in zip(waits, (1, 2, 4, 4), strict=True):
        assert 0 <= min(drawn) < 0.1 * limit
        assert 0.9 * limit < max(drawn) <= limit


@pytest.mark.parametrize("wrong", [{"times": -1}, {"deadline": 0}, {"first_wait": -1}, {"longest_wait": -0.1}])
def test_retries_that_make_no_sense_are_refused(wrong: dict[str, Any]) -> None:
    """Numbers below their least are a ValueError."""
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Retries(**wrong)


def test_a_transport_from_outside_is_held_to_the_length(caller: Caller, tmp_path: Path) -> None:
    """A body that is shorter than its Content-Length is truncated, also where the transport does not notice."""

    class Short(httpx.BaseTransport, httpx.AsyncBaseTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            return httpx.Response(200, headers={"Content-Length": "9999"}, content=ZIP.body)

        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            return self.handle_request(request)

    with pytest.raises(errors.TruncatedResponse, match=f"{len(ZIP.body)} bytes came of 9999"):
        caller.with_options(transport=Short(), retries=NO_RETRIES).job(_Nowhere, "myJob", to=tmp_path / "a.zip")


def test_a_redirect_is_not_followed(caller: Caller, scripted: Scripted) -> None:
    """A redirect is an UnexpectedResponse, as it could carry the token elsewhere."""
    scripted.respond(ScriptedResponse(status=307, headers={"Location": "http://127.0.0.1:9/"}))
    with pytest.raises(errors.UnexpectedResponse, match="status 307"):
        caller.with_options(retries=QUICK).dli(scripted, "obs-test")


class _Nowhere:
    url, token, project_id = "http://127.0.0.1:9", "token", "project"
