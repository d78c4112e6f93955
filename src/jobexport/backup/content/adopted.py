"""A folder that is not yet a backup, or whose manifest can't be used: its files as the items of a backup."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import evolve

from jobexport.archive.definitions import JSON
from jobexport.backup.content import parsed
from jobexport.backup.folder import layout
from jobexport.backup.folder.manifest import ItemFile, ItemRow

if TYPE_CHECKING:
    from collections.abc import Mapping


def adopted(contents: Mapping[str, bytes]) -> list[ItemRow]:
    """Return rows for the files of a folder that `dgc export --git` wrote, or whose manifest can't be used.

    A file that is no definition is left out: a complete backup holds nothing else, and removes it.
    """
    rows: dict[tuple[str, str], ItemRow] = {}
    for path, content in sorted(contents.items()):
        folder, _, name = path.partition("/")
        if not name.endswith(JSON):
            continue
        kind, stem = layout.KIND_OF[folder], path.removesuffix(JSON)
        beside = [f"{stem}{suffix}" for suffix in layout.SUFFIXES_OF[folder][1:] if f"{stem}{suffix}" in contents]
        files = (ItemFile.of(path, content), *(ItemFile.of(other, contents[other]) for other in beside[:1]))
        row = ItemRow(kind, "", files)
        try:
            fields = parsed.parse(row, {file.path: contents[file.path] for file in files})
        except ValueError:
            continue
        if isinstance(fields.get("name"), str):
            found = evolve(
                row, name=fields["name"], refs=parsed.refs_of(kind, fields, (contents[file.path] for file in files))
            )
            rows.setdefault(found.key, found)
    return list(rows.values())
