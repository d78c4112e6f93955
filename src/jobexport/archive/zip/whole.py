"""Checks that a zip is complete: the one verdict of the client, the archive and the contract test."""

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
        followed: the members that were checked while the zip arrived; they are not read again if the directory has the
            same values.

    Returns:
        The zip's directory.

    Raises:
        ArchiveCorrupt: the zip is incomplete or damaged.
        ArchiveUnsafe: the zip holds members that no export has, or exceeds a limit of `policy`.
        JobexportError: the source can't be read.
    """
    directory = read_directory(source)
    for member in directory.members:
        found = followed.get(member.begin)
        if found != Followed(member.raw, member.crc, member.packed, member.size):
            for _ in chunks(source, member):
                pass
    return directory
