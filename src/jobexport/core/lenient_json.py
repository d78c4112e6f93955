r"""The one lenient reader of a response's body: a client reads as much of it as it can.

- The text is in the charset that the media type declares, as some servers send errors in GBK.
- Without a declared charset, or if the bytes are in another one, it is UTF-8, UTF-16 or UTF-32 as JSON has them.
- Other bytes stand as escapes in the value: the error's code is ASCII, and is read all the same. So
  `{"error_code": "DLF.0100", "error_msg": "作业"}` in GBK has the message `\xd7\xf7\xd2\xb5`.

The bodies that a contract test checks, and files, are read by `strict_json` instead. A body that is passed on
(`exact`) keeps the digits of its numbers, as there.
"""

from __future__ import annotations

import codecs
import json
import re
from typing import TYPE_CHECKING, Any

from jobexport.core import strict_json

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_CHARSET = re.compile(r""";\s*charset\s*=\s*["']?([^\s"';]{1,40})""", re.IGNORECASE)
# No charsets: they read escapes of their own, or take a time that grows with the square of the length.
_NO_CHARSETS = {"idna", "punycode", "raw-unicode-escape", "unicode-escape", "undefined"}
# The longest body whose bytes of no charset are escaped; errors are short.
_LONGEST = 1024 * 1024
_BYTE = re.compile(r"[\udc80-\udcff]")
# In GBK, Big5 and Shift JIS the second byte of a character may be that of a backslash.
_BYTE_AND_BACKSLASH = re.compile(r"([\udc80-\udcff])\\")


def parse(content: bytes, content_type: str = "", *, exact: bool = False) -> Any:
    """Return the value of a body, or None if the body is not JSON or is `null`.

    Args:
        content: the body.
        content_type: the value of the header `Content-Type`.
        exact: True for a body that is passed on by `strict_json.write`: each number keeps its digits. Then a body that
            has a key twice, or a number that no JSON has, counts as no JSON.
    """
    hooks: Mapping[str, Any] = strict_json.EXACT if exact else {}
    for text in _texts(content, content_type):
        try:
            # Not strict: a message may have a line's end as it is.
            return json.loads(text, strict=False, **hooks)
        # Deep nesting raises RecursionError.
        except (ValueError, RecursionError):
            continue
    return None


def is_utf8(content: bytes, content_type: str = "") -> bool:
    """Return True if `parse` reads a body as UTF-8."""
    if _declared(content_type) not in {None, "utf-8"} or not json.detect_encoding(content).startswith("utf-8"):
        return False
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True


def decode(content: bytes, content_type: str = "") -> str:
    r"""Return a body as text, with `\xff` for each byte that its charset does not have."""
    charset = _declared(content_type) or json.detect_encoding(content)
    return content.decode(charset, "backslashreplace").removeprefix("\ufeff")


def _texts(content: bytes, content_type: str) -> Iterator[str]:
    """Yield the texts that a body may stand for, the most probable first."""
    for charset in dict.fromkeys((_declared(content_type), json.detect_encoding(content))):
        if charset is not None:
            try:
                yield content.decode(charset).removeprefix("\ufeff")
            except UnicodeDecodeError:
                continue
    if len(content) > _LONGEST or content.isascii():
        return
    text = content.decode("ascii", "surrogateescape")
    yield _escaped(text)
    yield _escaped(_BYTE_AND_BACKSLASH.sub(r"\1\\\\", text))


def _escaped(text: str) -> str:
    r"""Return a JSON text with the escape of a backslash, `x` and two digits for each byte that is not ASCII."""
    return _BYTE.sub(lambda byte: rf"\\x{ord(byte[0]) - 0xDC00:02x}", text)


def _declared(content_type: str) -> str | None:
    """Return the charset of a media type, or None if it has no charset that Python knows."""
    found = _CHARSET.search(content_type)
    try:
        name = codecs.lookup(found[1]).name if found else None
        if name is None or name in _NO_CHARSETS:
            return None
        # Raises LookupError for a codec that is no charset, such as `zlib`.
        "a".encode(name)
        return name
    except (LookupError, UnicodeError):
        return None
