"""Spellings of a type → DataType: `[Long]`, `Array of Longs`, `List<Long>` and 长整型数组 are equal."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from jobexport.drift.facts import DataType

if TYPE_CHECKING:
    from jobexport.drift.facts import Kind

_DEPTH = 8

_SPELLINGS: tuple[tuple[str, Kind, str | None], ...] = (
    ("string|str|text|char|varchar|character|enum|enumeration|uuid", "string", None),
    ("字符串|字符|文本|枚举|字符型|字符串型|字符串类型|枚举类型|枚举型", "string", None),
    ("integer|int|short|整数|整型|整形|整数型|整数类型", "integer", None),
    ("int32|integer32", "integer", "int32"),
    ("long|bigint|int64|long integer|长整型|长整数|长整形", "integer", "int64"),
    ("number|numeric|decimal|bigdecimal|数字|数值|数值型", "number", None),
    ("float|浮点|浮点型|浮点数|单精度浮点", "number", "float"),
    ("double|双精度|双精度浮点|双精度浮点型", "number", "double"),
    ("boolean|bool|布尔|布尔型|布尔值|布尔类型", "boolean", None),
    ("date", "string", "date"),
    ("datetime|date-time", "string", "date-time"),
    ("binary|file|stream|inputstream|byte stream|bytes|文件|二进制|文件流|字节流", "binary", None),
    ("object|json|jsonobject|json object|dict|dictionary|struct|structure|data structure", "object", None),
    ("对象|数据结构|结构体|结构|json对象|json格式|复杂类型", "object", None),
    ("array|list|set|collection|jsonarray|json array|list data structure|array data structure", "array", None),
    ("数组|列表|集合|列表数据结构|数组数据结构", "array", None),
    # A time may be a text or a number, and anything may be anything.
    ("timestamp|time|时间戳|时间|any|任意类型|任意", "unknown", None),
    ("map|hashmap|map data structure|key-value|key-value pair|映射|键值对", "map", None),
)
_SCALARS = {word: (kind, form) for words, kind, form in _SPELLINGS for word in words.split("|")}
_GENERIC = re.compile(
    r"(array|arraylist|list|set|collection|map|hashmap|dict)\s*<\s*(.*?)\s*>?", re.IGNORECASE | re.DOTALL
)
_OF = re.compile(
    r"(?:(?:an?|the)\s+)?(?:arrays?|lists?|sets?|collections?)\s*(?:\sof\s+|[(\[:：])\s*\[?\s*(.+?)[)\]]*",
    re.IGNORECASE | re.DOTALL,
)
_MAP_OF = re.compile(r"maps?\s+of\s+(.+)", re.IGNORECASE | re.DOTALL)
_SUFFIX = re.compile(r"(.+?)\s*(?:\[\s*\]|\s(?:arrays?|lists?)|数组|列表|集合|list)", re.DOTALL)
_OBJECT = re.compile(
    r"(.+?)\s*(?:data structures?|structures?|objects?|structs?|数据结构体?|结构体?|对象|类型)",
    re.IGNORECASE | re.DOTALL,
)
_LENGTH = re.compile(r"(.+?)\s*[(（]\s*(?:\d[\d,~–-]*|(?=[^)）]*字符)[^)）]*)\s*[)）]", re.DOTALL)
_OR = re.compile(r"\s+or\s+|\s*/\s*|\s*\|\s*|\s*或者?\s*", re.IGNORECASE)
_NAME = re.compile(r"[A-Za-z_][\w.-]*")
_WIDE = str.maketrans("＜＞［］（），｛｝", "<>[](),{}")


@lru_cache(maxsize=4096)
def data_type(text: str) -> DataType | None:
    """Parse a spelling of a type; None if it is not a type."""
    folded = " ".join(text.translate(_WIDE).split()).strip(" .。;；,")
    return _type(folded, _DEPTH) if 0 < len(folded) <= 200 else None


def spells_a_type(text: str) -> bool:
    """Check whether a text can only be a type: `Array of Longs`, but not `Node`, which may be any word."""
    found = data_type(text)
    return found is not None and found.name != text.strip() and len(text.split()) <= 5


def _type(text: str, depth: int) -> DataType | None:
    if depth == 0 or not text:
        return None
    if known := _SCALARS.get(text.lower()):
        return DataType(*known)
    return _container(text, depth) or _alternatives(text, depth) or _named(text, depth)


def _container(text: str, depth: int) -> DataType | None:
    if text.startswith("[") and text.endswith("]"):
        return DataType("array", items=_item(text[1:-1].strip(), depth))
    if match := _GENERIC.fullmatch(text):
        if match[1].lower() in ("map", "hashmap", "dict"):
            _, _, value = match[2].partition(",")
            return DataType("map", items=_item(value.strip(), depth))
        return DataType("array", items=_item(match[2], depth))
    if match := _MAP_OF.fullmatch(text):
        return DataType("map", items=_item(match[1], depth))
    if match := _OF.fullmatch(text):
        return DataType("array", items=_item(match[1], depth))
    if match := _SUFFIX.fullmatch(text):
        return DataType("array", items=_item(match[1], depth))
    return None


def _item(text: str, depth: int) -> DataType | None:
    """Parse the type of an item, which may be in the plural or the bare name of a structure; None if unknown."""
    if text in ("", "?", "*", "..."):
        return None
    singular = text[:-1] if text.endswith("s") and len(text) > 2 else text
    for each in (text, singular):
        if known := _SCALARS.get(each.lower()):
            return DataType(*known)
    if text.endswith("ies") and len(text) > 4 and _NAME.fullmatch(text):
        return DataType("object", name=text)
    return _type(text, depth - 1)


def _alternatives(text: str, depth: int) -> DataType | None:
    words = _OR.split(text)
    if len(words) < 2:
        return None
    found = tuple(_type(word, depth - 1) for word in words)
    if any(each is None or each.name for each in found):
        return None
    return DataType("unknown", alternatives=tuple(each for each in found if each is not None))


def _named(text: str, depth: int) -> DataType | None:
    if match := _LENGTH.fullmatch(text):
        inner = _type(match[1], depth - 1)
        return inner if inner and inner.name is None else None
    if match := _OBJECT.fullmatch(text):
        word = match[1].strip()
        if not word or word.lower() in ("data", "json", "表示", "a", "an", "the"):
            return DataType("object")
        if scalar := _SCALARS.get(word.lower()):
            return DataType(*scalar)
        return DataType("object", name=word.removeprefix("表示")) if len(word) <= 60 else None
    if _NAME.fullmatch(text):
        return DataType("object", name=text)
    return None
