"""Standard output that lacks letters, is full, closed, or a pipe that nobody reads: every command, as a process."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from jobexport.core.output import standard_output

CHECKOUT = Path(__file__).parents[2]
JOBEXPORT = (str(Path(sys.executable).with_name("jobexport")),)
PYTHON = (sys.executable, "-m")
COMMANDS = {
    "--help": (*JOBEXPORT, "--help"),
    "--version": (*JOBEXPORT, "--version"),
    "export --help": (*JOBEXPORT, "dgc", "export", "--help"),
    "completion": ("env", "_JOBEXPORT_COMPLETE=bash_complete", "COMP_WORDS=jobexport d", "COMP_CWORD=1", *JOBEXPORT),
    "editions": (*JOBEXPORT, "editions"),
    "resolve": (*JOBEXPORT, "resolve", "otc-2026"),
    "mock": (*JOBEXPORT, "mock", "--port", "0"),
    "python -m jobexport": (*PYTHON, "jobexport", "editions"),
    "mock --list-faults": (*JOBEXPORT, "mock", "--list-faults"),
    "drift": (*JOBEXPORT, "drift", "{page}", "--edition", "otc-2024"),
    "drift json": (*JOBEXPORT, "drift", "{page}", "--edition", "otc-2024", "--format", "json"),
    "drift github": (*JOBEXPORT, "drift", "{page}", "--edition", "otc-2024", "--format", "github"),
    "drift scaffold": (*JOBEXPORT, "drift", "{page}", "--scaffold"),
    "lint": (*PYTHON, "jobexport.spec.lint", str(CHECKOUT)),
    "generate --help": (*PYTHON, "jobexport.spec.generate", "--help"),
}
PAGE = "<h1>导出作业</h1><p>POST /v1/{project_id}/jobs/{job_name}/export</p>"


@pytest.fixture
def page(tmp_path: Path) -> Path:
    """A page whose name and title are Chinese."""
    path = tmp_path / "页.html"
    path.write_text(PAGE, encoding="utf-8")
    return path


def start(command: str, page: Path, stdout: int, **environment: str) -> tuple[int, str]:
    """Run a command; return its exit code and its standard error."""
    words = [word.format(page=page) if word == "{page}" else word for word in COMMANDS[command]]
    done = subprocess.run(
        words,
        stdout=stdout,
        stderr=subprocess.PIPE,
        env={name: value for name, value in os.environ.items() if name != "PYTHONUTF8"} | environment,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stderr.decode()


@pytest.mark.parametrize("command", sorted(COMMANDS.keys() - {"drift json", "drift github", "export --help"}))
def test_a_full_device_is_one_sentence(command: str, page: Path) -> None:
    """Of every command, with exit code 2."""
    with Path("/dev/full").open("wb") as full:
        code, said = start(command, page, full.fileno())
    assert (code, said) == (2, "Error: standard output can't be written: No space left on device\n")


@pytest.mark.parametrize("command", sorted(COMMANDS.keys() - {"drift json", "drift github", "export --help"}))
def test_a_pipe_that_nobody_reads_is_no_traceback(command: str, page: Path) -> None:
    """A pipe whose reader has gone is silent; the exit code is 2, not the code of a finding."""
    reader, writer = os.pipe()
    os.close(reader)
    try:
        assert start(command, page, writer) == (2, "")
    finally:
        os.close(writer)


@pytest.mark.parametrize("command", ["--version", "editions", "drift", "lint"])
def test_a_closed_standard_output_is_one_sentence(command: str, page: Path) -> None:
    """As the shell's `>&-` leaves it."""
    words = [word.format(page=page) if word == "{page}" else word for word in COMMANDS[command]]
    done = subprocess.run(
        ["/bin/sh", "-c", 'exec "$@" >&-', "sh", *words], stderr=subprocess.PIPE, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (2, "Error: standard output is closed\n")


@pytest.mark.parametrize("command", ["export --help", "drift", "drift json", "drift github", "drift scaffold"])
def test_letters_that_the_encoding_lacks_are_escaped(command: str, page: Path, tmp_path: Path) -> None:
    """The exit code is that of the same command with UTF-8, and so is the text, but for the escapes."""
    codes, texts = {}, {}
    for encoding in ("utf-8", "ascii", "cp1252"):
        output = tmp_path / encoding
        with output.open("wb") as file:
            codes[encoding], said = start(command, page, file.fileno(), PYTHONIOENCODING=encoding, COLUMNS="1000")
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
