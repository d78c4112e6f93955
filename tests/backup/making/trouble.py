"""The rows of docs/backup-trouble.md: functions that make the trouble, and the exit codes that the page claims."""

from __future__ import annotations

import contextlib
import re
from typing import TYPE_CHECKING, Any

from attrs import define
from click.testing import CliRunner, Result

from jobexport.cli.commands import cli
from jobexport.spec.editions import CHECKOUT
from tests.backup.making.folders import contents
from tests.backup.making.restoring import empty
from tests.backup.making.workspace import PROJECT, Workspace
from tests.making.credentials import credentials

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from pathlib import Path

    import pytest

    Trouble = Callable[["Night", Any], Generator[tuple[str, ...], Result, None]]

_ROW = re.compile(r"\| (?P<what>[^|]+) \| (?P<then>[^|]+) \| (?P<code>\d+) \|")


def page(section: str) -> dict[str, int]:
    """Return the exit codes of a section's table, by what happens."""
    text = (CHECKOUT / "docs" / "backup-trouble.md").read_text(encoding="utf-8")
    (found,) = re.findall(rf"^## {section}\n(.*?)(?=^## |\Z)", text, re.DOTALL | re.MULTILINE)
    return {row["what"].strip(): int(row["code"]) for row in _ROW.finditer(found)}


@define
class Night:
    """A workspace with a backup in a folder, which a command is about to work on."""

    workspace: Workspace
    folder: Path
    patch: pytest.MonkeyPatch

    def run(self, *words: str) -> Result:
        """Run a command of `jobexport dgc` or, for `verify`, without a service."""
        server = self.workspace.server
        for name, value in credentials(server).items():
            self.patch.setenv(name, value)
        where = ["--url", server.url, "--project", PROJECT] if words[0] != "verify" else []
        if words[0] == "restore" and "-n" not in words:
            where += ["--obs", "obs://backups/in", "--obs-endpoint", f"{server.url}/_mock/obs"]
        return CliRunner().invoke(cli, ["dgc", *words, *where])

    def backup(self, *options: str) -> tuple[str, ...]:
        """Return the command that brings the backup up to date."""
        return "backup", "-o", str(self.folder), *options

    def restore(self, *options: str) -> tuple[str, ...]:
        """Return the command that restores the backup."""
        return "restore", str(self.folder), *options

    def check_recovered(self, fresh: Path) -> None:
        """Check that the next backup needs no help, and ends with the bytes of a new one."""
        result = self.workspace.back_up(self.folder, prune=True, max_shrink=1.0)
        assert result.complete, result
        assert self.workspace.back_up(fresh).complete
        assert contents(self.folder) == contents(fresh)

    def check_restored(self) -> None:
        """Check that the next restore needs no help but `--resume`, and that nothing is left to do then."""
        result = self.run(*self.restore("--resume"))
        assert result.exit_code == 0, result.stderr
        again = self.run(*self.restore("-n"))
        assert again.exit_code == 0, again.stderr
        assert "to create" not in again.stdout

    def emptied(self) -> None:
        """Leave the service with an empty workspace."""
        empty(self.workspace.server)


class Rows(dict[tuple[str, Any], "Trouble"]):
    """The functions of a section, by row and case."""

    def row(self, what: str, *cases: Any) -> Callable[[Trouble], Trouble]:
        """Return a decorator for the function of a row: it yields a command, and receives its result."""

        def add(trouble: Trouble) -> Trouble:
            self.update({(what, case): trouble for case in cases or (None,)})
            return trouble

        return add

    def ids(self) -> list[str]:
        """Return ids of tests."""
        return [f"{what}-{getattr(case, '__name__', case)}" for what, case in self]

    @property
    def names(self) -> set[str]:
        """The rows."""
        return {what for what, _ in self}


def happened(night: Night, trouble: Trouble, case: Any) -> Result:
    """Make a trouble, run the command in it, and let it end."""
    steps = trouble(night, case)
    result = night.run(*next(steps))
    with contextlib.suppress(StopIteration):
        steps.send(result)
    return result
