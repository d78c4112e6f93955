"""Runs against real servers: the mock of the right edition, of a wrong edition, and unreachable servers."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING, Any

import pytest

from jobexport import mock
from jobexport.cli.contract.embedded import mock_data
from jobexport.contract import Data, Tools, check_edition
from jobexport.contract.fuzz import process
from jobexport.contract.reports import writers
from jobexport.contract.reports.model import NOTHING_TO_TEST
from jobexport.errors import JobexportError
from jobexport.spec import load_edition
from jobexport.spec.document import operations
from tests.making.documents import exporting, only

if TYPE_CHECKING:
    from pathlib import Path

LABEL = "POST /v1.0/{project_id}/streaming/jobs/export"
pytestmark = pytest.mark.usefixtures("warm")

TOKEN = "a-secret-token-to-look-for"  # a value that would stand out in a report


def run(
    served: Any,
    checked: Any,
    folder: Path,
    *,
    token: Any = TOKEN,
    seed: int = 1,
    api: Any = None,
    max_examples: int = 2,
    part: Any = dict,
) -> Any:
    """Check the mock of an edition against the document of an edition; return the report."""
    with mock.serve(served, token=token) as server:
        return check_edition(
            part(load_edition(checked)),
            server.url,
            mock_data(server),
            seed=seed,
            report_dir=folder,
            api=api,
            max_examples=max_examples,
            tools=Tools(restore=server.core.restore, restore_path="/_mock/restore"),
        )


# Each kind of operation, and all operations of their paths: exports, and a job from its creation to its deletion.
# `make contract` asks all of every edition, and a test of the command those of one.
KINDS = ("exportFlinkJobs", "exportJob", "batchExportJobs", "listJobs", "createJob", "showJob", "deleteJob")


def of_each_kind(document: Any) -> Any:
    return only(document, KINDS)


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Any]:
    """One run of an edition's own mock where the environment names a dead proxy: its report and its folder."""
    folder = tmp_path_factory.mktemp("sound")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("NO_PROXY", "no_proxy"):
            patch.delenv(name, raising=False)
        patch.setenv("ALL_PROXY", "http://127.0.0.1:9")
        return run("huaweicloud-cn-2025", "huaweicloud-cn-2025", folder, part=of_each_kind), folder


def test_a_mock_keeps_its_own_editions_contract(sound: tuple[Any, Any]) -> None:
    """No failure, and of the requests that keep to the document at least a fifth succeeds, for each operation."""
    report, _ = sound
    assert report.failures == []
    assert report.passed
    for operation in report.operations.values():
        assert operation.succeeded >= 0.2 * operation.positive > 0


def test_a_scenario_that_sends_nothing_is_not_run(sound: tuple[Any, Any]) -> None:
    """A scenario whose subject the edition lacks is left out with the reason, and no check of the report."""
    report, _ = sound
    operation = report.operations["exportJob"]
    assert "each_name" in operation.checks
    for name in report.left_out:
        of, _, scenario = name.partition(", ")
        assert scenario not in report.operations[of].checks
    # No test here changes the mock's jobs.
    assert report.left_out["exportJob, changed_job"] == NOTHING_TO_TEST


def test_a_scenario_that_no_operation_needed_is_named_once(sound: tuple[Any, Any]) -> None:
    """The sentences name a scenario that sent nothing for any operation; one that ran for an operation is not named."""
    report, _ = sound
    (line,) = [problem for problem in report.problems() if NOTHING_TO_TEST in problem]
    assert "changed_job" in line
    assert not [name for operation in report.operations.values() for name in operation.checks if f" {name}," in line]


