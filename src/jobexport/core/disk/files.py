"""Files and folders that appear as a whole or not at all: written beside their place, then renamed into it.

Writing and putting are two steps, so that many files can be written first and take their places together. A file is on
the disk before it takes its place: a power cut leaves the old file or the new one. Files and folders are locked while
they are written, so that the next run finds the files of a killed run, which are no longer locked, and removes them.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import secrets
import shutil
import stat
import time
from pathlib import Path
from typing import IO, TYPE_CHECKING, BinaryIO

from jobexport.core.disk.locks import FolderLock, try_lock
from jobexport.errors import FolderInUse, TargetUnwritable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_PART = re.compile(r"%[0-9a-f]{16}\.part")
# Files that are open at once; some systems allow 256 in a process.
_AT_ONCE = 50
# Errors of disks that can't be waited for.
_NO_SYNC = {errno.EINVAL, errno.ENOSYS, errno.ENOTSUP}
# Windows waits for the content of a file only if it is open for writing.
_SYNC = os.O_RDWR if os.name == "nt" else os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC
_OLD_SECONDS = 24 * 3600
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

    A missing folder is made. The file has the permissions of any new file, unlike the files of `tempfile`. It is locked
    until it is closed. No job's name has a `%`.
    """
    while True:
        part = place.parent / f"%{secrets.token_hex(8)}.part"
        try:
            file = part.open("x+b")
        except FileNotFoundError:
            make_folder(place.parent)
            file = part.open("x+b")
        # Another run may have taken it for an old file before it was locked.
        if try_lock(file.fileno()) is not False and _is_at(part, os.fstat(file.fileno())):
            return part, file
        file.close()


def put_files(parts: Iterable[tuple[Path, Path]]) -> None:
    """Rename files that are written to their places, as pairs of file and place, after they are on the disk.

    Each place has its old file or the new one at any moment. The first file that can't be renamed raises OSError, and
    the rest stays where it is.
    """
    pairs = list(parts)
    sync_files([part for part, _ in pairs])
    try:
        for part, place in pairs:
            put_file(part, place)
    finally:
        for folder in {place.parent for _, place in pairs}:
            sync_folder(folder)


def put_file(part: Path, place: Path) -> None:
    """Rename a file to its place, with the permissions of a file that it replaces; a link is replaced, not followed.

    Before it, `sync_files` must have the file on the disk; after it, `sync_folder` makes its new name last.
    """
    with contextlib.suppress(OSError):
        mode = place.lstat().st_mode
        if stat.S_ISREG(mode):
            part.chmod(stat.S_IMODE(mode))
    part.replace(place)


def end_part(file: IO[bytes]) -> None:
    """Flush a file that is written; close it on Windows, which renames no open file. Elsewhere it stays locked."""
    file.flush()
    if os.name == "nt":
        file.close()


def sync_files(paths: Sequence[Path | str], folder: int | None = None) -> None:
    """Wait until the content of files is on the disk. Many files at once take little longer than one.

    Args:
        paths: the files; a link is refused.
        folder: the handle of the folder that the paths are relative to, if they are not relative to the current one.

    Raises:
        OSError: the disk could not write a file.
    """
    for start in range(0, len(paths), _AT_ONCE):
        with contextlib.ExitStack() as stack:
            handles = [os.open(path, _SYNC, dir_fd=folder) for path in paths[start : start + _AT_ONCE]]
            for handle in handles:
                stack.callback(os.close, handle)
            if hasattr(os, "posix_fadvise"):
                for handle in handles:
                    # It makes Linux begin to write, so that the files share one commit of the file system's journal.
                    os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
            for handle in handles:
                _sync(handle)


def sync_folder(folder: Path | int) -> None:
    """Wait until the names in a folder, or in an open one, are on the disk, if the system can.

    Raises:
        OSError: the disk could not write them.
    """
    if isinstance(folder, int):
        _sync(folder)
        return
    try:
        handle = os.open(folder, os.O_RDONLY)
    except PermissionError:  # a folder that may not be listed, or Windows
        return
    try:
        _sync(handle)
    finally:
        os.close(handle)


def sync_tree(folder: Path) -> None:
    """Wait until a folder with everything in it is on the disk.

    Raises:
        OSError: the disk could not write a file or a folder.
    """
    files, folders = [], []
    for place, _, names in os.walk(folder):
        folders.append(Path(place))
        files += [Path(place, name) for name in names]
    sync_files(files)
    for path in folders:
        sync_folder(path)


def _sync(handle: int) -> None:
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in _NO_SYNC:
            raise


def remove_old_parts(folder: Path) -> None:
    """Remove the files `%….part` that killed runs left in a folder; the files of living runs are locked, and stay."""
    with contextlib.suppress(OSError):
        for path in folder.iterdir():
            if is_part(path.name):
                _remove_old(path)


