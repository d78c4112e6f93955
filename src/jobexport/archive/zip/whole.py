"""Checks that a zip is whole, and tells which job a member belongs to."""

from __future__ import annotations

import contextlib
import zipfile
from types import MappingProxyType
from typing import IO, TYPE_CHECKING

from jobexport.archive.zip.follow import Followed
from jobexport.errors import ArchiveCorrupt, ArchiveUnsafe, JobexportError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

# Larger blocks are slower: memory of their size goes back to the system after each.
_BLOCK = 128 * 1024
# Reading every member must end: a zip may unpack to this many times its size, and to this much in any case. Deflate
# reaches 1032, jobs and scripts 20.
_MOST_RATIO, _ALWAYS_ALLOWED = 200, 1024**3
_UTF8 = 0x800
_DOTS = {".": "%2E", "..": "%2E%2E"}


def open_zip(file: IO[bytes]) -> zipfile.ZipFile:
    """Open a zip whose members may be read, each within `reading`.

    Raises:
        ArchiveCorrupt: it is damaged.
        ArchiveUnsafe: to read it whole would take unreasonably long.
    """
    with reading():
        archive = zipfile.ZipFile(file)
        size = file.seek(0, 2)
        members = archive.infolist()
        if sum(member.compress_size for member in members) > size:
            raise ArchiveUnsafe("the members of the zip overlap, as only a hostile one's do; do not use it")
        if sum(member.file_size for member in members) > max(_ALWAYS_ALLOWED, _MOST_RATIO * size):
            raise ArchiveUnsafe(f"the zip has {size} bytes and unpacks to over {_MOST_RATIO} times that; do not use it")
        return archive


@contextlib.contextmanager
def reading() -> Iterator[None]:
    """Do what reads a zip, and nothing else.

    Raises:
        ArchiveCorrupt: it is damaged.
    """
    try:
        yield
    except JobexportError:
        raise
    # Damaged bytes lead zipfile and the decompressors to a dozen kinds of exceptions.
    except Exception as error:
        reason = " ".join(str(error).split())[:200] or type(error).__name__
        raise ArchiveCorrupt(f"the zip is damaged ({reason}); export it again") from None


def check(file: IO[bytes], followed: Mapping[int, Followed] = MappingProxyType({})) -> None:
    """Read every member and compare length and CRC.

    Args:
        file: the zip.
        followed: what was found while it came; a member that the directory describes alike is not read again.

    Raises:
        ArchiveCorrupt: the zip is damaged.
        ArchiveUnsafe: to read it whole would take unreasonably long.
    """
    with open_zip(file) as archive, reading():
        for member in archive.infolist():
            if followed.get(member.header_offset) == _described(member):
                continue
            with archive.open(member) as content:
                # zipfile compares at the member's end.
                while content.read(_BLOCK):
                    pass


def raw_name(member: zipfile.ZipInfo) -> bytes:
    """Give a member's name as it stands in the zip."""
    return member.orig_filename.encode("utf-8" if member.flag_bits & _UTF8 else "cp437")


def _described(member: zipfile.ZipInfo) -> Followed:
    return Followed(raw_name(member), member.CRC, member.compress_size, member.file_size)


def holds(members: Iterable[zipfile.ZipInfo], name: str) -> bool:
    """Whether the definition of a job is among the members."""
    wanted = {f"{name}.job", f"{_DOTS.get(name, name)}.job"}
    return any(member.filename.rpartition("/")[2] in wanted for member in members)


def group(
    members: Iterable[zipfile.ZipInfo], names: Iterable[str]
) -> tuple[dict[str, list[zipfile.ZipInfo]], list[zipfile.ZipInfo]]:
    """Sort the members of a batch's zip by the job they belong to, and list those that belong to none.

    A job has the folder `jobs/{name}/`; one page prints a `jobs/{name}.job` beside the folders. `.` and `..` may stand
    with their dots percent-encoded.
    """
    found: dict[str, list[zipfile.ZipInfo]] = {name: [] for name in names}
    owners = {_DOTS.get(name, name): name for name in found} | {name: name for name in found}
    others: list[zipfile.ZipInfo] = []
    for member in members:
        top, _, rest = member.filename.partition("/")
        folder, slash, _ = rest.partition("/")
        owner = owners.get(folder if slash else folder.removesuffix(".job")) if top == "jobs" else None
        (others if owner is None else found[owner]).append(member)
    return found, others
