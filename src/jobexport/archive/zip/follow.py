"""Checks the members of a zip while it arrives, so that little is left to read at its end.

A zip's directory is at its end, and only the directory lists the members. But the header before each member is enough
to inflate it while it arrives. The result counts if the directory then has the same member (see `whole.check`).
Anything unusual ends the following; `whole.check` reads the other members from the file.

The time depends on the bytes only, not on the number of members or pieces.
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
    """A generator that receives the pieces of a zip, and returns a T."""

_BLOCK = 128 * 1024
# The first and the largest input of an inflater, which copies all input after the member's end; most members are small.
_FIRST, _MOST = 512, 64 * 1024


@frozen
class Followed:
    """A member as it was found while the zip arrived."""

    name: bytes
    crc: int
    packed: int
    size: int


@define(eq=False)
class Follower:
    """Reader of a zip that arrives piece by piece."""

    members: dict[int, Followed] = field(factory=dict)
    """The members that were followed to their end, by the position of their local header."""
    _buffer: bytes = b""
    _at: int = 0
    """The number of bytes of the buffer that were taken."""
    _begin: int = 0
    """The position of the buffer in the zip."""
    _inflated: int = 0
    _pieces: Pieces[None] | None = None

    def feed(self, piece: bytes) -> None:
        """Read the next piece."""
        if self._pieces is None:
            self._pieces = self._follow()
            next(self._pieces)
        try:
            self._pieces.send(piece)
        except (StopIteration, zlib.error):
            # The generator is exhausted; further input is dropped.
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
        """Read a deflated member; return CRC and size of the unpacked bytes."""
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
            # A bomb is not worth the time to unpack it.
            if self._inflated > policy.most_unpacked(self._place):
                raise zlib.error
        # All unused bytes are still in the buffer.
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
        """Skip the sizes after a member: with or without a signature, with 4 or 8 bytes each."""
        beginning = yield from self._take(4)
        yield from self._take(12 if beginning == SIZES_SIGNATURE else 8)
        following = yield from self._take(4)
        if following in (LOCAL_SIGNATURE, ENTRY_SIGNATURE):
            self._at -= 4
        else:
            yield from self._take(4)

    def _take(self, size: int) -> Pieces[bytes]:
        """Return exactly `size` bytes, which are never many."""
        while len(self._buffer) - self._at < size:
            yield from self._refill()
        self._at += size
        return self._buffer[self._at - size : self._at]

    def _some(self, most: int) -> Pieces[bytes]:
        """Return the bytes that are there, but at least one and not more than `most`."""
        while self._at == len(self._buffer):
            yield from self._refill()
        taken = self._buffer[self._at : self._at + most]
        self._at += len(taken)
        return taken

    def _refill(self) -> Pieces[None]:
        rest = self._buffer[self._at :]
        self._begin += self._at
        self._buffer, self._at = rest + (yield), 0
