"""A power cut leaves the old file or the new one: what takes a place is on the disk before, and its name after."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from jobexport import JobArchive
from jobexport.core.disk.files import write_text
from tests.client.making.values import zip_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from jobexport.mock import Server
    from tests.client.making.calls import Caller


class Disk:
    """A disk that loses what was not synchronized: it notes what a rename puts into its place too early."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.safe: set[int] = set()
        self.early: list[str] = []
        self.renamed: set[int] = set()
        """The folders whose new names are not on the disk."""
        self.puts = 0
        monkeypatch.setattr(os, "fsync", partial(self.fsync, os.fsync))
        for name in ("rename", "replace"):
            monkeypatch.setattr(os, name, partial(self.rename, getattr(os, name)))

    def fsync(self, real: Callable[[int], None], handle: int) -> None:
        real(handle)
        number = os.fstat(handle).st_ino
        self.safe.add(number)
        self.renamed.discard(number)

    def rename(self, real: Callable[..., None], old: Any, new: Any, **at: int) -> None:
        if at:
            old = Path(f"/proc/self/fd/{at['src_dir_fd']}").readlink() / old
        parts = [Path(old), *Path(old).rglob("*")]
        self.early += [path.name for path in parts if path.stat().st_ino not in self.safe]
        place = os.fstat(at["dst_dir_fd"]) if at else Path(new).parent.stat()
        real(old, new, **({"dst_dir_fd": at["dst_dir_fd"]} if at else {}))
        self.renamed.add(place.st_ino)
        self.puts += 1


def test_what_takes_a_place_is_on_the_disk(
    caller: Caller, mock: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Zips of one job and of many, replaced or new."""
    disk = Disk(monkeypatch)
    caller.job(mock, "myJob", to=tmp_path / "new" / "x.zip")
    caller.job(mock, "myJob", to=tmp_path / "new" / "x.zip")
    caller.jobs(mock, ["job_batch", "job_stream"], to=tmp_path / "many")
    assert (disk.puts, disk.early, disk.renamed) == (4, [], set())
    assert {path.stat().st_ino for path in (tmp_path, tmp_path / "new", tmp_path / "many")} <= disk.safe


@pytest.mark.parametrize("way", ["unpack", "unpack_for_git", "write_text"])
def test_what_is_made_of_a_zip_is_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str) -> None:
    """Unpacked folders with all their files, folders for git, and texts."""
    path = tmp_path / "a.zip"
    path.write_bytes(zip_of({f"jobs/{name}/{name}.job": b'{"name": "%s"}' % name.encode() for name in "ab"}))
    disk = Disk(monkeypatch)
    place = tmp_path / "place"
    if way == "write_text":
        write_text(place, "text")
    else:
        getattr(JobArchive.open(path), way)(place)
    assert disk.puts
    assert (disk.early, disk.renamed) == ([], set())
