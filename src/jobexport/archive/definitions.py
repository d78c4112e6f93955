"""Jobs, scripts and resources as files: the bytes and the names that a folder under git and a backup share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jobexport.archive.names import LONG_MARK, SHORT_MARK, distinct, file_stem, marked
from jobexport.archive.values import Job, Resource, Script
from jobexport.core import strict_json

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from jobexport.archive.values import Fields

JSON = ".json"
_SHELL, _PYTHON, _SQL, _TEXT = ".sh", ".py", ".sql", ".txt"
TEXTS = (_SQL, _SHELL, _PYTHON, _TEXT)
"""The suffixes of a script's text."""
MARKER = "jobexport-backup.json"
"""The file that makes a folder a backup: of which workspace, and with which manifest. It is written last."""
FOLDERS = {Job: "jobs", Script: "scripts", Resource: "resources"}
"""The folder of each class."""
SUFFIXES = {"jobs": (JSON,), "scripts": (JSON, *TEXTS), "resources": (JSON,)}
"""The suffixes of the files in each folder."""

Identity = tuple[str, str, str]
"""The identity of an item: its folder, its name, and a digest if a name may be there twice."""


def files_of(value: Job | Script | Resource) -> dict[str, bytes]:
    """Return the files of a definition by suffix: all fields as JSON, and a script's text as it is."""
    # Not as_json: its copy of all depths would take as long as the rest.
    fields = dict(value._fields)
    if not isinstance(value, Script) or value.content is None:
        return {JSON: pretty(fields)}
    # The text as it is, up to the last line's end: an import must get the same text.
    text = fields.pop("content").encode()
    return {JSON: pretty(fields), text_suffix(value.type): text}


def pretty(fields: Fields) -> bytes:
    """Return fields as JSON, keys sorted, indented, numbers as they were sent."""
    return strict_json.write(fields, sort_keys=True).encode()


def text_suffix(script_type: str | None) -> str:
    """Return the suffix for a script type: `"DLI SQL" → ".sql"`; the pages write types with and without blanks."""
    word = "".join((script_type or "").split()).casefold()
    if word == "shell":
        return _SHELL
    if word.endswith("python"):
        return _PYTHON
    return _SQL if word.endswith("sql") or word == "presto" else _TEXT


def stems(identities: Iterable[Identity], taken: Collection[str] = ()) -> dict[Identity, str]:
    """Return the file names, without suffix, of the items of one folder: `"con" → "%63on"`.

    A name is marked if another name differs from it in case or in how accents are written only. The same items have the
    same names, whatever was there before.

    Args:
        identities: the items.
        taken: names that stand in the folder already.
    """
    return distinct({identity: file_stem(identity[1]) for identity in identities}, "\n".join, taken=taken)


def possible_stems(identity: Identity) -> Iterator[str]:
    """Yield the file names, without suffix, that an item may have had: without a mark, and with each mark."""
    plain, text = file_stem(identity[1]), "\n".join(identity)
    yield plain
    for digits in (SHORT_MARK, LONG_MARK):
        yield marked(plain, text, digits)


def joined(fields: Mapping[str, Any], text: str | None) -> dict[str, Any]:
    """Return the fields of a script with its text, which stands in a file of its own."""
    return dict(fields) if text is None else {**fields, "content": text}
