"""Levels 0 and 1 of the proof: what each finds, and that a clean backup is never accused."""

from __future__ import annotations

import io
import json
import random
import tracemalloc
from typing import TYPE_CHECKING, Any

import pytest

from jobexport.backup import verify
from jobexport.backup.content import limits
from jobexport.errors import BackupDamaged, BackupFormatUnknown, NotABackup
from tests.backup.making.folders import JOB, RESOURCE, SCRIPT, backup, contents, ordinary
from tests.backup.making.odd import odd_items, odd_job

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def problems(folder: Path) -> list[str]:
    return [str(problem) for problem in verify(folder).problems]


def edit(folder: Path, path: str, change: Callable[[bytes], bytes]) -> None:
    (folder / path).write_bytes(change((folder / path).read_bytes()))


def test_a_clean_backup_reaches_level_1(tmp_path: Path) -> None:
    """A backup as it was written has no problem."""
    ordinary(tmp_path)
    verdict = verify(tmp_path)
    assert (verdict.level, verdict.problems) == (1, ())
    assert dict(verdict.counts) == {"job": 2, "script": 1, "resource": 1}


def test_one_bit_of_any_file_is_found(tmp_path: Path) -> None:
    """One changed bit anywhere in the files of a backup is a problem, or the marker can't be read."""
    ordinary(tmp_path)
    paths = [path for path in contents(tmp_path) if not path.startswith(".git")]
    chance = random.Random(1)  # noqa: S311  # the same bits each time
    for number in range(100):
        path = paths[number % len(paths)]
        before = (tmp_path / path).read_bytes()
        bit = chance.randrange(8 * len(before))
        changed = bytearray(before)
        changed[bit // 8] ^= 1 << bit % 8
        (tmp_path / path).write_bytes(changed)
        try:
            found = verify(tmp_path).level != 1
        except (BackupDamaged, BackupFormatUnknown):
            found = True
        # The version of the tool, the edition and the like are free text: no proof needs them.
        assert found or path == "jobexport-backup.json", (path, bit)
        (tmp_path / path).write_bytes(before)
    assert verify(tmp_path).passed


@pytest.mark.parametrize(
    ("damage", "expected"),
    [
        (lambda f: (f / "jobs/a.json").unlink(), "jobs/a.json: it is missing"),
        (lambda f: edit(f, "jobs/a.json", lambda b: b[:-9]), "jobs/a.json: it has"),
        (
            lambda f: edit(f, "scripts/s.sql", lambda b: b.replace(b"\n", b"\r\n")),
            "scripts/s.sql: its line ends were changed, as git does without the line `* -text` in .gitattributes",
        ),
        (lambda f: (f / "jobs/x.json").write_text("{}"), "jobs/x.json: it is not in the manifest"),
        (lambda f: (f / "requirements.json").unlink(), "requirements.json: it is missing"),
        (lambda f: (f / "manifest.jsonl").unlink(), "manifest.jsonl: it is missing"),
    ],
    ids=["missing", "truncated", "CRLF", "extra", "no requirements", "no manifest"],
)
def test_damage_is_named_with_its_file(tmp_path: Path, damage: Callable[[Path], Any], expected: str) -> None:
    """Each damage is a problem of level 0 that names the file."""
    ordinary(tmp_path)
    damage(tmp_path)
    verdict = verify(tmp_path)
    assert verdict.level is None
    assert any(str(problem).startswith(expected) for problem in verdict.problems), verdict.problems


def test_swapped_files_are_found(tmp_path: Path) -> None:
    """Two files that changed places are two problems."""
    ordinary(tmp_path)
    one, two = tmp_path / "jobs/a.json", tmp_path / "jobs/b.json"
    a, b = one.read_bytes(), two.read_bytes()
    one.write_bytes(b)
    two.write_bytes(a)
    assert {line.partition(":")[0] for line in problems(tmp_path)} == {"jobs/a.json", "jobs/b.json"}


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    """A link in the place of a file, even to the same bytes, is a problem; so is a folder that is a link."""
    ordinary(tmp_path / "b")
    file = tmp_path / "b" / "jobs" / "a.json"
    file.rename(tmp_path / "outside.json")
    file.symlink_to(tmp_path / "outside.json")
    assert problems(tmp_path / "b")[0].startswith("jobs/a.json: it is a link")
    (tmp_path / "b" / "scripts").rename(tmp_path / "scripts")
    (tmp_path / "b" / "scripts").symlink_to(tmp_path / "scripts")
    assert any(line.startswith("scripts") and "link" in line for line in problems(tmp_path / "b"))


def test_a_path_that_leads_out_is_no_path(tmp_path: Path) -> None:
    """A manifest with a path out of the folder is refused, and nothing outside is read."""
    ordinary(tmp_path / "b")
    (tmp_path / "jobs").mkdir()
    for bad in ("../jobs/a.json", "jobs/../../x.json", "/etc/passwd", "jobs\\a.json", ".jobexport/journal.json"):
        edit(tmp_path / "b", "manifest.jsonl", lambda b: b.replace(b"jobs/a.json", json.dumps(bad)[1:-1].encode()))  # noqa: B023
        assert any("can't be the path of a job" in line for line in problems(tmp_path / "b"))
        ordinary(tmp_path / "b")


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("total", "jobexport-backup.json: the service had 3 items of kind job, the backup has 2"),
        ("counts", "manifest.jsonl: it has 2 items of kind job, not 3"),
    ],
)
def test_fewer_items_than_the_service_had_are_a_problem(tmp_path: Path, key: str, expected: str) -> None:
    """A number of items below the service's own, or below the marker's, is a problem of level 0."""
    ordinary(tmp_path)
    marker = json.loads((tmp_path / "jobexport-backup.json").read_bytes())
    marker[key]["job"] = 3
    (tmp_path / "jobexport-backup.json").write_text(json.dumps(marker))
    assert problems(tmp_path) == [expected]
    assert verify(tmp_path).level is None


