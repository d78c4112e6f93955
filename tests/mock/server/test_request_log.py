"""Diagnosis: the request log, the headers and the log line of a violation, none with a secret."""

from __future__ import annotations

import copy
import json
import logging
import subprocess
import sys
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import httpx
import pytest

from jobexport.mock import DEFAULT_EDITION, EXAMPLE_PROJECT, serve
from jobexport.spec.editions import load_edition
from tests.making.spellings import SECRET, leaks, spellings

if TYPE_CHECKING:
    from collections.abc import Iterator

FLINK = f"/v1.0/{EXAMPLE_PROJECT}/streaming/jobs/export"
JOB = f"/v1/{EXAMPLE_PROJECT}/jobs/myJob/export"
TOKEN = "MIIF-a-token-that-nobody-may-see"


@pytest.fixture(scope="module")
def server() -> Iterator[Any]:
    with serve(token=TOKEN) as server:
        yield server


@pytest.fixture
def client(server: Any) -> Iterator[Any]:
    server.core.reset()
    with httpx.Client(base_url=server.url, headers={"X-Auth-Token": TOKEN}, trust_env=False, verify=False) as client:
        yield client


def seen(client: Any) -> Any:
    return client.get("/_mock/requests").json()["requests"]


class TestRequests:
    def test_fields(self, client: Any) -> None:
        """An entry has the request, its operation, status, violation and faults."""
        client.post(FLINK, json={"obs_dir": "ä", "is_selected": False}, headers={"X-Mine": "yes"})
        (request,) = seen(client)
        assert request.keys() == {
            "time", "method", "path", "query", "operation", "status", "headers", "body", "violation", "faults",
        }  # fmt: skip
        assert request["time"].endswith("+00:00")
        assert (request["method"], request["path"]) == ("POST", FLINK)
        assert (request["operation"], request["status"]) == ("exportFlinkJobs", 200)
        assert ["x-mine", "yes"] in request["headers"]
        assert request["body"] == '{"obs_dir":"ä","is_selected":false}'
        assert (request["violation"], request["faults"]) == (None, [])

    def test_order_and_forgetting(self, client: Any) -> None:
        """The newest request is last; DELETE clears the log."""
        for name in ("one", "%2E%2E"):
            client.post(f"/v1/{EXAMPLE_PROJECT}/jobs/{name}/export")
        assert [request["path"].split("/")[-2] for request in seen(client)] == ["one", "%2E%2E"]
        assert client.delete("/_mock/requests").json() == {"requests": []} == client.get("/_mock/requests").json()

    def test_unknown_paths_too(self, client: Any) -> None:
        """A request without an operation is logged too."""
        client.get("/nowhere")
        assert [(request["operation"], request["status"]) for request in seen(client)] == [(None, 404)]

    def test_number(self, client: Any) -> None:
        """The last 200 requests are kept."""
        for number in range(205):
            client.get(f"/{number}")
        assert [request["path"] for request in seen(client)] == [f"/{number}" for number in range(5, 205)]

    def test_long_body(self, client: Any, server: Any) -> None:
        """Only the first 2 KiB of a body are kept, in memory too."""
        client.post(FLINK, content=b"x" * 100_000, headers={"Content-Type": "application/json"})
        assert seen(client)[0]["body"] == "x" * 2048
        assert len(server.core.requests[0].content) == 2048

    def test_odd_bytes(self, client: Any) -> None:
        """Bytes that are not UTF-8 are shown as U+FFFD."""
        client.post(FLINK, content=b"\xff\0", headers={"X-Odd": b"\xff", "Content-Type": "application/json"})
        (request,) = seen(client)
        assert request["body"] == "\ufffd\0"
        assert ["x-odd", "\ufffd"] in request["headers"]

    def test_fault(self, client: Any, server: Any) -> None:
        """An entry names the faults that happened, with their argument."""
        server.core.set_faults("status-429:2@*")
        client.post(JOB)
        assert (seen(client)[0]["status"], seen(client)[0]["faults"]) == (429, ["status-429:2"])


SECRETS = {
    "X-Auth-Token": TOKEN,
    "authorization": f"SDK-HMAC-SHA256 Access=AK, SignedHeaders=host, Signature={TOKEN}",
    "X-Security-Token": TOKEN,
    "Cookie": f"session={TOKEN}",
    "Proxy-Authorization": TOKEN,
    "X-Subject-Token": TOKEN,
    "X-Secret-Key": TOKEN,
}


