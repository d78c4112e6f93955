"""Standard output that lacks letters, is full, closed, or a pipe that nobody reads: every command."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from jobexport import cli
from jobexport.core.output import standard_output
from jobexport.spec import generate, lint

Run = Callable[[str, Path, int], tuple[int, str]]

CHECKOUT = Path(__file__).parents[2]
COMMANDS = {
    "--help": ("jobexport", "--help"),
    "--version": ("jobexport", "--version"),
    "export --help": ("jobexport", "dgc", "export", "--help"),
    "completion": ("jobexport",),
    "editions": ("jobexport", "editions"),
    "resolve": ("jobexport", "resolve", "otc-2026"),
    "mock": ("jobexport", "mock", "--port", "0"),
    "mock --list-faults": ("jobexport", "mock", "--list-faults"),
    "drift": ("jobexport", "drift", "{page}", "--edition", "otc-2024"),
    "drift json": ("jobexport", "drift", "{page}", "--edition", "otc-2024", "--format", "json"),
    "drift github": ("jobexport", "drift", "{page}", "--edition", "otc-2024", "--format", "github"),
    "drift scaffold": ("jobexport", "drift", "{page}", "--scaffold"),
    "lint": ("jobexport.spec.lint", str(CHECKOUT)),
    "lint --help": ("jobexport.spec.lint", "--help"),
    "generate --help": ("jobexport.spec.generate", "--help"),
}
MAINS: dict[str, Callable[[], Any]] = {
    "jobexport": cli.main,
    "jobexport.spec.lint": lint.main,
    "jobexport.spec.generate": generate.main,
}
COMPLETION = {"_JOBEXPORT_COMPLETE": "bash_complete", "COMP_WORDS": "jobexport d", "COMP_CWORD": "1"}
PAGE = "<h1>导出作业</h1><p>POST /v1/{project_id}/jobs/{job_name}/export</p>"


@pytest.fixture
def page(tmp_path: Path) -> Path:
    """A page whose name and title are Chinese."""
    path = tmp_path / "页.html"
    path.write_text(PAGE, encoding="utf-8")
    return path


def words(command: str, page: Path) -> list[str]:
    """Return the module and the arguments of a command."""
    return [word.format(page=page) if word == "{page}" else word for word in COMMANDS[command]]


def call(command: str, page: Path, stdout: int, encoding: str = "utf-8") -> tuple[int, str]:
    """Call a command's main function with a file as standard output; return its exit code and its standard error."""
    module, *arguments = words(command, page)
    said = io.StringIO()
    stream = io.TextIOWrapper(io.FileIO(os.dup(stdout), "w"), encoding=encoding)
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stderr(said):
        patch.setattr(sys, "stdout", stream)
        patch.setattr(sys, "argv", [module, *arguments])
        patch.setenv("COLUMNS", "1000")
        try:
            code: Any = MAINS[module]()
        except SystemExit as ended:
            code = ended.code
    stream.close()
    return code or 0, said.getvalue()


def start(command: str, page: Path, stdout: int) -> tuple[int, str]:
    """Run a command as a process; return its exit code and its standard error."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONUTF8"}
    if command == "completion":
        environment |= COMPLETION
    run = program(command, page)
    done = subprocess.run(run, stdout=stdout, stderr=subprocess.PIPE, env=environment, timeout=60, check=False)
    return done.returncode, done.stderr.decode()


def program(command: str, page: Path) -> list[str]:
    """Return a command as a shell runs it."""
    module, *arguments = words(command, page)
    installed = Path(sys.executable).with_name(module)
    return [str(installed), *arguments] if installed.exists() else [sys.executable, "-m", module, *arguments]


# One process of each program shows that nothing is written at the end of the interpreter; the mock is a server.
PROCESSES = ("completion", "editions", "generate --help", "lint --help", "mock")
RUNS = [
    *((start, command) for command in PROCESSES),
    *(
        (call, command)
        for command in sorted(COMMANDS.keys() - {"completion", "drift json", "drift github", "lint --help", "mock"})
    ),
]


@pytest.mark.parametrize(("run", "command"), RUNS)
def test_a_full_device_is_one_sentence(run: Run, command: str, page: Path) -> None:
    """Of every command, with exit code 2."""
    with Path("/dev/full").open("wb") as full:
        code, said = run(command, page, full.fileno())
    assert (code, said) == (2, "Error: standard output can't be written: No space left on device\n")


@pytest.mark.parametrize(("run", "command"), RUNS)
def test_a_pipe_that_nobody_reads_is_no_traceback(run: Run, command: str, page: Path) -> None:
    """A pipe whose reader has gone is silent; the exit code is 2, not the code of a finding."""
    reader, writer = os.pipe()
    os.close(reader)
    try:
        assert run(command, page, writer) == (2, "")
    finally:
        os.close(writer)


@pytest.mark.parametrize("command", ["editions", "lint --help"])
def test_a_closed_standard_output_is_one_sentence(command: str, page: Path) -> None:
    """As the shell's `>&-` leaves it."""
    run = ["/bin/sh", "-c", 'exec "$@" >&-', "sh", *program(command, page)]
    done = subprocess.run(run, stderr=subprocess.PIPE, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (2, "Error: standard output is closed\n")


@pytest.mark.parametrize("command", ["export --help", "drift", "drift json", "drift github", "drift scaffold"])
def test_letters_that_the_encoding_lacks_are_escaped(command: str, page: Path, tmp_path: Path) -> None:
    """The exit code is that of the same command with UTF-8, and so is the text, but for the escapes."""
    codes, texts = {}, {}
    for encoding in ("utf-8", "ascii", "cp1252"):
        output = tmp_path / encoding
        with output.open("wb") as file:
            codes[encoding], said = call(command, page, file.fileno(), encoding)
        assert "Traceback" not in said
        texts[encoding] = output.read_bytes().decode(encoding)
    for encoding, text in texts.items():
        expected = texts["utf-8"].encode(encoding, "backslashreplace").decode(encoding)
        assert without_frames(text) == without_frames(expected)
    assert len(set(codes.values())) == 1


def without_frames(text: str) -> str:
    """Leave out what rich draws in another way where the encoding is not one of Unicode."""
    return "".join(letter for letter in text if letter.isalnum() or letter in "\\{}[]:/")


def test_a_failure_passes_what_takes_exceptions() -> None:
    """A loop that goes on after an exception of one page ends all the same."""

    class Full(io.StringIO):
        def write(self, text: str) -> int:
            raise OSError(28, "No space left on device")

    def print_pages() -> None:
        with standard_output():
            for page in ("a", "b"):
                with contextlib.suppress(Exception):
                    sys.stdout.write(page)

    before, sys.stdout = sys.stdout, Full()
    try:
        with pytest.raises(SystemExit) as ended:
            print_pages()
    finally:
        sys.stdout = before
    assert ended.value.code == 2


def test_the_stream_is_left_as_it_was() -> None:
    """A program that calls a command keeps its own standard output, and how that treats letters that it lacks."""
    raw = io.BytesIO()
    mine = io.TextIOWrapper(raw, encoding="ascii", errors="strict")
    before, sys.stdout = sys.stdout, mine
    try:
        with standard_output():
            sys.stdout.write("页\n")
        assert (sys.stdout, mine.errors) == (mine, "strict")
    finally:
        sys.stdout = before
    assert raw.getvalue() == b"\\u9875\n"
