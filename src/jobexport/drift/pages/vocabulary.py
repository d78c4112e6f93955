"""The vocabulary of the manuals, English and Chinese: titles of sections, heads of columns, captions, marks."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal, cast

Section = Literal[
    "function",
    "authorization",
    "debugging",
    "uri",
    "request",
    "response",
    "example",
    "example-request",
    "example-response",
    "example-error",
    "statuses",
    "errors",
]
Column = Literal[
    "name",
    "mandatory",
    "optional",
    "type",
    "description",
    "default",
    "range",
    "example",
    "status",
    "code",
    "message",
    "solution",
    "action",
    "access",
    "resource",
]


def _patterns(words: dict[str, str]) -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((name, re.compile(f"(?:{pattern})", re.IGNORECASE)) for name, pattern in words.items())


# The first pattern that matches the whole title counts.
_SECTIONS = _patterns(
    {
        "example-request": r"(?:example|sample)s? (?:of )?(?:a )?requests?(?: (?:message|body|format))?"
        r"|requests? (?:examples?|samples?)"
        r"|请求(?:消息)?(?:示例|样例|举例)|(?:示例|样例)请求",
        "example-error": r"(?:failure|failed|error|abnormal|exception) (?:response|example|sample)s?"
        r"|example (?:failure|error) responses?"
        r"|(?:失败|错误|异常)(?:的)?(?:响应|返回|示例|样例)(?:消息)?(?:示例|样例)?",
        "example-response": r"(?:example|sample)s? (?:of )?(?:a )?(?:responses?|returns?)(?: (?:message|body|format))?"
        r"|responses? (?:examples?|samples?)|success(?:ful)? (?:responses?|examples?)|example (?:success )?responses?"
        r"|(?:成功|正常)(?:的)?(?:响应|返回|示例|样例)(?:消息)?(?:示例|样例)?"
        r"|(?:响应|返回)(?:消息)?(?:示例|样例|举例)|(?:示例|样例)响应",
        "example": r"examples?|samples?|示例|样例|请求响应示例|调用示例|使用示例",
        "function": r"functions?|function(?:al)? (?:description|introduction)|introduction|overview"
        r"|功能(?:介绍|说明|描述)?|接口(?:介绍|描述)",
        "authorization": r"authori[sz]ation(?: information)?|(?:required )?permissions?|permission requirements"
        r"|授权信息|权限(?:要求|说明)?|授权",
        "debugging": r"debugging|api debugging|调试|在线调试",
        "uri": r"(?:request )?ur[il]s?(?: format)?|(?:api )?prototype|(?:(?:request|api|ur[il]) )?syntax"
        r"|request (?:lines?|formats?)|请求(?:语法|行|格式)|请求地址|接口原型",
        "request": r"requests?(?: (?:parameters?|messages?|information|bod(?:y|ies)|headers?))?|input parameters?"
        r"|请求(?:消息|参数|信息|体|头)?(?:参数)?|输入参数|入参",
        "response": r"responses?(?: (?:parameters?|messages?|information|bod(?:y|ies)|headers?|elements?))?"
        r"|return(?:ed)? (?:parameters?|messages?)|output parameters?"
        r"|(?:响应|返回)(?:消息|参数|信息|体|头|元素)?(?:参数)?|输出参数|出参",
        "statuses": r"(?:http )?(?:status|return(?:ed)?|response) (?:codes?|values?)"
        r"|(?:http)?(?:状态码|返回值|返回码|响应码)",
        "errors": r"errors? (?:codes?|responses?|messages?)|错误(?:码|代码|响应)|异常(?:响应|码)",
    }
)

_OF_PARAMETERS = r"(?:公共|请求|响应|消息|路径|查询|header|body|query|path|uri)*"
_COLUMNS = _patterns(
    {
        "mandatory": r"(?:is )?(?:mandatory|required|compulsory)(?: or (?:not|optional))?|mandatory ?/ ?optional|m/o"
        r"|(?:是否)?(?:为)?(?:必选|必填|必须|必需|必传)(?:项|参数)?(?:/可选)?|是否必选项?|必选/可选",
        "optional": r"(?:is )?optional(?: or not)?|是否(?:可选|可缺省|可为空)|可选",
        "type": r"(?:(?:parameter|data|field|value|param) )?types?|(?:参数|数据|字段|取值|值)?类型",
        "status": r"(?:http )?(?:status|response|return(?:ed)?) ?(?:codes?|values?)|statuses"
        r"|http ?(?:状态码|返回码)|(?:响应)?状态码|返回码|返回值|响应码",
        "code": r"error ?codes?|error_code|错误码|错误代码",
        "message": r"(?:error|status|return(?:ed)?) ?(?:messages?|information|info)|messages?|information|error_msg"
        r"|prompt|state|(?:错误|返回|状态)?(?:信息|消息|提示)|错误提示信息|编码|状态",
        "solution": r"(?:recommended )?solutions?"
        r"|(?:handling|recommended) (?:measures?|procedure|actions?|suggestions?)"
        r"|处理(?:措施|建议|方法|方式)|解决(?:方法|措施|方案)|建议",
        "action": r"actions?|permissions?|authori[sz]ation items?|授权项|权限|操作项",
        "access": r"access levels?|访问级别",
        "resource": r"resource types?.*|资源类型.*",
        "default": r"defaults?(?: values?)?|默认值|缺省值|默认取值",
        "range": r"(?:value|allowed|valid) (?:ranges?|values?)|ranges?|values?|constraints?"
        r"|取值范围|取值|约束(?:条件|限制)?|值域",
        "example": r"examples?(?: values?)?|sample(?: values?)?|示例|样例|示例值|样例值|举例",
        "name": r"(?:(?:request|response|message|common|uri|url|path|query|body) )*(?:header |body |path |query )?"
        r"(?:parameters?|params?|fields?|names?|attributes?|keys?|elements?|headers?|items?)(?: names?| fields?)?"
        rf"|{_OF_PARAMETERS}(?:参数|字段|属性|元素|变量|头域|消息头|消息体|头|键)?(?:名称|名|名字)"
        rf"|{_OF_PARAMETERS}(?:参数|字段|属性|元素|变量|头域|消息头|键)",
        "description": r"(?:parameter |field |error |code )?"
        r"(?:descriptions?|desc|explanations?|meanings?|remarks?|notes?|details?)"
        r"|(?:参数|字段|错误码?|状态码?)?(?:说明|描述|解释|含义|备注|意义)",
    }
)


_BROKEN = re.compile(r"(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff])")
"""A blank within a Chinese word, where the vendor's tool broke the line."""


