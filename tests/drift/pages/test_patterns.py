"""The patterns take steps in proportion to the text, so that no page stops the reader; steps are counted, not timed."""

from __future__ import annotations

import ast
import functools
import importlib
import pkgutil
import re
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import jobexport.drift
from jobexport.drift.compare.archive import fits
from tests.drift.making.effort import effort
from tests.making import steps
from tests.making.steps import Counted, Samples, growth

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LINEAR = 2.6
"""The most growth of the steps for a text twice as long; in proportion is 2, with the square 4."""
RAW = ("form", "decode", "text_listings", "rst", "rst_grid", "text_rows", "listings", "html", "blocks")
"""Modules whose texts have runs of whitespace; the others read texts in which each run is one space."""
SHORT = {
    "types._OF": "a type has at most 200 characters",
    "types._SUFFIX": "a type has at most 200 characters",
    "types._OBJECT": "a type has at most 200 characters",
    "types._LENGTH": "a type has at most 200 characters",
    "nesting._STRUCTURE": "a title of a structure has at most 120 characters",
    "allowed._REVERSED": "the label has at most 40 characters",
    "text_listings._ROOT": "a folder has at most 80 characters",
}
"""Patterns whose steps grow with the square of a text that is bounded, and the bound."""


def found(value: Any) -> Iterator[re.Pattern[str]]:
    """Yield the patterns in a value of a module."""
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, tuple):
        for each in value:
            yield from found(each)


@functools.cache
def patterns() -> dict[str, tuple[re.Pattern[str], str]]:
    """Return all patterns of drift by name, each with the way in which it is used: `search`, or `fullmatch`."""
    root = Path(jobexport.drift.__file__).parent
    sources = {path: path.read_text(encoding="utf-8") for path in sorted(root.rglob("*.py"))}
    everything = "".join(sources.values())
    collected = {}
    for module in pkgutil.walk_packages([str(root)], "jobexport.drift."):
        short = module.name.rpartition(".")[2]
        loaded = importlib.import_module(module.name)
        own = sources[Path(loaded.__file__ or "")]
        for name, value in vars(loaded).items():
            for number, pattern in enumerate(found(value)):
                # A pattern in a tuple is used under another name; all of these are searched.
                whole = not isinstance(value, tuple) and not re.search(
                    rf"\b{name}\.(?:search|sub|findall|finditer|split)\(",
                    own if name.startswith("_") else everything,
                )
                label = f"{short}.{name}{number or ''}"
                collected[label] = pattern, "fullmatch" if whole else "search"
    for path, text in sources.items():
        for node in ast.walk(ast.parse(text)):
            match node:
                case ast.Call(
                    func=ast.Attribute(value=ast.Name(id="re"), attr="sub" | "search" | "findall" | "split" as how),
                    args=[ast.Constant(value=str(written)), *_],
                ):
                    collected[f"{path.stem}.line{node.lineno}"] = re.compile(written), "search"
                    assert how
    return collected


def deeply(work: Callable[[], Any]) -> Any:
    """Return the result of a call that needs much stack: the counting matcher calls itself."""
    results: list[Any] = []
    limit, size = sys.getrecursionlimit(), threading.stack_size(256 << 20)
    sys.setrecursionlimit(100_000)
    thread = threading.Thread(target=lambda: results.append(work()))
    thread.start()
    thread.join()
    threading.stack_size(size)
    sys.setrecursionlimit(limit)
    return results[0]


def folded(text: Callable[[int], str]) -> Callable[[int], str]:
    """Return the text with each run of whitespace made one space."""
    return lambda times: " ".join(text(times).split())


def test_the_steps_of_all_patterns_grow_with_the_text() -> None:
    """A text that repeats any piece of what a pattern matches takes twice the steps when it is twice as long."""

    def slow() -> dict[str, tuple[float, str]]:
        grown = {}
        for name, (pattern, how) in patterns().items():
            samples = Samples(pattern)
            texts = [samples.pumped() for _ in range(effort(2, 150))]
            if name.partition(".")[0] not in RAW:
                texts = [folded(text) for text in texts]
            grown[name] = growth(pattern, how, texts, 24)
        return {name: each for name, each in grown.items() if each[0] > LINEAR and name not in SHORT}

    assert len(patterns()) > 100
    assert deeply(slow) == {}


HOST = "POST https://dayu-dlf.eu-de.otc.t-systems.com"


