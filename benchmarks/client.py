"""The clients beside raw httpx and the vendor's SDK: import, one call, a zip of 200 MiB, 2,000 jobs, the disk.

The mock is a process of its own on the loopback interface; compared clients take turns in one run. Figures are
medians, and the best of the rounds for the zip, where other work on the machine shows most. Each way of receiving the
zip runs in a fresh process, which notes its peak memory after the imports and again at its end.

Files are written to the folder for temporary files, which TMPDIR names.

    python benchmarks/client.py [import] [call] [zip] [jobs] [disk]
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import math
import os
import resource
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# The parent imports neither httpx nor a client: Linux hands its peak memory down to the processes it starts.

MIB = 1024 * 1024
SIZE = 200 * MIB
ROUNDS = 7
CALLS = 400
JOBS, CHUNK, LATENCY = 2000, 100, 0.05
THIS = [sys.executable, str(Path(__file__))]
FLINK = {"obs_dir": "obs-test", "is_selected": True, "job_selected": [100]}


def peak() -> float:
    """Return this process's peak memory in MiB."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / MIB


def serve(what: str) -> None:
    """Serve the jobs of a part, print the URL and the credentials, and end with standard input."""
    import base64

    from attrs import evolve

    from jobexport import mock

    state = mock.State.example()
    project = state.projects[mock.EXAMPLE_PROJECT]
    workspace = project.workspaces["default"]
    job = workspace.jobs["job_stream"]
    jobs, faults = dict(workspace.jobs), []
    if what in ("random", "text"):
        content = os.urandom(SIZE) if what == "random" else base64.b64encode(os.urandom(SIZE))
        jobs["myJob"] = evolve(job, name="myJob", content=content)
    if what == "jobs":
        jobs |= {f"job{number}": evolve(job, name=f"job{number}") for number in range(JOBS)}
        faults = [f"latency:{LATENCY}@batchExportJobs"]
    workspace = evolve(workspace, jobs=jobs)
    state = evolve(state, projects={mock.EXAMPLE_PROJECT: evolve(project, workspaces={"default": workspace})})
    with mock.serve("otc-2026", state=state, faults=faults) as server:
        keys = {"ak": server.access_key, "sk": server.secret_key, "project_id": server.project_id}
        print(json.dumps({"url": server.url, "token": server.token, "keys": keys}), flush=True)
        sys.stdin.read()


@contextlib.contextmanager
def served(what: str) -> Iterator[str]:
    """Run `serve` in a process; yield its output."""
    command = [*THIS, "serve", what]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        if process.stdin is None or process.stdout is None:
            raise AssertionError("both are pipes")
        try:
            yield process.stdout.readline()
        finally:
            process.stdin.close()


def child(*arguments: str) -> Any:
    """Run a part of this file in a fresh process; return the JSON that it prints."""
    environment = {**os.environ, "NO_PROXY": "*"}
    done = subprocess.run([*THIS, *arguments], env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout)


def vendor(server: dict[str, Any], service: str) -> tuple[Any, Any]:
    """Return a module of the vendor's SDK, and a client."""
    import importlib

    core: Any = importlib.import_module("huaweicloudsdkcore.auth.credentials")
    module: Any = importlib.import_module(f"huaweicloudsdk{service}.v1")
    client = {"dli": "DliClient", "dgc": "DgcClient"}[service]
    builder = getattr(module, client).new_builder().with_credentials(core.BasicCredentials(**server["keys"]))
    return module, builder.with_endpoint(server["url"]).build()


def part_import() -> list[str]:
    """Compare imports in fresh interpreters that take turns."""
    statements = [
        "import httpx",
        "import jobexport",
        "from jobexport import DgcClient, DliClient",
        "import jobexport_api.api.dgc.list_jobs",
        "import huaweicloudsdkdgc.v1, huaweicloudsdkdli.v1",
    ]
    code = "from time import perf_counter as now\nstart = now()\n{}\nprint(now() - start)"

    def seconds(statement: str) -> float:
        command = [sys.executable, "-W", "ignore", "-c", code.format(statement)]
        return float(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout)

    rounds = [{statement: seconds(statement) for statement in statements} for _ in range(15)]
    times = {statement: median(taken[statement] for taken in rounds[1:]) for statement in statements}
    print("\nimport                                                 median   of httpx")
    for statement, taken in times.items():
        print(f"  {statement:50} {taken * 1000:6.0f} ms   {taken / times['import httpx']:6.2f}")
    httpx, ours, _, operation, theirs = times.values()
    return [
        _limit("import jobexport, of httpx", ours / httpx, most=1.15),
        _limit("import of one operation, of httpx", operation / httpx, most=1.15),
        _limit("the vendor's, of import jobexport", theirs / ours, least=1.5),
    ]


