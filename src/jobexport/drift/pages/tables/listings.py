"""Listings → examples and trees: JSON, also below a request line or slightly broken, and trees of files."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from attrs import frozen

from jobexport.core.extras import needing
from jobexport.drift.pages.blocks import Block, Code, Paragraph
from jobexport.drift.pages.vocabulary import REQUEST_LINE, TREE_MARK, target

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_REPAIRED = 20_000
"""The most characters of broken JSON that is repaired."""
_DEEP = 60
"""The deepest nesting of broken JSON that is repaired."""
_QUOTES = re.compile(r"(['\"“”‘’])\1{15}")
"""More quotation marks in a row than any mistake has; the time of a repair grows with the square of their number."""
_HEADER = re.compile(r"\s*(?:-H\s+['\"])?[A-Za-z][\w-]*:\s.*")
_OPTION = re.compile(r"\s*(?:curl\b.*|-[\w-]+(?:\s+.*)?|\\\s*)")
_BETWEEN = re.compile(r"\s*(?:or|或|#[^{\[]*|//[^{\[]*|[A-Za-z][A-Za-z ]{0,30}[:：])\s*", re.IGNORECASE)
"""A line above a body that is neither of the request nor of the body: a title, a comment, `or`."""
_SENT = re.compile(r"(?:^|\s)(?:-d|--data(?:-\w+)?)\s+(['\"])([{\[].*)\1", re.DOTALL)
_HTTP = re.compile(r"\s*HTTP/\d(?:\.\d)?\s+(\d{3})\b.*", re.IGNORECASE)
_METHODS = frozenset(("GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"))
_ERROR_KEYS = {"error_code", "errorCode", "error_msg", "errorMsg"}
_SUCCESS_KEYS = ("is_success", "isSuccess", "success")
_OPENING = re.compile(r"[{\[]")
_CURLY = re.compile(r"[“”‘’]")
_BRANCH = re.compile(r"[├└┣┗]|[+\\`|]-{2,}")
_SENTENCE = re.compile(r".*(?:[:：。]|如下)|\S+ \S+ .*")
"""A line above or below a tree that is no folder: it ends as a sentence does, or has three words."""
_FILE = re.compile(r"[^\s/\\]+\.[A-Za-z0-9_]{1,12}")


@frozen
class Listing:
    """The content of a listing: an example or a tree."""

    value: Any = None
    """The JSON of an example."""
    problem: str = ""
    """The reason why `value` is None, or the mistake that was repaired."""
    method: str = ""
    path: str = ""
    query: str = ""
    status: int | None = None
    entries: tuple[str, ...] = ()
    """The files of a tree; the other attributes are not set then."""


def listing(text: str) -> Listing:
    """Parse a listing."""
    if _is_tree(text):
        return Listing(entries=tuple(_entries(text)))
    method, path, query, status = "", "", "", None
    lines = text.split("\n")
    body = 0
    for index, line in enumerate(lines):
        if match := REQUEST_LINE.match(line.strip()):
            # A page may show the same request with several addresses.
            if not path:
                method, (path, query) = match[1], target(match[2])
        elif not path and line.strip(" :：") in _METHODS:
            method = line.strip(" :：")
        elif method and not path and (match := REQUEST_LINE.match(f"{method} {line.strip()}")):
            path, query = target(match[2])
        elif match := _HTTP.fullmatch(line):
            status = int(match[1])
        elif (
            line.strip()
            and not _HEADER.fullmatch(line)
            and not _OPTION.fullmatch(line)
            and not _BETWEEN.fullmatch(line)
        ):
            body = index
            break
        body = index + 1
    rest = "\n".join(lines[body:]).strip()
    if not rest and (sent := _SENT.search(text)):
        rest = sent[2]
    value, problem = _json(rest)
    return Listing(value, problem if value is not None or not path else "", method if path else "", path, query, status)


_JSON_OPENS = re.compile(r"\{\s*(?:$|[\"“'])")


def gathered(blocks: Sequence[Block]) -> Iterator[Block]:
    """Yield the blocks, with paragraphs that are lines of JSON joined into one listing."""
    pending: list[Paragraph] = []
    depth = 0
    for block in blocks:
        if isinstance(block, Paragraph) and (pending or _JSON_OPENS.match(block.text)):
            pending.append(block)
            depth += block.text.count("{") - block.text.count("}")
            if depth <= 0:
                yield Code("\n".join(part.text for part in pending), pending[0].line)
                pending, depth = [], 0
            continue
        yield from pending
        pending, depth = [], 0
        yield block
    yield from pending


# ---- JSON ----


def _json(text: str) -> tuple[Any, str]:
    """Parse JSON; return the value, or None, and the problem: the repaired mistake, or the reason for None."""
    if not text:
        return None, "only a request line or headers"
    if not _OPENING.match(text):
        return None, "not JSON"
    try:
        return json.loads(text, parse_constant=lambda _: None), ""
    except RecursionError:
        return None, "JSON that is nested too deeply"
    except json.JSONDecodeError as error:
        problem = _diagnosis(text, error)
    except ValueError as error:
        return None, f"a number can't be read: {error}"
    if len(text) > _REPAIRED or _depth(text) > _DEEP or _QUOTES.search(text):
        return None, f"{problem}; too long or too deeply nested to be repaired"
    return _repaired(text, problem)


def _repaired(text: str, problem: str) -> tuple[Any, str]:
    # Few examples are broken, and loading this takes time.
    with needing("drift"):
        from json_repair import repair_json

    try:
        value = repair_json(text, return_objects=True, skip_json_loads=True)
    except (RecursionError, ValueError):
        return None, problem
    if not isinstance(value, dict | list) or not value or ('"' not in text and "“" not in text and "'" not in text):
        return None, f"{problem}, and could not be repaired"
    return value, problem


def _depth(text: str) -> int:
    depth = most = 0
    for each in text:
        depth += (each in "{[") - (each in "}]")
        most = max(most, depth)
    return most


def _diagnosis(text: str, error: json.JSONDecodeError) -> str:
    """Return the first mistake in broken JSON, in words, such as `a comma is missing (line 3 of the listing)`."""
    at = text[error.pos : error.pos + 1]
    before = text[: error.pos].rstrip()[-1:]
    where = f" (line {error.lineno} of the listing)"
    if error.pos >= len(text.rstrip()):
        return "a bracket is not closed"
    if at in "“”‘’'" and at:
        return "a quotation mark is not a straight double one" + where
    if text.startswith(("...", "…"), error.pos) or text.startswith("...", error.pos - 1):
        return "something is left out" + where
    if text.startswith(("//", "/*", "#"), error.pos):
        return "JSON has no comments" + where
    if error.msg.startswith("Expecting ',' delimiter"):
        return "a comma is missing" + where
    if "trailing comma" in error.msg or (before == "," and at in "}]"):
        return "there is a comma too many" + where
    return {
        "Extra data": "text follows the JSON",
        "Unterminated string starting at": "a quotation mark is missing",
        "Invalid control character at": "a string goes on in the next line",
        "Expecting ':' delimiter": "a colon is missing",
        "Expecting value": "a value is missing or not JSON",
    }.get(error.msg, "a name has no quotation marks") + where


# ---- errors ----


def is_error(value: Any) -> bool:
    """Check whether an example is an error: it has a field of errors, and not the fields of a success left empty."""
    if not isinstance(value, dict) or any(value.get(key) in (True, "true") for key in _SUCCESS_KEYS):
        return False
    succeeded = any(value.get(key) in (0, "0") for key in _ERROR_KEYS)
    return not succeeded and any(value.get(key) not in (None, "") for key in _ERROR_KEYS)


# ---- trees ----


def _is_tree(text: str) -> bool:
    lines = [line for line in text.split("\n") if line.strip()]
    return 1 < len(lines) < 5000 and any((mark := TREE_MARK.match(line)) and _BRANCH.search(mark[0]) for line in lines)


def _entries(text: str) -> Iterator[str]:
    """Yield the paths of files, and of folders without files, in a printed tree."""
    above: list[tuple[int, str]] = []
    folder: tuple[str, ...] | None = None
    for line in text.split("\n"):
        if not line.strip():
            continue
        mark = TREE_MARK.match(line)
        lead = mark[0] if mark and _BRANCH.search(mark[0]) else re.match(r"[\s│|]*", line)[0]  # type: ignore[index]
        name = line[len(lead) :].strip().rstrip("/")
        depth = len(lead.replace("\t", "    "))
        if not name or (not depth and _SENTENCE.fullmatch(name)):
            continue
        while above and above[-1][0] >= depth:
            above.pop()
        path = (*(each for _, each in above), name)
        if folder and path[: len(folder)] != folder:
            yield "/".join(folder) + "/"
        folder = None
        if _FILE.fullmatch(name):
            yield "/".join(path)
        else:
            above.append((depth, name))
            folder = path
    if folder:
        yield "/".join(folder) + "/"
