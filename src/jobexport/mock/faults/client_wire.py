"""Faults of the connection: a response that is late, slow, cut off, or missing.

Each function takes the application that sends the response, and returns an application that sends it with the fault.
"""

from __future__ import annotations

import asyncio
import os
import socket
import struct
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

TRANSPORT = "jobexport.transport"
"""The key of the connection's transport in a scope's `state`."""

# Seconds for half of a body to reach the client before the reset, which would overtake it.
_HEAD_START = 0.05
_DRIPS_PER_SECOND = 20


def late(app: ASGIApp, seconds: float) -> ASGIApp:
    """Send the response some seconds later."""

    async def respond(scope: Scope, receive: Receive, send: Send) -> None:
        await asyncio.sleep(seconds)
        await app(scope, receive, send)

    return respond


def slow(app: ASGIApp, bytes_per_second: float) -> ASGIApp:
    """Send the body a few bytes at a time."""
    size = max(1, round(bytes_per_second / _DRIPS_PER_SECOND))

    async def respond(scope: Scope, receive: Receive, send: Send) -> None:
        async def drip(message: Message) -> None:
            body = message.get("body", b"")
            if message["type"] != "http.response.body" or not body:
                await send(message)
                return
            for start in range(0, len(body), size):
                part = body[start : start + size]
                more = message.get("more_body", False) or start + size < len(body)
                await send({"type": "http.response.body", "body": bytes(part), "more_body": more})
                await asyncio.sleep(len(part) / bytes_per_second)

        await app(scope, receive, drip)

    return respond


def reset_at_once(app: ASGIApp, _: float) -> ASGIApp:
    """Reset the connection before anything is sent."""
    del app

    async def respond(scope: Scope, receive: Receive, send: Send) -> None:
        del send
        await _break_off(scope, receive, reset=True)

    return respond


def reset_mid_body(app: ASGIApp, _: float) -> ASGIApp:
    """Reset the connection after half of the body."""
    return _half(app, reset=True)


def end_mid_body(app: ASGIApp, _: float) -> ASGIApp:
    """Close the connection after half of the body; the Content-Length declares the whole body."""
    return _half(app, reset=False)


def _half(app: ASGIApp, *, reset: bool) -> ASGIApp:
    async def respond(scope: Scope, receive: Receive, send: Send) -> None:
        # The whole response is collected first to find its middle.
        messages: list[Message] = []

        async def collect(message: Message) -> None:
            messages.append(message)

        await app(scope, receive, collect)
        start, *parts = messages
        body = b"".join(part.get("body", b"") for part in parts)
        if not body:
            # The client has the whole response. Its next request on this connection would hide the end from this task.
            start = {**start, "headers": [*start.get("headers", ()), (b"connection", b"close")]}
        await send(start)
        await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
        if reset:
            await asyncio.sleep(_HEAD_START)
        await _break_off(scope, receive, reset=reset)

    return respond


async def _break_off(scope: Scope, receive: Receive, *, reset: bool) -> None:
    """End the connection, with RST or with FIN.

    Raises:
        ConnectionResetError: the application runs in process, without `serve` or `run`, so there is no connection.
    """
    transport: Any = scope.get("state", {}).get(TRANSPORT)
    if transport is None:
        raise ConnectionResetError("a fault of the mock breaks off the connection")
    if transport.is_closing():
        pass  # The client was faster.
    elif reset:
        # With SO_LINGER of 0 seconds the system sends RST.
        # The event loop's socket object may refuse options; a second handle of the socket accepts them.
        with socket.socket(fileno=os.dup(transport.get_extra_info("socket").fileno())) as handle:
            handle.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
    else:
        transport.close()
    # uvicorn reports an application that returns before the connection is closed as broken.
    while (await receive())["type"] != "http.disconnect":
        pass
