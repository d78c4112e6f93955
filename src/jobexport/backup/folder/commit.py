"""A change of many files as one step: staged, on the disk, decided by the journal, moved, and the journal dropped.

Before the journal has its name, the folder is as it was. From then on it is as the change leaves it: a reader looks
through the journal, and the next run that writes finishes the moves first. The order is kept on the disk, too: each
step is there before the next begins.
"""

from __future__ import annotations

import contextlib
import stat
import threading
from typing import TYPE_CHECKING

from attrs import define, field

from jobexport.backup.folder import layout
from jobexport.backup.folder.tree import Moves
from jobexport.core.disk.files import writing
from jobexport.errors import BackupDamaged, TargetUnwritable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from jobexport.backup.folder.tree import Tree
    from jobexport.core.disk.folders import OpenFolder

_STAGE = f"{layout.META}/{layout.STAGE}"
_PART = "journal.part"


@define(eq=False)
class Stage:
    """Files that are written beside the backup, by any thread, and take their places together."""

    tree: Tree
    _folder: OpenFolder
    _count: int = 0
    _names: list[str] = field(factory=list)
    _lock: threading.Lock = field(init=False, factory=threading.Lock, repr=False)

    @classmethod
    def begun(cls, tree: Tree) -> Stage:
        """Return an empty stage; what an interrupted run decided is done first, and what it left undecided is removed.

        Raises:
            TargetUnwritable: the folder can't be written.
            BackupDamaged: the journal names a file that is nowhere.
        """
        with writing(tree.path):
            finish(tree)
            folder = tree.make(_STAGE)
            for name in folder.names():
                folder.remove(name)
        return cls(tree, folder)

    def put(self, content: bytes) -> str:
        """Write a file, and return its name in the stage.

        Raises:
            TargetUnwritable: the disk is full, or the file can't be written.
        """
        with self._lock:
            self._count += 1
            name = str(self._count)
            self._names.append(name)
        with writing(self.tree.path), self._folder.create(name) as file:
            file.write(content)
        return name

    def commit(self, staged: Mapping[str, str], removed: Sequence[str]) -> None:
        """Put staged files into their places, and remove others, as one step.

        Args:
            staged: the file in the stage for each path; they are moved in this order.
            removed: the paths whose files go.

        Raises:
            TargetUnwritable: the folder can't be written; before the change is decided, nothing is changed.
        """
        tree = self.tree
        with writing(tree.path):
            if staged or removed:
                self._check_places(staged)
                self._folder.sync_files(staged.values())
                self._folder.sync()
                meta = tree.make(layout.META)
                moves = Moves(staged, tuple(removed))
                with contextlib.suppress(FileNotFoundError):
                    meta.remove(_PART)
                with meta.create(_PART) as file:
                    file.write(moves.write())
                meta.sync_files([_PART])
                meta.put(meta, _PART, layout.JOURNAL)
                meta.sync()
                tree.moves = moves
                finish(tree)
            used = set(staged.values())
            for name in self._names:
                if name not in used:
                    self._folder.remove(name)
        self._names.clear()

    def _check_places(self, staged: Mapping[str, str]) -> None:
        """Check that each file can be moved to its place, as a decided move that fails would stand in the way for ever.

        Raises:
            TargetUnwritable: a folder stands where a file goes, or the place is on another file system.
        """
        device = self._folder.state(".").st_dev
        for path in staged:
            above, _, name = path.rpartition("/")
            folder = self.tree.make(above) if above else self.tree.root
            if folder.state(".").st_dev != device:
                raise TargetUnwritable(f"{folder.path} is on another file system than {self._folder.path}; unmount it")
            with contextlib.suppress(FileNotFoundError):
                if stat.S_ISDIR(folder.state(name).st_mode):
                    raise TargetUnwritable(
                        f"{self.tree.path / path} is a folder; remove it, as the backup needs a file"
                    )


def finish(tree: Tree) -> None:
    """Finish the moves that are decided, if any; a move that is done is left alone.

    Raises:
        OSError: the folder can't be written.
        BackupDamaged: a file is neither in the stage nor at its place.
    """
    if tree.moves is None:
        return
    stage, meta = tree.make(_STAGE), tree.make(layout.META)
    there = set(stage.names())
    folders: dict[str, OpenFolder] = {"": tree.root}
    for path in (*tree.moves.staged, *tree.moves.removed):
        above = path.rpartition("/")[0]
        folders[above] = folders.get(above) or tree.make(above)
    # Removing comes first: on some systems `Job.json` and `job.json` are one file. So it is over once a file is moved.
    if there.issuperset(tree.moves.staged.values()):
        for path in tree.moves.removed:
            above, _, name = path.rpartition("/")
            with contextlib.suppress(FileNotFoundError):
                folders[above].remove(name)
    for path, staged in tree.moves.staged.items():
        above, _, name = path.rpartition("/")
        if staged in there:
            folders[above].put(stage, staged, name)
        elif not folders[above].has_file(name):
            raise BackupDamaged(path, "an interrupted run decided to write it, and the file is gone")
    for folder in folders.values():
        folder.sync()
    meta.remove(layout.JOURNAL)
    meta.sync()
    tree.moves = None
