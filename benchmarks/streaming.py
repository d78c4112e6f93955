"""Memory for receiving a zip of 200 MiB: the stock function beside the two streaming functions.

The server is a process of its own on the loopback interface and generates the body piece by piece. Each function runs
in a fresh process, which measures its peak memory after the imports and after the last byte. The streaming functions
write to a file, like a caller.

    python benchmarks/streaming.py
"""

from __future__ import annotations

import asyncio
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

# The parent imports neither httpx nor the package, because on Linux a child process inherits its peak memory.

MIB = 1024 * 1024
SIZE = 200 * MIB
PIECE = bytes(64 * 1024)
LIMIT = 20  # MiB that a streaming function may add


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(200)
        self.send_header("Content-Type", "application/octet-stream")
        self.send_header("Content-Length", str(SIZE))
        self.end_headers()
        for _ in range(SIZE // len(PIECE)):
            self.wfile.write(PIECE)

    def log_message(self, *_: object) -> None:
        pass


def serve() -> None:
    """Print the port, then respond to every request with SIZE bytes."""
    with HTTPServer(("127.0.0.1", 0), _Handler) as server:
        print(server.server_port, flush=True)
        server.serve_forever()


def peak() -> float:
    """Return this process's peak memory in MiB."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / MIB


def receive(function: str, port: str) -> None:
    """Receive the body with `function` and print memory and time as JSON."""
    from jobexport_api import AuthenticatedClient
    from jobexport_api.api.dgc import export_job

    client = AuthenticatedClient(base_url=f"http://127.0.0.1:{port}", token="t")  # noqa: S106

    def sync_detailed(_: IO[bytes]) -> int:
        return len(export_job.sync_detailed("p", "j", client=client).content)

    def sync_stream(file: IO[bytes]) -> int:
        with export_job.sync_stream("p", "j", client=client) as response:
            return sum(file.write(piece) for piece in response.iter_bytes())

    async def asyncio_stream(file: IO[bytes]) -> int:
        async with export_job.asyncio_stream("p", "j", client=client) as response:
            return sum([file.write(piece) async for piece in response.aiter_bytes()])

    functions: dict[str, Callable[[IO[bytes]], int]] = {
        "sync_detailed": sync_detailed,
        "sync_stream": sync_stream,
        "asyncio_stream": lambda file: asyncio.run(asyncio_stream(file)),
    }
    with tempfile.TemporaryFile() as file:
        imported, start = peak(), time.perf_counter()
        size = functions[function](file)
        seconds = time.perf_counter() - start
    if size != SIZE:
        sys.exit(f"{function}: {size} bytes arrived of {SIZE}")
    print(json.dumps({"imported": imported, "added": peak() - imported, "seconds": seconds}))


def main() -> int:
    """Print the table; return 1 if a streaming function exceeds the limit."""
    this = [sys.executable, str(Path(__file__))]
    environment = {**os.environ, "NO_PROXY": "*"}
    print(f"receiving {SIZE // MIB} MiB\n\n  imported      added     time")
    broken = False
    with subprocess.Popen([*this, "serve"], stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None  # noqa: S101
        port = server.stdout.readline().strip()
        try:
            for function in ("sync_detailed", "sync_stream", "asyncio_stream"):
                command = [*this, "receive", function, port]
                done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
                result = json.loads(done.stdout)
                print("{imported:6.1f} MiB {added:6.1f} MiB {seconds:6.2f} s".format(**result), f" {function}")
                broken |= "stream" in function and result["added"] >= LIMIT
        finally:
            server.terminate()
    print(f"\nlimit for streaming functions: {LIMIT} MiB added" + (", BROKEN" if broken else ""))
    return int(broken)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["serve"]:
            serve()
        case ["receive", function, port]:
            receive(function, port)
        case _:
            sys.exit(main())
