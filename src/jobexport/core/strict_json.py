r"""The one strict reader of JSON: a text that two readers could understand differently is refused.

- The text is UTF-8. A byte order mark may begin a file, as editors write it; it may not begin a body on the network
  (RFC 8259, 8.1).
- An object has each key once: of two equal keys, readers use the first, the last, or both.
- `NaN`, `Infinity` and `-Infinity` are not JSON; `1e999` fits no float, and an integer has at most 4300 digits.
- Half of a surrogate pair, which only an escape such as `"\ud800"` can write, has no form in UTF-8.
- Lists and objects of a file are nested at most 100 levels, as copying and writing them need more stack than reading;
  the pages' own examples have six. Lists and objects of a body may be nested as deeply as Python's own reader allows.

Responses of servers in use are read by `lenient_json` instead.
"""

from __future__ import annotations

import codecs
import json
import math
from typing import Any

_DEEPEST = 100


def parse(content: bytes, *, file: bool = False) -> Any:
    """Return the value of a JSON text.

    Args:
        content: the text.
        file: True for the text of a file: a byte order mark may begin it, and it may not be nested deeply.

    Raises:
        ValueError: the text breaks a rule of this module. A text that is not JSON raises `json.JSONDecodeError`, which
            has the line. The error's text fits into a sentence.
    """
    try:
        text = (content.removeprefix(codecs.BOM_UTF8) if file else content).decode("utf-8")
        value = _DECODER.decode(text)
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


def _constant(text: str) -> Any:
    raise ValueError(f"{text} is not JSON")


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_float=_float, parse_constant=_constant)
