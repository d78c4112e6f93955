"""The layout for git: exports that differ as little as the jobs do."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
from attrs import frozen

from jobexport.archive import JobArchive, unpack_for_git
from jobexport.core.disk.folders import OpenFolder
from jobexport.errors import ArchiveCorrupt, JobexportError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.archive.making.zips import Zips


@frozen
class Git:
    """A repository, and how to call git in it."""

    repo: Path
    run: Callable[..., str]

    def __call__(self, *command: str) -> str:
        return self.run(*command)


def as_bytes(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


@pytest.fixture
def archive_of(zips: type[Zips]) -> Callable[..., Any]:
    """A function that gives an archive in the single layout: jobs and scripts by name, other members by path."""

    def make(jobs: Any = None, scripts: Any = None, **others: Any) -> Any:
        parts = [zips.part(f"jobs/{name}.job", as_bytes({"name": name} | job)) for name, job in (jobs or {}).items()]
        for name, script in (scripts or {}).items():
            parts.append(zips.part(f"scripts/{name}.script", as_bytes({"name": name} | script)))
        parts += [zips.part(name, content) for name, content in others.items()]
        return JobArchive.open(io.BytesIO(zips.zipped(*parts)))

    return make


@pytest.fixture
def git(tmp_path: Path) -> Git:
    """A function that runs git in a new repository, whatever the user's settings are."""
    repo = tmp_path / "repo"
    repo.mkdir()
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "GIT_CONFIG_NOSYSTEM": "1"}
    program = shutil.which("git")
    assert program, "these tests need git; install it"
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "core.autocrlf=false"]

    def run(*command: str) -> str:
        done = subprocess.run(
            [program, *identity, *command], cwd=repo, env=environment, capture_output=True, text=True, check=True
        )
        return done.stdout

    run("init", "--quiet")
    return Git(repo, run)


def committed(git: Any, message: str = "export") -> None:
    git("add", "--all")
    git("commit", "--quiet", "--message", message)


