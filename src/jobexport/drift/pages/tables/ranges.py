"""Prose → bounds: of a number, of the length of a text, of the number of items in a list."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jobexport.drift.facts import DataType

NUMBER = r"(-?\d{1,3}(?:,\d{3}){1,6}|-?\d{1,20}(?:\.\d{1,20})?)"
_TO = r"\s*(?:to|through|and|-|–|—|~|～|到|至)\s*"
_IS = r"\s*(?:is|of|为|是|:|：|=)?\s*"
_CHARACTERS = (
    r"(?:[\w-]{1,30}\s+)?(?:characters?|chars?|letters|bytes?)\b|\s*(?:个|位)?\s*(?:英文|中文)?(?:字符|字节|位长)"
)
_MOST = (
    r"(?:a maximum of|maximum of|at most|up to|no more than|not more than|less than or equal to|within"
    r"|(?:cannot|must not|can't|should not|may not) exceed"
    r"|不超过|不能超过|不可超过|不得超过|不大于|最多(?:支持|为|可以?|能|可)?|最大(?:支持|为)?|最长(?:为)?|上限为?)"
)

_LENGTH_BETWEEN = (
    re.compile(rf"{NUMBER}{_TO}{NUMBER}\s*(?:{_CHARACTERS})", re.IGNORECASE),
    re.compile(
        rf"(?:(?<!array )length\s*(?:ranges? from|is from|:|：|must be|is)?|(?<!数组)长度(?:范围)?(?:为|是|:|：|在)?)"
        rf"\s*{NUMBER}{_TO}{NUMBER}",
        re.IGNORECASE,
    ),
)
_LENGTH_MOST = (
    re.compile(rf"{_MOST}\s*(?:of\s+)?{NUMBER}\s*(?:{_CHARACTERS})", re.IGNORECASE),
    re.compile(
        r"(?:max(?:imum|\.)? length|最大长度|长度上限|长度(?:不能|不可|不得)?(?:超过|不超过|最大为?))"
        rf"{_IS}{NUMBER}",
        re.IGNORECASE,
    ),
)
_LENGTH_LEAST = (re.compile(rf"(?:min(?:imum|\.)? length|最小长度){_IS}{NUMBER}", re.IGNORECASE),)
_ITEMS_BETWEEN = (re.compile(rf"(?:array length|数组长度){_IS}{NUMBER}{_TO}{NUMBER}", re.IGNORECASE),)
_ITEMS_MOST = (
    re.compile(
        rf"{_MOST}\s*(?:of\s+)?[^\W\d_]{{0,6}}?\s*{NUMBER}\s*"
        rf"(?!{_CHARACTERS}|[kmgt]?i?b\b|%|seconds|minutes|hours|days)(?:[a-z]+|个|条|项|组|台|[\u4e00-\u9fff])",
        re.IGNORECASE,
    ),
)
_BETWEEN = (
    re.compile(
        r"(?:(?:value )?ranges?(?: of (?:the )?values?)?|ranging|取值范围|范围|取值区间)"
        rf"\s*(?:is|are|from|between|of|为|是|在|:|：)*\s*(?:from|between)?\s*[\[(（]?{NUMBER}{_TO}{NUMBER}",
        re.IGNORECASE,
    ),
    re.compile(rf"(?:range|between|范围).{{0,20}}?[\[(]{NUMBER}\s*[,，]\s*{NUMBER}[\])]", re.IGNORECASE),
    re.compile(
        r"(?:value|it|number)\s+(?:must|should|can)\s+be\s+(?:an integer\s+)?"
        rf"(?:between|from|in the range (?:of|from))\s+{NUMBER}{_TO}{NUMBER}",
        re.IGNORECASE,
    ),
)
_BE = (
    r"(?:(?:must|should|can only|has to) be|(?<!if )(?<!if the )(?<!when )(?<!when the )\b(?:value|it|number) is"
    r"|\d and)(?: an integer)?"
)
_CANNOT_BE = r"(?:cannot|can't|must not|should not|may not) be"
_LEAST = (
    re.compile(rf"(?:\bmin(?:imum|\.)?(?: value)?|最小值|最小取值)\s*(?:is|为|是|:|：|=)\s*{NUMBER}", re.IGNORECASE),
    re.compile(
        rf"{_BE} (?:greater than or equal to|no less than|at least) {NUMBER}"
        rf"|{_CANNOT_BE} (?:less|smaller|lower) than {NUMBER}"
        rf"|(?:必须|应|需)?(?:大于等于|大于或等于|不小于){NUMBER}",
        re.IGNORECASE,
    ),
)
_MOST_VALUE = (
    re.compile(rf"(?:\bmax(?:imum|\.)?(?: value)?|最大值|最大取值)\s*(?:is|为|是|:|：|=)\s*{NUMBER}", re.IGNORECASE),
    re.compile(
        rf"{_BE} (?:less than or equal to|no (?:more|greater) than|at most) {NUMBER}"
        rf"|{_CANNOT_BE} (?:greater|more|larger|higher) than {NUMBER}"
        rf"|(?:必须|应|需)?(?:小于等于|小于或等于){NUMBER}",
        re.IGNORECASE,
    ),
)

_Rules = tuple[tuple[tuple[str, ...], tuple[re.Pattern[str], ...]], ...]
# For each rule the limits that its numbers are, and its patterns; the first match for a limit counts.
_LENGTHS: _Rules = (
    (("min_length", "max_length"), _LENGTH_BETWEEN),
    (("max_length",), _LENGTH_MOST),
    (("min_length",), _LENGTH_LEAST),
)
_ITEMS: _Rules = ((("min_items", "max_items"), _ITEMS_BETWEEN), (("max_items",), _ITEMS_MOST))
_NUMBERS: _Rules = ((("minimum", "maximum"), _BETWEEN), (("minimum",), _LEAST), (("maximum",), _MOST_VALUE))
_NO_UNIT = r"(?!\d|[.,]\d|\s*(?!Min|Max)[A-Za-z%\u4e00-\u9fff])"
# `Minimum: 1` of a string is a length, `Minimum value: 2 GB` is neither a length nor a number.
_OF_STRINGS: _Rules = (
    (("minimum", "maximum"), _BETWEEN),
    (("min_length",), (re.compile(f"{_LEAST[0].pattern}{_NO_UNIT}", re.IGNORECASE),)),
    (("max_length",), (re.compile(f"{_MOST_VALUE[0].pattern}{_NO_UNIT}", re.IGNORECASE),)),
)
_DIGIT = re.compile(r"\d")
_TIMES = re.compile(r"\s*[x×*]\s*\d", re.IGNORECASE)
_UNIT_OF_LENGTH = re.compile(rf"\s*(?:{_CHARACTERS})", re.IGNORECASE)


def ranges(text: str, kind: DataType | None) -> Iterator[tuple[str, int | float]]:
    """Yield the limits that a paragraph states, such as `("max_length", 64)`; the most certain first."""
    if not _DIGIT.search(text):
        return
    yield from _found(text, _LENGTHS)
    of = {"array": _ITEMS, "string": _OF_STRINGS}
    yield from _found(text, of.get(kind.kind if kind else "", _NUMBERS))


def _found(text: str, rules: _Rules) -> Iterator[tuple[str, int | float]]:
    for names, patterns in rules:
        for pattern in patterns:
            match = pattern.search(text)
            if match is None or _TIMES.match(text, match.end()):
                continue
            # `Value range: 1 to 64 characters` is a length.
            if rules in (_NUMBERS, _OF_STRINGS) and _UNIT_OF_LENGTH.match(text, match.end()):
                continue
            yield from zip(names, (number(each) for each in match.groups() if each), strict=True)


def number(text: str) -> int | float:
    """Parse a number as pages write it: `"1,024"` → `1024`."""
    text = text.replace(",", "")
    return float(text) if "." in text else int(text[:30])
