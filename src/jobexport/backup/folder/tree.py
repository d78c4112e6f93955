"""The folder of a backup, held open: read as the last decided change left it, even if a kill interrupted its moves.

Everything that is written goes through `OpenFolder`: `create`, `sync_files`, `put`, `remove`, `make`, `sync`.
"""

from __future__ import annotations

import contextlib
import errno
import os
from typing import TYPE_CHECKING

from attrs import define, field, frozen

from jobexport.backup.folder import layout, manifest, marker
from jobexport.backup.folder.manifest import ItemFile
from jobexport.core import strict_json
from jobexport.core.disk.files import locked, make_folder, writing
from jobexport.core.disk.folders import open_folder
from jobexport.errors import BackupDamaged, JobexportError, NotABackup

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from jobexport.backup.folder.manifest import ItemRow
    from jobexport.backup.folder.marker import Marker
    from jobexport.core.disk.folders import OpenFolder

# The longest file of a backup that is read as a whole; the tool's own files and definitions are far shorter.
_LONGEST = 1 << 30


@frozen
class Moves:
    """A journal: the moves of a change that is decided."""

    staged: Mapping[str, str]
    """The file in `.jobexport/stage` for each path that gets a new file, in the order of the moves."""
    removed: tuple[str, ...]
    """The paths whose files go."""

    def write(self) -> bytes:
        """Return the journal as the bytes of its file."""
        return strict_json.write({"staged": dict(self.staged), "removed": list(self.removed)}).encode()

    @classmethod
    def read(cls, content: bytes) -> Moves:
        """Return the journal of a file's bytes.

        Raises:
            BackupDamaged: it breaks a rule of the format.
        """
        place = f"{layout.META}/{layout.JOURNAL}"
        try:
            plain = strict_json.parse(content)
            found = cls({str(path): str(name) for path, name in plain["staged"].items()}, tuple(plain["removed"]))
        except (ValueError, TypeError, KeyError, AttributeError):
            raise BackupDamaged(place, "it is not the journal of a backup") from None
        own = {layout.MANIFEST, layout.REQUIREMENTS, layout.MARKER, *layout.GIT_FILES}
        for path in (*found.staged, *found.removed):
            if not (layout.is_item_path(path) or path in own):
                raise BackupDamaged(place, f"{path!r:.80} can't be the path of a file")
        if any("/" in name or name in {"", ".", ".."} for name in found.staged.values()):
            raise BackupDamaged(place, "a name in it leads out of the folder")
        return found


