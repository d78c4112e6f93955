"""Backups of a large workspace on a mock, beside what the network allows.

A mock in a process of its own has 10,000 jobs, as many scripts, and 200 resources; every response comes 50 ms late. The
least time of a step is that of its requests, four at a time. Each step is printed with its requests, its time, the time
of this process's processor, its memory above the import, and its goals, which are for 10,000 jobs on an idle machine. A
number of requests above its goal ends the program. The rehearsal has its own mock in this process, so its figures hold
that, too.

    python benchmarks/backup.py [JOBS] [--store]
"""

from __future__ import annotations

import importlib
import multiprocessing
import os
import resource
import shutil
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
from attrs import frozen
from stored import Clock, Goal, Result, compared, run, versions

from jobexport import DgcClient
from jobexport.backup import backup_workspace, diff, diff_live, plan_restore, verify
from jobexport.cli.backup.rehearsing import rehearsed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from multiprocessing.connection import Connection

EDITION = "huaweicloud-intl-2026"
PROJECT = "p1"
OLD = 1_700_000_000_000
CONCURRENCY, LATENCY = 4, 0.05
MIB = 2**20


def serve_workspace(pipe: Connection, count: int, latency: float) -> None:
    """Serve a workspace until the pipe ends; each number that comes changes so many jobs and scripts."""
    from jobexport.core import strict_json
    from jobexport.mock import State, serve
    from jobexport.mock.state.values import DgcJob, ProjectState, WorkspaceState

    def job(number: int, edit: int) -> DgcJob:
        used = [{"name": "scriptName", "value": f"s{number}"}, {"name": "connectionName", "value": f"c{number % 50}"}]
        nodes = [
            {"name": f"n{node}", "type": "HiveSQL", "location": {"x": "1", "y": "2"}, "properties": used}
            for node in range(5)
        ]
        fields = {
            "name": f"j{number}",
            "nodes": nodes,
            "params": [{"name": "edit", "value": str(edit)}],
            "processType": "BATCH",
            "schedule": {"type": "EXECUTE_ONCE"},
        }
        return DgcJob.of(fields, {"lastUpdateTime": OLD + edit * 60_000, "status": "STOPPED"})

    def script(number: int, edit: int) -> bytes:
        text = f"-- {edit}\n" + "SELECT a, b, c FROM t WHERE d = 1;\n" * 20
        return strict_json.write(
            {"name": f"s{number}", "type": "HiveSQL", "connectionName": "c1", "content": text}
        ).encode()

    jobs = {f"j{number}": job(number, 0) for number in range(count)}
    scripts = {f"s{number}": script(number, 0) for number in range(count)}
    resources = {
        f"r{number}": strict_json.write(
            {"name": f"r{number}", "type": "jar", "location": f"obs://b/{number}.jar"}
        ).encode()
        for number in range(200)
    }
    edit = 0

    def state() -> State:
        return State({PROJECT: ProjectState(workspaces={"default": WorkspaceState(jobs, {}, scripts, resources)})})

    with serve(EDITION, state=state()) as server:
        if latency:
            server.core.set_faults(f"latency:{latency}@*")
        pipe.send((server.url, server.token))
        while (changed := pipe.recv()) is not None:
            edit += 1
            jobs |= {f"j{number}": job(number, edit) for number in range(changed)}
            scripts |= {f"s{number}": script(number, edit) for number in range(changed)}
            server.core.load(state())
            pipe.send(None)


@frozen
class Step:
    """What a step took."""

    requests: int
    received: int
    """Bytes of bodies."""
    seconds: float
    processor: float
    memory: float
    """MiB of the peak above the imports."""


class Counted(httpx.SyncByteStream):
    """A body whose bytes are counted."""

    def __init__(self, stream: httpx.SyncByteStream, count: Callable[[int], None]) -> None:
        self._stream, self._count = stream, count

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._stream:
            self._count(len(piece))
            yield piece

    def close(self) -> None:
        """Close the body."""
        self._stream.close()


