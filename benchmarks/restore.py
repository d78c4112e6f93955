"""Measures a restore of a large workspace into an empty one: `python benchmarks/restore.py [JOBS]`.

Two mocks in processes of their own: one has 10,000 jobs, as many scripts, and 200 resources, and is backed up; the
other one is empty, with its object storage over HTTP. Printed are the requests, the time, the time of this process's
processor, and how much longer the restore took than it waited for others. More requests than 100 jobs cost, a restore
that is not complete, and an object that is left in the bucket end the program.
"""

from __future__ import annotations

import multiprocessing
import shutil
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import obstore
from obstore.store import S3Store

from jobexport import DgcClient
from jobexport.backup import backup_workspace, plan_restore, restore_workspace

sys.path.insert(0, str(Path(__file__).parent))
from backup import EDITION, PROJECT, serve_workspace

if TYPE_CHECKING:
    from multiprocessing.connection import Connection


def serve_empty(pipe: Connection) -> None:
    """Serve an empty workspace until something comes through the pipe; send its address and keys."""
    from jobexport.mock import State, serve
    from jobexport.mock.state.values import ProjectState, WorkspaceState

    state = State({PROJECT: ProjectState(workspaces={"default": WorkspaceState()})})
    with serve(EDITION, state=state) as server:
        pipe.send((server.url, server.token, server.access_key, server.secret_key))
        pipe.recv()


def bucket(url: str, access_key: str, secret_key: str) -> S3Store:
    """Return a bucket in the object storage of a mock."""
    return S3Store(
        "bucket",
        endpoint=f"{url}/_mock/obs",
        access_key_id=access_key,
        secret_access_key=secret_key,
        region="us-east-1",
        virtual_hosted_style_request=False,
        client_options={"allow_http": True},
    )


def main(count: int = 10_000) -> None:
    """Back up, restore, and plan once more."""
    context = multiprocessing.get_context("spawn")
    pipes = [multiprocessing.Pipe() for _ in range(2)]
    full = context.Process(target=serve_workspace, args=(pipes[0][1], count, 0))
    empty = context.Process(target=serve_empty, args=(pipes[1][1],))
    full.start()
    empty.start()
    folder = Path(tempfile.mkdtemp(prefix="restore-"))
    try:
        url, token = pipes[0][0].recv()
        with DgcClient(PROJECT, auth=token, base_url=url) as client:
            if not backup_workspace(client, folder, edition=EDITION).complete:
                raise SystemExit("the backup is not complete")
        url, token, *keys = pipes[1][0].recv()
        store = bucket(url, *keys)
        requests: Counter[str] = Counter()

        def count_request(request: httpx.Request) -> None:
            kind, *rest = request.url.path.removeprefix(f"/v1/{PROJECT}/").split("/")
            requests[
                f"{request.method} {kind}/{rest[0]}" if kind == "jobs" and rest else f"{request.method} {kind}"
            ] += 1

        http = httpx.Client(event_hooks={"request": [count_request]}, timeout=60, trust_env=False)
        with DgcClient(PROJECT, auth=token, base_url=url, http_client=http) as client:
            begin, cpu = time.perf_counter(), time.process_time()
            result = restore_workspace(client, folder, obs_dir="bucket/in", store=store)
            wall, used = time.perf_counter() - begin, time.process_time() - cpu
            print(f"restore: {result.sentence()}; {wall:.1f} s, {used:.1f} s CPU, {wall / (wall - used):.2f} × waiting")
            print("   ", dict(requests))
            groups = -(-count // 100)
            if not result.complete or obstore.list(store).collect():
                raise SystemExit("the restore is not complete, or has left a zip in the bucket")
            if requests["POST jobs/import"] > groups or requests["POST jobs/batch-export"] > groups:
                raise SystemExit(f"more than {groups} imports, or more than {groups} requests to read them back")
            begin = time.perf_counter()
            plan = plan_restore(client, folder)
            print(f"plan of an equal workspace: {plan.sentence()}; {time.perf_counter() - begin:.1f} s")
            if plan.chosen():
                raise SystemExit("a second restore would change something")
    finally:
        for (ours, _), process in zip(pipes, (full, empty), strict=True):
            ours.send(None)
            process.join()
        shutil.rmtree(folder)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
