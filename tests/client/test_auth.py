from __future__ import annotations

import asyncio
import pickle
import threading
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from jobexport import AkSkAuth, AsyncDliClient, DliClient, Token, errors, signing
from tests.client.making.calls import NO_RETRIES, QUICK, Caller
from tests.client.making.scripted import ScriptedResponse

if TYPE_CHECKING:
    from collections.abc import Callable

    from jobexport.mock import Server
    from tests.client.making.scripted import Scripted

FLINK = ScriptedResponse.json({"is_success": True, "message": "", "zip_file": ["b/a_1.zip"]})
REFUSED = ScriptedResponse.error(401, "DLI.0013")
SECRET = "MIIPAgYJKoZIhvcNAQcCsecret"


def sent(server: Scripted) -> list[str]:
    return [received.headers["X-Auth-Token"] for received in server.received]


def counted(server: Scripted, expires: float | None = None) -> Callable[[], Token]:
    """A function that gives tokens `t1`, `t2` …, each for this many seconds."""
    numbers = iter(range(1, 100))

    def fetch() -> Token:
        end = None if expires is None else datetime.now(UTC) + timedelta(seconds=expires)
        return Token(f"t{next(numbers)}", end)

    return fetch


def test_a_fetched_token_is_kept(caller: Caller, scripted: Scripted) -> None:
    """Calls of a client share one token as long as it is good."""
    scripted.respond(FLINK)
    fetch = counted(scripted)
    if caller.kind == "sync":
        with DliClient("p", auth=fetch, base_url=scripted.url) as client:
            client.export_flink_jobs("b")
            client.export_flink_jobs("b")
    else:

        async def call() -> None:
            async with AsyncDliClient("p", auth=fetch, base_url=scripted.url) as client:
                await asyncio.gather(client.export_flink_jobs("b"), client.export_flink_jobs("b"))

        asyncio.run(call())
    assert sent(scripted) == ["t1", "t1"]


def test_a_refused_token_is_fetched_again_once(caller: Caller, scripted: Scripted) -> None:
    """401 calls the function again, and the request is sent with the new token."""
    scripted.respond(REFUSED, FLINK)
    assert caller.with_options(auth=counted(scripted)).dli(scripted, "b").succeeded
    assert sent(scripted) == ["t1", "t2"]


def test_a_second_refusal_is_the_end(caller: Caller, scripted: Scripted) -> None:
    """A new token that is refused as well is Unauthorized."""
    scripted.respond(REFUSED)
    with pytest.raises(errors.Unauthorized, match=r"DLI\.0013"):
        caller.with_options(auth=counted(scripted)).dli(scripted, "b")
    assert sent(scripted) == ["t1", "t2"]


def test_a_fixed_token_that_is_refused_is_not_sent_again(caller: Caller, scripted: Scripted) -> None:
    """A fixed token that is refused is not sent again."""
    scripted.respond(REFUSED)
    with pytest.raises(errors.Unauthorized):
        caller.dli(scripted, "b")
    assert len(scripted.received) == 1


def test_a_token_is_fetched_again_before_it_ends(caller: Caller, scripted: Scripted) -> None:
    """A token for a second is not sent any more when nine tenths of it are over."""
    scripted.respond(ScriptedResponse.error(503, "APIGW.0601", **{"Retry-After": "1"}), FLINK)
    caller.with_options(auth=counted(scripted, expires=1)).dli(scripted, "b")
    assert sent(scripted) == ["t1", "t2"]


def test_threads_that_are_refused_together_fetch_one_token(scripted: Scripted) -> None:
    """Many threads start at once, and the function is called once."""
    scripted.respond(FLINK)
    calls: list[str] = []

    def fetch() -> str:
        calls.append("t")
        time.sleep(0.05)
        return "t"

    with DliClient("p", auth=fetch, base_url=scripted.url) as client, ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: client.export_flink_jobs("b"), range(16)))
    assert len(calls) == 1


def test_an_async_client_takes_async_functions_and_keeps_blocking_ones_off_the_loop(scripted: Scripted) -> None:
    """An async function is awaited in the loop; a blocking function runs in a thread."""
    scripted.respond(FLINK)
    threads: list[threading.Thread] = []

    async def fetch() -> Token:
        await asyncio.sleep(0)
        threads.append(threading.current_thread())
        return Token("t")

    def block() -> str:
        threads.append(threading.current_thread())
        return "t"

    async def call(auth: Any) -> None:
        async with AsyncDliClient("p", auth=auth, base_url=scripted.url) as client:
            await client.export_flink_jobs("b")

    asyncio.run(call(fetch))
    asyncio.run(call(block))
    assert threads[0] is threading.main_thread()
    assert threads[1] is not threading.main_thread()


def raising() -> str:
    raise httpx.ConnectError(f"cannot reach IAM with {SECRET}")


async def coroutine() -> str:
    return SECRET


@pytest.mark.parametrize(
    ("fetch", "sentence"),
    [
        (raising, "failed with ConnectError; call it alone to see why"),
        (lambda: f"{SECRET}\n", "returned no usable token: token must be printable ASCII"),
        (lambda: None, "returned no usable token: token must be printable ASCII"),
    ],
)
def test_a_function_that_fails_is_an_error_of_the_tree(
    caller: Caller, scripted: Scripted, fetch: Any, sentence: str
) -> None:
    """A failing fetch is TokenUnavailable, not a failure of the service, and its text shows nothing of the token."""
    with pytest.raises(errors.TokenUnavailable, match=sentence) as raised:
        caller.with_options(auth=fetch).dli(scripted, "b")
    assert scripted.received == []
    assert SECRET not in "".join(traceback.format_exception(raised.value))


