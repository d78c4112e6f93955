"""Listings in plain text without markup: recognized by brackets, branches of trees and request lines."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from jobexport.drift.pages import vocabulary as words
from jobexport.drift.pages.blocks import Code

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jobexport.drift.pages.forms.text_rows import TextLine

_OPENS = re.compile(r"\s*[{\[]\s*$|\s*\{\s*[\"“].*|\s*\[\s*[{\[\"“\d].*|\s*\{\s*\}\s*")
_CLOSED = re.compile(r"\s*[}\]]+\s*")
_HEADER = re.compile(r"(?:Content-Type|Accept|Host|Authorization|X-[\w-]+)\s*:", re.IGNORECASE)
# A quotation mark behind a backslash begins no string.
_STRING = re.compile(r'\\.|"(?:[^"\\]|\\.)*"')
_BRANCH = re.compile(r"[├└┣┗]|[+\\`|]-{2,}")
_FILE = re.compile(r"\s*[\w{}.-]+\.\w{1,12}\s*", re.ASCII)
_ROOT = re.compile(r"\s*[\w{}.-]{1,80}/?\s*", re.ASCII)
_SIGN = re.compile(r"[\"{}\[\]:]")
_WORDS = re.compile(r"[^\W\d_]\s+\S")
_MOST = 5000


def opens(line: TextLine) -> bool:
    """Check whether JSON begins on a line."""
    return bool(_OPENS.fullmatch(line.raw))


def branch(line: TextLine) -> bool:
    """Check whether a line is a branch of a tree of files."""
    match = words.TREE_MARK.match(line.raw)
    return bool(match and _BRANCH.search(match[0]))


def code(raw: Sequence[str], lines: Sequence[TextLine], at: int, shown: bool) -> tuple[Code, int] | None:
    """Return the listing that begins at a line and the index of the line after it, or None if no listing begins.

    Args:
        raw: all lines of the page.
        lines: the lines that are not empty.
        at: the index of the line in `lines`.
        shown: True in a section of examples, in which a request line alone is an example.
    """
    following = lines[at + 1] if at + 1 < len(lines) else None
    if branch(lines[at]) or (following and branch(following) and _ROOT.fullmatch(lines[at].raw)):
        return _listing(raw, lines, at, _tree_end(lines, at))
    end = at
    if words.REQUEST_LINE.match(lines[at].text):
        end += 1
        while end < len(lines) and _HEADER.match(lines[end].text):
            end += 1
    if end < len(lines) and opens(lines[end]):
        return _listing(raw, lines, at, _json_end(lines, end))
    return _listing(raw, lines, at, end) if end > at + 1 or (shown and end > at) else None


def _tree_end(lines: Sequence[TextLine], at: int) -> int:
    """Return the end of a tree: a gap, or a line that is neither a branch, a file nor a folder with branches."""
    end = at + 1
    while end < len(lines) and lines[end].number == lines[end - 1].number + 1:
        follows = end + 1 < len(lines) and branch(lines[end + 1]) and _ROOT.fullmatch(lines[end].raw)
        indented = lines[end].raw[:1] in " |│\t" and _ROOT.fullmatch(lines[end].raw.lstrip("|│ \t"))
        if not (branch(lines[end]) or _FILE.fullmatch(lines[end].raw) or follows or indented):
            break
        end += 1
    return end


def _json_end(lines: Sequence[TextLine], opening: int) -> int:
    """Return the index of the line after the closing bracket, or of the first line that can't be JSON."""
    depth = 0
    end = opening
    while end < min(len(lines), opening + _MOST):
        line = lines[end]
        if end > opening and (words.section(line.text) or words.CAPTION.fullmatch(line.text) or _is_prose(line.text)):
            break
        # Brackets in strings do not count.
        bare = _STRING.sub("", line.text)
        depth += sum(bare.count(each) for each in "{[") - sum(bare.count(each) for each in "}]")
        end += 1
        if depth <= 0:
            break
    while end < len(lines) and _CLOSED.fullmatch(lines[end].raw):
        end += 1
    return end


def _is_prose(text: str) -> bool:
    return not _SIGN.search(text) and bool(_WORDS.search(text))


def _listing(raw: Sequence[str], lines: Sequence[TextLine], at: int, end: int) -> tuple[Code, int]:
    first, last = lines[at].number, lines[end - 1].number
    shown = [line.rstrip() for line in raw[first - 1 : last] if line.strip()]
    return Code("\n".join(shown), first), end
