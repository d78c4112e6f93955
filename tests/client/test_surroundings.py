"""The clients in an odd environment, with odd arguments, and with servers that do not end."""

from __future__ import annotations

import asyncio
import signal
import socket
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from obstore.store import LocalStore, S3Store

from jobexport import AsyncDgcClient, DgcClient, DliClient, Retries, Token, errors
from jobexport.core.waiting import call_beside
from tests.client.making.calls import CLIENTS, NO_RETRIES, Caller
from tests.client.making.scripted import Scripted, ScriptedResponse
from tests.client.making.values import zip_of

if TYPE_CHECKING:
    from pathlib import Path

ZIP = zip_of({"jobs/myJob.job": b"{}"})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SSL_CERT_FILE", "/nowhere/ca.pem"),
        ("SSL_CERT_FILE", "/"),
        ("HTTP_PROXY", "http://user:a-password@proxy:abc"),
        ("ALL_PROXY", "socks5h://proxy:1080"),
        ("HTTP_PROXY", "gopher://user:a-password@proxy"),
    ],
)
@pytest.mark.parametrize("kind", CLIENTS)
def test_an_environment_that_can_not_be_used_is_a_value_error(
    monkeypatch: pytest.MonkeyPatch, kind: Any, name: str, value: str
) -> None:
    """It names the variable and shows no password."""
    monkeypatch.delenv("NO_PROXY")
    monkeypatch.setenv(name, value)
    with pytest.raises(ValueError, match=f"^{name} ") as raised:
        CLIENTS[kind]("p", auth="t", base_url="https://host")
    assert "a-password" not in str(raised.value)


@pytest.mark.parametrize("kind", CLIENTS)
def test_an_unknown_option_is_refused(kind: Any) -> None:
    """A misspelled option is a TypeError, as with any other function, and not left out of account."""
    with pytest.raises(TypeError, match="there is no option 'verify'; valid options are: base_url"):
        CLIENTS[kind]("p", auth="t", base_url="https://host", verify=False)


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ({"base_url": 5}, "base_url must be"),
        ({"base_url": httpx.URL("https://host")}, "base_url must be"),
        ({"base_url": "https://exa mple"}, "base_url must be"),
        ({"base_url": "https://[v1.x]"}, "base_url must be"),
        ({"base_url": "https://a..b"}, "base_url must be"),
        ({"base_url": "https://xn--"}, "base_url must be"),
        ({"base_url": "https://host", "retries": None}, "retries must be Retries"),
        ({"base_url": "https://host", "retries": 3}, "retries must be Retries"),
        ({"cloud": ["otc"], "region": "eu-de"}, "no cloud"),
        ({"cloud": "otc", "region": 5}, "region 5 must be"),
    ],
)
def test_an_argument_of_another_kind_is_a_value_error(options: dict[str, Any], match: str) -> None:
    """The error of a wrong argument has the rule."""
    with pytest.raises(ValueError, match=match):
        DliClient("p", auth="t", **options)


@pytest.mark.parametrize(
    "url", ["https://host", "http://127.0.0.1:80/base/", "https://[::1]:8443", "https://bücher.example"]
)
def test_a_base_url_that_leads_to_a_host_is_taken(url: str) -> None:
    """With a port, a path, an address of either version, or a name in other letters."""
    with DliClient("p", auth="t", base_url=url) as dli:
        assert url.rstrip("/") in repr(dli)


def test_lists_that_are_none_are_value_errors(scripted: Scripted, tmp_path: Path) -> None:
    """Names and ids must be lists."""
    caller = Caller("sync")
    with pytest.raises(ValueError, match="names must be a list, not None"):
        caller.jobs(scripted, None, to=tmp_path)
    with pytest.raises(ValueError, match="job_ids must be a list, not 5"):
        caller.dli(scripted, "b", 5)


