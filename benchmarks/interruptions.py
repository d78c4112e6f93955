"""Kills, cancellations and crowds: what an export of many jobs leaves, and how many tokens it fetches.

- kill: `kill -9` at random moments of an export of 300 jobs. Every zip is whole then; the same call goes on, fetches
  nothing twice that is there, and leaves no temporary file.
- cancel: a task that is cancelled, twice or again and again by a scope of anyio, at random moments. Once it has
  returned, no file appears or vanishes, no thread of it runs, and the folder is free.
- crowd: 64 threads on one client, and 500 tasks on another one, fetch one token each.

The moments are spread over the time that a whole export takes.

    python benchmarks/interruptions.py [--times 50] [--seed 1] [kill] [cancel] [crowd]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import os
import random
import subprocess
import sys
import tempfile
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anyio

from jobexport import AsyncDgcClient, DgcClient, mock
from jobexport.core.disk.files import locked

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

COUNT = 300
NAMES = [f"job{number}" for number in range(COUNT)]
PROGRAM = """
import sys
from jobexport import DgcClient
url, token, project, folder, count = sys.argv[1:]
with DgcClient(project, auth=token, base_url=url) as dgc:
    print("go", flush=True)
    dgc.export_jobs([f"job{number}" for number in range(int(count))], to=folder)
