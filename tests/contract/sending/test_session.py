"""The way of every request to a real mock: credentials, rate, limit, Retry-After, and journal."""

from __future__ import annotations

import contextlib
import io
from typing import TYPE_CHECKING, Any

import pytest
import requests
from attrs import evolve

from jobexport import mock
from jobexport.auth import AccessKey
from jobexport.contract import Data, Live
from jobexport.contract.sender import TransportProblem
from jobexport.contract.sending import pace
from jobexport.contract.sending.journal import Journal, Sequence, read_journal
from jobexport.contract.sending.live import Places
from jobexport.contract.sending.pace import RunStopped, Wire
from jobexport.contract.sending.session import Withheld, open_session
from jobexport.core.redact import Redaction
from tests.drift.making.described import DESCRIBED
from tests.making.waits import Clock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PATH = f"/v1/{mock.EXAMPLE_PROJECT}/jobs/myJob/export"
FLINK = f"/v1.0/{mock.EXAMPLE_PROJECT}/streaming/jobs/export"
FAST = Live(rate=1000)
SECRETS = ("a-secret-token", "ASECRETKEYSID", "a-secret-key")


@contextlib.contextmanager
def session(
    server: Any, folder: Path, *, live: Any = FAST, token: Any = SECRETS[0], places: Any = None
) -> Iterator[Any]:
    """Yield a session with a mock."""
    key = AccessKey(server.access_key, server.secret_key, server.project_id)
    data = Data(server.project_id, ("myJob",), (100,), token=token, key=key)
    (folder / "journal").unlink(missing_ok=True)
    with open_session(server.url, data, live, folder / "journal") as found:
        # The mock is nobody's, so a test may write where it likes, unless it is about that.
        yield evolve(found, places=places)


@contextlib.contextmanager
def served(*faults: Any, **options: Any) -> Iterator[Any]:
    """Yield a mock with these faults and the secrets of this module."""
    keys = dict(zip(("token", "access_key", "secret_key"), SECRETS, strict=True))
    with mock.serve(DESCRIBED.documents["otc-2026"], faults=faults, **(keys | options)) as server:
        yield server


def statuses(folder: Path) -> list[Any]:
    return [recorded.got and recorded.got.status for recorded in read_journal(folder / "journal")]


@pytest.mark.parametrize("token", [SECRETS[0], None])
def test_right_credentials_open_the_server_and_no_others_do(token: Any, tmp_path: Path) -> None:
    """Requests with the token, or signed without a token, succeed; wrong credentials of each kind are refused."""
    wrong = ("none", "wrong-token", "wrong-key", "altered-body", "old")
    with served() as server, session(server, tmp_path, token=token) as sender:
        body = {"jobList": ["myJob"]}
        path = f"/v1/{server.project_id}/jobs/batch-export"
        send = {kind: sender.send("x", "POST", path, body=body, credentials=kind).status for kind in ("right", *wrong)}
    assert send == {"right": 200} | dict.fromkeys(wrong, 401)


def test_without_a_key_nothing_can_be_signed(tmp_path: Path) -> None:
    """Without a key `signs` is false, and a kind of credentials that needs a key raises ValueError."""
    with served() as server, session(server, tmp_path) as sender:
        assert sender.signs
        sender.data = Data(server.project_id, (), (), token=SECRETS[0])
        assert not sender.signs
        with pytest.raises(ValueError, match="need an access key"):
            sender.send("exportJob", "POST", PATH, credentials="old")


def test_the_record_has_everything_but_secrets(tmp_path: Path) -> None:
    """The journal has each exchange with its headers, but not token, key and signature."""
    with served() as server:
        for token in (SECRETS[0], None):
            with session(server, tmp_path, token=token) as sender:
                sender.send("exportJob", "POST", PATH, headers={"X-Echo": "says a-secret-key"})
            text = (tmp_path / "journal").read_text(encoding="utf-8")
            assert not [secret for secret in SECRETS if secret in text]
            (recorded,) = read_journal(tmp_path / "journal")
            assert recorded.got is not None
            assert (recorded.sent.operation, recorded.got.status) == ("exportJob", 200)
            assert ("x-echo", "says [redacted]") in recorded.sent.headers
            assert recorded.got.content.startswith(b"PK")


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(pace, "time", clock)
    return clock