def test_a_token_whose_end_is_not_a_time_is_an_error_of_the_tree(caller: Caller, scripted: Scripted) -> None:
    """The function that fetches tokens is to blame, and the error says so."""
    token = Token("t", expires="tomorrow")  # type: ignore[arg-type]
    with pytest.raises(errors.TokenUnavailable, match="expires"):
        caller.with_options(auth=lambda: token).dli(scripted, "b")


@pytest.mark.parametrize("name", ["b/../x.zip", "b/./x.zip", "b//x.zip", "x.zip"])
def test_a_zip_whose_name_leads_elsewhere_is_not_downloaded(
    caller: Caller, scripted: Scripted, tmp_path: Path, name: str
) -> None:
    """A name that can't be a zip's is an UnexpectedResponse, and nothing is fetched."""
    scripted.respond(ScriptedResponse.json({"is_success": True, "zip_file": [name]}))
    with pytest.raises(errors.UnexpectedResponse, match="can't be the name of a zip"):
        caller.dli(scripted, "b", download_to=tmp_path, store=LocalStore(tmp_path))


def test_a_name_with_a_scheme_is_found(caller: Caller, scripted: Scripted, tmp_path: Path) -> None:
    """`obs://bucket/key` is the key in the bucket."""
    (tmp_path / "bucket/f").mkdir(parents=True)
    (tmp_path / "bucket/f/x.zip").write_bytes(ZIP)
    scripted.respond(ScriptedResponse.json({"is_success": True, "zip_file": ["obs://bucket/f/x.zip"]}))
    store = LocalStore(tmp_path / "bucket")
    assert caller.dli(scripted, "bucket", download_to=tmp_path / "out", store=store).files[0].read_bytes() == ZIP


def test_a_store_of_another_kind_is_refused_before_the_export(
    caller: Caller, scripted: Scripted, tmp_path: Path
) -> None:
    """Neither a store of another kind nor a folder that can't be written costs an export."""
    with pytest.raises(ValueError, match=r"store must be a store of obstore\.store"):
        caller.dli(scripted, "b", download_to=tmp_path, store=5)
    (tmp_path / "file").touch()
    with pytest.raises(errors.TargetUnwritable):
        caller.dli(scripted, "b", download_to=tmp_path / "file/out", store=LocalStore(tmp_path))
    assert scripted.received == []


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_panic_of_the_store_is_an_error_of_the_tree(caller: Caller, scripted: Scripted, tmp_path: Path) -> None:
    """It says which zips are in OBS all the same."""
    scripted.respond(ScriptedResponse.json({"is_success": True, "zip_file": ["b/x.zip"]}))
    store = S3Store("b", endpoint="http://a b", region="r", access_key_id="a", secret_access_key="s")
    with pytest.raises(errors.DownloadFailed) as raised:
        caller.dli(scripted, "b", download_to=tmp_path, store=store)
    assert raised.value.__notes__ == ["the export itself succeeded and is in OBS: b/x.zip"]


