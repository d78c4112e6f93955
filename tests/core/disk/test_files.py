"""Files and folders appear as a whole or not at all."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from jobexport.core.disk import files
from jobexport.core.disk.files import (
    is_part,
    locked,
    made,
    open_part,
    put_files,
    put_folder,
    remove_old_parts,
    swap_folder,
    workplace,
    write_text,
    writing,
)
from jobexport.core.disk.locks import try_lock
from jobexport.errors import JobexportError, TargetUnwritable

if TYPE_CHECKING:
    from collections.abc import Iterator


def test_writing_through_a_link_keeps_the_link(tmp_path: Path) -> None:
    """A link stays a link, and the file that it leads to has the text."""
    (tmp_path / "real.yaml").write_text("old", encoding="utf-8")
    (tmp_path / "link.yaml").symlink_to("real.yaml")
    write_text(tmp_path / "link.yaml", "new")
    assert (tmp_path / "link.yaml").is_symlink()
    assert (tmp_path / "real.yaml").read_text(encoding="utf-8") == "new"


def test_writing_to_a_device_does_not_replace_it() -> None:
    """A device is written to."""
    write_text(Path(os.devnull), "text")
    assert not Path(os.devnull).is_file()


def test_writing_keeps_the_files_mode(tmp_path: Path) -> None:
    """A file that was private stays private."""
    path = tmp_path / "a.yaml"
    path.write_text("old", encoding="utf-8")
    path.chmod(0o600)
    write_text(path, "new")
    assert path.stat().st_mode & 0o777 == 0o600


def test_write_creates_folders(tmp_path: Path) -> None:
    """A file is written as UTF-8, with the folders it needs."""
    path = tmp_path / "one" / "two" / "api.yaml"
    write_text(path, "title: 作业\n")
    assert path.read_bytes() == "title: 作业\n".encode()


def test_write_replaces(tmp_path: Path) -> None:
    """A longer old file leaves nothing behind, and no other file appears."""
    path = tmp_path / "api.yaml"
    path.write_text("old " * 100, encoding="utf-8")
    write_text(path, "new\n")
    assert [(entry.name, entry.read_text(encoding="utf-8")) for entry in tmp_path.iterdir()] == [("api.yaml", "new\n")]


def test_write_puts_a_new_file_in_place(tmp_path: Path) -> None:
    """A reader that has the old file open goes on reading the old text."""
    path = tmp_path / "api.yaml"
    path.write_text("old", encoding="utf-8")
    with path.open(encoding="utf-8") as old:
        write_text(path, "new")
        assert old.read() == "old"


@pytest.fixture
def umask() -> Iterator[Any]:
    """Set the umask, and put the old one back."""
    before = os.umask(0o022)
    yield os.umask
    os.umask(before)


@pytest.mark.parametrize(("mask", "mode"), [(0o022, 0o644), (0o077, 0o600), (0o002, 0o664), (0o000, 0o666)])
def test_write_honours_umask(tmp_path: Path, umask: Any, mask: int, mode: int) -> None:
    """A file is as readable as any other that the user makes."""
    umask(mask)
    write_text(tmp_path / "api.yaml", "new")
    assert stat.S_IMODE((tmp_path / "api.yaml").stat().st_mode) == mode


def test_write_leaves_umask(tmp_path: Path, umask: Any) -> None:
    """Writing leaves the umask of the process as it was."""
    umask(0o027)
    write_text(tmp_path / "api.yaml", "new")
    assert umask(0o022) == 0o027


def assert_refused(path: Any) -> None:
    """Writing to `path` gives one sentence that says what to do."""
    with pytest.raises(JobexportError) as caught:
        write_text(path, "new")
    message = str(caught.value)
    assert message.startswith(f"cannot write {path}: ")
    assert message.endswith("; make room, or choose another place")
    assert "\n" not in message


@pytest.mark.parametrize("below", ["api.yaml", "folder/api.yaml"])
def test_write_below_a_file(tmp_path: Path, below: str) -> None:
    """A place below a file can't be written, and that file is unchanged and alone."""
    file = tmp_path / "file"
    file.write_text("old", encoding="utf-8")
    assert_refused(file / below)
    assert [(entry.name, entry.read_text(encoding="utf-8")) for entry in tmp_path.iterdir()] == [("file", "old")]


