"""Responses that drip, flood or swell: time and memory of a call stay within their bounds."""

from __future__ import annotations

import gzip
import io
import os
import threading
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from obstore.store import S3Store

from jobexport import DgcClient, Retries, errors
from jobexport.client import calls
from jobexport.client.batch import Batch
from jobexport.core import http as core_http
from tests.client.making.calls import NO_RETRIES, QUICK, TRANSPORTS
from tests.client.making.scripted import ScriptedResponse
from tests.client.making.values import zip_of

if TYPE_CHECKING:
    from pathlib import Path

    from tests.client.making.calls import Caller
    from tests.client.making.scripted import Scripted

OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n"
EMPTY_BLOCKS = b"\x00\x00\x00\xff\xff" * 100
DRIPS = {
    "status line": (b"", b"H"),
    "head": (OK + b"X-More: ", b"x"),
    "headers": (OK, b"X-More: y\r\n"),
    "interim responses": (b"", b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"),
    "chunk's size": (CHUNKED + b"\r\n", b"0"),
    "chunk's extension": (CHUNKED + b"\r\n5;", b"x"),
    "trailer": (CHUNKED + b"\r\n4\r\nPK\x03\x04\r\n0\r\nA: ", b"x"),
    "body of an error": (b"HTTP/1.1 400 Bad\r\nContent-Length: 1000000\r\n\r\n", b" "),
    "gzip without a byte": (
        CHUNKED + b"Content-Encoding: gzip\r\n\r\na\r\n\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff\r\n",
        b"%x\r\n%b\r\n" % (len(EMPTY_BLOCKS), EMPTY_BLOCKS),
    ),
}
CLIENTS = {"sync": httpx.Client, "async": httpx.AsyncClient}
SHORT = Retries(times=0, deadline=0.3)


def left_in_time(caller: Caller, server: Any) -> None:
    with pytest.raises(errors.TimedOut, match=r"not done within the deadline of 0\.3 s"):
        caller.job(server, "myJob", to=io.BytesIO())


@pytest.mark.parametrize("drip", DRIPS)
def test_the_deadline_holds_in_every_part_of_a_response(caller: Caller, unending: Any, drip: str) -> None:
    """A server that sends a few bytes now and then is left at the deadline, wherever in a response they are."""
    left_in_time(caller.with_options(retries=SHORT), unending(*DRIPS[drip]))


@pytest.mark.parametrize("given", ["transport", "http_client"])
def test_the_deadline_holds_for_connections_from_outside(caller: Caller, unending: Any, given: str) -> None:
    """A transport or a client of httpx that the caller built keeps the deadline, too."""
    made = TRANSPORTS[caller.kind](verify=False) if given == "transport" else CLIENTS[caller.kind](verify=False)
    left_in_time(caller.with_options(retries=SHORT, **{given: made}), unending(*DRIPS["interim responses"]))


@pytest.mark.parametrize(
    ("head", "piece"),
    [
        pytest.param(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n" * 1000, id="interim responses"),
        pytest.param(CHUNKED + b"\r\n4\r\nPK\x03\x04\r\n", b"1;" + b"x" * 60_000 + b"\r\na\r\n", id="extensions"),
    ],
)
def test_bytes_beside_the_body_have_a_bound(caller: Caller, unending: Any, head: bytes, piece: bytes) -> None:
    """A flood of interim responses or chunk extensions is left long before the deadline."""
    server = unending(head, piece, 0)
    with pytest.raises(errors.TransportError, match="too many bytes beside the body"):
        caller.with_options(retries=NO_RETRIES).job(server, "myJob", to=io.BytesIO())


def test_a_body_of_many_tiny_chunks_is_received(caller: Caller, unending: Any) -> None:
    """Chunks of one byte, six on the wire, are no flood, though they are more than 256 KiB beside the body."""
    body = zip_of({"jobs/myJob.job": b"{}", "a.bin": os.urandom(55_000)})
    chunks = b"".join(b"1\r\n%c\r\n" % byte for byte in body)
    server = unending(CHUNKED + b"\r\n" + chunks + b"0\r\n\r\n", b" ")
    received = io.BytesIO()
    caller.job(server, "myJob", to=received)
    assert received.getvalue() == body


@pytest.mark.parametrize(
    "packed",
    [gzip.compress(zip_of({"jobs/myJob.job": b"{}"})), zip_of({"jobs/myJob.job": b"{}"})],
    ids=["compressed", "only-said-to-be"],
)
def test_a_compressed_body_is_refused(caller: Caller, scripted: Scripted, packed: bytes) -> None:
    """The client asks for no compression, and unpacks no body that is compressed all the same."""
    scripted.respond(ScriptedResponse(packed, headers={"Content-Encoding": "gzip"}))
    with pytest.raises(errors.UnexpectedResponse, match=r"is compressed \(gzip\), which no request asks for"):
        caller.job(scripted, "myJob", to=io.BytesIO())
    assert scripted.received[0].headers["Accept-Encoding"] == "identity"


def test_a_compressed_error_has_its_status(caller: Caller, scripted: Scripted) -> None:
    """A gateway's 503 counts for more than the compression of its page, and is repeated."""
    page = gzip.compress(b"<html>")
    scripted.respond(ScriptedResponse(page, 503, {"Content-Encoding": "gzip"}))
    with pytest.raises(errors.ServerFault, match=r"is compressed \(gzip\)") as raised:
        caller.job(scripted, "myJob", to=io.BytesIO())
    assert raised.value.status == 503
    assert len(scripted.received) == 1 + QUICK.times


def test_cookies_are_not_kept(scripted: Scripted, caller: Caller) -> None:
    """The second request of a client has no cookie of the first response."""
    scripted.respond(ScriptedResponse(b"", 503, {"Set-Cookie": "a=b; Path=/"}))
    with pytest.raises(errors.ServerFault):
        caller.job(scripted, "myJob", to=io.BytesIO())
    assert [received.headers["Cookie"] for received in scripted.received] == [None, None, None]


@pytest.mark.parametrize("status", [200, 400])
def test_json_of_many_values_is_not_made(caller: Caller, scripted: Scripted, status: int) -> None:
    """A body of a megabyte that would be thirty megabytes of objects is refused before one of them is made."""
    scripted.respond(ScriptedResponse(b'{"zip_file": [' + b"{}," * 300_000 + b"{}]}", status))
    with pytest.raises(errors.UnexpectedResponse, match="more than 200000 values"):
        caller.dli(scripted, "obs-test")


@pytest.mark.parametrize("many", [False, True])
def test_the_deadline_holds_for_the_check_of_a_zip(
    caller: Caller, scripted: Scripted, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, many: bool
) -> None:
    """Members that could not be checked while they arrived are not read beyond the deadline."""
    scripted.respond(ScriptedResponse(zip_of({"jobs/myJob/myJob.job": b"{}"})))
    owner, name = (Batch, "_split") if many else (calls._Intake, "check")
    monkeypatch.setattr(owner, name, late(getattr(owner, name)))
    calling = caller.with_options(retries=NO_RETRIES)
    if many:
        failures = calling.jobs(scripted, ["myJob"], to=tmp_path).failures
        assert isinstance(failures["myJob"], errors.TimedOut)
    else:
        with pytest.raises(errors.TimedOut, match="not done within the deadline"):
            calling.job(scripted, "myJob", to=io.BytesIO())


def late(function: Any) -> Any:
    """Call a function after the deadline, which is its last argument's."""

    def call(*args: Any) -> None:
        args[-1].started -= 1000
        function(*args)

    return call


def test_the_deadline_holds_while_a_token_is_fetched(caller: Caller, scripted: Scripted) -> None:
    """A function that never returns a token is left at the deadline, and does not hold up the end of the program."""
    never = threading.Event()

    def fetch() -> str:
        never.wait()
        return "late"

    left_in_time(caller.with_options(retries=SHORT, auth=fetch), scripted)
    never.set()
    assert scripted.received == []


def test_the_deadline_holds_while_another_thread_fetches_a_token(scripted: Scripted) -> None:
    """A thread that waits for the token of another thread is left at its own deadline."""
    never, left = threading.Event(), []
    client = DgcClient("p", auth=lambda: str(never.wait()), base_url=scripted.url, retries=SHORT)

    def call() -> None:
        with pytest.raises(errors.TimedOut):
            client.export_job("myJob", to=io.BytesIO())
        left.append(never.is_set())

    threads = [threading.Thread(target=call) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    never.set()
    assert left == [False] * 4


def test_a_token_may_be_longer_than_a_head(caller: Caller, scripted: Scripted) -> None:
    """The response with a token has bounds of its own: an identity service sends its whole catalogue with it."""
    scripted.respond(ScriptedResponse(b"x" * 2_000_000), ScriptedResponse(zip_of({"jobs/myJob.job": b"{}"})))

    def fetch() -> str:
        with core_http.client(5, httpx.HTTPTransport(verify=False)) as http:
            return str(len(http.post(scripted.url).content))

    caller.with_options(auth=fetch).job(scripted, "myJob", to=io.BytesIO())
    assert scripted.received[1].headers["X-Auth-Token"] == "2000000"


def test_the_deadline_holds_for_a_download_from_object_storage(
    caller: Caller, scripted: Scripted, unending: Any, tmp_path: Path
) -> None:
    """A bucket that sends a byte now and then is left at the deadline, and no file is kept."""
    scripted.respond(ScriptedResponse.json({"is_success": True, "message": "", "zip_file": ["b/a_1.zip"]}))
    bucket = unending(OK + b"Content-Length: 1000\r\nLast-Modified: Mon, 30 Nov 2026 00:00:00 GMT\r\n\r\n", b"P")
    store = S3Store("b", endpoint=bucket.url, region="r", skip_signature=True, client_options={"allow_http": True})
    with pytest.raises(errors.DownloadFailed, match=r"not done within the deadline of 0\.3 s"):
        caller.with_options(retries=SHORT).dli(scripted, "b", download_to=tmp_path / "zips", store=store)
    assert list((tmp_path / "zips").iterdir()) == []