@pytest.mark.parametrize(
    ("cloud", "region", "words"),
    [("otc", "eu-nowhere", "otc has eu-de"), ("huaweicloud", "eu-de", "huaweicloud has af-south-1, ")],
)
def test_a_region_that_is_not_there_leads_to_the_list(cloud: str, region: str, words: str) -> None:
    """A host that no address belongs to is one of a region, so the error names the cloud's regions."""

    def unknown(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("[Errno -2] Name or service not known", request=request)

    options: Any = {"cloud": cloud, "region": region, "retries": NO_RETRIES, "transport": httpx.MockTransport(unknown)}
    with (
        DliClient("p", auth="t", **options) as client,
        pytest.raises(errors.ConnectionFailed, match=f"check the region and the network; {words}"),
    ):
        client.export_flink_jobs("b")


def test_what_a_server_calls_a_request_is_cleaned(caller: Caller, scripted: Scripted) -> None:
    """A request id with escapes, the token, or any length is shown as text of a line."""
    token = "a-secret-token"
    scripted.respond(ScriptedResponse.error(400, "DLF.0100", **{"X-Request-Id": f"\x1b[31m{token}{'A' * 5000}"}))
    with pytest.raises(errors.JobNotFound) as raised:
        caller.with_options(auth=token).dli(scripted, "b")
    assert raised.value.request_id is not None
    assert raised.value.request_id.startswith("[31m[redacted]AAA")
    assert len(raised.value.request_id) < 400


def test_a_refusal_without_end_is_not_read(caller: Caller, unending: Any) -> None:
    """A 401 whose body never ends costs neither memory nor time before the next token is tried."""
    server = unending(b"HTTP/1.1 401 No\r\nContent-Length: 999999999999\r\n\r\n", b"x" * 65536, 0)
    tokens = iter(["first", "second"])
    calling = caller.with_options(auth=lambda: next(tokens), retries=Retries(times=0, deadline=30))
    with pytest.raises(errors.UnexpectedResponse, match="longer than"):
        calling.job(server, "myJob", to="never.zip")
    # The first was left at once, of the second what may be the text of an error was read.
    assert server.sent < 200 * 1024 * 1024
    assert next(tokens, None) is None


class Slow:
    """A stream that takes its time for each piece."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []

    def write(self, piece: bytes) -> int:
        time.sleep(0.3)
        self.pieces.append(bytes(piece))
        return len(piece)


def test_nothing_is_written_after_a_cancelled_call(scripted: Scripted) -> None:
    """A task that is cancelled while a stream is written ends when nobody writes to it any more."""
    content = zip_of({"jobs/myJob.job": bytes(range(256)) * 20_000})
    scripted.respond(ScriptedResponse(content))
    stream: Any = Slow()

    async def main() -> int:
        async with AsyncDgcClient("p", auth="t", base_url=scripted.url, retries=NO_RETRIES) as dgc:
            call = asyncio.create_task(dgc.export_job("myJob", to=stream))
            while not scripted.received:
                await asyncio.sleep(0.01)
            await asyncio.sleep(0.2)
            call.cancel()
            with pytest.raises(asyncio.CancelledError):
                await call
            written = len(stream.pieces)
            await asyncio.sleep(0.5)
            return written

    assert asyncio.run(main()) == len(stream.pieces)


DOWNLOAD = """
import sys
from jobexport import DliClient
from obstore.store import S3Store
url, obs, folder = sys.argv[1:]
store = S3Store("b", endpoint=obs, region="r", access_key_id="a", secret_access_key="s",
                client_options={"allow_http": True})
with DliClient("p", auth="t", base_url=url) as dli:
    dli.export_flink_jobs("b", download_to=folder, store=store)
"""


def test_ctrl_c_ends_a_download_that_hangs(scripted: Scripted, tmp_path: Path) -> None:
    """Object storage that says nothing does not hold up the program."""
    scripted.respond(ScriptedResponse.json({"is_success": True, "zip_file": ["b/x.zip"]}))
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        command = [sys.executable, "-c", DOWNLOAD, scripted.url, url, str(tmp_path / "out")]
        with subprocess.Popen(command, stderr=subprocess.PIPE) as process:
            connection, _ = silent.accept()
            process.send_signal(signal.SIGINT)
            assert process.stderr is not None
            assert b"KeyboardInterrupt" in process.stderr.read()
            connection.close()


def test_ctrl_c_that_interrupts_no_wait_is_seen_all_the_same() -> None:
    """A signal that another thread takes, or that comes just before the wait, ends the wait for a thread soon."""

    def hangs() -> None:
        time.sleep(0.2)
        signal.pthread_kill(threading.get_ident(), signal.SIGINT)
        over.wait()

    over = threading.Event()
    with pytest.raises(KeyboardInterrupt):
        call_beside(hangs)
    over.set()


def test_a_closed_client_says_so() -> None:
    """Using it is the caller's mistake."""
    dgc = DgcClient("p", auth="t", base_url="https://host")
    dgc.close()
    with pytest.raises(RuntimeError, match="closed"):
        dgc.export_job("j", to="x.zip")
