"""Unpacks archives into a folder under version control: two exports differ only in the files of jobs that differ."""

from __future__ import annotations

import contextlib
import hashlib
import stat
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Protocol, TypeVar

from attrs import frozen

from jobexport.archive import definitions
from jobexport.archive.content import typed
from jobexport.archive.definitions import FOLDERS, MARKER
from jobexport.archive.zip.directory import read_directory
from jobexport.archive.zip.inflate import chunks
from jobexport.archive.zip.source import opened
from jobexport.core.disk.files import locked, made, workplace, writing
from jobexport.core.disk.folders import open_folder
from jobexport.core.redact import line
from jobexport.errors import ArchiveCorrupt, ArchiveError, BackupRefused, TargetUnwritable

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from jobexport.archive.zip.source import ZipFileSource
    from jobexport.core.disk.folders import OpenFolder

_BLOCK = 1024 * 1024
# The suffixes of the files in each folder; a file in `others` may have any name.
_SUFFIXES = {**definitions.SUFFIXES, "others": ("",)}


class Zipped(Protocol):
    """A zip in a file or in a stream, such as a `JobArchive`."""

    @property
    def path(self) -> Path | None:
        """The file; None if the zip is in a stream."""

    @property
    def stream(self) -> BinaryIO | None:
        """The stream; None if the zip is in a file."""


ZipT = TypeVar("ZipT", bound=Zipped)


@frozen
class GitChanges:
    """The changes that `unpack_for_git` made; both fields are empty if the folder was up to date."""

    written: tuple[Path, ...]
    removed: tuple[Path, ...]


@frozen
class _Item:
    """A job, script, resource or other member, written to the workplace under a provisional name."""

    folder: str
    name: str
    label: str
    files: Mapping[str, str]
    """The files' names in the workplace, by suffix."""
    digest: str

    @property
    def identity(self) -> tuple[str, str, str]:
        # Two exports may use one name for different other members: no page excludes it.
        return self.folder, self.name, self.digest if self.folder == "others" else ""


@contextlib.contextmanager
def git_workplace(root: Path) -> Iterator[Path]:
    """Create a folder in a folder under git, and remove it at the end; the next run removes that of a killed run.

    Raises:
        BackupRefused: the folder is a backup, whose manifest must know each file; nothing was changed.
        TargetUnwritable: the folder can't be written.
    """
    with contextlib.ExitStack() as stack:
        with writing(root):
            if (root / MARKER).exists():
                raise BackupRefused(
                    f"{root} is a backup, which `jobexport dgc backup` brings up to date; choose another folder"
                )
            stack.enter_context(made(root))
            place = stack.enter_context(workplace(root, ".jobexport-"))
            # So that git ignores what a killed run left.
            (place / ".gitignore").write_text("*\n", encoding="utf-8")
        yield place


def unpack_for_git(
    archives: Iterable[ZipT],
    folder: str | os.PathLike[str],
    *,
    remove_gone: bool = False,
    left_out: Callable[[ZipT, ArchiveError], None] | None = None,
) -> GitChanges:
    """Write the content of several archives into one folder; see `JobArchive.unpack_for_git`.

    An export of more than 100 jobs comes in several archives, and `remove_gone` must know all of them.

    Args:
        archives: the archives; of two that contradict each other, the first is used.
        folder: the folder, created if missing.
        remove_gone: as for `JobArchive.unpack_for_git`. If an archive is left out, nothing is removed: its jobs are not
            known.
        left_out: a function that is called with each archive that can't be used, and its error; the rest is written.
            If not given, the error is raised and nothing is written.

    Raises:
        ArchiveCorrupt: an archive is damaged, a job is not a JSON object, archives have different versions of a job, or
            they hold nothing and `remove_gone` would remove everything.
        ArchiveUnsafe: an archive holds members that no export has.
        BackupRefused: the folder is a backup, whose manifest must know each file; nothing was changed.
        FolderInUse: another run has the folder, such as that of a backup.
        JobexportError: an archive can't be read, or the folder can't be written.
    """
    root = Path(folder)
    with (
        writing(root),
        git_workplace(root) as made_,
        locked(root),
        open_folder(root) as held,
        open_folder(made_, follow=False) as place,
    ):
        items: dict[tuple[str, str, str], _Item] = {}
        complete = True
        for number, archive in enumerate(archives):
            try:
                with opened(archive.path, archive.stream) as source:
                    items |= _agreeing(items, list(_items(source, place, number)))
            except ArchiveError as error:
                if left_out is None:
                    raise
                complete = False
                left_out(archive, error)
        if remove_gone and complete and not items:
            raise ArchiveCorrupt(f"the archives hold nothing, so all of {root} would be removed; export the jobs again")
        return _apply(held, place, tuple(items.values()), remove_gone=remove_gone and complete)


