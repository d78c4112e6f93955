"""Faults of the connection: answers that come late, slowly, in part, or not at all.

Each function here takes the application that would answer and gives one that answers with the fault.
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

# How long a part of a body gets to reach the client before the reset, which would overtake it.
_HEAD_START = 0.05
_DRIPS_PER_SECOND = 20


def late(app: ASGIApp, seconds: float) -> ASGIApp:
    """Answer after a while."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        await asyncio.sleep(seconds)
        await app(scope, receive, send)

    return answer


def slow(app: ASGIApp, bytes_per_second: float) -> ASGIApp:
    """Send the body a few bytes at a time."""
    size = max(1, round(bytes_per_second / _DRIPS_PER_SECOND))

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
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

    return answer


def reset_at_once(app: ASGIApp, _: float) -> ASGIApp:
    """Reset the connection before anything is sent."""
    del app

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        del send
        await _break_off(scope, receive, reset=True)

    return answer


def reset_mid_body(app: ASGIApp, _: float) -> ASGIApp:
    """Reset the connection when half of the body is sent."""
    return _half(app, reset=True)


def end_mid_body(app: ASGIApp, _: float) -> ASGIApp:
    """Close the connection when half of the body is sent, the Content-Length being that of the whole."""
    return _half(app, reset=False)


def _half(app: ASGIApp, *, reset: bool) -> ASGIApp:
    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        # The whole answer is collected first: only then is it known where its middle is.
        messages: list[Message] = []

        async def collect(message: Message) -> None:
            messages.append(message)

        await app(scope, receive, collect)
        start, *parts = messages
        body = b"".join(part.get("body", b"") for part in parts)
        await send(start)
        await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
        if reset:
            await asyncio.sleep(_HEAD_START)
        await _break_off(scope, receive, reset=reset)

    return answer


async def _break_off(scope: Scope, receive: Receive, *, reset: bool) -> None:
    """End the connection, with RST or with FIN.

    Raises:
        ConnectionResetError: this is no connection of `serve` or `run`, so only an exception can break it off.
    """
    transport: Any = scope.get("state", {}).get(TRANSPORT)
    if transport is None:
        raise ConnectionResetError("a fault of the mock breaks off the connection")
    if reset:
        # To linger for no time at all is what makes the system send RST.
        # The loop's own socket object may refuse options; a second handle of the same socket takes them.
        with socket.socket(fileno=os.dup(transport.get_extra_info("socket").fileno())) as handle:
            handle.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
    else:
        transport.close()
    # uvicorn takes an application that returns before the connection is gone for a broken one.
    while (await receive())["type"] != "http.disconnect":
        pass
