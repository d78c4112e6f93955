"""The commands of docs/backup.md, in their order, against a mock."""

from __future__ import annotations

import re
import shlex
import shutil
from typing import TYPE_CHECKING

from click.testing import CliRunner

from jobexport.cli.commands import cli
from jobexport.mock import serve
from jobexport.spec.editions import CHECKOUT
from tests.backup.making.restoring import left

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

PAGE = CHECKOUT / "docs" / "backup.md"


def commands() -> list[list[str]]:
    """Return the commands of the page, without their program."""
    blocks = re.findall(r"```sh\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    lines = "".join(blocks).replace("\\\n", " ").splitlines()
    return [shlex.split(line, comments=True)[1:] for line in lines if line.startswith("jobexport ")]


def test_every_command_of_the_page_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each ends with 0 or, as `diff` may, with 1, and OBS is empty at the end."""
    monkeypatch.chdir(tmp_path)
    ran = set()
    with serve("otc-2026") as server:
        where = {"eu-de", "otc", "--cloud", "--region", "--to-workspace", "WORKSPACE_ID"}
        for command in commands():
            ran.add(" ".join(command[:2]))
            words = [word.replace("nightly_load", "myJob") for word in command if word not in where]
            if len(words) < len(command):
                words += ["--url", server.url, "--project", server.project_id]
            if "--obs" in words or "--obs-dir" in words:
                words += ["--obs-endpoint", f"{server.url}/_mock/obs"]
            environment = {
                "NO_PROXY": "*",
                "JOBEXPORT_TOKEN": server.token,
                "HUAWEICLOUD_SDK_AK": server.access_key,
                "HUAWEICLOUD_SDK_SK": server.secret_key,
            }
            result = CliRunner(env=environment).invoke(cli, words)
            assert result.exit_code in {0, int("diff" in words)}, (words, result.stderr)
            if "backup" in words and words[0] == "dgc":
                shutil.copytree("workspace", "last-week", dirs_exist_ok=True)
        assert left(server) == []
    assert ran >= {"dgc list", "dgc backup", "dgc verify", "dgc restore", "dgc diff", "dli backup", "dli restore"}