def test_a_run_in_which_schemathesis_checks_nothing_does_not_pass(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An operation whose responses schemathesis did not check is an error of the run, not a success."""
    nothing = [
        {"event": "scenario", "phase": "Fuzzing", "label": LABEL, "checks": {}, "failures": []},
        {"event": "finished", "reason": ["completed", ""]},
    ]
    monkeypatch.setattr(process, "events", lambda *_: iter(nothing))
    report = run("otc-2026", "otc-2026", tmp_path, api="dli")
    assert report.failures == []
    dli = [found.id for found in operations(load_edition("otc-2026")) if "dli" in found.tags]
    assert report.errors == [f"{name}: schemathesis checked no response, so it proves nothing" for name in dli]
    assert not report.passed


def test_ctrl_c_cuts_no_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If Ctrl-C comes when the requests are done and the reports are written, the reports are whole."""
    write, before = writers.write, signal.getsignal(signal.SIGINT)

    def interrupted(*values: Any) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        write(*values)

    monkeypatch.setattr(process, "events", lambda *_: iter([{"event": "finished", "reason": ["completed", ""]}]))
    monkeypatch.setattr(writers, "write", interrupted)
    report = run("otc-2026", "otc-2026", tmp_path, part=lambda document: only(document, ["exportJob"]))
    assert report.complete
    assert {path.name for path in tmp_path.iterdir()} == {"junit.xml", "report.html", "report.json", "exchanges.har"}
    assert signal.getsignal(signal.SIGINT) is before


def test_an_embedded_mock_is_reached_whatever_proxy_the_environment_names(sound: tuple[Any, Any]) -> None:
    """Neither the scenarios nor schemathesis, a process of its own, go through a proxy, which is dead here."""
    report, _ = sound
    assert all(operation.succeeded for operation in report.operations.values())


def test_a_run_reports_every_operation_of_the_document(sound: tuple[Any, Any]) -> None:
    """Operations stand in the document's order, each with its number of requests."""
    report, _ = sound
    assert list(report.operations) == list(KINDS)
    assert all(operation.total > operation.positive > 0 for operation in report.operations.values())


def test_a_run_writes_its_reports(sound: tuple[Any, Any]) -> None:
    """JUnit, HTML, JSON and HAR are there, and nothing else."""
    _, folder = sound
    assert sorted(path.name for path in folder.iterdir()) == [
        "exchanges.har",
        "junit.xml",
        "report.html",
        "report.json",
    ]


def test_another_editions_mock_is_told_apart(tmp_path: Path) -> None:
    """If two editions differ in responses, the checks that rest on the differences fail."""
    report = run("otc-2026", "huaweicloud-cn-2020", tmp_path, max_examples=2, part=exporting)
    assert {(operation, failure.check) for operation, failure in report.failures} >= {
        ("exportFlinkJobs", "undocumented_field"),
        ("exportJob", "export_depend"),
    }


def test_an_operation_that_never_succeeds_fails_the_run(tmp_path: Path) -> None:
    """A server that says of every job that it is missing breaks no rule, but the run does not pass."""
    with mock.serve("otc-2026") as server:
        data = Data(project=server.project_id, jobs=("noSuchJob",), flink_jobs=(1,), token=server.token)
        document = load_edition("otc-2026")
        # Examples in the document would name jobs that are there.
        document["components"]["parameters"]["JobName"]["example"] = "noSuchJob"
        document["components"]["schemas"]["JobName"]["examples"] = ["noSuchJob"]
        document = only(document, ["exportJob"])
        report = check_edition(document, server.url, data, seed=1, report_dir=tmp_path, max_examples=5)
    assert "exportJob" in report.never_succeeded
    assert not report.passed


def test_the_same_seed_makes_the_same_requests(tmp_path: Path) -> None:
    """A second run, on another port, has the same hash of its requests."""
    # hypothesis takes some of its examples from the modules that a process has imported: these two start alike.
    one, again = (run("otc-2026", "otc-2026", tmp_path, max_examples=2, part=exporting) for _ in range(2))
    assert len(again.sequence) == 64
    assert (again.sequence, again.requests) == (one.sequence, one.requests)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://127.0.0.1:1", "cannot reach http://127.0.0.1:1"),
        ("127.0.0.1:8080", "is not a URL; write it like"),
        ("http://127.0.0.1:http", "is not a URL"),
        ("http://a..b", "is not a URL"),
        ("http://127.0.0.1:1/?a=b", "is not a URL"),
        ("file:///etc/passwd", "is not a URL"),
        ("http://user:passw0rd@127.0.0.1:1", "has an @, is not a URL"),
    ],
)
def test_a_server_that_cannot_be_reached_is_one_sentence(url: str, words: str, tmp_path: Path) -> None:
    """The sentence names the URL; nothing is written."""
    document = load_edition("otc-2026")
    with pytest.raises(JobexportError) as problem:
        check_edition(document, url, Data.of_examples(document, TOKEN), seed=1, report_dir=tmp_path / "reports")
    assert words in str(problem.value)
    assert "passw0rd" not in str(problem.value)
    assert not (tmp_path / "reports").exists()


def test_a_report_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    """The sentence names the folder and the option."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(JobexportError, match="choose another --report-dir"):
        run("otc-2026", "otc-2026", tmp_path / "file" / "reports")
