"""The reports of a failing run."""

from __future__ import annotations

import http.server
import json
import shlex
import subprocess
import threading
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from jobexport import mock
from jobexport.cli.contract.command import problems
from jobexport.cli.contract.embedded import mock_data
from jobexport.contract import Data, EditionReport, Live, check_edition
from jobexport.contract.reports.gather import Judgement
from jobexport.contract.reports.model import as_curl
from jobexport.contract.scenarios.tools import BrokenClaim
from jobexport.contract.sending.journal import Sent
from jobexport.core import redact
from jobexport.core.redact import Redaction
from jobexport.spec import load_register
from tests.drift.making.described import DESCRIBED
from tests.making.documents import exporting
from tests.making.spellings import leaks, spellings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("warm")

TOKEN = "a-secret-token-to-look-for"


@pytest.fixture(scope="module")
def failing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Any, Any, Any]]:
    """Yield report, folder and server of a run with wrong responses; the server still runs."""
    folder = tmp_path_factory.mktemp("failing")
    document = exporting(DESCRIBED.documents["otc-2024"])
    faults = ("wrong-type@exportFlinkJobs", "wrong-content-type@exportJob", "status-418@batchExportJobs")
    with mock.serve(DESCRIBED.documents["otc-2024"], token=TOKEN, faults=faults) as server:
        report = check_edition(document, server.url, mock_data(server), seed=1, report_dir=folder, max_examples=2)
        yield report, folder, server


def failure(report: Any, check: Any) -> Any:
    """Return the first failure of a check, also one that is told under another check with the same cause."""
    return next(each for _, failure in report.failures for each in failure.every if each.check == check)


def test_a_wrong_type_leads_to_the_page_that_says_the_type(failing: tuple[Any, Any, Any]) -> None:
    """A failure of the schema has the pointer, the register ids of the place, their page, and the seen value."""
    found = failure(failing[0], "response_schema_conformance")
    assert found.pointer == "/is_success"
    assert found.rests_on == ("DLI-002", "DLI-003")
    assert found.pages == ("dli_02_0254 (2024-05)",)
    assert '"boolean"' in found.expected
    assert "is not of type" in found.seen


def test_a_wrong_content_type_leads_to_the_response(failing: tuple[Any, Any, Any]) -> None:
    """The failure has the register ids of the response, and the expected and seen media type."""
    found = failure(failing[0], "content_type_conformance")
    assert found.rests_on == ("DGC-005", "DGC-007", "DGC-009", "DGC-012")
    assert (found.expected, found.seen) == ("Content-Type application/octet-stream", "text/plain")


def test_a_wrong_definition_in_a_zip_leads_to_the_page_that_creates_it() -> None:
    """A failure inside a `.job` keeps the register ids of the request that creates a job, and names its page."""
    document = DESCRIBED.documents["huaweicloud-cn-2020"]
    judgement = Judgement(EditionReport("huaweicloud-cn-2020", "", {}), document, load_register(), (), Redaction.of(()))
    judgement.add_broken_claim("exportJob", BrokenClaim("member_schema", ("DGC-401",), "/jobType", "m", "e", "c"))
    [found] = judgement.found
    assert found.failure.rests_on == ("DGC-401",)
    assert found.failure.pages == ("dgc_02_0084 of 2021-10-15",)


def test_a_status_that_no_page_has_leads_to_the_operation(failing: tuple[Any, Any, Any]) -> None:
    """The failure has the register ids of the operation, because the document lacks the response."""
    found = failure(failing[0], "status_code_conformance")
    assert "DGC-103" in found.rests_on
    assert found.seen == "status 418"
    assert found.expected.startswith("status 200, 400")


