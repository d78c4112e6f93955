"""Unpacks an archive into a folder of its own."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from jobexport.archive.names import check_names, portable
from jobexport.archive.zip.inflate import chunks
from jobexport.core.disk.files import made, put_folder, workplace, writing
from jobexport.core.disk.folders import open_folder
from jobexport.errors import TargetUnwritable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jobexport.archive.zip.directory import ZipMember
    from jobexport.archive.zip.source import ZipFileSource
    from jobexport.core.disk.folders import OpenFolder


def unpack(
    source: ZipFileSource, members: Sequence[ZipMember], folder: Path, *, rename: bool = False
) -> tuple[Path, ...]:
    """Unpack all members into a folder, as `JobArchive.unpack`, and return the files' paths, sorted."""
    members = portable(members) if rename else members
    check_names(source, members)
    with writing(folder):
        # A link to a folder stays a link: the folder that it leads to is replaced.
        target = Path(os.path.realpath(folder))
        if target.exists() and not target.is_dir():
            raise TargetUnwritable(f"{folder} is a file; name a folder")
        if target.exists() and any(target.iterdir()):
            raise TargetUnwritable(f"{folder} is not empty; name a new folder or empty it")
        with made(target.parent), workplace(target.parent, ".jobexport-") as place:
            with open_folder(place, follow=False) as held:
                if target.exists():
                    mode = stat.S_IMODE(target.stat().st_mode)
                    os.chmod(place if held.handle is None else held.handle, mode)  # noqa: PTH101  # by its handle
                for member in members:
                    _write(source, member, held)
            put_folder(place, target)
    return tuple(sorted(folder / member.name for member in members if not member.is_folder))


def holds_just(source: ZipFileSource, members: Sequence[ZipMember], folder: Path, *, rename: bool = False) -> bool:
    """Return True if a folder has the files that the members are, with the same content, and no other file."""
    files = {folder / member.name: member for member in (portable(members) if rename else members)}
    with writing(folder):
        if {path for path in folder.rglob("*") if not path.is_dir() or path.is_symlink()} != files.keys():
            return False
        for path, member in files.items():
            # Opening a pipe waits for its writer.
            if not stat.S_ISREG(path.lstat().st_mode):
                return False
            with path.open("rb") as file:
                if any(file.read(len(chunk)) != chunk for chunk in chunks(source, member)) or file.read(1):
                    return False
    return True


def _write(source: ZipFileSource, member: ZipMember, place: OpenFolder) -> None:
    if member.is_folder:
        place.make(member.name.removesuffix("/"))
        return
    folder, slash, _ = member.name.rpartition("/")
    if slash:
        place.make(folder)
    with place.create(member.name) as file:
        for chunk in chunks(source, member):
            file.write(chunk)