class TestWithGit:
    def test_same_export_is_no_change(self, git: Git, archive_of: Callable[..., Any]) -> None:
        """A second night without changes leaves git with nothing to commit, and touches no file."""
        export = {"jobs": {"a": {"nodes": [], "x": 1}}, "scripts": {"s": {"type": "DLISQL", "content": "SELECT 1;\n"}}}
        archive_of(**export).unpack_for_git(git.repo)
        committed(git)
        times = {path: path.stat().st_mtime_ns for path in git.repo.glob("[!.]*/*")}
        assert archive_of(**export).unpack_for_git(git.repo).written == ()
        assert git("status", "--porcelain") == ""
        assert {path: path.stat().st_mtime_ns for path in git.repo.glob("[!.]*/*")} == times

    def test_order_of_keys_is_no_change(self, git: Git, archive_of: Callable[..., Any]) -> None:
        """Keys in another order, and members in another order, give the same bytes."""
        archive_of({"a": {"p": {"x": 1, "y": 2}, "nodes": []}, "b": {}}).unpack_for_git(git.repo)
        committed(git)
        archive_of({"b": {}, "a": {"nodes": [], "p": {"y": 2, "x": 1}}}).unpack_for_git(git.repo)
        assert git("status", "--porcelain") == ""

    def test_one_changed_line_is_one_changed_line(self, git: Git, archive_of: Callable[..., Any]) -> None:
        """A changed field of a job is one line in the diff, and so is a changed line of a script."""
        text = "SELECT 1;\r\nSELECT 2;\r\nSELECT 3;"
        archive_of({"a": {"x": 1, "y": 2}}, {"s": {"type": "DLISQL", "content": text}}).unpack_for_git(git.repo)
        committed(git)
        changes = archive_of(
            {"a": {"x": 1, "y": 3}}, {"s": {"type": "DLISQL", "content": text.replace("2", "5")}}
        ).unpack_for_git(git.repo)
        assert changes.written == (git.repo / "jobs/a.json", git.repo / "scripts/s.sql")
        assert git("diff", "--numstat") == "1\t1\tjobs/a.json\n1\t1\tscripts/s.sql\n"

    def test_gone_job_stays_unless_asked(self, git: Git, archive_of: Callable[..., Any]) -> None:
        """A job that the export lacks stays; with remove_gone it goes, and nothing else of the repository does."""
        (git.repo / "README.md").write_text("mine")
        (git.repo / "jobs").mkdir()
        (git.repo / "jobs" / "notes.txt").write_text("mine")
        (git.repo / "jobs" / "old.json").mkdir()
        (git.repo / "jobs" / "old.json" / "x.json").write_text("mine")
        archive_of({"a": {}, "b": {}}, {"s": {"type": "Shell", "content": "x"}}).unpack_for_git(git.repo)
        committed(git)
        later = archive_of({"a": {}})
        later.unpack_for_git(git.repo)
        assert git("status", "--porcelain") == ""
        changes = later.unpack_for_git(git.repo, remove_gone=True)
        assert [path.name for path in changes.removed] == ["b.json", "s.json", "s.sh"]
        assert git("status", "--porcelain") == " D jobs/b.json\n D scripts/s.json\n D scripts/s.sh\n"

    def test_another_script_type_is_a_rename(self, git: Git, archive_of: Callable[..., Any]) -> None:
        """A script whose type changed has one file, not the old one too."""
        text = "print(1)\n" * 20
        archive_of(scripts={"s": {"type": "Shell", "content": text}}).unpack_for_git(git.repo)
        committed(git)
        changes = archive_of(scripts={"s": {"type": "PYTHON", "content": text}}).unpack_for_git(git.repo)
        assert changes.removed == (git.repo / "scripts/s.sh",)
        git("add", "--all")
        assert "R  scripts/s.sh -> scripts/s.py" in git("status", "--porcelain")

    def test_an_unfinished_workplace_is_invisible(self, git: Git, archive_of: Callable[..., Any]) -> None:
        """Git does not see the workplace while it is in use."""
        seen = []

        class Looking(io.BytesIO):
            def read(self, size: Any = -1) -> Any:
                seen.append(git("status", "--porcelain", "--untracked-files=all"))
                return super().read(size)

        archive_of({"a": {}}).unpack_for_git(git.repo)
        committed(git)
        JobArchive(None, stream=Looking(archive_of({"b": {}, "c": {}}).stream.getvalue())).unpack_for_git(git.repo)
        assert len(seen) > 3
        assert set(seen) == {""}
        assert git("status", "--porcelain", "--untracked-files=all") == "?? jobs/b.json\n?? jobs/c.json\n"


