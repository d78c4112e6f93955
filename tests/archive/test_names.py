"""Names that are derived from names: distinct on every file system, legal on every system, never too long."""

from __future__ import annotations

import io
import json
import re
import unicodedata
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from jobexport.archive import JobArchive, unpack_for_git
from jobexport.archive.names import distinct, download_names, export_name, file_stem, zip_names
from jobexport.client.arguments import JOB_NAME, LONGEST_JOB_NAME
from jobexport.core.disk.files import open_part
from tests.archive.making.zips import part, zipped

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

quick = settings(max_examples=80, deadline=None, database=None, derandomize=True)
# What https://learn.microsoft.com/windows/win32/fileio/naming-a-file forbids.
DEVICES = {
    "CON",
    "PRN",
    "AUX",
    "NUL",
    "CONIN$",
    "CONOUT$",
    *(f"{d}{n}" for d in ("COM", "LPT") for n in "0123456789¹²³"),
}
ODD = [".", "..", "...", "a.", ".git", "con", "CON", "Con.zip", "nul.x", "com1", "aux.zip.", "x", "X", "x.zip", "X.ZIP"]
ODD += ["x.zip.zip", "x%2Ezip", ".zip", "%", ".part", ".jobexport-1", "a" * 128, "A" * 128, "k" * 127 + ".", "-", "~"]
WIDE = [
    "名" * 128,
    "名" * 127 + "a",
    "名" * 127 + "A",
    "é",
    "e\u0301",
    "\u212a",
    "K",
    "\ufb01",
    "fi",
    "com¹",
    "ΐ" * 128,
]
WIDE += ["\u01c4" * 90, "i", "\u0131", "I", "\u0130"]
WIDE += ["a" * 250, "a/b", "a\\b", "a:b", " a ", "\0", "\u202e", "", "한" * 128, "ß", "ss", "\u1112\u1161\u11ab", "한"]

job_names = st.one_of(
    st.sampled_from([name for name in ODD if re.fullmatch(JOB_NAME, name)]),
    st.text(st.sampled_from("aAbBzZ.ipPcConN1-_"), min_size=1, max_size=6),
    st.text(
        st.sampled_from(
            [letter for letter in map(chr, [*range(128), 0x4F5C, 0x9FFF]) if re.fullmatch(JOB_NAME, letter)]
        ),
        min_size=1,
        max_size=LONGEST_JOB_NAME,
    ),
)
any_names = st.one_of(st.sampled_from([*ODD, *WIDE]), st.text(max_size=150))
# Each pair differs in case only, or has the same beginning, and has the same eight digits in its marks.
SAME_MARK = ["AvERyLoNGNaMeOFAjobxyz", "AVERYlOngNAMEofajobxyz"]
SAME_GIT_MARK = ["avErylongNaMEofAjobxyz", "AVEryLoNGNAMEoFajobxyz"]
SAME_CUT = [f"{'名' * 60}{number}" for number in (139019, 57640)]


