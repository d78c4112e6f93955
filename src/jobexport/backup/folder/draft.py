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
    """A file of an item: in the stage, or at its old path."""

    sha256: str
    size: int
    staged: str | None = None
    path: str | None = None


@define(eq=False)
class Draft:
    """The items of the next state. Threads may change different items at once."""

    stage: Stage
    rows: dict[Key, ItemRow]
    """The items; their `files` are those of the previous state, and `pieces` counts."""
    pieces: dict[Key, dict[str, Piece]] = field(factory=dict)
    """The files of each item by suffix."""
    _old: set[str] = field(factory=set)

    @classmethod
    def of(cls, stage: Stage, rows: Iterable[ItemRow]) -> Draft:
        """Return a draft that begins with the items of the previous state."""
        draft = cls(stage, {row.key: row for row in rows})
        draft.pieces = {
            key: {_suffix(file.path): Piece(file.sha256, file.size, None, file.path) for file in row.files}
            for key, row in draft.rows.items()
        }
        draft._old = {file.path for row in draft.rows.values() for file in row.files}
        return draft

    def hold(self, row: ItemRow, files: Mapping[str, bytes], *, damaged: bool = False) -> bool:
        """Set an item and its files, by suffix; the item's own first. Return True if a file is another one than before.

        Args:
            row: the item; its `files` do not count.
            files: the contents.
            damaged: True if the files at the item's paths are not to be trusted.
        """
        key = row.key
        before = {} if damaged else self.pieces.get(key, {})
        pieces, changed = {}, before.keys() != files.keys()
        for suffix, content in files.items():
            piece = Piece(_digest(content), len(content))
            old = before.get(suffix)
            if old is not None and (old.sha256, old.size) == (piece.sha256, piece.size):
                piece = old
            else:
                piece.staged, changed = self.stage.put(content), True
            pieces[suffix] = piece
        self.rows[key], self.pieces[key] = row, pieces
        return changed

    def has(self, key: Key, suffix: str, content: bytes) -> bool:
        """Return True if a file of an item has this content."""
        piece = self.pieces.get(key, {}).get(suffix)
        return piece is not None and (piece.sha256, piece.size) == (_digest(content), len(content))

    def mark(self, key: Key, **changes: object) -> None:
        """Change fields of an item, such as `seen`."""
        row = self.rows[key]
        if any(getattr(row, name) != value for name, value in changes.items()):
            self.rows[key] = evolve(row, **changes)  # type: ignore[arg-type]  # fields of a row

    def drop(self, key: Key) -> None:
        """Take an item out."""
        del self.rows[key], self.pieces[key]

    def change(self) -> tuple[list[ItemRow], dict[str, str], list[str]]:
        """Return the rows of the next state, the staged file for each path that changes, and the paths that go."""
        staged: dict[str, str] = {}
        rows: list[ItemRow] = []
        paths: set[str] = set()
        for kind, stems in self._stems().items():
            for name, stem in stems.items():
                files = []
                for suffix, piece in self.pieces[kind, name].items():
                    path = f"{layout.FOLDER_OF[kind]}/{stem}{suffix}"
                    files.append(ItemFile(path, piece.sha256, piece.size))
                    if piece.staged is not None:
                        staged[path] = piece.staged
                    elif piece.path != path:
                        # Another item whose name differs in case only came or went, so the mark of this one did.
                        staged[path] = self.stage.put(self.stage.tree.read(str(piece.path)))
                row = self.rows[kind, name]
                rows.append(row if row.files == tuple(files) else evolve(row, files=tuple(files)))
                paths.update(file.path for file in files)
        return rows, staged, sorted(self._old - paths)

    def settled(self, rows: Iterable[ItemRow]) -> None:
        """Take note that a change is done: these rows are the state of the folder now."""
        fresh = Draft.of(self.stage, rows)
        self.rows, self.pieces, self._old = fresh.rows, fresh.pieces, fresh._old

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
