"""Checks the members of a zip while it comes, so that little is left to read when it has ended.

A zip's directory stands at its end, and only it says what the zip holds. But what stands before each member is enough
to inflate it in passing; what is found so counts if the directory then says the same (see `whole.check`). Anything
unusual ends the following: what was not followed is read from the file afterwards.

The time goes with the bytes, however many members they hold and however they are cut into pieces.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, TypeVar

from attrs import define, field, frozen

from jobexport.archive.zip import policy
from jobexport.archive.zip.headers import (
    DEFLATED,
    ENCRYPTED,
    ENTRY_SIGNATURE,
    FULL32,
    LOCAL,
    LOCAL_SIGNATURE,
    SIZES_FOLLOW,
    SIZES_SIGNATURE,
    STORED,
)

if TYPE_CHECKING:
    from collections.abc import Generator
    from typing import TypeAlias

T = TypeVar("T")

if TYPE_CHECKING:
    Pieces: TypeAlias = Generator[None, bytes, T]
    """Is sent the pieces of a zip, and ends with a T."""

_BLOCK = 128 * 1024
# What an inflater gets first: it copies what lies behind the member's end, and most members are small.
_FIRST, _MOST = 512, 64 * 1024


@frozen
class Followed:
    """What a member was found to be."""

    name: bytes
    crc: int
    packed: int
    size: int


@define(eq=False)
class Follower:
    """Is fed a zip piece by piece."""

    members: dict[int, Followed] = field(factory=dict)
    """Those followed to their end, by the position of their local header."""
    _buffer: bytes = b""
    _at: int = 0
    """How much of the buffer was taken."""
    _begin: int = 0
    """Position of the buffer in the zip."""
    _inflated: int = 0
    _pieces: Pieces[None] | None = None

    def feed(self, piece: bytes) -> None:
        """Take the next piece."""
        if self._pieces is None:
            self._pieces = self._follow()
            next(self._pieces)
        try:
            self._pieces.send(piece)
        except (StopIteration, zlib.error):
            # The generator is exhausted; it drops whatever else comes.
            self._buffer = b""

    @property
    def _place(self) -> int:
        return self._begin + self._at

    def _follow(self) -> Pieces[None]:
        while len(self.members) < policy.MOST_MEMBERS:
            start = self._place
            head = yield from self._take(LOCAL.size)
            signature, _, flags, method, _, _, _, packed, _, name_length, extra_length = LOCAL.unpack(head)
            if signature != LOCAL_SIGNATURE or flags & ENCRYPTED:
                return
            if name_length > policy.LONGEST_NAME or extra_length > policy.LONGEST_EXTRA:
                return
            name = yield from self._take(name_length)
            yield from self._take(extra_length)
            content = self._place
            if method == DEFLATED:
                crc, size = yield from self._inflate()
            elif method == STORED and not flags & SIZES_FOLLOW and packed != FULL32:
                crc, size = yield from self._read(packed)
            else:
                return
            self.members[start] = Followed(name, crc, self._place - content, size)
            if flags & SIZES_FOLLOW:
                yield from self._skip_sizes()

    def _inflate(self) -> Pieces[tuple[int, int]]:
        """Read a deflated member; return CRC and size of what it holds."""
        inflater, crc, size, length = zlib.decompressobj(-zlib.MAX_WBITS), 0, 0, _FIRST
        data = b""
        while not inflater.eof:
            if not data:
                data = yield from self._some(length)
                length = min(2 * length, _MOST)
            block = inflater.decompress(data, _BLOCK)
            data = inflater.unconsumed_tail
            crc, size = zlib.crc32(block, crc), size + len(block)
            self._inflated += len(block)
            # What a bomb unpacks to is not worth the time.
            if self._inflated > policy.most_unpacked(self._place):
                raise zlib.error
        # All of it is in the buffer still.
        self._at -= len(inflater.unused_data)
        return crc, size

    def _read(self, length: int) -> Pieces[tuple[int, int]]:
        """Read a stored member; return its CRC and size."""
        crc, left = 0, length
        while left:
            data = yield from self._some(left)
            crc, left = zlib.crc32(data, crc), left - len(data)
        return crc, length

    def _skip_sizes(self) -> Pieces[None]:
        """Pass over what stands behind a member: with or without a signature, with sizes of 4 or 8 bytes."""
        beginning = yield from self._take(4)
        yield from self._take(12 if beginning == SIZES_SIGNATURE else 8)
        following = yield from self._take(4)
        if following in (LOCAL_SIGNATURE, ENTRY_SIGNATURE):
            self._at -= 4
        else:
            yield from self._take(4)

    def _take(self, size: int) -> Pieces[bytes]:
        """Take exactly so many bytes, of which there are never many."""
        while len(self._buffer) - self._at < size:
            yield from self._refill()
        self._at += size
        return self._buffer[self._at - size : self._at]

    def _some(self, most: int) -> Pieces[bytes]:
        """Take what there is, but not more than so many bytes."""
        while self._at == len(self._buffer):
            yield from self._refill()
        taken = self._buffer[self._at : self._at + most]
        self._at += len(taken)
        return taken

    def _refill(self) -> Pieces[None]:
        rest = self._buffer[self._at :]
        self._begin += self._at
        self._buffer, self._at = rest + (yield), 0
