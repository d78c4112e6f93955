"""Files that are not pages: as long as allowed, deeply nested, broken, or slow to parse."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_LETTERS = (1 << 20) - 200
_LINES = 29_900
_HTML = "<html><body><table><tr><th>Parameter</th><th>Mandatory</th><th>Type</th><th>Description</th></tr>"
_ROW = "<tr><td>a</td><td>Yes</td><td>String</td><td>Default value: 1. The value can be A, B or C.</td></tr>\n"
_MARKDOWN = "# T\n\n## URI\n\n"
_RST = ":original_name: a.html\n\n.. _a:\n\nT\n=\n\n"
_TEXT = "T\n\nParameter\nMandatory\nType\nDescription\n"


def _long(start: str, unit: str) -> bytes:
    """Return the start and repetitions of the unit, as long as a page may be."""
    return (start + "".join([unit] * (_LETTERS // len(unit)))).encode()


def _grids(depth: int) -> str:
    """Return grid tables nested to a depth."""
    grid = "x"
    for _ in range(depth):
        lines = grid.split("\n")
        width = max(map(len, lines))
        rule = f"+{'-' * width}+"
        grid = "\n".join([rule, *(f"|{line.ljust(width)}|" for line in lines), rule])
    return grid


CASES: dict[str, Callable[[], bytes]] = {
    "html elements in elements": lambda: _long("<html>", "<div>"),
    "html lists in lists": lambda: b"<html>" + b"<ul><li>" * 10_000,
    "html tables in tables": lambda: (_HTML + "<tr><td>").encode() * 10_000,
    "html bold in bold": lambda: b"<html>" + b"".join(b"<b a=%d>" % each for each in range(10_000)),
    "html styles in paragraphs": lambda: b"<html><body>" + b"<p><b><i><font>" * 60_000,
    "html text moved out of a table": lambda: b"<html><table>" + b"x<b>" * 10_000,
    "html rows": lambda: _long(_HTML, _ROW),
    "html tables": lambda: _long(
        "<html>", "<table><tr><th>Parameter</th><th>Type</th></tr><tr><td>a</td><td>B</td></tr></table>"
    ),
    "html cells of many rows and columns": lambda: (
        b"<html><table>" + b"<tr><td rowspan=65000 colspan=1000>x</td></tr>" * 2000
    ),
    "html signs that do not begin a tag": lambda: _long("<html>", "<"),
    "html comments without an end": lambda: _long("<html>", "<!--"),
    "html paragraphs": lambda: _long("<html>", "<p>x"),
    "html pieces of a word": lambda: _long("<html><p>", "a<i>bcd</i>"),
    "markdown quotations in quotations": lambda: (_MARKDOWN + "> " * 10_000).encode(),
    "markdown lists in lists": lambda: (_MARKDOWN + "".join(f"{'  ' * each}- x\n" for each in range(900))).encode(),
    "markdown images without an end": lambda: _long(_MARKDOWN, "!["),
    "markdown emphasis without an end": lambda: _long(_MARKDOWN, "*a "),
    "markdown rows": lambda: (_MARKDOWN + "|a|b|\n|--|--|\n" + "|x|y|\n" * _LINES).encode(),
    "markdown cells": lambda: (
        _MARKDOWN + "|" + "a|" * 59 + "\n|" + "-|" * 59 + "\n" + ("|" + "a|" * 59 + "\n") * 8000
    ).encode(),
    "markdown columns": lambda: (_MARKDOWN + "|" + "a|" * 50_000 + "\n|" + "--|" * 50_000 + "\n").encode(),
    "rst quotations in quotations": lambda: (_RST + "".join(f"{' ' * each}x\n\n" for each in range(1000))).encode(),
    "rst lists in lists": lambda: (_RST + "".join(f"{'  ' * each}- x\n\n" for each in range(800))).encode(),
    "rst tables in tables": lambda: (_RST + _grids(300)).encode(),
    "rst columns": lambda: (_RST + "\n".join(("+" + "--+" * 9000, "|" + "aa|" * 9000, "+" + "--+" * 9000))).encode(),
    "rst emphasis without an end": lambda: (_RST + ("*a " * 1500 + "\n\n") * 200).encode(),
    "rst targets": lambda: (_RST + ".. _a:\n\n" * (_LINES // 2)).encode(),
    "rst directives of others": lambda: (_RST + ".. foo:: bar\n\n   x\n\n" * (_LINES // 4)).encode(),
    "rst a broken table": lambda: (
        _RST + "+--+--+\n" + "|aa|bb|\n+--+--+\n" * (_LINES // 2 - 8) + "|aaabb|\n"
    ).encode(),
    "text rows": lambda: (_TEXT + "a\nYes\nString\nx\n" * (_LINES // 4)).encode(),
    "text brackets": lambda: (_TEXT + "{\n" * _LINES).encode(),
    "text columns": lambda: ("Parameter\tType" + "\ta" * 400_000).encode(),
    "text blanks": lambda: _long("T\nPOST /v1/{id}/x\n", " "),
    "text empty lines": lambda: (_TEXT + "\n" * _LINES).encode(),
    "text a line": lambda: _long("", "x"),
    "json in json": lambda: (_MARKDOWN + "```\n" + '{"a":' * 100_000 + "\n```\n").encode(),
    "json brackets": lambda: (_MARKDOWN + "```\n" + "{" * 90_000 + "\n```\n").encode(),
    "50 MiB": lambda: b"x" * (50 << 20),
    "7 MiB of scripts": lambda: b"<html><script>" + b"x<!--\n" * 1_200_000 + b"</script><h1>T</h1>",
}