def test_requests_keep_their_distance(tmp_path: Path, clock: Clock) -> None:
    """With a rate of 20 each request comes a twentieth of a second after the one before it."""
    with served() as server, session(server, tmp_path, live=Live(rate=20)) as sender:
        began = clock.now
        for _ in range(6):
            sender.send("exportJob", "POST", PATH)
        sent = [recorded.started - began for recorded in read_journal(tmp_path / "journal")]
    assert sent == pytest.approx([0, 0.05, 0.1, 0.15, 0.2, 0.25])


def test_a_limit_ends_the_run(tmp_path: Path) -> None:
    """After the limit no request is sent."""
    with served() as server, session(server, tmp_path, live=Live(rate=1000, max_requests=2)) as sender:
        sender.send("exportJob", "POST", PATH)
        sender.send("exportJob", "POST", PATH)
        with pytest.raises(RunStopped, match="2 requests were sent"):
            sender.send("exportJob", "POST", PATH)
    assert statuses(tmp_path) == [200, 200]


def test_retry_after_is_waited_for(tmp_path: Path, clock: Clock) -> None:
    """The same request is sent again after Retry-After, and the second response counts."""
    with served(("status-429:1@*", 1)) as server, session(server, tmp_path) as sender:
        waited: list[float] = []
        sender.wire.waiting = waited.append
        began = clock.now
        assert sender.send("exportJob", "POST", PATH).status == 200
    assert clock.now - began == pytest.approx(1)
    assert waited == [1.0]
    assert statuses(tmp_path) == [429, 200]
    assert [recorded.retried for recorded in read_journal(tmp_path / "journal")] == [True, False]


def test_on_an_embedded_server_nothing_is_waited_for(tmp_path: Path) -> None:
    """Without limits a 429 is returned at once."""
    with served("status-429:60@*") as server, session(server, tmp_path, live=None) as sender:
        assert sender.send("exportJob", "POST", PATH).status == 429


def test_too_long_a_wait_ends_the_run(tmp_path: Path) -> None:
    """A Retry-After of an hour ends the run."""
    with (
        served("status-429:3600@*") as server,
        session(server, tmp_path) as sender,
        pytest.raises(RunStopped, match="asks to wait 3600 s"),
    ):
        sender.send("exportJob", "POST", PATH)
    assert statuses(tmp_path) == [429]


def test_a_server_that_never_has_time_ends_the_run(tmp_path: Path) -> None:
    """After five waits the request is not sent again."""
    with (
        served("status-429:0@*") as server,
        session(server, tmp_path) as sender,
        pytest.raises(RunStopped, match="responds with 429"),
    ):
        sender.send("exportJob", "POST", PATH)
    assert statuses(tmp_path) == [429] * 6


def test_a_token_that_expires_ends_the_run(tmp_path: Path) -> None:
    """After a 401 the last successful request is sent again; if it gets 401 too, the token has expired."""
    with served() as server, session(server, tmp_path) as sender:
        sender.send("exportJob", "POST", PATH)
        server.core.credentials = type(server.core.credentials)("another", "A", "B", server.core.credentials.clock)
        with pytest.raises(RunStopped, match="no longer accepts") as stopped:
            sender.send("exportFlinkJobs", "POST", FLINK, body={"obs_dir": "obs-test", "is_selected": False})
    assert stopped.value.reason == "expired"
    assert statuses(tmp_path) == [200, 401, 401]
    assert [recorded.sent.kind for recorded in read_journal(tmp_path / "journal")] == ["scenario", "scenario", "other"]


def test_one_request_that_is_refused_ends_nothing(tmp_path: Path) -> None:
    """If the last successful request still succeeds, a 401 concerns its own request only."""
    with served("status-418@exportFlinkJobs") as server, session(server, tmp_path, token=None) as sender:
        sender.send("exportJob", "POST", PATH)
        # A project of its own in the signature, which the path does not have.
        sender.data = Data(server.project_id, (), (), key=AccessKey(*SECRETS[1:], project="another"))
        assert sender.send("exportJob", "POST", PATH).status == 401
    assert statuses(tmp_path) == [200, 401, 200]


def test_credentials_that_never_open_anything_end_the_run(tmp_path: Path) -> None:
    """The run ends after the third 401 if no request succeeded before."""
    with served() as server, session(server, tmp_path, token="mistyped") as sender:
        sender.send("exportJob", "POST", PATH)
        sender.send("exportJob", "POST", PATH)
        with pytest.raises(RunStopped, match="does not accept the credentials"):
            sender.send("exportJob", "POST", PATH)


