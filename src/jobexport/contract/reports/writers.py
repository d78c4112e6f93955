"""Writes the report of a run as JUnit, HTML and JSON, every exchange as HAR, and the index of several runs."""

from __future__ import annotations

import base64
import contextlib
import json
import xml.etree.ElementTree as ElementTree
from datetime import UTC, datetime
from importlib.metadata import version
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

import harfile

from jobexport.contract.reports.model import Failure, OperationReport, as_plain
from jobexport.contract.reports.pages import KEPT, index_page, report_page, writable
from jobexport.core.disk.files import write_text
from jobexport.core.redact import unseen
from jobexport.errors import JobexportError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from jobexport.contract.reports.model import EditionReport
    from jobexport.contract.sending.journal import Headers, Recorded
    from jobexport.spec.register import Register

INDEX = "index.html"
JUNIT, HTML, JSON, HAR = NAMES = ("junit.xml", "report.html", "report.json", "exchanges.har")


def prepare(report_dir: Path) -> None:
    """Create the folder and remove the reports of an earlier run.

    Raises:
        JobexportError: the folder can't be written.
    """
    with _writing(report_dir):
        report_dir.mkdir(parents=True, exist_ok=True)
        for name in NAMES:
            (report_dir / name).unlink(missing_ok=True)


def remove_index(folder: Path) -> None:
    """Remove the page that leads to the reports of earlier runs.

    Raises:
        JobexportError: the folder can't be written.
    """
    with _writing(folder):
        (folder / INDEX).unlink(missing_ok=True)


def write_index(reports: Sequence[EditionReport], folder: Path) -> None:
    """Write the page that leads to the reports of several runs, which are in folders of this folder; no run, no page.

    Raises:
        JobexportError: the folder can't be written.
    """
    if reports:
        write_text(folder / INDEX, index_page(reports))


