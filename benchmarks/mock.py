"""Requests a second, start and memory of the mock, beside a bare Starlette route and Prism.

All respond to the DLI export on loopback, each in a process of its own, and take turns. Prism and the mock check the
request against otc-2026. The bare route only parses it and responds with a constant of the same size, on uvicorn with
the mock's settings: its rate is the upper limit of the mock's rate. The mock stores its exports in memory, as in tests,
and the command in a folder. wrk makes the load (Debian's package wrk). Prism is installed by npm into .cache/prism, and
left out if that fails.

    python benchmarks/mock.py [--store]
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
from typing import TYPE_CHECKING

from attrs import frozen
from stored import Clock, Comparison, Goal, Result, SkippedError, compared, versions
from stored import run as run_benchmark

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from starlette.requests import Request

EDITION = "otc-2026"
BARE, MOCK, COMMAND = "bare Starlette", "jobexport mock", "the command, with a folder"
PORT = 18765
# The project and the token of the mock's examples.
PROJECT, TOKEN = "b384b9e9ab9b4ee8994c8633aabc9505", "example-token"
PATH = f"/v1.0/{PROJECT}/streaming/jobs/export"
BODY = json.dumps({"obs_dir": "obs-test", "is_selected": True, "job_selected": [100]})
HEADERS = {"Content-Type": "application/json", "X-Auth-Token": TOKEN}
RESPONSE = {"is_success": "true", "message": "Exported 1 job.", "zip_file": ["obs-test/aggregate_1582677879475.zip"]}
CONNECTIONS = 16
ROUNDS = 4
SECONDS = 4
WARM_UP = 1
PRISM = "@stoplight/prism-cli@5.16.0"


@frozen
class Run:
    """The measurements of one round of one server."""

    per_second: float
    start: float
    """Milliseconds from the start of the process to its first response."""
    peak: float
    """Largest resident set of the process in MiB."""


def serve_bare() -> None:
    """Serve the bare route, without any import of the project."""
    import uvicorn
    from starlette.applications import Starlette
    from starlette.responses import JSONResponse
    from starlette.routing import Route

    async def respond(request: Request) -> JSONResponse:
        await request.json()
        return JSONResponse(RESPONSE)

    app = Starlette(routes=[Route("/v1.0/{project_id}/streaming/jobs/export", respond, methods=["POST"])])
    uvicorn.run(
        app,
        port=PORT,
        http="httptools",
        # uvloop if it is installed, as in the mock.
        loop="auto",
        ws="none",
        lifespan="off",
        log_level="error",
        access_log=False,
        server_header=False,
    )


def serve_mock() -> None:
    """Serve the mock with its storage in memory, as the tests do."""
    from jobexport.mock import run

    run(EDITION, port=PORT, ready=lambda _: None)


def commands(prism: Path | None) -> dict[str, list[str]]:
    """Return the command line of each server."""
    from jobexport.spec.editions import editions

    found = {
        BARE: [sys.executable, __file__, "--serve-bare"],
        MOCK: [sys.executable, __file__, "--serve-mock"],
        COMMAND: [sys.executable, "-m", "jobexport", "mock", "--edition", EDITION, "--port", str(PORT)],
    }
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
    command = [
        "wrk",
        "-t1",
        f"-c{CONNECTIONS}",
        f"-d{seconds}s",
        "--timeout",
        "20s",
        "-s",
        str(script),
        f"http://127.0.0.1:{PORT}{PATH}",
    ]
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
        return Run(per_second, start * 1000, int(peak[1]) / 1024 if peak else 0.0)
    finally:
        process.terminate()
        process.wait()


def install_prism() -> Path | None:
    """Return the program of Prism, which npm installs if it is not there; None and a sentence if it can't be had."""
    folder = Path(__file__).parents[1] / ".cache" / "prism"
    program = folder / "node_modules/.bin/prism"
    if shutil.which("node") is None or shutil.which("npm") is None:
        print("without Prism, which needs node and npm; its stored figures stay", file=sys.stderr)
        return None
    if not program.is_file():
        command = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(folder), PRISM]
        done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=300)
        if done.returncode:
            print("without Prism, as npm could not install it; its stored figures stay", file=sys.stderr)
            return None
    return program


def comparisons(runs: list[dict[str, Run]], *names: str) -> list[Comparison]:
    """Compare servers by the three measurements."""

    def of(figure: Callable[[Run], float]) -> list[dict[str, float]]:
        return [{name: figure(each[name]) for name in names} for each in runs]

    ours = {MOCK, COMMAND}
    rate = {MOCK: Goal("ratio", least=0.6 if BARE in names else 6)}
    start = {MOCK: Goal("value", most=1000)} if BARE in names else {}
    title = f"DLI exports a second, {CONNECTIONS} connections"
    return [
        compared("requests", title, "requests/s", of(lambda run: run.per_second), ours=ours, better="more", goals=rate),
        compared("start", "Start to first response", "ms", of(lambda run: run.start), ours=ours, goals=start),
        compared("memory", "Largest resident set", "MiB", of(lambda run: run.peak), ours=ours),
    ]


def measure_all(_: list[str]) -> Iterator[Result]:
    """Measure all servers by turns."""
    if shutil.which("wrk") is None:
        raise SkippedError("the mock is not measured without wrk; install Debian's package wrk")
    clock, servers = Clock(), commands(install_prism())
    with tempfile.TemporaryDirectory() as temporary:
        script = Path(temporary) / "post.lua"
        lines = ['wrk.method = "POST"', f"wrk.body = {json.dumps(BODY)}"]
        lines += [f'wrk.headers["{name}"] = "{value}"' for name, value in HEADERS.items()]
        script.write_text("\n".join(lines), encoding="utf-8")
        runs = [{name: measure(command, script) for name, command in servers.items()} for _ in range(ROUNDS)]
    yield clock.result("mock", versions("uvicorn", "starlette", "uvloop"), *comparisons(runs, BARE, MOCK, COMMAND))
    if "Prism" in servers:
        used = {"Prism": PRISM.rpartition("@")[2], "Node": output("node", "--version").removeprefix("v")}
        yield clock.result("mock-prism", {**versions(), **used}, *comparisons(runs, "Prism", MOCK))


def output(*command: str) -> str:
    """Return what a command prints."""
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


if __name__ == "__main__":
    if sys.argv[1:] == ["--serve-bare"]:
        serve_bare()
    elif sys.argv[1:] == ["--serve-mock"]:
        serve_mock()
    else:
        sys.exit(run_benchmark(measure_all))
