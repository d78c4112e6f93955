"""Faults: each of them as a client sees it on the wire, and what they leave alone."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import io
import json
import re
import socket
import time
import zipfile
from collections import Counter
from pathlib import Path

import httpx
import pytest

from jobexport.errors import JobexportError
from jobexport.mock import DEFAULT_EDITION, EXAMPLE_PROJECT, FAULTS, create_app, serve
from jobexport.mock._faults import find_fault
from jobexport.spec.editions import edition_ids, load_edition

FLINK = f"/v1.0/{EXAMPLE_PROJECT}/streaming/jobs/export"
JOB = f"/v1/{EXAMPLE_PROJECT}/jobs/myJob/export"
BATCH = f"/v1/{EXAMPLE_PROJECT}/jobs/batch-export"
SELECTED = {"obs_dir": "a", "is_selected": True, "job_selected": [100]}
STATUSES = (429, 500, 502, 503, 418, 520)
OPERATIONS = ("exportFlinkJobs", "exportJob", "batchExportJobs")


class Faulty:
    """One server whose faults a test sets."""

    def __init__(self, server, client):
        self.server, self.core, self.client = server, server.core, client

    def set(self, *faults, **options):
        self.core.set_faults(*faults, **options)

    def flink(self):
        return self.client.post(FLINK, json=SELECTED)

    def job(self):
        return self.client.post(JOB)

    def batch(self):
        return self.client.post(BATCH, json={"jobList": ["myJob"]})

    def call(self, operation):
        return {"exportFlinkJobs": self.flink, "exportJob": self.job, "batchExportJobs": self.batch}[operation]()

    def last(self):
        return self.core.requests[-1].as_json()

    def raw(self):
        """Export a job on a bare socket; give the connection after the request is sent."""
        connection = socket.create_connection(("127.0.0.1", self.server.port), timeout=5)
        head = f"POST {JOB} HTTP/1.1\r\nHost: x\r\nX-Auth-Token: {self.server.token}\r\nContent-Length: 0\r\n\r\n"
        connection.sendall(head.encode())
        return connection


@pytest.fixture(scope="module")
def running():
    with serve() as server, httpx.Client(base_url=server.url, trust_env=False) as client:
        client.headers["X-Auth-Token"] = server.token
        yield Faulty(server, client)


@pytest.fixture
def mock(running):
    """A server without faults, as it was at its start."""
    running.core.reset()
    running.server.storage.objects.clear()
    return running


@pytest.fixture(params=edition_ids(), scope="module")
def each(request):
    """A server of each edition in turn."""
    with serve(request.param) as server, httpx.Client(base_url=server.url, trust_env=False) as client:
        client.headers["X-Auth-Token"] = server.token
        yield Faulty(server, client)


def schema(mock):
    return mock.core.document["components"]["schemas"]["ExportFlinkJobsResponse"]["properties"]


def arrays(mock):
    return [name for name, field in schema(mock).items() if field["type"] == "array"]


class TestStatuses:
    @pytest.mark.parametrize("operation", OPERATIONS)
    @pytest.mark.parametrize("status", STATUSES)
    def test_status(self, mock, operation, status):
        """The status comes with an error body, and nothing is stored."""
        mock.set(f"status-{status}@{operation}")
        answer = mock.call(operation)
        assert answer.status_code == status
        assert answer.json().keys() == {"error_code", "error_msg"}
        assert mock.server.storage.objects == {}
        assert (mock.last()["status"], mock.last()["faults"]) == (status, [f"status-{status}"])

    def test_documented_body(self, mock):
        """Where the document has an example for the status, that is the body."""
        mock.set("status-429@exportJob")
        example = mock.core.document["components"]["responses"]["TooManyRequests"]["content"]["application/json"]
        assert mock.job().json() == example["examples"]["throttled"]["value"]

    @pytest.mark.parametrize(("text", "seconds"), [("status-429", "1"), ("status-429:17", "17"), ("status-429:0", "0")])
    def test_retry_after(self, mock, text, seconds):
        """429 says when to come back."""
        mock.set(f"{text}@*")
        assert mock.job().headers["Retry-After"] == seconds

    def test_before_everything(self, mock):
        """It comes before the caller and the request are looked at, as a gateway's answer does."""
        mock.set("status-503@*")
        assert mock.client.post(JOB, headers={"X-Auth-Token": "wrong"}).status_code == 503
        assert mock.client.post(BATCH, json={"jobList": "no list"}).status_code == 503

    def test_body_is_seen(self, mock):
        """The log has the body of a request that met such a fault."""
        mock.set("status-503@*")
        mock.flink()
        assert json.loads(mock.last()["body"]) == SELECTED