def test_a_missing_response_is_a_transport_problem_and_several_end_the_run(tmp_path: Path) -> None:
    """A missing response raises TransportProblem; three in a row end the run."""
    with served("reset-before@*") as server, session(server, tmp_path) as sender:
        for _ in range(2):
            with pytest.raises(TransportProblem, match="the response is missing or incomplete"):
                sender.send("exportJob", "POST", PATH)
        with pytest.raises(RunStopped, match="3 requests in a row got no response"):
            sender.send("exportJob", "POST", PATH)
    assert statuses(tmp_path) == [None, None, None]


def test_nothing_is_written_where_nobody_asked(tmp_path: Path) -> None:
    """A request that names another folder is not sent."""
    with (
        served() as server,
        session(
            server,
            tmp_path,
            places=Places({"obs_dirs": ("mine",), "obs_paths": ("obs://mine/x/",), "job_zips": (), "flink_zips": ()}),
        ) as sender,
    ):
        body = {"obs_dir": "mine", "is_selected": False}
        assert sender.send("exportFlinkJobs", "POST", FLINK, body=body).status == 200
        for other in ({"obs_dir": "others"}, {"obs_dir": None}, {"obsPath": "obs://others/"}):
            with pytest.raises(Withheld, match="not named"):
                sender.send("exportFlinkJobs", "POST", FLINK, body=body | other)
    assert statuses(tmp_path) == [200]


def test_the_sequence_knows_requests_and_nothing_else(tmp_path: Path) -> None:
    """The hash does not depend on server, token, time and repetitions, but on the body."""
    hashes = []
    for faults, token, body in (
        ((), "one", {"jobList": ["myJob"]}),
        ((("status-429:0@*", 1),), "two", {"jobList": ["myJob"]}),
        ((), "one", {"jobList": ["job_batch"]}),
    ):
        with served(*faults, token=token) as server, session(server, tmp_path, token=token) as sender:
            sender.send("batchExportJobs", "POST", f"/v1/{server.project_id}/jobs/batch-export", body=body)
        sequence = Sequence()
        for recorded in read_journal(tmp_path / "journal"):
            sequence.add(recorded)
        hashes.append(str(sequence))
    assert hashes[0] == hashes[1] != hashes[2]


def test_half_a_line_is_left_out(tmp_path: Path) -> None:
    """A journal that ends in the middle of a line is read up to this line."""
    with served() as server, session(server, tmp_path) as sender:
        sender.send("exportJob", "POST", PATH)
    whole = (tmp_path / "journal").read_text(encoding="utf-8")
    (tmp_path / "journal").write_text(whole + whole[:100], encoding="utf-8")
    assert statuses(tmp_path) == [200]


def test_no_repr_shows_a_secret(tmp_path: Path) -> None:
    """The reprs of session, data, key and journal have no secret."""
    with served() as server, session(server, tmp_path) as sender:
        shown = repr((sender, sender.data, sender.data.key, Journal(io.StringIO(), sender.wire.journal.redaction)))
    assert not [secret for secret in (SECRETS[0], SECRETS[2]) if secret in shown]


def test_a_request_that_is_sent_again_is_signed_anew(tmp_path: Path) -> None:
    """Each attempt has a new date in its signature, because a server refuses an old date."""
    from jobexport.contract.fuzz.adapter import Line, RightCredentials

    key = AccessKey("A", "B", "p")
    request = requests.Request("POST", "http://h/v1/p/jobs/x/export", headers={"X-Schemathesis-TestCaseId": "1"})
    dates, responses = [], [(429, {"Retry-After": "1.1"}), (200, {})]

    def transmit(prepared: Any) -> Any:
        dates.append(prepared.headers["X-Sdk-Date"])
        response = requests.Response()
        response.status_code, headers = responses.pop(0)
        response.headers.update(headers)
        response._content = b""
        return response

    with (tmp_path / "journal").open("w", encoding="utf-8") as file:
        line = Line(Wire(Journal(file, Redaction.of(())), FAST), RightCredentials(None, key), "p", None)
        prepared = line.credentials(request.prepare())
        assert line.send(transmit, prepared).status_code == 200
    assert len(set(dates)) == 2
