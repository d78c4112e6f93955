"""Responses of a server that is broken: each ends within its bounds, is noted as a failure, and the run goes on."""

from __future__ import annotations

import functools
import gzip
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Any

import pytest
import requests
from requests.adapters import HTTPAdapter

from jobexport.contract import Data, Live
from jobexport.contract.runner import _reach
from jobexport.contract.sender import TransportProblem
from jobexport.contract.sending import receiving
from jobexport.contract.sending.journal import Journal, read_journal
from jobexport.contract.sending.pace import Wire
from jobexport.contract.sending.session import open_session
from jobexport.core.redact import Redaction
from jobexport.core.strict_json import MOST_VALUES

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n"
LATE, COMPRESSED = "not complete at the deadline", "is compressed"
LONG, BESIDE, VALUES = "more than 1048576 bytes", "too many bytes, or too many beside its body", "values"
BOMB = b"[" + b"0," * MOST_VALUES + b"0]"
PACKED = gzip.compress(b"{}")
BROKEN = {
    "silence in the head": (OK, b"", 1, LATE),
    "dripping head": (OK + b"X: ", b"x", 0.05, LATE),
    "dripping body": (OK + b"Content-Length: 1000\r\n\r\n", b" ", 0.05, LATE),
    "dripping chunk extension": (CHUNKED + b"\r\n5;", b"x", 0.05, LATE),
    "endless body": (CHUNKED + b"\r\n", b"10000\r\n" + bytes(65536) + b"\r\n", 0, LONG),
    "long body": (OK + b"Content-Length: 9999999999\r\n\r\n", b" ", 0.05, "9999999999 bytes"),
    "endless interim responses": (b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 100, 0, BESIDE),
    "compressed body": (OK + b"Content-Encoding: gzip\r\nContent-Length: 22\r\n\r\n" + PACKED, b" ", 0.05, COMPRESSED),
    "compressed events": (
        CHUNKED + b"Content-Type: text/event-stream\r\nContent-Encoding: gzip\r\n\r\n",
        b" ",
        0.05,
        COMPRESSED,
    ),
    "JSON of many values": (OK + b"Content-Length: %d\r\n\r\n" % len(BOMB) + BOMB, b" ", 0.05, VALUES),
}
DATA = Data("p", ("j",), (), token="t")


def by_session(server: Any, journal: Path) -> None:
    with open_session(server.url, DATA, Live(rate=1000), journal) as session:
        session.send("exportJob", "POST", "/v1/p/jobs/j/export")


def by_schemathesis(server: Any, journal: Path) -> None:
    from jobexport.contract.fuzz.adapter import Line, RightCredentials

    with journal.open("w", encoding="utf-8") as file:
        wire = Wire(Journal(file, Redaction.of(())), Live(rate=1000))
        line = Line(wire, RightCredentials("t", None), "p", None)
        transmit = functools.partial(HTTPAdapter().send, stream=True, timeout=10)
        line.send(transmit, requests.Request("POST", f"{server.url}/v1/p/jobs/j/export").prepare())


WAYS: dict[str, tuple[Callable[[Any, Path], None], type[Exception]]] = {
    "session": (by_session, TransportProblem),
    "schemathesis": (by_schemathesis, requests.Timeout),
}


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    from jobexport.contract.fuzz import adapter

    monkeypatch.setenv("NO_PROXY", "*")
    monkeypatch.setattr(receiving, "SECONDS", 0.4)
    monkeypatch.setattr(receiving, "LONGEST", 1024 * 1024)
    monkeypatch.setattr(HTTPConnection, "response_class", adapter._BoundResponse)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_response_ends_within_its_bounds(unending: Any, tmp_path: Path, way: str, name: str) -> None:
    """A response that drips, floods or swells is left, and the journal says why, however it was asked for."""
    *sends, problem = BROKEN[name]
    send, error = WAYS[way]
    with pytest.raises(error, match=problem):
        send(unending(*sends), tmp_path / "journal")
    (recorded,) = read_journal(tmp_path / "journal")
    assert recorded.got is None
    assert recorded.problem


def test_a_broken_response_is_no_silence(unending: Any, tmp_path: Path) -> None:
    """Any number of responses that began and did not end in time leave the run going."""
    server = unending(CHUNKED + b"\r\n", b"10000\r\n" + bytes(65536) + b"\r\n", 0)
    with open_session(server.url, DATA, Live(rate=1000), tmp_path / "journal") as session:
        for _ in range(4):
            with pytest.raises(TransportProblem, match=LONG):
                session.send("exportJob", "POST", "/v1/p/jobs/j/export")


NO_HTTP = {
    "two lengths": OK + b"Content-Length: 3\r\nContent-Length: 4\r\n\r\n",
    "a status of four digits": b"HTTP/1.1 1000 OK\r\n\r\n",
    "garbage": bytes(range(128, 256)) + b"\r\n\r\n",
    "a chunk without a length": CHUNKED + b"\r\nZZZ\r\n",
    "another protocol": b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
}


@pytest.mark.parametrize("name", NO_HTTP)
def test_a_response_that_is_no_http_is_no_silence(unending: Any, tmp_path: Path, name: str) -> None:
    """A server that sends what is not HTTP runs: it is reachable, and each response is a failure of its own."""
    server = unending(NO_HTTP[name], b" ", 0.05)
    _reach(server.url)
    with open_session(server.url, DATA, Live(rate=1000), tmp_path / "journal") as session:
        for _ in range(4):
            with pytest.raises(TransportProblem, match="missing or incomplete"):
                session.send("exportJob", "POST", "/v1/p/jobs/j/export")


def test_a_disposable_server_may_be_silent(unending: Any, tmp_path: Path) -> None:
    """Requests without a response do not end the run of a server that may be broken, nor does a refused token."""
    server = unending(b"", b"", 1)
    with open_session(server.url, DATA, Live(disposable=True), tmp_path / "journal") as session:
        for _ in range(4):
            with pytest.raises(TransportProblem, match=LATE):
                session.send("exportJob", "POST", "/v1/p/jobs/j/export")


def test_a_stream_of_events_is_bound_while_it_is_read(unending: Any, tmp_path: Path) -> None:
    """schemathesis reads a stream of events by itself, and its reads end with the same bounds."""
    from jobexport.contract.fuzz.adapter import Line, RightCredentials

    server = unending(OK + b"Content-Type: text/event-stream\r\n\r\n", b"x" * 65536, 0)
    with (tmp_path / "journal").open("w", encoding="utf-8") as file:
        line = Line(Wire(Journal(file, Redaction.of(())), None), RightCredentials("t", None), "p", None)
        transmit = functools.partial(HTTPAdapter().send, stream=True, timeout=10)
        response = line.send(transmit, requests.Request("POST", f"{server.url}/v1/p/jobs/j/export").prepare())
        with pytest.raises(requests.exceptions.ChunkedEncodingError, match="too many bytes"):
            response.content  # noqa: B018


def test_a_server_without_end_is_reachable(unending: Any) -> None:
    """A server that sends interim responses without end is broken, not gone."""
    _reach(unending(*BROKEN["endless interim responses"][:3]).url)
