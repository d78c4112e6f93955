"""uvicorn's connections, so that an application can break them off. Importing this loads uvicorn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from uvicorn.protocols.http.h11_impl import H11Protocol

from jobexport.mock._fault_wire import TRANSPORT

if TYPE_CHECKING:
    import asyncio


class Connection(H11Protocol):
    """A connection that hands its transport to the application, in the scope's `state`."""

    # uvicorn chooses the class, so this can't be a function.

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Remember the transport for every request of this connection."""
        super().connection_made(transport)
        self.app_state = {**self.app_state, TRANSPORT: transport}
