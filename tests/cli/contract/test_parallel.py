"""Runs at the same time, each in a process: their order, their problems, and Ctrl-C."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from jobexport.cli.contract import parallel
from jobexport.cli.contract.parallel import EditionTask, check_all
from jobexport.errors import JobexportError
from tests.making.waits import until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def meeting(document: Any, _target: Any, *, progress: Any, folder: Path, last: bool) -> Any:
    """Return the document's name when all runs are there; the last one first."""
    progress(document["name"], 1)
    (folder / document["name"]).touch()
    until(lambda: len(list(folder.iterdir())) >= 2)
    if not last:
        until((folder / "done").exists)
    (folder / "done").touch()
    return document["name"]


def waiting(document: Any, _target: Any, *, progress: Any) -> Any:
    """Return after Ctrl-C, or after half a minute in vain."""
    try:
        progress(document["name"], 1)
        for _ in range(30):
            time.sleep(1)
    except KeyboardInterrupt:
        return f"{document['name']} interrupted"


class Cut:
    """A report during whose sending Ctrl-C comes."""

    def __reduce__(self) -> Any:
        os.kill(os.getpid(), signal.SIGINT)
        return str, ("whole",)


def reporting(_document: Any, _target: Any, *, progress: Any) -> Any:
    """Return a report during whose sending Ctrl-C comes."""
    del progress
    return Cut()


def refusing(document: Any, _target: Any, *, progress: Any) -> Any:
    """End as the document says."""
    if document["name"] == "crash":
        os._exit(7)
    if document["name"] == "problem":
        raise JobexportError("cannot write reports; choose another --report-dir")
    return waiting(document, None, progress=progress)


def tasks(function: Any, *names: str, **options: Any) -> list[Any]:
    return [EditionTask(function, {"name": name}, options) for name in names]


@pytest.fixture(autouse=True)
def two_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parallel, "_cores", lambda: 2)


def test_runs_are_at_the_same_time_and_reports_in_order(tmp_path: Path) -> None:
    """Two runs that wait for each other end, and the reports have the order of the tasks, not of the ends."""
    first, second = tasks(meeting, "a", folder=tmp_path, last=False), tasks(meeting, "b", folder=tmp_path, last=True)
    steps: list[str] = []
    reports: list[Any] = [*check_all([*first, *second], lambda text, _steps: steps.append(text))]
    assert reports == ["a", "b"]
    assert sorted(steps) == ["a", "b"]


def test_ctrl_c_ends_all_runs_and_begins_no_other() -> None:
    """Each run that was begun ends with its report; the third is not begun, and the handler before is back."""
    before, begun = signal.getsignal(signal.SIGINT), set()

    def progress(name: str, _steps: int) -> None:
        begun.add(name)
        if begun == {"a", "b"}:
            os.kill(os.getpid(), signal.SIGINT)

    reports: list[Any] = [*check_all(tasks(waiting, "a", "b", "c"), progress)]
    assert reports == ["a interrupted", "b interrupted"]
    assert begun == {"a", "b"}
    assert signal.getsignal(signal.SIGINT) is before


def test_a_process_that_begins_while_ctrl_c_comes_ends_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """The signal that comes before the process is known reaches it; its run is not begun, so it has no report."""
    held = parallel._held

    @contextlib.contextmanager
    def interrupted(number: signal.Signals) -> Iterator[None]:
        with held(number):
            yield
            os.kill(os.getpid(), number)

    monkeypatch.setattr(parallel, "_held", interrupted)
    assert check_all(tasks(waiting, "a", "b"), lambda *_: None) == []


def test_ctrl_c_cuts_no_report() -> None:
    """A report that is being sent when Ctrl-C comes arrives."""
    reports: list[Any] = [*check_all(tasks(reporting, "a"), lambda *_: None)]
    assert reports == ["whole"]


@pytest.mark.parametrize(
    ("name", "words"),
    [("problem", "choose another --report-dir"), ("crash", "ended with exit code 7 and without a report")],
)
def test_a_run_that_cannot_be_done_ends_the_others(name: str, words: str) -> None:
    """The problem of one run is the problem of all; a run that would go on for ever is ended."""
    with pytest.raises(JobexportError, match=words):
        check_all(tasks(refusing, "endless", name), lambda *_: None)


def test_the_command_runs_all_editions_at_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without --url each edition is a task with its own folder; if none was begun, the command ends with 2."""
    from jobexport.cli.commands import cli
    from jobexport.spec import editions

    given: list[Any] = []

    def none_begun(found: Any, _progress: Any) -> list[Any]:
        given.extend(found)
        return []

    monkeypatch.setattr(parallel, "check_all", none_begun)
    result = CliRunner().invoke(cli, ["contract", "--seed", "3", "--report-dir", str(tmp_path)])
    assert not list(tmp_path.iterdir())
    assert [task.document["info"]["x-edition"] for task in given] == [edition.id for edition in editions()]
    assert [task.options["report_dir"].name for task in given] == [edition.id for edition in editions()]
    assert {task.options["seed"] for task in given} == {3}
    assert (result.exit_code, result.stderr) == (
        2,
        "Error: the run was interrupted; the reports are complete up to there\n",
    )
