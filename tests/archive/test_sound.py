"""Archives as a service makes them: both layouts, over a socket, of every edition."""

from __future__ import annotations

import hashlib
import io
import json
import os
import resource
import subprocess
import sys
import textwrap
import zipfile
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from jobexport.archive import JobArchive
from jobexport.errors import ArchiveCorrupt, JobexportError
from jobexport.mock import EXAMPLE_PROJECT, State, serve
from jobexport.spec.editions import edition_ids
from tests.making.workspaces import default_workspace

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.archive.making.zips import Zips

NODE = {
    "name": "first",
    "type": "HiveSQL",
    "location": {"x": "-45.5", "y": -134},
    "preNodeName": ["before"],
    "properties": [{"name": "scriptName", "value": "s"}, {"name": "scriptArgs", "value": ""}],
    "invented": {"by": ["nobody"]},
}
JOB: dict[str, Any] = {
    "name": "a",
    "nodes": [NODE],
    "schedule": {"type": "CRON"},
    "params": [{"name": "password", "value": "secret"}],
    "directory": "/dir/",
    "processType": "BATCH",
    "lastUpdateUser": "someone",
    "logPath": "obs://log",
    "basicConfig": {"priority": 0},
    "targetStatus": "SAVED",
    "approvers": [{"approverName": "u1"}, {"approverName": "u2"}],
    "invented": 1.5,
}
SCRIPT = {
    "name": "s",
    "type": "DLISQL",
    "content": "SELECT 1;\r\n",
    "directory": "/x",
    "connectionName": "c",
    "database": "d",
    "queueName": "q",
    "configuration": {"spark.x": "1"},
    "description": "täglich",
    "targetStatus": "PRODUCTION",
    "approvers": [{"approverName": "u1"}],
    "invented": None,
}
RESOURCE = {
    "name": "r",
    "type": "jar",
    "location": "obs://b/r.jar",
    "dependFiles": ["obs://b/d.jar"],
    "desc": "text",
    "directory": "/r",
    "invented": [],
}


