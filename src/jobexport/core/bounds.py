"""Bounds of one response on the wire: the time until its last byte, and the bytes that are no part of its body.

httpx's timeouts hold for each read from a socket, and its limits for each part of a message. So a server that sends a
byte now and then keeps a reader for ever: in the head, in one `103 Early Hints` after the other, in the extension of a
chunk, in a trailer. `bind` wraps the connections of a transport; each read of them keeps the bounds of the context.
"""

from __future__ import annotations

import contextlib
import time
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import httpx

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

T = TypeVar("T")

_SPARE = 256 * 1024
_SPARE_OF_OTHERS = 64 * 1024 * 1024
# A chunk of one byte takes six bytes on the wire.
_WIRE_BYTES = 16


class DeadlinePassed(httpx.ReadTimeout):
    """Deadline that passed before the response was complete."""

    began = False
    """True if bytes of the response have arrived."""


class Overlong(httpx.RemoteProtocolError):
    """Response with more bytes than its reader accepts."""

    began = True


@dataclass(eq=False)
class Bound:
    """Bounds of one response."""

    until: float | None
    """The deadline as a time of `time.monotonic`; None for no deadline."""
    spare: int = _SPARE
    """Bytes that may still be read from the wire; each byte of a body that arrived adds some (`refund`)."""
    _began: bool = False

    def left(self) -> float | None:
        """Return the seconds left, or None without a deadline.

        Raises:
            DeadlinePassed: no time is left.
        """
        if self.until is None:
            return None
        left = self.until - time.monotonic()
        if left <= 0:
            error = DeadlinePassed("the response was not complete at the deadline")
            error.began = self._began
            raise error
        return left

    def shorten(self, timeout: float | None) -> float | None:
        """Return the timeout, shortened to the seconds left; raise the error of `left`."""
        left = self.left()
        return timeout if left is None or (timeout is not None and timeout < left) else left

    def spend(self, size: int) -> None:
        """Count bytes that were read from the wire.

        Raises:
            Overlong: they are too many.
        """
        self._began = self._began or size > 0
        self.spare -= size
        if self.spare < 0:
            raise Overlong("the response has too many bytes, or too many beside its body (headers, chunk extensions)")

    def refund(self, size: int) -> None:
        """Allow more bytes on the wire, as this many bytes of the body have arrived."""
        self.spare = max(self.spare, min(self.spare + _WIRE_BYTES * size, _SPARE))

    def inner(self) -> Bound:
        """Return bounds with the same deadline for another request, which is sent on the way, such as for a token."""
        return Bound(self.until, _SPARE_OF_OTHERS)

    @contextlib.contextmanager
    def applied(self) -> Iterator[None]:
        """Apply the bounds to all reads from sockets within the context.

        An error that leaves the context gets the attribute `began`: True if bytes of the response have arrived.
        """
        token = _BOUND.set(self)
        try:
            yield
        except Exception as error:
            # Also for a response that is no HTTP, or that ends too early.
            error.began = self._began  # type: ignore[attr-defined]
            raise
        finally:
            _BOUND.reset(token)


_BOUND: ContextVar[Bound | None] = ContextVar("jobexport.bound", default=None)


def current() -> Bound | None:
    """Return the bounds of the context, or None without bounds."""
    return _BOUND.get()


def bind(transport: Any) -> None:
    """Make a transport of httpx keep the bounds of the context; another kind of transport stays as it is.

    httpx has no argument for it. Connections of HTTP/2 stay as they are: a read may be for another response.
    """
    if not isinstance(transport, httpx.HTTPTransport | httpx.AsyncHTTPTransport):
        return
    pool: Any = transport._pool
    if pool._http2 or isinstance(pool._network_backend, _Backend | _AsyncBackend):
        return
    kind = _Backend if isinstance(transport, httpx.HTTPTransport) else _AsyncBackend
    pool._network_backend = kind(pool._network_backend)


def bind_client(http: httpx.Client | httpx.AsyncClient) -> None:
    """Make the transports of a client from outside keep the bounds of the context."""
    mounted: Any = http._mounts
    for transport in (http._transport, *mounted.values()):
        bind(transport)


def _within(timeout: float | None, call: Callable[[float | None], T]) -> T:
    """Call a function of a socket with a timeout that ends at the deadline."""
    bound = _BOUND.get()
    if bound is None:
        return call(timeout)
    limit = bound.shorten(timeout)
    try:
        return call(limit)
    except Exception:
        # A read that timed out at the deadline is not the server's silence.
        bound.left()
        raise


@dataclass(eq=False)
class _BoundStream:
    """A connection; a `NetworkStream` of httpcore, which is not imported here because it takes a while to load."""

    _stream: Any

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        piece: bytes = _within(timeout, lambda limit: self._stream.read(max_bytes, limit))
        _count(piece)
        return piece

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        _within(timeout, lambda limit: self._stream.write(buffer, limit))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None
    ) -> _BoundStream:
        return _BoundStream(_within(timeout, lambda limit: self._stream.start_tls(ssl_context, server_hostname, limit)))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


@dataclass(eq=False)
class _Backend:
    """Opener of connections; a `NetworkBackend` of httpcore."""

    _backend: Any

    def connect_tcp(self, host: str, port: int, timeout: float | None = None, **options: Any) -> _BoundStream:
        return _BoundStream(
            _within(timeout, lambda limit: self._backend.connect_tcp(host, port, timeout=limit, **options))
        )

    def connect_unix_socket(self, path: str, **options: Any) -> _BoundStream:
        return _BoundStream(self._backend.connect_unix_socket(path, **options))

    def sleep(self, seconds: float) -> None:
        self._backend.sleep(seconds)


def _count(piece: bytes) -> None:
    bound = _BOUND.get()
    if bound is not None:
        bound.spend(len(piece))


@dataclass(eq=False)
class _AsyncBoundStream:
    """As `_BoundStream`. It counts bytes; `asyncio.timeout` keeps the time, wherever a task waits."""

    _stream: Any

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        try:
            piece: bytes = await self._stream.read(max_bytes, timeout)
        except OSError as error:  # a damaged record of TLS, which httpcore lets pass
            raise httpx.ReadError(str(error)) from error
        _count(piece)
        return piece

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        await self._stream.write(buffer, timeout)

    async def aclose(self) -> None:
        await self._stream.aclose()

    async def start_tls(self, *args: Any, **options: Any) -> _AsyncBoundStream:
        return _AsyncBoundStream(await self._stream.start_tls(*args, **options))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


@dataclass(eq=False)
class _AsyncBackend:
    """As `_Backend`."""

    _backend: Any

    async def connect_tcp(self, *args: Any, **options: Any) -> _AsyncBoundStream:
        return _AsyncBoundStream(await self._backend.connect_tcp(*args, **options))

    async def connect_unix_socket(self, *args: Any, **options: Any) -> _AsyncBoundStream:
        return _AsyncBoundStream(await self._backend.connect_unix_socket(*args, **options))

    async def sleep(self, seconds: float) -> None:
        await self._backend.sleep(seconds)
