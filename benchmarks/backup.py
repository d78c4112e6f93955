"""Measures backups of a large workspace on a mock: `python benchmarks/backup.py [JOBS] [LATENCY_MS]`.

A mock in a process of its own has 10,000 jobs, as many scripts, and 200 resources; every response comes 50 ms late.
Each step is printed with its requests, its time, the time of this process's processor, and its memory above the import,
and beside them the goals, which are for 10,000 jobs on an idle machine. A number of requests above its goal ends the
program. The rehearsal has its own mock in this process, so its figures hold that, too.
"""

from __future__ import annotations

import importlib
import multiprocessing
import resource
import shutil
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx

from jobexport import DgcClient
from jobexport.backup import backup_workspace, diff, diff_live, plan_restore, verify
from jobexport.cli.backup.rehearsing import rehearsed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.connection import Connection

EDITION = "huaweicloud-intl-2026"
PROJECT = "p1"
OLD = 1_700_000_000_000


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


class Meter:
    """Prints what each step took."""

    def __init__(self) -> None:
        self.requests = 0
        for name in ("live", "run", "restoring", "verification"):
            importlib.import_module(f"jobexport.backup.{name}")
        self.base = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    def count(self, _: httpx.Request) -> None:
        """Count a request."""
        self.requests += 1

    @contextmanager
    def step(self, name: str, requests: int, goal: str = "") -> Iterator[None]:
        """Print the requests, the time and the memory of a step, and its goals.

        Raises:
            SystemExit: it sent more requests than it may.
        """
        self.requests, begin, cpu = 0, time.perf_counter(), time.process_time()
        yield
        wall, used = time.perf_counter() - begin, time.process_time() - cpu
        peak = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - self.base) / 1024
        print(
            f"{name:20} {self.requests:4} requests (≤ {requests})  {wall:7.2f} s  {used:6.2f} s CPU  {peak:6.1f} MiB"
            f"{'  goal: ' if goal else ''}{goal}",
            flush=True,
        )
        if self.requests > requests:
            raise SystemExit(f"{name} sent {self.requests} requests, more than {requests}")


def pages(count: int) -> int:
    """Return the requests of all lists: of jobs of both kinds, of scripts, of 200 resources."""
    return -(-count // 100) + 1 + -(-count // 100) + 2


def main(count: int = 10_000, latency: float = 0.05) -> None:
    """Measure each step."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=serve_workspace, args=(theirs, count, latency))
    process.start()
    url, token = ours.recv()
    folder = Path(tempfile.mkdtemp(prefix="backup-"))
    chunks, lists = -(-count // 100), pages(count)
    night = lists + -(-count // 100 // 100)
    limit = f"{night * latency / 4 * 1.25 + 1:.1f} s"
    meter = Meter()
    http = httpx.Client(event_hooks={"request": [meter.count]}, timeout=60, trust_env=False)
    options: dict[str, Any] = {"auth": token, "base_url": url, "http_client": http}
    try:
        with DgcClient(PROJECT, **options) as client:
            with meter.step("full backup", lists + chunks, "64 MiB"):
                result = backup_workspace(client, folder / "a", edition=EDITION)
            print("   ", result.sentence())
            shutil.copytree(folder / "a", folder / "b")
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


if __name__ == "__main__":
    main(*(int(value) if number == 0 else int(value) / 1000 for number, value in enumerate(sys.argv[1:])))  # type: ignore[arg-type]