def test_write_over_a_folder(tmp_path: Path) -> None:
    """A rename that fails leaves the old file, and no temporary file."""
    folder = tmp_path / "api.yaml"
    folder.mkdir()
    (folder / "kept").write_text("old", encoding="utf-8")
    assert_refused(folder)
    assert sorted(entry.relative_to(tmp_path).as_posix() for entry in tmp_path.rglob("*")) == [
        "api.yaml",
        "api.yaml/kept",
    ]


def test_write_that_breaks_off(tmp_path: Path) -> None:
    """A write that fails half way leaves the old file, and no temporary file."""
    path = tmp_path / "api.yaml"
    path.write_text("old", encoding="utf-8")
    with pytest.raises(UnicodeEncodeError):
        write_text(path, "new " * 10000 + "\ud800")
    assert [(entry.name, entry.read_text(encoding="utf-8")) for entry in tmp_path.iterdir()] == [("api.yaml", "old")]


def test_many_files_are_written_first_and_put_together(tmp_path: Path) -> None:
    """Until they are put, the old files are there; each has the old file's permissions then."""
    places = [tmp_path / "a", tmp_path / "new" / "b"]
    places[0].write_text("old")
    places[0].chmod(0o600)
    parts = []
    for place in places:
        part, file = open_part(place)
        with file:
            file.write(b"new")
        parts.append((part, place))
    assert places[0].read_text() == "old"
    assert not places[1].exists()
    assert all(is_part(part.name) for part, _ in parts)
    put_files(parts)
    assert [place.read_text() for place in places] == ["new", "new"]
    assert stat.S_IMODE(places[0].stat().st_mode) == 0o600
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["a", "b", "new"]


@pytest.mark.parametrize("name", ["%2Ea.part", "%0123456789abcdef.part.zip", "notes.part", "%0123456789ABCDEF.part"])
def test_no_other_file_is_taken_for_a_part(name: str) -> None:
    """Only a file that this program was writing is called like one."""
    assert not is_part(name)


