"""uvicorn's HTTP protocol with httptools, plus a limit for the head of a request and one write for each response."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from jobexport.mock.faults.client_wire import TRANSPORT

if TYPE_CHECKING:
    import asyncio

# The limit of h11, uvicorn's other parser; h11 itself would halve the requests per second.
_LARGEST_HEAD = 64 * 1024
# The largest response that is held back for one write.
_LARGEST_WAIT = 64 * 1024


class Protocol(HttpToolsProtocol):
    """An HTTP connection whose request line and headers may have 64 KiB together; httptools alone has no limit."""

    _head = 0
    _in_body = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start the connection; its requests find the transport in `scope["state"]`, so that a fault can abort it."""
        super().connection_made(transport)
        self.transport = cast("asyncio.Transport", _Joined(transport, self.loop))
        self.app_state = {**self.app_state, TRANSPORT: self.transport}

    def data_received(self, data: bytes) -> None:
        """Parse the next bytes."""
        if not self._in_body:
            self._head += len(data)
        super().data_received(data)
        if not self._in_body and self._head > _LARGEST_HEAD and not self.transport.is_closing():
            self.send_400_response("Request line and headers are larger than 64 KiB.")

    def on_headers_complete(self) -> None:
        """Mark the start of the body."""
        self._head, self._in_body = 0, True
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Mark the end of the body."""
        self._in_body = False
        super().on_message_complete()


class _Joined:
    """A transport that joins the writes of one turn of the event loop; uvicorn writes head and body separately."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._waiting: list[bytes] = []
        self._size = 0

    def write(self, data: bytes) -> None:
        if not self._waiting:
            self._loop.call_soon(self._flush)
        self._waiting.append(data)
        self._size += len(data)
        if self._size > _LARGEST_WAIT:
            # Otherwise a long response would be held as a whole, even if the client does not read.
            self._flush()

    def close(self) -> None:
        self._flush()
        self._transport.close()

    def _flush(self) -> None:
        data, self._waiting, self._size = b"".join(self._waiting), [], 0
        if data and not self._transport.is_closing():
            self._transport.write(data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)
