"""Proofs that a backup can be restored. Level 0: it is whole. Level 1: what is in it is sound. Nothing is written."""

from __future__ import annotations

import io
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import define, field, frozen

from jobexport.archive.zip.source import opened as opened_zip
from jobexport.archive.zip.whole import check as check_zip
from jobexport.backup.content import limits, parsed, references
from jobexport.backup.folder import layout, manifest
from jobexport.backup.folder.manifest import ItemFile
from jobexport.backup.folder.tree import opened
from jobexport.errors import ArchiveError, BackupDamaged

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

    from jobexport.backup.folder.manifest import ItemRow
    from jobexport.backup.folder.marker import Marker
    from jobexport.backup.folder.tree import Tree

LEVELS = ("whole", "sound", "rehearsed", "plannable")
"""The names of the levels, by number; `verify` itself proves the first two."""


@frozen
class Problem:
    """A reason why a backup does not reach a level."""

    level: int
    place: str
    """The file, or the item."""
    what: str

    def __str__(self) -> str:
        return f"{self.place}: {self.what}"


@frozen
class VerifyResult:
    """The result of `verify`."""

    folder: Path
    level: int | None
    """The level reached: 0 if the backup is whole, 1 if it is sound too; None if it is not whole."""
    problems: tuple[Problem, ...]
    notes: tuple[str, ...]
    """Sentences for a restore: items that are gone from the service, and items that a job uses but nobody has."""
    counts: Mapping[str, int]
    """The items that the service had, by kind."""
    marker: Marker

    @property
    def passed(self) -> bool:
        """True if there is no problem on any level."""
        return not self.problems


def verify(folder: str | os.PathLike[str]) -> VerifyResult:
    """Check a backup on levels 0 and 1.

    Level 0, whole: the marker, the digest of every file, no file missing, no other file in the folders of items, and as
    many items as the service said. Level 1, sound: each file parses, has the name that the manifest says, and all it
    refers to is in the backup or in its requirements; names and sizes are within the limits of an import.

    Raises:
        NotABackup: the folder is missing, or has no marker.
        BackupFormatUnknown: a later version of the format wrote it.
        BackupDamaged: the marker breaks a rule of the format.
        FolderInUse: a run writes to the folder.
    """
    with opened(Path(folder)) as tree:
        return _Check(tree, tree.marker()).verdict()


