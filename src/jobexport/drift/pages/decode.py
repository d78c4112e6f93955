"""Bytes → text: encodings, line ends, and the text that a repository viewer adds around or between the lines."""

from __future__ import annotations

import codecs
import re
from itertools import pairwise
from typing import TYPE_CHECKING

from attrs import frozen

from jobexport.drift.pages import bounds
from jobexport.drift.pages.container import container_of_bytes, container_of_text
from jobexport.drift.pages.visible import shown, without_data, without_data_bytes
from jobexport.errors import JobexportError

if TYPE_CHECKING:
    from collections.abc import Sequence

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SAVE = "save the page as HTML, Markdown, reStructuredText or plain text"
_NO_TEXT = f"the file is not text; {_SAVE}"
_SCRIPT = re.compile(r"<(script|style|svg|!--)", re.IGNORECASE)
_CONTROL_BYTES = bytes(each for each in (*range(32), 127) if chr(each) not in "\t\n\v\f\r")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1b\x7f]")
# These characters end a line for `str.splitlines`, which docutils uses, but not for an editor that counts lines.
_OTHER_ENDS = str.maketrans(dict.fromkeys("\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029", " "))
_PLAIN = re.compile(r"[\t\r\n -~\u00a0-\u00ff\u2000-\u206f\u2500-\u257f\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
_CHINESE = re.compile(r"[\u4e00-\u9fff，。：、（）]")
_SIZE = re.compile(
    r"[\d.,]+\s*(?:lines?(?: \([\d.,]+ (?:sloc|loc)\))?|bytes?|[KM]i?B|sloc)(?:\s*[·|•].*)?", re.IGNORECASE
)
_WORD = re.compile(
    r"html|markdown|restructuredtext|rst|text|raw|blame|history|code|preview|permalink|edit|download|copy raw file|"
    r"forked from .*|go to file|(?:(?:reviewed|signed-off|co-authored|co-committed)-by: .*)+",
    re.IGNORECASE,
)


@frozen
class DecodedPage:
    """The text of a page, with the number of each line in the file."""

    name: str
    """The name of the file, for messages."""
    lines: tuple[str, ...]
    """The lines, without lines that a viewer added."""
    numbers: tuple[int, ...]
    """For each line, its number in the file, from 1."""
    noise: str = ""
    """The text that a viewer added; it may name the cloud."""

    @property
    def text(self) -> str:
        """The lines as one text."""
        return "\n".join(self.lines)

    def place(self, line: int) -> int:
        """Return the number in the file of a line of `text`; both count from 1, and 0 stays 0."""
        return self.numbers[min(line, len(self.numbers)) - 1] if line > 0 else 0


def decode(content: bytes, name: str) -> DecodedPage:
    """Decode the content of a page's file; `name` is for messages.

    Raises:
        JobexportError: the content is empty, too long, or not text.
    """
    if kind := container_of_bytes(content):
        raise JobexportError(f"{name}: the file is {kind}; {_SAVE}")
    if len(content) > bounds.FILE:
        content = without_data_bytes(content[: bounds.RAW + 1])
    if len(content) > bounds.FILE:
        raise JobexportError(
            f"{name}: longer than {bounds.FILE >> 20} MiB, which no documentation page is; save only the page"
        )
    text = _text(content, name).replace("\r\n", "\n").replace("\r", "\n").translate(_OTHER_ENDS)
    text = without_data(shown(text))
    if not text.strip():
        raise JobexportError(f"{name}: the file is empty; save the page again")
    if len(_CONTROL.findall(text)) > max(4, len(text) // 200):
        raise JobexportError(f"{name}: {_NO_TEXT}")
    if kind := container_of_text(text):
        raise JobexportError(f"{name}: the file is {kind}; {_SAVE}")
    if len(text) > bounds.TEXT // 4:
        text = _without_scripts(text)
    lines = _CONTROL.sub("", text).split("\n")
    if len(text) > bounds.TEXT or len(lines) > bounds.LINES:
        raise JobexportError(
            f"{name}: {len(text):,} characters on {len(lines):,} lines are more than a documentation page has "
            f"(at most {bounds.TEXT:,} on {bounds.LINES:,}); save only the page"
        )
    return _without_viewer(lines, name)


def _text(content: bytes, name: str) -> str:
    for bom, encoding in _BOMS:
        if content.startswith(bom):
            return content[len(bom) :].decode(encoding, errors="replace")
    if content.count(0) > len(content) // 50 and (wide := _without_mark(content)):
        return wide
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as problem:
        return _other(content, name, problem)


def _without_mark(content: bytes) -> str:
    """Decode UTF-16 without a byte order mark; empty if the content is not UTF-16."""
    for encoding in ("utf-16-le", "utf-16-be"):
        text = content.decode(encoding, errors="replace")
        if len(_PLAIN.findall(text[:4000])) > 0.9 * min(len(text), 4000):
            return text
    return ""


def _other(content: bytes, name: str, problem: UnicodeDecodeError) -> str:
    """Decode text that is not UTF-8: as GB18030 if that gives Chinese, else as UTF-8 or cp1252 with few bytes lost."""
    if len(content) - len(content.translate(None, _CONTROL_BYTES)) > max(4, len(content) // 200):
        raise JobexportError(f"{name}: {_NO_TEXT}")
    utf8 = content.decode("utf-8", errors="replace")
    lost = utf8.count("\ufffd")
    national = content.decode("gb18030", errors="replace")
    high = sum(byte > 0x7F for byte in content)
    # In GB18030 a Chinese character has two bytes, and nearly all characters of a page are common.
    if (
        national.count("\ufffd") <= high // 100
        and len(_CHINESE.findall(national)) * 2 >= high * 0.7
        and lost > high // 20
    ):
        return national
    if lost > max(8, len(content) // 50):
        raise JobexportError(
            f"{name}: neither UTF-8, UTF-16 nor GB18030 (byte {problem.start}); save the page again as UTF-8"
        )
    # If no byte is part of a UTF-8 character, the bytes are spaces and quotation marks of Windows.
    others = sum(each > "\x7f" for each in utf8) - lost
    return utf8 if others >= lost else content.decode("cp1252", errors="replace")


def _without_scripts(text: str) -> str:
    """Return the text without scripts, styles and comments; the other lines keep their numbers."""
    kept: list[str] = []
    at = 0
    lower = text.lower()
    while match := _SCRIPT.search(text, at):
        kind = match[1].lower()
        closing = "-->" if kind == "!--" else f"</{kind}"
        end = lower.find(closing, match.end())
        if end < 0:
            break
        end += len(closing)
        kept += [text[at : match.start()], "\n" * text.count("\n", match.start(), end)]
        at = end
    return "".join((*kept, text[at:]))


def _without_viewer(lines: Sequence[str], name: str) -> DecodedPage:
    numbered = list(enumerate(lines, 1))
    noise: list[str] = []
    bars = sum(line.strip() == "|" for line in lines)
    if bars >= 3:
        numbered = [(number, line) for number, line in numbered if line.strip() != "|"]
    numbered = _without_numbers(numbered)
    kept = []
    head = True
    for number, line in numbered:
        words = line.strip()
        if head and words and (_SIZE.fullmatch(words) or _WORD.fullmatch(words)):
            noise.append(words)
            continue
        head = head and not words
        kept.append((number, line))
    if not any(line.strip() for _, line in kept):
        raise JobexportError(f"{name}: the file has no content; save the page again")
    return DecodedPage(name, tuple(line for _, line in kept), tuple(number for number, _ in kept), "\n".join(noise))


_NUMBERED = re.compile(r"\s*(\d{1,6})(?:[\t|:]|  ?|$)(.*)")


def _without_numbers(numbered: Sequence[tuple[int, str]]) -> list[tuple[int, str]]:
    """Return the lines without line numbers that a viewer wrote before each line or on separate lines."""
    found = [_NUMBERED.fullmatch(line) for _, line in numbered]
    counts = [int(match[1]) for match in found if match]
    steps = sum(later == earlier + 1 for earlier, later in pairwise(counts))
    if len(counts) >= max(10, 0.9 * len(numbered)) and steps >= 0.95 * (len(counts) - 1):
        return [(number, match[2] if match else line) for match, (number, line) in zip(found, numbered, strict=True)]
    alone: set[int] = set()
    for index, (_, line) in enumerate(numbered):
        if line.strip() == str(len(alone) + 1):
            alone.add(index)
    filled = sum(bool(line.strip()) for _, line in numbered)
    if len(alone) >= max(10, 0.4 * filled):
        return [each for index, each in enumerate(numbered) if index not in alone]
    return list(numbered)
