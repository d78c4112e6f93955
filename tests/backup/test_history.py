"""Backups after any history: what is fetched step by step is what a full backup fetches at the end."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from jobexport.backup import diff, verify
from tests.backup.making.folders import contents

if TYPE_CHECKING:
    from pathlib import Path

    from tests.backup.making.workspace import Workspace

NAMES = ("a", "A", "b", "c", "con", "d.e", "x" * 128)


def edit(workspace: Workspace, chance: random.Random) -> None:
    """Create, change or delete something."""
    name = chance.choice(NAMES)
    match chance.randrange(6):
        case 0 | 1:
            kind = chance.choice(["BATCH", "REAL_TIME"])
            workspace.job(name, processType=kind, params=[{"name": "p", "value": str(chance.randrange(9))}])
        case 2:
            workspace.script(name, f"SELECT {chance.randrange(9)};\n", type=chance.choice(["HiveSQL", "Shell"]))
        case 3:
            workspace.resource(name[:32], location=f"obs://b/{chance.randrange(9)}.jar")
        case 4:
            workspace.jobs.pop(name, None)
        case _:
            workspace.scripts.pop(name, None)


@pytest.mark.parametrize("seed", range(2))
def test_step_by_step_is_the_same_as_at_once(workspace: Workspace, tmp_path: Path, seed: int) -> None:
    """After each of many random edits, the backup has the bytes of a full backup of the workspace as it is then."""
    chance = random.Random(seed)  # noqa: S311  # the same edits each time
    for night in range(8):
        for _ in range(chance.randrange(1, 9)):
            edit(workspace, chance)
        workspace.put()
        assert workspace.back_up(tmp_path / "steps", prune=True, max_shrink=1.0).complete
        assert workspace.back_up(tmp_path / f"full-{night}").complete
        assert contents(tmp_path / "steps") == contents(tmp_path / f"full-{night}"), night
        assert diff(tmp_path / "steps", tmp_path / f"full-{night}").equal
    assert verify(tmp_path / "steps").level == 1