def test_a_blocking_client_refuses_an_async_function(scripted: Scripted) -> None:
    """The error says which client takes it."""
    with pytest.raises(errors.TokenUnavailable, match="give it to an async client"):
        Caller("sync").with_options(auth=coroutine).dli(scripted, "b")


def test_a_signed_request_is_let_in(caller: Caller, mock: Server) -> None:
    """The mock verifies what AkSkAuth signs, of each kind of request."""
    signer = caller.with_options(auth=AkSkAuth(mock.access_key, mock.secret_key))
    assert signer.dli(mock, "obs-test", [100]).succeeded
    assert signer.job(mock, "myJob", obs_path="obs://b/f").folder.startswith("obs://b/f/")


def test_a_signed_request_names_its_project(caller: Caller, scripted: Scripted) -> None:
    """The client's project and a temporary key's token are sent, and the signature covers both."""
    scripted.respond(FLINK)
    caller.with_options(auth=AkSkAuth("an-id", SECRET, security_token="temporary")).dli(scripted, "b")
    headers = scripted.received[0].headers
    assert (headers["X-Project-Id"], headers["X-Security-Token"]) == (scripted.project_id, "temporary")
    signed = signing.Authorization.parse(headers["Authorization"]).signed
    assert {"host", "x-project-id", "x-sdk-date", "x-security-token"} <= set(signed)


@pytest.mark.parametrize("name", ["..", ".", "a.b-c_d"])
def test_a_signature_holds_for_every_name(caller: Caller, mock: Server, name: str) -> None:
    """A name that has to be encoded is signed as it is sent: the service looks for the job and does not find it."""
    signer = caller.with_options(auth=AkSkAuth(mock.access_key, mock.secret_key))
    with pytest.raises(errors.JobNotFound):
        signer.job(mock, name, obs_path="obs://b/f")


def test_a_wrong_secret_is_unauthorized(caller: Caller, mock: Server) -> None:
    """A signature with another secret is refused, and neither key nor signature is shown."""
    with pytest.raises(errors.Unauthorized) as raised:
        caller.with_options(auth=AkSkAuth(mock.access_key, "wrong-secret")).dli(mock, "obs-test")
    assert "wrong-secret" not in f"{raised.value!r} {raised.value}"


def test_no_repr_shows_a_secret(scripted: Scripted) -> None:
    """No repr of a client or its parts shows its token or keys."""
    client = DliClient("p", auth=SECRET, base_url=scripted.url)
    signer = AkSkAuth("access", SECRET)
    assert SECRET not in f"{client!r} {client._shell!r} {vars(client)!r} {Token(SECRET)!r} {signer!r} {vars(signer)!r}"
    client.close()


def test_a_token_that_the_server_repeats_is_not_shown(caller: Caller, scripted: Scripted) -> None:
    """A token that the server repeats is redacted in the error's text."""
    repeating = caller.with_options(auth=SECRET)
    for response in (
        ScriptedResponse.error(400, f"c{SECRET}", f"bad token {SECRET}"),
        ScriptedResponse(f"<p>{SECRET}</p>".encode(), 502),
    ):
        scripted.respond(response)
        with pytest.raises(errors.ApiError) as raised:
            repeating.with_options(retries=NO_RETRIES).dli(scripted, "b")
        assert SECRET not in f"{raised.value!r} {raised.value}"
        assert "[redacted]" in str(raised.value)


def test_errors_survive_pickling() -> None:
    """An error that comes from another process has its fields."""
    error = errors.Throttled(429, "APIGW.0308", "Slow down.", "id", "exportJob")
    error.retry_after = 5.0
    for each in (
        error,
        errors.TimedOut("exportJob", "too long", False),
        errors.ExportFailed("exportFlinkJobs", "no", ()),
        errors.UnexpectedResponse("exportJob", 200, "no zip"),
    ):
        copy = pickle.loads(pickle.dumps(each))  # noqa: S301
        assert (str(copy), vars(copy)) == (str(each), vars(each))


def test_a_client_from_outside_is_used_and_stays_open(scripted: Scripted) -> None:
    """`http_client` carries the requests, wherever its own base URL leads, and is not closed."""
    scripted.respond(FLINK)
    with httpx.Client(base_url="http://127.0.0.1:9/elsewhere", headers={"X-Trace": "1"}) as http:
        with DliClient("p", auth="t", base_url=scripted.url, http_client=http, retries=QUICK) as client:
            assert client.export_flink_jobs("b").succeeded
        assert not http.is_closed
    assert scripted.received[0].headers["X-Trace"] == "1"


def test_a_client_from_outside_brings_its_own_timeouts(scripted: Scripted) -> None:
    """`http_client` and `timeout` together are a ValueError."""
    with httpx.Client() as http, pytest.raises(ValueError, match="http_client has its own timeouts"):
        DliClient("p", auth="t", base_url=scripted.url, http_client=http, timeout=5)
