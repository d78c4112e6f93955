"""Places in a definition that look like secrets: the user should know that the backup has them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_WORD = r"(?:password|passwd|pwd|secret|token|access[._-]?key|secret[._-]?key|ak|sk|api[._-]?key|credential)s?"
_KEY = re.compile(rf"(?:.*[._-])?{_WORD}|.*(?:Password|Passwd|Secret|Token|AccessKey|SecretKey|ApiKey)", re.IGNORECASE)
# `'connector.password' = 'x'`, `"password": "x"`, `password=x`, `?user=a&password=x` in SQL, URLs and scripts.
_ASSIGNED = re.compile(rf"""(?<![\w])['"]?((?:[\w-]+[._-])*{_WORD})['"]?\s*[=:]\s*['"]?[^\s'"$#{{]""", re.IGNORECASE)
# `jdbc:mysql://user:secret@host`, `https://user:secret@host`.
_USER_INFO = re.compile(r"://[^\s/:@'\"]+:[^\s/@'\"$#{]+@")


def places(value: Any, path: str = "") -> Iterator[str]:
    """Yield the places in a definition that look like secrets, such as `params.db_password`; never a value."""
    if isinstance(value, dict):
        named = value.get("name")
        if isinstance(named, str) and "value" in value and _KEY.fullmatch(named) and _is_secret(value["value"]):
            yield f"{path}.{named}".lstrip(".")
            return
        for key, item in value.items():
            below = f"{path}.{key}".lstrip(".")
            if _KEY.fullmatch(key) and _is_secret(item):
                yield below
            else:
                yield from places(item, below)
    elif isinstance(value, list):
        for item in value:
            name = item.get("name") if isinstance(item, dict) and "value" not in item else None
            yield from places(item, f"{path}.{name}" if isinstance(name, str) else path)
    elif isinstance(value, str) and (found := in_text(value)):
        yield f"{path} ({found})"


def in_text(text: str) -> str | None:
    """Return the word before a value that looks like a secret, such as `password`; None if the text has none."""
    if found := _ASSIGNED.search(text):
        return found[1]
    return "user and password in a URL" if _USER_INFO.search(text) else None


def _is_secret(value: Any) -> bool:
    """Return True for a text that is written there; a parameter or an expression is looked up elsewhere."""
    return isinstance(value, str) and bool(value.strip()) and not re.search(r"[$#]\{", value)
