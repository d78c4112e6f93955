"""Zips that want to do harm: each is refused, in little time and memory, and nothing is written anywhere."""

from __future__ import annotations

import contextlib
import io
import resource
import time
import tracemalloc
from typing import TYPE_CHECKING, Any

import pytest

from jobexport.archive import JobArchive
from jobexport.archive.zip.source import opened
from jobexport.archive.zip.whole import check
from jobexport.errors import ArchiveCorrupt, ArchiveError, ArchiveUnsafe
from tests.archive.making.hostile import CONTENT, KINDS, MIB, built

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.archive.making.watch import Watch
    from tests.archive.making.zips import Zips

SECONDS = 30
MEMORY, FILE = 32 * 1024**2, 1024**2


@contextlib.contextmanager
def files_up_to(size: Any) -> Iterator[None]:
    """Let no file grow beyond this: writing more is an OSError, which no test here expects."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@contextlib.contextmanager
def within_limits() -> Iterator[None]:
    """Fail when the block takes too long or holds too much."""
    tracemalloc.start()
    began = time.process_time()
    try:
        with files_up_to(FILE):
            yield
        assert time.process_time() - began < SECONDS
        assert tracemalloc.get_traced_memory()[1] < MEMORY
    finally:
        tracemalloc.stop()


@pytest.fixture
def home(tmp_path: Path) -> Any:
    """A folder to unpack in; nothing beside it may change."""
    folder = tmp_path / "home"
    folder.mkdir()
    (tmp_path / "beside.txt").write_text("kept")
    return folder


@pytest.fixture
def archive(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    """The archive of a kind, in a file."""
    path = tmp_path / "hostile.zip"
    path.write_bytes(built(request.param))
    return JobArchive(path)


every_kind = pytest.mark.parametrize("archive", KINDS, indirect=True)


def test_the_set_is_large() -> None:
    """There are more than two hundred kinds."""
    assert len(KINDS) > 200


@pytest.mark.parametrize(("archive", "error"), [(k, e) for k, (_, e) in KINDS.items()], indirect=["archive"], ids=KINDS)
def test_unpack_refuses(archive: Any, error: Any, home: Any, tmp_path: Path, tree: Any, watch: Watch) -> None:
    """Unpacking is refused with the right error, in one sentence, and all folders are as they were."""
    before = tree(tmp_path)
    with within_limits(), watch.watching(), pytest.raises(ArchiveError) as caught:
        archive.unpack(home / "deep" / "out")
    assert type(caught.value) is error
    assert str(caught.value).startswith(str(archive.path))
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 700
    assert caught.value.__cause__ is None
    assert tree(tmp_path) == before
    assert (watch.links, watch.outside(home)) == (set(), [])


# Its thousands of members are files like others here, and writing them takes its time.
without_many = pytest.mark.parametrize("archive", [kind for kind in KINDS if kind != "many-folders"], indirect=True)


@without_many
def test_unpack_under_other_names_keeps_inside(
    archive: Any, home: Any, tmp_path: Path, tree: Any, watch: Watch
) -> None:
    """With `rename` an archive is unpacked under names that every system can hold, or it is refused without a trace."""
    before, out = tree(tmp_path), home / "out"
    with within_limits(), watch.watching():
        try:
            files = archive.unpack(out, rename=True)
        except ArchiveError:
            files = ()
            assert tree(tmp_path) == before
    assert (watch.links, watch.outside(home)) == (set(), [])
    parts = [part for file in files for part in file.relative_to(out).parts]
    assert all(part.isprintable() and part == part.strip(" ") and not part.endswith(".") for part in parts)
    assert not {part.lower().partition(".")[0] for part in parts} & {"con", "nul", "aux", "lpt1"}
    assert not {part.lower() for part in parts} & {".git", "git~1", ".."}
    assert len({str(file).casefold() for file in files}) == len(files)


@without_many
def test_unpack_for_git_keeps_inside(archive: Any, home: Any, tmp_path: Path, tree: Any, watch: Watch) -> None:
    """The layout for git is made of file names that lie in its folders, or it is refused and nothing is there."""
    before = tree(tmp_path)
    with within_limits(), watch.watching():
        try:
            written = archive.unpack_for_git(home / "repo").written
        except ArchiveError:
            written = None
    assert (watch.links, watch.outside(home)) == (set(), [])
    if written is None:
        assert tree(tmp_path) == before
        return
    for path in written:
        folder, name = path.relative_to(home / "repo").parts
        assert folder in {"jobs", "scripts", "resources", "others"}
        assert not name.startswith(".")
        assert name.isprintable()
    assert {name for name in tree(tmp_path) if not name.startswith("home/")} == set(before) - {"home/"}


@every_kind
def test_reading_keeps_to_the_limits(archive: Any) -> None:
    """Looking into a hostile archive takes little time and memory, and raises the two errors or nothing."""
    calls = [lambda: JobArchive.open(archive.path), archive.verify, lambda: archive.jobs, lambda: archive.others]
    with within_limits():
        for call in calls:
            with contextlib.suppress(ArchiveCorrupt, ArchiveUnsafe):
                call()


@pytest.mark.parametrize("content", CONTENT.values(), ids=CONTENT)
def test_job_that_is_no_json_object_is_refused(zips: type[Zips], content: Any, home: Any, tree: Any) -> None:
    """A job's content that is not JSON, or that would lose a part, is ArchiveCorrupt; as a file it is unpacked."""
    archive = JobArchive.open(io.BytesIO(zips.zipped(zips.part("jobs/a.job", content))))
    with pytest.raises(ArchiveCorrupt, match=r"'jobs/a\.job' is not a JSON object"):
        archive.jobs  # noqa: B018
    with pytest.raises(ArchiveCorrupt):
        archive.unpack_for_git(home / "repo")
    assert tree(home) == {}
    archive.unpack(home / "out")
    assert tree(home)["out/jobs/a.job"] == content


