"""Names with their meanings, on a terminal and in a pipe."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

from jobexport.cli.commands import cli
from jobexport.mock import FAULTS
from jobexport.spec import editions

if TYPE_CHECKING:
    from collections.abc import Callable

TABLES = {
    "editions": {edition.id: edition.title for edition in editions()},
    "mock --list-faults": {f"{fault.id}{fault.argument_usage}": fault.sentence for fault in FAULTS.values()},
}


@pytest.fixture
def printed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., list[str]]:
    """A function that runs a command and returns the lines that it prints."""

    def run(command: str, *, terminal: bool) -> list[str]:
        monkeypatch.setattr("sys.stdout.isatty", lambda: terminal)
        monkeypatch.setattr("shutil.get_terminal_size", lambda *_: os.terminal_size((80, 24)))
        cli.main(command.split(), standalone_mode=False)
        return capsys.readouterr().out.splitlines()

    return run


@pytest.mark.parametrize("command", TABLES)
def test_a_terminal_of_80_columns_wraps_no_word(printed: Any, command: str) -> None:
    """No line is wider than 80 columns, and every meaning is there whole."""
    lines = printed(command, terminal=True)
    assert max(map(len, lines)) <= 80
    text = " ".join(" ".join(lines).split())
    for name, meaning in TABLES[command].items():
        assert f"{name} {meaning}" in text


@pytest.mark.parametrize("command", TABLES)
def test_a_pipe_gets_a_line_for_each_name(printed: Any, command: str) -> None:
    """A program that looks for a name finds its meaning in the same line."""
    lines = [" ".join(line.split()) for line in printed(command, terminal=False)]
    assert {f"{name} {meaning}" for name, meaning in TABLES[command].items()} <= set(lines)
