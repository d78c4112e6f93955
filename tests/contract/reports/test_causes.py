"""One cause is one failure: a server with seven faults gets seven failures in each report."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from typing import TYPE_CHECKING, Any

import pytest

from jobexport import mock
from jobexport.cli.contract.command import problems
from jobexport.contract import Data, check_edition
from jobexport.contract.reports.causes import Came, cause, first
from jobexport.contract.reports.model import Failure
from tests.drift.making.described import DESCRIBED
from tests.making.documents import exporting
from tests.making.serving import serving

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("warm")

EDITION, TOKEN = "otc-2026", "a-secret-token"
JOBS = ("myJob", "job_batch", "job_stream")


class Wrong:
    """The mock, less right: what it takes and sends is changed in seven places."""

    def __init__(self) -> None:
        self.app = mock.create_app(exporting(DESCRIBED.documents[EDITION]), token=TOKEN)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Respond to one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        content, more = b"", True
        while more:
            message = await receive()
            content, more = content + message.get("body", b""), message.get("more_body", False)
        path, sent = scope["path"], []
        content, broken = _without_unknown(path, content)
        length = [(name, value) for name, value in scope["headers"] if name != b"content-length"]
        scope = scope | {"headers": [*length, (b"content-length", str(len(content)).encode())]}

        async def given() -> Any:
            return {"type": "http.request", "body": content, "more_body": False}

        async def keep(message: Any) -> None:
            sent.append(message)

        await self.app(scope, given, keep)
        status, headers = sent[0]["status"], dict(sent[0]["headers"])
        body = b"".join(message.get("body", b"") for message in sent[1:])
        if broken and status == 400:
            status, headers, body = 500, {b"content-type": b"text/plain"}, b"Internal Server Error"
        status, body = _responded(path, status, headers, body)
        headers[b"content-length"] = str(len(body)).encode()
        await send({"type": "http.response.start", "status": status, "headers": list(headers.items())})
        await send({"type": "http.response.body", "body": body})


def _without_unknown(path: str, content: bytes) -> tuple[bytes, bool]:
    """Return a request in which a batch has no unknown job, and whether it is broken JSON, which ends in a 500."""
    if not path.endswith("/batch-export"):
        return content, False
    try:
        asked = json.loads(content)
    except ValueError:
        return content, bool(content)
    if isinstance(asked, dict) and isinstance(names := asked.get("jobList"), list):
        known = [name for name in names if name in JOBS]
        unknown = [name for name in names if isinstance(name, str) and name.startswith("no-such-job")]
        kept = [name for name in names if name not in unknown]
        return json.dumps(asked | {"jobList": kept}).encode() if known else content, False
    return content, False


def _responded(path: str, status: int, headers: dict[bytes, bytes], body: bytes) -> tuple[int, bytes]:
    if path.endswith("/streaming/jobs/export"):
        return status, body.replace(b'"is_success"', b'"isSuccess"')
    if path.endswith("/batch-export"):
        return status, body
    if status == 401:
        return 403, body.replace(b"APIGW.0301", b"DLF.3051")
    if b"DLF.0100" in body and status == 400:
        return 404, body
    if status == 200:
        name = path.split("/")[-2]
        headers |= {b"content-type": b"application/zip"}
        headers |= {b"content-disposition": f'attachment; filename="{name}.zip"'.encode()}
    return status, body


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Path]:
    """One run against the wrong server: its report and its folder."""
    folder = tmp_path_factory.mktemp("wrong")
    data = Data(mock.EXAMPLE_PROJECT, JOBS, (100,), token=TOKEN)
    with serving(Wrong()) as url:
        return check_edition(
            exporting(DESCRIBED.documents[EDITION]), url, data, seed=1, report_dir=folder, max_examples=3
        ), folder


SEVEN = {
    ("exportFlinkJobs", "undocumented_field", "200 application/json"),
    ("exportJob", "error_code", "403 application/json, DLF.3051"),
    ("exportJob", "unknown_job", "404 application/json, DLF.0100"),
    ("exportJob", "documented_response", "200 application/zip"),
    ("exportJob", "file_name", "200 application/zip"),
    ("batchExportJobs", "broken_json", "500 text/plain"),
    ("batchExportJobs", "unknown_job", "200 application/octet-stream"),
}


def test_seven_faults_are_seven_failures(run: tuple[Any, Any]) -> None:
    """Each fault is told once, with what came, the page that says what is right, and all rules that it breaks."""
    report, _ = run
    assert {(name, failure.check, failure.seen) for name, failure in report.failures} == SEVEN
    assert len(report.failures) == len(SEVEN)
    assert all(failure.pages and failure.expected and failure.curl for _, failure in report.failures)
    (missing,) = [failure for name, failure in report.failures if (name, failure.check) == ("exportJob", "unknown_job")]
    assert {"error_code", "legal_names", "dots"} <= {other.check for other in missing.also}


def test_every_report_has_the_seven(run: tuple[Any, Path]) -> None:
    """The terminal, JSON, JUnit and HTML have the same failures, one for each cause."""
    report, folder = run
    told = [text for text in problems(report) if "\n  right: " in text]
    assert len(told) == len(SEVEN)
    assert all("\n  came: " in text and "\n  rests on " in text for text in told)
    written = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    failures = [(found["operation"], failure) for found in written["operations"] for failure in found["failures"]]
    assert {(name, failure["check"], failure["seen"]) for name, failure in failures} == SEVEN
    root = ElementTree.parse(folder / "junit.xml").getroot()  # noqa: S314  # we wrote it
    assert len(list(root.iter("failure"))) == len(SEVEN)
    skipped = {
        case.get("name"): case.find("skipped") for case in root.iter("testcase") if "exportJob" in str(case.attrib)
    }
    assert (same := skipped["legal_names"]) is not None
    assert same.get("message", "").startswith("the same cause as unknown_job: documented for an unknown job is 400")
    assert (folder / "report.html").read_text(encoding="utf-8").count("<details id=") == len(SEVEN)


def failure(check: str, pointer: str = "", title: str = "", accepted: str = "") -> Failure:
    return Failure(check, title, "", "", pointer=pointer, accepted=accepted)


BUSY = Came(500, "text/plain", "", documented=False)
MISSING = Came(400, "application/json", "DLF.0100", documented=True)
FINE = Came(200, "application/json", "", documented=True)


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        ((failure("not_a_server_error"), BUSY), (failure("broken_json"), BUSY), True),
        ((failure("error_code", "/error_code"), BUSY), (failure("error_body"), BUSY), True),
        ((failure("undocumented_field", "/isSuccess"), FINE), (failure("missing_field", "/is_success"), FINE), True),
        ((failure("undocumented_field", "/trace"), FINE), (failure("missing_field", "/is_success"), FINE), False),
        ((failure("unknown_job"), FINE), (failure("unknown_name"), FINE), True),
        ((failure("unknown_job"), FINE), (failure("another_project"), FINE), False),
        # One documented error for two subjects is two causes, but any refusal of valid requests is one.
        ((failure("broken_body"), MISSING), (failure("another_project"), MISSING), False),
        ((failure("each_name"), MISSING), (failure("known_request_refused"), MISSING), True),
        ((failure("each_name"), MISSING), (failure("broken_body"), MISSING), False),
        # What is accepted stands apart from what is not.
        ((failure("error_body"), BUSY), (failure("error_code", accepted="known"), BUSY), False),
        ((failure("a_check", title="one"), FINE), (failure("a_check", title="two"), FINE), False),
    ],
)
def test_causes(one: Any, other: Any, equal: bool) -> None:
    """Failures have one cause if one response, one field or one subject is behind both."""
    (mine, came), (theirs, also_came) = one, other
    assert (cause(mine, "", came) == cause(theirs, "", also_came)) is equal


def test_the_sentence_that_knows_the_request_comes_first() -> None:
    """Of failures with one cause the scenario of the refused request speaks; the others follow."""
    told = first([failure("not_a_server_error"), failure("error_code"), failure("unknown_job"), failure("legal_names")])
    assert [each.check for each in told.every] == ["unknown_job", "error_code", "legal_names", "not_a_server_error"]
