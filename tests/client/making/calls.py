"""One way to call both kinds of clients."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from attrs import field, frozen

from jobexport import AsyncDgcClient, AsyncDliClient, DgcClient, DliClient, ListIterator, Retries
from jobexport.errors import ListIncomplete

if TYPE_CHECKING:
    from collections.abc import Callable

EDITION = "huaweicloud-intl-2026"
QUICK = Retries(times=2, first_wait=0.01, longest_wait=0.02, deadline=20)
NO_RETRIES = Retries(times=0, deadline=20)
CLIENTS = {
    ("dli", "sync"): DliClient,
    ("dgc", "sync"): DgcClient,
    ("dli", "async"): AsyncDliClient,
    ("dgc", "async"): AsyncDgcClient,
}
TRANSPORTS: dict[str, Any] = {"sync": httpx.HTTPTransport, "async": httpx.AsyncHTTPTransport}
OUTCOMES: pytest.StashKey[dict[tuple[str, str, str], str]] = pytest.StashKey()
"""The result of each fault, call and kind of client."""


@frozen
class Listed:
    """The result of a walk over a list."""

    items: list[Any]
    outcome: Any
    error: ListIncomplete | None = None

    @property
    def names(self) -> list[str]:
        return [item.name for item in self.items]


@frozen
class Caller:
    """Calls a method of a client that is made for this one call, in the same way for both kinds."""

    kind: str
    options: dict[str, Any] = field(factory=dict)

    def dli(self, server: Any, *args: Any, **kwargs: Any) -> Any:
        return self._call("dli", "export_flink_jobs", server, args, kwargs)

    def job(self, server: Any, *args: Any, **kwargs: Any) -> Any:
        return self._call("dgc", "export_job", server, args, kwargs)

    def jobs(self, server: Any, *args: Any, **kwargs: Any) -> Any:
        return self._call("dgc", "export_jobs", server, args, kwargs)

    def call(self, service: str, method: str, server: Any, *args: Any, **kwargs: Any) -> Any:
        return self._call(service, method, server, args, kwargs)

    def listed(self, service: str, method: str, server: Any, **kwargs: Any) -> Listed:
        """Walk over a list to its end."""
        found: Listed = self.using(service, server, lambda client: getattr(client, method)(**kwargs), _walk_async)
        return found

    def with_options(self, **options: Any) -> Caller:
        return Caller(self.kind, self.options | options)

    def _call(self, service: str, method: str, server: Any, args: Any, kwargs: Any) -> Any:
        return self.using(service, server, lambda client: getattr(client, method)(*args, **kwargs))

    def using(
        self, service: str, server: Any, call: Callable[[Any], Any], end: Callable[[Any], Any] | None = None
    ) -> Any:
        """Make a client, call a function with it, and return its result.

        Args:
            service: `dgc` or `dli`.
            server: the server to call.
            call: receives the client.
            end: awaits the result of an async client; an awaitable result if not given.
        """
        options = {"auth": server.token, "base_url": server.url, "retries": QUICK, "timeout": 10.0} | self.options
        if "http_client" in options:
            del options["timeout"]
        elif "transport" not in options:
            # Reading the certificates of authorities takes most of the time of a short call; the mock needs none.
            options["transport"] = TRANSPORTS[self.kind](verify=False)
        if self.kind == "sync":
            with CLIENTS[service, "sync"](server.project_id, **options) as client:
                result = call(client)
                return _walk(result) if isinstance(result, ListIterator) else result

        async def run() -> Any:
            async with CLIENTS[service, "async"](server.project_id, **options) as client:
                return await (end or _awaited)(call(client))

        return asyncio.run(run())


async def _awaited(result: Any) -> Any:
    return await result


def _walk(listing: Any) -> Listed:
    items: list[Any] = []
    try:
        items.extend(listing)
    except ListIncomplete as error:
        return Listed(items, listing.outcome, error)
    return Listed(items, listing.outcome)


async def _walk_async(listing: Any) -> Listed:
    items: list[Any] = []
    try:
        async for item in listing:
            items.append(item)  # noqa: PERF401  # the items before an error count
    except ListIncomplete as error:
        return Listed(items, listing.outcome, error)
    return Listed(items, listing.outcome)