def as_any_system_has_it(name: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", name).upper().casefold())


def check(names: Iterable[str], *, hidden: bool = False) -> None:
    """Check the names of the files and folders of one folder, which may be hidden if the tool does not make them."""
    found = list(names)
    assert len({as_any_system_has_it(name) for name in found}) == len(found)
    for name in found:
        assert len(name.encode()) <= 255
        # HFS+ decomposes letters and counts units of 16 bits.
        assert len(unicodedata.normalize("NFD", name).encode("utf-16-le")) <= 2 * 255
        assert len(unicodedata.normalize("NFKC", name).encode()) <= 255
        assert name.isprintable()
        assert not set(name) & set('<>:"/\\|?*')
        assert name == name.strip(" ")
        assert hidden or not name.startswith(".")
        assert not name.endswith(".")
        assert name.partition(".")[0].rstrip(" ").upper() not in DEVICES


@quick
@given(st.lists(job_names, unique=True, max_size=8), st.lists(job_names, max_size=3))
@example(SAME_MARK, [])
@example(["x", "x.zip", "X", "X.zip"], [])
@example(["job", "Job"], ["Job", "JOB"])
def test_zips_and_folders_of_jobs_never_collide(names: list[str], before: list[str]) -> None:
    """Zips and their folders, of this run and of the run before, are files of their own and can be read back."""
    there = [*zip_names(dict.fromkeys(before)).values()]
    there += [file.removesuffix(".zip") for file in there]
    files = zip_names(names, there)
    made = {*files.values(), *(file.removesuffix(".zip") for file in files.values())}
    check({*there, *made})
    for name, file in files.items():
        assert not re.match("%others-|%[0-9a-f]{16}[.]part", file)
        back = unquote(file.removesuffix(".zip").partition("~")[0])
        # A long name in Chinese is cut.
        assert back == name or (len(name.encode()) > 128 and name.startswith(back))
    # The next run finds each file again, unless a file of the run before stands for another job.
    assert zip_names(names, [*there, *made]) == files


@quick
@given(job_names)
@example("\u4f5c" * 128)
@example("a" * 128)
def test_the_zip_of_one_job_fits_every_folder(name: str) -> None:
    """The file name is `DLF_`, the job's name and `.zip`, unless some system has no room for it."""
    file = export_name(name)
    check([file])
    assert file == f"DLF_{name}.zip" or (len(name.encode()) > 128 and name.startswith(file[4:].partition("~")[0]))


@quick
@given(st.lists(any_names, unique=True, max_size=8))
@example(SAME_MARK)
@example(SAME_CUT)
@example([*ODD, *WIDE])
def test_files_of_any_names_never_collide(names: list[str]) -> None:
    """File names of any texts are distinct, with each suffix, and a name that was not cut can be read back."""
    stems = distinct({name: file_stem(name) for name in names}, str)
    for suffix in ("", ".json", ".resource"):
        check(f"{stem}{suffix}" for stem in stems.values())
    for name, stem in stems.items():
        assert unquote(stem.partition("~")[0]) in {name, "%"} or len(stem.encode()) > 128


@quick
@given(st.lists(any_names.filter(lambda name: "/" not in name), unique=True, max_size=8))
@example([*(name for name in (*ODD, *WIDE) if "/" not in name)])
def test_downloads_from_obs_never_collide(names: list[str]) -> None:
    """Zips in OBS get files of their own; a name that every system can hold stays."""
    files = download_names([f"{name}.zip" for name in names])
    check(files.values())
    assert files.get("my job_1582677879475.zip", "my job_1582677879475.zip") == "my job_1582677879475.zip"


def test_temporary_names_fit_beside_the_longest(tmp_path: Path) -> None:
    """The file beside a target is no longer than the target may be."""
    path, file = open_part(tmp_path / f"{'名' * 83}.zip")
    file.close()
    check([path.name])


def test_unpacked_in_a_folder_of_the_longest_name(tmp_path: Path) -> None:
    """A folder whose name has 255 bytes can be unpacked in: its temporary folder has a name of its own."""
    (file,) = JobArchive.open(io.BytesIO(zipped(part("a.job")))).unpack(tmp_path / ("名" * 85))
    assert file.read_bytes() == b"{}"


def job(name: str) -> bytes:
    return json.dumps({"name": name}).encode()


@pytest.mark.parametrize("pair", [SAME_GIT_MARK, SAME_CUT], ids=["marks", "cuts"])
def test_marks_that_are_the_same_are_longer(pair: list[str], tmp_path: Path) -> None:
    """Two jobs whose marks have the same eight digits are two files in a folder for git, each time."""
    archives = [JobArchive.open(io.BytesIO(zipped(part(f"{n}.job", job(name))))) for n, name in enumerate(pair)]
    unpack_for_git(archives, tmp_path)
    unpack_for_git(archives, tmp_path)
    files = list((tmp_path / "jobs").iterdir())
    check(path.name for path in files)
    assert {json.loads(path.read_bytes())["name"] for path in files} == set(pair)
    unpack_for_git(archives[:1], tmp_path)
    assert len(list((tmp_path / "jobs").iterdir())) == 2


def test_members_that_some_system_lacks_are_unpacked_under_other_names(tmp_path: Path) -> None:
    """`rename` unpacks jobs and scripts of any legal name, under the same names on every system."""
    names = [name for name in ODD if re.fullmatch(JOB_NAME, name) and name not in {".", ".."}]
    parts = [part(f"jobs/{name}/{name}.job", job(name)) for name in names]
    scripts = ("s", "S", "nul", "com¹", "名" * 100, "名" * 100 + "b", "\u01c4" * 90)
    parts += [part(f"jobs/x/{name}.script", name.encode()) for name in scripts]
    archive = JobArchive.open(io.BytesIO(zipped(*parts)))
    files = archive.unpack(tmp_path / "out", rename=True)
    for folder in {file.parent for file in files}:
        check((path.name for path in folder.iterdir()), hidden=True)
    assert sorted(file.read_bytes() for file in files) == sorted(p.content for p in parts)
    assert {file.suffix for file in files} == {".job", ".script"}
    assert (tmp_path / "out/jobs/%63on/%63on.job").read_bytes() == job("con")
    assert archive.is_unpacked_in(tmp_path / "out", rename=True)
