"""Files and folders that appear as a whole or not at all: written beside their place, then renamed into it.

Writing and putting are two steps, so that many files can be written first and take their places together.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import secrets
import shutil
import stat
from typing import TYPE_CHECKING, BinaryIO

from jobexport.errors import TargetUnwritable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_PART = re.compile(r"%[0-9a-f]{16}\.part")
_NO_RIGHTS = {errno.EACCES, errno.EPERM, errno.EROFS}


@contextlib.contextmanager
def writing(place: Path | None) -> Iterator[None]:
    """Turn the system's errors in the block into a sentence that names the place; None is a stream.

    Raises:
        TargetUnwritable: the place can't be written.
    """
    try:
        yield
    except (OSError, ValueError) as problem:
        # ValueError is what a path with a NUL raises, and a stream that is closed.
        raise unwritable(place, problem) from problem


def unwritable(place: Path | None, problem: OSError | ValueError) -> TargetUnwritable:
    """Build the error for a place that can't be written; None is a stream."""
    name = "the stream that was given, or the temporary folder" if place is None else str(place)
    number = getattr(problem, "errno", None)
    reason = getattr(problem, "strerror", None) or str(problem) or type(problem).__name__
    advice = "change its permissions" if number in _NO_RIGHTS else "make room"
    error = TargetUnwritable(f"cannot write {name}: {reason}; {advice}, or choose another place")
    error.errno = number
    return error


def is_part(name: str) -> bool:
    """Return True for the name of a file that a killed run left half written: `"%00ff00ff00ff00ff.part"`."""
    return _PART.fullmatch(name) is not None


def open_part(place: Path) -> tuple[Path, BinaryIO]:
    """Open a new file beside a place, such as `%00ff….part`; `put_files` renames it to the place.

    A missing folder is made. The file has the permissions of any new file, unlike the files of `tempfile`. No job's
    name has a `%`.
    """
    part = place.parent / f"%{secrets.token_hex(8)}.part"
    try:
        return part, part.open("x+b")
    except FileNotFoundError:
        place.parent.mkdir(parents=True, exist_ok=True)
        return part, part.open("x+b")


def put_files(parts: Iterable[tuple[Path, Path]]) -> None:
    """Rename files that are written and closed to their places, as pairs of file and place.

    Each place has its old file or the new one at any moment. A new file gets the permissions of the old one; a link is
    replaced, not followed. The first file that can't be renamed raises OSError, and the rest stays where it is.
    """
    for part, place in parts:
        with contextlib.suppress(OSError):
            mode = place.lstat().st_mode
            if stat.S_ISREG(mode):
                part.chmod(stat.S_IMODE(mode))
        part.replace(place)


def write_text(path: Path, text: str) -> None:
    """Write a file in UTF-8; at any moment the path has the old file or the new file, never a part.

    Raises:
        TargetUnwritable: the place can't be written; the old file is unchanged.
    """
    content = text.encode()
    with writing(path):
        # A link stays a link: the file that it leads to is replaced.
        place = path.resolve()
        if place.exists() and not place.is_file():
            # A pipe or a device can't be replaced, only written to.
            place.write_bytes(content)
            return
        part, file = open_part(place)
        try:
            with file:
                file.write(content)
            put_files([(part, place)])
        except BaseException:
            part.unlink(missing_ok=True)
            raise


@contextlib.contextmanager
def made(folder: Path) -> Iterator[None]:
    """Create a folder with its parents; if the block fails, remove the created folders that are empty."""
    missing = []
    with contextlib.ExitStack() as undo:
        place = folder
        while not place.exists():
            missing.append(place)
            place = place.parent
        for new in reversed(missing):
            new.mkdir(exist_ok=True)
            undo.callback(_remove_empty, new)
        yield
        undo.pop_all()


@contextlib.contextmanager
def workplace(beside: Path, prefix: str) -> Iterator[Path]:
    """Create a new empty folder; remove it at the end, unless it was renamed."""
    folder = beside / f"{prefix}{secrets.token_hex(6)}"
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def put_folder(new: Path, place: Path) -> None:
    """Rename a folder to a place that does not exist or is an empty folder; any other place raises OSError."""
    if os.name == "nt" and place.exists():
        # Only POSIX renames over an empty folder.
        place.rmdir()
    new.rename(place)


def swap_folder(new: Path, place: Path) -> None:
    """Rename a folder to a place and remove the old folder; after an OSError the old folder is there again."""
    old = new.with_name(new.name + ".old")
    if place.exists():
        place.rename(old)
    try:
        new.rename(place)
    except OSError:
        if old.exists():
            old.rename(place)
        raise
    shutil.rmtree(old, ignore_errors=True)


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Lock a folder for one run; on a system or a disk without locks, nothing keeps another run out.

    Raises:
        TargetUnwritable: another run has the folder.
    """
    try:
        import fcntl
    except ModuleNotFoundError:  # Windows
        yield
        return
    with writing(folder):
        handle = os.open(folder, os.O_RDONLY)
    try:
        with contextlib.suppress(OSError):
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                advice = "wait for its end, or choose another folder"
                raise TargetUnwritable(f"cannot write {folder}: another run writes to it; {advice}") from None
        yield
    finally:
        # The lock ends with the handle, after a kill too.
        os.close(handle)


def _remove_empty(folder: Path) -> None:
    with contextlib.suppress(OSError):
        folder.rmdir()
