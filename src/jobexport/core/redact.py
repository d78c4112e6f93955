r"""The one place that makes foreign text fit to be shown: without secrets, and with every character to be seen.

A secret is found in any letter case and spelling: as it is, percent-encoded, as a field of a form (`+` for a blank),
with escapes of JSON (`\u003d`, `\ud83d\ude00`, `\/`) or of HTML and XML (`&#61;`, `&equals;`), wholly or in part and up
to four times over, with accents as letters of their own or not, in hexadecimal, and in base64 of both alphabets at any
place of a longer text. A piece of a secret is as secret as the whole: 10 characters of it, or all
but one of a shorter secret. A secret shorter than 8 characters is not looked for: it would be a part of common words.
The time grows with the length of the text only, never with its product with the secret's length.
"""

from __future__ import annotations

import base64
import logging
import re
import threading
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass, field
from functools import lru_cache
from html.entities import html5
from itertools import chain
from typing import TYPE_CHECKING, Any

from jobexport.core.forks import renew_in_children

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    Span = tuple[int, int]
    # Places in the text without escapes, and in the text with them, right behind each escape.
    Places = tuple[list[int], list[int]]

REDACTED = "[redacted]"
SHORTEST = 8
"""Length of the shortest secret that is looked for."""
_PIECE = 10
# A text within a text within a text: JSON in JSON in a form's field.
_LEVELS = 5
_REMEMBERED = 32
_SECRET_NAME = re.compile(
    "authorization|cookie|token|secret|signature|password|(?:access|account|sas)[-_]?key", re.IGNORECASE
)
# The parts of `Authorization` that are secret; the names of the algorithm and of the signed headers help.
_SECRET_PART = re.compile(r"(?:Access|Credential|Signature)=([^\s,/]+)")
# What signs a URL of an object store; whoever has the URL may read the object.
_SIGNED = re.compile(r"(X-Amz-(?:Credential|Security-Token|Signature)=)[^&\s\"'<>]+", re.IGNORECASE)
# Runs are bounded, so that a text of backslashes takes no quadratic time. A zero byte is every second byte of UTF-16.
_ESCAPE = re.compile(
    r"""%([0-9a-f]{2})|\\{1,16}u\{([0-9a-f]{1,6})\}|\\{1,16}(?-i:U)(000[01][0-9a-f]{4})|(?:%|\\{1,16})u([0-9a-f]{4})"""
    r"""|\\{1,16}x([0-9a-f]{2})|&\#x([0-9a-f]{1,8});?|&\#([0-9]{1,8});?"""
    r"""|&([a-z][a-z0-9]{1,30};|(?:amp|lt|gt|quot))|\\{1,16}(["'/])|\\(\\)|(\x00+)""",
    re.IGNORECASE | re.ASCII,
)
_HEXADECIMAL, _DECIMAL, _NAMED, _GONE = range(1, 7), 7, 8, 11
# Letters that JSON has as two escapes.
_PAIR_OF = re.compile("[\U00010000-\U0010ffff]")
# Letters by their category, but nobody sees them: fillers, joiners, selectors of variants.
_UNSEEN = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0" + "".join(map(chr, range(0xFE00, 0xFE10))))
_LOGGERS = ("httpx", *(f"httpcore.{part}" for part in ("connection", "http11", "http2", "proxy", "socks")))