def measure_call(server: dict[str, Any]) -> dict[str, float]:
    """Call exportFlinkJobs in each way, by turns; return the median seconds of each way."""
    import httpx

    from jobexport import AsyncDliClient, DliClient

    project, url, token = server["keys"]["project_id"], server["url"], server["token"]
    path = f"{url}/v1.0/{project}/streaming/jobs/export"
    module, sdk = vendor(server, "dli")
    body = module.ExportFlinkJobsRequestBody(obs_dir="obs-test", is_selected=True, job_selected=[100])
    request = module.ExportFlinkJobsRequest(body=body)
    http, dli = httpx.Client(), DliClient(project, auth=token, base_url=url)
    async_http, async_dli = httpx.AsyncClient(), AsyncDliClient(project, auth=token, base_url=url)
    headers = {"X-Auth-Token": token}
    loop = asyncio.new_event_loop()

    async def async_raw() -> Any:
        return (await async_http.post(path, json=FLINK, headers=headers)).raise_for_status().json()

    ways: dict[str, Callable[[], Any]] = {
        "httpx": lambda: http.post(path, json=FLINK, headers=headers).raise_for_status().json(),
        "DliClient": lambda: dli.export_flink_jobs("obs-test", [100]),
        "httpx, async": lambda: loop.run_until_complete(async_raw()),
        "AsyncDliClient": lambda: loop.run_until_complete(async_dli.export_flink_jobs("obs-test", [100])),
        "the vendor's SDK": lambda: sdk.export_flink_jobs(request),
    }
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(CALLS):
        for name, call in ways.items():
            start = time.perf_counter()
            call()
            taken[name].append(time.perf_counter() - start)
    loop.run_until_complete(async_http.aclose())
    loop.run_until_complete(async_dli.aclose())
    loop.close()
    return {name: median(times[50:]) for name, times in taken.items()}


def part_call() -> list[str]:
    """Compare one call of DLI over an open connection."""
    with served("example") as server:
        times = child("measure-call", server)
    print("\none DLI call                                           median   of httpx")
    for name, taken in times.items():
        base = times["httpx, async" if "sync" in name else "httpx"]
        print(f"  {name:50} {taken * 1e6:6.0f} µs   {taken / base:6.2f}")
    return [
        _limit("a call, of httpx", times["DliClient"] / times["httpx"], most=1.15),
        _limit("an async call, of httpx", times["AsyncDliClient"] / times["httpx, async"], most=1.15),
        _limit("the vendor's call, of DliClient's", times["the vendor's SDK"] / times["DliClient"], least=2),
    ]


def measure_zip(way: str, server: dict[str, Any]) -> dict[str, float]:
    """Receive the zip in one way; return the seconds and the memory added."""
    import httpx

    from jobexport import AsyncDgcClient, DgcClient

    project, url, token = server["keys"]["project_id"], server["url"], server["token"]
    module, sdk = vendor(server, "dgc") if way == "the vendor's SDK" else (None, None)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.zip"

        def raw() -> None:
            headers, sha256 = {"X-Auth-Token": token}, hashlib.sha256()
            target = f"{url}/v1/{project}/jobs/myJob/export"
            with (
                httpx.Client(timeout=60) as http,
                path.open("wb") as file,
                http.stream("POST", target, headers=headers) as response,
            ):
                for piece in response.raise_for_status().iter_bytes():
                    file.write(piece)
                    sha256.update(piece)

        async def async_raw() -> None:
            headers, sha256 = {"X-Auth-Token": token}, hashlib.sha256()
            target = f"{url}/v1/{project}/jobs/myJob/export"
            with path.open("wb") as file:
                async with (
                    httpx.AsyncClient(timeout=60) as http,
                    http.stream("POST", target, headers=headers) as response,
                ):
                    async for piece in response.raise_for_status().aiter_bytes():
                        file.write(piece)
                        sha256.update(piece)

        def ours() -> None:
            with DgcClient(project, auth=token, base_url=url) as dgc:
                dgc.export_job("myJob", to=path)

        async def ours_async() -> None:
            async with AsyncDgcClient(project, auth=token, base_url=url) as dgc:
                await dgc.export_job("myJob", to=path)

        def theirs() -> None:
            if module is None or sdk is None:
                raise AssertionError("both are there")
            response = sdk.export_job(module.ExportJobRequest(job_name="myJob", body=module.ExportJobReq()))
            path.write_bytes(response.raw_content)

        ways: dict[str, Callable[[], None]] = {
            "httpx": raw,
            "httpx, async": lambda: asyncio.run(async_raw()),
            "DgcClient": ours,
            "AsyncDgcClient": lambda: asyncio.run(ours_async()),
            "the vendor's SDK": theirs,
        }
        before, start = peak(), time.perf_counter()
        ways[way]()
        if path.stat().st_size < SIZE:
            raise AssertionError(f"{way}: {path.stat().st_size} bytes came")
        return {"seconds": time.perf_counter() - start, "added": peak() - before}


