"""A server whose faults a test sets."""

from __future__ import annotations

import contextlib
import socket
from typing import TYPE_CHECKING, Any

import httpx
from attrs import frozen

from jobexport.core.redact import Redaction
from jobexport.mock import EXAMPLE_PROJECT, Server, serve
from tests.making.workspaces import default_workspace

if TYPE_CHECKING:
    from collections.abc import Iterator


FLINK = f"/v1.0/{EXAMPLE_PROJECT}/streaming/jobs/export"
BATCH = f"/v1/{EXAMPLE_PROJECT}/jobs/batch-export"
JOB = f"/v1/{EXAMPLE_PROJECT}/jobs/myJob/export"
NOW = 1_700_000_000_000


@frozen
class Faulty:
    """One server whose faults a test sets."""

    server: Server
    client: httpx.Client
    stranger: httpx.Client
    """A client without the token."""

    @property
    def core(self) -> Any:
        return self.server.core

    def set(self, *faults: Any, **options: Any) -> None:
        self.core.set_faults(*faults, **options)

    def flink(self) -> httpx.Response:
        return self.client.post(FLINK, json={"obs_dir": "a", "is_selected": True, "job_selected": [100]})

    def job(self) -> httpx.Response:
        return self.client.post(JOB)

    def batch(self) -> httpx.Response:
        return self.client.post(BATCH, json={"jobList": ["myJob"]})

    def call(self, operation: str) -> httpx.Response:
        return {"exportFlinkJobs": self.flink, "exportJob": self.job, "batchExportJobs": self.batch}[operation]()

    def last(self) -> dict[str, Any]:
        found: dict[str, Any] = self.core.requests[-1].as_json(Redaction.of(()))
        return found

    def raw(self) -> socket.socket:
        """Send an export of a job on a bare socket and return the connection."""
        connection = socket.create_connection(("127.0.0.1", self.server.port), timeout=60)
        head = f"POST {JOB} HTTP/1.1\r\nHost: x\r\nX-Auth-Token: {self.server.token}\r\nContent-Length: 0\r\n\r\n"
        connection.sendall(head.encode())
        return connection


@contextlib.contextmanager
def faulty(document: dict[str, Any]) -> Iterator[Faulty]:
    with serve(document) as server:
        headers = {"X-Auth-Token": server.token, **default_workspace(server.core.document)}
        with (
            httpx.Client(base_url=server.url, headers=headers, trust_env=False, verify=False) as client,
            httpx.Client(base_url=server.url, trust_env=False, verify=False) as stranger,
        ):
            yield Faulty(server, client, stranger)
