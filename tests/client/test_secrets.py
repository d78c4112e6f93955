"""No way out of the client shows a secret, or turns the text around it: errors, notes, logs, downloads."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from obstore.store import MemoryStore, S3Store

from jobexport import AkSkAuth, errors
from jobexport.core.redact import unseen
from tests.client.making.calls import NO_RETRIES, Caller
from tests.client.making.scripted import Scripted, ScriptedResponse
from tests.client.making.values import zip_of
from tests.making.spellings import SECRET, leaks, spellings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

EXPORTED = ScriptedResponse.json({"is_success": True, "zip_file": ["b/x.zip"]})
TURNED = "\u202eturned\u2066 \u200b\ufeff\x9b"


def responses(said: str) -> Iterator[ScriptedResponse]:
    """Yield a response for each error of the tree that repeats what a server said."""
    yield ScriptedResponse.error(400, "DLF.1", said)
    yield ScriptedResponse.error(400, said[:200], "It is so.")
    yield ScriptedResponse.json({"error_code": "DLF.1", "error_msg": "", "request_id": said}, 400)
    yield ScriptedResponse(said.encode(), 502, {"Content-Type": "text/html"})
    yield ScriptedResponse(said.encode(), 200)
    yield ScriptedResponse.json({"is_success": False, "message": said, "zip_file": [said]})
    yield ScriptedResponse.json({"is_success": True, said: ["a.zip"]})
    yield ScriptedResponse.json({"is_success": True, "zip_file": [f"b/{said}"]})


def text_of(error: BaseException) -> str:
    return f"{error!r} {error} {getattr(error, '__notes__', '')}"


@pytest.mark.parametrize("number", range(8))
@pytest.mark.parametrize("auth", [SECRET, AkSkAuth("an-access-key-id", SECRET)], ids=["token", "key"])
def test_no_error_shows_a_secret(scripted: Scripted, tmp_path: Path, number: int, auth: Any) -> None:
    """Whatever a server repeats, in any spelling: the error's text, fields and notes do not have it."""
    for name, spelling in spellings().items():
        scripted.respond([*responses(f'{TURNED}<a href="{spelling}">')][number])
        caller = Caller("sync", {"auth": auth, "retries": NO_RETRIES})
        with pytest.raises(errors.JobexportError) as raised:
            caller.dli(scripted, "b", download_to=tmp_path, store=MemoryStore())
        assert not leaks(text_of(raised.value)), name
        assert not unseen(str(raised.value)), name


def test_no_log_shows_a_secret(caller: Caller, scripted: Scripted, caplog: pytest.LogCaptureFixture) -> None:
    """At DEBUG neither our logger nor those of httpx show a token that a server repeats in its head and body."""
    head = {f"X-Echo-{number}": text.replace("\0", "%00") for number, text in enumerate(spellings().values())}
    scripted.respond(ScriptedResponse.error(503, "DLF.1", " ".join(spellings().values()), **head))
    with caplog.at_level(logging.DEBUG), pytest.raises(errors.ServerFault):
        caller.with_options(auth=SECRET).dli(scripted, "b")
    assert {"jobexport.client", "httpx", "httpcore.http11"} <= {record.name for record in caplog.records}
    assert not leaks(caplog.text)


