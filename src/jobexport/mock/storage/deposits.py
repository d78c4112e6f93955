"""Stores the objects of a response, at once or some time after the response."""

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
    """The objects that are still to be stored."""

    _pending: set[asyncio.Task[None]] = field(factory=set)

    async def put(self, storage: Storage, objects: Mapping[str, bytes], delay: float) -> None:
        """Store objects; with a delay return at once and store them that many seconds later.

        Raises:
            StorageError: an object can't have its name. With a delay it is logged.
            StorageUnavailable: the storage fails. With a delay it is logged.
        """
        if delay > 0:
            task = asyncio.create_task(_put_later(storage, objects, delay))
            # The loop keeps weak references only. When it ends it cancels what is pending: objects that have not
            # appeared by then never do, as when a service goes down.
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
        except Exception as problem:  # the response is long out, so that a log is all that is left
            known = isinstance(problem, StorageError | StorageUnavailable)
            _LOGGER.error("%s was not stored: %s", name, problem, exc_info=None if known else problem)