class Meter(httpx.HTTPTransport):
    """Counts requests and bytes, and prints what each step took."""

    def __init__(self) -> None:
        super().__init__(limits=httpx.Limits(max_connections=10))
        self.requests = self.received = 0
        self.steps: dict[str, Step] = {}
        for name in ("live", "run", "restoring", "verification"):
            importlib.import_module(f"jobexport.backup.{name}")
        self.base = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Count a request, and the bytes of its response as they come."""
        self.requests += 1
        response = super().handle_request(request)
        if isinstance(response.stream, httpx.SyncByteStream):
            response.stream = Counted(response.stream, self._count)
        return response

    def _count(self, size: int) -> None:
        self.received += size

    @contextmanager
    def step(self, name: str, requests: int, goal: str = "") -> Iterator[None]:
        """Print the requests, the time and the memory of a step, and its goals.

        Raises:
            SystemExit: it sent more requests than it may.
        """
        self.requests, self.received, begin, cpu = 0, 0, time.perf_counter(), time.process_time()
        yield
        wall, used = time.perf_counter() - begin, time.process_time() - cpu
        peak = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - self.base) / 1024
        self.steps[name] = Step(self.requests, self.received, wall, used, peak)
        print(
            f"{name:20} {self.requests:4} requests (≤ {requests})  {wall:7.2f} s  {used:6.2f} s CPU  {peak:6.1f} MiB"
            f"{'  goal: ' if goal else ''}{goal}",
            flush=True,
        )
        if self.requests > requests:
            raise SystemExit(f"{name} sent {self.requests} requests, more than {requests}")


def synced(files: list[bytes], folder: Path) -> float:
    """Return the seconds that it takes to write files and wait for the disk, one after the other."""
    folder.mkdir()
    start = time.perf_counter()
    for number, content in enumerate(files):
        with (folder / str(number)).open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    return time.perf_counter() - start


def pages(count: int) -> int:
    """Return the requests of all lists: of jobs of both kinds, of scripts, of 200 resources."""
    return -(-count // 100) + 1 + -(-count // 100) + 2


def measured(count: int) -> tuple[dict[str, Step], int, float]:
    """Measure each step; return them, the bytes of the files of a full backup, and the time to write these files."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=serve_workspace, args=(theirs, count, LATENCY))
    process.start()
    url, token = ours.recv()
    folder = Path(tempfile.mkdtemp(prefix="backup-"))
    chunks, lists = -(-count // 100), pages(count)
    night = lists + -(-count // 100 // 100)
    limit = f"{night * LATENCY / CONCURRENCY * 1.25 + 1:.1f} s"
    meter = Meter()
    http = httpx.Client(transport=meter, timeout=60, trust_env=False)
    options: dict[str, Any] = {"auth": token, "base_url": url, "http_client": http}
    try:
        with DgcClient(PROJECT, **options) as client:
            with meter.step("full backup", lists + chunks, "64 MiB"):
                result = backup_workspace(client, folder / "a", edition=EDITION)
            print("   ", result.sentence())
            shutil.copytree(folder / "a", folder / "b")
            files = [path.read_bytes() for path in (folder / "b").rglob("*") if path.is_file()]
            disk = synced(files, folder / "c")
            ours.send(count // 100)
            ours.recv()
            with meter.step("night, 1 % changed", night, f"2 s CPU, {limit}, 64 MiB"):
                result = backup_workspace(client, folder / "a")
            print("   ", result.sentence())
            with meter.step("night, unchanged", lists):
                result = backup_workspace(client, folder / "a")
            print("   ", result.sentence())
            with meter.step("verify 0 and 1", 0, "2 s"):
                verdict = verify(folder / "a")
            print("   ", verdict.level, len(verdict.problems))
            with meter.step("diff, 1 % changed", 0):
                found = diff(folder / "a", folder / "b")
            print("   ", found.same, len(found.items))
            with meter.step("diff --live", lists + chunks):
                found = diff_live(client, folder / "b")
            print("   ", found.same, len(found.items))
            with meter.step("verify 3: a plan", lists + chunks):
                plan = plan_restore(client, folder / "b", policy="skip")
            print("   ", plan.sentence())
        with meter.step("verify 2: rehearsal", 0, "30 s"):
            rehearsal = rehearsed(verdict, None)
        print("   ", rehearsal.verdict.level, *rehearsal.verdict.problems[:3])
    finally:
        ours.send(None)
        process.join()
        shutil.rmtree(folder)
    return meter.steps, sum(map(len, files)), disk


def measure(arguments: list[str]) -> Iterator[Result]:
    """Measure each step, and compare it with its limit."""
    clock, count = Clock(), int(arguments[0]) if arguments else 10_000
    steps, written, disk = measured(count)
    least, ours = "requests × latency ÷ 4", "jobexport backup"
    found = []
    for id_, name in (("full", "full backup"), ("night", "night, 1 % changed"), ("unchanged", "night, unchanged")):
        step = steps[name]
        title = f"{name.capitalize()}: {count:,} jobs, {step.requests} requests of {LATENCY * 1000:g} ms"
        round_ = {least: step.requests * LATENCY / CONCURRENCY, ours: step.seconds}
        if id_ == "full":
            round_["its files, each on the disk"] = disk
        found.append(compared(id_, title, "s", [round_], ours={ours}))
    size = {"written to the folder": written / MIB, "received from the server": steps["full backup"].received / MIB}
    found.append(compared("bytes", "Bytes of the full backup", "MiB", [size], ours={"received from the server"}))
    own = {name: step.processor for name, step in steps.items()}
    found.append(compared("processor", "Time of the processor", "s", [own], ours=own, related=False))
    goal = {"full backup": Goal("value", most=64), "night, 1 % changed": Goal("value", most=64)}
    memory = {name: steps[name].memory for name in goal}
    found.append(compared("memory", "Memory above the imports", "MiB", [memory], ours=goal, goals=goal, related=False))
    yield clock.result("backup", versions("httpx"), *found)


if __name__ == "__main__":
    sys.exit(run(measure))