def _bare(text: str) -> str:
    text = _BROKEN.sub("", " ".join(text.split()))
    text = re.sub(r"\s*[(（][^()（）]*[)）]\s*$", "", text) or text
    return text.strip(" :：.。*").replace("＊", "")


@lru_cache(maxsize=2048)
def section(title: str) -> Section | None:
    """Return the section that a title begins, or None for an unknown title."""
    if len(title) > 60:
        return None
    bare = re.sub(r"^(?:\d+(?:\.\d+)*[.、]?\s+|步骤\s*\d+\s*)", "", _bare(title))
    found = next((name for name, pattern in _SECTIONS if pattern.fullmatch(bare)), None)
    return cast("Section | None", found)


@lru_cache(maxsize=2048)
def column(head: str) -> Column | None:
    """Return the meaning of a column by its head, `"Is mandatory"` → `"mandatory"`; None for an unknown head."""
    if len(head) > 60:
        return None
    bare = _bare(head)
    found = next((name for name, pattern in _COLUMNS if pattern.fullmatch(bare)), None)
    return cast("Column | None", found)


CAPTION = re.compile(r"(?:Table|表)\s*(\d+(?:[-.]\d+)*)\s*[:：.]?\s*(.*)", re.IGNORECASE | re.DOTALL)
"""A caption: number and title."""
TABLE_NUMBER = re.compile(r"(?:Table|表)\s*(\d+(?:[-.]\d+)*)", re.IGNORECASE)
STATUS_LINE = re.compile(
    r"(?:when )?(?:the )?(?:HTTP\s*)?(?:status|response|return)\s*codes?\s*(?:is|:|：|=)?\s*([1-5]\d\d)\b.{0,40}"
    r"|(?:HTTP\s*)?(?:状态码|返回码|响应码|返回值)\s*(?:为|是|:|：|=)?\s*([1-5]\d\d)\b.{0,40}",
    re.IGNORECASE,
)
"""A line that only names the HTTP status of the next example or table."""

_YES = re.compile(r"y|yes|true|m|mandatory|required|compulsory|√|✓|是|必选|必填|必须|必需|必传", re.IGNORECASE)
_NO = re.compile(
    r"n|no|false|o|optional|not (?:mandatory|required)|×|✗|否|可选|选填|非必选|非必填|非必须|可不填", re.IGNORECASE
)
NOTHING = re.compile(r"-+|–|—|/|n/?a|none|无|不涉及|空|null", re.IGNORECASE)
"""Cell texts that mean "empty": `-`, `n/a`, `无`, …"""


def yes_or_no(text: str) -> bool | None:
    """Return True for a cell that means yes, False for a cell that means no, None for any other cell."""
    bare = _bare(text)
    return True if _YES.fullmatch(bare) else False if _NO.fullmatch(bare) else None


NAME = re.compile(r"(?=[^A-Za-z_]*[A-Za-z_])[\w$@\[\]{}<>.:/-]+\*?")
"""A parameter's name, without spaces."""
CODE = re.compile(r"[A-Z][A-Za-z]{0,15}[A-Za-z0-9_-]*\.\d{2,9}|[A-Z]{2,8}[_-]?\d{3,9}|\d{4,9}")
"""An error code, such as `DLF.0100`."""
STATUS = re.compile(r"[1-5]\d\d")
"""An HTTP status."""
ACTION = re.compile(r"[a-z][\w-]{0,60}:[\w*-]{1,60}:[\w*-]{1,60}")
"""A permission, such as `dli:jobs:export`."""
REQUEST_LINE = re.compile(
    r"(?:curl\b.*?-X\s*)?(GET|POST|PUT|DELETE|PATCH|HEAD|OPTIONS)(?:\s*[:：]\s*['\"]?|\s+['\"]?|(?=/[a-z{]|https?://))"
    r"(?:https?://[^/\s{}]*(?:\{+[^{}/]*\}+[^/\s{}]*)*)?(/[^\s'\"]*)"
)
"""A method and a path, with or without a host before the path; `GET/v1/…` has lost its blank."""
_QUERY = re.compile(r"\{[?&]([^{}]*)\}|[\[(]?\?(.*)")


def target(text: str) -> tuple[str, str]:
    """Return path and query of the target of a request line: `/v1/{id}{?dry,all}` → `/v1/{id}` and `dry&all`."""
    match = _QUERY.search(text)
    if match is None:
        return text, ""
    return text[: match.start()], (match[1] or "").replace(",", "&") or match[2] or ""


TREE_MARK = re.compile(r"^[\s│|]*(?:[├└┣┗][─━-]*|[+\\`|]-{1,3})\s*", re.MULTILINE)
"""The branches that a tree of files has before a name, such as `├─`."""
