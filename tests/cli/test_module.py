"""`python -m jobexport` beside the command."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

COMMAND = [str(Path(sysconfig.get_path("scripts")) / "jobexport")]


def results(start: list[str], arguments: tuple[str, ...], folder: Path) -> tuple[int, str, str]:
    """Return exit code and output of a program in a folder."""
    done = subprocess.run([*start, *arguments], cwd=folder, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


def test_a_new_interpreter_has_the_module_and_the_command(tmp_path: Path) -> None:
    """Both programs start as they are installed."""
    command, module = (
        results(COMMAND, ("--version",), tmp_path),
        results([sys.executable, "-m", "jobexport"], ("--version",), tmp_path),
    )
    assert command == module
    assert module[0] == 0


@pytest.mark.usefixtures("warm")
@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("editions",), 0),
        (("resolve", "no-such-edition"), 2),
        (("dgc", "export"), 2),
        (("drift", "page.md", "--edition", "otc-2024"), 1),
    ],
)
def test_python_m_jobexport_is_the_command(arguments: tuple[str, ...], code: int, tmp_path: Path) -> None:
    """`python -m jobexport` has the output of the command, under its own name, and the same exit code."""
    page = "# Exporting\n\n## URI\n\nGET /v1.0/{project_id}/streaming/jobs/export\n"
    (tmp_path / "page.md").write_text(page, encoding="utf-8")
    command, module = (
        results([sys.executable, *start], arguments, tmp_path) for start in (COMMAND, ["-m", "jobexport"])
    )
    assert command[0] == module[0] == code
    assert module[1] == command[1]
    assert module[2] == command[2].replace("jobexport dgc", "python -m jobexport dgc")