@contextlib.contextmanager
def _writing(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as problem:
        raise JobexportError(f"cannot write {folder}: {problem.strerror}; choose another --report-dir") from None


def write(report: EditionReport, report_dir: Path, exchanges: Iterable[Recorded], register: Register) -> None:
    """Write all reports into the folder; the page shows the entries of the register that it names.

    Raises:
        JobexportError: the folder can't be written.
    """
    write_text(report_dir / JUNIT, _junit(report))
    write_text(report_dir / HTML, report_page(report, register))
    write_text(report_dir / JSON, _json(as_plain(report)) + "\n")
    with _writing(report_dir), (report_dir / HAR).open("w", encoding="utf-8") as file:
        _write_har(file, exchanges)


def _json(value: Any) -> str:
    r"""Return a value as JSON in which letters stay as they are, and `\u` stands for what nobody sees."""
    text = json.dumps(value, indent=2, ensure_ascii=False)
    return text.translate({ord(letter): json.dumps(letter)[1:-1] for letter in unseen(text, KEPT)})


def _junit(report: EditionReport) -> str:
    suites = ElementTree.Element("testsuites", name="jobexport contract")
    for operation in report.operations.values():
        suite = ElementTree.SubElement(suites, "testsuite", name=f"{report.edition} {operation.operation}")
        properties = ElementTree.SubElement(suite, "properties")
        for name, value in (("url", report.url), ("seed", report.seed), ("sequence", report.sequence)):
            ElementTree.SubElement(properties, "property", name=name, value=str(value))
        counts = [_junit_case(suite, report.edition, operation, check) for check in _checks(operation)]
        for problem in _unproven(report, operation):
            case = ElementTree.SubElement(suite, "testcase", classname=operation.operation, name="succeeded")
            ElementTree.SubElement(case, "failure", message=problem)
            counts.append((1, 0))
        suite.set("tests", str(len(counts)))
        suite.set("failures", str(sum(failed for failed, _ in counts)))
        suite.set("skipped", str(sum(skipped for _, skipped in counts)))
    run = ElementTree.SubElement(suites, "testsuite", name=f"{report.edition} run", tests="1")
    case = ElementTree.SubElement(run, "testcase", classname="run", name="came to its end")
    if report.errors or not report.complete:
        text = "\n".join([*report.errors, *filter(None, [report.ending])])
        ElementTree.SubElement(case, "error", message=writable(text.splitlines()[0])).text = writable(text)
        run.set("errors", "1")
    ElementTree.SubElement(case, "system-out").text = writable("\n".join(report.problems()))
    ElementTree.indent(suites)
    return ElementTree.tostring(suites, encoding="unicode", xml_declaration=True) + "\n"


def _junit_case(suite: ElementTree.Element, edition: str, operation: OperationReport, check: str) -> tuple[int, int]:
    """Add a test case for a check; return 1 or 0 for failed, and 1 or 0 for accepted."""
    case = ElementTree.SubElement(suite, "testcase", classname=f"{edition}.{operation.operation}", name=check)
    failures = [failure for failure in operation.failures.values() if failure.check == check]
    broken = [failure for failure in failures if not failure.accepted]
    accepted = [failure for failure in failures if failure.accepted]
    for failure in broken:
        node = ElementTree.SubElement(case, "failure", message=writable(_headline(failure)), type=check)
        node.text = writable(_as_text(failure))
    others = [failure for failure in operation.failures.values() if check in {each.check for each in failure.also}]
    if others and not failures:
        words = f"the same cause as {others[0].check}: {_headline(others[0])}"
        ElementTree.SubElement(case, "skipped", message=writable(words))
        return 0, 1
    if accepted and not broken:
        ElementTree.SubElement(case, "skipped", message=writable(f"accepted: {accepted[0].accepted}"))
    if accepted:
        output = "\n\n".join(f"accepted: {failure.accepted}\n{_as_text(failure)}" for failure in accepted)
        ElementTree.SubElement(case, "system-out").text = writable(output)
    return int(bool(broken)), int(bool(accepted) and not broken)


def _checks(operation: OperationReport) -> list[str]:
    broken = (each.check for failure in operation.failures.values() for each in failure.every)
    return list(dict.fromkeys([*operation.checks, *broken]))


def _unproven(report: EditionReport, operation: OperationReport) -> list[str]:
    if operation.operation not in report.never_succeeded:
        return []
    return ["never responded with 2xx, so the run proves little"]


def _headline(failure: Failure) -> str:
    return " ".join((failure.message or failure.title).split())


def _as_text(failure: Failure) -> str:
    lines = {
        "pointer": failure.pointer,
        "expected": failure.expected,
        "seen": failure.seen,
        "rests on": ", ".join(failure.rests_on),
        "page": ", ".join(failure.pages),
        "request": failure.curl,
    }
    also = [f"same cause: {each.check} in {each.responses} responses: {_headline(each)}" for each in failure.also]
    said = (f"{name}: {text}" for name, text in lines.items() if text)
    return "\n".join([failure.message or failure.title, *said, *also])


def _write_har(file: Any, exchanges: Iterable[Recorded]) -> None:
    with harfile.open(file, creator=harfile.Creator(name="jobexport", version=version("jobexport"))) as har:
        for recorded in exchanges:
            milliseconds = round(recorded.elapsed * 1000, 3)
            har.add_entry(
                startedDateTime=datetime.fromtimestamp(recorded.started, UTC),
                time=milliseconds,
                request=_har_request(recorded),
                response=_har_response(recorded),
                timings=harfile.Timings(send=0, wait=milliseconds, receive=0),
                comment=" ".join(filter(None, [recorded.sent.operation, recorded.sent.kind, recorded.problem])),
            )


def _har_request(recorded: Recorded) -> harfile.Request:
    sent = recorded.sent
    data = None
    if sent.content:
        media_type = next((value for name, value in sent.headers if name.lower() == "content-type"), "")
        data = harfile.PostData(mimeType=media_type, text=sent.content.decode("utf-8", "replace"))
    return harfile.Request(
        method=sent.method,
        url=sent.url,
        httpVersion="HTTP/1.1",
        headers=_records(sent.headers),
        queryString=_records(parse_qsl(urlsplit(sent.url).query, keep_blank_values=True)),
        bodySize=len(sent.content),
        postData=data,
    )


def _har_response(recorded: Recorded) -> harfile.Response:
    got = recorded.got
    if got is None:
        return harfile.Response(status=0, statusText="", httpVersion="", comment=recorded.problem)
    content = harfile.Content(size=recorded.size, mimeType=got.header("content-type"))
    try:
        content.text = got.content.decode()
    except UnicodeDecodeError:
        content.text, content.encoding = base64.b64encode(got.content).decode(), "base64"
    if recorded.size > len(got.content):
        content.comment = f"the first {len(got.content)} bytes"
    return harfile.Response(
        status=got.status,
        statusText="",
        httpVersion="HTTP/1.1",
        headers=_records(got.headers),
        content=content,
        redirectURL=got.header("location"),
        bodySize=recorded.size,
    )


def _records(pairs: Headers | Iterable[tuple[str, str]]) -> list[harfile.Record]:
    return [harfile.Record(name=name, value=value) for name, value in pairs]
