"""Object storage: what is put there can be read back, and nothing else."""

from __future__ import annotations

import asyncio

from jobexport.mock import MemoryStorage


def test_memory_pushes_out_the_oldest():
    """The newest 256 objects are kept; writing one again makes it the newest."""

    async def fill():
        storage = MemoryStorage()
        for number in range(256):
            await storage.put(f"o{number}", b"")
        await storage.put("o0", b"again")
        await storage.put("new", b"")
        return storage

    storage = asyncio.run(fill())
    assert len(storage.objects) == 256
    assert "o1" not in storage.objects
    assert storage.objects["o0"] == b"again"


def test_two_storages_share_nothing():
    """What one storage holds another does not."""
    first, second = MemoryStorage(), MemoryStorage()
    asyncio.run(first.put("a", b"x"))
    assert asyncio.run(first.get("a")) == b"x"
    assert asyncio.run(second.get("a")) is None
