"""Prose → allowed values: of a list, of a sentence that names all, or of one sentence for each."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from jobexport.drift.pages.blocks import Paragraph

QUOTES = " \t\"'“”‘’`*《》"

_INTRO = re.compile(
    r"options?|values?|types?|enumerat\w+|which can be|can be|as follows|following|取值|可选值"
    r"|枚举|类型|如下|包括|选项",
    re.IGNORECASE,
)
_NO_VALUES = re.compile(
    r"\bcontain|characters?|\bformat|\bsteps?\b|\boperations\b|组成|格式|步骤|字符|例如|比如", re.IGNORECASE
)
_WORD = r"[“\"'‘]?[A-Za-z0-9_+#*][\w.+#/*-]*(?:(?<!-) [\w.+#-]+){0,2}[”\"'’]?"
"""A value of up to three words; a sign such as the one in `NEW- read the newest` ends it."""
_END = r"\s*(?:[.。;]|$)"
# A word of a list has none of the signs that divide the list, so that there is one way to read it.
_LETTER = r"(?!以及)[^\W或和]|[.+#-]"
_ENTRY = rf"[“\"'‘]?[A-Za-z0-9_+#*](?:{_LETTER}|\*)*(?: (?:{_LETTER})+){{0,2}}[”\"'’]?"
_LIST = rf"(?P<list>{_ENTRY}(?:\s*(?:,|/|\||;)\s*(?:(?:and|or)\s+)?+{_ENTRY})*(?:\s*,?\s*(?:and|or)\s+{_ENTRY})?){_END}"
_SENTENCES = (
    re.compile(
        r"\b(?:values?|options?|it|they|which|types?|modes?|status|policy|state|protocol|method|level|algorithm|engine|format)"
        r"\s+(?:can|may|must|could|should)"
        rf"(?: only)? be(?: set to)?(?: either| one of)?(?: the following)?\s*[:：]?\s*{_LIST}",
        re.IGNORECASE,
    ),
    re.compile(
        rf"(?<!default )\b(?:values|options)\s+(?:are|include)(?: as follows)?\s*[:：]?\s*{_LIST}",
        re.IGNORECASE,
    ),
    re.compile(
        r"(?<!default )\b(?:(?:possible|available|valid|allowed|enumeration|enumerated|optional) values?|value options?"
        rf"|options?|values?|enums?|(?:value )?range)\s*[:：]\s*{_LIST}",
        re.IGNORECASE,
    ),
    re.compile(
        r"(?<!默认)(?<!缺省)(?:取值|可选值|枚举值|可选项|取值范围|可取值|取值可以|参数值|值)\s*"
        r"(?:有|包括|包含|可以为|可以是|可为|分别为|为|是|如下)?\s*[:：]?\s*"
        # Up to 时 the words are a condition, such as 当type参数值为A、B其中之一时.
        rf"(?P<list>{_ENTRY}(?:\s*(?:、|，|,|/|\||；|;|或者?|和|以及)\s*{_ENTRY})+)(?<!时)\s*(?:[。；;.，]|$)"
    ),
)
_SUBJECT = re.compile(
    r"\b(?:(?:the|this) [\w-]{1,30}(?: [\w-]{1,30})? (?:can|may)(?: only)? be(?: set to)?(?: either| one of)?"
    r"|supported [\w-]{1,30} (?:are|include))"
    rf"\s*[:：]?\s*{_LIST}",
    re.IGNORECASE,
)
"""A sentence about anything, which lists values only if all look like constants: `The protocol can be TCP or UDP.`"""
_UNDER_A_CONDITION = re.compile(r"(?:if|when|unless|in case|for)\b|当|如果|若", re.IGNORECASE)
_SIGNS = re.compile(r"\b(?:characters?|bytes?|letters|digits|underscores|hyphens|spaces|periods)\b", re.IGNORECASE)
_THOUSANDS = re.compile(r"(?<![\d,])(\d{1,3}),(\d{3})(?![\d,])")
_SPLIT = re.compile(r"\s*(?:、|，|,|/|\||；|;|或者?|和|以及)\s*(?:(?:and|or)\s+)?|\s+(?:and|or)\s+")
_LABEL = re.compile(
    r"(?:[Dd]efinition|[Mm]eaning|[Dd]escription|[Cc]onstraints?|(?:[Vv]alue )?[Rr]ange|[Dd]efaults?(?: [Vv]alues?)?"
    r"|[Oo]ptions|(?:[A-Z][a-z]+ )?[Vv]alues?|[Uu]nit|[Nn]otes?|[Rr]emarks?|[Ff]ormat|[Ee]xamples?|M(?:in|ax)imum"
    r"|[Mm](?:in|ax)imum (?:[Vv]alue|[Ll]ength)|M(?:in|ax)\.?(?: [Vv]alue| [Ll]ength)?(?=\s*[:：]\s*\d)"
    r"|参数解释|约束限制|取值范围|默认取值|默认值|缺省值|最[小大]值|最[小大]长度)\s*(?:[:：]|$)|[Nn]/?[Aa]$"
)
"""An item of a list that names a fact of the parameter, such as `Range:` or `Minimum value: 1`, and no value of it."""
_WAY = re.compile(
    r"(?:Method|Step|Way|Approach|Scenario|Solution|Case|Example|Rule|Note|Option|Mode|Procedure|Choice|Variant|Condition)"
    r"\s?(?:\d{1,2}|[A-Z])"
)
"""The number of an item that explains how something is done."""
_HOW = re.compile(
    r"\b(?:following|two|these) ways\b|\bin (?:either|one|any) of the following\b"
    r"|\bto (?:find|obtain|get|query) .*[:：]$"
    r"|(?:方法|方式|步骤)(?:如下|有)|(?:以下|如下|两种)(?:方法|方式|步骤)",
    re.IGNORECASE,
)
"""A line above items that explain how something is done."""
_EXAMPLE = re.compile(r"for example|e\.g|example|例如|比如|示例", re.IGNORECASE)
_NO_VALUE = re.compile(
    r"[Dd]efaults? values?\b|equal to\b|at (?:least|most)\b|up to\b"
    r"|(?:no )?(?:greater|less|larger|smaller|longer|shorter|higher|lower|more|fewer) than\b"
    r"|(?:a|an|the|set|left|obtained|used|empty|null|only|any|one|not|be|for|from|in|of|to|is|are)\b"
    r"|(?:A|An|The|If|When|For|To|In|On|At|This|It|You|Note)\s"
)
_ITEM = re.compile(
    rf"(?P<value>{_WORD})\s*(?:$|[:：]\s*.*|[(（].*|\s(?:indicates?|means?|represents?|stands? for|refers? to)\b.*"
    r"|\s*(?:表示|代表|指|为|是).*|[,，]\s*.*|\s+-+\s+.*|(?<=\w-)\s+.*)",
    re.DOTALL,
)
_REVERSED = re.compile(r"(?P<label>[^:：]{1,40})[:：]\s*(?P<value>[A-Za-z0-9_][\w-]*)")
_CONSTANT = re.compile(
    r"(?!(?:note|unit|example|format|range|type|default|min\w*|max\w*)$)[A-Za-z0-9_+-]{2,40}", re.IGNORECASE
)
_MARKED = re.compile(r"[A-Z0-9_]{2,}|[A-Za-z0-9]+_\w+|\d+")
_SET_TO = re.compile(
    r"(?:set this parameter to|this parameter is set to|the value is fixed to|固定值?为|固定取值为?)\s*[:：]?\s*"
    r"(?P<value>\S+?)[.。]?",
    re.IGNORECASE,
)


_HEAD = 200
"""The most characters of a line above items that are searched."""


def allowed(parts: Sequence[Paragraph], sentences: Sequence[str]) -> tuple[str, ...]:
    """Return the values that the prose allows, in its order; empty if it does not list them."""
    return _listed(parts) or _in_a_sentence(sentences) or _one_by_one(sentences)


def _listed(parts: Sequence[Paragraph]) -> tuple[str, ...]:
    """Return the values of list items, or of lines below a line such as `Options:`."""
    for start, part in enumerate(parts):
        before = parts[start - 1] if start else None
        opens = part.kind == "item" and (before is None or before.kind != "item")
        if not opens and not (part.kind == "text" and before is not None and before.kind == "text"):
            continue
        if before is not None and _NO_VALUES.search(before.text) and not _INTRO.search(before.text):
            continue
        if before is not None and _HOW.search(before.text[-_HEAD:]):
            continue
        run = _items(parts, start) if opens else _lines(parts, start, _announces(before.text) if before else False)
        if len(run) >= 2 and len(values := _values(run)) >= 2:
            return values
    return ()


def _announces(text: str) -> bool:
    return text.rstrip().endswith((":", "：")) and bool(_INTRO.search(text))


def _items(parts: Sequence[Paragraph], start: int) -> list[str]:
    """Return the texts of the outer list items from here on, past the paragraphs between them and past labels."""
    items = [part for part in parts[start:] if part.kind == "item" and not _LABEL.match(part.text)]
    outer = min((part.depth for part in items), default=0)
    return [part.text for part in items if part.depth == outer]


def _lines(parts: Sequence[Paragraph], start: int, announced: bool) -> list[str]:
    """Return the lines from here on that begin with a value.

    `announced` if a line such as `Options:` is above; otherwise only constants, such as `KEEP`, count as values.
    """
    found: list[str] = []
    for part in parts[start:]:
        value = value_of(part.text) if part.kind == "text" else None
        # After several values of one word, a value of two words is accepted.
        alike = value == part.text and len(found) > 1 and value_of(found[0]) == found[0] and len(value.split()) < 3
        if value is None or not (announced or _CONSTANT.fullmatch(value) or alike):
            break
        # A list has either bare values or values with explanations, not both.
        if found and not announced and (value == part.text) != (value_of(found[0]) == found[0]):
            break
        found.append(part.text)
    return found


def _values(items: Sequence[str]) -> tuple[str, ...]:
    swapped = [_REVERSED.fullmatch(item) for item in items]
    if all(swapped) and any(each and (" " in each["label"] or not each["label"].isascii()) for each in swapped):
        return _once(each["value"] for each in swapped if each)
    values = [value_of(item) for item in items]
    return _once(value for value in values if value) if all(values) else ()


def _once(values: Iterable[str]) -> tuple[str, ...]:
    """Return the values without repetitions: a page may explain values and list them again."""
    return tuple(dict.fromkeys(values))


def value_of(item: str) -> str | None:
    """Return the value at the start of a list item, `"FAIL: stop the job"` → `"FAIL"`, or None if missing."""
    match = _ITEM.fullmatch(item.strip()[:400])
    if not match:
        return None
    value = match["value"].strip(QUOTES)
    value = value if match.end("value") == len(item.strip()) else value.rstrip("-")
    rest = item.strip()[match.end("value") :].lstrip()
    if _NO_VALUE.match(value) or _WAY.fullmatch(value) or value.endswith("."):
        return None
    # Words before a comma or a verb may begin a sentence, unless they are a value in capitals.
    if rest.startswith((",", "，", "is ", "为", "是")) and not _MARKED.fullmatch(value):
        return None
    return value


def _in_a_sentence(sentences: Sequence[str]) -> tuple[str, ...]:
    for sentence in sentences:
        # A value that is only allowed in a case is not all that is allowed.
        if _EXAMPLE.match(sentence) or _UNDER_A_CONDITION.match(sentence):
            continue
        text = _THOUSANDS.sub(r"\1\2", sentence[:600])
        for pattern in (*_SENTENCES, _SUBJECT):
            for match in pattern.finditer(text):
                values = _once(word.strip(QUOTES).rstrip(".") for word in _SPLIT.split(match["list"]))
                if _SIGNS.search(match["list"]) or (pattern is _SUBJECT and not all(map(_MARKED.fullmatch, values))):
                    continue
                if len(values) >= 2 and not any(_NO_VALUE.match(value) or not value for value in values):
                    return values
    return ()


def _one_by_one(sentences: Sequence[str]) -> tuple[str, ...]:
    found = [match["value"].strip(QUOTES) for each in sentences if (match := _SET_TO.fullmatch(each))]
    return tuple(found) if len(found) > 1 else ()
