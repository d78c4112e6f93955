"""Limits of a zip, once for the client, the archive and the contract test.

A zip that exceeds a limit is refused as a whole; if its directory shows it, before a member is read.
"""

from jobexport.errors import ArchiveUnsafe

MIB = 1024**2
LONGEST_NAME = 1023
"""Bytes of a member's name: the length of a path in OBS."""
LONGEST_EXTRA = 4096
"""Bytes of the extra fields of one header; sizes, times and a second spelling of the name need a tenth."""
LONGEST_PART = 255
"""Bytes of a file's or a folder's name, on most file systems."""
DEEPEST_FOLDER = 8
"""Parts of the name of a member that is unpacked."""
MOST_MEMBERS = 20_000
"""Members of a zip; an export has at most 100 jobs, each with what its nodes use."""
MOST_BYTES = 1024 * MIB
"""Bytes of all members together, unpacked."""
LARGEST_ZIP = MOST_BYTES + 128 * MIB
"""Bytes of the zip itself: members that can't be compressed, and the headers around them."""
LONGEST_JSON = 16 * MIB
"""Bytes of a member that is read as JSON; the service takes files of up to 10 MB for import."""
MOST_JSON = 64 * MIB
"""Bytes of members that are held in memory at once."""
MOST_VALUES = 1_000_000
"""Values of JSON that are held in memory at once: each takes up to some hundred bytes, however short it is written."""
# Text rarely shrinks to less than a thirtieth; deflate reaches a thousandth. Small zips may have any ratio.
RATIO, FREE_OF_RATIO = 100, 16 * MIB


def check_size(size: int) -> None:
    """Check the number of bytes of a zip that have come so far.

    Raises:
        ArchiveUnsafe: the zip is too large.
    """
    if size > LARGEST_ZIP:
        raise ArchiveUnsafe(f"the zip has more than {LARGEST_ZIP} bytes, as no export does; check where it comes from")


def most_unpacked(size: int) -> int:
    """Return the number of bytes that a zip of `size` bytes may unpack to."""
    return min(MOST_BYTES, FREE_OF_RATIO + RATIO * size)
