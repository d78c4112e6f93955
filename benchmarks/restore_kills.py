"""Kills restores at random moments: `python benchmarks/restore_kills.py [--times 200] [--seed 1]`.

Each time `jobexport dgc restore` begins to restore jobs of a backup with their scripts, in three imports, into an empty
workspace, and gets SIGKILL within some milliseconds after one of its steps on the disk or in the network. The steps are
drawn from all that a whole restore takes, half of them from the first on that the journal has an import. Then a restore
with `resume`, in this process, must be complete, a plan must have nothing to do, and the bucket and the journal must be
empty. The first failure is printed and ends the program.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import obstore

from jobexport import DgcClient
from jobexport.backup import backup_workspace, plan_restore, restore_workspace
from jobexport.backup.restore import packing

sys.path.insert(0, str(Path(__file__).parent))
from backup import PROJECT, serve_workspace
from restore import bucket, serve_empty

if TYPE_CHECKING:
    from obstore.store import S3Store

JOBS, SHOWN = 60, 20
packing.MOST_JOBS = 20  # type: ignore[attr-defined]  # so that there are three imports
PROGRAM = """
import sys
from pathlib import Path
number, seconds, folder, count, *words = sys.argv[1:]
sys.path.insert(0, folder)
from backup_kills import dying_at
import restore_kills  # for its number of jobs of an import
from jobexport.cli.commands import cli
steps = dying_at(int(number), float(seconds))
try:
    cli(words)
finally:
    Path(count).write_text(f"{len(steps)} {steps.index('create') + 1}")
"""


def journals(folder: Path) -> list[Path]:
    """Return the open journals of restores."""
    return list(folder.glob("backup/.jobexport/restore-*.json"))


def refused(client: DgcClient, folder: Path, jobs: list[str]) -> bool:
    """Return whether a restore without `resume` is refused."""
    problems = plan_restore(client, folder / "backup", jobs).problems
    return any("go on with --resume" in problem for problem in problems)


def wrong_after_resume(client: DgcClient, folder: Path, jobs: list[str], store: S3Store) -> str:
    """Resume a restore; return what is wrong then, or an empty text."""
    result = restore_workspace(client, folder / "backup", jobs, obs_dir="bucket/in", store=store, resume=True)
    left = [found["path"] for found in obstore.list(store).collect()]
    if not result.complete or left or journals(folder):
        return f"{result.sentence()} {result.failures} {left} {journals(folder)}"
    plan = plan_restore(client, folder / "backup", jobs)
    whole = not plan.blocked and {item.standing for item in plan.items} == {"same"}
    return "" if whole else "items are missing or differ"


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
            backup_workspace(client, folder / "backup")
        url, token, *keys = pipes[1][0].recv()
        names = ("JOBEXPORT_TOKEN", "HUAWEICLOUD_SDK_AK", "HUAWEICLOUD_SDK_SK")
        environment = {**os.environ, "NO_PROXY": "*", **dict(zip(names, (token, *keys), strict=True))}
        jobs = [f"j{number}" for number in range(JOBS)]
        words = ["dgc", "restore", str(folder / "backup"), *jobs, "--url", url, "--project", PROJECT]
        words += ["--obs", "obs://bucket/in", "--obs-endpoint", f"{url}/_mock/obs"]

        def run(number: int, seconds: float) -> int:
            command = [sys.executable, "-c", PROGRAM, str(number), str(seconds), str(Path(__file__).parent)]
            command += [str(folder / "steps"), *words]
            return subprocess.run(command, env=environment, capture_output=True, check=False).returncode

        if run(0, 0):
            raise SystemExit("a restore that nobody disturbs fails")
        steps, begun = map(int, (folder / "steps").read_text().split())
        print(f"{steps} steps of a restore, imports from step {begun} on", flush=True)
        store = bucket(url, *keys)
        with DgcClient(PROJECT, auth=token, base_url=url) as client:
            for number in range(times):
                httpx.post(f"{url}/_mock/reset", trust_env=False).raise_for_status()
                status = run(chance.randint(begun if number % 2 else 1, steps), chance.uniform(0, 0.005))
                seen["killed" if status == -signal.SIGKILL else "over before"] += 1
                seen["with an open journal"] += bool(journals(folder))
                seen["refused without --resume"] += refused(client, folder, jobs)
                if problem := wrong_after_resume(client, folder, jobs, store):
                    raise SystemExit(f"kill {number}: {problem}")
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
