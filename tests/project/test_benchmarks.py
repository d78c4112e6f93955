"""The page of benchmarks is made from the stored figures alone, and what is wrong with them is one sentence."""

from __future__ import annotations

import importlib
import json
import os
import platform
import subprocess
import sys
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest

from jobexport.spec.editions import CHECKOUT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from types import ModuleType

RESULTS = sorted((CHECKOUT / "benchmarks/results").glob("*.json"))


def row(name: str, value: float, *, ours: bool = False, ratio: float | None = None) -> dict[str, Any]:
    """Return the fields of a row."""
    return {"name": name, "ours": ours, "value": value, "low": value, "high": value, "ratio": ratio, "goal": None}


def fields(*rows: dict[str, Any], better: str = "less") -> dict[str, Any]:
    """Return the fields of a result with one comparison."""
    return {
        "date": "2026-11-30",
        "machine": {"system": "Linux", "cpu": "a", "cores": 2, "memory_gib": 8.0},
        "load": [0.0, 0.5],
        "nice": 0,
        "versions": {"Python": "3.11.7"},
        "comparisons": [{"id": "call", "title": "A call", "unit": "ms", "better": better, "rows": list(rows)}],
    }


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Return the module that makes the page."""
    monkeypatch.syspath_prepend(CHECKOUT / "benchmarks")
    return importlib.import_module("page")


@pytest.fixture
def stored(page: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, object], None]:
    """Return a function that stores a text or fields as a file of results, the only ones of the page."""
    monkeypatch.setattr(page, "RESULTS", tmp_path)

    def store(name: str, content: object) -> None:
        text = content if isinstance(content, str) else json.dumps(content)
        (tmp_path / f"{name}.json").write_text(text, encoding="utf-8")

    return store


def test_the_page_is_what_the_stored_figures_give(page: ModuleType) -> None:
    """docs/benchmarks.md and its charts have the bytes that `make benchmark-page` writes, and no chart is left over."""
    assert page.differing(page.made()) == []


def test_every_figure_that_is_behind_has_a_reason(page: ModuleType) -> None:
    """No figure that is worse than another program's, or misses its goal, is without a reason."""
    found = ((result, comparison) for result in page.results() for comparison in result.comparisons)
    assert [line for pair in found for line in page.shortfalls(*pair) if "Not known yet" in line] == []


def test_every_reason_is_for_a_stored_comparison(page: ModuleType) -> None:
    """A reason names a file and a comparison that exist, or one of a program that was never at hand."""
    found = {result.name: {each.id for each in result.comparisons} for result in page.results()}
    assert [key for key in page.REASONS if key[1] not in found.get(key[0], {key[1]})] == []


@pytest.mark.parametrize("path", RESULTS, ids=lambda path: path.stem)
def test_no_stored_figure_names_the_machine(path: Path) -> None:
    """A file of results has no host name and no path."""
    text = path.read_text(encoding="utf-8")
    assert platform.node() not in text
    assert str(CHECKOUT) not in text


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ('{"date": ', "benchmarks/results/client.json is not JSON"),
        (fields(), "client.json, comparisons/0/rows: [] has less than 1 item"),
        (fields({**row("a", 1), "value": "1"}), 'client.json, comparisons/0/rows/0/value: "1" is not of type "number"'),
        ({**fields(row("a", 1)), "host": "h"}, "client.json, the top: Additional properties are not allowed"),
        ({**fields(row("a", 1)), "comparisons": fields(row("a", 1))["comparisons"] * 2}, "the comparison call twice"),
    ],
)
def test_a_broken_file_is_one_sentence(
    page: ModuleType,
    stored: Callable[[str, object], None],
    capsys: pytest.CaptureFixture[str],
    content: object,
    problem: str,
) -> None:
    """A file that is not JSON or has other fields is named with the place in it and what to do; exit code 2."""
    stored("client", content)
    assert page.main([]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert problem in line
    assert line.endswith("measure it anew: make benchmarks")


def test_an_unknown_file_is_one_sentence(
    page: ModuleType, stored: Callable[[str, object], None], capsys: pytest.CaptureFixture[str]
) -> None:
    """A file that no section is for is named, instead of being left out."""
    stored("other", fields(row("a", 1)))
    assert page.main([]) == 2
    assert capsys.readouterr().err == (
        "benchmarks/results/other.json has no section; add it to SECTIONS of benchmarks/page.py\n"
    )


@pytest.mark.usefixtures("stored")
def test_without_figures_there_is_no_page(page: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    """A folder without results is an error, not an empty page."""
    assert page.main([]) == 2
    assert "no figures" in capsys.readouterr().err


@pytest.mark.parametrize(("better", "behind"), [("less", ["slow"]), ("more", ["fast"])])
def test_what_is_behind_is_found_by_the_ratios(
    page: ModuleType, stored: Callable[[str, object], None], better: str, behind: list[str]
) -> None:
    """A row of the project is behind if its ratio is more than a tenth worse than the best other row's."""
    rows = [row("other", 1, ratio=1), row("slow", 1.2, ours=True, ratio=1.2), row("fast", 0.8, ours=True, ratio=0.8)]
    stored("client", fields(*rows, better=better))
    (result,) = page.results()
    assert [each.name for each, _ in page.behind(result.comparisons[0])] == behind


def test_a_chart_is_narrow_and_escapes_names(page: ModuleType, stored: Callable[[str, object], None]) -> None:
    """A chart is XML as wide as a telephone with a name and a figure for each row."""
    stored("client", fields(row("<a> & b", 1234), row("c", 2, ours=True)))
    (svg,) = (text for path, text in page.made().items() if path.suffix == ".svg")
    root = ET.fromstring(svg)  # noqa: S314  # our own
    assert int(root.attrib["width"]) <= 350
    texts = [node.text for node in root.iter("{http://www.w3.org/2000/svg}text")]
    assert texts == ["<a> & b", "1,234 ms", "c", "2 ms"]


def test_a_run_that_measured_nothing_fails() -> None:
    """Without the program for load the mock is left out in a sentence; a run without any figure is exit code 2."""
    command = [sys.executable, str(CHECKOUT / "benchmarks/run.py"), "mock"]
    environment = {**os.environ, "PATH": ""}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines() == [
        "the mock is not measured without wrk; install Debian's package wrk",
        "nothing was measured",
    ]
