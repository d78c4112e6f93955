"""Where exports are stored: object storage, by name, as `<bucket>/<folder>/…/<object>`."""

from __future__ import annotations

from typing import Protocol

from attrs import Factory, frozen

# Objects beyond this number push out the oldest.
_MOST_OBJECTS = 256


class Storage(Protocol):
    """What stores objects."""

    async def put(self, name: str, content: bytes) -> None:
        """Store an object, in the place of one of the same name."""

    async def get(self, name: str) -> bytes | None:
        """Give an object's content; None when there is none of this name."""

    def __str__(self) -> str:
        """Say where the objects are, for people."""


@frozen
class MemoryStorage:
    """Objects in memory, the newest 256 of them."""

    objects: dict[str, bytes] = Factory(dict)
    """Content by name, oldest first."""

    async def put(self, name: str, content: bytes) -> None:
        """Store an object as the newest one."""
        self.objects.pop(name, None)
        self.objects[name] = content
        while len(self.objects) > _MOST_OBJECTS:
            del self.objects[next(iter(self.objects))]

    async def get(self, name: str) -> bytes | None:
        """Give an object's content; None when there is none of this name."""
        return self.objects.get(name)

    def __str__(self) -> str:
        return "memory"