@pytest.mark.parametrize("content", CONTENT.values(), ids=CONTENT)
@pytest.mark.parametrize("suffix", ["script", "resource"])
def test_other_content_of_scripts_is_kept(zips: type[Zips], suffix: str, content: Any, home: Any) -> None:
    """A script or resource that is not a JSON object is one of `others`: no page describes its content."""
    archive = JobArchive.open(io.BytesIO(zips.zipped(zips.part(f"x/a.{suffix}", content))))
    assert (archive.scripts, archive.resources, archive.others) == ((), (), (f"x/a.{suffix}",))
    archive.unpack_for_git(home)
    assert (home / "others" / f"x%2Fa.{suffix}").read_bytes() == content


def test_large_job_is_refused(zips: type[Zips]) -> None:
    """A job of more than 16 MiB is not read into memory."""
    content = b'{"x": "' + b"0123456789abcdef" * MIB + b'"}'
    archive = JobArchive.open(io.BytesIO(zips.zipped(zips.part("a.job", content, method=0))))
    tracemalloc.start()
    with pytest.raises(ArchiveUnsafe, match="a job has at most"):
        archive.jobs  # noqa: B018
    assert tracemalloc.get_traced_memory()[1] < MIB
    tracemalloc.stop()


def test_much_json_is_refused_in_memory_and_unpacked_for_git(zips: type[Zips], tmp_path: Path) -> None:
    """More than 64 MiB of jobs are not held at once; unpacked for git they are, one at a time."""
    content = b'{"x": "' + b"0123456789abcdef" * (MIB // 2) + b'"}'
    parts = [zips.part(f"{number}.job", content, method=0) for number in range(9)]
    archive = JobArchive.open(io.BytesIO(zips.zipped(*parts)))
    with pytest.raises(ArchiveUnsafe, match="in memory"):
        archive.jobs  # noqa: B018
    assert len(archive.unpack_for_git(tmp_path).written) == 9


@pytest.mark.parametrize(
    ("values", "members", "problem"),
    [
        pytest.param(500_000, 1, "'0.job' has more than 500000 values", id="one job"),
        pytest.param(300_000, 4, "its jobs and scripts have more than 1000000 values", id="together"),
    ],
)
def test_jobs_of_too_many_values_are_refused(zips: type[Zips], values: int, members: int, problem: str) -> None:
    """A short zip of jobs that would be a gigabyte of objects is refused for the number of values."""
    content = b'{"a": [' + b"0," * values + b"0]}"
    parts = [zips.part(f"{number}.job", content) for number in range(members)]
    archive = JobArchive.open(io.BytesIO(zips.zipped(*parts)))
    with pytest.raises(ArchiveUnsafe, match=problem):
        archive.jobs  # noqa: B018


def test_reading_a_zip_ends_when_its_watch_says_so(zips: type[Zips]) -> None:
    """An error of `watch`, such as that of a deadline, ends the check of a large member between two reads."""
    reads: list[None] = []

    def watch() -> None:
        reads.append(None)
        if len(reads) > 10:
            raise TimeoutError

    stored = zips.zipped(zips.part("a.bin", bytes(MIB * 2), method=0))
    with pytest.raises(TimeoutError), opened(None, io.BytesIO(stored), "the zip", watch) as source:
        check(source)
    assert len(reads) == 11