def _remove_old(path: Path) -> None:
    """Remove a file or a folder that nobody has locked."""
    with contextlib.suppress(OSError), contextlib.ExitStack() as held:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
        held.callback(os.close, handle)
        state, taken = os.fstat(handle), try_lock(handle)
        if taken is None:
            # Windows has no locks, and removes no open file.
            held.close()
        # Without locks, age decides.
        if taken or (taken is None and time.time() - state.st_mtime > _OLD_SECONDS):
            if stat.S_ISDIR(state.st_mode):
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink()


def _is_at(path: Path, state: os.stat_result) -> bool:
    try:
        return os.path.samestat(path.lstat(), state)
    except OSError:
        return False


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
        remove_old_parts(place.parent)
        part, file = open_part(place)
        try:
            with file:
                file.write(content)
                end_part(file)
                put_files([(part, place)])
        except BaseException:
            part.unlink(missing_ok=True)
            raise


def make_folder(folder: Path) -> None:
    """Create a folder with its parents, if missing.

    Raises:
        OSError: the folder can't be created.
    """
    for new in _missing(folder):
        new.mkdir(exist_ok=True)
        sync_folder(new.parent)
    # It may be something else.
    folder.mkdir(exist_ok=True)


def _missing(folder: Path) -> list[Path]:
    """Return the folders to create, parents first."""
    missing = []
    while not folder.exists():
        missing.append(folder)
        folder = folder.parent
    return missing[::-1]


@contextlib.contextmanager
def made(folder: Path) -> Iterator[None]:
    """Create a folder with its parents; if the block fails, remove the created folders that are empty."""
    with contextlib.ExitStack() as undo:
        for new in _missing(folder):
            new.mkdir(exist_ok=True)
            undo.callback(_remove_empty, new)
            sync_folder(new.parent)
        yield
        undo.pop_all()


@contextlib.contextmanager
def workplace(beside: Path, prefix: str) -> Iterator[Path]:
    """Create a new empty folder, locked; remove it at the end, unless it was renamed.

    The folders of killed runs are removed first.
    """
    old = re.compile(re.escape(prefix) + r"[0-9a-f]{12}(\.old)?")
    for path in beside.iterdir():
        if old.fullmatch(path.name):
            _remove_old(path)
    folder, lock = _locked_folder(beside, prefix)
    try:
        yield folder
    finally:
        try:
            shutil.rmtree(folder, ignore_errors=True)
        except BaseException:
            # A signal in the clean-up ends the program, but not before the folder is gone.
            shutil.rmtree(folder, ignore_errors=True)
            raise
        finally:
            lock.release()


def _locked_folder(beside: Path, prefix: str) -> tuple[Path, FolderLock]:
    while True:
        folder = beside / f"{prefix}{secrets.token_hex(6)}"
        folder.mkdir()
        # Another run may take it for an old folder, and remove it before it is locked.
        with contextlib.suppress(FileNotFoundError):
            lock = FolderLock(folder)
            if lock.handle is None or (lock.taken is not False and _is_at(folder, os.fstat(lock.handle))):
                return folder, lock
            lock.release()


def put_folder(new: Path, place: Path) -> None:
    """Rename a folder to a place that does not exist or is an empty folder; any other place raises OSError."""
    sync_tree(new)
    if os.name == "nt" and place.exists():
        # Only POSIX renames over an empty folder.
        place.rmdir()
    new.rename(place)
    sync_folder(place.parent)


def swap_folder(new: Path, place: Path) -> None:
    """Rename a folder to a place and remove the old folder; after an OSError the old folder is there again."""
    sync_tree(new)
    old = new.with_name(new.name + ".old")
    if place.exists():
        place.rename(old)
    try:
        new.rename(place)
    except OSError:
        if old.exists():
            old.rename(place)
        raise
    sync_folder(place.parent)
    shutil.rmtree(old, ignore_errors=True)


@contextlib.contextmanager
def locked(folder: Path, *, shared: bool = False) -> Iterator[None]:
    """Lock a folder for one run; on a system or a disk without locks, nothing keeps another run out.

    Args:
        folder: the folder.
        shared: True for a run that only reads, beside other such runs.

    Raises:
        FolderInUse: another run has the folder.
        TargetUnwritable: the folder can't be opened.
    """
    with writing(folder):
        lock = FolderLock(folder, shared=shared)
    try:
        if lock.taken is False:
            advice = "wait for its end, or choose another folder"
            raise FolderInUse(f"cannot {'read' if shared else 'write'} {folder}: another run has it; {advice}")
        yield
    finally:
        lock.release()


def _remove_empty(folder: Path) -> None:
    with contextlib.suppress(OSError):
        folder.rmdir()
