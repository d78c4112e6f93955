"""A change of a backup is one step: old or new at any moment, and never in the way of the next run."""

from __future__ import annotations

import contextlib
import hashlib
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from jobexport.backup import verify
from jobexport.core.disk.folders import OpenFolder
from jobexport.errors import FolderInUse, TargetUnwritable
from tests.backup.making.folders import JOB, RESOURCE, SCRIPT, backup, contents, ordinary
from tests.backup.making.kills import Killed, killed_at

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# A job and a script change, a job comes, a job goes, and a twin in another case gives a file another name.
CHANGED: tuple[dict[str, Any], ...] = (
    {"a": {**JOB, "params": []}, "A": {"nodes": []}, "c": JOB},
    {"s": {**SCRIPT, "type": "Shell"}},
    {},
)


def change(folder: Path) -> None:
    backup(folder, *CHANGED, prune=True, max_shrink=1.0)


@pytest.fixture(scope="module")
def states(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, bytes], dict[str, bytes], Path]:
    """The files before and after the change, and the folder before it."""
    folder = tmp_path_factory.mktemp("states")
    backup(folder / "old", {"a": JOB, "b": {"nodes": []}}, {"s": SCRIPT}, {})
    shutil.copytree(folder / "old", folder / "new")
    change(folder / "new")
    return contents(folder / "old"), contents(folder / "new"), folder / "old"


def steps_of_the_change(folder: Path) -> int:
    with killed_at(None) as steps:
        change(folder)
    return len(steps)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_kill_at_any_step_leaves_the_old_or_the_new_state(
    states: tuple[dict[str, bytes], dict[str, bytes], Path], tmp_path: Path, after: bool
) -> None:
    """Killed before or after any step, verify finds a whole backup, old or new; the next run ends with the new one."""
    old, new, source = states
    shutil.copytree(source, tmp_path / "all")
    number, seen = 0, set()
    steps = steps_of_the_change(tmp_path / "all")
    for number in range(1, steps + 1):
        folder = tmp_path / str(number)
        shutil.copytree(source, folder)
        with killed_at(number, after=after), contextlib.suppress(Killed):
            change(folder)
        verdict = verify(folder)
        assert verdict.passed, (number, verdict.problems)
        seen.add(verdict.marker.sha256["manifest.jsonl"])
        change(folder)
        assert contents(folder) == new, number
        assert verify(folder).level == 1
        shutil.rmtree(folder)
    assert number > 20
    assert len(seen) == 2
    assert old != new


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_the_name_of_the_journal_decides(
    states: tuple[dict[str, bytes], dict[str, bytes], Path], tmp_path: Path, after: bool
) -> None:
    """Before the journal has its name, verify reads the old state; from then on the new one, and writes nothing."""
    _, new, source = states
    for name in ("all", "x"):
        shutil.copytree(source, tmp_path / name)
    with killed_at(None) as steps:
        change(tmp_path / "all")
    with killed_at(steps.index("put") + 1, after=after), pytest.raises(Killed):
        change(tmp_path / "x")
    before = contents(tmp_path / "x")
    assert before == contents(source)
    digest = hashlib.sha256(new["manifest.jsonl"]).hexdigest()
    assert (verify(tmp_path / "x").marker.sha256["manifest.jsonl"] == digest) is after
    assert contents(tmp_path / "x") == before


def test_nothing_is_removed_once_a_file_is_moved(
    states: tuple[dict[str, bytes], dict[str, bytes], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where `Job.json` and `job.json` are one file, to remove the old name again would remove the new file."""
    _, new, source = states
    for name in ("all", "x"):
        shutil.copytree(source, tmp_path / name)
    with killed_at(None) as steps:
        change(tmp_path / "all")
    # The first put is the journal, the next one the first file.
    first = steps.index("put", steps.index("put") + 1) + 1
    with killed_at(first, after=True), pytest.raises(Killed):
        change(tmp_path / "x")
    removed: list[str] = []
    remove = OpenFolder.remove

    def recorded(folder: OpenFolder, name: str) -> None:
        removed.append(f"{folder.path.name}/{name}")
        remove(folder, name)

    monkeypatch.setattr(OpenFolder, "remove", recorded)
    change(tmp_path / "x")
    assert contents(tmp_path / "x") == new
    assert [name for name in removed if not name.startswith((".jobexport", "stage"))] == []


def test_another_run_is_kept_out(tmp_path: Path) -> None:
    """A second process is refused while the first has the folder, and a reader too; two readers are not."""
    ordinary(tmp_path)
    program = (
        "import sys, pathlib\nfrom jobexport.backup.folder.tree import opened\n"
        "with opened(pathlib.Path(sys.argv[1]), write=sys.argv[2] == 'w'):\n    print('open', flush=True)\n    input()"
    )

    @contextlib.contextmanager
    def holding(mode: str) -> Iterator[None]:
        process = subprocess.Popen(
            [sys.executable, "-c", program, str(tmp_path), mode],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout
        assert process.stdout.readline() == "open\n"
        yield
        process.communicate("\n")

    with holding("w"):
        with pytest.raises(FolderInUse):
            ordinary(tmp_path)
        with pytest.raises(FolderInUse):
            verify(tmp_path)
    with holding("r"):
        assert verify(tmp_path).passed
        with pytest.raises(FolderInUse):
            ordinary(tmp_path)
    ordinary(tmp_path)


def test_a_folder_in_the_place_of_a_file_is_named_before_anything_changes(tmp_path: Path) -> None:
    """A folder that stands where a file goes is an error that names it, and the backup stays whole."""
    ordinary(tmp_path)
    (tmp_path / "jobs" / "c.json").mkdir()
    with pytest.raises(TargetUnwritable, match=r"jobs/c\.json is a folder"):
        backup(tmp_path, {"a": JOB, "b": {"nodes": []}, "c": JOB}, {"s": SCRIPT}, {"r": RESOURCE})
    (tmp_path / "jobs" / "c.json").rmdir()
    assert verify(tmp_path).passed


def test_an_unchanged_workspace_touches_no_file(tmp_path: Path) -> None:
    """A second run without changes writes none of the files that git sees."""
    ordinary(tmp_path)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.json*") if ".jobexport" not in str(path)}
    ordinary(tmp_path)
    assert {path: path.stat().st_mtime_ns for path in before} == before
