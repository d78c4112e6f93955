"""Parses JSON strictly: whatever two readers could understand differently is refused."""

from __future__ import annotations

import json
import math
from typing import Any


def parse(text: str) -> Any:
    """Give the value of a JSON text.

    Raises:
        ValueError: it is not JSON (then a `json.JSONDecodeError`, which has the line), has a key twice, a number that
            JSON or a float cannot hold, half of a surrogate pair, or is nested too deeply.
    """
    try:
        value = _DECODER.decode(text)
        # Half a surrogate pair can only come from an escape, and could be written nowhere as UTF-8.
        if "\\u" in text:
            json.dumps(value, ensure_ascii=False).encode("utf-8")
    except RecursionError:
        raise ValueError("nested too deeply") from None
    except UnicodeEncodeError:
        raise ValueError("half of a surrogate pair") from None
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise ValueError(f"key {twice!r} is given twice")
    return value


def _float(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"number {text:.20} is out of range")
    return number


def _constant(text: str) -> Any:
    raise ValueError(f"{text} is not JSON")


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_float=_float, parse_constant=_constant)
