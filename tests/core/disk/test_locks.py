"""A lock ends with its run, whatever other processes were forked in the meantime."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from jobexport.core.disk.files import locked
from jobexport.core.disk.locks import FolderLock
from jobexport.errors import TargetUnwritable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def child() -> Iterator[list[int]]:
    """The write ends of pipes on which children of the test wait for their end."""
    ends: list[int] = []
    yield ends
    for end in ends:
        os.close(end)
        os.wait()


def fork_and_wait(ends: list[int]) -> None:
    """Fork a child that lives until the test ends."""
    (ours, theirs), (ready, go) = os.pipe(), os.pipe()
    if os.fork() == 0:
        os.close(theirs)
        os.write(go, b"!")
        os.read(ours, 1)
        os._exit(0)
    os.read(ready, 1)
    for end in (ours, ready, go):
        os.close(end)
    ends.append(theirs)


def test_a_child_of_the_run_does_not_keep_the_lock(tmp_path: Path, child: list[int]) -> None:
    """The folder is free after the run, though the child lives on."""
    with locked(tmp_path):
        fork_and_wait(child)
    with locked(tmp_path):
        pass


def test_a_child_that_knows_nothing_of_the_lock_does_not_keep_it(
    tmp_path: Path, child: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also a program that was forked without Python's handlers has the handle; the run unlocks, not only closes."""
    monkeypatch.setattr(FolderLock, "forked", lambda _: None)
    with locked(tmp_path):
        fork_and_wait(child)
    with locked(tmp_path):
        pass


def test_a_lock_outlives_no_killed_run_in_its_child(tmp_path: Path, child: list[int]) -> None:
    """The child has closed the handle, so that the run's death frees the folder."""
    lock = FolderLock(tmp_path)
    fork_and_wait(child)
    assert lock.handle is not None
    # As a kill does: closed, and not unlocked before.
    os.close(lock.handle)
    lock.handle = None
    with locked(tmp_path):
        pass


def test_a_child_does_not_end_the_lock_of_its_parent(tmp_path: Path) -> None:
    """A child that leaves the block of the run releases nothing."""
    run = locked(tmp_path)
    run.__enter__()
    child = os.fork()
    if child == 0:
        run.__exit__(None, None, None)
        os._exit(0)
    os.waitpid(child, 0)
    with pytest.raises(TargetUnwritable, match="another run"), locked(tmp_path):
        pass
    run.__exit__(None, None, None)