@define(eq=False)
class Tree:
    """An open backup folder."""

    path: Path
    root: OpenFolder
    moves: Moves | None
    """The moves of an interrupted run, which nobody has finished yet; None if no move is left."""
    _stack: contextlib.ExitStack
    _held: dict[str, OpenFolder] = field(factory=dict)

    def folder(self, name: str) -> OpenFolder | None:
        """Return one of the folders, such as `jobs` or `.jobexport/stage`; None if missing. It stays open.

        Raises:
            OSError: it is a link or a file.
        """
        if name not in self._held:
            above, _, last = name.rpartition("/")
            parent = self.folder(above) if above else self.root
            if parent is None:
                return None
            try:
                self._held[name] = self._stack.enter_context(parent.below(last))
            except FileNotFoundError:
                return None
            except OSError:
                raise NotADirectoryError(20, f"{name} is a link or a file, not a folder") from None
        return self._held[name]

    def make(self, name: str) -> OpenFolder:
        """Return one of the folders, created if missing."""
        found = self.folder(name)
        if found is not None:
            return found
        above, _, last = name.rpartition("/")
        parent = self.make(above) if above else self.root
        parent.make(last)
        parent.sync()
        held = self.folder(name)
        assert held is not None  # noqa: S101  # it has just been made
        return held

    def read(self, path: str, most: int = _LONGEST) -> bytes:
        """Return the content of a file; of a file that is longer than `most`, one byte more than that.

        Raises:
            FileNotFoundError: it does not exist.
            OSError: it is a link or a folder, or can't be read.
        """
        if self.moves is not None:
            if path in self.moves.staged and (stage := self.folder(f"{layout.META}/{layout.STAGE}")) is not None:
                # A file that is moved already is at its place.
                with contextlib.suppress(FileNotFoundError):
                    return _content(stage, self.moves.staged[path], most)
            if path in self.moves.removed and path not in self.moves.staged:
                raise FileNotFoundError(2, "removed")
        above, _, name = path.rpartition("/")
        folder = self.folder(above) if above else self.root
        if folder is None:
            raise FileNotFoundError(2, "No such file")
        return _content(folder, name, most)

    def read_or_none(self, path: str) -> bytes | None:
        """Return the content of a file, or None if missing."""
        try:
            return self.read(path)
        except FileNotFoundError:
            return None

    def holds(self, file: ItemFile) -> bool:
        """Return True if a file of the backup has the bytes that its manifest says."""
        try:
            content = self.read(file.path, file.size)
        except OSError:
            return False
        return len(content) == file.size and ItemFile.of(file.path, content) == file

    def names(self, folder: str) -> set[str]:
        """Return the names of the files and folders in a folder."""
        held = self.folder(folder)
        found = set(held.names()) if held is not None else set()
        if self.moves is not None:
            staged = {name for at, _, name in map(_parted, self.moves.staged) if at == folder}
            removed = {name for at, _, name in map(_parted, self.moves.removed) if at == folder}
            found = (found - removed) | staged
        return found

    def marker(self) -> Marker:
        """Return the marker.

        Raises:
            NotABackup: it is missing.
            BackupDamaged: it breaks a rule of the format.
            BackupFormatUnknown: a later version wrote it.
        """
        content = self.read_or_none(layout.MARKER)
        if content is None:
            raise NotABackup(f"{self.path} is not a backup: it has no {layout.MARKER}; is it the right folder?")
        return marker.read(content)

    def rows(self) -> dict[tuple[str, str], ItemRow]:
        """Return the items of the manifest, by kind and name.

        Raises:
            BackupDamaged: it is missing, or breaks a rule of the format.
        """
        content = self.read_or_none(layout.MANIFEST)
        if content is None:
            raise BackupDamaged(layout.MANIFEST, "it is missing")
        return manifest.read(content)


@contextlib.contextmanager
def opened(path: Path, *, write: bool = False) -> Iterator[Tree]:
    """Open the folder of a backup for one run; only a run that writes keeps others out.

    Raises:
        FolderInUse: another run has the folder.
        NotABackup: the folder to read is missing.
        JobexportError: the folder can't be opened.
    """
    if write:
        with writing(path):
            make_folder(path)
    elif not path.is_dir():
        raise NotABackup(f"{path} is not a folder, so it is no backup; is it the right path?")
    with locked(path, shared=not write), contextlib.ExitStack() as stack:
        with writing(path) if write else _reading(path):
            root = stack.enter_context(open_folder(path))
        tree = Tree(path, root, None, stack)
        journal = tree.read_or_none(f"{layout.META}/{layout.JOURNAL}")
        tree.moves = None if journal is None else Moves.read(journal)
        yield tree


@contextlib.contextmanager
def _reading(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as problem:
        raise JobexportError(f"cannot read {path}: {problem.strerror}; check its permissions") from None


def _content(folder: OpenFolder, name: str, most: int) -> bytes:
    with folder.read(name) as file:
        # No more than the file has, as Python allocates all that a call asks for.
        size = os.fstat(file.fileno()).st_size
        if min(size, most + 1) > _LONGEST:
            raise OSError(errno.EFBIG, "it is too large")
        return file.read(min(size, most) + 1)


def _parted(path: str) -> tuple[str, str, str]:
    return path.rpartition("/")
