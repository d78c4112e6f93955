"""Requests a second, start and memory of the mock, beside Prism and a bare Starlette route.

All three respond to the DLI export on loopback, each in a process of its own, and take turns. Prism and the mock check
the request against otc-2026. The bare route only parses it and responds with a constant of the same size, on uvicorn
with the mock's settings: its rate is the upper limit of the mock's rate. wrk makes the load (Debian's package wrk).
Prism is read from a folder, and left out if missing:

    npm install --prefix /tmp/prism @stoplight/prism-cli@5.16.0
    python benchmarks/mock.py /tmp/prism [rounds]
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import uvicorn
from attrs import frozen
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

from jobexport.mock import EXAMPLE_PROJECT, EXAMPLE_TOKEN, run
from jobexport.mock.server.protocol import Protocol
from jobexport.spec.editions import editions

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

EDITION = "otc-2026"
PORT = 18765
PATH = f"/v1.0/{EXAMPLE_PROJECT}/streaming/jobs/export"
BODY = json.dumps({"obs_dir": "obs-test", "is_selected": True, "job_selected": [100]})
HEADERS = {"Content-Type": "application/json", "X-Auth-Token": EXAMPLE_TOKEN}
RESPONSE = {"is_success": "true", "message": "Exported 1 job.", "zip_file": ["obs-test/aggregate_1582677879475.zip"]}
CONNECTIONS = 16
SECONDS = 5
WARM_UP = 2

# Marks of the mock: its requests a second relative to Prism and to the bare route, and seconds to the first response.
TIMES_PRISM, TIMES_BARE, LATEST = 6.0, 0.6, 1.0


@frozen
class Run:
    """The measurements of one round of one server."""

    per_second: float
    start: float
    """Seconds from the start of the process to its first response."""
    peak: float
    """Largest resident set of the process in MiB."""


def serve_mock() -> None:
    """Serve the mock, as the command line does."""
    run(EDITION, port=PORT, ready=lambda _: None)


def serve_bare() -> None:
    """Serve the bare route."""

    async def respond(request: Request) -> JSONResponse:
        await request.json()
        return JSONResponse(RESPONSE)

    app = Starlette(routes=[Route("/v1.0/{project_id}/streaming/jobs/export", respond, methods=["POST"])])
    uvicorn.run(
        app,
        port=PORT,
        http=Protocol,
        loop="asyncio" if sys.platform == "win32" else "uvloop",
        ws="none",
        lifespan="off",
        log_level="error",
        access_log=False,
        server_header=False,
    )


SERVERS: dict[str, Callable[[], None]] = {"bare": serve_bare, "mock": serve_mock}


def commands(prism: Path | None) -> dict[str, list[str]]:
    """Return the command line of each server."""
    found = {name: [sys.executable, __file__, "--serve", name] for name in SERVERS}
    if prism is not None:
        document = next(edition.path for edition in editions() if edition.id == EDITION)
        # --errors: respond with an error to requests that break the document. silent, in one process: without a log.
        options = ["--errors", "--multiprocess", "false", "--verboseLevel", "silent", "--port", str(PORT)]
        found["Prism"] = [str(prism), "mock", *options, str(document)]
    return found


def first_response(process: subprocess.Popen[bytes], started: float) -> float:
    """Send requests until the server responds with 200, and return the seconds since its start."""
    request = urllib.request.Request(f"http://127.0.0.1:{PORT}{PATH}", BODY.encode(), HEADERS)
    while process.poll() is None and time.perf_counter() - started < 60:
        try:
            with urllib.request.urlopen(request, timeout=5):  # noqa: S310  # our own server
                return time.perf_counter() - started
        except OSError:
            time.sleep(0.005)
    raise SystemExit(f"no response from the server within 60 seconds: {process.args!r}")


def load(script: Path, seconds: int) -> float:
    """Send requests for some seconds and return the requests a second; every response must be 200."""
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s", str(script), f"http://127.0.0.1:{PORT}{PATH}"]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    rate = re.search(r"Requests/sec:\s+([0-9.]+)", output)
    if rate is None or "Non-2xx" in output or "Socket errors" in output:
        raise SystemExit(f"not every response was 200:\n{output}")
    return float(rate[1])


def measure(command: list[str], script: Path) -> Run:
    """Start a server, measure it and stop it."""
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        start = first_response(process, started)
        load(script, WARM_UP)
        per_second = load(script, SECONDS)
        status = Path(f"/proc/{process.pid}/status").read_text(encoding="ascii")
        peak = re.search(r"VmHWM:\s+(\d+) kB", status)
        return Run(per_second, start, int(peak[1]) / 1024 if peak else 0.0)
    finally:
        process.terminate()
        process.wait()


def main(folder: str | None, rounds: int) -> int:
    """Print the table; return 1 if the mock misses a mark."""
    if shutil.which("wrk") is None:
        print("this needs wrk; install Debian's package wrk", file=sys.stderr)
        return 2
    prism = Path(folder or "", "node_modules/.bin/prism")
    if not prism.is_file():
        print(f"without Prism: {prism} does not exist; npm install --prefix FOLDER @stoplight/prism-cli@5.16.0")
    servers = commands(prism if prism.is_file() else None)
    with tempfile.TemporaryDirectory() as temporary:
        script = Path(temporary) / "post.lua"
        lines = ['wrk.method = "POST"', f"wrk.body = {json.dumps(BODY)}"]
        lines += [f'wrk.headers["{name}"] = "{value}"' for name, value in HEADERS.items()]
        script.write_text("\n".join(lines), encoding="utf-8")
        runs = [{name: measure(command, script) for name, command in servers.items()} for _ in range(rounds)]
    print(f"{rounds} rounds, {CONNECTIONS} connections, median of each\n\n        requests/s   start    peak RSS")
    rates = {name: median(each[name].per_second for each in runs) for name in servers}
    starts = {name: median(each[name].start for each in runs) for name in servers}
    for name in servers:
        peak = max(each[name].peak for each in runs)
        print(f"{name:6}  {rates[name]:10.0f}  {starts[name]:5.2f} s  {peak:6.0f} MiB")
    # Servers are compared within a round, because other load on the machine changes from round to round.
    bare = median(each["mock"].per_second / each["bare"].per_second for each in runs)
    verdicts = {f"{bare:.2f} × bare (at least {TIMES_BARE})": bare >= TIMES_BARE}
    verdicts[f"starts in {starts['mock']:.2f} s (under {LATEST:.0f} s)"] = starts["mock"] < LATEST
    if "Prism" in servers:
        ratio = median(each["mock"].per_second / each["Prism"].per_second for each in runs)
        verdicts[f"{ratio:.1f} × Prism (at least {TIMES_PRISM:.0f})"] = ratio >= TIMES_PRISM
    print()
    for text, reached in verdicts.items():
        print(f"{'reached' if reached else 'missed ':8} {text}")
    return int(not all(verdicts.values()))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--serve"]:
        SERVERS[sys.argv[2]]()
    else:
        sys.exit(main(sys.argv[1] if sys.argv[1:] else None, int(sys.argv[2]) if sys.argv[2:] else 5))
