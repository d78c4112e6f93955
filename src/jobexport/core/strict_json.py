r"""The one strict reader of JSON, which refuses a text that two readers could understand differently, and its writer.

- The text is UTF-8. A byte order mark may begin a file, as editors write it; it may not begin a body on the network
  (RFC 8259, 8.1).
- An object has each key once: of two equal keys, readers use the first, the last, or both.
- `NaN`, `Infinity` and `-Infinity` are not JSON; `1e999` fits no float, and an integer has at most 4300 digits. In a
  text that is only passed on (`exact`), each other number stands as it was sent.
- Half of a surrogate pair, which only an escape such as `"\ud800"` can write, has no form in UTF-8.
- Lists and objects of a file are nested at most 100 levels, as copying and writing them need more stack than reading;
  the pages' own examples have six. Lists and objects of a body may be nested as deeply as Python's own reader allows.

Responses of servers in use are read by `lenient_json` instead.
"""

from __future__ import annotations

import codecs
import json
import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_DEEPEST = 100


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
        ValueError: the text breaks a rule of this module. A text that is not JSON raises `json.JSONDecodeError`, which
            has the line. The error's text fits into a sentence.
    """
    try:
        text = (content.removeprefix(codecs.BOM_UTF8) if file else content).decode("utf-8")
        value = (_EXACT_DECODER if exact else _DECODER).decode(text)
        if file:
            _check_depth(value)
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


def _check_depth(value: Any) -> None:
    level = [value] if isinstance(value, dict | list) else []
    for _ in range(_DEEPEST):
        children = (child for item in level for child in (item.values() if isinstance(item, dict) else item))
        level = [child for child in children if isinstance(child, dict | list)]
        if not level:
            return
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
_EXACT_DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_float=_exact_float, parse_int=_exact_int, parse_constant=_constant
)
_text = json.JSONEncoder(ensure_ascii=False).encode
