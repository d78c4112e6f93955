"""Storing the objects of a response, before the response or some time after it."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from attrs import define, field

from jobexport.mock.storage.storage import StorageError, StorageUnavailable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jobexport.mock.storage.storage import Storage

_LOGGER = logging.getLogger("jobexport.mock")


@define
class Deposits:
    """Pending writes of objects."""

    _pending: set[asyncio.Task[None]] = field(factory=set)

    async def put(self, storage: Storage, objects: Mapping[str, bytes], delay: float) -> None:
        """Store objects; with a delay return at once and store them that many seconds later.

        Raises:
            StorageError: an object can't have its name. With a delay the error is logged instead.
            StorageUnavailable: the storage fails. With a delay the error is logged instead.
        """
        if delay > 0:
            task = asyncio.create_task(_put_later(storage, objects, delay))
            # The event loop keeps only weak references to tasks. At its end it cancels pending tasks, so their objects
            # never appear, as if a service went down.
            self._pending.add(task)
            task.add_done_callback(self._pending.discard)
            return
        for name, content in objects.items():
            await storage.put(name, content)


async def _put_later(storage: Storage, objects: Mapping[str, bytes], delay: float) -> None:
    await asyncio.sleep(delay)
    for name, content in objects.items():
        try:
            await storage.put(name, content)
        except Exception as problem:  # the response was sent long ago; only the log is left
            known = isinstance(problem, StorageError | StorageUnavailable)
            _LOGGER.error("%s was not stored: %s", name, problem, exc_info=None if known else problem)