@dataclass(frozen=True, slots=True)
class Redaction:
    """Replaces some secrets by `[redacted]` in everything that is shown or stored."""

    _windows: Mapping[int, frozenset[str]] = field(repr=False)
    """All runs of the secrets' spellings in lower case, by their length."""
    _seeds: frozenset[str] = field(repr=False)
    """All runs of a shorter length, to pass over most of a text quickly."""

    @classmethod
    def of(cls, secrets: Iterable[str | None]) -> Redaction:
        """Build the redaction of these secrets; None and secrets that are too short are left out."""
        return _redaction(tuple(sorted({secret for secret in secrets if secret and len(secret) >= SHORTEST})))

    def text(self, text: str) -> str:
        """Return the text without secrets."""
        if not self._windows:
            return text
        spans: list[Span] = []
        back: list[Places] = []
        view = text
        for _ in range(_LEVELS):
            spans += (_traced(span, back) for span in self._found(view))
            view, places = _unescaped(view)
            if not places[0]:
                break
            back.append(places)
        return _replaced(text, spans)

    def content(self, content: bytes) -> bytes:
        """Return the bytes without secrets."""
        return self.text(content.decode("latin-1")).encode("latin-1")

    def headers(self, headers: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
        """Return the headers without secrets, and without the values of credentials and cookies."""
        return tuple((name, REDACTED if is_secret(name) else self.text(value)) for name, value in headers)

    def _found(self, text: str) -> Iterator[Span]:
        low = _folded(text)
        seed = len(next(iter(self._seeds)))
        for at in range(0, len(low) - seed + 1, min(self._windows) - seed + 1):
            if low[at : at + seed] in self._seeds:
                for length, runs in self._windows.items():
                    for start in range(max(0, at + seed - length), at + 1):
                        if low[start : start + length] in runs:
                            yield start, start + length


@lru_cache(maxsize=8)
def _redaction(secrets: tuple[str, ...]) -> Redaction:
    windows: dict[int, set[str]] = {}
    for spelling, length in chain.from_iterable(map(_spellings, secrets)):
        windows.setdefault(length, set()).update(_runs(_folded(spelling), length))
    seed = (min(windows, default=0) + 1) // 2
    seeds = frozenset(run for runs in windows.values() for text in runs for run in _runs(text, seed))
    return Redaction({length: frozenset(runs) for length, runs in windows.items()}, seeds)


def _spellings(secret: str) -> Iterator[tuple[str, int]]:
    """Yield the spellings that are no escapes, each with the length of a piece that is secret, too."""
    for form in {secret, *(unicodedata.normalize(name, secret) for name in ("NFC", "NFD"))}:
        yield from _spellings_of_form(form)


def _spellings_of_form(secret: str) -> Iterator[tuple[str, int]]:
    content = secret.encode("utf-8", "surrogatepass")
    piece = min(_PIECE, len(secret) - 1)
    yield secret, piece
    # As the fields of a form have it.
    yield secret.replace(" ", "+"), piece
    if not secret.isascii():
        yield content.decode("latin-1"), piece
        # As an escape for each half of a letter has it.
        yield _PAIR_OF.sub(_halves, secret), piece
    yield content.hex(), 2 * piece
    for before in range(3):
        # Letters that also depend on the text before or behind the secret are left out.
        first, last = -(-before * 4 // 3), (before + len(content)) * 4 // 3
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            encoded = encode(bytes(before) + content).decode()[first:last]
            yield encoded, min(piece * 4 // 3, len(encoded))


def _folded(text: str) -> str:
    """Return the text in one case; each letter is one letter still, so that places stay."""
    if text.isascii():
        return text.lower()
    return text.translate({ord(letter): _fold(letter) for letter in set(text)})


def _fold(letter: str) -> str:
    if letter in "\u0130\u0131":  # the Turkish letters i, whose other case is an i of ASCII
        return "i"
    return next((found for found in (letter.casefold(), letter.lower()) if len(found) == 1), letter)


def _runs(text: str, length: int) -> Iterator[str]:
    return (text[start : start + length] for start in range(len(text) - length + 1))


def _halves(match: re.Match[str]) -> str:
    """Return the two halves that UTF-16 has for a letter."""
    number = ord(match[0]) - 0x10000
    return chr(0xD800 + (number >> 10)) + chr(0xDC00 + (number & 0x3FF))


def _unescaped(text: str) -> tuple[str, Places]:
    """Return the text with each escape replaced by its letter, and the places behind the escapes."""
    parts: list[str] = []
    here: list[int] = []
    there: list[int] = []
    length = end = 0
    for match in _ESCAPE.finditer(text):
        letter = _letter(match)
        if letter is None:
            continue
        parts += (text[end : match.start()], letter)
        length += match.start() - end + len(letter)
        end = match.end()
        here.append(length)
        there.append(end)
    return "".join((*parts, text[end:])), (here, there)


def _letter(match: re.Match[str]) -> str | None:
    """Return the letter of an escape, or None if it has not exactly one."""
    kind = match.lastindex or 0
    found = match[kind]
    if kind == _GONE:
        return ""
    if kind == _NAMED:
        letter = html5.get(found) or html5.get(found.lower())
        return letter if letter is not None and len(letter) == 1 else None
    if kind != _DECIMAL and kind not in _HEXADECIMAL:
        return found
    number = int(found, 10 if kind == _DECIMAL else 16)
    return chr(number) if number <= 0x10FFFF else None


def _traced(span: Span, back: list[Places]) -> Span:
    """Return the span in the text with escapes."""
    start, end = span
    for here, there in reversed(back):
        start, end = _place(start, here, there), _place(end, here, there)
    return start, end


def _place(at: int, here: list[int], there: list[int]) -> int:
    index = bisect_right(here, at) - 1
    return at if index < 0 else there[index] + at - here[index]


def _replaced(text: str, spans: Iterable[Span]) -> str:
    parts: list[str] = []
    done = 0
    last = -1
    for start, end in sorted(spans):
        if start > last:
            parts += (text[done:start], REDACTED)
        last = max(last, end)
        done = last
    return "".join((*parts, text[done:])) if parts else text


def is_secret(name: str) -> bool:
    """Return True if a header or a setting with this name holds a credential or a cookie."""
    return _SECRET_NAME.search(name) is not None


def secrets_in(headers: Iterable[tuple[str, str]]) -> list[str]:
    """Return the secrets of a request's headers, such as the token, or the key and the signature."""
    found: list[str] = []
    for name, value in headers:
        if is_secret(name):
            found += _SECRET_PART.findall(value) or value.split()[-1:]
    return found


@dataclass(eq=False)
class _Known:
    """Secrets in use in this process, the newest at the end."""

    secrets: dict[str, None] = field(default_factory=dict, repr=False)
    lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def forked(self) -> None:
        """Leave the lock to the parent."""
        self.lock = threading.Lock()


_known = _Known()
renew_in_children(_known)


def remember(*secrets: str | None) -> None:
    """Keep secrets in use for `known`: the last 32. From now on, the logs of httpx show none of them."""
    with _known.lock:
        held = _known.secrets
        for secret in filter(None, secrets):
            held.pop(secret, None)
            held[secret] = None
        for secret in [*held][:-_REMEMBERED]:
            del held[secret]
    for name in _LOGGERS:
        # A logger keeps a filter once.
        logging.getLogger(name).addFilter(_clean_record)


def known() -> Redaction:
    """Return the redaction of all secrets in use in this process."""
    with _known.lock:
        return Redaction.of(tuple(_known.secrets))


def _clean_record(record: logging.LogRecord) -> bool:
    record.msg, record.args = line(record.getMessage()), None
    return True


def line(text: str) -> str:
    """Return a foreign text for one line: without secrets in use, and with every character to be seen."""
    return printable(known().text(_SIGNED.sub(rf"\1{REDACTED}", text)))


def cleaned(value: Any) -> Any:
    """Return a value of JSON whose texts, keys included, have no secrets in use."""
    if isinstance(value, str):
        return known().text(value)
    if isinstance(value, dict):
        return {cleaned(key): cleaned(item) for key, item in value.items()}
    return [cleaned(item) for item in value] if isinstance(value, list) else value


def printable(text: str, keep: str = "") -> str:
    r"""Escape the characters that turn or hide text, or that steer a terminal: `\x1b`, `\u202e`.

    Args:
        text: the text.
        keep: characters that stay as they are, such as line breaks.
    """
    return text.translate(
        {ord(letter): letter.encode("unicode_escape").decode("ascii") for letter in unseen(text, keep)}
    )


def unseen(text: str, keep: str = "") -> set[str]:
    """Return the characters of a text that `printable` escapes."""
    if text.isprintable() and _UNSEEN.isdisjoint(text):
        return set()
    return {letter for letter in set(text).difference(keep) if not letter.isprintable() or letter in _UNSEEN}
