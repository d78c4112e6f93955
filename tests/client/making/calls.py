"""One way to call both kinds of clients."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest
from attrs import field, frozen

from jobexport import AsyncDgcClient, AsyncDliClient, DgcClient, DliClient, Retries

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

    def with_options(self, **options: Any) -> Caller:
        return Caller(self.kind, self.options | options)

    def _call(self, service: str, method: str, server: Any, args: Any, kwargs: Any) -> Any:
        options = {"auth": server.token, "base_url": server.url, "retries": QUICK, "timeout": 10.0} | self.options
        if "http_client" in options:
            del options["timeout"]
        elif "transport" not in options:
            # Reading the certificates of authorities takes most of the time of a short call; the mock needs none.
            options["transport"] = TRANSPORTS[self.kind](verify=False)
        if self.kind == "sync":
            with CLIENTS[service, "sync"](server.project_id, **options) as client:
                return getattr(client, method)(*args, **kwargs)

        async def call() -> Any:
            async with CLIENTS[service, "async"](server.project_id, **options) as client:
                return await getattr(client, method)(*args, **kwargs)

        return asyncio.run(call())
