"""HTTP as uvicorn reads it with httptools, with a limit to the head of a request."""

from __future__ import annotations

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

# What h11 allows, uvicorn's other parser, which halves the requests per second.
_LARGEST_HEAD = 64 * 1024


class Protocol(HttpToolsProtocol):
    """Refuses a request line and headers of more than 64 KiB together; httptools would collect them without end."""

    _head = 0
    _in_body = False

    def data_received(self, data: bytes) -> None:
        """Take what arrived."""
        if not self._in_body:
            self._head += len(data)
        super().data_received(data)
        if not self._in_body and self._head > _LARGEST_HEAD and not self.transport.is_closing():
            self.send_400_response("Request line and headers are larger than 64 KiB.")

    def on_headers_complete(self) -> None:
        """Begin the body."""
        self._head, self._in_body = 0, True
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """End the body."""
        self._in_body = False
        super().on_message_complete()