def part_zip() -> list[str]:
    """Compare a zip of 200 MiB of random bytes, and a zip of text, which takes longer to check."""
    results: dict[tuple[str, str], dict[str, float]] = {}
    bases = {"DgcClient": "httpx", "AsyncDgcClient": "httpx, async", "the vendor's SDK": "httpx"}
    ways = ["httpx", "DgcClient", "httpx, async", "AsyncDgcClient"]
    for what in ("random", "text"):
        with served(what) as server:
            # The first request waits for the mock to build the zip.
            child("measure-zip", "httpx", server)
            rounds = [{way: child("measure-zip", way, server) for way in ways} for _ in range(ROUNDS)]
            for way in ways:
                results[what, way] = {
                    "seconds": min(taken[way]["seconds"] for taken in rounds),
                    "added": max(taken[way]["added"] for taken in rounds),
                }
            if what == "random":
                results[what, "the vendor's SDK"] = child("measure-zip", "the vendor's SDK", server)

    def ratio(what: str, way: str) -> float:
        return results[what, way]["seconds"] / results[what, bases.get(way, way)]["seconds"]

    print("\na zip of 200 MiB                                         best   of httpx   memory added")
    for (what, way), result in results.items():
        figures = f"{result['seconds']:6.2f} s    {ratio(what, way):6.2f}   {result['added']:7.1f} MiB"
        print(f"  {way + ', ' + what:50} {figures}")
    return [
        line
        for way in ("DgcClient", "AsyncDgcClient")
        for line in (
            _limit(f"{way}'s zip, of httpx", ratio("random", way), most=1.3),
            _limit(f"{way}'s memory, MiB", results["random", way]["added"], most=20),
        )
    ]


def measure_jobs(way: str, concurrency: int, count: int, server: dict[str, Any]) -> dict[str, float]:
    """Export many jobs in one way; return the seconds and the memory added."""
    import httpx

    from jobexport import AsyncDgcClient, DgcClient

    project, url, token = server["keys"]["project_id"], server["url"], server["token"]
    names = [f"job{number}" for number in range(count)]
    headers = {"X-Auth-Token": token}
    with tempfile.TemporaryDirectory() as folder, httpx.Client() as http:

        def chunk(start: int) -> None:
            body = {"jobList": names[start : start + CHUNK]}
            path = Path(folder) / f"{start}.zip"
            target = f"{url}/v1/{project}/jobs/batch-export"
            with path.open("wb") as file, http.stream("POST", target, json=body, headers=headers) as response:
                file.writelines(response.raise_for_status().iter_bytes())

        def raw() -> None:
            with ThreadPoolExecutor(concurrency) as pool:
                list(pool.map(chunk, range(0, count, CHUNK)))

        def ours() -> None:
            with DgcClient(project, auth=token, base_url=url) as dgc:
                assert dgc.export_jobs(names, to=folder, concurrency=concurrency).succeeded  # noqa: S101

        async def ours_async() -> None:
            async with AsyncDgcClient(project, auth=token, base_url=url) as dgc:
                assert (await dgc.export_jobs(names, to=folder, concurrency=concurrency)).succeeded  # noqa: S101

        def hasty() -> None:
            for name in ("fsync", "posix_fadvise"):
                setattr(os, name, lambda *_: None)
            ours()

        ways: dict[str, Callable[[], None]] = {
            "httpx": raw,
            "DgcClient": ours,
            "DgcClient without fsync": hasty,
            "AsyncDgcClient": lambda: asyncio.run(ours_async()),
        }
        before, start = peak(), time.perf_counter()
        ways[way]()
        return {"seconds": time.perf_counter() - start, "added": peak() - before}


