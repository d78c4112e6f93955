from __future__ import annotations

import hashlib
import io
import os
import struct
import zipfile
from typing import TYPE_CHECKING, Any

import pytest

from jobexport import AkSkAuth, ObsExport, errors
from jobexport.archive.names import export_name
from jobexport.mock import State, serve
from jobexport.spec.editions import edition_ids
from tests.client.making.scripted import ScriptedResponse
from tests.client.making.values import PROJECT, members, zip_of
from tests.drift.making.described import DESCRIBED
from tests.making.workspaces import WORKSPACE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from jobexport.mock import Server
    from tests.client.making.calls import Caller
    from tests.client.making.scripted import Scripted

ZIP = zip_of({"jobs/myJob.job": b'{"name": "myJob"}' * 50})


@pytest.mark.parametrize("edition", edition_ids())
def test_a_job_is_exported_by_every_edition(
    caller: Caller, started: Callable[[str], Server], tmp_path: Path, edition: str
) -> None:
    """The zip is stored under the documented name with the service's bytes; size and SHA-256 are theirs."""
    server = started(edition)
    server.core.reset()
    archive = caller.job(server, "myJob", to=tmp_path, workspace=WORKSPACE)
    content = (tmp_path / "DLF_myJob.zip").read_bytes()
    assert archive.path == tmp_path / "DLF_myJob.zip"
    assert (archive.size, archive.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    assert [job.name for job in archive.jobs] == ["myJob"]
    # Without a choice no body is sent: two editions document none.
    assert server.core.requests[-1].content == b""


def test_what_is_chosen_is_sent(caller: Caller, scripted: Scripted, tmp_path: Path) -> None:
    """Every argument goes where the documents have it, and nothing else goes."""
    scripted.respond(ScriptedResponse(ZIP))
    caller.job(scripted, "myJob", to=tmp_path, workspace="w1", depend=False, status="SUBMIT")
    (received,) = scripted.received
    assert received.path == f"/v1/{PROJECT}/jobs/myJob/export"
    assert received.headers["workspace"] == "w1"
    assert received.json() == {"exportDepend": False, "exportStatus": "SUBMIT"}


def test_an_export_to_obs_names_folder_and_zip(caller: Caller, mock: Server) -> None:
    """With obs_path the result says where the zip appears, which the mock then has there."""
    result = caller.job(mock, "myJob", obs_path="obs://bucket/folder/")
    assert isinstance(result, ObsExport)
    assert result.archive == f"{result.folder}/myJob.zip"
    assert result.folder.startswith("obs://bucket/folder/myJob/")


def test_a_server_that_knows_no_obs_path_is_unexpected(caller: Caller, started: Callable[[str], Server]) -> None:
    """A server whose edition has no obsPath sends the zip; the error names the remedy."""
    with pytest.raises(errors.UnexpectedResponse, match="ignored obs_path and sent the zip; export to a file"):
        caller.job(started("otc-2024"), "myJob", obs_path="obs://bucket/folder", workspace=WORKSPACE)


@pytest.mark.parametrize("to", ["new/folder/", "new/name.zip", "there"])
def test_folders_and_files_are_made(caller: Caller, mock: Server, tmp_path: Path, to: str) -> None:
    """`to` is a folder when it is one or ends in a slash, else a file; folders are made."""
    (tmp_path / "there").mkdir()
    archive = caller.job(mock, "myJob", to=f"{tmp_path}/{to}")
    expected = {"new/folder/": "new/folder/DLF_myJob.zip", "there": "there/DLF_myJob.zip"}.get(to, to)
    assert archive.path == tmp_path / expected
    assert members(archive.path)


def test_a_file_may_be_read_by_whom_the_umask_lets(caller: Caller, mock: Server, tmp_path: Path) -> None:
    """The file has the rights that any new file would have."""
    (tmp_path / "other").touch()
    archive = caller.job(mock, "myJob", to=tmp_path / "a.zip")
    assert archive.path.stat().st_mode == (tmp_path / "other").stat().st_mode


@pytest.mark.parametrize("name", [".", "..", "...", "-", pytest.param("a" * 128, id="longest"), "Z_.-9"])
def test_every_legal_name_reaches_the_server(caller: Caller, tmp_path: Path, name: str) -> None:
    """Each name is exported under its own path, and stays in its folder."""
    state = State.example().with_files({f"{PROJECT}/workspaces/{WORKSPACE}/jobs/{name}.job": {"name": name}})
    with serve(DESCRIBED.documents["otc-2024"], state=state) as server:
        archive = caller.job(server, name, to=f"{tmp_path}/out/", workspace=WORKSPACE)
    assert archive.path == tmp_path / "out" / f"DLF_{name}.zip"
    assert os.listdir(tmp_path) == ["out"]  # noqa: PTH208


LONG = "\u4f5c" * 128


@pytest.mark.parametrize("signed", [False, True])
def test_chinese_names_go_the_whole_way(caller: Caller, tmp_path: Path, signed: bool) -> None:
    """Jobs with Chinese names are exported to files, to OBS and in a batch, and unpacked; a long file name is cut."""
    script, first = "\u811a\u672c", "\u4f5c\u4e1a_1"
    node = {"name": "n", "properties": [{"name": "scriptName", "value": script}]}
    files = {f"jobs/{name}.job": {"name": name, "nodes": [node]} for name in (first, LONG)}
    files[f"scripts/{script}.script"] = {"name": script, "content": "date"}
    state = State.example().with_files(
        {f"{PROJECT}/workspaces/{WORKSPACE}/{path}": text for path, text in files.items()}
    )
    with serve(DESCRIBED.documents["huaweicloud-cn-2025"], state=state) as server:
        if signed:
            caller = caller.with_options(auth=AkSkAuth(server.access_key, server.secret_key))
        archives = [caller.job(server, name, to=f"{tmp_path}/out/", workspace=WORKSPACE) for name in (first, LONG)]
        stored = [caller.job(server, name, obs_path="obs://b/f/", workspace=WORKSPACE) for name in (first, LONG)]
        batch = caller.jobs(server, [first, LONG], to=tmp_path / "batch", workspace=WORKSPACE)
    assert [found.path.name for found in archives] == [f"DLF_{first}.zip", export_name(LONG)]
    assert len(export_name(LONG).encode()) <= 255
    assert [job.name for found in archives for job in found.jobs] == [first, LONG]
    assert [found.archive.rpartition("/")[2] for found in stored] == [f"{first}.zip", f"{LONG}.zip"]
    assert batch.archives.keys() == {first, LONG}
    unpacked = archives[0].unpack(tmp_path / "unpacked")
    assert {path.name for path in unpacked} == {f"{first}.job", f"{script}.script"}


def test_a_stream_receives_the_whole_zip(caller: Caller, mock: Server) -> None:
    """A binary stream gets the whole zip, even if it accepts few bytes at a time."""

    class Narrow(io.RawIOBase):
        got = b""

        def writable(self) -> bool:
            return True

        def write(self, data: Any) -> int:
            self.got += bytes(data)[:100]
            return min(len(data), 100)

    stream = Narrow()
    archive = caller.job(mock, "myJob", to=stream)
    assert archive.path is None
    assert (archive.size, archive.sha256) == (len(stream.got), hashlib.sha256(stream.got).hexdigest())


def test_a_stream_of_text_is_refused(caller: Caller, scripted: Scripted) -> None:
    """A stream of text is refused; nothing is sent."""
    with pytest.raises(ValueError, match="stream of text"):
        caller.job(scripted, "myJob", to=io.StringIO())
    assert scripted.received == []


def test_a_stream_that_fails_is_an_error_of_the_tree(caller: Caller, mock: Server) -> None:
    """A stream that can't be written is TargetUnwritable."""
    with pytest.raises(errors.TargetUnwritable, match=r"cannot write the stream .*: No space left"):
        caller.job(mock, "myJob", to=Full())


class Full(io.RawIOBase):
    """A stream to a full disk."""

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        raise OSError(28, "No space left on device")


def test_a_folder_that_is_a_file_is_an_error_of_the_tree(caller: Caller, mock: Server, tmp_path: Path) -> None:
    """A place that can't be written is TargetUnwritable, with the path and the reason."""
    (tmp_path / "file").touch()
    with pytest.raises(errors.TargetUnwritable, match=r"cannot write .*file/a\.zip: .*choose another place"):
        caller.job(mock, "myJob", to=tmp_path / "file" / "a.zip")


def test_the_media_type_does_not_matter(caller: Caller, scripted: Scripted, tmp_path: Path) -> None:
    """A zip is known by its bytes: one document calls it JSON."""
    scripted.respond(ScriptedResponse(ZIP, headers={"Content-Type": "application/json"}))
    assert caller.job(scripted, "myJob", to=tmp_path).size == len(ZIP)


def overlapping() -> bytes:
    """A zip of two members whose directory says that both are the same bytes."""
    content = bytearray(zip_of({"jobs/myJob.job": os.urandom(5000), "jobs/secondJ.job": b""}))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        second = content.index(b"PK\x01\x02", archive.start_dir + 4)
    struct.pack_into("<II", content, second + 20, 5000, 5000)
    struct.pack_into("<II", content, content.rindex(b"PK\x03\x04") + 18, 5000, 5000)
    return bytes(content)


def huge() -> bytes:
    """A zip whose directory says that it unpacks to 4 GiB."""
    content = bytearray(ZIP)
    struct.pack_into("<I", content, content.index(b"PK\x01\x02") + 24, 2**32 - 2)
    return bytes(content)


@pytest.mark.parametrize(
    ("content", "kind", "sentence"),
    [
        (ZIP[:-10], errors.ArchiveCorrupt, "the zip is damaged"),
        (ZIP.replace(b"PK\x01\x02", b"PK\x01\x03"), errors.ArchiveCorrupt, "the zip is damaged"),
        (zip_of({}), errors.UnexpectedResponse, "does not hold job myJob"),
        (zip_of({"jobs/other.job": b"{}"}), errors.UnexpectedResponse, "does not hold job myJob"),
        (overlapping(), errors.ArchiveUnsafe, "overlaps the directory"),
        (huge(), errors.ArchiveUnsafe, "would unpack to 4294967294 bytes"),
        (b"PK\x03\x04", errors.ArchiveCorrupt, "the zip is damaged"),
    ],
    ids=["cut", "directory", "no members", "another job", "overlapping", "huge", "signature only"],
)
def test_a_zip_that_is_not_whole_is_not_kept(
    caller: Caller,
    scripted: Scripted,
    tmp_path: Path,
    content: bytes,
    kind: type[errors.JobexportError],
    sentence: str,
) -> None:
    """A zip that is damaged, unreasonable or another job's is refused, and the old file stays."""
    (tmp_path / "a.zip").write_bytes(b"old")
    scripted.respond(ScriptedResponse(content))
    with pytest.raises(kind, match=sentence):
        caller.job(scripted, "myJob", to=tmp_path / "a.zip")
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"old"]