def test_a_header_that_can_not_be_read_is_not_shown(caller: Caller, scripted: Scripted) -> None:
    """An error of a transport that quotes the token is cleaned, too."""

    def broken(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError(f"illegal header line: {SECRET.encode()!r} {SECRET.lower()}")

    options = {"auth": SECRET, "transport": httpx.MockTransport(broken), "retries": NO_RETRIES}
    with pytest.raises(errors.ConnectionFailed) as raised:
        caller.with_options(**options).dli(scripted, "b")
    assert not leaks(text_of(raised.value))
    assert "illegal header line" in str(raised.value)


@pytest.mark.parametrize(
    "response",
    [
        ScriptedResponse(b"x", 200, {"Content-Encoding": SECRET}),
        ScriptedResponse(zip_of({"jobs/a/a.job": b"{}", f"jobs/a/{SECRET.replace('/', ':')}": b""})),
        ScriptedResponse(zip_of({"jobs/a/a.job": b"{}", f"jobs/{SECRET}/../a": b""})),
    ],
    ids=["encoding", "member", "folder"],
)
def test_no_name_that_a_server_chooses_shows_a_secret(
    scripted: Scripted, tmp_path: Path, response: ScriptedResponse
) -> None:
    """Neither the name of an encoding nor that of a member, in whatever error it ends."""
    scripted.respond(response)
    with pytest.raises(errors.JobexportError) as raised:
        Caller("sync", {"auth": SECRET}).job(scripted, "a", to=tmp_path / "a.zip").unpack(tmp_path / "a")
    assert not leaks(text_of(raised.value))
    assert SECRET[:10].lower() not in str(raised.value).lower()


@pytest.fixture
def obs(scripted: Scripted) -> Iterator[Scripted]:
    """Object storage; the service itself is another server."""
    scripted.respond(EXPORTED)
    with Scripted() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def bucket(obs: Scripted) -> S3Store:
    config: Any = {"endpoint": obs.url, "region": "r", "access_key_id": "an-access-key-id"}
    config |= {"secret_access_key": SECRET[::-1], "session_token": SECRET}
    return S3Store("b", config=config, client_options={"allow_http": True})


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_of_object_storage_is_not_followed(
    caller: Caller, scripted: Scripted, obs: Scripted, tmp_path: Path, status: int
) -> None:
    """The session token is sent to the endpoint only, and the zip of another host is no export."""
    with Scripted() as other:
        obs.respond(ScriptedResponse(b"", status, {"Location": f"{other.url}/b/x.zip"}))
        with pytest.raises(errors.DownloadFailed, match=f"redirects to {other.url[7:]}, which is not asked"):
            caller.dli(scripted, "b", download_to=tmp_path, store=bucket(obs))
        assert len(obs.received) == 1
        # Nobody serves `other`: its queue of connections would have one.
        other.socket.setblocking(False)
        with pytest.raises(BlockingIOError):
            other.socket.accept()
    assert not [*tmp_path.iterdir()]


def test_the_keys_of_a_store_are_not_shown(scripted: Scripted, obs: Scripted, tmp_path: Path) -> None:
    """Neither the error of a download nor a log has the store's keys, its session token or the signature of the URL."""
    code = f"<Error><Code>AccessDenied</Code><Message>{SECRET} {SECRET[::-1]}</Message></Error>".encode()
    obs.respond(ScriptedResponse(code, 403))
    with pytest.raises(errors.DownloadFailed, match="responds with 403 AccessDenied") as raised:
        Caller("sync").dli(scripted, "b", download_to=tmp_path, store=bucket(obs))
    assert not leaks(text_of(raised.value))
    assert not leaks(text_of(raised.value), SECRET[::-1])


def test_the_log_of_a_download_can_not_be_replayed(
    scripted: Scripted, obs: Scripted, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A signed URL that httpx logs has neither token nor signature."""
    obs.respond(ScriptedResponse(zip_of({"a": b"1"})))
    with caplog.at_level(logging.DEBUG):
        Caller("sync").dli(scripted, "b", download_to=tmp_path, store=bucket(obs))
    assert "X-Amz-Signature=[redacted]" in caplog.text
    assert obs.received[0].path.rpartition("X-Amz-Signature=")[2] not in caplog.text
    assert not leaks(caplog.text)


def test_object_storage_that_is_busy_is_asked_again(
    caller: Caller, scripted: Scripted, obs: Scripted, tmp_path: Path
) -> None:
    """After 429 and 504 the request is sent again; after 500 it is not."""
    whole = ScriptedResponse(zip_of({"a": b"1"}))
    obs.respond(*(ScriptedResponse(b"", status) for status in (429, 504)), whole)
    assert caller.dli(scripted, "b", download_to=tmp_path, store=bucket(obs)).files == (tmp_path / "x.zip",)
    obs.respond(ScriptedResponse(b"", 500), whole)
    with pytest.raises(errors.DownloadFailed, match="responds with 500"):
        caller.dli(scripted, "b", download_to=tmp_path, store=bucket(obs))


def test_an_option_that_a_download_has_not_is_refused(caller: Caller, scripted: Scripted, tmp_path: Path) -> None:
    """A store whose own requests would take another way, such as a proxy, is refused before the export."""
    store = S3Store("b", region="r", client_options={"proxy_url": "http://127.0.0.1:1"})
    with pytest.raises(ValueError, match="client option proxy_url; set HTTPS_PROXY"):
        caller.dli(scripted, "b", download_to=tmp_path, store=store)
    assert not scripted.received