def as_bytes(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


@pytest.fixture(scope="module", params=edition_ids())
def server(request: pytest.FixtureRequest) -> Iterator[Any]:
    with serve(request.param) as running:
        yield running


def export(server: Any, path: Any, body: Any = None) -> Any:
    url = f"{server.url}/v1/{server.project_id}/jobs/{path}"
    headers = {"X-Auth-Token": server.token, **default_workspace(server.core.document)}
    response = httpx.post(url, json=body or {}, headers=headers, trust_env=False, verify=False)
    return response.raise_for_status().content


class TestOfTheMock:
    def test_single(self, server: Any, tmp_path: Path, tree: Any) -> None:
        """A job's export has its job, scripts and resources, and unpacks to what another reader finds in it."""
        content = export(server, "job_spark/export")
        (tmp_path / "DLF_job_spark.zip").write_bytes(content)
        archive = JobArchive(
            tmp_path / "DLF_job_spark.zip", sha256=hashlib.sha256(content).hexdigest(), size=len(content)
        )
        archive.verify()
        assert [job.member for job in archive.jobs] == ["jobs/job_spark.job"]
        assert [script.name for script in archive.scripts] == ["publish_report"]
        assert [resource.name for resource in archive.resources] == ["trip-report"]
        assert archive.others == ()
        paths = archive.unpack(tmp_path / "out")
        with zipfile.ZipFile(io.BytesIO(content)) as other:
            assert {path.relative_to(tmp_path / "out").as_posix(): path.read_bytes() for path in paths} == {
                name: other.read(name) for name in other.namelist()
            }
        assert list(paths) == sorted(paths)

    def test_batch(self, server: Any) -> None:
        """A batch export has a folder for each job; its jobs are found there, a stream is as good as a file."""
        content = export(server, "batch-export", {"jobList": ["myJob", "job_spark", "job_stream"]})
        stream = io.BytesIO(content)
        stream.seek(5)
        archive = JobArchive.open(stream)
        archive.verify()
        assert (archive.path, archive.size, archive.sha256) == (None, len(content), None)
        assert [job.name for job in archive.jobs] == ["job_spark", "job_stream", "myJob"]
        assert [job.as_json()["processType"] for job in archive.jobs] == ["BATCH", "REAL_TIME", "BATCH"]
        assert {script.member.split("/")[1] for script in archive.scripts} == {"job_spark", "myJob"}
        assert stream.tell() == 5

    def test_both_give_the_same_for_git(self, server: Any, tmp_path: Path, tree: Any) -> None:
        """A job's files for git do not depend on which operation exported it."""
        single = JobArchive.open(io.BytesIO(export(server, "myJob/export")))
        batch = JobArchive.open(io.BytesIO(export(server, "batch-export", {"jobList": ["myJob"]})))
        single.unpack_for_git(tmp_path / "single")
        batch.unpack_for_git(tmp_path / "batch")
        assert tree(tmp_path / "single") == tree(tmp_path / "batch")
        assert "jobs/myJob.json" in tree(tmp_path / "single")


def test_jobs_called_dots(tmp_path: Path, tree: Any) -> None:
    """The legal job names `.` and `..` are read, unpacked and have a file for git."""
    folder = tmp_path / "state" / EXAMPLE_PROJECT / "workspaces" / "default" / "jobs"
    folder.mkdir(parents=True)
    for name in (".", ".."):
        (folder / f"{name}.job").write_bytes(as_bytes(JOB | {"name": name, "nodes": []}))
    with serve(edition_ids()[0], state=State.load(tmp_path / "state")) as server:
        batch = JobArchive.open(io.BytesIO(export(server, "batch-export", {"jobList": [".", ".."]})))
        single = JobArchive.open(io.BytesIO(export(server, "%2E%2E/export")))
    assert sorted(job.name for job in batch.jobs) == [".", ".."]
    assert [job.name for job in single.jobs] == [".."]
    assert len(batch.unpack(tmp_path / "batch")) == 2
    assert [path.name for path in single.unpack(tmp_path / "single")] == ["...job"]
    batch.unpack_for_git(tmp_path / "git")
    assert set(tree(tmp_path / "git")) == {"jobs", "jobs/%2E.json", "jobs/%2E%2E.json"}


class TestValues:
    @pytest.fixture
    def archive(self, zips: type[Zips]) -> Any:
        """A tree that mixes both layouts, as the batch page prints it, with members of its own."""
        return JobArchive.open(
            io.BytesIO(
                zips.zipped(
                    zips.part("jobs/", b"", method=0),
                    zips.part("jobs/a/a.job", as_bytes(JOB)),
                    zips.part("jobs/b.job", b"\xef\xbb\xbf" + as_bytes({"nodes": "none", "schedule": 5})),
                    zips.part("jobs/a/s.script", as_bytes(SCRIPT)),
                    zips.part("resources/r.resource", as_bytes(RESOURCE)),
                    zips.part("cdm/move.json", b"{}"),
                    zips.part("readme"),
                )
            )
        )

    def test_job(self, archive: Any) -> None:
        """A job's documented fields are typed."""
        job = archive.jobs[0]
        assert (job.name, job.directory) == ("a", "/dir/")
        assert (job.schedule, job.params) == (JOB["schedule"], tuple(JOB["params"]))
        assert (job.approvers, job.last_update_user) == (("u1", "u2"), "someone")
        (node,) = job.nodes
        assert (node.name, node.type) == ("first", "HiveSQL")
        assert node.properties == {"scriptName": "s", "scriptArgs": ""}
        assert node.as_json() == NODE

    def test_script(self, archive: Any) -> None:
        """A script's documented fields are typed."""
        (script,) = archive.scripts
        assert (script.name, script.type, script.content) == ("s", "DLISQL", "SELECT 1;\r\n")
        assert (script.directory, script.connection_name, script.database, script.queue_name) == ("/x", "c", "d", "q")
        assert script.description == "täglich"
        assert script.approvers == ("u1",)

    def test_resource(self, archive: Any) -> None:
        """A resource's documented fields are typed."""
        (resource,) = archive.resources
        assert (resource.name, resource.type, resource.location) == ("r", "jar", "obs://b/r.jar")
        assert (resource.depend_files, resource.description, resource.directory) == (("obs://b/d.jar",), "text", "/r")

    def test_nothing_is_lost(self, archive: Any) -> None:
        """as_json gives all fields back, and a copy: changing it changes nothing."""
        for value, read in ((archive.jobs[0], JOB), (archive.scripts[0], SCRIPT), (archive.resources[0], RESOURCE)):
            assert value.as_json() == read
            value.as_json().clear()
            value.as_json()["invented"] = "changed"
            assert value.as_json() == read

    def test_other_types_are_read_leniently(self, archive: Any) -> None:
        """Fields that are missing or of another type are None or empty, and the name is the member's."""
        job = archive.jobs[1]
        assert (job.name, job.nodes, job.schedule, job.approvers) == ("b", (), None, ())
        assert job.as_json() == {"nodes": "none", "schedule": 5}

    def test_others_are_listed_and_kept(self, archive: Any, tmp_path: Path, tree: Any) -> None:
        """A member that is neither job, script nor resource is listed, and unpacked in both ways."""
        assert archive.others == ("cdm/move.json", "readme")
        archive.unpack(tmp_path / "out")
        assert tree(tmp_path / "out")["cdm/move.json"] == b"{}"
        archive.unpack_for_git(tmp_path / "git")
        assert {"others/cdm%2Fmove.json", "others/readme"} < set(tree(tmp_path / "git"))

    def test_repr_shows_no_field(self, archive: Any) -> None:
        """A parameter may be a secret, so no repr shows more than the member."""
        for value in (archive.jobs[0], archive.jobs[0].nodes[0], archive.scripts[0], archive.resources[0]):
            assert not any(word in repr(value) for word in ("secret", "SELECT", "someone", "obs://"))
        assert repr(archive.jobs[0]) == "Job(member='jobs/a/a.job')"


class TestOtherWriters:
    """Zips that are sound and not written as the mock writes them."""

    @pytest.mark.parametrize("wide", [False, True], ids=["narrow", "zip64"])
    @pytest.mark.parametrize("method", [0, 8], ids=["stored", "deflated"])
    def test_sizes_and_places(self, zips: type[Zips], method: int, wide: bool, tmp_path: Path, tree: Any) -> None:
        """Stored and deflated members, sizes after the data, zip64 fields, comments and unused bytes are fine."""
        parts = [
            zips.part("jobs/a.job", as_bytes(JOB), method=method, wide=wide),
            zips.part("jobs/b.job", as_bytes(JOB), method=method, flags=0x0808),
            zips.part("jobs/empty", b"", method=method),
            zips.part("inner.zip", zips.zipped(zips.part("../x")), method=method),
        ]
        archive = JobArchive.open(io.BytesIO(zips.zipped(*parts, wide=wide, comment=b"exported")))
        archive.verify()
        assert len(archive.jobs) == 2
        archive.unpack(tmp_path / "out")
        assert tree(tmp_path / "out") == {"jobs": None} | {part.name.decode(): part.content for part in parts}

    @pytest.mark.parametrize("more", [0, 21, 53])
    def test_member_that_fills_a_chunk(self, zips: type[Zips], more: int) -> None:
        """A member whose last packed byte unpacks to more than a chunk has room for is read to its end."""
        JobArchive.open(io.BytesIO(zips.zipped(zips.part("x", bytes(256 * 1024 + more))))).verify()

    def test_without_the_flag_for_utf8(self, zips: type[Zips]) -> None:
        """A name without the flag is UTF-8 when it can be, and code page 437 otherwise."""
        parts = [zips.part(name, flags=0) for name in ("ä".encode(), b"\x84.txt")]
        assert JobArchive.open(io.BytesIO(zips.zipped(*parts))).others == ("ä", "ä.txt")

    def test_written_while_unseekable(self) -> None:
        """A zip that the standard library writes to a pipe is read."""

        class Pipe(io.BytesIO):
            def seekable(self) -> bool:
                return False

            def tell(self) -> int:
                raise io.UnsupportedOperation

            def seek(self, offset: int, whence: int = 0, /) -> int:
                raise io.UnsupportedOperation

        pipe = Pipe()
        with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("jobs/a.job", as_bytes(JOB))
        assert JobArchive.open(io.BytesIO(pipe.getvalue())).jobs[0].as_json() == JOB
        with pytest.raises(JobexportError, match="cannot read the stream"):
            JobArchive.open(pipe)

    def test_no_members(self, zips: type[Zips], tmp_path: Path) -> None:
        """An archive of nothing is sound, and unpacks to an empty folder."""
        archive = JobArchive.open(io.BytesIO(zips.zipped()))
        archive.verify()
        assert (archive.jobs, archive.others, archive.unpack(tmp_path / "out")) == ((), (), ())
        assert (tmp_path / "out").is_dir()

    def test_modes_are_ignored(self, zips: type[Zips], tmp_path: Path) -> None:
        """A member marked as setuid and executable becomes a plain file."""
        JobArchive.open(io.BytesIO(zips.zipped(zips.part("a", mode=0o104777)))).unpack(tmp_path / "out")
        assert (tmp_path / "out" / "a").stat().st_mode & 0o7111 == 0


class TestVerify:
    @pytest.fixture
    def path(self, zips: type[Zips], tmp_path: Path) -> Any:
        path = tmp_path / "a.zip"
        path.write_bytes(zips.zipped(zips.part("jobs/a.job", os.urandom(300_000)), zips.part("jobs/b.job")))
        return path

    @pytest.mark.parametrize("place", [0, 20, 60, 150_000, -1, -15, -40, -90])
    def test_a_changed_byte_is_found(self, path: Any, place: Any) -> None:
        """A changed byte is found, in data as in headers, once the digest is known."""
        content = bytearray(path.read_bytes())
        sound = JobArchive(path, sha256=hashlib.sha256(content).hexdigest(), size=len(content))
        sound.verify()
        content[place] ^= 1
        path.write_bytes(content)
        with pytest.raises(ArchiveCorrupt):
            sound.verify()

    def test_a_changed_byte_of_data_is_found_without_digest(self, path: Any) -> None:
        """The checksums in the zip are enough for its data."""
        content = bytearray(path.read_bytes())
        content[150_000] ^= 1
        path.write_bytes(content)
        archive = JobArchive.open(path)
        with pytest.raises(ArchiveCorrupt, match="checksum"):
            archive.verify()

    @pytest.mark.parametrize("length", [0, 1, 21, 22, 1000, 200_000, -1, -22, -100])
    def test_a_cut_is_found(self, path: Any, length: Any) -> None:
        """A zip that is cut off anywhere is corrupt."""
        path.write_bytes(path.read_bytes()[:length])
        with pytest.raises(ArchiveCorrupt, match=f"^{path} is damaged: "):
            JobArchive.open(path)

    def test_another_length_is_found(self, path: Any) -> None:
        """A file that is shorter or longer than received is corrupt."""
        with pytest.raises(ArchiveCorrupt, match="but 5 were received"):
            JobArchive(path, size=5).verify()

    def test_unreadable(self, tmp_path: Path) -> None:
        """A missing file, a folder, an illegal path, a closed stream, or no file at all is one sentence."""
        closed = io.BytesIO()
        closed.close()
        for source in (tmp_path / "none.zip", tmp_path, "a\0b", closed):
            with pytest.raises(JobexportError, match=r"^cannot read .*; check that") as caught:
                JobArchive.open(source)
            assert not isinstance(caught.value, ArchiveCorrupt)
        with pytest.raises(JobexportError, match="the archive has neither a file nor a stream"):
            JobArchive(None, size=3).verify()


class TestUnpack:
    @pytest.fixture
    def archive(self, zips: type[Zips]) -> Any:
        return JobArchive.open(io.BytesIO(zips.zipped(zips.part("jobs/a.job"), zips.part("scripts/", b"", method=0))))

    def test_empty_folder_is_replaced(self, archive: Any, tmp_path: Path) -> None:
        """An existing empty folder is filled and keeps its permissions."""
        folder = tmp_path / "out"
        folder.mkdir()
        folder.chmod(0o700)
        assert archive.unpack(folder) == (folder / "jobs/a.job",)
        assert folder.stat().st_mode & 0o777 == 0o700
        assert sorted(path.name for path in tmp_path.iterdir()) == ["out"]

    def test_folder_in_use_stays(self, archive: Any, tmp_path: Path, tree: Any) -> None:
        """An existing folder that holds something stays as it is."""
        (tmp_path / "out").mkdir()
        (tmp_path / "out" / "mine.txt").write_text("mine")
        before = tree(tmp_path)
        with pytest.raises(JobexportError, match=r"out is not empty; name a new folder or empty it"):
            archive.unpack(tmp_path / "out")
        assert tree(tmp_path) == before

    def test_file_stays(self, archive: Any, tmp_path: Path, tree: Any) -> None:
        """A file in the folder's place, or among its parents, stays as it is."""
        (tmp_path / "out").write_text("mine")
        for folder, problem in ((tmp_path / "out", "is a file"), (tmp_path / "out" / "x", "cannot write")):
            with pytest.raises(JobexportError, match=problem):
                archive.unpack(folder)
        assert tree(tmp_path) == {"out": b"mine"}

    def test_link_to_a_folder_stays_a_link(self, archive: Any, tmp_path: Path) -> None:
        """A link to an empty folder is followed, as the caller made it."""
        (tmp_path / "real").mkdir()
        (tmp_path / "link").symlink_to("real")
        archive.unpack(tmp_path / "link")
        assert (tmp_path / "link").is_symlink()
        assert (tmp_path / "real" / "jobs" / "a.job").is_file()

    def test_damage_leaves_nothing(self, zips: type[Zips], tmp_path: Path, tree: Any) -> None:
        """When the last member turns out to be damaged, nothing is there, and an empty folder is still empty."""
        content = zips.zipped(zips.part("a", b"x" * 100_000), zips.part("b", crc=1))
        archive = JobArchive.open(io.BytesIO(content))
        (tmp_path / "empty").mkdir()
        for folder in ("empty", "new", "new/parents/too"):
            with pytest.raises(ArchiveCorrupt, match="'b' has a wrong checksum"):
                archive.unpack(tmp_path / folder)
        assert tree(tmp_path) == {"empty": None}

    def test_full_disk_leaves_nothing(self, zips: type[Zips], tmp_path: Path, tree: Any) -> None:
        """A full disk is one sentence, and leaves nothing behind."""
        archive = JobArchive.open(io.BytesIO(zips.zipped(zips.part("a"), zips.part("b", os.urandom(200_000)))))
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
        try:
            for call in (archive.unpack, archive.unpack_for_git):
                with pytest.raises(JobexportError, match=r"cannot write .*out: File too large; make room"):
                    call(tmp_path / "out")
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
        assert tree(tmp_path) == {}

    @pytest.mark.parametrize("call", ["unpack", "unpack_for_git"])
    def test_interrupt_leaves_nothing(self, zips: type[Zips], tmp_path: Path, tree: Any, call: str) -> None:
        """Ctrl-C in the middle leaves nothing behind."""

        class Interrupted(io.BytesIO):
            def read(self, size: Any = -1) -> Any:
                if size == 64 * 1024 and self.tell() > 300_000:
                    raise KeyboardInterrupt
                return super().read(size)

        archive = JobArchive.open(Interrupted(zips.zipped(zips.part("a"), zips.part("b", os.urandom(600_000)))))
        with pytest.raises(KeyboardInterrupt):
            getattr(archive, call)(tmp_path / "new" / "out")
        assert tree(tmp_path) == {}


def test_large_zip_takes_little_memory(tmp_path: Path) -> None:
    """Verifying and unpacking a zip of 60 MiB takes less than 20 MiB more at the peak than a small one does."""
    code = textwrap.dedent("""
        import os, resource, shutil, sys, zipfile
        from pathlib import Path
        from jobexport.archive import JobArchive

        def use(name, blocks):
            with zipfile.ZipFile(name, "w", zipfile.ZIP_DEFLATED, compresslevel=0) as archive:
                with archive.open("big.bin", "w") as member:
                    for _ in range(blocks):
                        member.write(block)
            archive = JobArchive.open(name)
            archive.verify()
            archive.unpack(f"{name}.out")
            shutil.rmtree(f"{name}.out")
            archive.unpack_for_git(f"{name}.git")
            return archive.size, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

        block = os.urandom(1024 * 1024)
        _, before = use("small.zip", 1)
        size, after = use("large.zip", 60)
        print(size, (after - before) * 1024)
    """)
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    size, more = map(int, done.stdout.split())
    assert size > 60 * 1024**2
    assert more < 20 * 1024**2


def test_import_is_light() -> None:
    """Importing `JobArchive` brings in nothing of the project but the core and the errors, and no httpx."""
    code = "import sys; from jobexport.archive import JobArchive; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    ours = [name for name in done.stdout.split() if name.partition(".")[0] in ("jobexport", "httpx")]
    names = {name for name in ours if not name.startswith(("jobexport.archive", "jobexport.core"))}
    assert names == {"jobexport", "jobexport.errors"}


@pytest.mark.parametrize(("member", "name"), [("jobs/%2E%2E/%2E%2E.job", ".."), ("jobs/a%2Eb.job", "a%2Eb")])
def test_a_job_without_a_name_is_called_after_its_member(zips: type[Zips], member: str, name: str) -> None:
    """The encoding of `.` and `..` is undone, and no other."""
    archive = JobArchive.open(io.BytesIO(zips.zipped(zips.part(member, b"{}"))))
    assert [job.name for job in archive.jobs] == [name]
