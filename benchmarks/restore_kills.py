"""Kills restores at random moments: `python benchmarks/restore_kills.py [--times 200] [--seed 1]`.

Each time `jobexport dgc restore` begins to restore a backup into an empty workspace, and gets SIGKILL at a moment that
is spread over the time that a whole restore takes. Then a restore with `resume`, in this process, must be complete, a
plan must have nothing to do, and the bucket and the journal must be empty. The first failure is printed and ends the
program.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import random
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections import Counter
from pathlib import Path

import httpx
import obstore

from jobexport import DgcClient
from jobexport.backup import backup_workspace, plan_restore, restore_workspace

sys.path.insert(0, str(Path(__file__).parent))
from backup import PROJECT, serve_workspace
from restore import bucket, serve_empty

JOBS = 250
SHOWN = 20
COMMAND = str(Path(sysconfig.get_path("scripts"), "jobexport"))


def main(times: int, seed: int) -> None:
    """Kill so many restores."""
    context = multiprocessing.get_context("spawn")
    pipes = [multiprocessing.Pipe() for _ in range(2)]
    full = context.Process(target=serve_workspace, args=(pipes[0][1], JOBS, 0))
    empty = context.Process(target=serve_empty, args=(pipes[1][1],))
    full.start()
    empty.start()
    folder = Path(tempfile.mkdtemp(prefix="restore-"))
    chance, seen = random.Random(seed), Counter[str]()  # noqa: S311  # the same moments each time
    try:
        url, token = pipes[0][0].recv()
        with DgcClient(PROJECT, auth=token, base_url=url) as client:
            backup_workspace(client, folder)
        url, token, *keys = pipes[1][0].recv()
        names = ("JOBEXPORT_TOKEN", "HUAWEICLOUD_SDK_AK", "HUAWEICLOUD_SDK_SK")
        environment = {**os.environ, "NO_PROXY": "*", **dict(zip(names, (token, *keys), strict=True))}
        command = [COMMAND, "dgc", "restore", str(folder), "--url", url, "--project", PROJECT]
        command += ["--obs", "obs://bucket/in", "--obs-endpoint", f"{url}/_mock/obs"]
        begin = time.perf_counter()
        subprocess.run(command, env=environment, capture_output=True, check=True)
        whole = time.perf_counter() - begin
        store = bucket(url, *keys)
        with DgcClient(PROJECT, auth=token, base_url=url) as client:
            for number in range(times):
                httpx.post(f"{url}/_mock/reset", trust_env=False).raise_for_status()
                process = subprocess.Popen(
                    command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
                )
                time.sleep(chance.uniform(0.2, 1.0) * whole)
                process.kill()
                seen["killed" if process.wait() else "over before"] += 1
                seen["with an open journal"] += bool(list(folder.glob(".jobexport/restore-*.json")))
                refused = any("go on with --resume" in problem for problem in plan_restore(client, folder).problems)
                seen["refused without --resume"] += refused
                result = restore_workspace(client, folder, obs_dir="bucket/in", store=store, resume=True)
                left = [found["path"] for found in obstore.list(store).collect()]
                open_ = list(folder.glob(".jobexport/restore-*.json"))
                if not result.complete or left or open_:
                    raise SystemExit(f"kill {number}: {result.sentence()} {result.failures} {left} {open_}")
                plan = plan_restore(client, folder)
                if plan.blocked or {item.standing for item in plan.items} != {"same"}:
                    raise SystemExit(f"kill {number}: items are missing or differ")
                if (number + 1) % SHOWN == 0 or number + 1 == times:
                    print(
                        f"{number + 1} kills, each resumed to a whole workspace of {JOBS} jobs: {dict(seen)}",
                        flush=True,
                    )
    finally:
        for (ours, _), server in zip(pipes, (full, empty), strict=True):
            ours.send(None)
            server.join()
        shutil.rmtree(folder)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--times", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    main(given.times, given.seed)
