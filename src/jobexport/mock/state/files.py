"""The JSON files of a state folder, read so that every error names a file and a line."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from attrs import frozen

from jobexport.core import strict_json
from jobexport.errors import JobexportError
from jobexport.spec.load import kind, line_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

# A name becomes part of a zip member or of an object's name.
_UNFIT = re.compile(r"[/\\\x00-\x1f\x7f-\x9f]")


@frozen
class File:
    """One file: its path, its JSON fields, and the text that goes into a zip."""

    path: Path
    stem: str
    name: str
    fields: dict[str, Any]
    content: bytes

    def error(self, problem: str, pointer: Sequence[str | int] = ()) -> JobexportError:
        """Return the error that names this file and the line of the value at `pointer`."""
        return _error(self.path, problem, line_of(self.path, pointer))


def subfolders(folder: Path) -> list[Path]:
    """Return the subfolders of a folder, sorted by name; an empty list if the folder is missing.

    Raises:
        JobexportError: the folder can't be read.
    """
    return [path for path in _listing(folder) if path.is_dir() and not path.name.startswith(".")]


def read_files(folder: Path, suffix: str, *, named: bool = True) -> Iterator[File]:
    """Yield every file of a folder, sorted by name; nothing if the folder is missing.

    Args:
        folder: the folder of the files.
        suffix: the ending of every file's name, such as `.job`. Another ending is an error; hidden files are skipped.
        named: True if the `name` in the JSON must be the file's name.

    Raises:
        JobexportError: a file can't be read or has wrong content; the message names file and line.
    """
    for path in _listing(folder):
        if not path.name.endswith(suffix):
            if path.name.startswith("."):
                continue
            raise JobexportError(f"{path}: a file here must end in {suffix}; rename or move it")
        file = _read(path, path.name.removesuffix(suffix))
        if named and file.name != file.stem:
            raise file.error(f"its name is {file.name!r}, so the file must be called {file.name}{suffix}", ("name",))
        yield file


def _listing(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except FileNotFoundError:
        return []
    except OSError as problem:
        raise JobexportError(f"cannot read {folder}: {problem.strerror}; check the path") from None


def _read(path: Path, stem: str) -> File:
    try:
        fields = strict_json.parse(path.read_bytes(), file=True, exact=True)
    except OSError as problem:
        raise JobexportError(f"cannot read {path}: {problem.strerror}; check its permissions") from None
    except json.JSONDecodeError as problem:
        raise _error(path, f"not valid JSON: {problem.msg}; correct the file", problem.lineno) from None
    except ValueError as problem:
        raise JobexportError(f"{path}: not valid JSON: {problem}; correct the file") from None
    if not isinstance(fields, dict):
        raise _error(path, f"the file must hold an object, not {kind(fields)}", 1)
    name = fields.get("name")
    if not (isinstance(name, str) and name):
        raise _error(path, "has no `name`; add it as a string", line_of(path, ("name",)) or line_of(path, ()))
    if _UNFIT.search(name):
        raise _error(path, f"name {name!r} has a slash or a control character; remove it", line_of(path, ("name",)))
    return File(path, stem, name, fields, strict_json.write(fields).encode("utf-8"))


def _error(path: Path, problem: str, line: int | None) -> JobexportError:
    # The line is missing only if YAML can't read the JSON, such as indentation with tabs.
    return JobexportError(f"{path} line {line}: {problem}" if line else f"{path}: {problem}")
