"""Prose → default, limits, allowed values, and the condition under which a parameter is mandatory."""

from __future__ import annotations

import contextlib
import json
import re
from typing import TYPE_CHECKING, Any

from attrs import evolve

from jobexport.drift.facts import DataType, Limits
from jobexport.drift.pages.tables.allowed import QUOTES, allowed, value_of
from jobexport.drift.pages.tables.ranges import NUMBER, number, ranges
from jobexport.drift.pages.vocabulary import NOTHING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from jobexport.drift.pages.blocks import Paragraph

_LETTERS = 4000
"""The number of characters of a paragraph that are read."""
_PARTS = 400
"""The number of paragraphs of a cell that are read."""

_LABEL = re.compile(
    r"(?:definition|constraints?|(?:value )?range|default(?: value)?|options"
    r"|参数解释|约束限制|取值范围|默认取值|默认值|缺省值)\s*[:：]?",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"(?<=[.;!])\s+(?=[A-Z])|(?<=[。；！])")

_DEFAULTS = (
    re.compile(r"\bdefault(?:\s+values?)?\s*(?:is|are|[:：=])\s*(?P<value>.+)", re.IGNORECASE),
    re.compile(r"\bdefaults?\s+to\s+(?P<value>.+)", re.IGNORECASE),
    re.compile(r"(?:value|it)\s+is\s+(?P<value>\S+)\s+by\s+default", re.IGNORECASE),
    re.compile(r"(?:默认值|缺省值|默认取值|缺省取值|默认|缺省)\s*(?:为|是|[:：=])\s*(?P<value>.+)"),
    re.compile(r"\bby default,?\s+(?:the value|it)\s+is\s+(?P<value>\S+)", re.IGNORECASE),
    # Without a verb only a number, true or false is certainly a value: 默认100, `(default 100)`.
    re.compile(
        r"(?:默认(?:取?值)?|缺省(?:取?值)?|\bdefault value|(?:^|[(（,，;] ?)default)\s*"
        r"(?P<value>-?\d[\d.,]*+(?![^\W条个次项])|true\b|false\b)",
        re.IGNORECASE,
    ),
    re.compile(
        r"(?<![\w.,])(?P<value>-?\d[\d.,]{0,20}|true|false)\s+(?:is (?:used|taken) )?by default\b", re.IGNORECASE
    ),
)
_DEFAULT_ITEM = re.compile(r"[(（](?:the )?(?:default(?: value)?|默认值?|缺省值?)[)）]", re.IGNORECASE)
_CJK = re.compile(r"[\u3400-\u9fff]")
_WORDS = 8
"""The most Chinese characters of a default."""
_VALUE_END = re.compile(r"\.(?:\s|$)|[;；。，、)(）（]|,(?:\s|$)")

_NEEDED = (
    r"\b(?:mandatory|required|must be (?:(?:specified|set|configured|provided|passed|entered)(?! to\b| as\b)|filled in)"
    r"|cannot be (?:empty|left blank|null))\b"
)
_CASE = r"\b(?:if|when|unless|where|in case|only)\b"
_NEEDED_ZH = r"(?:必选|必填|必传|必需|必须(?:填|设|指定|传|配|携带|提供|输入)(?!置?[为成])|不能为空)"
_SAYS_NEEDED = re.compile(f"{_NEEDED}|{_NEEDED_ZH}", re.IGNORECASE)
_FOR = r"\bthis (?:parameter|field|header|item|value) is (?:mandatory|required) for\b"
# A sentence has the second somewhere behind the first.
_MANDATORY = tuple(
    (re.compile(first, re.IGNORECASE), re.compile(second, re.IGNORECASE))
    for first, second in (
        (_NEEDED, _CASE),
        (_CASE, _NEEDED),
        (_FOR, ""),
        (r"当|如果|若|如|时|仅|只有|且|场景|情况|除非", _NEEDED_ZH),
        (_NEEDED_ZH, r"当|如果|若|时|仅|只有|场景|情况"),
    )
)
_NOT_MANDATORY = re.compile(
    r"\b(?:not|n't|no longer) (?:be )?(?:mandatory|required)|\boptional\b"
    r"|(?:非|不是|无需|不)(?:必选|必填|必须|需要)|可选",
    re.IGNORECASE,
)


def labelled(parts: Sequence[Paragraph]) -> tuple[Paragraph, ...]:
    """Return the paragraphs with separate labels joined to the next: `Default Value` and `10` → `Default Value: 10`."""
    found: list[Paragraph] = []
    label: Paragraph | None = None
    for part in parts[:_PARTS]:
        if label is not None:
            merged = evolve(part, text=f"{label.text.rstrip(' :：')}: {part.text}")
            found += [merged] if part.kind == "text" else [label, part]
            label = None
        elif part.kind == "text" and _LABEL.fullmatch(part.text[:40]):
            label = part
        else:
            found.append(part)
    return (*found, label) if label is not None else tuple(found)