"""


def serve() -> Any:
    """Start a mock with the jobs."""
    project = mock.EXAMPLE_PROJECT
    text = os.urandom(8000).hex()
    files = {f"{project}/workspaces/default/jobs/{name}.job": {"name": name, "text": text} for name in NAMES}
    return mock.serve("otc-2026", state=mock.State.example(project).with_files(files))


def whole(folder: Path) -> set[str]:
    """Return the jobs whose zips are there.

    Raises:
        AssertionError: a zip is not whole.
    """
    for path in folder.glob("*.zip"):
        with zipfile.ZipFile(path) as archive:
            if archive.testzip() is not None or f"jobs/{path.stem}/{path.stem}.job" not in archive.namelist():
                raise AssertionError(f"{path} is not whole")
    return {path.stem for path in folder.glob("*.zip")}


def part_kill(server: Any, times: int) -> list[str]:
    """Kill exports; return the faults."""
    faults, were_there, left = [], [], 0

    def started(folder: Path) -> subprocess.Popen[bytes]:
        arguments = [server.url, server.token, server.project_id, str(folder), str(COUNT)]
        process = subprocess.Popen([sys.executable, "-c", PROGRAM, *arguments], stdout=subprocess.PIPE)
        if process.stdout is not None:
            process.stdout.readline()
        return process

    with tempfile.TemporaryDirectory() as place:
        lengths = []
        for number in range(3):
            begun = time.monotonic()
            started(Path(place, f"whole{number}")).wait()
            lengths.append(time.monotonic() - begun)
        length = min(lengths)
        for number in range(times):
            folder = Path(place, str(number))
            with started(folder) as process:
                time.sleep(random.uniform(0, length))  # noqa: S311  # a moment, not a secret
                process.kill()
            # Requests of the killed run must not be counted with those of the next one.
            time.sleep(0.2)
            there = whole(folder)
            left += sum(1 for path in folder.glob("*") if path.suffix != ".zip")
            server.core.reset()
            with DgcClient(server.project_id, auth=server.token, base_url=server.url) as dgc:
                result = dgc.export_jobs(NAMES, to=folder)
            fetched = [name for seen in server.core.requests for name in json.loads(seen.content)["jobList"]]
            names = sorted(path.name for path in folder.iterdir()) if folder.exists() else []
            if not result.succeeded or whole(folder) != set(NAMES):
                faults.append(f"kill {number}: the next run is not complete")
            if sorted(fetched) != sorted(set(NAMES) - there):
                faults.append(f"kill {number}: {len(fetched)} jobs fetched, with {len(there)} of {COUNT} there")
            if names != sorted(f"{name}.zip" for name in NAMES):
                faults.append(f"kill {number}: {set(names) - {f'{name}.zip' for name in NAMES}} is left")
            were_there.append(len(there))
    middle = sum(1 for count in were_there if 0 < count < COUNT)
    print(f"kill -9, {times} times in {length:.2f} s: {middle} in the middle of the zips, {left} half files removed")
    return faults


async def cancelled(call: Callable[[], Awaitable[Any]], way: str, wait: float) -> bool:
    """Cancel a call in one way; return False if it ended before."""
    if way == "scope":
        with anyio.move_on_after(wait) as scope:
            await call()
        return scope.cancelled_caught
    task = asyncio.ensure_future(call())
    await asyncio.sleep(wait)
    for _ in range(2 if way == "twice" else 1):
        task.cancel()
        await asyncio.sleep(0)
    try:
        await task
    except asyncio.CancelledError:
        return True
    return False


def part_cancel(server: Any, times: int) -> list[str]:
    """Cancel exports; return the faults."""
    faults: list[str] = []
    logged: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: logged.append(record.getMessage())  # type: ignore[method-assign]
    logging.getLogger("asyncio").addHandler(handler)

    def state(folder: Path) -> dict[str, int]:
        return {path.name: path.stat().st_mtime_ns for path in folder.glob("*")}

    async def part(way: str, place: Path) -> int:
        hits = 0
        async with AsyncDgcClient(server.project_id, auth=server.token, base_url=server.url) as dgc:
            lengths = []
            for number in range(3):
                begun = time.monotonic()
                await dgc.export_jobs(NAMES, to=place / f"whole{number}")
                lengths.append(time.monotonic() - begun)
            length = min(lengths)
            for number in range(times):
                folder = place / str(number)
                wait = random.uniform(0, length)  # noqa: S311
                hits += await cancelled(partial(dgc.export_jobs, NAMES, to=folder), way, wait)
                before = state(folder)
                await asyncio.sleep(0.05)
                if state(folder) != before:
                    faults.append(f"cancel {way} {number}: it went on")
                if any(not name.endswith(".zip") for name in before):
                    faults.append(f"cancel {way} {number}: a half file is left")
                if folder.exists():
                    whole(folder)
                    with locked(folder):
                        pass
        return hits

    for way in ("once", "twice", "scope"):
        with tempfile.TemporaryDirectory() as place:
            hits = asyncio.run(part(way, Path(place)))
        print(f"cancelled {way}: {hits} of {times} before their end")
    return faults + [f"asyncio logged: {text[:80]}" for text in logged]


def part_crowd(server: Any, _times: int) -> list[str]:
    """Share clients; return the faults."""
    fetched: list[str] = []

    def fetch() -> str:
        time.sleep(0.05)
        fetched.append(server.token)
        return str(server.token)

    async def tasks() -> None:
        async with AsyncDgcClient(server.project_id, auth=fetch, base_url=server.url) as dgc:
            await asyncio.gather(*(dgc.export_job("myJob", to=Path(place, f"a{number}")) for number in range(500)))

    faults = []
    with tempfile.TemporaryDirectory() as place:
        with DgcClient(server.project_id, auth=fetch, base_url=server.url) as dgc, ThreadPoolExecutor(64) as pool:
            list(pool.map(lambda number: dgc.export_job("myJob", to=Path(place, f"t{number}")), range(64)))
        threads = len(fetched)
        asyncio.run(tasks())
        files = len(list(Path(place).iterdir()))
    print(f"64 threads: {threads} token; 500 tasks: {len(fetched) - threads} token; {files} zips")
    if (threads, len(fetched), files) != (1, 2, 564):
        faults.append("crowd: not one token for each client, or not every zip")
    return faults


PARTS = {"kill": part_kill, "cancel": part_cancel, "crowd": part_crowd}


def main() -> int:
    """Print a line for each part, and the faults; return 1 if there are any."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--times", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("parts", nargs="*", metavar="part", help=", ".join(PARTS))
    given = parser.parse_args()
    random.seed(given.seed)
    os.environ["NO_PROXY"] = "*"
    faults = []
    with serve() as server:
        for name in given.parts or PARTS:
            faults += PARTS[name](server, given.times)
    print("\n".join(faults) or "no fault")
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(main())
