"""Writes a zip of some members of another zip, without compressing them anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jobexport.archive.zip import policy
from jobexport.archive.zip.headers import (
    END,
    END_SIGNATURE,
    ENTRY,
    ENTRY_SIGNATURE,
    LOCAL,
    LOCAL_SIGNATURE,
    UTF8,
)
from jobexport.archive.zip.inflate import packed_chunks

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from jobexport.archive.zip.directory import ZipMember
    from jobexport.archive.zip.source import ZipFileSource

_VERSION, _UNIX = 20, 3 << 8


def copy(source: ZipFileSource, members: Sequence[ZipMember], write: Callable[[bytes], None], comment: int = 0) -> None:
    """Write a zip of some members of the zip in `source`, comparing length and checksum of each.

    The zip ends with a comment of `comment` bytes, which the caller writes: it may depend on the bytes before it.

    Names that are not ASCII are written in UTF-8. A name in code page 437 stays as it is: its encoding is a guess.

    Raises:
        ArchiveCorrupt: a member is damaged.
        ArchiveUnsafe: the new zip would unpack to more than a zip of its size may.
        JobexportError: the source can't be read.
    """
    names = [_name(member) for member in members]
    headers = sum(LOCAL.size + ENTRY.size + 2 * len(name) for _, name in names)
    _check(source, members, headers + sum(member.packed for member in members) + END.size + comment)
    directory, place = [], 0
    for (flags, name), member in zip(names, members, strict=True):
        # Both headers have these.
        sizes = (*member.modified, member.crc, member.packed, member.size, len(name), 0)
        write(LOCAL.pack(LOCAL_SIGNATURE, _VERSION, flags, member.method, *sizes) + name)
        for block in packed_chunks(source, member):
            write(block)
        head = (ENTRY_SIGNATURE, _VERSION | _UNIX, _VERSION, flags, member.method)
        directory.append(ENTRY.pack(*head, *sizes, 0, 0, 0, member.attributes, place) + name)
        place += LOCAL.size + len(name) + member.packed
    entries = b"".join(directory)
    count = len(members)
    write(entries + END.pack(END_SIGNATURE, 0, 0, count, count, len(entries), place, comment))


def _name(member: ZipMember) -> tuple[int, bytes]:
    """Return a member's flags and name for the copy, which has no extra fields that could say what the name means."""
    if member.raw.isascii() or member.raw.decode("cp437") == member.name:
        return 0, member.raw
    return UTF8, member.name.encode()


def _check(source: ZipFileSource, members: Sequence[ZipMember], size: int) -> None:
    """Check that a reader will not refuse the copy."""
    total = sum(member.size for member in members)
    if total > policy.most_unpacked(size):
        problem = (
            f"{members[0]} and the members beside it unpack to {total} bytes, more than {policy.RATIO} times as many"
        )
        raise source.unsafe(problem)
