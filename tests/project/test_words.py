"""The words of the project: the part of the rules for sentences and names that a program can check."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

CHECKOUT = Path(__file__).parents[2]

DOCUMENTS = ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "docs/*.md")
SOURCES = ("py", "jinja", "html")

# A docstring opens with a verb of the field, such as Return, or with a noun.
OPENINGS = re.compile(r"(Give|Gives|Say|Says|Tell|Tells|Do|Does|Have|Has|What|Whether)\b")
# "is not a …", "if missing" or "or None if …" is meant.
NONE = re.compile(r"\b(?:is|are) none\b")
# `response` is the word for HTTP, `result` for Python.
ANSWER = re.compile(r"answer", re.IGNORECASE)

# Path → words that are allowed there, with the reason.
ALLOWED = {
    # Ids of checks in older tables.
    "docs/contract-strength.md": ("documented_answer", "obs_path_answer", "whole_answer"),
}

_OWNERS = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def name(path: Path) -> str:
    """Return the path below the checkout, with slashes."""
    return path.relative_to(CHECKOUT).as_posix()


def files(folder: str, *suffixes: str) -> list[Path]:
    """Return the files of a folder with these suffixes."""
    return [path for suffix in suffixes for path in sorted((CHECKOUT / folder).rglob(f"*.{suffix}"))]


@cache
def docstrings(path: Path) -> list[tuple[int, str]]:
    """Return the docstrings of a Python file, also of attributes, each after its line."""
    found: list[tuple[int, str]] = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        for statement in node.body if isinstance(node, _OWNERS) else ():
            match statement:
                case ast.Expr(value=ast.Constant(value=str() as text)):
                    found.append((statement.lineno, text.strip()))
    return found


@cache
def texts() -> list[tuple[str, str]]:
    """Return all texts that the rules are for, each after its place: documents, sources, docstrings of tests."""
    documents = [path for pattern in DOCUMENTS for path in sorted(CHECKOUT.glob(pattern))]
    whole = [*documents, *files("src", *SOURCES)]
    found = [(name(path), path.read_text(encoding="utf-8")) for path in whole]
    for path in files("tests", "py"):
        found += [(f"{name(path)}:{line}", text) for line, text in docstrings(path)]
    return found


def places(pattern: re.Pattern[str]) -> Iterator[str]:
    """Yield place and words of each match of a pattern; a line break counts as a blank."""
    for place, text in texts():
        for word in ALLOWED.get(place.partition(":")[0], ()):
            text = text.replace(word, "")
        plain = " ".join(text.split())
        for match in pattern.finditer(plain):
            yield f"{place}: …{plain[max(match.start() - 30, 0) : match.end() + 20]}…"


def test_no_docstring_opens_with_a_word_of_talk() -> None:
    """A docstring of the source opens with a verb of the field or a noun, never with Give, Say, Tell, What, Whether."""
    found = [
        f"{name(path)}:{line}: {text.splitlines()[0]}"
        for path in files("src", "py")
        for line, text in docstrings(path)
        if OPENINGS.match(text)
    ]
    assert found == []


def test_no_sentence_says_is_none() -> None:
    """Source, documents and docstrings of tests say "is not a …" or "if missing", and never the words of NONE."""
    assert list(places(NONE)) == []


def test_nothing_is_called_an_answer() -> None:
    """Source, documents and docstrings of tests say `response` or `result`, except for the allowed words."""
    assert list(places(ANSWER)) == []


def test_every_allowed_word_is_needed() -> None:
    """An allowed word still stands in its file."""
    for path, words in ALLOWED.items():
        text = (CHECKOUT / path).read_text(encoding="utf-8")
        assert [word for word in words if word not in text] == [], path


def test_a_class_name_is_the_name_of_one_class() -> None:
    """No two modules of the source have a class of the same name."""
    found = defaultdict(list)
    for path in files("src/jobexport", "py"):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef):
                found[node.name].append(name(path))
    assert {class_: modules for class_, modules in found.items() if len(modules) > 1} == {}