def test_every_id_that_failures_rest_on_stands_in_the_register(failing: tuple[Any, Any, Any]) -> None:
    """Each failure has ids of the register, a page, a curl command and its exchange."""
    known = {entry.id for entry in load_register().entries}
    assert failing[0].failures
    for _, found in failing[0].failures:
        assert set(found.rests_on) <= known
        assert found.pages
        assert found.curl.startswith("curl -X ")
        assert found.exchange is not None


def test_the_curl_command_shows_the_failure_again(failing: tuple[Any, Any, Any]) -> None:
    """With the token in the environment, the curl command gets the same wrong response."""
    report, _, _ = failing
    command = (
        f"{failure(report, 'status_code_conformance').curl} --silent --output /dev/null --write-out '%{{http_code}}'"
    )
    done = subprocess.run(  # noqa: S602  # it is what people paste into a shell
        command,
        shell=True,
        env={"JOBEXPORT_TOKEN": TOKEN, "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "418", done.stderr


def test_junit_has_a_case_for_each_check_and_failures_in_full(failing: tuple[Any, Any, Any]) -> None:
    """A failed case has pointer, page and request, and the counts are right."""
    report, folder, _ = failing
    root = ElementTree.parse(folder / "junit.xml").getroot()  # noqa: S314  # we wrote it
    suites = {suite.get("name"): suite for suite in root.iter("testsuite")}
    assert set(suites) == {*(f"otc-2024 {operation}" for operation in report.operations), "otc-2024 run"}
    suite = suites["otc-2024 exportFlinkJobs"]
    cases = {case.get("name"): case for case in suite.iter("testcase")}
    text = "\n".join(failure.text or "" for failure in cases["documented_response"].iter("failure"))
    for part in ("pointer: /is_success", "rests on: DLI-002", "page: dli_02_0254 (2024-05)", "request: curl"):
        assert part in text
    assert "same cause: response_schema_conformance in " in text
    assert cases["archive_intact"].find("failure") is None
    assert int(suite.get("tests", "")) == len(cases)
    assert int(suite.get("failures", "")) == sum(case.find("failure") is not None for case in cases.values())
    assert {item.get("name"): item.get("value") for item in suite.iter("property")}["sequence"] == report.sequence


def test_the_page_needs_nothing_from_elsewhere(failing: tuple[Any, Any, Any]) -> None:
    """The page has every failure, and no script, link or image."""
    report, folder, _ = failing
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert not [mark for mark in ("<script", "<link", "src=", "@import", "url(") if mark in page]
    for _, found in report.failures:
        assert f"<code>{found.check}</code>" in page
    assert "dli_02_0254 (2024-05)" in page


def test_the_archive_has_every_exchange(failing: tuple[Any, Any, Any]) -> None:
    """The HAR file has an entry for each request, with the body of the response, also of zips."""
    report, folder, _ = failing
    log = json.loads((folder / "exchanges.har").read_text(encoding="utf-8"))["log"]
    assert log["version"] == "1.2"
    assert len(log["entries"]) == report.requests > 50
    bodies = [entry["response"]["content"] for entry in log["entries"]]
    assert any(body.get("encoding") == "base64" and body["text"].startswith("UEsDB") for body in bodies)
    assert {entry["response"]["status"] for entry in log["entries"]} >= {200, 400, 401, 418}


def test_the_figures_are_the_same_everywhere(failing: tuple[Any, Any, Any]) -> None:
    """JSON and report have equal figures, and the responses of an operation sum up to its cases."""
    report, folder, _ = failing
    written = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    assert (written["requests"], written["sequence"], written["seed"]) == (report.requests, report.sequence, 1)
    for operation in written["operations"]:
        assert (
            sum(operation["responses"].values())
            == operation["cases"]
            == report.operations[operation["operation"]].total
        )
    flink = written["operations"][0]
    assert flink["share"] == round(flink["succeeded"] / flink["valid"], 3) > 0.5


def test_no_report_holds_the_token_or_the_key(failing: tuple[Any, Any, Any]) -> None:
    """Token and key are in no report, of signed requests and of requests with a token."""
    report, folder, server = failing
    secrets = (TOKEN, server.secret_key, server.access_key)
    shown = repr(report) + "".join(found.curl + found.message + found.seen for _, found in report.failures)
    for text in (shown, *(path.read_text(encoding="utf-8") for path in folder.iterdir())):
        assert not [secret for secret in secrets if secret in text]


class Echo(http.server.BaseHTTPRequestHandler):
    """A server that refuses every request and quotes its headers, and its token in every spelling, as gateways do."""

    protocol_version = "HTTP/1.1"

    def respond(self) -> None:
        self.rfile.read(int(self.headers.get("content-length") or 0))
        said = " ".join([str(dict(self.headers)), *spellings(TOKEN).values(), "\u202eturned\u200b"])
        content = json.dumps({"error_code": "DLF.3051", "error_msg": said}).encode()
        self.send_response(400)
        for number, spelling in enumerate(spellings(TOKEN).values()):
            self.send_header(f"X-Echo-{number}", spelling.replace("\0", "%00"))
            self.send_header("Set-Cookie", f"c{number}={spelling}".replace("\0", "%00"))
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = respond  # noqa: N815  # the base class's names

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture(scope="module")
def refused(tmp_path_factory: pytest.TempPathFactory) -> tuple[EditionReport, Path]:
    """A run against a server that refuses everything: its report and its folder."""
    folder = tmp_path_factory.mktemp("refused")
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Echo) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        report = check_edition(
            exporting(DESCRIBED.documents["otc-2026"]),
            f"http://127.0.0.1:{server.server_port}",
            Data("p", ("myJob",), (1,), token=TOKEN),
            seed=1,
            report_dir=folder,
            api="dgc",
            max_examples=2,
            live=Live(rate=500),
        )
        server.shutdown()
        thread.join()
    return report, folder


def test_a_refusal_of_valid_requests_is_found(refused: tuple[EditionReport, Path]) -> None:
    """A server that calls everything invalid fails as such."""
    assert ("exportJob", "valid_request_refused") in {(name, failure.check) for name, failure in refused[0].failures}


def test_a_server_that_gives_secrets_back_does_not_bring_them_into_a_report(
    refused: tuple[EditionReport, Path],
) -> None:
    """Secrets in a response's headers and body are in no report and in no failure's message, however spelled."""
    report, folder = refused
    assert "[redacted]" in (folder / "exchanges.har").read_text(encoding="utf-8")
    assert report.failures
    assert not leaks(repr(report), TOKEN)
    assert not leaks("\n".join(problems(report)), TOKEN)
    for path in folder.iterdir():
        assert not leaks(path.read_text(encoding="utf-8"), TOKEN), path


@pytest.mark.parametrize("name", ["report.html", "junit.xml", "report.json", "exchanges.har"])
def test_a_report_has_no_character_that_turns_text(refused: tuple[EditionReport, Path], name: str) -> None:
    """What a server sends to turn or to hide text is shown by its number."""
    text = (refused[1] / name).read_text(encoding="utf-8")
    assert "\\u202e" in text
    assert not redact.unseen(text, "\n\t\xa0")


def test_a_curl_command_is_safe_to_paste() -> None:
    """Every part of the request is quoted, and the token is a variable of the environment."""
    headers = (("X-Auth-Token", "[redacted]"), ("workspace", "a'b$(id)"), ("Host", "h"), ("Content-Length", "3"))
    command = as_curl(Sent("o", "positive", "1", "POST", "http://h/v1/%2e%2e/x?a='b", headers, b"it's `x`"))
    assert shlex.split(command) == [
        "curl", "-X", "POST", "-H", "X-Auth-Token: $JOBEXPORT_TOKEN", "-H", "workspace: a'b$(id)",
        "--data-binary", "it's `x`", "--path-as-is", "http://h/v1/%2e%2e/x?a='b",
    ]  # fmt: skip