class TestConnection:
    def test_reset_before(self, mock):
        """RST comes before the first byte; nothing is exported."""
        mock.set("reset-before@*")
        with mock.raw() as connection, pytest.raises(ConnectionResetError):
            connection.recv(1)
        with pytest.raises(httpx.ReadError):
            mock.flink()
        assert mock.server.storage.objects == {}
        assert (mock.last()["status"], mock.last()["faults"]) == (None, ["reset-before"])

    def test_reset_mid_body(self, mock):
        """Head and half of the body come, then RST."""
        whole = mock.job().content
        mock.set("reset-mid-body@*")
        with mock.raw() as connection:
            response = http.client.HTTPResponse(connection, method="POST")
            response.begin()
            assert response.status == 200
            assert int(response.headers["Content-Length"]) == len(whole)
            assert response.read(len(whole) // 2) == whole[: len(whole) // 2]
            with pytest.raises(ConnectionResetError):
                response.read(1)
        with pytest.raises(httpx.ReadError):
            mock.job()

    def test_truncated(self, mock):
        """Half of the bytes come under a Content-Length that says so."""
        whole = mock.job().content
        mock.set("truncated@*")
        answer = mock.job()
        assert answer.content == whole[: len(whole) // 2]
        assert answer.headers["Content-Length"] == str(len(whole) // 2)
        with pytest.raises(zipfile.BadZipFile):
            zipfile.ZipFile(io.BytesIO(answer.content))
        with pytest.raises(json.JSONDecodeError):
            mock.flink().json()

    def test_truncated_lying(self, mock):
        """Half of the bytes come under the Content-Length of all, then the connection ends without RST."""
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

    def test_latency(self, mock):
        """The answer comes so much later, and is the right one."""
        whole = mock.job().content
        mock.set("latency:0.2@exportJob")
        start = time.monotonic()
        assert mock.job().content == whole
        assert 0.2 <= time.monotonic() - start < 1
        with pytest.raises(httpx.ReadTimeout):
            mock.client.post(JOB, timeout=0.05)

    def test_slow_drip(self, mock):
        """The bytes come in small parts over the time that the rate gives, and are all there."""
        whole = mock.job().content
        mock.set(f"slow-drip:{len(whole) * 4}@exportJob")
        start, times, content = time.monotonic(), [], b""
        with mock.client.stream("POST", JOB) as answer:
            for part in answer.iter_raw():
                times.append(time.monotonic() - start)
                content += part
        assert content == whole
        assert len(times) >= 4
        assert times[0] < 0.1
        assert 0.15 < times[-1] < 1

    def test_late_reset(self, mock):
        """What breaks an answer off and what delays it go together, in any order."""
        for faults in (["reset-before@*", "latency:0.1@*"], ["latency:0.1@*", "reset-before@*"]):
            mock.set(*faults)
            start = time.monotonic()
            with mock.raw() as connection, pytest.raises(ConnectionResetError):
                connection.recv(1)
            assert time.monotonic() - start >= 0.1

    def test_other_connections_live(self, mock):
        """A reset hits its own connection only, and the server goes on."""
        mock.set("reset-before@exportJob")
        with mock.raw() as first, mock.raw() as second:
            for connection in (first, second):
                with pytest.raises(ConnectionResetError):
                    connection.recv(1)
        assert mock.flink().status_code == 200

    def test_nothing_is_logged_as_broken(self, mock, caplog):
        """uvicorn does not take a broken-off answer for a broken application."""
        for name in ("reset-before", "reset-mid-body", "truncated-lying"):
            mock.set(f"{name}@*")
            with pytest.raises(httpx.TransportError):
                mock.job()
        assert caplog.records == []

    def test_without_a_server(self):
        """In process there is no connection to reset: the call raises."""

        async def call():
            transport = httpx.ASGITransport(create_app(faults=["reset-before@*"]))
            async with httpx.AsyncClient(transport=transport, base_url="http://mock") as client:
                await client.post(JOB)

        with pytest.raises(ConnectionResetError):
            asyncio.run(call())


class TestZips:
    @pytest.fixture(params=["exportJob", "batchExportJobs"])
    def get(self, request, mock):
        """A function that gives the zip of an operation under a fault."""

        def call(fault):
            mock.set(f"{fault}@{request.param}")
            answer = mock.call(request.param)
            assert answer.status_code == 200
            assert answer.headers["Content-Type"] == "application/octet-stream"
            assert answer.headers["Content-Disposition"].endswith('.zip"')
            assert int(answer.headers["Content-Length"]) == len(answer.content)
            return io.BytesIO(answer.content)

        return call

    def test_bad_crc(self, get):
        """The directory can be read; the first member, and no other, fails its checksum."""
        with zipfile.ZipFile(get("zip-bad-crc")) as archive:
            first, *others = archive.namelist()
            assert archive.testzip() == first
            with pytest.raises(zipfile.BadZipFile, match="Bad CRC-32"):
                archive.read(first)
            assert all(archive.read(name) for name in others)

    def test_bad_crc_in_local_header(self, get):
        """A reader that goes from the front, without the directory, meets the wrong checksum too."""
        content = get("zip-bad-crc").getvalue()
        assert content[14:18] == content[content.index(b"PK\1\2") + 16 :][:4]

    def test_bad_directory(self, get):
        """The zip can't be opened."""
        with pytest.raises(zipfile.BadZipFile, match="central directory"):
            zipfile.ZipFile(get("zip-bad-directory"))

    def test_empty(self, get):
        """There is not one byte."""
        assert get("zip-empty").getvalue() == b""

    def test_no_members(self, get):
        """The zip is valid, and empty."""
        assert zipfile.ZipFile(get("zip-no-members")).namelist() == []

    def test_traversal(self, get):
        """There are members that lead out, beside those that belong there; the zip is otherwise sound."""
        with zipfile.ZipFile(get("zip-traversal")) as archive:
            assert {"../outside.txt", "jobs/../../outside.txt", "/outside.txt"} < set(archive.namelist())
            assert archive.testzip() is None

    def test_bomb(self, get):
        """Four mebibytes fit into a hundredth of that."""
        content = get("zip-bomb:4")
        assert len(content.getvalue()) < 4 * 2**20 / 100
        with zipfile.ZipFile(content) as archive:
            (info,) = archive.infolist()
            assert info.file_size == len(archive.read(info)) == 4 * 2**20

    def test_error_stays(self, mock):
        """An answer that is no zip stays as it is, and the fault does not count as happened."""
        mock.set(("zip-empty@*", 1))
        assert mock.client.post(f"/v1/{EXAMPLE_PROJECT}/jobs/gone/export").json()["error_code"] == "DLF.0100"
        assert mock.last()["faults"] == []
        assert mock.job().content == b""
        assert mock.job().content != b""


class TestJson:
    def test_is_success_false(self, each):
        """is_success is false in the document's type, no zip is named, none is stored."""
        each.set("is-success-false@exportFlinkJobs")
        before = dict(each.server.storage.objects)
        answer = each.flink()
        assert answer.status_code == 200
        is_text = "string" in schema(each)["is_success"]["type"]
        assert repr(answer.json()["is_success"]) == ("'false'" if is_text else "False")
        assert all(answer.json()[name] == [] for name in arrays(each))
        assert each.server.storage.objects == before

    @pytest.mark.parametrize(
        ("fault", "value"), [("is-success-string-false", "false"), ("is-success-upper-false", "FALSE")]
    )
    def test_is_success_as_text(self, each, fault, value):
        """is_success is that text, whatever the document's type."""
        each.set(f"{fault}@exportFlinkJobs")
        assert each.flink().json()["is_success"] == value

    def test_missing_field(self, each):
        """The first of the fields is not there."""
        each.set("missing-field@exportFlinkJobs")
        assert list(each.flink().json()) == list(schema(each))[1:]

    def test_extra_field(self, each):
        """There is one field more than the document has, the others being right."""
        each.set("extra-field@exportFlinkJobs")
        answer = each.flink().json()
        assert answer.keys() - schema(each).keys() == {"unexpected_field"}
        assert len(answer[arrays(each)[0]]) == 1

    def test_wrong_type(self, each):
        """No field has a type that the document allows."""
        names = {bool: "boolean", str: "string", int: "integer", list: "array", dict: "object"}
        each.set("wrong-type@exportFlinkJobs")
        answer = each.flink().json()
        assert answer.keys() == schema(each).keys()
        assert [name for name, value in answer.items() if names[type(value)] in schema(each)[name]["type"]] == []

    def test_scalar_instead_of_list(self, each):
        """The name of the one zip stands where a list of names should."""
        each.set("scalar-instead-of-list@exportFlinkJobs")
        answer = each.flink().json()
        assert re.fullmatch(r"a/aggregate_\d{13}\.zip", answer[arrays(each)[0]])

    @pytest.mark.parametrize("operation", OPERATIONS)
    def test_error_body_on_200(self, mock, operation):
        """Status 200 carries an error, and nothing is stored."""
        mock.set(f"error-body-on-200@{operation}")
        answer = mock.call(operation)
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json")
        assert answer.json().keys() == {"error_code", "error_msg"}
        assert mock.server.storage.objects == {}

    @pytest.mark.parametrize("operation", OPERATIONS)
    def test_html(self, mock, operation):
        """A page comes in the place of the body, with success and with error."""
        mock.set(f"html-instead-of-json@{operation}")
        answers = [mock.call(operation)]
        del mock.client.headers["X-Auth-Token"]
        answers.append(mock.call(operation))
        mock.client.headers["X-Auth-Token"] = mock.server.token
        assert [answer.status_code for answer in answers] == [200, 401]
        for answer in answers:
            assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
            assert answer.text.startswith("<!DOCTYPE html>")

    @pytest.mark.parametrize("operation", OPERATIONS)
    def test_wrong_content_type(self, mock, operation):
        """The body is right and called plain text."""
        right = mock.call(operation)
        mock.set(f"wrong-content-type@{operation}")
        answer = mock.call(operation)
        assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
        assert len(answer.content) == len(right.content)

    def test_export_to_obs_path(self):
        """A JSON answer of exportJob can lose its field; the object is stored all the same."""
        edition = next(
            id_ for id_ in edition_ids() if "obsPath" in json.dumps(load_edition(id_)["paths"]) and can_obs_path(id_)
        )
        with serve(edition, faults=["missing-field@exportJob"]) as server:
            headers = {"X-Auth-Token": server.token}
            answer = httpx.post(server.url + JOB, json={"obsPath": "obs://b/c"}, headers=headers, trust_env=False)
            assert answer.json() == {}
            assert len(server.storage.objects) == 1


def can_obs_path(edition):
    operation = load_edition(edition)["paths"]["/v1/{project_id}/jobs/{job_name}/export"]["post"]
    return "application/json" in operation["responses"]["200"]["content"]


class TestWhere:
    def test_every_fault_is_seen_above(self):
        """No fault is without a test on the wire."""
        text = Path(__file__).read_text(encoding="utf-8").partition("class TestWhere")[0]
        text += " ".join(f"status-{status}" for status in STATUSES)
        assert [id_ for id_ in FAULTS if not re.search(rf"\b{id_}\b(?!-)", text)] == []

    def test_ids_and_sentences(self):
        """Ids are kebab-case; each has one sentence of its own."""
        assert all(re.fullmatch(r"[a-z]+(-[a-z0-9]+)*", id_) for id_ in FAULTS)
        assert all(re.fullmatch(r"[A-Z][^\n]*\.", fault.sentence) for fault in FAULTS.values())
        assert len({fault.sentence for fault in FAULTS.values()}) == len(FAULTS)

    @pytest.mark.parametrize("operation", OPERATIONS)
    def test_one_operation(self, mock, operation):
        """A fault at one operation leaves the others alone."""
        mock.set(f"status-503@{operation}")
        assert {id_: mock.call(id_).status_code for id_ in OPERATIONS} == {
            id_: 503 if id_ == operation else 200 for id_ in OPERATIONS
        }

    def test_every_suitable_operation(self, mock):
        """With `*` a fault happens where it suits."""
        mock.set("zip-empty@*")
        assert [mock.call(id_).content == b"" for id_ in OPERATIONS] == [False, True, True]

    def test_several(self, mock):
        """Faults at one operation all happen; of two that answer in its place the first."""
        mock.set("html-instead-of-json@*", "status-503@*", "status-500@*")
        answer = mock.job()
        assert (answer.status_code, answer.headers["Content-Type"]) == (503, "text/html; charset=utf-8")
        assert mock.last()["faults"] == ["status-503", "html-instead-of-json"]

    def test_times(self, mock):
        """A fault with a number happens so often."""
        mock.set(("status-503@exportJob", 2))
        assert [mock.job().status_code for _ in range(4)] == [503, 503, 200, 200]

    def test_outside_of_operations(self, mock):
        """What is no operation meets no fault."""
        mock.set("status-503@*")
        assert mock.client.post("/v1/nowhere").status_code == 404
        assert mock.client.get(JOB).status_code == 405

    def test_options(self):
        """A server can have faults from its start."""
        with serve(faults=["status-418@exportJob"]) as server:
            assert httpx.post(server.url + JOB, trust_env=False).status_code == 418


class TestErrors:
    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("status-500", "'status-500' names no operation; write it as NAME"),
            (
                "nope@exportJob",
                "no fault 'nope'; see jobexport mock --list-faults, or choose one of latency, .*zip-bomb",
            ),
            ("@exportJob", "no fault ''"),
            ("status-500@exportAll", "no operation 'exportAll'; choose exportFlinkJobs, "),
            ("status-500@", "no operation ''"),
            (
                "zip-empty@exportFlinkJobs",
                "needs an operation that answers with a zip; choose batchExportJobs or exportJob$",
            ),
            ("is-success-false@exportJob", "needs an operation that answers with is_success; choose exportFlinkJobs$"),
            ("status-500:1@*", "status-500 takes no argument; leave out ':1'"),
            ("latency:@*", "seconds must be a number from 0 to 600, not ''"),
            ("latency:-1@*", "not '-1'"),
            ("latency:601@*", "not '601'"),
            ("latency:nan@*", "not 'nan'"),
            ("latency:inf@*", "not 'inf'"),
            ("status-429:1.5@*", "retry-after must be a whole number from 0 to 86400, not '1.5'"),
            ("slow-drip:0@*", "must be a whole number from 1 "),
            ("zip-bomb:4097@*", "MiB must be"),
        ],
    )
    def test_unusable(self, text, words):
        """What can't be understood is one sentence that says what can."""
        with pytest.raises(JobexportError, match=f"^[^\n]*{words}") as caught:
            create_app(faults=[text])
        assert "\n" not in str(caught.value)

    @pytest.mark.parametrize("rate", [-0.1, 1.1, float("nan")])
    def test_rate(self, rate):
        """A rate is a probability."""
        with pytest.raises(JobexportError, match="is no probability"):
            create_app(fault_rate=rate)

    def test_document_without_zips(self):
        """Where no operation suits, the sentence says so."""
        document = json.loads(json.dumps(load_edition(DEFAULT_EDITION)))
        for path in [path for path in document["paths"] if "streaming" not in path]:
            del document["paths"][path]
        with pytest.raises(JobexportError, match="answers with a zip; this document has none"):
            create_app(document, faults=["zip-empty@*"])

    def test_find(self):
        """A fault is found by its id."""
        assert find_fault("latency").id == "latency"


class TestChaos:
    def run(self, mock, count=60, **options):
        """Call each operation in turn; give the faults that happened."""
        mock.set(**options)
        mock.core.requests.clear()
        for number in range(count):
            with contextlib.suppress(httpx.TransportError):
                mock.call(OPERATIONS[number % 3])
        return [seen.as_json()["faults"] for seen in mock.core.requests]

    def test_same_seed(self, mock):
        """The same seed and the same requests meet the same faults, another seed others."""
        first = self.run(mock, rate=0.5, seed=7)
        assert self.run(mock, rate=0.5, seed=7) == first
        assert self.run(mock, rate=0.5, seed=8) != first

    def test_rate(self, mock):
        """The rate is about how many requests meet a fault, never with two."""
        found = Counter(map(len, self.run(mock, 150, rate=0.3, seed=1)))
        assert found.keys() == {0, 1}
        assert 25 < found[1] < 65

    def test_never_and_always(self, mock):
        """Rate 0 is never, rate 1 always."""
        assert self.run(mock, 30, rate=0) == [[]] * 30
        mock.set("status-503@*", rate=1)
        assert {mock.job().status_code for _ in range(10)} == {503}
        mock.set("status-503@*", rate=0)
        assert {mock.job().status_code for _ in range(10)} == {200}

    def test_quick_ones_only(self, mock):
        """Where no fault is named, none that takes long or much is picked, and every other one is."""
        operations = mock.core._mock.operations
        mock.set(rate=1, seed=5)
        picked = {
            fault.fault.id
            for _ in range(600)
            for operation in operations.values()
            for fault in mock.core.fault_set.choose(operation).faults
        }
        assert FAULTS.keys() - picked == {"latency", "slow-drip", "zip-bomb"}

    def test_suitable_ones_only(self, mock):
        """What is picked suits the operation."""
        mock.set(rate=1, seed=5)
        for operation in mock.core._mock.operations.values():
            for _ in range(200):
                (fault,) = mock.core.fault_set.choose(operation).faults
                assert fault.fault.suits.test(operation)

    def test_named_ones_only(self, mock):
        """Where faults are named, one of those is picked."""
        mock.set("status-500@*", "status-503@exportJob", rate=1, seed=2)
        assert {mock.job().status_code for _ in range(20)} == {500, 503}
        assert {mock.batch().status_code for _ in range(5)} == {500}
