"""uvicorn's HTTP protocol with httptools: limited heads, one write for each response, and no upgrades.

`Upgrade: h2c` is only an offer (RFC 9110, 7.8): the JDK's client and `curl --http2` make it with every request.
httptools takes the offer as accepted, and the bytes behind the head, such as the body, as another protocol's. So such a
head is parsed once more without the offer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import httptools
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
    _offered = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start the connection; its requests find the transport in `scope["state"]`, so that a fault can abort it."""
        super().connection_made(transport)
        self.transport = cast("asyncio.Transport", _Joined(transport, self.loop))
        self.app_state = {**self.app_state, TRANSPORT: self.transport}

    def data_received(self, data: bytes) -> None:
        """Parse the next bytes."""
        if not self._in_body:
            self._head += len(data)
        self._unset_keepalive_if_required()
        try:
            self._feed(data)
        except httptools.HttpParserError:
            self.send_400_response("Invalid HTTP request received.")
            return
        if not self._in_body and self._head > _LARGEST_HEAD and not self.transport.is_closing():
            self.send_400_response("Request line and headers are larger than 64 KiB.")

    def _feed(self, data: bytes | memoryview) -> None:
        """Parse bytes; where a head with an offer ends, parse the head without the offer and go on.

        Raises:
            HttpParserError: the bytes are not HTTP.
        """
        while True:
            try:
                self.parser.feed_data(data)
            except httptools.HttpParserUpgrade as end:
                # httptools ends the message at an offer.
                data = memoryview(data)[end.args[0] :]
                if self._offered:
                    head = self._head_without_offer()
                    # A new one: after `Connection: close` the parser would skip the head.
                    self.parser = httptools.HttpRequestParser(self)
                    self.parser.set_dangerous_leniencies(lenient_data_after_close=True)  # as uvicorn's
                    self.parser.feed_data(head)
            else:
                return

    def _head_without_offer(self) -> bytes:
        head = [self.parser.get_method(), b" ", self.url, b" HTTP/", self.parser.get_http_version().encode(), b"\r\n"]
        for name, value in self.headers:
            if name != b"upgrade":
                head += [name, b": ", value, b"\r\n"]
        return b"".join([*head, b"\r\n"])

    def on_headers_complete(self) -> None:
        """Mark the start of the body, or of a head that is parsed again."""
        # CONNECT ends a message in the same way, with an offer or without.
        self._offered = self.parser.should_upgrade() and self.parser.get_method() != b"CONNECT"
        if not self._offered:
            self._head, self._in_body = 0, True
            super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Mark the end of the body."""
        if not self._offered:
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
