"""The clients beside raw httpx and the vendor's SDK: imports, one call, 300 jobs, a zip of 100 MiB.

The servers are processes of their own on the loopback interface; compared ways take turns in one run. Each way of
receiving runs in a fresh process, which notes its peak memory after the imports and again at its end. Files are written
to the folder for temporary files, which TMPDIR names.

    python benchmarks/client.py [import] [call] [jobs] [zip] [--store]
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from stored import Clock, Comparison, Goal, Result, SkippedError, compared, run, versions

if TYPE_CHECKING:
    from collections.abc import Iterator

# This process imports neither httpx nor a client: Linux hands its peak memory down to the processes it starts.

WAYS = [sys.executable, "-W", "ignore", str(Path(__file__).with_name("client_ways.py"))]
STATEMENTS = {
    "httpx": "import httpx",
    "httpx and attrs": "import httpx, attrs",
    "jobexport": "import jobexport",
    "jobexport_api": "import jobexport_api",
    "jobexport_api, one operation": "import jobexport_api.api.dgc.export_job",
    "DgcClient and DliClient": "from jobexport import DgcClient, DliClient",
    "the vendor's SDK, both services": "import huaweicloudsdkdgc.v1, huaweicloudsdkdli.v1",
}
SDK = "the vendor's SDK"


@contextlib.contextmanager
def served(what: str) -> Iterator[str]:
    """Run a server in a process; yield its address and credentials as JSON."""
    with subprocess.Popen([*WAYS, "serve", what], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        if process.stdin is None or process.stdout is None:
            raise AssertionError("both are pipes")
        try:
            yield process.stdout.readline()
        finally:
            process.stdin.close()
            process.terminate()


def child(*arguments: str) -> Any:
    """Run a way in a fresh process; return the JSON that it prints."""
    environment = {**os.environ, "NO_PROXY": "*"}
    done = subprocess.run([*WAYS, *arguments], env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout)


def imports() -> Iterator[Comparison]:
    """Compare imports in fresh interpreters, which all have warm byte code in a folder of their own."""
    environment = dict(os.environ)
    code = "from time import perf_counter as now\nstart = now()\n{}\nprint((now() - start) * 1000)"

    def milliseconds(statement: str) -> float:
        command = [sys.executable, "-W", "ignore", "-c", code.format(statement)]
        done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
        return float(done.stdout)

    with tempfile.TemporaryDirectory() as folder:
        environment["PYTHONPYCACHEPREFIX"] = folder
        rounds = [{name: milliseconds(statement) for name, statement in STATEMENTS.items()} for _ in range(16)][1:]
    goals = {
        "jobexport": Goal("ratio", most=1.15),
        "jobexport_api": Goal("ratio", most=1.15),
        "jobexport_api, one operation": Goal("ratio", most=1.15),
    }
    ours = {*goals, "DgcClient and DliClient"}
    yield compared("import", "Import in a fresh interpreter", "ms", rounds, ours=ours, goals=goals)


def calls() -> Iterator[Comparison]:
    """Compare one call of DLI over an open connection."""
    with served("mock") as server:
        taken = child("call", server)
    # The first calls open the connections.
    rounds = [{name: seconds[at] * 1e6 for name, seconds in taken.items()} for at in range(50, len(taken["httpx"]))]
    for id_, title, names in (
        ("call", "One DLI export over an open connection", ("httpx", "DliClient", SDK)),
        ("call-async", "The same, async", ("httpx, async", "AsyncDliClient")),
    ):
        chosen = [{name: each[name] for name in names} for each in rounds]
        goals = {names[1]: Goal("ratio", most=1.15)}
        yield compared(id_, title, "µs", _tenths(chosen), ours=goals, goals=goals)


def _tenths(rounds: list[dict[str, float]]) -> list[dict[str, float]]:
    """Return the medians of ten parts of many short rounds, whose ends would say nothing."""
    size = len(rounds) // 10
    parts = [rounds[start : start + size] for start in range(0, size * 10, size)]
    return [{name: median(each[name] for each in part) for name in rounds[0]} for part in parts]


def jobs() -> Iterator[Comparison]:
    """Compare the export of 300 jobs, for which the clients take zips of 100 jobs apart."""
    ours = ["DgcClient", "AsyncDgcClient", "DgcClient without fsync"]
    ways = ["httpx and zipfile", *ours, "httpx, zips of 100 jobs", f"{SDK}, zips of 100 jobs"]
    with served("mock") as server:
        rounds = [{way: child("export", way, server) for way in ways} for _ in range(6)][1:]
    title = "300 jobs, each in a zip of its own, four requests at a time, each response 50 ms late"
    seconds = [{way: each[way]["seconds"] for way in ways} for each in rounds]
    yield compared("jobs", title, "s", seconds, ours=ours)


def zips() -> Iterator[Comparison]:
    """Compare a zip of 100 MiB of random bytes, and a zip of text, which takes longer to check."""
    blocking = ["httpx", "DgcClient", "jobexport_api, stream", "jobexport_api, whole body", SDK]
    ways = [*blocking, "httpx, async", "AsyncDgcClient"]
    with served("random") as server:
        rounds = [{way: child("receive", way, server) for way in ways if way != SDK} for _ in range(4)]
        # It takes so long that once is enough.
        for each in rounds:
            each[SDK] = rounds[0][SDK] if SDK in rounds[0] else child("receive", SDK, server)
    with served("text") as server:
        text = [{way: child("receive", way, server)["seconds"] for way in ("httpx", "DgcClient")} for _ in range(3)]
    seconds = [{way: each[way]["seconds"] for way in ways} for each in rounds]
    added = [{way: each[way]["added"] for way in ways} for each in rounds]
    ours, goal = set(blocking[1:4]), {"DgcClient": Goal("ratio", most=1.3)}

    def of(taken: list[dict[str, float]], names: list[str]) -> list[dict[str, float]]:
        return [{name: each[name] for name in names} for each in taken]

    yield compared("zip", "A zip of 100 MiB to a file", "s", of(seconds, blocking), ours=ours, goals=goal)
    memory = {way: Goal("value", most=20) for way in ("DgcClient", "AsyncDgcClient", "jobexport_api, stream")}
    title = "Memory that it adds"
    yield compared(
        "zip-memory",
        title,
        "MiB",
        of(added, ways),
        ours=ours | memory.keys(),
        goals=memory,
        related=False,
    )
    names, goal = ["httpx, async", "AsyncDgcClient"], {"AsyncDgcClient": Goal("ratio", most=1.3)}
    yield compared("zip-async", "The same zip, async", "s", of(seconds, names), ours=goal, goals=goal)
    yield compared("zip-text", "A zip of text, which is inflated to be checked", "s", text, ours={"DgcClient"})


PARTS = {"import": imports, "call": calls, "jobs": jobs, "zip": zips}


def measure(parts: list[str]) -> Iterator[Result]:
    """Measure the parts, or all."""
    unknown = set(parts) - PARTS.keys()
    if unknown:
        raise SkippedError(f"no part {unknown.pop()!r}; the parts are {', '.join(PARTS)}")
    clock = Clock()
    found = [comparison for part in parts or PARTS for comparison in PARTS[part]()]
    used = versions("httpx", "attrs", "huaweicloudsdkcore", "huaweicloudsdkdgc", "huaweicloudsdkdli")
    yield clock.result("client", used, *found)


if __name__ == "__main__":
    sys.exit(run(measure))