class TestFiles:
    def test_json(self, archive_of: Callable[..., Any], tmp_path: Path) -> None:
        """A job's JSON is sorted, indented, in UTF-8, and ends with a line."""
        archive_of({"a": {"z": [{"y": 1, "x": "ä\u2028"}], "b": None}}).unpack_for_git(tmp_path)
        assert (tmp_path / "jobs/a.json").read_text(encoding="utf-8") == (
            '{\n  "b": null,\n  "name": "a",\n  "z": [\n    {\n      "x": "ä\u2028",\n      "y": 1\n    }\n  ]\n}\n'
        )

    def test_numbers_are_passed_on(self, zips: type[Zips], tmp_path: Path) -> None:
        """Every number stands in the folder as the service sent it."""
        numbers = ["1.0", "1.50", "1E5", "1e-400", "-0", "0.1000000000000000055", "9007199254740993"]
        text = f'{{"name": "a", "schedule": [{", ".join(numbers)}]}}'
        archive = JobArchive.open(io.BytesIO(zips.zipped(zips.part("jobs/a.job", text.encode()))))
        archive.unpack_for_git(tmp_path)
        lines = (tmp_path / "jobs" / "a.json").read_text().split("[")[1].split("]")[0]
        assert [line.strip() for line in lines.split(",")] == numbers

    @pytest.mark.parametrize(
        ("suffix", "types"),
        [
            (
                ".sql",
                ["FlinkSQL", "DLISQL", "SparkSQL", "HiveSQL", "DWSSQL", "RDSSQL", "PRESTO", "ClickHouseSQL"],
            ),
            (".sql", ["HetuEngineSQL", "ImpalaSQL", "DLI SQL", "Presto SQL"]),
            (".sh", ["Shell"]),
            (".py", ["PYTHON", "Python", "Spark Python"]),
            (".txt", ["Cobol", "", None, 5]),
        ],
    )
    def test_suffixes(
        self, archive_of: Callable[..., Any], tmp_path: Path, tree: Any, suffix: str, types: list[Any]
    ) -> None:
        """Each script type has its suffix; an unknown one is text."""
        for number, script_type in enumerate(types):
            folder = tmp_path / str(number)
            archive_of(scripts={"s": {"type": script_type, "content": "x"}}).unpack_for_git(folder)
            assert set(tree(folder)) == {"scripts", "scripts/s.json", f"scripts/s{suffix}"}

    @pytest.mark.parametrize("content", ["", "x", "x\n", "a\r\nb\r\n", "\ufeffä", "a\0b", "\u2028"])
    def test_text_is_exact(self, archive_of: Callable[..., Any], tmp_path: Path, content: str) -> None:
        """A script's text is there as it is; its metadata lies beside, without it."""
        archive_of(scripts={"s": {"type": "Shell", "content": content, "database": "d"}}).unpack_for_git(tmp_path)
        assert (tmp_path / "scripts/s.sh").read_bytes() == content.encode()
        fields = json.loads((tmp_path / "scripts/s.json").read_bytes())
        assert fields == {"name": "s", "type": "Shell", "database": "d"}

    def test_script_without_text(self, archive_of: Callable[..., Any], tmp_path: Path, tree: Any) -> None:
        """A script whose content is not a text keeps it in its metadata."""
        archive_of(scripts={"s": {"type": "Shell", "content": {"x": 1}}}).unpack_for_git(tmp_path)
        assert set(tree(tmp_path)) == {"scripts", "scripts/s.json"}
        assert json.loads((tmp_path / "scripts/s.json").read_bytes())["content"] == {"x": 1}

    @pytest.mark.parametrize(
        ("name", "file"),
        [
            ("a-b_c.d", "a-b_c.d.json"),
            (".", "%2E.json"),
            ("..", "%2E%2E.json"),
            (".git", "%2Egit.json"),
            ("a.", "a%2E.json"),
            ("../../x", "%2E.%2F..%2Fx.json"),
            ("C:\\x", "C%3A%5Cx.json"),
            ("con", "%63on.json"),
            ("NUL.x", "%4EUL.x.json"),
            ("a b%", "a%20b%25.json"),
            ("a\0\n", "a%00%0A.json"),
            ("日本", "日本.json"),
            ("\u202e", "%E2%80%AE.json"),
        ],
    )
    def test_file_names(self, zips: type[Zips], tmp_path: Path, name: str, file: str) -> None:
        """Any name has a file of its own in the folder."""
        job = zips.part("jobs/x.job", as_bytes({"name": name}))
        JobArchive.open(io.BytesIO(zips.zipped(job))).unpack_for_git(tmp_path)
        assert [path.name for path in (tmp_path / "jobs").iterdir()] == [file]

    def test_names_that_differ_in_case(self, archive_of: Callable[..., Any], tmp_path: Path) -> None:
        """Names that a file system may take for one are marked, always in the same way, and back again."""
        both = archive_of({"Job": {}, "job": {}, "other": {}})
        both.unpack_for_git(tmp_path)
        names = {path.name for path in (tmp_path / "jobs").iterdir()}
        assert len({name.casefold() for name in names}) == 3
        assert "other.json" in names
        assert all("~" in name for name in names - {"other.json"})
        assert both.unpack_for_git(tmp_path).written == ()
        archive_of({"job": {}}).unpack_for_git(tmp_path, remove_gone=True)
        assert [path.name for path in (tmp_path / "jobs").iterdir()] == ["job.json"]

    def test_names_that_differ_in_case_from_a_file_that_stays(
        self, archive_of: Callable[..., Any], tmp_path: Path
    ) -> None:
        """A job whose file some system would take for the file of a job that is not exported now is marked."""
        for name in ("Job", "job", "Job", "JOB"):
            archive_of({name: {}}).unpack_for_git(tmp_path)
        files = list((tmp_path / "jobs").iterdir())
        assert {json.loads(path.read_bytes())["name"] for path in files} == {"Job", "job", "JOB"}
        assert len({path.name.casefold() for path in files}) == len(files) == 3

    def test_long_names(self, zips: type[Zips], tmp_path: Path) -> None:
        """Names too long for a file are cut and still differ."""
        parts = [zips.part(f"{n}.job", as_bytes({"name": "ä" * 200 + end})) for n, end in enumerate("xy")]
        written = JobArchive.open(io.BytesIO(zips.zipped(*parts))).unpack_for_git(tmp_path).written
        assert len({path.name for path in written}) == 2
        assert max(len(path.name.encode()) for path in written) < 220