def _sentences(parts: Sequence[Paragraph]) -> list[str]:
    texts = (part.text[:_LETTERS] for part in parts if part.kind != "code")
    return [sentence.strip() for text in texts for sentence in _SENTENCE.split(text) if sentence.strip()]


# ---- mandatory ----


def condition(parts: Sequence[Paragraph]) -> str | None:
    """Return the sentence that says when a parameter is mandatory, or None if missing."""
    return next((sentence for sentence in _sentences(parts) if says_when(sentence)), None)


def says_when(sentence: str) -> bool:
    """Check whether a sentence names a case in which a parameter is mandatory."""
    named = any(
        (found := first.search(sentence)) and second.search(sentence, found.end()) for first, second in _MANDATORY
    )
    return named and not _NOT_MANDATORY.search(sentence)


def says_needed(text: str) -> bool:
    """Check whether a cell that is neither yes nor no calls the parameter mandatory, `POST请求必填`: in some case."""
    return bool(_SAYS_NEEDED.search(text)) and not _NOT_MANDATORY.search(text)


# ---- defaults ----


def default(parts: Sequence[Paragraph], kind: DataType | None) -> Any:
    """Return the default that the prose states, as JSON, or None if missing."""
    for part in parts:
        if (text := _stated(part.text[:_LETTERS])) is not None:
            return _converted(text, kind)
        if part.kind == "item" and _DEFAULT_ITEM.search(part.text) and (value := value_of(part.text)):
            return _converted(value, kind)
    return None


def _stated(text: str) -> str | None:
    """Return the text of a stated default, `Default Value: The default value is a.` → `"a."`, or None if missing."""
    for pattern in _DEFAULTS:
        if match := pattern.search(text):
            inner = match["value"].removeprefix("The ")
            repeated = next((again for each in _DEFAULTS if (again := each.match(inner))), match)
            return repeated["value"]
    return None


def _converted(text: str, kind: DataType | None) -> Any:
    """Return a value as JSON of a type; None if the text describes the value instead, such as `number of nodes`."""
    text = text.strip(QUOTES)
    wanted = kind.kind if kind else "unknown"
    if wanted in ("integer", "number"):
        match = re.match(NUMBER, text)
        return number(match[1]) if match else None
    if wanted in ("array", "object", "map") and text[:1] in ("[", "{"):
        with contextlib.suppress(ValueError, RecursionError):
            return json.JSONDecoder().raw_decode(text)[0]
    value = text[: match.start()] if (match := _VALUE_END.search(text)) else text
    value = value.strip(QUOTES)
    if not value or NOTHING.fullmatch(value) or len(value.split()) > 2 or len(value) > 80:
        return None
    if len(_CJK.findall(value)) > _WORDS:
        return None  # A sentence in Chinese, which has no spaces between its words.
    if wanted == "boolean":
        return {"true": True, "false": False}.get(value.lower())
    return value


# ---- limits ----

_LISTED = ("string", "integer", "unknown")
"""The types that may have a list of values: `true` and `false` do not limit a boolean, list items in the text of an
object name its variants, and items in the text of a fraction explain its ends."""
_INTEGER = re.compile(r"-?\d{1,18}")


def limits(parts: Sequence[Paragraph], kind: DataType | None) -> Limits:
    """Return the bounds and the allowed values that the prose states."""
    found: dict[str, Any] = {}
    for part in parts:
        if part.kind != "code":
            for name, value in ranges(part.text[:_LETTERS], kind):
                found.setdefault(name, value)
    of = kind
    while of is not None and of.kind == "array" and of.items is not None:
        of = of.items
    values = allowed(parts, _sentences(parts)) if of is None or of.kind in _LISTED else ()
    if all(_fits(value, of.kind if of else "unknown", found) for value in values):
        found["values"] = values
    return Limits(**found)


def _fits(value: str, kind: str, bounds: Mapping[str, Any]) -> bool:
    """Check whether a value is of the type and within the bounds; words that are no value make the list no list."""
    if kind == "unknown":
        return value.lower() not in ("true", "false")
    if kind == "string":
        return bool(len(value) <= bounds.get("max_length", len(value)))
    if not _INTEGER.fullmatch(value):
        return False
    return bool(bounds.get("minimum", int(value)) <= int(value) <= bounds.get("maximum", int(value)))
