"""What a mock keeps in its object storage."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jobexport.mock import MemoryStorage

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from jobexport.mock import Server


def stored(server: Server) -> MutableMapping[str, bytes]:
    """Return the objects of a server whose storage is in memory."""
    assert isinstance(server.storage, MemoryStorage)
    return server.storage.objects