class TestSeveralArchives:
    def test_one_script_of_many_jobs(self, archive_of: Callable[..., Any], tmp_path: Path) -> None:
        """A script that is there for each job that uses it is one file."""
        script = as_bytes({"name": "s", "type": "Shell", "content": "x"})
        archive = archive_of(**{f"jobs/{job}/s.script": script for job in "abc"})
        assert len(archive.scripts) == 3
        assert [path.name for path in archive.unpack_for_git(tmp_path).written] == ["s.json", "s.sh"]

    def test_all_are_known_to_remove_gone(self, archive_of: Callable[..., Any], tmp_path: Path) -> None:
        """Jobs of one archive are not gone because another lacks them."""
        archives = [archive_of({"a": {}}), archive_of({"b": {}})]
        unpack_for_git(archives, tmp_path)
        assert unpack_for_git(archives, tmp_path, remove_gone=True).removed == ()
        assert unpack_for_git(archives[:1], tmp_path, remove_gone=True).removed == (tmp_path / "jobs/b.json",)

    def test_two_versions_are_refused(self, archive_of: Callable[..., Any], tmp_path: Path, tree: Any) -> None:
        """A job that changed while the archives were made is refused, and nothing is written."""
        with pytest.raises(
            ArchiveCorrupt, match=r"'jobs/a\.job' of the stream and 'jobs/a\.job' .* have the same name but differ"
        ):
            unpack_for_git([archive_of({"a": {}}), archive_of({"a": {"x": 1}})], tmp_path / "new")
        assert tree(tmp_path) == {}

    def test_other_members_may_differ(self, archive_of: Callable[..., Any], tmp_path: Path, tree: Any) -> None:
        """Members that no page knows may be called the same and differ: both are kept."""
        archives = [archive_of(manifest=text) for text in (b"1", b"2")]
        assert len(unpack_for_git(archives, tmp_path).written) == 2
        assert unpack_for_git(archives, tmp_path).written == ()


class TestFolder:
    def test_later_damage_leaves_the_folder(
        self, zips: type[Zips], archive_of: Callable[..., Any], tmp_path: Path, tree: Any
    ) -> None:
        """An archive whose last member is damaged changes nothing."""
        archive_of({"a": {"x": 1}}).unpack_for_git(tmp_path / "repo")
        before = tree(tmp_path)
        broken = zips.zipped(zips.part("jobs/a.job"), zips.part("jobs/b.job", crc=1))
        with pytest.raises(ArchiveCorrupt):
            JobArchive.open(io.BytesIO(broken)).unpack_for_git(tmp_path / "repo", remove_gone=True)
        assert tree(tmp_path) == before

    def test_links_are_not_followed(self, archive_of: Callable[..., Any], tmp_path: Path, tree: Any) -> None:
        """A link where a file belongs is replaced; a link where a folder belongs is refused."""
        (tmp_path / "outside").mkdir()
        (tmp_path / "outside" / "a.json").write_text('{\n  "name": "a"\n}\n')
        repo = tmp_path / "repo"
        (repo / "jobs").mkdir(parents=True)
        (repo / "jobs" / "a.json").symlink_to(tmp_path / "outside" / "a.json")
        (repo / "jobs" / "b.json").symlink_to(tmp_path / "outside" / "a.json")
        archive_of({"a": {}}).unpack_for_git(repo, remove_gone=True)
        assert not (repo / "jobs" / "a.json").is_symlink()
        assert (repo / "jobs" / "a.json").read_bytes() == (tmp_path / "outside" / "a.json").read_bytes()
        assert [path.name for path in (repo / "jobs").iterdir()] == ["a.json"]
        (repo / "scripts").symlink_to(tmp_path / "outside")
        before = tree(tmp_path)
        with pytest.raises(JobexportError, match="scripts is a link; replace it with a folder"):
            archive_of({"c": {}}, {"s": {"content": "x"}}).unpack_for_git(repo, remove_gone=True)
        assert tree(tmp_path) == before

    def test_mode_of_a_file_stays(self, archive_of: Callable[..., Any], tmp_path: Path) -> None:
        """A script that was made executable stays so when its text changes."""
        for text in ("1", "2"):
            archive_of(scripts={"s": {"type": "Shell", "content": text}}).unpack_for_git(tmp_path)
            if text == "1":
                (tmp_path / "scripts/s.sh").chmod(0o755)
        assert (tmp_path / "scripts/s.sh").read_text() == "2"
        assert (tmp_path / "scripts/s.sh").stat().st_mode & 0o777 == 0o755

    def test_folder_in_a_file_s_place(self, archive_of: Callable[..., Any], tmp_path: Path) -> None:
        """A folder where a file belongs is a sentence with its path."""
        (tmp_path / "jobs" / "a.json").mkdir(parents=True)
        with pytest.raises(JobexportError, match="cannot write"):
            archive_of({"a": {}}).unpack_for_git(tmp_path)