def part_disk() -> list[str]:
    """Compare 2,000 jobs with and without the wait for the disk, by turns; a busy disk shows in both."""
    ways = ["DgcClient without fsync", "DgcClient"]
    with served("jobs") as server:
        rounds = [
            {way: child("measure-jobs", way, "4", str(JOBS), server)["seconds"] for way in ways} for _ in range(9)
        ]
    times = {way: median(taken[way] for taken in rounds[1:]) for way in ways}
    ratios = [taken["DgcClient"] / taken["DgcClient without fsync"] for taken in rounds[1:]]
    print(f"\n{JOBS} jobs, to {tempfile.gettempdir()}                                   median")
    for way, seconds in times.items():
        print(f"  {way:50} {seconds:6.2f} s")
    return [_limit(f"{JOBS} jobs, of those without fsync, median of pairs", median(ratios), most=1.5)]


def make_files() -> float:
    """Return the seconds it takes to write as many temporary files as there are jobs."""
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        for number in range(JOBS):
            (Path(folder) / str(number)).write_bytes(b"x")
        return time.perf_counter() - start


def part_jobs() -> list[str]:
    """Compare 2,000 jobs in 20 chunks with 50 ms of latency with the ideal, which is the latency alone."""
    ways = ["httpx", "DgcClient", "AsyncDgcClient"]
    print(f"\n{JOBS} jobs, a zip each; httpx writes a zip per chunk       median   ideal   memory added")
    print(f"  {f'making {JOBS} files and nothing else':50} {make_files():6.2f} s")
    memory = {}
    with served("jobs") as server:
        for way in ways:
            child("measure-jobs", way, "4", str(JOBS), server)
        for concurrency in (1, 4, 10):
            ideal = math.ceil(JOBS / CHUNK / concurrency) * LATENCY
            rounds = [
                {way: child("measure-jobs", way, str(concurrency), str(JOBS), server) for way in ways} for _ in range(3)
            ]
            for way in ways:
                seconds = median(taken[way]["seconds"] for taken in rounds)
                memory[way, concurrency] = max(taken[way]["added"] for taken in rounds)
                label = f"{way}, concurrency {concurrency}"
                print(f"  {label:50} {seconds:6.2f} s  {ideal:5.2f} s  {memory[way, concurrency]:7.1f} MiB")
        few = child("measure-jobs", "DgcClient", "4", str(4 * CHUNK), server)["added"]
    grown = memory["DgcClient", 4] - few
    return [_limit(f"memory of {JOBS} jobs above that of {4 * CHUNK}, MiB", grown, most=10)]


def _limit(what: str, value: float, *, most: float | None = None, least: float | None = None) -> str:
    """Return a line with a figure and its limit, marked BROKEN if the figure breaks the limit."""
    kept = value <= most if most is not None else least is not None and value >= least
    limit = f"at most {most:g}" if most is not None else f"at least {least:g}"
    return f"  {what:50} {value:6.2f}   {limit}{'' if kept else '   BROKEN'}"


PARTS = {"import": part_import, "call": part_call, "zip": part_zip, "jobs": part_jobs, "disk": part_disk}


def main(parts: list[str]) -> int:
    """Print the tables and return 1 if a limit is broken."""
    print(f"Python {sys.version.split()[0]}, {os.cpu_count()} processors")
    lines = [line for part in parts or PARTS for line in PARTS[part]()]
    print("\nlimits\n" + "\n".join(lines))
    return int(any("BROKEN" in line for line in lines))


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["serve", what]:
            serve(what)
        case ["measure-call", server]:
            print(json.dumps(measure_call(json.loads(server))))
        case ["measure-zip", way, server]:
            print(json.dumps(measure_zip(way, json.loads(server))))
        case ["measure-jobs", way, concurrency, count, server]:
            print(json.dumps(measure_jobs(way, int(concurrency), int(count), json.loads(server))))
        case parts:
            sys.exit(main(parts))
