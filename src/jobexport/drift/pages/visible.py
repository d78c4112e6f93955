"""The text that a person sees on a page: no letters without width, marks of footnotes, or inlined pictures."""

from __future__ import annotations

import re

# Format characters (category Cf), variation selectors and fillers. Marks that are drawn, such as the Arabic number
# sign, stay.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff"
    "\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_RAISED = re.compile(r"(?<=[^\W\d⁰¹²³⁴-⁹])[⁰¹²³⁴-⁹†‡]+")
_MARK = re.compile(r"\s*(?:([\[(（])\s*)?(?:\d{1,2}|[a-z]|[*†‡§¶]{1,3}|注\d{0,2})\s*[\])）]?\s*")
_LEAST = 200
"""The fewest characters of a `data:` URI that is a picture or a font."""
_INLINED = (
    rf"data:[A-Za-z0-9.+/-]{{0,80}}(?:;[A-Za-z0-9.=_+-]{{1,80}}){{0,4}},[^\s\"'()<>\\]{{{_LEAST},}}",
    rf'(?<==")data:[^"]{{{_LEAST},}}',
    rf"(?<=[=(]')data:[^']{{{_LEAST},}}",
)
_DATA = tuple(re.compile(each, re.IGNORECASE) for each in _INLINED)
_DATA_BYTES = tuple(re.compile(each.encode(), re.IGNORECASE) for each in _INLINED)
_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_ZERO = r"[-+]?0*\.?0+(?![\d.])(?:[a-z]+|%)?"
_FAR = r"-\d{3,}.*"
_NOT_DRAWN = {
    name: re.compile(pattern)
    for name, pattern in {
        "display": "none",
        "visibility": "hidden|collapse",
        "content-visibility": "hidden",
        "text-decoration": ".*line-through.*",
        "text-decoration-line": ".*line-through.*",
        "opacity": _ZERO,
        "font-size": _ZERO,
        "color": "transparent",
        "clip": r"rect\((?:[01](?:px)?[\s,]*){4}\)",
        "clip-path": r"inset\((?:[5-9]\d|100)%\)",
        "transform": rf"scale\({_ZERO}\)",
        "text-indent": _FAR,
    }.items()
}
"""Declarations of CSS by which a text is not drawn, or is struck out."""
_PLACED, _CUT = ("left", "right", "top", "bottom"), ("width", "height", "max-width", "max-height")


def is_drawn(style: str) -> bool:
    """Return True if an element with this `style` attribute is drawn; style sheets are not read."""
    found = {}
    for declaration in _COMMENT.sub("", style).lower().split(";"):
        name, _, value = declaration.partition(":")
        found[name.strip()] = value.partition("!")[0].strip()
    if any(_NOT_DRAWN[name].fullmatch(value) for name, value in found.items() if name in _NOT_DRAWN):
        return False
    if found.get("position") in ("absolute", "fixed") and any(re.match(_FAR, found.get(side, "")) for side in _PLACED):
        return False
    cut = found.get("overflow", "") in ("hidden", "clip")
    return not (cut and any(re.fullmatch(_ZERO, found.get(side, "")) for side in _CUT))


def shown(text: str) -> str:
    """Return the text without characters that are not drawn, such as soft hyphens and marks of direction."""
    return text if text.isascii() else _INVISIBLE.sub("", text)


def without_marks(text: str) -> str:
    """Return the text without raised numbers behind a letter, which are marks of footnotes: `"name¹"` → `"name"`."""
    return text if text.isascii() else _RAISED.sub("", text)


def is_mark(text: str, before: str, *, linked: bool) -> bool:
    """Check whether a raised text is the mark of a footnote, and not an exponent, which is behind a digit.

    Args:
        text: the raised text, such as `1`.
        before: the text before it.
        linked: True if the text is a link.
    """
    match = _MARK.fullmatch(text)
    return bool(match) and (linked or bool(match and match[1]) or not before[-1:].isdigit())


def without_data(text: str) -> str:
    """Return the text with pictures and fonts in `data:` URIs cut out; each line keeps its number."""
    for pattern in _DATA:
        text = pattern.sub(lambda match: "data:," + "\n" * match[0].count("\n"), text)
    return text


def without_data_bytes(content: bytes) -> bytes:
    """Return the content of a file as `without_data` does, before it is decoded."""
    for pattern in _DATA_BYTES:
        content = pattern.sub(lambda match: b"data:," + b"\n" * match[0].count(b"\n"), content)
    return content
