"""The next state of a backup: its items while a run collects them, and the change that makes the folder hold them."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from attrs import define, evolve, field

from jobexport.archive import definitions
from jobexport.backup.folder import layout
from jobexport.backup.folder.manifest import ItemFile, ItemRow

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from jobexport.archive.definitions import Identity
    from jobexport.backup.folder.commit import Stage

Key = tuple[str, str]
"""Kind and name of an item."""


@define
class Piece:
    """A file of an item that was fetched: in the stage, or the same as the file at an old path."""

    sha256: str
    size: int
    staged: str | None = None
    path: str | None = None


@define(eq=False)
class Draft:
    """The items of the next state. Threads may change different items at once."""

    stage: Stage
    rows: dict[Key, ItemRow]
    """The items; the `files` of an item are those of the previous state."""
    _pieces: dict[Key, dict[str, Piece]] = field(factory=dict)
    """The files by suffix of each item that has other files than before."""
    _old: set[str] = field(factory=set)
    """The paths of the previous state."""

    @classmethod
    def of(cls, stage: Stage, rows: Iterable[ItemRow]) -> Draft:
        """Return a draft that begins with the items of the previous state."""
        draft = cls(stage, {})
        draft.settled(rows)
        return draft

    def settled(self, rows: Iterable[ItemRow]) -> None:
        """Take note that a change is done: these rows are the state of the folder now."""
        self.rows = {row.key: row for row in rows}
        self._pieces.clear()
        self._old = {file.path for row in self.rows.values() for file in row.files}

    def hold(self, row: ItemRow, files: Mapping[str, bytes], *, damaged: bool = False) -> bool:
        """Set an item and its files, by suffix; the item's own first. Return True if a file is another one than before.

        Args:
            row: the item; its `files` do not count.
            files: the contents.
            damaged: True if the files at the item's paths are not to be trusted.
        """
        key = row.key
        old = self.rows[key].files if key in self.rows else ()
        before = {} if damaged else self._files(key)
        pieces = {suffix: self._piece(before.get(suffix), content) for suffix, content in files.items()}
        changed = before.keys() != pieces.keys() or any(piece.staged is not None for piece in pieces.values())
        if changed:
            self._pieces[key] = pieces
        self.rows[key] = row if row.files == old else evolve(row, files=old)
        return changed

    def _files(self, key: Key) -> dict[str, Piece]:
        """Return the files of an item by suffix."""
        if key in self._pieces:
            return self._pieces[key]
        files = self.rows[key].files if key in self.rows else ()
        return {_suffix(file.path): Piece(file.sha256, file.size, None, file.path) for file in files}

    def _piece(self, old: Piece | None, content: bytes) -> Piece:
        """Return the file that holds a content: the old one, or one that is staged."""
        new = Piece(_digest(content), len(content))
        if old is not None and (old.sha256, old.size) == (new.sha256, new.size):
            return old
        new.staged = self.stage.put(content)
        return new

    def has(self, key: Key, files: Mapping[str, bytes]) -> bool:
        """Return True if an item has these files, by suffix; it may have others beside them."""
        pieces = self._files(key)
        return pieces.keys() >= files.keys() and all(
            (pieces[suffix].size, pieces[suffix].sha256) == (len(content), _digest(content))
            for suffix, content in files.items()
        )

    def has_files(self, key: Key) -> bool:
        """Return True if an item has any content."""
        return bool(self._files(key))

    def mark(self, key: Key, **changes: object) -> None:
        """Change fields of an item, such as `seen`; an item that is new has no files."""
        row = self.rows.get(key) or ItemRow(*key, ())
        if key not in self.rows or any(getattr(row, name) != value for name, value in changes.items()):
            self.rows[key] = evolve(row, **changes)  # type: ignore[arg-type]  # fields of a row

    def drop(self, key: Key) -> None:
        """Take an item out."""
        del self.rows[key]
        self._pieces.pop(key, None)

    def change(self) -> tuple[list[ItemRow], dict[str, str], list[str]]:
        """Return the rows of the next state, the staged file for each path that changes, and the paths that go."""
        staged: dict[str, str] = {}
        rows: list[ItemRow] = []
        gone = set(self._old)
        for kind, stems in self._stems().items():
            for name, stem in stems.items():
                row = self._moved(kind, name, f"{layout.FOLDER_OF[kind]}/{stem}", staged)
                rows.append(row)
                gone.difference_update(file.path for file in row.files)
        return rows, staged, sorted(gone)

    def _moved(self, kind: str, name: str, stem: str, staged: dict[str, str]) -> ItemRow:
        """Return the row of an item with its files at their new paths; a file that has to be written is staged."""
        row = self.rows[kind, name]
        if (kind, name) not in self._pieces and all(file.path.rpartition(".")[0] == stem for file in row.files):
            return row
        files = []
        for suffix, piece in self._files((kind, name)).items():
            path = f"{stem}{suffix}"
            files.append(ItemFile(path, piece.sha256, piece.size))
            if piece.staged is not None:
                staged[path] = piece.staged
            elif piece.path != path:
                # Another item whose name differs in case only came or went, so the mark of this one did.
                staged[path] = self.stage.put(self.stage.tree.read(str(piece.path)))
        return evolve(row, files=tuple(files))

    def _stems(self) -> dict[str, dict[str, str]]:
        """Return the file name without suffix by kind and name: as `dgc export --git` names the files of all items."""
        found: dict[str, dict[str, str]] = {}
        for kind, folder in layout.FOLDER_OF.items():
            identities: dict[Identity, str] = {(folder, name, ""): name for of, name in self.rows if of == kind}
            stems = definitions.stems(identities)
            found[kind] = {name: stems[identity] for identity, name in identities.items()}
        return found


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _suffix(path: str) -> str:
    return path[path.rindex(".") :]