def _items(source: ZipFileSource, place: OpenFolder, archive: int) -> Iterator[_Item]:
    """Write every member to the workplace, and yield it as an item."""
    for number, member in enumerate(read_directory(source).files):
        value = typed(source, member)
        files: Mapping[str, Iterable[bytes]]
        if value is None:
            folder, name, files = "others", member.name, {"": chunks(source, member)}
        else:
            folder, name = FOLDERS[type(value)], value.name
            files = {suffix: (content,) for suffix, content in definitions.files_of(value).items()}
        digest = hashlib.sha256()
        staged = {}
        for suffix, content in files.items():
            staged[suffix] = f"{archive}-{number}{suffix}"
            digest.update(suffix.encode() + b"\0")
            with place.create(staged[suffix]) as file:
                for chunk in content:
                    digest.update(chunk)
                    file.write(chunk)
        yield _Item(folder, name, f"{member} of {source.label}", staged, digest.hexdigest())


def _agreeing(known: Mapping[tuple[str, str, str], _Item], items: Iterable[_Item]) -> dict[tuple[str, str, str], _Item]:
    """Return the items by identity.

    Raises:
        ArchiveCorrupt: two items have one identity and differ.
    """
    new: dict[tuple[str, str, str], _Item] = {}
    for item in items:
        other = known.get(item.identity) or new.setdefault(item.identity, item)
        if other.digest != item.digest:
            raise ArchiveCorrupt(
                f"{line(other.label)} and {line(item.label)} have the same name but differ; export both at the same "
                "time, or unpack each workspace into a folder of its own"
            )
    return new


def _stems(items: Iterable[_Item], standing: Mapping[str, set[str]]) -> Iterator[tuple[str, _Item]]:
    """Yield each item's file name without suffix, marked if another name differs in case or accents only."""
    for folder, taken in standing.items():
        found = {item.identity: item for item in items if item.folder == folder}
        yield from ((stem, found[key]) for key, stem in definitions.stems(found, taken).items())


def _standing(folders: Mapping[str, OpenFolder], gone: set[tuple[str, str]]) -> dict[str, set[str]]:
    """Return the names without suffix of all files that stay, by folder."""
    return {
        folder: {
            name.removesuffix(next(filter(name.endswith, suffixes), ""))
            for name in (folders[folder].names() if folder in folders else ())
            if (folder, name) not in gone
        }
        for folder, suffixes in _SUFFIXES.items()
    }


def _apply(root: OpenFolder, place: OpenFolder, items: Sequence[_Item], *, remove_gone: bool) -> GitChanges:
    """Update the folder. Removing comes first, so that a file whose name changed case is written anew."""
    with contextlib.ExitStack() as stack:
        folders = {name: found for name in _SUFFIXES if (found := _opened(stack, root, name)) is not None}
        gone = set(_outdated(items)) | (set(_ours(folders)) if remove_gone else set())
        wanted = {
            (item.folder, f"{stem}{suffix}"): staged
            for stem, item in _stems(items, _standing(folders, gone))
            for suffix, staged in item.files.items()
        }
        removed = {
            (folder, name)
            for folder, name in gone - wanted.keys()
            if folder in folders and folders[folder].has_file(name)
        }
        for folder, name in removed:
            folders[folder].remove(name)
        written = [key for key, staged in wanted.items() if not _same(place, staged, folders.get(key[0]), key[1])]
        for folder in {folder for folder, _ in written} - folders.keys():
            root.make(folder)
            folders[folder] = stack.enter_context(root.below(folder))
        place.sync_files([wanted[key] for key in written])
        for folder, name in written:
            folders[folder].put(place, wanted[folder, name], name)
        for changed in (root, *(folders[name] for name in {folder for folder, _ in (*written, *removed)})):
            changed.sync()
    paths = [sorted(root.path / folder / name for folder, name in keys) for keys in (written, removed)]
    return GitChanges(tuple(paths[0]), tuple(paths[1]))


def _opened(stack: contextlib.ExitStack, root: OpenFolder, name: str) -> OpenFolder | None:
    """Open one of the four folders, or return None if missing; it is held until the end of the stack.

    Raises:
        TargetUnwritable: it is a link.
    """
    try:
        return stack.enter_context(root.below(name))
    except FileNotFoundError:
        return None
    except NotADirectoryError:
        if stat.S_ISLNK(root.state(name).st_mode):
            raise TargetUnwritable(f"{root.path / name} is a link; replace it with a folder") from None
        return None


def _outdated(items: Iterable[_Item]) -> Iterator[tuple[str, str]]:
    """Yield the files that an exported item may have had before its script type or its mark changed."""
    for item in items:
        for stem in definitions.possible_stems(item.identity):
            for suffix in _SUFFIXES[item.folder]:
                yield item.folder, f"{stem}{suffix}"


def _ours(folders: Mapping[str, OpenFolder]) -> Iterator[tuple[str, str]]:
    """Yield the files that an export may have written."""
    for folder, held in folders.items():
        yield from ((folder, name) for name in held.names() if name.endswith(_SUFFIXES[folder]))


def _same(place: OpenFolder, staged: str, folder: OpenFolder | None, name: str) -> bool:
    """Return True if a folder has a file with the content of a file in the workplace."""
    if folder is None:
        return False
    try:
        state = folder.state(name)
        if not stat.S_ISREG(state.st_mode) or state.st_size != place.state(staged).st_size:
            return False
        with place.read(staged) as new, folder.read(name) as old:
            while block := new.read(_BLOCK):
                if old.read(len(block)) != block:
                    return False
            return not old.read(1)
    except FileNotFoundError:
        return False
