"""The JSON files of a state folder, on disk or in memory, read so that every error names a file and the value in it."""

from __future__ import annotations

import errno
import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import frozen

from jobexport.core import strict_json
from jobexport.core.disk.reading import read_up_to
from jobexport.errors import JobexportError
from jobexport.spec.load import kind, line_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import TypeAlias

    Place: TypeAlias = "Path | MemoryPath"

_BYTES = 16 << 20
"""The most bytes of a file."""
# A name becomes part of a zip member or of an object's name.
_UNFIT = re.compile(r"[/\\\x00-\x1f\x7f-\x9f]")


@frozen(eq=False)
class MemoryPath:
    """A path in a folder that is held in memory, where any two names differ; it has the methods of `Path` used here."""

    name: str = ""
    parent: MemoryPath | None = None
    content: Any = None
    """The files and folders of a folder by name, the bytes of a file, or None if the path does not exist."""

    @classmethod
    def of(cls, files: Mapping[str, bytes]) -> MemoryPath:
        """Return the folder that has these files, by their paths in it."""
        root: dict[str, Any] = {}
        for path, content in files.items():
            *folders, name = path.split("/")
            place = root
            for folder in folders:
                place = place.setdefault(folder, {})
            place[name] = content
        return cls(content=root)

    def __truediv__(self, name: str) -> MemoryPath:
        return MemoryPath(name, self, self.content.get(name) if self.is_dir() else None)

    def __str__(self) -> str:
        return self.name if self.parent is None or not self.parent.name else f"{self.parent}/{self.name}"

    def is_dir(self) -> bool:
        """Return True for a folder."""
        return isinstance(self.content, dict)

    def iterdir(self) -> Iterator[MemoryPath]:
        """Yield the files and folders of a folder; raise OSError for any other path."""
        if not self.is_dir():
            number = errno.ENOENT if self.content is None else errno.ENOTDIR
            raise OSError(number, os.strerror(number), str(self))
        return (self / name for name in self.content)

    def read_bytes(self) -> bytes:
        """Return the bytes of a file; raise OSError for any other path."""
        if not isinstance(self.content, bytes):
            raise OSError(errno.EISDIR, os.strerror(errno.EISDIR), str(self))
        return self.content


@frozen
class File:
    """One file: its path, its JSON fields, and the text that goes into a zip."""

    path: Place
    stem: str
    name: str
    fields: dict[str, Any]
    content: bytes

    def error(self, problem: str, pointer: Sequence[str | int] = ()) -> UnfitFile:
        """Return the error about the value at `pointer`."""
        return UnfitFile(self.path, problem, pointer)


class UnfitFile(Exception):  # noqa: N818  # `State` turns it into an error
    """A file with wrong content. Its line is found for messages only: that takes as long as parsing YAML."""

    def __init__(self, path: Place, problem: str, pointer: Sequence[str | int] = (), line: int | None = None) -> None:
        super().__init__(path, problem, pointer, line)
        self.path, self.problem, self._pointer, self._line = path, problem, pointer, line

    def line(self) -> int | None:
        """Return the line of the value, or of the whole if the value is missing.

        It is None for a file in memory, and if YAML can't read the JSON, such as indentation with tabs.
        """
        if self._line or not isinstance(self.path, Path):
            return self._line
        return line_of(self.path, self._pointer) or line_of(self.path, ())


def subfolders(folder: Place) -> list[Place]:
    """Return the subfolders of a folder, sorted by name; an empty list if the folder is missing.

    Raises:
        JobexportError: the folder can't be read.
    """
    return [path for path in _listing(folder) if path.is_dir() and not path.name.startswith(".")]


def read_files(folder: Place, suffix: str, *, named: bool = True) -> Iterator[File]:
    """Yield every file of a folder, sorted by name; nothing if the folder is missing.

    Args:
        folder: the folder of the files.
        suffix: the ending of every file's name, such as `.job`. Another ending is an error; hidden files are skipped.
        named: True if the `name` in the JSON must be the file's name.

    Raises:
        UnfitFile: a file has wrong content.
        JobexportError: a file can't be read; the message names it.
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


def _listing(folder: Place) -> list[Place]:
    try:
        return sorted(folder.iterdir(), key=lambda path: path.name)
    except FileNotFoundError:
        return []
    except OSError as problem:
        raise JobexportError(f"cannot read {folder}: {problem.strerror}; check the path") from None


def _read(path: Place, stem: str) -> File:
    try:
        content = read_up_to(path, _BYTES) if isinstance(path, Path) else path.read_bytes()
        if len(content) > _BYTES:
            raise JobexportError(f"{path}: longer than {_BYTES >> 20} MiB; remove it")
        fields = strict_json.parse(content, file=True, exact=True)
    except OSError as problem:
        raise JobexportError(f"cannot read {path}: {problem.strerror}; check its permissions") from None
    except json.JSONDecodeError as problem:
        raise UnfitFile(path, f"not valid JSON: {problem.msg}; correct the file", line=problem.lineno) from None
    except ValueError as problem:
        raise JobexportError(f"{path}: not valid JSON: {problem}; correct the file") from None
    if not isinstance(fields, dict):
        raise UnfitFile(path, f"the file must hold an object, not {kind(fields)}", line=1)
    name = fields.get("name")
    if not (isinstance(name, str) and name):
        raise UnfitFile(path, "has no `name`; add it as a string", ("name",))
    if _UNFIT.search(name):
        raise UnfitFile(path, f"name {name!r} has a slash or a control character; remove it", ("name",))
    return File(path, stem, name, fields, strict_json.write(fields).encode("utf-8"))
