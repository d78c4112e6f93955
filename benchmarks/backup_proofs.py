"""Proves that `verify` accuses no clean backup and misses no bit, and that step by step is the same as at once.

`python benchmarks/backup_proofs.py [--backups 1000] [--bits 100] [--edits 1000] [--seed 1]`

1. So many folders with odd definitions, texts and names, each brought up to date once: verify must have no problem.
2. One bit of each of so many files of a backup, one after another: verify must name the file.
3. So many random edits of a mock's workspace, a backup after every few: it must have the bytes of a full backup of the
   workspace as it is then.

The first failure is printed and ends the program.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import tempfile
import time
from pathlib import Path

from jobexport.backup import diff, verify
from jobexport.mock import serve

# The tests' helpers need the path.
sys.path.insert(0, str(Path(__file__).parent.parent))
from tests.backup.making.folders import JOB, SCRIPT, backup, contents
from tests.backup.making.odd import odd_items
from tests.backup.making.workspace import EDITION, Workspace
from tests.backup.test_history import edit


def clean(count: int, chance: random.Random, folder: Path) -> None:
    """Write and verify clean backups."""
    for number in range(count):
        for night in range(2):
            backup(folder, *odd_items(chance), max_shrink=1.0, prune=chance.random() < 0.5)
            verdict = verify(folder)
            if verdict.problems:
                raise SystemExit(f"clean backup {number}, night {night}, is accused: {verdict.problems}")
        shutil.rmtree(folder)


def bits(count: int, chance: random.Random, folder: Path) -> None:
    """Change one bit of each file of a backup, and verify it."""
    backup(
        folder, {f"j{number}": JOB for number in range(count)}, {f"s{number}": SCRIPT for number in range(count // 2)}
    )
    paths = sorted(path for path in contents(folder) if "/" in path)
    for path in chance.sample(paths, count):
        file = folder / path
        content = file.read_bytes()
        at, bit = chance.randrange(len(content)), chance.randrange(8)
        file.write_bytes(content[:at] + bytes([content[at] ^ 1 << bit]) + content[at + 1 :])
        verdict = verify(folder)
        if verdict.level is not None or {problem.place for problem in verdict.problems} != {path}:
            raise SystemExit(f"bit {bit} of byte {at} of {path}: {verdict.problems}")
        file.write_bytes(content)
    shutil.rmtree(folder)


def history(count: int, chance: random.Random, folder: Path) -> int:
    """Edit a workspace, and back it up after every few edits; return the number of backups."""
    nights = edits = 0
    with serve(EDITION) as server:
        workspace = Workspace(server)
        while edits < count:
            for _ in range(chance.randrange(1, 9)):
                edit(workspace, chance)
                edits += 1
            workspace.put()
            complete = workspace.back_up(folder / "steps", prune=True, max_shrink=1.0).complete
            complete = workspace.back_up(folder / "full").complete and complete
            if not complete or contents(folder / "steps") != contents(folder / "full"):
                raise SystemExit(f"after {edits} edits and {nights} nights the backup is not a full one")
            if not diff(folder / "steps", folder / "full").equal or verify(folder / "steps").problems:
                raise SystemExit(f"after {edits} edits and {nights} nights the backup is not sound")
            shutil.rmtree(folder / "full")
            nights += 1
    return nights


def main(backups: int, changed: int, edits: int, seed: int) -> None:
    """Prove all three."""
    chance = random.Random(seed)  # noqa: S311  # the same cases each time
    folder = Path(tempfile.mkdtemp(prefix="proofs-"))
    try:
        begin = time.perf_counter()
        clean(backups, chance, folder / "clean")
        print(f"{2 * backups} verifications of {backups} clean backups: 0 false alarms, {_seconds(begin)}", flush=True)
        begin = time.perf_counter()
        bits(changed, chance, folder / "bits")
        print(f"one bit in each of {changed} files: each file named, no other, {_seconds(begin)}", flush=True)
        begin = time.perf_counter()
        nights = history(edits, chance, folder)
        print(
            f"{edits} random edits in {nights} nights: step by step = at once each time, {_seconds(begin)}", flush=True
        )
    finally:
        shutil.rmtree(folder)


def _seconds(begin: float) -> str:
    return f"{time.perf_counter() - begin:.0f} s"


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    for name, number in (("backups", 1000), ("bits", 100), ("edits", 1000), ("seed", 1)):
        parser.add_argument(f"--{name}", type=int, default=number)
    given = parser.parse_args()
    main(given.backups, given.bits, given.edits, given.seed)
