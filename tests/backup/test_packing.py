"""The zips of a restore: their order, their sizes, their layout, and the requests that they cost."""

from __future__ import annotations

import io
import zipfile
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from jobexport import JobArchive
from jobexport.backup.content import limits
from jobexport.backup.folder.tree import opened
from jobexport.backup.restore import packing, session
from jobexport.backup.restore.journal import RestoreJournal
from jobexport.backup.restore.source import RestoreSource
from jobexport.errors import TargetUnwritable
from tests.backup.making.folders import backup, ordinary
from tests.backup.making.restoring import empty, left, operations, restore

if TYPE_CHECKING:
    from pathlib import Path

    from tests.backup.making.workspace import Workspace


def test_a_job_comes_after_those_that_it_needs() -> None:
    """The order is that of names, but for needs; a circle and a job that is not restored stand in no one's way."""
    refs = {
        ("job", "a"): ("job:z",),
        ("job", "z"): ("job:m", "job:gone", "script:s"),
        ("job", "m"): ("job:a",),
        ("job", "b"): ("job:b",),
    }
    assert packing.ordered(["z", "b", "m", "a", "c"], refs) == ["m", "z", "a", "b", "c"]


def test_the_same_jobs_are_the_same_bytes(tmp_path: Path) -> None:
    """A zip has the layout of a batch export, and no time of its own."""
    ordinary(tmp_path)
    with opened(tmp_path) as tree:
        source = RestoreSource.of(tree, "dgc", None, None)
        content = packing.pack(source, ["a", "b"], {"a": ["s"]})
        assert packing.pack(source, ["b", "a"], {"a": ["s"]}) == content
    names = zipfile.ZipFile(io.BytesIO(content)).namelist()
    assert names == ["jobs/a/a.job", "jobs/a/s.script", "jobs/b/b.job"]
    assert [job.name for job in JobArchive.open(io.BytesIO(content)).jobs] == ["a", "b"]


def test_a_zip_has_at_most_as_many_bytes_as_an_import_takes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Jobs go on to the next zip when the next job could exceed the limit; a job that exceeds it alone is a problem."""
    monkeypatch.setattr(limits, "SAFE_ZIP", 5000)
    large: dict[str, Any] = {"nodes": [], "params": [{"name": "p", "value": "x" * 400}]}
    backup(tmp_path, {"a": large, "b": large, "c": large, "d": large})
    with opened(tmp_path) as tree:
        source = RestoreSource.of(tree, "dgc", None, None)
        assert list(packing.groups(source, "abcd")) == [("a", "b", "c"), ("d",)]
        assert source.checked().problems == ()
        monkeypatch.setattr(limits, "SAFE_ZIP", 100)
        assert "with its scripts it takes" in source.checked().problems[0]


def test_a_hundred_jobs_cost_three_requests(workspace: Workspace, tmp_path: Path) -> None:
    """A group costs an import, one look at its task and one batch export; the lists come once."""
    for number in range(247):
        workspace.job(f"j{number}")
    workspace.put().back_up(tmp_path)
    empty(workspace.server)
    assert restore(workspace.server, tmp_path).complete
    assert Counter(operations(workspace.server)) == {
        "listJobs": 2, "listScripts": 2, "listResources": 2, "createScript": 1, "createResource": 1,
        "importJob": 3, "showSystemTask": 3, "batchExportJobs": 3,
    }  # fmt: skip


def test_a_zip_that_stays_in_obs_is_named_and_removed_later(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If a zip can't be removed, the restore is complete, a note names the zip, and the next restore removes it."""
    workspace.back_up(tmp_path)
    empty(workspace.server)
    with monkeypatch.context() as patch:
        patch.setattr(session, "remove", lambda *_: "the service responds with 403")
        result = restore(workspace.server, tmp_path)
    (zip_,) = left(workspace.server)
    assert result.complete
    assert f"{zip_} could not be removed from OBS" in result.notes[0]
    assert restore(workspace.server, tmp_path).complete
    assert left(workspace.server) == []


@pytest.mark.parametrize("states", [{"sent"}, {"running", "ended"}], ids=["before", "after"])
def test_a_full_disk_stops_imports_that_are_not_sent_yet(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, states: set[str]
) -> None:
    """If the journal can't be written before a request, it is not sent; after it, the import is followed."""
    workspace.back_up(tmp_path)
    empty(workspace.server)
    written = RestoreJournal.note

    def full(journal: RestoreJournal, zip_: str, state: str, task: str | None = None) -> None:
        if state in states:
            raise TargetUnwritable("the disk is full")
        written(journal, zip_, state, task)

    monkeypatch.setattr(RestoreJournal, "note", full)
    result = restore(workspace.server, tmp_path)
    assert operations(workspace.server).count("importJob") == len(states) - 1
    assert result.complete is ("sent" not in states)
    assert left(workspace.server) == []
