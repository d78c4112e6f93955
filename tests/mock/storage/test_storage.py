"""Object storage: objects in memory, in folders and in S3, at once and after a delay."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import logging
import os
import socket
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from jobexport.errors import JobexportError
from jobexport.mock import EXAMPLE_PROJECT, FolderStorage, MemoryStorage, S3Storage, serve
from jobexport.mock.storage import deposits
from jobexport.mock.storage.storage import StorageError, StorageUnavailable
from tests.drift.making.described import DESCRIBED
from tests.making.names import zips_of
from tests.making.waits import Waits, until

if TYPE_CHECKING:
    from collections.abc import Iterator

NOW = 1_700_000_000_000
FLINK = f"/v1.0/{EXAMPLE_PROJECT}/streaming/jobs/export"
JOB = f"/v1/{EXAMPLE_PROJECT}/jobs/myJob/export"
DESCRIPTORS = Path("/proc/self/fd")
# An edition with obsPath.
TO_STORAGE = "huaweicloud-intl-2026"


def put(storage: Any, name: Any, content: bytes = b"x") -> None:
    asyncio.run(storage.put(name, content))


def get(storage: Any, name: Any) -> Any:
    return asyncio.run(storage.get(name))


def names(storage: Any) -> Any:
    return asyncio.run(storage.names())


def tree(folder: Path) -> dict[Any, Any]:
    """Return the content of files and the targets of links in a folder."""
    return {
        str(path.relative_to(folder)): path.readlink()
        if path.is_symlink()
        else path.read_bytes()
        if path.is_file()
        else None
        for path in folder.rglob("*")
    }


def post(server: Any, path: Any, body: Any) -> Any:
    return httpx.post(
        server.url + path, json=body, headers={"X-Auth-Token": server.token}, trust_env=False, verify=False
    )


@pytest.fixture
def store(tmp_path: Path) -> Any:
    return FolderStorage(tmp_path / "store")


class TestMemory:
    def test_pushes_out_the_oldest(self) -> None:
        """The newest 256 objects are kept; writing one again makes it the newest."""

        async def fill() -> Any:
            storage = MemoryStorage()
            for number in range(256):
                await storage.put(f"o{number}", b"")
            await storage.put("o0", b"again")
            await storage.put("new", b"")
            return storage

        storage = asyncio.run(fill())
        assert len(storage.objects) == 256
        assert "o1" not in storage.objects
        assert storage.objects["o0"] == b"again"

    def test_two_share_nothing(self) -> None:
        """Two storages share no objects."""
        first, second = MemoryStorage(), MemoryStorage()
        put(first, "a")
        assert get(first, "a") == b"x"
        assert get(second, "a") is None
        assert (names(first), names(second)) == (["a"], [])


class TestFolder:
    def test_an_object_is_a_file(self, store: Any, tmp_path: Path) -> None:
        """An object is the file of its name, whole, and no other file stays beside it."""
        put(store, "b/deep/er/o.zip", b"PK" * 5000)
        assert tree(tmp_path) == {
            "store": None,
            "store/b": None,
            "store/b/deep": None,
            "store/b/deep/er": None,
            "store/b/deep/er/o.zip": b"PK" * 5000,
        }
        assert get(store, "b/deep/er/o.zip") == b"PK" * 5000
        assert str(store) == str(tmp_path / "store")

    def test_writing_again_replaces(self, store: Any) -> None:
        """An object replaces an object of the same name, even by shorter content."""
        put(store, "b/o", b"long")
        put(store, "b/o", b"")
        assert get(store, "b/o") == b""
        assert names(store) == ["b/o"]

    def test_names_are_sorted_and_literal(self, store: Any) -> None:
        """Names are returned as they were put, whatever their characters."""
        some = [
            "b/%2e%2e/x",
            "b/...",
            "b/CON",
            "b/~",
            "b/c:d",
            "обс/ファイル {job_name}",
            "a",
            "b/ ",
            "b/\u00e9",
            "b/e\u0301",
        ]
        for name in some:
            put(store, name, name.encode())
        assert names(store) == sorted(some)
        assert [get(store, name) for name in some] == [name.encode() for name in some]

    def test_it_stays_after_a_restart(self, store: Any, tmp_path: Path) -> None:
        """Another storage on the same folder has the same objects."""
        put(store, "b/o")
        assert get(FolderStorage(str(tmp_path / "store")), "b/o") == b"x"

    def test_a_relative_folder_stays_where_it_was(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A relative folder is resolved at the start, not in a later working directory."""
        monkeypatch.chdir(tmp_path)
        store = FolderStorage("here")
        monkeypatch.chdir("/")
        put(store, "b/o")
        assert (tmp_path / "here/b/o").is_file()

    def test_the_folder_itself_may_be_a_link(self, tmp_path: Path) -> None:
        """The storage folder itself may be a symbolic link."""
        (tmp_path / "real").mkdir()
        (tmp_path / "link").symlink_to("real")
        put(FolderStorage(tmp_path / "link"), "b/o")
        assert (tmp_path / "real/b/o").is_file()

    @pytest.mark.parametrize(
        "name",
        [
            *("", "/", "/etc/x", "../x", "b/../../x", "b/..", "b/.", "./b", "b//o", "b/o/"),
            *("b\\o", "..\\x", "b/\\1.0", "b/a\0", "\0", "b/\ud800"),
            *("n" * 256, "b/" + "n" * 256, "b/" + "n" * 256 + "/o", "é" * 128, "/".join(["n" * 200] * 30)),
        ],
        ids=lambda name: ascii(name)[:20],
    )
    def test_a_name_that_no_file_can_have(self, store: Any, tmp_path: Path, name: Any) -> None:
        """A name that is not a valid file name is refused, and no file is made anywhere."""
        with pytest.raises(StorageError, match=r"^not a valid file name: "):
            put(store, name)
        assert get(store, name) is None
        assert names(store) == []
        assert [path.name for path in tmp_path.iterdir()] == ["store"]

    @pytest.mark.parametrize(("first", "second"), [("a/b", "a/b/c"), ("a/b/c", "a/b"), ("a", "a/b/c"), ("a/b", "a")])
    def test_a_name_is_a_file_or_a_folder(self, store: Any, first: str, second: str) -> None:
        """An object can't have the name of a folder, nor a folder that of an object; the first stays."""
        put(store, first)
        with pytest.raises(StorageError):
            put(store, second)
        assert names(store) == [first]
        assert get(store, second) is None

    def test_no_link_is_followed(self, store: Any, tmp_path: Path) -> None:
        """A linked folder is refused; a linked file is replaced, not followed; neither is read."""
        outside, inside = tmp_path / "outside", tmp_path / "store"
        outside.mkdir()
        (outside / "canary").write_bytes(b"alive")
        (inside / "b").mkdir()
        links = {"bucket": "../outside", "b/folder": str(outside), "b/loop": "loop", "b/dangling": "../../new"}
        for name, target in links.items():
            (inside / name).symlink_to(target)
            with pytest.raises(StorageError):
                put(store, f"{name}/canary", b"dead")
            assert get(store, f"{name}/canary") is None
        for name, target in {"file": "../../outside/canary", "nowhere": "../../new"}.items():
            (inside / "b" / name).symlink_to(target)
            assert get(store, f"b/{name}") is None
            assert names(store) == ([] if name == "file" else ["b/file"])
            put(store, f"b/{name}", b"object")
            assert get(store, f"b/{name}") == b"object"
        assert tree(outside) == {"canary": b"alive"}
        assert not (tmp_path / "new").exists()

    def test_a_hard_link_is_cut(self, store: Any, tmp_path: Path) -> None:
        """A hard link is replaced, so that its other name outside keeps its content."""
        (tmp_path / "canary").write_bytes(b"alive")
        (tmp_path / "store/b").mkdir()
        (tmp_path / "store/b/o").hardlink_to(tmp_path / "canary")
        put(store, "b/o", b"object")
        assert (tmp_path / "canary").read_bytes() == b"alive"

    def test_what_is_no_file_is_no_object(self, store: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A pipe or a socket is not an object, and reading it does not hang."""
        (tmp_path / "store/b").mkdir()
        os.mkfifo(tmp_path / "store/b/pipe")
        with socket.socket(socket.AF_UNIX) as listener:
            monkeypatch.chdir(tmp_path)  # a socket's path is short
            listener.bind("store/b/socket")
            assert [get(store, name) for name in ("b/pipe", "b/socket", "b")] == [None] * 3
            assert names(store) == []

    def test_a_write_that_fails_leaves_nothing(
        self, store: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """On a full disk the storage is unavailable, the old object stays, and no partial file is left."""
        put(store, "b/o", b"first")

        def full(*_: Any) -> None:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        with monkeypatch.context() as patch:
            patch.setattr(os, "write", full)
            with pytest.raises(StorageUnavailable, match="No space left"):
                put(store, "b/o", b"second")
        assert tree(tmp_path / "store") == {"b": None, "b/o": b"first"}

    @pytest.mark.skipif(not DESCRIPTORS.is_dir(), reason="no list of open files")
    def test_no_descriptor_is_left_open(self, store: Any) -> None:
        """No descriptor stays open after success or refusal."""
        put(store, "b/c/o")
        before = len(list(DESCRIPTORS.iterdir()))
        for name in ("b/c/o", "b/c/o/x", "b/c", "n" * 256, "new/o") * 5:
            with contextlib.suppress(StorageError):
                put(store, name)
            get(store, name)
        assert len(list(DESCRIPTORS.iterdir())) == before

    def test_a_folder_that_cannot_be(self, tmp_path: Path) -> None:
        """A folder that can't be made is one sentence that names the folder."""
        (tmp_path / "file").write_bytes(b"")
        for path in (tmp_path / "file", tmp_path / "file/below", tmp_path / ("n" * 256), "a\0b"):
            with pytest.raises(JobexportError, match=r"^cannot store objects in [^\n]*; give a folder"):
                FolderStorage(path)

    def test_a_folder_that_goes_away(self, store: Any, tmp_path: Path) -> None:
        """If the folder is deleted, the storage is unavailable for writes and empty for reads."""
        (tmp_path / "store").rmdir()
        with pytest.raises(StorageUnavailable, match=r"^cannot write to "):
            put(store, "b/o")
        assert (get(store, "b/o"), names(store)) == (None, [])


class TestServed:
    @pytest.fixture
    def server(self, store: Any) -> Iterator[Any]:
        with serve(TO_STORAGE, storage=store, clock=lambda: NOW) as server:
            yield server

    def test_exports_are_files_before_the_response(self, server: Any, store: Any, members: Any) -> None:
        """The files that a response names exist before the response, for both operations that store."""
        for name in zips_of(post(server, FLINK, {"obs_dir": "obs://b/c/", "is_selected": False}).json()):
            assert members((store.folder / name).read_bytes())
        folder = post(server, JOB, {"obsPath": "obs://b/d/"}).json()["obsPath"].removeprefix("obs://")
        assert (store.folder / folder / "myJob.zip").read_bytes() == post(server, JOB, {}).content

    @pytest.mark.parametrize("folder", ["n" * 256, "b/" + "n" * 256, "link", "link/x", "taken", "taken/x"])
    def test_a_name_without_a_place_is_no_obs_path(self, server: Any, store: Any, folder: Any) -> None:
        """A name that can't be stored gets the error for a bad OBS path, and the violation names the field."""
        (store.folder / "link").symlink_to("..")
        (store.folder / "taken").write_bytes(b"")
        flink = post(server, FLINK, {"obs_dir": folder, "is_selected": True, "job_selected": [100]})
        job = post(server, JOB, {"obsPath": f"obs://{folder}"})
        assert (flink.status_code, flink.json()["error_code"]) == (400, "DLI.0002")
        assert (job.status_code, job.json()["error_code"]) == (400, "DLF.0803")
        reason = "not a valid file name"
        assert flink.headers["x-mock-violation"].startswith(f"exportFlinkJobs body#/obs_dir: {reason}")
        assert job.headers["x-mock-violation"].startswith(f"exportJob body#/obsPath: {reason}")
        assert "x-request-id" in flink.headers

    def test_the_error_of_an_edition_that_documents_one(self, store: Any) -> None:
        """An edition with a special error for an OBS path responds with that error."""
        with serve(DESCRIBED.documents["huaweicloud-cn-2020"], storage=store) as server:
            response = post(server, FLINK, {"obs_dir": "n" * 256, "is_selected": False})
        assert (response.status_code, response.json()["error_code"]) == (400, "DLI.29001")

    def test_a_storage_that_fails_is_the_servers_fault(
        self, server: Any, store: Any, caplog: pytest.LogCaptureFixture
    ) -> None:
        """If the storage is gone, DLI responds with its own error, DGC with the gateway's; the log has the reason."""
        store.folder.rmdir()
        flink = post(server, FLINK, {"obs_dir": "b", "is_selected": False})
        job = post(server, JOB, {"obsPath": "obs://b"})
        assert (flink.status_code, flink.json()["error_code"]) == (400, "DLI.0999")
        assert (job.status_code, job.json()["error_code"]) == (500, "APIGW.0601")
        assert "x-mock-violation" not in flink.headers
        assert [record.getMessage() for record in caplog.records] == [
            f"cannot write to {store}: No such file or directory"
        ] * 2


class TestDelay:
    def export(self, server: Any, folder: str = "b") -> Any:
        response = post(server, JOB, {"obsPath": f"obs://{folder}"})
        assert response.status_code == 200
        return response.json()["obsPath"].removeprefix("obs://") + "/myJob.zip"

    def test_the_object_appears_after_the_response(self, store: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        """With a delay the response to exportJob names an object that appears later; DLI's appear at once."""
        waits = Waits()
        monkeypatch.setattr(deposits, "asyncio", waits)
        with serve(TO_STORAGE, storage=store, obs_delay=0.3) as server:
            name = self.export(server)
            assert get(store, name) is None
            (zip_,) = zips_of(post(server, FLINK, {"obs_dir": "b", "is_selected": True, "job_selected": [100]}).json())
            assert get(store, zip_)
            assert get(store, name) is None
            waits.end_one()
            until(lambda: get(store, name))
        assert waits.asked == [0.3]

    def test_what_is_pending_at_the_end_never_appears(self, store: Any, caplog: pytest.LogCaptureFixture) -> None:
        """The end of the server drops pending objects without waiting or logging."""
        with serve(TO_STORAGE, storage=store, obs_delay=600) as server:
            self.export(server)
        assert names(store) == []
        assert caplog.records == []

    def test_a_late_failure_is_logged(self, store: Any, caplog: pytest.LogCaptureFixture) -> None:
        """An object that can't be stored after the response is one line in the log, and the server goes on."""
        caplog.set_level(logging.ERROR)
        with serve(TO_STORAGE, storage=store, obs_delay=0.01) as server:
            name = self.export(server, "n" * 256)
            until(lambda: caplog.records)
            good = self.export(server)
            until(lambda: get(store, good))
        (record,) = caplog.records
        assert record.getMessage() == f"{name} was not stored: not a valid file name: File name too long"
        assert record.exc_info is None
        assert get(store, good)


class TestS3:
    def test_secrets_stay_out_of_the_text(self) -> None:
        """str and repr of a storage have no key."""
        storage = S3Storage("bucket", endpoint="http://127.0.0.1:1", access_key="an-id", secret_key="a-secret")
        assert str(storage) == "s3://bucket at http://127.0.0.1:1"
        assert "a-secret" not in repr(storage)
        assert "an-id" not in repr(storage)
        assert str(S3Storage("bucket", access_key="i", secret_key="s")) == "s3://bucket"

    @pytest.mark.parametrize("name", ["", "/a", "a//b", "a/../b", "a/.", "a/", "a\0", "a\\b", "a\x7f", "n" * 1025])
    def test_a_name_that_no_key_can_be(self, name: Any) -> None:
        """A name that is not a valid key is refused before anything is sent."""
        storage = S3Storage("bucket", endpoint="http://127.0.0.1:1", access_key="i", secret_key="s")
        with pytest.raises(StorageError, match=r"^not a valid key: "):
            put(storage, name)
        assert get(storage, name) is None
