"""What a description says about a value: default, limits, allowed values, and when it is mandatory."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from attrs import evolve

from jobexport.drift._blocks import Part
from jobexport.drift._vocabulary import NOTHING
from jobexport.drift.facts import DataType, Limits

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_N = r"(-?\d{1,3}(?:,\d{3})+|-?\d+(?:\.\d+)?)"
_TO = r"\s*(?:to|through|and|-|–|—|~|～|到|至)\s*"
_CHARACTERS = r"(?:[\w-]+\s+)?(?:characters?|chars?|letters|bytes?)\b|\s*(?:个|位)?\s*(?:英文|中文)?(?:字符|字节|位长)"
_MOST = (
    r"(?:a maximum of|maximum of|at most|up to|no more than|not more than|(?:cannot|must not|can't|should not|may not) exceed|"
    r"less than or equal to|within|不超过|不能超过|不可超过|不得超过|不大于|最多(?:支持|为|可以?|能|可)?|最大(?:支持|为)?|最长(?:为)?|上限为?)"
)

_LENGTH_BETWEEN = re.compile(rf"{_N}{_TO}{_N}\s*(?:{_CHARACTERS})", re.IGNORECASE)
_LENGTH_MOST = re.compile(rf"{_MOST}\s*(?:of\s+)?{_N}\s*(?:{_CHARACTERS})", re.IGNORECASE)
_LENGTH_LABEL = re.compile(
    rf"(?:max(?:imum|\.)? length|最大长度|长度上限|长度(?:不能|不可|不得)?(?:超过|不超过|最大为?))\s*(?:is|of|为|是|:|：|=)?\s*{_N}",
    re.IGNORECASE,
)
_LENGTH_LEAST = re.compile(rf"(?:min(?:imum|\.)? length|最小长度)\s*(?:is|of|为|是|:|：|=)?\s*{_N}", re.IGNORECASE)
_LENGTH_RANGE = re.compile(
    rf"(?:length\s*(?:ranges? from|is from|:|：|must be|is)?|长度(?:范围)?(?:为|是|:|：|在)?)\s*{_N}{_TO}{_N}",
    re.IGNORECASE,
)
_ITEMS_LABEL = re.compile(rf"(?:array length|数组长度)\s*(?:is|为|:|：)?\s*{_N}{_TO}{_N}", re.IGNORECASE)
_ITEMS_MOST = re.compile(
    rf"{_MOST}\s*(?:of\s+)?[^\W\d_]{{0,6}}?\s*{_N}\s*(?!{_CHARACTERS}|[kmgt]?i?b\b|%|seconds|minutes|hours|days)"
    r"(?:[a-z]+|个|条|项|组|台|[\u4e00-\u9fff])",
    re.IGNORECASE,
)
_RANGE = re.compile(
    rf"(?:(?:value )?ranges?(?: of (?:the )?values?)?|ranging|取值范围|范围|取值区间)\s*(?:is|are|from|between|of|为|是|在|:|：)*"
    rf"\s*(?:from|between)?\s*[\[(（]?{_N}{_TO}{_N}",
    re.IGNORECASE,
)
_INTERVAL = re.compile(rf"(?:range|between|范围).{{0,20}}?[\[(]{_N}\s*[,，]\s*{_N}[\])]", re.IGNORECASE)
_BETWEEN = re.compile(
    rf"(?:value|it|number)\s+(?:must|should|can)\s+be\s+(?:an integer\s+)?(?:between|from|in the range (?:of|from))\s+{_N}{_TO}{_N}",
    re.IGNORECASE,
)
_LEAST_LABEL = re.compile(rf"(?:minimum(?: value)?|最小值|最小取值)\s*(?:is|为|是|:|：|=)\s*{_N}", re.IGNORECASE)
_MOST_LABEL = re.compile(rf"(?:maximum(?: value)?|最大值|最大取值)\s*(?:is|为|是|:|：|=)\s*{_N}", re.IGNORECASE)

_DEFAULTS = (
    re.compile(r"\bdefault(?:\s+values?)?\s*(?:is|are|[:：=])\s*(?P<value>.+)", re.IGNORECASE),
    re.compile(r"\bdefaults?\s+to\s+(?P<value>.+)", re.IGNORECASE),
    re.compile(r"(?:value|it)\s+is\s+(?P<value>\S+)\s+by\s+default", re.IGNORECASE),
    re.compile(r"(?:默认值|缺省值|默认取值|缺省取值|默认|缺省)\s*(?:为|是|[:：=])\s*(?P<value>.+)"),
)
_DEFAULT_ITEM = re.compile(r"[(（](?:the )?(?:default(?: value)?|默认值?|缺省值?)[)）]", re.IGNORECASE)
_VALUE_END = re.compile(r"\.(?:\s|$)|[;；。，、)）]|,(?:\s|$)")
_QUOTES = " \t\"'“”‘’`*《》"
_LABEL = re.compile(
    r"(?:definition|constraints?|(?:value )?range|default(?: value)?|options|参数解释|约束限制|取值范围|默认取值|默认值|缺省值)\s*[:：]?",
    re.IGNORECASE,
)

_SENTENCE = re.compile(r"(?<=[.;!])\s+(?=[A-Z])|(?<=[。；！])")
_MANDATORY = (
    re.compile(
        r"\b(?:mandatory|required|must be (?:specified|set|configured|provided|filled in|passed|carried|entered)|cannot be (?:empty|left blank|null))\b"
        r".*\b(?:if|when|unless|where|in case|only)\b|\b(?:if|when|unless|where|in case|only)\b.*\b(?:mandatory|required|must be (?:specified|set|"
        r"configured|provided|filled in|passed|entered)|cannot be (?:empty|left blank|null))\b",
        re.IGNORECASE | re.DOTALL,
    ),
    re.compile(r"\bthis (?:parameter|field|header|item|value) is (?:mandatory|required) for\b", re.IGNORECASE),
    re.compile(
        r"(?:当|如果|若|如|时|仅|只有|且|场景下?|情况下?|除非).*(?:必选|必填|必传|必需|必须(?:填|设|指定|传|配|携带|提供|输入)|不能为空)"
    ),
    re.compile(r"(?:必选|必填|必传|必需|必须(?:填|设|指定|传|配|携带|提供|输入)).*(?:当|如果|若|时|仅|只有|场景|情况)"),
)
_NOT_MANDATORY = re.compile(
    r"\b(?:not|n't|no longer) (?:be )?(?:mandatory|required)|\boptional\b|(?:非|不是|无需|不)(?:必选|必填|必须|需要)|可选",
    re.IGNORECASE,
)

_INTRO = re.compile(
    r"(?:options?|values?|types?|enumerat\w+|which can be|can be|as follows|following|取值|可选值|枚举|类型|如下|包括|选项)",
    re.IGNORECASE,
)
_NO_VALUES = re.compile(
    r"\bcontain|characters?|\bformat|\bsteps?\b|\boperations\b|组成|格式|步骤|字符|例如|比如", re.IGNORECASE
)
_TOKEN = r"[“\"'‘]?[A-Za-z0-9_+#*][\w.+#/*-]*(?: [\w.+#-]+){0,2}[”\"'’]?"
_LIST = rf"(?P<list>{_TOKEN}(?:\s*(?:,|/|\||;)\s*(?:(?:and|or)\s+)?{_TOKEN})*(?:\s*,?\s*(?:and|or)\s+{_TOKEN})?)\s*(?:[.。;]|$)"
_VALUES = (
    re.compile(
        r"\b(?:values?|options?|it|they|which|type|mode|status|policy|state)\s+(?:can|may|must|could|should)(?: only)? be(?: set to)?"
        rf"(?: either| one of)?(?: the following)?\s*[:：]?\s*{_LIST}",
        re.IGNORECASE,
    ),
    re.compile(
        rf"(?<!default )\b(?:values|options)\s+(?:are|include)(?: as follows)?\s*[:：]?\s*{_LIST}", re.IGNORECASE
    ),
    re.compile(
        r"(?<!default )\b(?:(?:possible|available|valid|allowed|enumeration|enumerated|optional) values?|value options?|options?|values?|enums?"
        rf"|(?:value )?range)\s*[:：]\s*{_LIST}",
        re.IGNORECASE,
    ),
    re.compile(
        r"(?<!默认)(?<!缺省)(?:取值|可选值|枚举值|可选项|取值范围|可取值|取值可以|参数值|值)\s*(?:有|包括|包含|可以为|可以是|可为|分别为|为|是|如下)?"
        rf"\s*[:：]?\s*(?P<list>{_TOKEN}(?:\s*(?:、|，|,|/|\||；|;|或者?|和|以及)\s*{_TOKEN})+)\s*(?:[。；;.，]|$)"
    ),
)
_SPLIT = re.compile(r"\s*(?:、|，|,|/|\||；|;|或者?|和|以及)\s*(?:(?:and|or)\s+)?|\s+(?:and|or)\s+")
_NO_TOKEN = re.compile(
    r"(?:a|an|the|set|left|obtained|used|empty|null|only|any|one|not|be|for|from|in|of|to|is|are)\b"
    r"|(?:A|An|The|If|When|For|To|In|On|At|This|It|You|Note)\s"
)
_ITEM_VALUE = re.compile(
    rf"(?P<value>{_TOKEN})\s*(?:$|[:：]\s*(?P<rest>.*)|[(（].*|\s(?:indicates?|means?|represents?|stands? for|refers? to)\b.*"
    r"|\s*(?:表示|代表|指|为|是).*|[,，]\s*.*|\s+-+\s+.*)",
    re.DOTALL,
)
_REVERSED = re.compile(r"(?P<label>[^:：]{1,40})[:：]\s*(?P<value>[A-Za-z0-9_][\w-]*)")
_MARKED = re.compile(r"[A-Z0-9_]{2,}|[A-Za-z0-9]+_\w+|\d+")
_SET_TO = re.compile(
    r"(?:set this parameter to|this parameter is set to|the value is fixed to|固定值?为|固定取值为?)\s*[:：]?\s*(?P<value>\S+?)[.。]?",
    re.IGNORECASE,
)


def labelled(parts: Sequence[Part]) -> tuple[Part, ...]:
    """The parts, with a label that has a paragraph of its own put before the paragraph that it stands over."""
    found: list[Part] = []
    label: Part | None = None
    for part in parts:
        if label is not None:
            found.append(evolve(part, text=f"{label.text.rstrip(' :：')}: {part.text}"))
            label = None
        elif part.kind == "text" and _LABEL.fullmatch(part.text):
            label = part
        else:
            found.append(part)
    return (*found, label) if label is not None else tuple(found)


def condition(parts: Sequence[Part]) -> str | None:
    """The sentence that says when a value is mandatory."""
    return next((sentence for sentence in _sentences(parts) if says_when(sentence)), None)


def says_when(sentence: str) -> bool:
    """Whether a sentence names a case in which something is mandatory."""
    return any(each.search(sentence) for each in _MANDATORY) and not _NOT_MANDATORY.search(sentence)


def _sentences(parts: Sequence[Part]) -> Iterator[str]:
    for part in parts:
        if part.kind != "code":
            yield from (sentence.strip() for sentence in _SENTENCE.split(part.text[:4000]) if sentence.strip())


# ---- defaults ----


def default(parts: Sequence[Part], kind: DataType | None) -> Any:
    """The default that the prose states, as JSON; None where it states none."""
    for part in parts:
        for pattern in _DEFAULTS:
            if match := pattern.search(part.text):
                return converted(match["value"], kind)
        if part.kind == "item" and _DEFAULT_ITEM.search(part.text) and (value := _item_value(part.text)):
            return converted(value, kind)
    return None


def converted(text: str, kind: DataType | None) -> Any:
    """A value as JSON of a type; None where the text is no value but says in words what it is."""
    text = text.strip(_QUOTES)
    if (number := _number_at_start(text)) is not None and kind and kind.kind in ("integer", "number"):
        return number
    value = text[: match.start()] if (match := _VALUE_END.search(text)) else text
    value = value.strip(_QUOTES)
    if not value or NOTHING.fullmatch(value) or len(value.split()) > 2 or len(value) > 80:
        return None
    if kind and kind.kind == "boolean":
        return {"true": True, "false": False}.get(value.lower())
    if kind and kind.kind in ("array", "object", "map"):
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            return value
    if kind and kind.kind in ("integer", "number"):
        return None
    return value


def _number_at_start(text: str) -> int | float | None:
    match = re.match(_N, text)
    return _number(match[1]) if match else None


def _number(text: str) -> int | float:
    text = text.replace(",", "")
    return float(text) if "." in text else int(text[:30])


# ---- limits ----


def limits(parts: Sequence[Part], kind: DataType | None) -> Limits:
    """What the prose says about the least, the most and the allowed values."""
    found: dict[str, Any] = {}
    for part in parts:
        if part.kind != "code":
            for name, value in _stated(part.text[:4000], kind):
                found.setdefault(name, value)
    if kind is None or kind.kind != "boolean":
        values = allowed(parts, kind)
        if values:
            found["values"] = values
    return Limits(**found)


def _stated(text: str, kind: DataType | None) -> Iterator[tuple[str, int | float]]:
    for pattern in (_LENGTH_BETWEEN, _LENGTH_RANGE):
        if match := pattern.search(text):
            yield "min_length", _number(match[1])
            yield "max_length", _number(match[2])
    for pattern in (_LENGTH_MOST, _LENGTH_LABEL):
        if match := pattern.search(text):
            yield "max_length", _number(match[1])
    if match := _LENGTH_LEAST.search(text):
        yield "min_length", _number(match[1])
    if kind is not None and kind.kind == "array":
        if match := _ITEMS_LABEL.search(text):
            yield "min_items", _number(match[1])
            yield "max_items", _number(match[2])
        if match := _ITEMS_MOST.search(text):
            yield "max_items", _number(match[1])
        return
    for pattern in (_RANGE, _INTERVAL, _BETWEEN):
        if (match := pattern.search(text)) and not re.match(
            rf"\s*(?:{_CHARACTERS})", text[match.end() :], re.IGNORECASE
        ):
            yield "minimum", _number(match[1])
            yield "maximum", _number(match[2])
    if match := _LEAST_LABEL.search(text):
        yield "minimum", _number(match[1])
    if match := _MOST_LABEL.search(text):
        yield "maximum", _number(match[1])


# ---- allowed values ----


def allowed(parts: Sequence[Part], kind: DataType | None) -> tuple[str, ...]:
    """All values that the prose allows, in its order; empty where it lists none."""
    of = kind
    while of is not None and of.kind == "array" and of.items is not None:
        of = of.items
    if of is not None and of.kind in ("object", "map", "array", "binary"):
        return ()
    return _listed(parts) or _in_a_sentence(parts) or _set_to(parts)


def _listed(parts: Sequence[Part]) -> tuple[str, ...]:
    """Values of list items, or of lines that look like them below a line that announces them."""
    for start, part in enumerate(parts):
        before = parts[start - 1] if start else None
        opens = part.kind == "item" and (before is None or before.kind != "item")
        announced = (
            before is not None
            and part.kind == "text"
            and before.text.rstrip().endswith((":", "："))
            and _INTRO.search(before.text)
        )
        if not opens and not announced:
            continue
        if before is not None and _NO_VALUES.search(before.text) and not _INTRO.search(before.text):
            continue
        run = _run(parts, start)
        if len(run) >= 2 and (values := _values(run)):
            return values
    return ()


def _run(parts: Sequence[Part], start: int) -> list[str]:
    """The list items from here on, or the lines that begin like values."""
    if parts[start].kind == "item":
        # A paragraph between items belongs to the one above it.
        following = parts[start:]
        last = max(index for index, part in enumerate(following) if part.kind == "item")
        return [part.text for part in following[: last + 1] if part.kind == "item"]
    found = []
    for part in parts[start:]:
        if part.kind != "text" or _item_value(part.text) is None or any(each.search(part.text) for each in _DEFAULTS):
            break
        found.append(part.text)
    return found


def _values(items: Sequence[str]) -> tuple[str, ...]:
    swapped = [_REVERSED.fullmatch(item) for item in items]
    if all(swapped) and any(match and (" " in match["label"] or not match["label"].isascii()) for match in swapped):
        return tuple(match["value"] for match in swapped if match)
    values = [_item_value(item) for item in items]
    return tuple(value for value in values if value) if all(values) else ()


def _item_value(item: str) -> str | None:
    match = _ITEM_VALUE.fullmatch(item.strip())
    if not match:
        return None
    value = match["value"].strip(_QUOTES)
    rest = item[match.end("value") :]
    if _NO_TOKEN.match(value) or value.endswith(".") or (" " in value and rest.startswith((",", "，"))):
        return None
    # `For details` and the like: words of a sentence that goes on behind a comma.
    if rest.lstrip().startswith((",", "，", "is ", "为", "是")) and not _MARKED.fullmatch(value):
        return None
    return value


def _in_a_sentence(parts: Sequence[Part]) -> tuple[str, ...]:
    for sentence in _sentences(parts):
        if re.match(r"(?:for example|e\.g|example|例如|比如|示例)", sentence, re.IGNORECASE):
            continue
        for pattern in _VALUES:
            for match in pattern.finditer(sentence[:600]):
                values = [word.strip(_QUOTES).rstrip(".") for word in _SPLIT.split(match["list"])]
                if len(values) >= 2 and not any(_NO_TOKEN.match(value) or not value for value in values):
                    return tuple(values)
    return ()


def _set_to(parts: Sequence[Part]) -> tuple[str, ...]:
    found = [match["value"].strip(_QUOTES) for sentence in _sentences(parts) if (match := _SET_TO.fullmatch(sentence))]
    return tuple(found) if len(found) > 1 else ()
