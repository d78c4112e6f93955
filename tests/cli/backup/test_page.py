"""The commands of docs/backup.md, in their order, against a mock."""

from __future__ import annotations

import re
import shlex
import shutil
from typing import TYPE_CHECKING

import httpx
from click.testing import CliRunner

from jobexport.cli.commands import cli
from jobexport.mock import serve
from jobexport.spec.editions import CHECKOUT
from tests.backup.making.restoring import left
from tests.drift.making.described import DESCRIBED
from tests.making.credentials import credentials

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import pytest

    from jobexport.mock import Server

PAGE = CHECKOUT / "docs" / "backup.md"


def lines(*, trial: bool) -> list[str]:
    """Return the lines of the page's blocks: those of the trial without an account, or all others."""
    blocks = re.findall(r"```sh\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    found = [block for block in blocks if ("-o trial" in block) is trial]
    return "".join(found).replace("\\\n", " ").splitlines()


def commands() -> list[list[str]]:
    """Return the commands of the page, without their program."""
    return [shlex.split(line, comments=True)[1:] for line in lines(trial=False) if line.startswith("jobexport ")]


def test_every_command_of_the_page_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each ends with 0 or, as `diff` may, with 1, and OBS is empty at the end."""
    monkeypatch.chdir(tmp_path)
    ran = set()
    with serve(DESCRIBED.documents["otc-2026"]) as server:
        where = {"eu-de", "otc", "--cloud", "--region", "--to-workspace", "WORKSPACE_ID"}
        for command in commands():
            ran.add(" ".join(command[:2]))
            words = [word.replace("nightly_load", "myJob") for word in command if word not in where]
            if len(words) < len(command):
                words += ["--url", server.url, "--project", server.project_id]
            if "--obs" in words or "--obs-dir" in words:
                words += ["--obs-endpoint", f"{server.url}/_mock/obs"]
            result = CliRunner(env=credentials(server)).invoke(cli, words)
            assert result.exit_code in {0, int("diff" in words)}, (words, result.stderr)
            if "backup" in words and words[0] == "dgc":
                shutil.copytree("workspace", "last-week", dirs_exist_ok=True)
        assert left(server) == []
    assert ran >= {"dgc list", "dgc backup", "dgc verify", "dgc restore", "dgc diff", "dli backup", "dli restore"}


def test_a_new_user_restores_a_job_by_six_commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The trial of the page: a backup of the mock, its proof, and a job that is lost and restored."""
    monkeypatch.chdir(tmp_path)
    environment: dict[str, str] = {"NO_PROXY": "*"}
    with serve(DESCRIBED.documents["otc-2026"]) as server:
        monkeypatch.setenv("NO_PROXY", "*")
        assert len(lines(trial=True)) <= 6
        for line in lines(trial=True):
            for name, value in environment.items():
                line = line.replace(f"${name}", value)
            program, *words = shlex.split(line.replace("http://127.0.0.1:8080", server.url))
            if program == "export":
                environment |= dict(word.split("=", 1) for word in words)
            elif program == "curl":
                assert "myJob" in jobs(server)
                header = words[words.index("-H") + 1].split(": ")
                method = words[words.index("-X") + 1]
                httpx.request(method, words[-1], headers=[(header[0], header[1])]).raise_for_status()
                assert "myJob" not in jobs(server)
            else:
                result = CliRunner(env=environment).invoke(cli, words)
                assert result.exit_code == 0, (words, result.stderr)
        assert "myJob" in jobs(server)
        assert left(server) == []


def jobs(server: Server) -> Mapping[str, object]:
    """Return the jobs of a mock."""
    return server.core.world.state.projects[server.project_id].workspaces["default"].jobs