class TestSecrets:
    @pytest.mark.parametrize("name", SECRETS)
    def test_redacted(self, client: Any, name: str) -> None:
        """The log shows the header's name and redacts its value."""
        client.post(JOB, headers={name: SECRETS[name]})
        response = client.get("/_mock/requests")
        assert TOKEN not in response.text
        assert [name.lower(), "[redacted]"] in response.json()["requests"][0]["headers"]

    def test_spelled(self) -> None:
        """The mock's own token and keys are redacted wherever a client puts them by mistake, however spelled."""
        with serve(token=SECRET) as server:
            for spelling in spellings().values():
                sent = spelling.replace("\0", "%00")
                path = f"{server.url}/v1/{quote(sent, safe='')}/jobs/x/export"
                httpx.post(path, content=sent, headers={"X-Echo": sent})
            shown = httpx.get(f"{server.url}/_mock/requests").json()
        assert len(shown["requests"]) == len(spellings())
        assert not leaks(json.dumps(shown, ensure_ascii=False))

    def test_nowhere(self, client: Any, caplog: pytest.LogCaptureFixture, server: Any) -> None:
        """A token in every header and in the query is neither shown nor logged."""
        with caplog.at_level(logging.DEBUG):
            client.post(FLINK, json={"obs_dir": 1}, params={"X-Auth-Token": TOKEN}, headers=SECRETS)
            client.post(FLINK, json={"obs_dir": 1}, headers={"X-Auth-Token": f"{TOKEN}-wrong"})
            for path in ("state", "faults", "requests"):
                assert TOKEN not in client.get(f"/_mock/{path}").text
        assert any(record.name == "jobexport.mock" for record in caplog.records)
        assert TOKEN not in "".join(record.getMessage() for record in caplog.records if record.name != "httpx")
        assert TOKEN not in repr(server.core.requests)


class TestViolations:
    def test_header_and_log(self, client: Any, caplog: pytest.LogCaptureFixture) -> None:
        """Headers and one log line have edition, operation, pointer and reason, but not the value."""
        with caplog.at_level(logging.WARNING, "jobexport.mock"):
            response = client.post(FLINK, json={"obs_dir": 123456, "is_selected": False})
        assert response.headers["X-Mock-Edition"] == DEFAULT_EDITION
        violation = response.headers["X-Mock-Violation"]
        assert violation.startswith("exportFlinkJobs body#/obs_dir: ")
        (record,) = [record for record in caplog.records if record.name == "jobexport.mock"]
        assert (record.levelname, record.getMessage()) == ("WARNING", f"{DEFAULT_EDITION} {violation}")
        assert "123456" not in record.getMessage()
        assert seen(client)[0]["violation"] == violation

    def test_only_violations(self, client: Any, caplog: pytest.LogCaptureFixture) -> None:
        """A valid request, and a request refused without a broken rule, have neither header nor log line."""
        for response in (client.post(JOB), client.post(f"/v1/{EXAMPLE_PROJECT}/jobs/gone/export")):
            assert not {"x-mock-edition", "x-mock-violation"} & response.headers.keys()
        assert [record for record in caplog.records if record.name == "jobexport.mock"] == []

    @pytest.mark.parametrize("edition", [None, 7, "bad\nname", "ä"])
    def test_document_without_edition(self, edition: int | str | None) -> None:
        """A document without a usable x-edition gets no X-Mock-Edition."""
        document = copy.deepcopy(load_edition(DEFAULT_EDITION))
        document["info"]["x-edition"] = edition
        if edition is None:
            del document["info"]["x-edition"]
        with serve(document) as server:
            headers = {"X-Auth-Token": server.token}
            response = httpx.post(server.url + FLINK, json={}, headers=headers, trust_env=False, verify=False)
        assert "X-Mock-Violation" in response.headers
        assert "X-Mock-Edition" not in response.headers

    def test_silent_by_default(self) -> None:
        """Without a logging setup nothing is printed, so that tests with the server stay quiet."""
        code = (
            f"import sys; sys.path[:0] = {sys.path!r}\n"
            "import httpx\nfrom jobexport.mock import serve\n"
            "with serve() as server:\n"
            f"    url = server.url + {FLINK!r}\n"
            "    headers = {'X-Auth-Token': server.token}\n"
            "    response = httpx.post(url, json={}, headers=headers, trust_env=False, verify=False)\n"
            "    print(response.headers['X-Mock-Edition'])\n"
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        assert (done.stdout.strip(), done.stderr) == (DEFAULT_EDITION, "")
