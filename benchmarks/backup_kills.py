"""Kills backups at random points: `python benchmarks/backup_kills.py [--times 200] [--seed 1]`.

Each time a process begins a backup, of an empty folder or of one that is a night older, and gets SIGKILL within some
milliseconds after one of its steps on the disk or in the network; the steps are drawn from all that a whole backup
takes, so other load on the machine moves no kill. Then verify must find a whole backup, old or new or with parts still
missing, and the next run must end with the bytes of a run that nobody disturbed, without help. The first failure is
printed and ends the program.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import random
import shutil
import signal
import sys
import tempfile
import threading
import traceback
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jobexport import DgcClient
from jobexport.backup import backup_workspace, job_export, verify
from jobexport.client.shell import Shell
from jobexport.core.disk.folders import OpenFolder
from jobexport.errors import NotABackup

sys.path.insert(0, str(Path(__file__).parent.parent))  # the tests' helpers need the path
sys.path.insert(0, str(Path(__file__).parent))
from backup import PROJECT, serve_workspace

from tests.backup.making.kills import STEPS

if TYPE_CHECKING:
    from collections.abc import Callable

    from jobexport.backup import BackupResult

JOBS, CHANGED = 300, 100
SHOWN = 20
# So that a kill may come between the parts of a backup.
job_export.MOST_JOBS, job_export._INTERIM = 50, 100


def back_up(url: str, token: str, folder: Path) -> BackupResult:
    """Bring a backup up to date."""
    with DgcClient(PROJECT, auth=token, base_url=url) as client:
        return backup_workspace(client, folder)


def contents(folder: Path) -> dict[str, bytes]:
    """Return the files that git sees, by path."""
    paths = (path for path in folder.rglob("*") if path.is_file() and ".jobexport" not in path.parts)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def dying_at(number: int | None, seconds: float = 0.0) -> list[str]:
    """Count the steps of this process on the disk and in the network, and end it by SIGKILL so long after a step.

    Args:
        number: the step, from 1 on; None for no end.
        seconds: the time from the step's beginning to the end.
    """
    steps: list[str] = []

    def counted(name: str, method: Callable[..., Any]) -> Callable[..., Any]:
        def step(*args: Any, **options: Any) -> Any:
            steps.append(name)
            if len(steps) == number:
                threading.Timer(seconds, os.kill, (os.getpid(), signal.SIGKILL)).start()
            return method(*args, **options)

        return step

    for name in STEPS:
        setattr(OpenFolder, name, counted(name, getattr(OpenFolder, name)))
    Shell._take = counted("network", Shell._take)  # type: ignore[method-assign]  # to count its calls
    return steps


def forked(url: str, token: str, folder: Path, number: int | None, seconds: float = 0.0) -> int:
    """Back up in a process of its own; return its number of steps, or 0 if it was killed.

    Raises:
        SystemExit: the backup failed; its traceback is printed.
    """
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        # Whatever happens, the child must not go on with the work of its parent.
        try:
            steps = dying_at(number, seconds)
            back_up(url, token, folder)
            os.write(theirs, str(len(steps)).encode())
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    os.close(theirs)
    with os.fdopen(ours) as pipe:
        count = pipe.read()
    if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) > 0:
        raise SystemExit("a backup failed, see above")
    return int(count or 0)


def state(folder: Path) -> str:
    """Return what verify finds: `nothing`, `parts` or `whole`.

    Raises:
        SystemExit: the folder is mixed.
    """
    try:
        verdict = verify(folder)
    except NotABackup:
        return "nothing"
    others = [problem for problem in verdict.problems if problem.place != "jobexport-backup.json"]
    if others:
        raise SystemExit(f"{folder} is mixed: {others}")
    return "whole" if verdict.passed else "parts"


def main(times: int, seed: int) -> None:
    """Kill so many backups."""
    chance = random.Random(seed)  # noqa: S311  # the same moments each time
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=serve_workspace, args=(theirs, JOBS, 0))
    process.start()
    url, token = ours.recv()
    folder = Path(tempfile.mkdtemp(prefix="kills-"))
    found: Counter[str] = Counter()
    try:
        back_up(url, token, folder / "old")
        ours.send(CHANGED)
        ours.recv()
        shutil.copytree(folder / "old", folder / "night")
        steps = [forked(url, token, folder / name, None) for name in ("new", "night")]
        expected = contents(folder / "new")
        print(f"{steps[0]} steps of a first backup, {steps[1]} of a night", flush=True)
        for number in range(times):
            night = number % 2
            if night:
                shutil.copytree(folder / "old", folder / "x")
            at, seconds = chance.randint(1, steps[night]), chance.uniform(0, 0.005)
            was_killed = not forked(url, token, folder / "x", at, seconds)
            found[f"{'night' if night else 'first'}: {state(folder / 'x') if was_killed else 'over before'}"] += 1
            result = back_up(url, token, folder / "x")
            if not result.complete or contents(folder / "x") != expected:
                raise SystemExit(f"kill {number}: the next run does not end as an undisturbed one: {result}")
            shutil.rmtree(folder / "x")
            if (number + 1) % SHOWN == 0 or number + 1 == times:
                kinds = ", ".join(f"{count} {name}" for name, count in sorted(found.items()))
                print(f"{number + 1} kills, none mixed, none in the way of the next run: {kinds}", flush=True)
    finally:
        ours.send(None)
        process.join()
        shutil.rmtree(folder)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--times", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    main(given.times, given.seed)