def test_what_is_left_out_is_not_gone(zips: type[Zips], archive_of: Callable[..., Any], tmp_path: Path) -> None:
    """Nothing is removed if an archive can't be used, as its jobs are not known."""
    archive_of({"a": {}, "b": {}}).unpack_for_git(tmp_path)
    odd = JobArchive.open(io.BytesIO(zips.zipped(zips.part("jobs/b.job", b"[]"))))
    changes = unpack_for_git([archive_of({"a": {}}), odd], tmp_path, remove_gone=True, left_out=lambda *_: None)
    assert changes.removed == ()


def test_nothing_exported_is_not_everything_gone(archive_of: Callable[..., Any], tmp_path: Path, tree: Any) -> None:
    """Without any job, script or other member, `remove_gone` is refused, and nothing is removed."""
    archive_of({"a": {}}).unpack_for_git(tmp_path)
    before = tree(tmp_path)
    for archives in ([], [archive_of()]):
        with pytest.raises(ArchiveCorrupt, match="the archives hold nothing"):
            unpack_for_git(archives, tmp_path, remove_gone=True)
    assert tree(tmp_path) == before


@pytest.mark.parametrize("step", ["put", "remove", "read"])
def test_a_folder_that_is_swapped_for_a_link_leads_nowhere(
    archive_of: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """A link that takes the place of `jobs` after it was checked is not followed: nothing outside is changed."""
    root, elsewhere = tmp_path / "root", tmp_path / "elsewhere"
    archive_of({"same": {"a": 1}, "new": {"a": 1}, "gone": {"a": 1}}).unpack_for_git(root)
    elsewhere.mkdir()
    for name in ("same.json", "new.json", "gone.json"):
        (elsewhere / name).write_text("theirs")
    real = getattr(OpenFolder, step)

    def swapped(*args: Any) -> Any:
        if not (root / "jobs").is_symlink():
            (root / "jobs").rename(root / "moved")
            (root / "jobs").symlink_to(elsewhere)
        return real(*args)

    monkeypatch.setattr(OpenFolder, step, swapped)
    archive_of({"same": {"a": 1}, "new": {"a": 2}}).unpack_for_git(root, remove_gone=True)
    assert (root / "jobs").is_symlink()
    assert {path.read_text() for path in elsewhere.iterdir()} == {"theirs"}
    assert len(list(elsewhere.iterdir())) == 3


def test_an_archive_that_can_not_be_used_is_left_out(
    zips: type[Zips], archive_of: Callable[..., Any], tmp_path: Path
) -> None:
    """With `left_out` the others are written, and the caller is told of each that is not, and why."""
    good, other = (archive_of({name: {}}, {"s": {"type": "DWSSQL", "content": name}}) for name in ("a", "b"))
    odd = JobArchive.open(io.BytesIO(zips.zipped(zips.part("jobs/c.job", b'{"name": "c", "name": "d"}'))))
    told = []
    changes = unpack_for_git([good, other, odd], tmp_path, left_out=lambda *each: told.append(each))
    assert [path.name for path in changes.written] == ["a.json", "s.json", "s.sql"]
    assert (tmp_path / "scripts/s.sql").read_text() == "a"
    assert [(archive, type(error)) for archive, error in told] == [(other, ArchiveCorrupt), (odd, ArchiveCorrupt)]