@define(eq=False)
class _Check:
    tree: Tree
    marker: Marker
    problems: list[Problem] = field(factory=list)
    notes: list[str] = field(factory=list)
    rows: dict[tuple[str, str], ItemRow] = field(factory=dict)

    def verdict(self) -> VerifyResult:
        self._own_files()
        for row in self.rows.values():
            self._item(row)
        self._strangers()
        counts = self._numbers()
        self._requirements()
        self._sizes()
        broken = {problem.level for problem in self.problems}
        level = None if 0 in broken else 0 if 1 in broken else 1
        return VerifyResult(self.tree.path, level, tuple(self.problems), tuple(self.notes), counts, self.marker)

    def _bad(self, level: int, place: str, what: str) -> None:
        self.problems.append(Problem(level, place, what))

    def _own_files(self) -> None:
        """Check the manifest and the requirements against the marker."""
        for path, digest in self.marker.sha256.items():
            content = self.tree.read_or_none(path)
            if content is None:
                self._bad(0, path, "it is missing")
            elif ItemFile.of(path, content).sha256 != digest:
                self._bad(0, path, _changed(content, digest) or "its content is not the content that was backed up")
        try:
            self.rows = self.tree.rows()
        except BackupDamaged as problem:
            self._bad(0, problem.place, problem.problem)

    def _item(self, row: ItemRow) -> None:
        """Check the files of an item, and its definition."""
        label = layout.label(row.kind, row.name)
        if not row.files:
            self._bad(0, label, f"its content was never fetched ({row.seen})")
            return
        contents, whole = {}, True
        for file in row.files:
            content = self._content(file)
            whole = whole and content is not None
            contents[file.path] = content or b""
        if row.failed:
            self._bad(0, label, f"its last content could not be fetched ({row.seen}); an older one is kept")
        if row.seen == manifest.GONE:
            self.notes.append(f"{label} is gone from the service; the backup keeps it")
        if whole:
            self._definition(row, contents)

    def _definition(self, row: ItemRow, contents: Mapping[str, bytes]) -> None:
        """Check the definition of an item whose files are whole."""
        label = layout.label(row.kind, row.name)
        if problem := limits.problem_of_name(row.kind, row.name):
            self._bad(1, label, problem)
        try:
            fields = parsed.parse(row, contents)
        except ValueError as problem:
            self._bad(1, row.files[0].path, str(problem))
            return
        for path, content in contents.items():
            if path.endswith(".zip"):
                self._zip(path, content)
        if (name := parsed.name_of(row, fields)) != row.name:
            self._bad(1, row.files[0].path, f"it defines {name!r:.80}, not {row.name!r:.80}")
        if parsed.refs_of(row.kind, fields, contents.values()) != row.refs:
            self._bad(1, row.files[0].path, "the references in the manifest are not those of the definition")

    def _zip(self, path: str, content: bytes) -> None:
        """Check that the zip of a Flink job is whole."""
        try:
            with opened_zip(None, io.BytesIO(content), path) as source:
                check_zip(source)
        except ArchiveError as problem:
            self._bad(1, path, problem.problem or str(problem))

    def _content(self, file: ItemFile) -> bytes | None:
        """Return the content of a file, or None if it is not what the manifest says."""
        try:
            content = self.tree.read(file.path)
        except FileNotFoundError:
            self._bad(0, file.path, "it is missing")
            return None
        except OSError as problem:
            # Opening a link does not follow it.
            self._bad(0, file.path, f"it is a link, or can't be read ({problem.strerror})")
            return None
        found = ItemFile.of(file.path, content)
        if found == file:
            return content
        what = f"it has {found.size} bytes, not {file.size}"
        if found.size == file.size:
            what = "its content is not the content that was backed up"
        self._bad(0, file.path, _changed(content, file.sha256) or what)
        return None

    def _strangers(self) -> None:
        """Check that the folders of items have no other files."""
        known = {file.path for row in self.rows.values() for file in row.files}
        for kind in layout.KINDS_OF[self.marker.origin.service]:
            folder = layout.FOLDER_OF[kind]
            try:
                names = sorted(self.tree.names(folder))
            except OSError as problem:
                self._bad(0, folder, str(problem.strerror))
                continue
            for name in names:
                if f"{folder}/{name}" not in known:
                    self._bad(0, f"{folder}/{name}", "it is not in the manifest")

    def _numbers(self) -> dict[str, int]:
        """Check the numbers of items against those of the marker; return them by kind."""
        found = Counter(row.kind for row in self.rows.values() if row.seen != manifest.GONE)
        counts = {kind: found[kind] for kind in layout.KINDS_OF[self.marker.origin.service]}
        for kind, number in counts.items():
            total = self.marker.total[kind]
            if number != self.marker.counts[kind]:
                self._bad(0, layout.MANIFEST, f"it has {number} items of kind {kind}, not {self.marker.counts[kind]}")
            elif total is not None and number != total:
                self._bad(0, layout.MARKER, f"the service had {total} items of kind {kind}, the backup has {number}")
        if not self.marker.complete and not self.problems:
            self._bad(0, layout.MARKER, "the backup was not complete; back up again")
        return counts

    def _requirements(self) -> None:
        """Check that all references lead somewhere."""
        needed = references.requirements(self.rows.values())
        if self.rows and self.tree.read_or_none(layout.REQUIREMENTS) not in {None, needed}:
            self._bad(1, layout.REQUIREMENTS, "it is not what the definitions need")
        found = references.missing(self.rows.values())
        for kind in (layout.SCRIPT, layout.RESOURCE):
            for name, users in sorted(found.get(kind, {}).items()):
                used = " ".join(references.split(users[0]))
                more = f" and {len(users) - 1} more" if len(users) > 1 else ""
                self.notes.append(f"{layout.label(kind, name)} is used by {used}{more}, but the workspace had it not")

    def _sizes(self) -> None:
        """Check that each job can be packed with all it uses."""
        for row in self.rows.values():
            if row.kind == layout.JOB and row.files:
                files = [file for item in limits.packed_with(row, self.rows) for file in item.files]
                size = limits.most_packed(
                    (self.tree.read_or_none(file.path) or b"" for file in files), (file.size for file in files)
                )
                if size > limits.SAFE_ZIP:
                    self._bad(
                        1,
                        layout.label(row.kind, row.name),
                        f"with its scripts it takes {size} bytes; importJob takes {limits.LARGEST_ZIP}",
                    )


def _changed(content: bytes, digest: str) -> str | None:
    """Return a sentence on lines that have other ends, as git makes them without `.gitattributes`."""
    for other in (content.replace(b"\r\n", b"\n"), content.replace(b"\n", b"\r\n")):
        if other != content and ItemFile.of("", other).sha256 == digest:
            return f"its line ends were changed, as git does without the line `* -text` in {layout.ATTRIBUTES}"
    return None
