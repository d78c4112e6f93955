"""A file that somebody else wrote is read up to a number of bytes, whatever it is."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from jobexport.core.disk.reading import read_up_to


@pytest.mark.parametrize(("size", "read"), [(0, 0), (9, 9), (10, 10), (11, 11), (500, 11)])
def test_one_byte_more_than_allowed(tmp_path: Path, size: int, read: int) -> None:
    """Of a file that is longer than allowed one byte more is read, so that the caller sees it."""
    path = tmp_path / "file"
    path.write_bytes(b"x" * size)
    assert len(read_up_to(path, 10)) == read


def test_a_pipe_that_nobody_writes_to_is_empty(tmp_path: Path) -> None:
    """A named pipe without a writer is not waited for."""
    os.mkfifo(tmp_path / "pipe")
    assert read_up_to(tmp_path / "pipe", 10) == b""


def test_a_pipe_that_is_written_to_later_is_read() -> None:
    """A pipe with a writer, such as that of `<(...)`, is read to its end, however late it is written."""
    reader, writer = os.pipe()
    path = Path(f"/proc/self/fd/{reader}")
    if not path.exists():
        pytest.skip("this system has no /proc")

    def write() -> None:
        os.write(writer, b"a: 1")
        os.close(writer)

    threading.Timer(0.05, write).start()
    assert read_up_to(path, 10) == b"a: 1"
    os.close(reader)
