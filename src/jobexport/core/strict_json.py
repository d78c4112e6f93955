r"""The one strict reader of JSON, which refuses a text that two readers could understand differently, and its writer.

- The text is UTF-8. A byte order mark may begin a file, as editors write it; it may not begin a body on the network
  (RFC 8259, 8.1).
- An object has each key once: of two equal keys, readers use the first, the last, or both.
- `NaN`, `Infinity` and `-Infinity` are not JSON; `1e999` fits no float, and an integer has at most 4300 digits. In a
  text that is only passed on (`exact`), each other number stands as it was sent.
- Half of a surrogate pair, which only an escape such as `"\ud800"` can write, has no form in UTF-8.
- Lists and objects of a file are nested at most 100 levels, as copying and writing them need more stack than reading;
  the pages' own examples have six. Lists and objects of a body may be nested as deeply as Python's own reader allows.
- A text has at most 500,000 values: `{},` takes three bytes, and its object seventy. Depth and number are counted
  before any value is made.

Responses of servers in use are read by `lenient_json` instead.
"""

from __future__ import annotations

import codecs
import json
import math
import re
from itertools import accumulate
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MOST_VALUES = 500_000
"""Values of one text, each list, object, text, number and constant counted."""
_DEEPEST, _FEW = 100, 10_000
# Also a text that has no end, so that the time depends on the length only.
_QUOTED = re.compile(rb'"(?:[^"\\]++|\\.?)*+(?:"|\Z)', re.DOTALL)
_BRACKETS = {91: 1, 123: 1, 93: -1, 125: -1}
_NO_BRACKETS = bytes(set(range(256)) - set(_BRACKETS))


class TooManyValues(ValueError):  # noqa: N818  # the name says what happened
    """JSON text with more values than a reader makes of it. The error's text fits into a sentence."""


class Number(float):
    """A number that Python would write in another way, such as `1.50` or `-0`; `write` keeps its text."""

    __slots__ = ("text",)

    text: str
    """The number as it was sent."""

    def __new__(cls, text: str) -> Number:
        """Return the number of a JSON text."""
        number = super().__new__(cls, text)
        number.text = text
        return number

    def __reduce__(self) -> tuple[type[Number], tuple[str]]:
        return Number, (self.text,)


def parse(content: bytes, *, file: bool = False, exact: bool = False) -> Any:
    """Return the value of a JSON text.

    Args:
        content: the text.
        file: True for the text of a file: a byte order mark may begin it, and it may not be nested deeply.
        exact: True for a text that is passed on by `write`: a number that Python would write in another way is a
            `Number`.

    Raises:
        TooManyValues: the text has too many values.
        ValueError: the text breaks another rule of this module. A text that is not JSON raises `json.JSONDecodeError`,
            which has the line. The error's text fits into a sentence.
    """
    check_size(content)
    try:
        text = (content.removeprefix(codecs.BOM_UTF8) if file else content).decode("utf-8")
        if file:
            _check_depth(content)
        value = (_EXACT_DECODER if exact else _DECODER).decode(text)
        if "\\u" in text:
            json.dumps(value, ensure_ascii=False).encode("utf-8")
    except RecursionError:
        raise ValueError("nested too deeply") from None
    except UnicodeDecodeError as problem:
        raise ValueError(f"not UTF-8 at byte {problem.start}") from None
    except UnicodeEncodeError:
        raise ValueError("half of a surrogate pair") from None
    return value


def write(value: Any, *, sort_keys: bool = False) -> str:
    """Return a value as JSON, indented and with a line's end, every `Number` as it was sent.

    Raises:
        RecursionError: the value is nested too deeply; a file is not.
    """
    return "".join(_pieces(value, "\n", sort_keys)) + "\n"


def _pieces(value: Any, line: str, sort_keys: bool) -> Iterator[str]:
    """Yield the text of a value; `line` is the end of a line and the indentation of the next line."""
    inner, before = f"{line}  ", ""
    if isinstance(value, dict) and value:
        for key in sorted(value) if sort_keys else value:
            yield f"{before or '{'}{inner}{_text(key)}: "
            yield from _pieces(value[key], inner, sort_keys)
            before = ","
        yield f"{line}}}"
    elif isinstance(value, list | tuple) and value:
        for item in value:
            yield f"{before or '['}{inner}"
            yield from _pieces(item, inner, sort_keys)
            before = ","
        yield f"{line}]"
    else:
        yield value.text if isinstance(value, Number) else _text(value)


def most_values(content: bytes) -> int:
    """Return a number that the values of a JSON text can't exceed, whatever its charset; commas in texts count too."""
    return 1 + content.count(b",") + _openings(content)


def count_values(content: bytes) -> int:
    """Return the number of values in a JSON text in UTF-8, or a larger number if it is not more than 10,000."""
    most = most_values(content)
    return most if most <= _FEW else most_values(_QUOTED.sub(b"", content))


def check_size(content: bytes) -> None:
    """Check the number of values in a JSON text in UTF-8, before they are made.

    Raises:
        TooManyValues: they are too many.
    """
    if count_values(content) > MOST_VALUES:
        raise TooManyValues(f"more than {MOST_VALUES} values")


def _openings(content: bytes) -> int:
    return content.count(b"[") + content.count(b"{")


def _check_depth(content: bytes) -> None:
    if _openings(content) <= _DEEPEST:
        return
    brackets = _QUOTED.sub(b"", content).translate(None, _NO_BRACKETS)
    if max(accumulate(map(_BRACKETS.__getitem__, brackets)), default=0) > _DEEPEST:
        raise ValueError("nested too deeply")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise ValueError(f"key {twice!r:.60} is given twice")
    return value


def _float(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"number {text:.20} is out of range")
    return number


def _exact_float(text: str) -> float:
    number = _float(text)
    return number if repr(number) == text else Number(text)


def _exact_int(text: str) -> float:
    # No other integer is written in another way.
    return Number(text) if text == "-0" else int(text)


def _constant(text: str) -> Any:
    raise ValueError(f"{text} is not JSON")


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_float=_float, parse_constant=_constant)
EXACT: Mapping[str, Any] = {
    "object_pairs_hook": _object,
    "parse_float": _exact_float,
    "parse_int": _exact_int,
    "parse_constant": _constant,
}
"""The hooks of Python's reader for a text that is passed on."""
_EXACT_DECODER = json.JSONDecoder(**EXACT)
_text = json.JSONEncoder(ensure_ascii=False).encode
