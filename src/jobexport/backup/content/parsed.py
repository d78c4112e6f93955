"""The items of a backup as definitions: read from the folder, and each file checked before it is parsed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jobexport.archive.definitions import JSON, joined
from jobexport.backup.content import references
from jobexport.backup.folder import layout
from jobexport.core import strict_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from jobexport.backup.folder.manifest import ItemRow
    from jobexport.backup.folder.tree import Tree


def fields_of(tree: Tree, row: ItemRow) -> dict[str, Any]:
    """Return the fields of an item; those of a script with its text.

    Raises:
        ValueError: a file is not what the format says; the error's text fits into a sentence.
        OSError: a file can't be read.
    """
    return parse(row, {file.path: tree.read(file.path) for file in row.files})


def parse(row: ItemRow, contents: Mapping[str, bytes]) -> dict[str, Any]:
    """Return the fields of an item whose files have these contents.

    Raises:
        ValueError: a file is not what the format says; the error's text fits into a sentence.
    """
    own, *beside = contents.items()
    if not own[0].endswith(JSON):
        raise ValueError("its own file is not JSON")
    fields = strict_json.parse(own[1], file=True, exact=True)
    if not isinstance(fields, dict):
        raise ValueError("it is not a JSON object")
    if row.kind == layout.SCRIPT and beside:
        try:
            return joined(fields, beside[0][1].decode())
        except UnicodeDecodeError as problem:
            raise ValueError(f"the text beside it is not UTF-8 at byte {problem.start}") from None
    return fields


def name_of(row: ItemRow, fields: Mapping[str, Any]) -> str:
    """Return the name that a definition itself has; a definition without one has the name of the item."""
    name = fields.get("name")
    return name if isinstance(name, str) else row.name


def refs_of(kind: str, fields: Mapping[str, Any], contents: Iterable[bytes]) -> tuple[str, ...]:
    """Return the references of a definition, sorted.

    Args:
        kind: the kind of the item.
        fields: its definition.
        contents: the contents of its files; a zip has no text.
    """
    texts = [content.decode(errors="replace") for content in contents if not content.startswith(b"PK")]
    return references.of(kind, fields, texts)