def test_a_definition_with_another_name_is_unsound(tmp_path: Path) -> None:
    """A file that defines another job than the manifest says keeps the backup on level 0."""
    from tests.backup.making import folders

    folders.backup(tmp_path, {"a": {"nodes": [], "name": "z"}})
    verdict = verify(tmp_path)
    assert verdict.level == 0
    assert "it defines 'z', not 'a'" in str(verdict.problems[0])


def test_a_job_that_no_import_takes_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A job whose zip is too large, packed, and a name that no import takes, keep the backup on level 0."""
    monkeypatch.setattr(limits, "SAFE_ZIP", 20_000)
    noise = random.Random(1).randbytes(20_000).hex()  # noqa: S311  # no secret
    scripts = {"s": {**SCRIPT, "content": noise}, "even": {**SCRIPT, "content": "-- \n" * 20_000}}
    even = {"nodes": [{"name": "n", "properties": [{"name": "scriptName", "value": "even"}]}]}
    backup(tmp_path, {"a": JOB, "b": even, "x y": {"nodes": []}}, scripts)
    verdict = verify(tmp_path)
    assert verdict.level == 0
    assert [problem.place for problem in verdict.problems] == ["job x y", "job a"]


def test_what_nobody_has_is_a_note(tmp_path: Path) -> None:
    """A script that a job uses but the workspace lacks is in the requirements, and named, but no problem."""
    backup(tmp_path, {"a": JOB}, {}, {"r": RESOURCE})
    verdict = verify(tmp_path)
    assert verdict.passed
    assert verdict.notes == ("script s is used by job a, but the workspace had it not",)
    needed = json.loads((tmp_path / "requirements.json").read_bytes())
    assert needed["scripts"] == [{"name": "s", "used_by": ["job:a"]}]
    assert needed["connections"] == [{"name": "hive", "used_by": ["job:a"]}]
    assert needed["obs_files"] == [{"bucket": "bucket", "key": "a.jar", "used_by": ["resource:r"]}]


def test_an_item_that_is_gone_stays_and_is_named(tmp_path: Path) -> None:
    """Without prune an item that left the service stays in the backup, which is whole all the same."""
    ordinary(tmp_path)
    backup(tmp_path, {"a": JOB}, {"s": SCRIPT}, {"r": RESOURCE})
    verdict = verify(tmp_path)
    assert verdict.passed
    assert verdict.notes == ("job b is gone from the service; the backup keeps it",)
    assert verdict.counts["job"] == 1
    backup(tmp_path, {"a": JOB}, {"s": SCRIPT}, {"r": RESOURCE}, prune=True)
    assert not (tmp_path / "jobs/b.json").exists()
    assert verify(tmp_path).notes == ()


@pytest.mark.parametrize(("format_", "readable"), [("1", True), ("1.7", True), ("2", False), ("12.1", False)])
def test_a_later_minor_version_is_read_and_a_later_major_version_is_refused(
    tmp_path: Path, format_: str, readable: bool
) -> None:
    """`jobexport-backup/1.7` is read; `/2` is refused with the program that can read it."""
    ordinary(tmp_path)
    edit(
        tmp_path,
        "jobexport-backup.json",
        lambda b: b.replace(b'jobexport-backup/1"', f'jobexport-backup/{format_}", "later": true, "x": ""'.encode()),
    )
    if readable:
        assert verify(tmp_path).passed
    else:
        with pytest.raises(BackupFormatUnknown, match=r"which jobexport .* wrote; install that version"):
            verify(tmp_path)


def test_a_folder_without_a_marker_is_no_backup(tmp_path: Path) -> None:
    """A missing folder and a folder without a marker are refused, not accused."""
    for folder in (tmp_path, tmp_path / "missing"):
        with pytest.raises(NotABackup, match="right"):
            verify(folder)


def test_a_thousand_odd_jobs_are_not_accused() -> None:
    """References of odd definitions are derived from the files as they were derived when written."""
    chance = random.Random(2)  # noqa: S311  # the same cases each time
    for _ in range(1000):
        _same_after_writing({"name": "a", **odd_job(chance)})


def test_clean_backups_are_not_accused(tmp_path: Path) -> None:
    """Folders with odd definitions, texts and names, brought up to date after changes, have no problem.

    benchmarks/backup_proofs.py does it a thousand times.
    """
    chance = random.Random(3)  # noqa: S311  # the same cases each time
    for number in range(12):
        for _ in range(2):
            backup(tmp_path / str(number), *odd_items(chance), max_shrink=1.0, prune=chance.random() < 0.5)
            assert verify(tmp_path / str(number)).problems == ()


def _same_after_writing(job: dict[str, Any]) -> None:
    from jobexport.archive.definitions import files_of
    from jobexport.archive.values import Job
    from jobexport.backup.content import parsed
    from jobexport.backup.folder.manifest import ItemRow

    (content,) = files_of(Job("", job)).values()
    again = parsed.parse(ItemRow("job", "a", ()), {"jobs/a.json": io.BytesIO(content).getvalue()})
    assert parsed.refs_of("job", again, [content]) == parsed.refs_of("job", job, [content])


def test_a_file_takes_no_more_memory_than_it_has(tmp_path: Path) -> None:
    """Python allocates what a call to read asks for, whatever the file has: some systems refuse a gigabyte."""
    ordinary(tmp_path)
    verify(tmp_path)
    tracemalloc.start()
    try:
        verify(tmp_path)
        assert tracemalloc.get_traced_memory()[1] < 4 * 1024 * 1024
    finally:
        tracemalloc.stop()
