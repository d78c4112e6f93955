"""Git itself, whatever the settings of its user are."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def git(repo: Path, *command: str) -> str:
    """Return what git prints for a command in a folder."""
    program = shutil.which("git")
    assert program, "these tests need git; install it"
    environment = {"PATH": os.environ["PATH"], "HOME": str(repo.parent), "GIT_CONFIG_NOSYSTEM": "1"}
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.org"]
    done = subprocess.run(
        [program, *identity, *command], cwd=repo, env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout


def committed(repo: Path) -> None:
    """Make a folder a repository, and commit all of it."""
    git(repo, "init", "--quiet")
    git(repo, "add", "--all")
    git(repo, "commit", "--quiet", "--message", "night 0")
