"""An edition's server over a real socket, and short ways to call it."""

from __future__ import annotations

import http.client
import json
import socket
from typing import TYPE_CHECKING, Any

from attrs import frozen

from jobexport.mock import EXAMPLE_PROJECT, Server

if TYPE_CHECKING:
    from collections.abc import Mapping

    import httpx


FLINK = f"/v1.0/{EXAMPLE_PROJECT}/streaming/jobs/export"
BATCH = f"/v1/{EXAMPLE_PROJECT}/jobs/batch-export"
JOB = f"/v1/{EXAMPLE_PROJECT}/jobs/myJob/export"
NOW = 1_700_000_000_000


@frozen
class Raw:
    """A response read from a socket."""

    status: int
    headers: Mapping[str, str]
    content: bytes

    def json(self) -> Any:
        return json.loads(self.content)


@frozen
class Api:
    """The server of an edition, its document, and a client."""

    edition: str
    document: Mapping[str, Any]
    server: Server
    client: httpx.Client

    def flink(self, **body: Any) -> httpx.Response:
        return self.client.post(FLINK, json={"obs_dir": "obs-test", "is_selected": True} | body)

    def job(self, name: str, body: Any = None, **options: Any) -> httpx.Response:
        options = options if body is None else options | {"json": body}
        return self.client.post(f"/v1/{EXAMPLE_PROJECT}/jobs/{name}/export", **options)

    def batch(self, *names: str, headers: Mapping[str, str] | None = None, **fields: Any) -> httpx.Response:
        return self.client.post(BATCH, json={"jobList": names, **fields}, headers=headers)

    def raw(
        self,
        target: str,
        headers: Mapping[str, str | bytes | None] | None = None,
        content: bytes = b"",
        method: str = "POST",
    ) -> Raw:
        """Send a request with exactly this target and these headers; a header of None is left out."""
        lines: dict[str, str | bytes | None] = {"Host": "mock", "X-Auth-Token": self.server.token}
        lines |= {"Content-Type": "application/json", "Content-Length": str(len(content)), "Connection": "close"}
        lines |= {name: value for name, value in self.client.headers.items() if name == "workspace"}
        lines |= dict(headers or {})
        values = {
            name: value if isinstance(value, bytes) else value.encode()
            for name, value in lines.items()
            if value is not None
        }
        head = b"".join(name.encode() + b": " + value + b"\r\n" for name, value in values.items())
        line = method.encode() + b" " + target.encode("latin-1") + b" HTTP/1.1\r\n"
        return self.send(line + head + b"\r\n" + content, method)

    def send(self, request: bytes, method: str = "POST") -> Raw:
        with socket.create_connection(("127.0.0.1", self.server.port), timeout=60) as connection:
            connection.sendall(request)
            response = http.client.HTTPResponse(connection, method=method)
            response.begin()
            return Raw(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())

    def fields(self, operation: str) -> Mapping[str, Any]:
        """Return the operation's object in the document."""
        nodes = [node for item in self.document["paths"].values() for node in item.values() if isinstance(node, dict)]
        return next(node for node in nodes if node.get("operationId") == operation)

    def zip_type(self, operation: str) -> str:
        """Return the media type of the operation's zip."""
        content: dict[str, Any] = self.fields(operation)["responses"]["200"]["content"]
        return next(name for name, media in content.items() if "x-zip-layout" in media)

    def refusals(self, operation: str) -> dict[str, tuple[int, dict[str, Any]]]:
        """Return status and body of each error that the document shows for an operation, by the example's name."""
        found: dict[str, tuple[int, dict[str, Any]]] = {}
        for status, response in self.fields(operation)["responses"].items():
            if "$ref" in response:
                response = self.document["components"]["responses"][response["$ref"].rpartition("/")[2]]
            examples = response.get("content", {}).get("application/json", {}).get("examples", {})
            if status[0] in "45":
                found |= {name: (int(status), example["value"]) for name, example in examples.items()}
        return found

    def refusal(self, operation: str, name: str) -> tuple[int, dict[str, Any]]:
        """Return the document's status and error body for a name."""
        return self.refusals(operation)[name]

    def body_fields(self, operation: str) -> set[str]:
        """Return the properties of the operation's request body; an empty set without a body."""
        fields = self.fields(operation)
        if "requestBody" not in fields:
            return set()
        reference = fields["requestBody"]["content"]["application/json"]["schema"]["$ref"]
        return set(self.document["components"]["schemas"][reference.rpartition("/")[2]]["properties"])

    def zip_arrays(self) -> list[str]:
        """Return the names of the arrays of zip names."""
        properties = self.document["components"]["schemas"]["ExportFlinkJobsResponse"]["properties"]
        return [name for name, schema in properties.items() if "x-object-name" in schema]