def test_a_link_is_replaced_and_what_it_leads_to_stays(tmp_path: Path) -> None:
    """Putting follows no link."""
    (tmp_path / "real").write_text("kept")
    (tmp_path / "link").symlink_to("real")
    (tmp_path / "new").write_text("new")
    put_files([(tmp_path / "new", tmp_path / "link")])
    assert not (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text() == "kept"


@pytest.fixture
def new(tmp_path: Path) -> Iterator[Any]:
    """A folder with a file, to be put into a place."""
    with workplace(tmp_path, ".new-") as folder:
        (folder / "file").write_text("new")
        yield folder


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def contents(folder: Path) -> dict[Any, Any]:
    return {path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*") if path.is_file()}


def test_a_folder_takes_the_place_of_nothing_or_of_an_empty_one_only(tmp_path: Path, new: Any) -> None:
    """A folder that holds something stays as it is."""
    (tmp_path / "empty").mkdir()
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine").write_text("mine")
    with pytest.raises(OSError, match="not empty"):
        put_folder(new, tmp_path / "full")
    put_folder(new, tmp_path / "empty")
    assert contents(tmp_path) == {"empty/file": "new", "full/mine": "mine"}


def test_a_folder_is_swapped_for_another(tmp_path: Path, new: Any) -> None:
    """The old folder is gone, with all that was in it."""
    (tmp_path / "place").mkdir()
    (tmp_path / "place" / "old").write_text("old")
    swap_folder(new, tmp_path / "place")
    assert contents(tmp_path) == {"place/file": "new"}
    assert [path.name for path in tmp_path.iterdir()] == ["place"]


def test_a_swap_that_fails_leaves_the_old_folder(tmp_path: Path) -> None:
    """When the new folder can't be renamed, the old one is in its place."""
    (tmp_path / "place").mkdir()
    (tmp_path / "place" / "old").write_text("old")
    with pytest.raises(FileNotFoundError):
        swap_folder(tmp_path / "missing", tmp_path / "place")
    assert contents(tmp_path) == {"place/old": "old"}


def test_folders_that_were_made_are_removed_when_the_block_fails(tmp_path: Path) -> None:
    """Only folders that were missing before are removed, and only if they are empty."""
    (tmp_path / "there").mkdir()

    def fail() -> None:
        with made(tmp_path / "there" / "a" / "b"):
            assert (tmp_path / "there" / "a" / "b").is_dir()
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert [path.name for path in tmp_path.rglob("*")] == ["there"]


def test_what_killed_runs_left_is_removed_and_what_lives_stays(tmp_path: Path) -> None:
    """A part that nobody has locked goes; the part of a running export, and files of others, stay."""
    (tmp_path / "%0123456789abcdef.part").write_bytes(b"half")
    (tmp_path / "notes.part").write_bytes(b"mine")
    part, file = open_part(tmp_path / "a.zip")
    with file:
        remove_old_parts(tmp_path)
        assert names(tmp_path) == sorted([part.name, "notes.part"])
    remove_old_parts(tmp_path)
    assert names(tmp_path) == ["notes.part"]


def test_a_signal_in_the_clean_up_leaves_no_workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The end of the program that a handler of signals raises there comes after the clean-up."""
    remove = shutil.rmtree
    ends = [SystemExit(129)]

    def interrupted(folder: Path, **options: Any) -> None:
        if ends:
            raise ends.pop()
        remove(folder, **options)

    monkeypatch.setattr(shutil, "rmtree", interrupted)
    with pytest.raises(SystemExit), workplace(tmp_path, ".x.") as place:
        (place / "a").touch()
    assert not [*tmp_path.iterdir()]


def test_a_workplace_removes_those_of_killed_runs(tmp_path: Path) -> None:
    """Folders that nobody has locked go, with all that is in them; a folder of another prefix or form stays."""
    for name in (".x.0123456789ab", ".x.0123456789ac.old", ".xy.0123456789ab", ".x.mine"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "half").touch()
    with workplace(tmp_path, ".x.") as first, workplace(tmp_path, ".x.") as second:
        assert names(tmp_path) == sorted([first.name, second.name, ".xy.0123456789ab", ".x.mine"])
    assert names(tmp_path) == [".x.mine", ".xy.0123456789ab"]


@pytest.mark.parametrize(("age", "left"), [(0, True), (2 * 24 * 3600, False)])
def test_without_locks_age_decides(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, age: int, left: bool) -> None:
    """A part that was written a day ago is old."""
    monkeypatch.setattr(files, "try_lock", lambda _: None)
    part = tmp_path / "%0123456789abcdef.part"
    part.write_bytes(b"half")
    os.utime(part, (time.time() - age,) * 2)
    remove_old_parts(tmp_path)
    assert part.exists() == left


def test_a_part_that_is_removed_before_it_is_locked_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another run may take the new file for an old one; the part that is returned is there."""
    lock, seen = try_lock, list[Path]()

    def late(handle: int) -> bool | None:
        if not seen:
            seen.extend(tmp_path.iterdir())
            seen[0].unlink()
        return lock(handle)

    monkeypatch.setattr(files, "try_lock", late)
    part, file = open_part(tmp_path / "a.zip")
    file.close()
    assert seen != [part]
    assert part.exists()


@pytest.mark.parametrize(
    ("problem", "sentence"),
    [
        (
            PermissionError(13, "Permission denied"),
            "Permission denied; change its permissions, or choose another place",
        ),
        (OSError(28, "No space left on device"), "No space left on device; make room, or choose another place"),
        (ValueError("embedded null byte"), "embedded null byte; make room, or choose another place"),
    ],
)
def test_an_error_of_the_system_becomes_a_sentence(problem: Any, sentence: str) -> None:
    """It names the place, the reason and what to do, and keeps the system's number."""
    with pytest.raises(TargetUnwritable) as caught, writing(Path("folder/file")):
        raise problem
    assert str(caught.value) == f"cannot write folder/file: {sentence}"
    assert caught.value.errno == getattr(problem, "errno", None)


def test_a_folder_is_one_runs_and_free_after_a_kill(tmp_path: Path) -> None:
    """A second run is refused while the first one lives; nothing is left behind that could refuse a third."""
    code = "import sys; from pathlib import Path; from jobexport.core.disk.files import locked\n"
    code += "with locked(Path(sys.argv[1])):\n    print('has it', flush=True)\n    sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"has it\n"
        with pytest.raises(TargetUnwritable, match="another run has it"), locked(tmp_path):
            pass
        other.kill()
    with locked(tmp_path):
        assert list(tmp_path.iterdir()) == []
