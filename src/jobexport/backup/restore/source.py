"""The items of a backup that are restored: chosen by name, checked byte for byte, in the names of the target."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from attrs import define, field

from jobexport.backup.content import limits, parsed, references
from jobexport.backup.folder import layout
from jobexport.backup.folder.manifest import GONE, ItemFile
from jobexport.backup.restore.plan import Wanted, used_by
from jobexport.core import strict_json
from jobexport.errors import NotABackup

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from jobexport.backup.content.mapping import NameMap
    from jobexport.backup.folder.manifest import ItemRow
    from jobexport.backup.folder.tree import Tree
    from jobexport.backup.results import Key

# Kinds of references that are items of a workspace, which its lists have.
_ITEMS = {layout.JOB, layout.SCRIPT, layout.RESOURCE}
_ZIP = ".zip"
# How many problems of one kind are named.
_NAMED = 20


@define(eq=False)
class RestoreSource:
    """The chosen items of a backup."""

    tree: Tree
    rows: dict[Key, ItemRow]
    """All items of the backup."""
    names: NameMap | None = None
    chosen: dict[Key, ItemRow] = field(factory=dict)
    """The items that can be restored."""
    problems: list[str] = field(factory=list)
    notes: list[str] = field(factory=list)

    @classmethod
    def of(cls, tree: Tree, service: str, wanted: Iterable[str] | None, names: NameMap | None) -> RestoreSource:
        """Return the items of a backup with these names, and with the scripts and resources that they use.

        Args:
            tree: the backup.
            service: `dgc` or `dli`.
            wanted: names of jobs, or kind and name such as `script:sum`; None for all items but those that are gone.
            names: the map of names; None to keep all names.

        Raises:
            BackupError: the folder is no backup of the service, or its manifest can't be read.
        """
        if (found_service := tree.marker().origin.service) != service:
            raise NotABackup(f"{tree.path} is a backup of {found_service}; use `jobexport {found_service}`")
        found = cls(tree, tree.rows(), names)
        if names is not None:
            names.own = found.rows.keys()
        if wanted is None:
            found._take(row for row in found.rows.values() if row.seen != GONE)
        else:
            found._take(found._named(wanted))
        return found

    def _named(self, wanted: Iterable[str]) -> Iterator[ItemRow]:
        known: dict[str, ItemRow] = {}
        for (kind, name), row in self.rows.items():
            if kind in {layout.JOB, layout.FLINK}:
                known[name] = row
            known.setdefault(f"{kind}:{name}", row)
        for name in wanted:
            if name in known:
                yield from limits.packed_with(known[name], self.rows)
            else:
                self.problems.append(f"the backup has no job {name!r:.140}; other items are named as script:NAME")

    def _take(self, rows: Iterable[ItemRow]) -> None:
        for row in rows:
            label = layout.label(*row.key)
            if not row.files:
                self.notes.append(f"{label} is not restored: its content was never fetched ({row.seen})")
                continue
            if row.failed:
                self.notes.append(f"{label} is an older one: its last content could not be fetched ({row.seen})")
            self.chosen[row.key] = row

    def checked(self) -> Wanted:
        """Read every file once, and return the references of the items with all that is wrong with them."""
        refs: dict[Key, tuple[str, ...]] = {}
        needs: dict[str, list[Key]] = {}
        unmapped: dict[str, list[Key]] = {}
        for key, row in self.chosen.items():
            contents = self._read(row)
            fields = None if contents is None else self._parsed(row, contents)
            if contents is None or fields is None:
                continue
            # Never those that the manifest has.
            own = parsed.refs_of(row.kind, fields, contents.values())
            for ref in () if self.names is None else self.names.unmapped(own):
                unmapped.setdefault(ref, []).append(key)
            refs[key] = own if self.names is None else self._refs(row, self.names.applied(row.kind, fields))
            for ref in refs[key]:
                if references.split(ref)[0] not in _ITEMS:
                    needs.setdefault(ref, []).append(key)
            self._check_limits(row)
        self._check_map(unmapped)
        plain = {ref: tuple(f"{kind}:{name}" for kind, name in sorted(users)) for ref, users in sorted(needs.items())}
        return Wanted(refs, plain, tuple(self.problems), tuple(self.notes))

    def _refs(self, row: ItemRow, fields: Mapping[str, Any]) -> tuple[str, ...]:
        """Return the references of a definition in the names of the target."""
        return parsed.refs_of(row.kind, fields, [strict_json.write(fields).encode()])

    def _read(self, row: ItemRow) -> dict[str, bytes] | None:
        """Return the contents of an item's files, each read once; None if one of them is not what was backed up."""
        found: dict[str, bytes] = {}
        for file in row.files:
            with contextlib.suppress(OSError):
                found[file.path] = self.tree.read(file.path)
            if file.path not in found or ItemFile.of(file.path, found[file.path]) != file:
                label = layout.label(*row.key)
                self.problems.append(f"{label}: {file.path} is missing, or not what was backed up; run verify")
                return None
        return found

    def _parsed(self, row: ItemRow, contents: Mapping[str, bytes]) -> dict[str, Any] | None:
        label = layout.label(*row.key)
        try:
            fields = parsed.parse(row, contents)
        except ValueError as problem:
            self.problems.append(f"{label}: {row.files[0].path}: {problem}")
            return None
        if (name := parsed.name_of(row, fields)) != row.name:
            self.problems.append(f"{label}: {row.files[0].path} defines {name!r:.80}")
            return None
        return fields

    def _check_limits(self, row: ItemRow) -> None:
        label = layout.label(*row.key)
        if problem := limits.problem_of_name(*row.key):
            self.problems.append(f"{label}: {problem}")
        if row.kind == layout.FLINK and not row.files[-1].path.endswith(_ZIP):
            self.problems.append(f"{label}: its zip is missing, and an import takes nothing else")
        if row.kind == layout.JOB and (size := self.packed_size(row)) > limits.SAFE_ZIP:
            self.problems.append(
                f"{label}: with its scripts it takes {size} bytes; importJob takes {limits.LARGEST_ZIP}"
            )

    def _check_map(self, unmapped: Mapping[str, list[Key]]) -> None:
        if self.names is None:
            return
        # A line is unused if the whole backup does not need it, also if only some items are restored.
        for row in self.rows.values():
            self.names.unmapped(row.refs)
        for ref, users in sorted(unmapped.items())[:_NAMED]:
            self.problems.append(f"the map has no line for {ref}; {used_by(users)}")
        if len(unmapped) > _NAMED:
            self.problems.append(f"the map has no line for {len(unmapped) - _NAMED} more names of requirements.json")
        self.problems += [f"the map has a line for {ref}, which no item uses" for ref in self.names.unused()]

    def fields(self, key: Key) -> dict[str, Any]:
        """Return the definition of an item in the names of the target; that of a script with its text."""
        row = self.chosen[key]
        fields = {**parsed.fields_of(self.tree, row), "name": row.name}
        return fields if self.names is None else self.names.applied(row.kind, fields)

    def zip_of(self, key: Key) -> bytes:
        """Return the service's own zip of a Flink job."""
        return self.tree.read(self.chosen[key].files[-1].path)

    def packed_size(self, row: ItemRow) -> int:
        """Return a number of bytes that the zip of a job with its scripts does not exceed."""
        files = [file for item in limits.packed_with(row, self.rows) for file in item.files]
        contents = (self.tree.read_or_none(file.path) or b"" for file in files)
        return limits.most_packed(contents, (file.size for file in files))
