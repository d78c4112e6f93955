"""The outcomes of a restore's imports, in `.jobexport/` of the backup, so that no import is sent twice blindly.

A step is on the disk before the request that it is about is sent. The file is there while an import is open.
"""

from __future__ import annotations

import contextlib
import hashlib
from typing import TYPE_CHECKING, Any

from attrs import asdict, define, evolve, field, frozen

from jobexport.backup.folder import layout
from jobexport.core import strict_json
from jobexport.core.disk.files import writing
from jobexport.errors import BackupDamaged

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jobexport.backup.folder.tree import Tree

UPLOADED, SENT, RUNNING, ENDED = "uploaded", "sent", "running", "ended"
"""The states of an import: its zip may be in OBS; its request may have been received; its task is known; it ended."""
_FORMAT = "jobexport-restore/1"


@frozen
class OpenImport:
    """An import that is not over, or whose zip may be in OBS."""

    zip: str
    """The zip in OBS, bucket first."""
    names: tuple[str, ...]
    """The jobs."""
    state: str = UPLOADED
    task: str | None = None
    """The id of the task, once it is known."""

    @property
    def unsettled(self) -> bool:
        """True if nobody knows whether the import happened."""
        return self.state in {SENT, RUNNING}


@define(eq=False)
class RestoreJournal:
    """The journal of restores into one target."""

    tree: Tree | None
    """The backup; None for a rehearsal, whose outcomes nobody needs after a kill."""
    file: str
    """The file's name in `.jobexport/`."""
    imports: dict[str, OpenImport] = field(factory=dict)
    """The imports by zip."""

    @classmethod
    def of(cls, tree: Tree, *target: str | None) -> RestoreJournal:
        """Read the journal of a target; it is empty if missing.

        Args:
            tree: the backup.
            target: what distinguishes the target from others: server, project, workspace.

        Raises:
            BackupDamaged: the file is not a journal.
        """
        digest = hashlib.sha256("\n".join(part or "" for part in target).encode()).hexdigest()[:16]
        found = cls(tree, f"restore-{digest}.json")
        content = tree.read_or_none(found._path)
        if content is not None:
            found.imports = {entry.zip: entry for entry in found._read(content)}
        return found

    @property
    def _path(self) -> str:
        return f"{layout.META}/{self.file}"

    def _read(self, content: bytes) -> list[OpenImport]:
        try:
            plain: Any = strict_json.parse(content)
            if plain["format"] != _FORMAT:
                raise ValueError("it has another format")
            return [
                OpenImport(str(item["zip"]), tuple(map(str, item["names"])), str(item["state"]), item["task"])
                for item in plain["imports"]
            ]
        except (ValueError, TypeError, KeyError) as problem:
            raise BackupDamaged(self._path, f"it is not the journal of a restore ({problem})") from None

    @property
    def unsettled(self) -> Sequence[OpenImport]:
        """The imports whose outcome is unknown."""
        return [entry for entry in self.imports.values() if entry.unsettled]

    def begin(self, zip_: str, names: Sequence[str]) -> None:
        """Note an import whose zip is about to be uploaded."""
        self.imports[zip_] = OpenImport(zip_, tuple(names))
        self._write()

    def note(self, zip_: str, state: str, task: str | None = None) -> None:
        """Note the state of an import."""
        before = self.imports[zip_]
        self.imports[zip_] = evolve(before, state=state, task=task or before.task)
        self._write()

    def drop(self, zip_: str) -> None:
        """Forget an import: it is over, and its zip is removed."""
        del self.imports[zip_]
        self._write()

    def _write(self) -> None:
        """Write the journal, and wait until it is on the disk; remove it if it is empty."""
        if self.tree is None:
            return
        with writing(self.tree.path):
            meta = self.tree.make(layout.META)
            if not self.imports:
                with contextlib.suppress(FileNotFoundError):
                    meta.remove(self.file)
                meta.sync()
                return
            part = f"{self.file}.part"
            with contextlib.suppress(FileNotFoundError):
                meta.remove(part)
            plain = {"format": _FORMAT, "imports": [asdict(entry) for entry in self.imports.values()]}
            with meta.create(part) as file:
                file.write(strict_json.write(plain).encode())
            meta.sync_files([part])
            meta.put(meta, part, self.file)
            meta.sync()
