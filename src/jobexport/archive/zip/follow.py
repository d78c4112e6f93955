"""Checks the members of a zip while it comes, so that little is left to read when it has ended.

A zip's directory stands at its end, and only it says what the zip holds. But what stands before each member is enough
to inflate it in passing; what is found so counts if the directory then says the same (see `_zip.check`). Anything
unusual ends the following: what was not followed is read from the file afterwards.
"""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING, TypeVar

from attrs import define, field, frozen

if TYPE_CHECKING:
    from collections.abc import Generator
    from typing import TypeAlias

T = TypeVar("T")

if TYPE_CHECKING:
    Pieces: TypeAlias = Generator[None, bytes, T]
    """Is sent the pieces of a zip, and ends with a T."""

# Signature, flags, method, compressed size, length of the name, length of what follows it.
_LOCAL = struct.Struct("<4s2xHH8xI4xHH")
_LOCAL_SIGNATURE, _CENTRAL_SIGNATURE, _DESCRIPTOR_SIGNATURE = b"PK\x03\x04", b"PK\x01\x02", b"PK\x07\x08"
_ENCRYPTED, _SIZES_LATER = 0x1, 0x8
_STORED, _DEFLATED = 0, 8
_SIZE_ELSEWHERE = 0xFFFFFFFF
_BLOCK = 128 * 1024
# What a bomb unpacks to is not worth the time.
_MOST_RATIO, _ALWAYS_ALLOWED = 200, 1024**3


@frozen
class Followed:
    """What a member was found to be."""

    name: bytes
    crc: int
    compressed: int
    size: int


@define(eq=False)
class Follower:
    """Is fed a zip piece by piece."""

    members: dict[int, Followed] = field(factory=dict)
    """Those followed to their end, by the place of their local header."""
    _buffer: bytes = b""
    _place: int = 0
    """Of the buffer's beginning."""
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
            # The following has ended, and ends at once from now on.
            self._buffer = b""

    def _follow(self) -> Pieces[None]:
        while True:
            start = self._place
            head = yield from self._take(_LOCAL.size)
            signature, flags, method, compressed, name_length, extra_length = _LOCAL.unpack(head)
            if signature != _LOCAL_SIGNATURE or flags & _ENCRYPTED:
                return
            name = yield from self._take(name_length)
            yield from self._take(extra_length)
            content = self._place
            if method == _DEFLATED:
                crc, size = yield from self._inflate()
            elif method == _STORED and not flags & _SIZES_LATER and compressed != _SIZE_ELSEWHERE:
                crc, size = yield from self._read(compressed)
            else:
                return
            self.members[start] = Followed(name, crc, self._place - content, size)
            if flags & _SIZES_LATER:
                yield from self._skip_descriptor()

    def _inflate(self) -> Pieces[tuple[int, int]]:
        """Read a deflated member; give CRC and size of what it holds."""
        inflating, crc, size = zlib.decompressobj(-zlib.MAX_WBITS), 0, 0
        data = b""
        while not inflating.eof:
            data = data or (yield from self._some())
            block = inflating.decompress(data, _BLOCK)
            data = inflating.unconsumed_tail
            crc, size = zlib.crc32(block, crc), size + len(block)
            self._inflated += len(block)
            if self._inflated > max(_ALWAYS_ALLOWED, _MOST_RATIO * self._place):
                raise zlib.error
        self._give_back(inflating.unused_data)
        return crc, size

    def _read(self, length: int) -> Pieces[tuple[int, int]]:
        """Read a stored member; give its CRC and size."""
        crc, left = 0, length
        while left:
            data = yield from self._some()
            crc = zlib.crc32(data[:left], crc)
            self._give_back(data[left:])
            left -= min(left, len(data))
        return crc, length

    def _skip_descriptor(self) -> Pieces[None]:
        """Pass over what stands behind a member: with or without a signature, with sizes of 4 or 8 bytes."""
        beginning = yield from self._take(4)
        yield from self._take(12 if beginning == _DESCRIPTOR_SIGNATURE else 8)
        following = yield from self._take(4)
        if following in (_LOCAL_SIGNATURE, _CENTRAL_SIGNATURE):
            self._give_back(following)
        else:
            yield from self._take(4)

    def _take(self, size: int) -> Pieces[bytes]:
        while len(self._buffer) < size:
            self._buffer += yield
        taken, self._buffer = self._buffer[:size], self._buffer[size:]
        self._place += size
        return taken

    def _some(self) -> Pieces[bytes]:
        while not self._buffer:
            self._buffer = yield
        taken, self._buffer = self._buffer, b""
        self._place += len(taken)
        return taken

    def _give_back(self, data: bytes) -> None:
        self._buffer = data + self._buffer
        self._place -= len(data)
