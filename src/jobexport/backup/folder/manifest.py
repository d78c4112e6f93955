"""The manifest of a backup: a line of JSON for each item, sorted by kind and name."""

from __future__ import annotations

import hashlib
import io
import json
import sys
from typing import TYPE_CHECKING, Any

from attrs import frozen

from jobexport.backup.folder import layout
from jobexport.errors import BackupDamaged

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_line = json.JSONEncoder(ensure_ascii=False).encode
OK, GONE = "ok", "gone"
"""Values of `ItemRow.seen`: the service has the item; the service has it no more, and the backup keeps it."""
FAILED = "failed: "
"""The beginning of `ItemRow.seen` for an item whose last content could not be fetched; the error follows."""


@frozen
class ItemFile:
    """A file of an item."""

    path: str
    sha256: str
    size: int

    @classmethod
    def of(cls, path: str, content: bytes) -> ItemFile:
        """Return the entry for a file with this content."""
        return cls(path, hashlib.sha256(content).hexdigest(), len(content))


@frozen
class ItemRow:
    """An item of a backup."""

    kind: str
    """`job`, `script`, `resource` or `flink`."""
    name: str
    files: tuple[ItemFile, ...]
    """The item's own file, and then the file beside it: a script's text, or the zip of a Flink job. An item that was
    never fetched has no file."""
    seen: str = OK
    """`ok`, `gone`, or `failed: ` with the error's code."""
    refs: tuple[str, ...] = ()
    """The references of the definition, each as kind and name, such as `script:orders_sum`."""
    directory: str | None = None
    job_type: str | None = None
    owner: str | None = None
    last_update: int | None = None
    """The time of the last change as the service's list has it, in milliseconds since 1970; None if the list has no
    time, or if the item changed while it was listed: then the next backup fetches it again."""
    id: str | None = None
    """The id of a Flink job, as the service's list has it."""

    @property
    def key(self) -> tuple[str, str]:
        """Kind and name, which no other item of the backup has."""
        return self.kind, self.name

    @property
    def failed(self) -> bool:
        """True if the last content of the item could not be fetched."""
        return self.seen.startswith(FAILED)


def write(rows: Iterable[ItemRow]) -> bytes:
    """Return the manifest of some items."""
    # Encoded line by line, as a manifest is large.
    content = io.BytesIO()
    for row in sorted(rows, key=lambda row: row.key):
        content.write(f"{_line(_plain(row))}\n".encode())
    return content.getvalue()


def _plain(row: ItemRow) -> dict[str, Any]:
    """Return a row as the values of its line: what the item lacks is left out."""
    own, *beside = row.files or (None,)
    plain = {
        "kind": row.kind,
        "name": row.name,
        **({} if own is None else {"path": own.path, "sha256": own.sha256, "size": own.size}),
        "beside": [{"path": file.path, "sha256": file.sha256, "size": file.size} for file in beside if file],
        "directory": row.directory,
        "job_type": row.job_type,
        "owner": row.owner,
        "id": row.id,
        "last_update": row.last_update,
        "refs": list(row.refs),
        "seen": row.seen,
    }
    return {key: value for key, value in plain.items() if value is not None and value != []}


def read(content: bytes) -> dict[tuple[str, str], ItemRow]:
    """Return the items of a manifest by kind and name.

    Raises:
        BackupDamaged: a line breaks a rule of the format.
    """
    rows: dict[tuple[str, str], ItemRow] = {}
    paths: set[str] = set()
    for number, line in enumerate(content.splitlines(), start=1):
        try:
            row = _row(json.loads(line))
        except (ValueError, TypeError, KeyError) as problem:
            # The error of a missing key is the key.
            reason = f"{problem} is missing" if isinstance(problem, KeyError) else str(problem)
            raise BackupDamaged(f"{layout.MANIFEST} line {number}", reason) from None
        if row.key in rows or not paths.isdisjoint(file.path.casefold() for file in row.files):
            raise BackupDamaged(f"{layout.MANIFEST} line {number}", f"{layout.label(*row.key)} is there twice")
        paths.update(file.path.casefold() for file in row.files)
        rows[row.key] = row
    return rows


def _row(plain: Any) -> ItemRow:
    if not isinstance(plain, dict):
        raise TypeError("it is not a JSON object")
    kind, name = sys.intern(_text(plain, "kind")), _text(plain, "name")
    if kind not in layout.FOLDER_OF:
        raise ValueError(f"kind {kind!r:.40} is unknown")
    found = [plain] if "path" in plain else []
    files = tuple(_file(kind, entry) for entry in (*found, *plain.get("beside", ())))
    last_update = plain.get("last_update")
    if last_update is not None and type(last_update) is not int:
        raise TypeError("last_update is not a number")
    return ItemRow(
        kind=kind,
        name=name,
        files=files,
        seen=sys.intern(_text(plain, "seen")),
        refs=tuple(sys.intern(str(ref)) for ref in plain.get("refs", ())),
        last_update=last_update,
        # Interned, as most items have what others have, too.
        **{key: sys.intern(_text(plain, key)) for key in ("directory", "job_type", "owner", "id") if key in plain},
    )


def _file(kind: str, entry: Mapping[str, Any]) -> ItemFile:
    path, digest, size = _text(entry, "path"), _text(entry, "sha256"), entry["size"]
    if not layout.is_item_path(path) or not path.startswith(f"{layout.FOLDER_OF[kind]}/"):
        raise ValueError(f"{path!r:.80} can't be the path of a {kind}")
    if type(size) is not int or size < 0:
        raise ValueError("size is not a number of bytes")
    return ItemFile(path, digest, size)


def _text(plain: Mapping[str, Any], key: str) -> str:
    value = plain[key]
    if not isinstance(value, str):
        raise TypeError(f"{key} is not a text")
    return value
