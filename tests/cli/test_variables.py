"""The environment variables: `--help` of each command names those that the command reads, and no others."""

from __future__ import annotations

import ast
import os
import re
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import click
import pytest
from click.testing import CliRunner

import jobexport
import jobexport.backup
from jobexport.cli.commands import cli
from jobexport.core import environment

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(jobexport.__file__).parent

# Upper-case words of the help texts that are not variables: abbreviations, and values of options.
ABBREVIATIONS = {"DGC", "DLI", "HTML", "JSON", "OBS", "URL", "YAML"}
METAVARS = {"ARG", "ARGS", "COMMAND", "NAME", "OPTIONS", "OPERATION"}

KEYS = {environment.ACCESS_KEY: "an-id", environment.SECRET_KEY: "a-key"}
S3 = {environment.S3_ACCESS_KEY: "an-id", environment.S3_SECRET_KEY: "a-key"}
JOB = ("dgc", "export", "myJob", "-o", "out")
FLINK = ("dli", "export", "--obs-dir", "bucket", "--all", "--download", "out")
# Each fails before it sends anything, and after it looked for the credentials.
CONNECTED: list[tuple[str, ...]] = [
    ("dgc", "list"),
    ("dgc", "backup", "-o", "no-such/folder"),
    ("dgc", "verify", "no-such-folder", "--live"),
    ("dgc", "diff", "no-such-folder", "--live"),
    ("dgc", "restore", "no-such-folder", "--obs", "obs://bucket/folder"),
    ("dgc", "task", "7"),
    ("dli", "list"),
    ("dli", "backup", "-o", "no-such/folder", "--obs-dir", "bucket/folder"),
    ("dli", "verify", "no-such-folder", "--live"),
    ("dli", "diff", "no-such-folder", "--live"),
    ("dli", "restore", "no-such-folder", "--obs-dir", "bucket/folder"),
]
LIVE = ("contract", "--url", "http://127.0.0.1:9", "--edition", "otc-2026", "--obs-dir", "d")

# Calls of each command that read different variables; no call starts or reaches a server.
CALLS: list[tuple[tuple[str, ...], dict[str, str]]] = [
    (("mock", "--edition", "no-such-edition", "--obs", "s3://bucket"), {}),
    (("mock", "--edition", "no-such-edition", "--obs", "s3://bucket"), S3),
    (LIVE, {}),
    (("contract", "--edition", "no-such-edition"), {}),
    (JOB, {}),
    (JOB, KEYS),
    (FLINK, {}),
    (FLINK, KEYS),
    *((call, keys) for call in CONNECTED for keys in ({}, KEYS)),
    (("drift", "no-such-page"), {}),
    (("editions",), {}),
    (("editions", "new", "otc-2027", "--like", "otc-2026", "no-such-page"), {}),
    (("resolve", "no-such-edition"), {}),
]


def commands(group: click.Group, *above: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Return each command under a group, and the words that call it."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, *above, name)
        else:
            yield (*above, name), command


COMMANDS = dict(commands(cli))


def helped(words: tuple[str, ...]) -> str:
    return CliRunner().invoke(cli, [*words, "--help"], terminal_width=1000).output


def named(words: tuple[str, ...]) -> set[str]:
    """Return the upper-case words with an underscore in a command's help."""
    return set(re.findall(r"\b[A-Z]+(?:_[A-Z0-9]+)+\b", helped(words)))


class Recorder(dict[str, str]):
    """An environment that notes which of the project's variables are looked up."""

    def __init__(self, known: dict[str, str]) -> None:
        super().__init__(known)
        self.asked: set[str] = set()

    def get(self, name: str, default: Any = None) -> Any:
        self.asked.add(name)
        return super().get(name, default)

    def __getitem__(self, name: str) -> str:
        self.asked.add(name)
        return super().__getitem__(name)


def asked_by(command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Return the variables of the project that a command looks up in all of its calls."""
    found: set[str] = set()
    for call, known in CALLS:
        if call[: len(command)] != command:
            continue
        others = {name: value for name, value in os.environ.items() if name not in environment.MEANINGS}
        recorder = Recorder(others | known)
        with monkeypatch.context() as patched:
            patched.setattr(os, "environ", recorder)
            # Only a backup that has passed is held to a service.
            patched.setattr(jobexport.backup, "verify", lambda _: SimpleNamespace(passed=True))
            CliRunner().invoke(cli, call)
        found |= recorder.asked & environment.MEANINGS.keys()
    return found


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_help_names_the_variables_that_the_command_reads(
    command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The names with an underscore in the help of a command are those that the command looks up when it runs."""
    assert any(call[: len(command)] == command for call, _ in CALLS)
    assert named(command) == asked_by(command, monkeypatch)


@pytest.mark.parametrize("command", [(), *COMMANDS], ids=" ".join)
def test_every_other_upper_case_word_of_the_help_is_known(command: tuple[str, ...]) -> None:
    """An upper-case word of a help text is a variable, a placeholder of the command, or a known abbreviation."""
    text = re.sub(r"\b[A-Z]{3}-\d{3}\b", "", helped(command))  # an id of the register, as an example
    words = set(re.findall(r"(?<![A-Za-z/_-])[A-Z][A-Z0-9_]{2,}\b", text)) - environment.MEANINGS.keys()
    allowed = set(ABBREVIATIONS) | METAVARS
    if command:
        context = click.Context(COMMANDS[command])
        shown = " ".join(parameter.make_metavar(context) for parameter in COMMANDS[command].params)
        allowed |= set(re.findall(r"[A-Z]{3,}", shown))
    assert words <= allowed


def test_every_variable_is_in_the_help_of_a_command() -> None:
    """Each variable has a command that names it, but for the one that the code sets itself."""
    assert {name for command in COMMANDS for name in named(command)} == {*environment.MEANINGS} - {
        environment.CONTRACT_RUN
    }


def test_the_environment_is_read_in_one_module() -> None:
    """Only `jobexport.core.environment` touches `os.environ`; options name their variables by its constants."""
    found = []
    for path in sorted(ROOT.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            touches = isinstance(node, ast.Attribute | ast.Name) and (
                (node.attr if isinstance(node, ast.Attribute) else node.id) in {"environ", "getenv"}
            )
            spelled = isinstance(node, ast.keyword) and node.arg == "envvar" and not isinstance(node.value, ast.Name)
            if touches or spelled:
                found.append(path.relative_to(ROOT).as_posix())
    assert set(found) == {"core/environment.py"}


def test_a_variable_that_is_not_listed_can_not_be_read() -> None:
    """A name that `MEANINGS` lacks is a KeyError, so that no variable is read that no help names."""
    with pytest.raises(KeyError):
        environment.read("HOME")


def test_an_empty_variable_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable that is set to the empty text reads as None."""
    monkeypatch.setenv(environment.TOKEN, "")
    assert environment.read(environment.TOKEN) is None
