"""Kills of a whole run against a mock: the backup is whole after each, and the next run needs no help."""

from __future__ import annotations

import contextlib
import errno
import os
import random
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from jobexport.backup import job_export, verify
from jobexport.core.disk.folders import OpenFolder
from jobexport.errors import NotABackup, TargetUnwritable
from tests.backup.making.folders import contents
from tests.backup.making.kills import Killed, killed_at
from tests.backup.making.workspace import PROJECT, Workspace

if TYPE_CHECKING:
    from pathlib import Path

PROGRAM = """
import os, signal, sys
from jobexport import DgcClient
from jobexport.backup import backup_workspace
from jobexport.core.disk.folders import OpenFolder
url, token, folder, last = sys.argv[1:]
count = 0
def counted(method):
    def call(*args, **options):
        global count
        count += 1
        if count == int(last):
            os.kill(os.getpid(), signal.SIGKILL)
        return method(*args, **options)
    return call
for name in ("create", "put", "remove", "make", "sync", "sync_files"):
    setattr(OpenFolder, name, counted(getattr(OpenFolder, name)))
with DgcClient("p1", auth=token, base_url=url) as client:
    backup_workspace(client, folder)
"""


def only_incomplete(folder: Path) -> bool:
    """Return True if the folder is no backup yet, or its only fault is that items of the service are still missing."""
    with contextlib.suppress(NotABackup):
        return all(problem.place == "jobexport-backup.json" for problem in verify(folder).problems)
    return True


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_first_run_that_is_killed_goes_on(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: bool
) -> None:
    """Killed at any step, also between the parts of a large first backup, the next run ends as an undisturbed one."""
    monkeypatch.setattr(job_export, "MOST_JOBS", 2)
    monkeypatch.setattr(job_export, "_INTERIM", 2)
    for number in range(4):
        workspace.job(f"j{number}")
    workspace.put()
    with killed_at(None) as steps:
        workspace.back_up(tmp_path / "whole", concurrency=1)
    assert steps.count("put") > 15
    chance = random.Random(after)  # noqa: S311  # the same steps each time
    parts = set()
    for number in sorted(chance.sample(range(1, len(steps) + 1), 7)):
        folder = tmp_path / str(number)
        with killed_at(number, after=after), contextlib.suppress(Killed):
            workspace.back_up(folder, concurrency=1)
        assert only_incomplete(folder), number
        with contextlib.suppress(NotABackup):
            parts.add(verify(folder).counts["job"])
        assert workspace.back_up(folder, concurrency=1).complete
        assert contents(folder) == contents(tmp_path / "whole"), number
    assert len(parts) > 1


def test_what_a_killed_run_has_fetched_is_not_fetched_again(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a kill behind the first part of a backup, the next run exports the other jobs only."""
    monkeypatch.setattr(job_export, "MOST_JOBS", 1)
    monkeypatch.setattr(job_export, "_INTERIM", 2)
    with killed_at(None) as steps:
        workspace.back_up(tmp_path / "whole", concurrency=1)
    # The first part is over when its journal is dropped.
    over = steps.index("remove", steps.index("put")) + 1
    with killed_at(over, after=True), pytest.raises(Killed):
        workspace.back_up(tmp_path / "killed", concurrency=1)
    assert verify(tmp_path / "killed").counts["job"] == 2
    assert workspace.back_up(tmp_path / "killed").complete
    assert workspace.requests.count("batchExportJobs") == 1


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="Windows has no SIGKILL")
@pytest.mark.parametrize("last", [3, 16, 30])
def test_a_process_that_is_killed_leaves_nothing_in_the_way(workspace: Workspace, tmp_path: Path, last: int) -> None:
    """SIGKILL before, in and after the moves: the lock is gone with the process, and verify and the next run work."""
    workspace.back_up(tmp_path / "whole")
    folder = tmp_path / "killed"
    command = [sys.executable, "-c", PROGRAM, workspace.server.url, workspace.server.token, str(folder), str(last)]
    done = subprocess.run(command, env={**os.environ, "NO_PROXY": "*"}, check=False)
    assert done.returncode == -signal.SIGKILL
    assert only_incomplete(folder)
    assert workspace.back_up(folder).complete
    assert contents(folder) == contents(tmp_path / "whole")


@pytest.mark.parametrize("step", ["create", "sync_files", "put"])
def test_a_full_disk_leaves_the_old_or_the_new_state(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """A disk that is full at any kind of step ends the run with a sentence; with room again the next run is whole."""
    workspace.back_up(tmp_path)
    workspace.job("a", params=[{"name": "p", "value": "1"}])
    workspace.put()

    def full(*_: Any, **__: Any) -> Any:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(OpenFolder, step, full)
        with pytest.raises(TargetUnwritable, match="No space left on device; make room"):
            workspace.back_up(tmp_path)
    assert verify(tmp_path).level == 1
    assert workspace.back_up(tmp_path).complete
    assert verify(tmp_path).level == 1


def test_a_folder_on_another_file_system_is_refused_before_anything_changes(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder of items that is a mount of its own can't take files by renaming: the backup is as it was."""
    workspace.back_up(tmp_path)
    before = contents(tmp_path)
    workspace.job("a", params=[{"name": "p", "value": "1"}])
    workspace.put()
    state = OpenFolder.state

    def mounted(folder: OpenFolder, name: str) -> os.stat_result:
        found = state(folder, name)
        other = folder.path.name == "jobs" and name == "."
        return os.stat_result((*found[:2], found.st_dev + 1, *found[3:])) if other else found

    with monkeypatch.context() as patch:
        patch.setattr(OpenFolder, "state", mounted)
        with pytest.raises(TargetUnwritable, match="jobs is on another file system"):
            workspace.back_up(tmp_path)
    assert contents(tmp_path) == before
    assert PROJECT.encode() in before["jobexport-backup.json"]
