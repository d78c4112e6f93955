"""Checks that a zip is whole: the one verdict of the client, the archive and the contract test."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from jobexport.archive.zip.directory import read_directory
from jobexport.archive.zip.follow import Followed
from jobexport.archive.zip.inflate import chunks

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jobexport.archive.zip.directory import Directory
    from jobexport.archive.zip.source import ZipFileSource


def check(source: ZipFileSource, followed: Mapping[int, Followed] = MappingProxyType({})) -> Directory:
    """Read the whole zip, and compare length and checksum of each member.

    Args:
        source: the zip.
        followed: what was found while it came; a member that the directory describes alike is not read again.

    Returns:
        What it holds.

    Raises:
        ArchiveCorrupt: the zip is incomplete or damaged.
        ArchiveUnsafe: it holds what no export holds, or more than `policy` allows.
        JobexportError: the source can't be read.
    """
    directory = read_directory(source)
    for member in directory.members:
        found = followed.get(member.begin)
        if found != Followed(member.raw, member.crc, member.packed, member.size):
            for _ in chunks(source, member):
                pass
    return directory