@pytest.mark.parametrize(
    ("pattern", "start", "piece", "how"),
    [
        ("vocabulary.REQUEST_LINE", HOST, "x", "match"),
        ("vocabulary.REQUEST_LINE", "POST https://", "{{a}}", "match"),
        ("vocabulary.REQUEST_LINE", "curl ", "-X GET ", "match"),
        ("vocabulary.NAME", "a", "a", "fullmatch"),
        ("vocabulary.ACTION", "a", "a", "search"),
        ("allowed._SENTENCES", "values can be ", "a/", "search"),
        ("allowed._SENTENCES", "values can be a", ", or b", "search"),
        ("allowed._SENTENCES3", "取值为a", "或a", "search"),
        ("ranges._LENGTH_BETWEEN", "1", "1", "search"),
        ("ranges._LENGTH_BETWEEN", "1", "-1", "search"),
        ("form._RST", "", "\n", "search"),
        ("form._MARKDOWN", "", " ", "search"),
        ("form._MARKDOWN", "|---|", " ", "search"),
        ("text_listings._STRING", '"', '\\"', "search"),
        ("rst_grid._RULE", "+", " ", "fullmatch"),
    ],
    ids=range(15),
)
def test_a_text_that_used_to_stop_the_reader(pattern: str, start: str, piece: str, how: str) -> None:
    """The steps grow with a text for which they once grew with the square, or doubled with each letter."""
    texts = [lambda times: start + piece * times + "!"]
    assert deeply(lambda: growth(patterns()[pattern][0], how, texts, 24)[0]) < LINEAR


@pytest.mark.parametrize("title", ["数据结构" * 30, "data " * 24])
def test_a_title_has_one_reading(title: str) -> None:
    """A title of 120 characters, which is the most that is read, takes a few thousand steps, not the power of two."""
    pattern = patterns()["nesting._STRUCTURE"][0]
    assert deeply(lambda: Counted(pattern).count(title[:119] + "!", "fullmatch")) < 50_000


def test_a_pattern_that_goes_back_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """The count of a pattern that tries every way to divide a text reaches its end, and so does its growth."""
    monkeypatch.setattr(steps, "MOST", 30_000)
    pattern = re.compile(r"(?:a|a)*b")
    assert deeply(lambda: Counted(pattern).count("a" * 20, "match")) == 30_000
    assert deeply(lambda: growth(pattern, "match", [lambda times: "a" * times], 8)[0]) > LINEAR
    assert deeply(lambda: growth(re.compile(r"\s+x"), "search", [lambda times: " " * times], 24)[0]) > LINEAR


@pytest.mark.parametrize("text", ["aab", "b", "aaa", "", "ab\n", "xaab", "a b", "A"])
@pytest.mark.parametrize(
    "pattern", [r"a*b", r"(?i)a+", r"^(a|ab)(?=b)b?$", r"(?<!x)a{1,2}?b", r"(?:a|b)*+", r"(.)\1", r"\ba"]
)
@pytest.mark.parametrize("how", ["match", "fullmatch", "search"])
def test_the_counting_matcher_matches_as_python_does(pattern: str, text: str, how: str) -> None:
    """The counting matcher finds a match where `re` finds one."""
    compiled = re.compile(pattern)
    counted = Counted(compiled)
    counted.count(text, how)
    assert counted.matched is bool(getattr(compiled, how)(text))


def test_a_name_with_many_variables_is_compared_at_once() -> None:
    """A name is held against a pattern of any number of variables without trying every place for each."""
    assert not fits("a" * 200 + "!", "{a}" * 60 + "b")
    assert fits("a" * 200 + "b", "{a}" * 60 + "b")


@pytest.mark.parametrize(
    ("name", "pattern", "fit"),
    [
        ("DLF_mine.zip", "DLF_{job_name}.zip", True),
        ("DLF_{name}.zip", "DLF_{job_name}.zip", True),
        ("DLF_.zip", "DLF_{job_name}.zip", False),
        ("DLF_a/b.zip", "DLF_{job_name}.zip", False),
        ("a/b_1.zip", "{folder}/{name}_{time}.zip", True),
        ("a/b.zip", "{folder}/{name}_{time}.zip", False),
        ("a.zip", "a.zip", True),
        ("a.zip", "b.zip", False),
        ("aXb", "{x}X{y}X{z}", False),
        ("aa", "a{x}a", False),
    ],
)
def test_a_variable_stands_for_at_least_one_character_of_one_segment(name: str, pattern: str, fit: bool) -> None:
    """`DLF_mine.zip` fits `DLF_{job_name}.zip`; a variable is neither empty nor several segments."""
    assert fits(name, pattern) is fit
