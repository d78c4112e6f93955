"""One run that writes a backup, whatever the service: the state it begins with, its guards, and its commit."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define, evolve, field, frozen

from jobexport.backup.content import adopted, limits, references, suspects
from jobexport.backup.folder import layout, manifest
from jobexport.backup.folder.commit import Stage
from jobexport.backup.folder.draft import Draft
from jobexport.backup.folder.manifest import FAILED, GONE, OK, ItemFile, ItemRow
from jobexport.backup.folder.marker import Marker
from jobexport.backup.results import BackupResult
from jobexport.core.disk.files import writing
from jobexport.errors import ApiError, BackupRefused, JobexportError, NotABackup
from jobexport.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from jobexport.backup.folder.marker import Origin
    from jobexport.backup.folder.tree import Tree
    from jobexport.backup.results import Key
    from jobexport.client.schedule import Progress
    from jobexport.client.steps import Steps

T = TypeVar("T")

_LAST_RUN = "last-run.json"
# An item that changed so shortly before its list may have changed again with the same time.
_HOT_MS = 2000
# How many places are named in a note.
_NAMED = 10


@frozen
class BackupSettings:
    """The choices of the user for a backup."""

    full: bool = False
    """True to fetch every item, also one whose time of the last change is the same."""
    prune: bool = False
    """True to remove items from the backup that are gone from the service."""
    max_shrink: float = 0.1
    """The part of the items of a kind that may be gone from the service; more of them refuse the backup."""
    concurrency: int = 4
    """Requests at a time."""
    edition: str | None = None
    """The edition of the documentation that the service follows; the marker keeps it."""
    progress: Callable[[Progress], None] | None = None
    """A function that receives the progress of the export."""


@define(eq=False)
class BackupSession:
    """A run that writes a backup. `begin` comes first, then each item of the service, `guard`, and `commit`."""

    tree: Tree
    origin: Origin
    export_status: str | None
    settings: BackupSettings
    total: dict[str, int | None] = field(factory=dict)
    """The service's own number of items, by kind."""
    incomplete: dict[str, str] = field(factory=dict)
    """The reason by kind for a list that is not complete."""
    seen: set[Key] = field(factory=set)
    """The items that the service has."""
    damaged: set[Key] = field(factory=set)
    """Items with a file that is not what the manifest says."""
    failures: dict[Key, JobexportError] = field(factory=dict)
    gone: list[Key] = field(factory=list)
    notes: list[str] = field(factory=list)
    problems: list[str] = field(factory=list)
    ended_by: JobexportError | None = None
    stage: Stage = field(init=False)
    draft: Draft = field(init=False)
    before: Mapping[Key, ItemRow] = field(init=False, factory=dict)
    """The items of the previous state."""
    changed: set[Key] = field(factory=set)
    """The items with new content."""
    pruned: list[Key] = field(factory=list)
    edition: str | None = None
    _has_manifest: bool = False
    """False if the items of the previous state are known by their files only."""
    _suspects: dict[Key, list[str]] = field(factory=dict)

    def begin(self) -> None:
        """Finish what an interrupted run decided, read the state of the folder, and check its files.

        Raises:
            BackupRefused: the folder is the backup of another workspace.
            BackupDamaged: the marker can't be read.
            TargetUnwritable: the folder can't be written.
        """
        marker = self._marker()
        if marker is not None and (found := self.origin.differences(marker.origin)):
            raise BackupRefused(
                f"{self.tree.path} is the backup of another workspace: {' and '.join(found)}; choose another folder"
            )
        self.stage = Stage.begun(self.tree)
        self.edition = self.settings.edition or (marker.edition if marker else None)
        rows = self._rows(marker)
        self.draft = Draft.of(self.stage, rows)
        self.before = dict(self.draft.rows)
        self.damaged = {row.key for row in rows if row.files and not all(self.tree.holds(file) for file in row.files)}

    def _marker(self) -> Marker | None:
        try:
            return self.tree.marker()
        except NotABackup:
            return None

    def _rows(self, marker: Marker | None) -> list[ItemRow]:
        """Return the items of the folder; without a manifest to trust, those that its files define."""
        if marker is not None:
            content = self.tree.read_or_none(layout.MANIFEST) or b""
            if ItemFile.of("", content).sha256 == marker.sha256[layout.MANIFEST]:
                self._has_manifest = True
                return list(manifest.read(content).values())
            self.notes.append(f"{layout.MANIFEST} is not what the marker says; every item is fetched again")
        contents = {}
        for kind in layout.KINDS_OF[self.origin.service]:
            folder = layout.FOLDER_OF[kind]
            with writing(self.tree.path):
                names = self.tree.names(folder)
            for path in (f"{folder}/{name}" for name in names):
                if layout.is_item_path(path):
                    try:
                        contents[path] = self.tree.read(path)
                    except OSError:
                        continue
        return adopted.adopted(contents)

    def is_current(self, key: Key, updated: int | None) -> bool:
        """Return True if the backup has an item as it is, by the time of its last change."""
        row = self.draft.rows.get(key)
        return (
            row is not None
            and bool(row.files)
            and not self.settings.full
            and not row.failed
            and key not in self.damaged
            and updated is not None
            and updated == row.last_update
        )

    def has(self, key: Key, files: Mapping[str, bytes]) -> bool:
        """Return True if the backup has an item with just these files, by suffix, and nobody wants it anew."""
        row = self.draft.rows.get(key)
        return (
            self._has_manifest
            and row is not None
            and row.seen == OK
            and not self.settings.full
            and key not in self.damaged
            and len(row.files) == len(files)
            and self.draft.has(key, files)
        )

    def hold(self, row: ItemRow, files: Mapping[str, bytes], definition: Mapping[str, Any]) -> None:
        """Take an item with its files, by suffix, and name places in its definition that look like secrets."""
        if self.draft.hold(row, files, damaged=row.key in self.damaged):
            self.changed.add(row.key)
            if places := list(dict.fromkeys(suspects.places(definition))):
                self._suspects[row.key] = places
            if problem := limits.problem_of_name(*row.key):
                self.notes.append(f"{layout.label(*row.key)}: {problem}; it can't be restored under this name")

    def vanished(self, kind: str) -> list[Key]:
        """Return the items of a kind that left the service's list; if the list is not complete, nobody knows any."""
        if kind in self.incomplete:
            return []
        return [key for key, row in self.before.items() if key[0] == kind and row.seen != GONE and key not in self.seen]

    def guard(self) -> None:
        """Check that not too many items are gone.

        Raises:
            BackupRefused: more are gone than the user allows.
        """
        for kind in layout.KINDS_OF[self.origin.service]:
            had = sum(1 for key, row in self.before.items() if key[0] == kind and row.seen != GONE)
            lost = len(self.vanished(kind))
            # One item of a few is more than a tenth. All items are never gone by chance.
            if lost > max(1.0, had * self.settings.max_shrink) or (lost == had > 0 and self.settings.max_shrink < 1):
                raise BackupRefused(
                    f"{lost} of {had} items of kind {kind} are gone from the service, more than "
                    f"{self.settings.max_shrink:.0%}; if that is right, allow it with max_shrink (--max-shrink 100%)"
                )

    def is_gone(self, key: Key) -> None:
        """Take note that the service has an item no more: it stays in the backup, unless the user wants it removed."""
        self.gone.append(key)
        if self.draft.has_files(key):
            self.draft.mark(key, seen=GONE)
        elif key in self.draft.rows:
            # It never had any content to keep.
            self.draft.drop(key)

    def was_deleted(self, key: Key) -> None:
        """Take note that an item was deleted or renamed after it was listed."""
        total = self.total[key[0]]
        if total is not None:
            self.total[key[0]] = total - 1
        self.is_gone(key)

    def has_left(self, key: Key) -> None:
        """Take note that an item left its list while the list was walked: it counts as one that was never listed."""
        self.seen.discard(key)
        if key in self.draft.rows and key not in self.before:
            self.draft.drop(key)
            self.changed.discard(key)
            self._suspects.pop(key, None)

    def fail(self, key: Key, error: JobexportError) -> None:
        """Take note that the last content of an item could not be fetched; older content is kept."""
        self.failures[key] = error
        code = error.code if isinstance(error, ApiError) and error.code else type(error).__name__
        self.draft.mark(key, seen=FAILED + code)

    def commit(self, *, last: bool = True) -> None:
        """Make the folder hold the items, as one step.

        Args:
            last: False for items that are there already while others are still fetched.
        """
        if last and self.settings.prune:
            self._prune()
        rows, staged, removed = self.draft.change()
        for path, content in self._own_files(rows, complete=last and self._complete(rows)).items():
            if not self.tree.holds(ItemFile.of(path, content)):
                staged[path] = self.stage.put(content)
        self.stage.commit(staged, removed)
        self.draft.settled(rows)
        if last:
            self._note_run(rows)

    def _prune(self) -> None:
        self.pruned = [key for key, row in self.draft.rows.items() if row.seen == GONE]
        for key in self.pruned:
            self.draft.drop(key)

    def _own_files(self, rows: list[ItemRow], *, complete: bool) -> dict[str, bytes]:
        """Return the files beside the items, in the order in which they take their places."""
        found = {}
        for path, line in layout.GIT_FILES.items():
            content = (self.tree.read_or_none(path) or b"").decode(errors="surrogateescape")
            if line not in content.splitlines():
                end = "" if not content or content.endswith("\n") else "\n"
                found[path] = f"{content}{end}{line}\n".encode(errors="surrogateescape")
        found[layout.REQUIREMENTS] = references.requirements(rows)
        found[layout.MANIFEST] = manifest.write(rows)
        found[layout.MARKER] = self._marked(rows, found, complete=complete)
        return found

    def _marked(self, rows: list[ItemRow], files: Mapping[str, bytes], *, complete: bool) -> bytes:
        """Return the marker; that of the folder if only another version of the tool wrote it."""
        marker = Marker(
            origin=self.origin,
            export_status=self.export_status,
            counts=self._counts(rows),
            total=self.total,
            complete=complete,
            sha256={path: ItemFile.of("", files[path]).sha256 for path in (layout.MANIFEST, layout.REQUIREMENTS)},
            tool=__version__,
            edition=self.edition,
        )
        old = self._marker()
        same = evolve(marker, tool=old.tool).write() if old else None
        return same if same and same == self.tree.read_or_none(layout.MARKER) else marker.write()

    def _counts(self, rows: list[ItemRow]) -> dict[str, int]:
        found = Counter(row.kind for row in rows if row.seen != GONE)
        return {kind: found[kind] for kind in layout.KINDS_OF[self.origin.service]}

    def _complete(self, rows: list[ItemRow]) -> bool:
        counts = self._counts(rows)
        return (
            not (self.failures or self.incomplete or self.problems)
            and self.ended_by is None
            and all(self.total[kind] in {None, count} for kind, count in counts.items())
        )

    def _note_run(self, rows: list[ItemRow]) -> None:
        """Write when the run ended, outside of what git sees."""
        plain = {
            "finished": datetime.now(UTC).isoformat(timespec="seconds"),
            "complete": self._complete(rows),
            "changed": len(self.changed),
            "failed": len(self.failures),
        }
        with writing(self.tree.path):
            meta = self.tree.make(layout.META)
            staged = self.stage.put(json.dumps(plain, indent=2).encode())
            folder = self.tree.make(f"{layout.META}/{layout.STAGE}")
            meta.put(folder, staged, _LAST_RUN)

    def result(self) -> BackupResult:
        """Return the result of the run."""
        rows = list(self.draft.rows.values())
        new = tuple(sorted(key for key in self.changed if key not in self.before))
        repaired = self.changed & self.damaged
        return BackupResult(
            folder=self.tree.path,
            complete=self._complete(rows),
            counts=self._counts(rows),
            total=dict(self.total),
            added=new,
            changed=tuple(sorted(self.changed - set(new) - repaired)),
            gone=tuple(sorted(self.gone)),
            pruned=tuple(sorted(self.pruned)),
            repaired=tuple(sorted(repaired)),
            failures=dict(sorted(self.failures.items())),
            problems=(*self.incomplete.values(), *self.problems),
            notes=(*self.notes, *self._named_suspects()),
            ended_by=self.ended_by,
        )

    def _named_suspects(self) -> list[str]:
        """Return a note on the places that look like secrets."""
        found = [f"{layout.label(*key)} has {', '.join(places)}" for key, places in sorted(self._suspects.items())]
        if not found:
            return []
        more = [f"and {len(found) - _NAMED} more items"] if len(found) > _NAMED else []
        return [f"the backup holds places that look like secrets: {'; '.join([*found[:_NAMED], *more])}"]


def settled(updated: int | None, clock: datetime | None) -> int | None:
    """Return the time of an item's last change, or None if it may have changed again with the same time.

    Args:
        updated: the time in milliseconds since 1970; None if the list has no time.
        clock: the service's clock when its list began; None if the service does not show it.
    """
    if updated is None or clock is None:
        return updated
    return updated if updated < clock.timestamp() * 1000 - _HOT_MS else None


def caught(steps: Steps[Any]) -> Steps[Any]:
    """Return the steps of a call whose error is its result, so that other calls go on."""
    try:
        return (yield from steps)
    except JobexportError as error:
        return error


def grouped(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """Yield the items in groups of a size."""
    return (items[start : start + size] for start in range(0, len(items), size))
