"""What the mock has now, as a page for people."""

from __future__ import annotations

import asyncio
import json
import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import httpx
import pytest

from jobexport.core import redact
from jobexport.mock import FolderStorage, serve
from jobexport.mock.behaviour.zips import pack
from tests.drift.making.described import DESCRIBED
from tests.making.spellings import leaks, spellings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TOKEN = "a-secret-token-to-look-for"
ACCESS_KEY, SECRET_KEY = "ACCESSKEYTOLOOKFOR000000", "a-secret-key-to-look-for-0"
HOSTILE = "<img src=x onerror=alert(1)>\"'"


class Parts(HTMLParser):
    """The text of each `details` by its key; texts of nested elements belong to all elements around them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.texts: dict[str, str] = {}
        self.tags: set[str] = set()
        self._open: list[str] = []
        self.feed(page)
        self.texts = {key: " ".join(text.split()) for key, text in self.texts.items()}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if tag == "details":
            self._open.append(dict(attrs)["data-key"] or "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "details":
            self._open.pop()

    def handle_data(self, data: str) -> None:
        for key in self._open:
            self.texts[key] = self.texts.get(key, "") + data + " "


@pytest.fixture
def server() -> Iterator[Any]:
    with serve(DESCRIBED.documents["otc-2026"], token=TOKEN, access_key=ACCESS_KEY, secret_key=SECRET_KEY) as running:
        yield running


@pytest.fixture
def client(server: Any) -> Iterator[httpx.Client]:
    headers = {"X-Auth-Token": TOKEN}
    with httpx.Client(base_url=server.url, headers=headers, trust_env=False, verify=False) as found:
        yield found


def parts(client: httpx.Client) -> dict[str, str]:
    response = client.get("/_mock/now")
    assert response.status_code == 200
    return Parts(response.text).texts


def export(client: httpx.Client, server: Any, **body: Any) -> httpx.Response:
    return client.post(f"/v1.0/{server.project_id}/streaming/jobs/export", json=body)


def test_a_mock_that_just_began_has_words_for_what_is_empty(client: httpx.Client) -> None:
    """No request, no task, no object and no fault are sentences; jobs are there."""
    found = parts(client)
    assert found["requests"] == "Requests 0 No request has come yet."
    assert found["tasks"] == "Tasks 0 No import has run as a task yet."
    assert found["objects"] == "Stored objects 0 In memory No object is stored yet."
    assert found["faults"] == "Faults 0 No fault is set; PUT /_mock/faults sets some."
    assert "jobs: job_batch , job_spark , job_stream , myJob" in found["jobs"]
    assert "9223372036854775807 last-id" in found["jobs"]


def test_a_request_stands_beside_what_was_wrong_with_it(client: httpx.Client, server: Any) -> None:
    """A violation, a fault, a refusal, and a path that no operation has; a request that is right has none of these."""
    client.put("/_mock/faults", json={"faults": ["zip-cut@exportJob"]})
    jobs = f"/v1/{server.project_id}/jobs"
    export(client, server, obs_dir="x", is_selected=True, job_selected=[100])
    export(client, server, obs_dir=5)
    client.post(f"{jobs}/myJob/export")
    client.get(f"{jobs}/nope")
    client.post("/x/y")
    found = parts(client)
    assert found["requests"].startswith("Requests 5 · 4 with something wrong")
    # Newest first.
    rows = [text for key, text in found.items() if key.startswith("request-")]
    for row, words in zip(
        rows,
        (
            "/x/y 404 the document has no such operation",
            "nope 400 refused: the request keeps to the document",
            "export 200 fault zip-cut",
            "export 400 exportFlinkJobs body#",
            "export 200 exportFlinkJobs host:",
        ),
        strict=True,
    ):
        assert words in row
    assert found["faults"] == "Faults 1 zip-cut@exportJob"


def test_a_task_stands_beside_its_jobs(server: Any, client: httpx.Client) -> None:
    """An import is a task that runs or has ended, with the status of each job."""
    job = json.dumps({"name": "fresh", "nodes": [], "schedule": {"type": "EXECUTE_ONCE"}, "processType": "BATCH"})
    asyncio.run(server.storage.put("b/in.zip", pack({"jobs/fresh.job": job.encode()})))
    done = client.post(f"/v1/{server.project_id}/jobs/import", json={"path": "obs://b/in.zip"})
    assert done.status_code < 300, done.text
    found = parts(client)
    assert re.search(r"Tasks 1 importJob \w+ in workspace default has ended: fresh SUCCESSFUL$", found["tasks"])
    assert "b/in.zip" in found["objects"]


def test_foreign_names_stay_texts(client: httpx.Client, server: Any) -> None:
    """Markup in a job's name, an object's name, a path and a body is shown as it is; hidden letters are numbers."""
    seed = {f"{server.project_id}/flink/7.json": {"name": HOSTILE}}
    assert client.post("/_mock/seed", json=seed).status_code == 200
    export(client, server, obs_dir=f"x/{HOSTILE}\u202e", is_selected=True, job_selected=[7])
    client.post("/<script>")
    page = client.get("/_mock/now").text
    assert "img" not in Parts(page).tags
    assert page.count("<script") == 1
    assert page.count("&lt;img src=x onerror=alert(1)&gt;") >= 3
    assert "\\u202e" in page
    assert not redact.unseen(page, "\n\t")


def test_no_secret_is_on_the_page(client: httpx.Client, server: Any) -> None:
    """Token and keys are nowhere, however spelled: as names of objects and jobs, in paths, headers and bodies."""
    secrets = (TOKEN, ACCESS_KEY, SECRET_KEY)
    for number, secret in enumerate(secrets):
        for spelling in spellings(secret).values():
            client.post("/x", content=spelling.encode(), headers={b"X-Echo": spelling.replace("\0", "").encode()})
            client.post(f"/{quote(spelling, safe='%')}")
        seed = {f"{server.project_id}/flink/{number}.json": {"name": f"job {secret}"}}
        client.post("/_mock/seed", json=seed)
        export(client, server, obs_dir=f"x/{secret}", is_selected=True, job_selected=[number])
        export(client, server, **{secret: 1})
    page = client.get("/_mock/now").text
    assert "job [redacted]" in page
    assert "x/[redacted]/" in page
    assert [secret for secret in secrets if leaks(page, secret)] == []
    for request in client.get("/_mock/requests").json()["requests"]:
        for name, value in request.items():
            assert not [secret for secret in secrets if leaks(str(value), secret)], (name, value)


def test_objects_in_a_folder_are_listed(tmp_path: Path) -> None:
    """The storage of the command is a folder; its objects are shown too."""
    with serve(DESCRIBED.documents["otc-2026"], storage=FolderStorage(tmp_path)) as server:
        (tmp_path / "b").mkdir()
        (tmp_path / "b/x.zip").touch()
        page = httpx.get(f"{server.url}/_mock/now", trust_env=False, verify=False).text
    assert Parts(page).texts["objects"] == f"Stored objects 1 In {tmp_path} b/x.zip"


def test_a_page_of_another_origin_is_refused(server: Any) -> None:
    """The guard of the control API is before the page."""
    headers = {"Origin": "http://elsewhere"}
    response = httpx.get(f"{server.url}/_mock/now", headers=headers, trust_env=False, verify=False)
    assert response.status_code == 403
    response = httpx.get(f"{server.url}/_mock/now", headers={"Host": "elsewhere"}, trust_env=False, verify=False)
    assert response.status_code == 403


def test_a_large_mock_is_not_shown_whole(client: httpx.Client, server: Any) -> None:
    """Of many names and requests the page has the first, or the last, and the number of the others."""
    seed = {f"{server.project_id}/flink/{number}.json": {"name": f"job{number}"} for number in range(1000, 1300)}
    client.post("/_mock/seed", json=seed)
    for _ in range(60):
        client.get("/x")
    found = parts(client)
    assert "and 103 more" in found["jobs"]
    assert "10 older: /_mock/requests" in found["requests"]
    assert len([key for key in found if key.startswith("request-")]) == 50
