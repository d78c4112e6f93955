"""`python -m jobexport` beside the command."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

COMMAND = [str(Path(sysconfig.get_path("scripts")) / "jobexport")]
MODULE = [sys.executable, "-m", "jobexport"]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("editions",), 0),
        (("resolve", "no-such-edition"), 2),
        (("dgc", "export"), 2),
        (("drift", "page.md", "--edition", "otc-2024"), 1),
        (("--version",), 0),
    ],
)
def test_python_m_jobexport_is_the_command(arguments: tuple[str, ...], code: int, tmp_path: Path) -> None:
    """`python -m jobexport` has the output of the command, under its own name, and the same exit code."""
    page = "# Exporting\n\n## URI\n\nGET /v1.0/{project_id}/streaming/jobs/export\n"
    (tmp_path / "page.md").write_text(page, encoding="utf-8")
    command, module = (
        subprocess.run([*start, *arguments], cwd=tmp_path, capture_output=True, text=True, check=False)
        for start in (COMMAND, MODULE)
    )
    assert command.returncode == module.returncode == code
    assert module.stdout == command.stdout
    assert module.stderr == command.stderr.replace("jobexport dgc", "python -m jobexport dgc")
