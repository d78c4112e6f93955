"""Reading any file gives facts or one clear sentence, in a bounded number of calls and bounded memory."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jobexport.drift import read_page
from jobexport.drift.pages.bounds import Deadline
from jobexport.errors import JobexportError
from tests.drift.making import samples
from tests.drift.making.effort import effort
from tests.drift.making.hostile import CASES
from tests.drift.making.rendering import FORMS, render

if TYPE_CHECKING:
    from pathlib import Path

CALLS = 100_000_000
"""The most calls of functions; the reader makes some millions a second."""
MEMORY = 1 << 30

USUAL = (
    "html elements in elements",
    "html cells of many rows and columns",
    "markdown emphasis without an end",
    "rst quotations in quotations",
    "text empty lines",
)

_CHILD = """
import os, resource, sys
from pathlib import Path
from jobexport.drift import read_page
from jobexport.errors import JobexportError

def read(path):
    resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[1]),) * 2)
    calls = 0
    def count(*_):
        nonlocal calls
        calls += 1
    sys.setprofile(count)
    try:
        said = f"facts: {len(read_page(path).parameters)}"
    except JobexportError as error:
        said = f"sentence: {error}"
    sys.setprofile(None)
    return f"{calls} {said}"

# The forms import their parsers when they are needed.
for text in ("<h1>A</h1>", "# A", "A\\n=\\n\\n.. note:: b", "A"):
    read_page((text + "\\n\\nGET /v1.0/streaming/jobs/export\\n").encode(), "page")
for name in sys.argv[2:]:
    if not os.fork():
        Path(name + ".read").write_text(read(Path(name)))
        os._exit(0)
    ended = os.waitstatus_to_exitcode(os.wait()[1])
    if ended:
        sys.exit(ended)
"""


def in_bounds(*paths: Path, child: str = _CHILD) -> subprocess.CompletedProcess[str]:
    """Read files, each in a fork with at most MEMORY; write the calls and the result of each beside it."""
    return subprocess.run(
        [sys.executable, "-c", child, str(MEMORY), *map(str, paths)],
        capture_output=True,
        text=True,
        timeout=60 + 60 * len(paths),
        check=False,
    )


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The hostile files, with the results beside them."""
    folder = tmp_path_factory.mktemp("hostile")
    paths = {case: folder / str(number) for number, case in enumerate(effort(USUAL, tuple(CASES)))}
    for case, path in paths.items():
        path.write_bytes(CASES[case]())
    done = in_bounds(*paths.values())
    assert done.returncode == 0, done.stderr[-2000:]
    return paths


@pytest.mark.parametrize("case", effort(USUAL, tuple(CASES)))
def test_a_hostile_file_takes_few_calls_and_little_memory(case: str, pages: dict[str, Path]) -> None:
    """Reading takes at most CALLS calls and 1 GiB, and ends with facts or one sentence that names the file."""
    path = pages[case]
    calls, said = path.with_name(f"{path.name}.read").read_text(encoding="utf-8").split(" ", 1)
    assert int(calls) < CALLS, said
    assert said.startswith("facts: ") or (said.startswith(f"sentence: {path}: ") and "\n" not in said)


def test_the_bound_of_memory_holds(tmp_path: Path) -> None:
    """A process that takes more than MEMORY fails, so the limit is in force."""
    page = tmp_path / "page"
    page.write_text("# A", encoding="utf-8")
    done = in_bounds(page, child=_CHILD.replace("calls = 0", "calls = len(bytearray(2 << 30))", 1))
    assert done.returncode != 0
    assert "MemoryError" in done.stderr


def test_reading_ends_at_its_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that takes longer than a page may take is refused with one sentence."""
    monkeypatch.setattr(Deadline.__init__, "__defaults__", (0.1,))
    with pytest.raises(JobexportError, match=r"^page: reading it takes too long; save"):
        read_page(CASES["rst emphasis without an end"](), "page")


def read_or_say(content: bytes) -> bool:
    """Check whether reading gives facts or one sentence that names the page."""
    try:
        read_page(content, "page")
    except JobexportError as error:
        return str(error).startswith("page: ") and "\n" not in str(error)
    return True


@settings(max_examples=effort(60, 300), deadline=None, suppress_health_check=list(HealthCheck))
@given(st.binary(max_size=2000))
def test_any_bytes_give_facts_or_a_sentence(content: Any) -> None:
    """Random bytes give facts or one sentence that names the page."""
    assert read_or_say(content)


SOURCES = [render(page, form).encode() for page in (samples.USUAL, samples.NESTED, samples.ARCHIVE) for form in FORMS]
PIECES = [
    b"<table>", b"</table>", b"<tr>", b"<td>", b"</td>", b"|", b"+---+---+", b"\n\n", b"\r\n", b"\0", b"\xff", b"{",
    b"}", b"```", b"# ", b"=== ===", b".. note::\n", b"   ", b"\t", b"<pre>", b"<!--", b"-   ", b"**", b"\\",
    b"<ul><li>", "表 4 x".encode(), b"Table 1", b"[1](#x)", b":ref:`a <b>`", b"Default value: ", b"9" * 40, b"NaN",
    b"Error Code",
]  # fmt: skip


@settings(max_examples=effort(60, 300), deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.sampled_from(SOURCES),
    st.lists(
        st.tuples(st.floats(0, 1), st.integers(0, 200), st.sampled_from(PIECES) | st.binary(max_size=3)), max_size=12
    ),
)
def test_a_page_that_is_damaged_anywhere_gives_facts_or_a_sentence(content: Any, cuts: Any) -> None:
    """A page that was cut or has foreign pieces in it gives facts or one sentence that names the page."""
    for where, length, piece in cuts:
        at = int(where * len(content))
        content = content[:at] + piece + content[at + length :]
    assert read_or_say(content)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b" \r\n\t\n", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (bytes(range(256)) * 40, "not text"),
        (b"PK\x03\x04" + bytes(500), "a zip or an Office document"),
        (b"x" * (9 << 20), "longer than 8 MiB"),
        (b"x\n" * 31_000, "31,001 lines"),
        (b"<html>" + b"<div>" * 200, "too deep"),
        (b"<html>" + b"<p><b><i><font>" * 100, "too deep"),
        (b"<html>" + b"<p>" * 50_001, "more than 50,000 elements or cells"),
        (b"<html>" + b"</p>" * 50_001, "more than 50,000 elements or cells"),
        (b"<html>" + b"</br>" * 50_001, "more than 50,000 elements or cells"),
        (b"# T\n\n|a|b|\n|-|-|\n" + b"|a|b|c\n" * 17_000, "more than 50,000 elements or cells"),
    ],
)
def test_a_file_that_is_no_page_gives_a_sentence(content: Any, reason: str) -> None:
    """The message names the file, the problem and what to do."""
    with pytest.raises(JobexportError, match=reason) as caught:
        read_page(content, "page.md")
    assert str(caught.value).startswith("page.md: ")
    assert "save" in str(caught.value)


def test_a_file_that_can_t_be_opened_gives_a_sentence(tmp_path: Path) -> None:
    """The message for a missing file or a folder names it."""
    for path in (tmp_path / "none.md", tmp_path):
        with pytest.raises(JobexportError, match=str(path)):
            read_page(path)
