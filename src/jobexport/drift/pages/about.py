"""Facts of a page about itself: its identifier, language, date, operation names and cloud."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from jobexport.drift.pages.blocks import Block, Heading, Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jobexport.drift.facts import Language

_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_LETTER = re.compile(r"[^\W\d_]")
_ID = re.compile(r"[a-z][a-z0-9]*(?:[_-][a-z0-9]+)+")
_ORIGINAL_NAME = re.compile(r"^:original_name:\s*([\w-]+)\.html?\s*$", re.MULTILINE)
_ANCHOR = re.compile(r"<a\s+(?:name|id)=[\"']([\w-]+)[\"']")
_CANONICAL = re.compile(r"rel=[\"']canonical[\"'][^<>]{0,300}?/([\w-]+)\.html?[\"']")
_DATE = re.compile(
    r"(?:updated (?:on|at)|更新(?:时间|日期|于)|发布(?:时间|日期|于))\s*[:：]?\s*"
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})",
    re.IGNORECASE,
)
_OPERATION = re.compile(r"apiexplorer[^\s\"'<>)]{0,200}?[?&;](?:amp;)?api=([A-Za-z]\w{0,99})", re.IGNORECASE)
_OTC = re.compile(r"t-systems|open telekom cloud|doc-exports|^:original_name:", re.IGNORECASE | re.MULTILINE)


def document_id(blocks: Sequence[Block], text: str) -> str:
    """Return the page's own identifier, such as `dli_02_0254`; empty if missing."""
    if match := _ORIGINAL_NAME.search(text) or _CANONICAL.search(text[:20_000]):
        return match[1]
    names = [name for block in blocks[:5] if isinstance(block, Heading) for name in block.names]
    names += _ANCHOR.findall(text[:4000])
    return next((name for name in names if _ID.fullmatch(name)), "")


def language(blocks: Sequence[Block]) -> Language:
    """Return the language of the page: Chinese if one letter in twenty is."""
    text = "".join(_words(block) for block in blocks)
    return "zh" if len(_CHINESE.findall(text)) > len(_LETTER.findall(text)) * 0.05 else "en"


def _words(block: Block) -> str:
    if isinstance(block, Table):
        return "".join(cell.text for row in block.rows for cell in row.cells)
    return block.text


def date(text: str) -> str:
    """Return the date of the last update, ISO 8601; empty if the text does not state it."""
    match = _DATE.search(text)
    if not match:
        return ""
    year, month, day = (int(each) for each in match.groups())
    return f"{year:04}-{month:02}-{day:02}" if 1 <= month <= 12 and 1 <= day <= 31 else ""


def operations(text: str) -> tuple[str, ...]:
    """Return the names of the operation in links to the vendor's API Explorer."""
    return tuple(dict.fromkeys(_OPERATION.findall(text)))


def markers(text: str, noise: str, language: str) -> tuple[str, ...]:
    """Return the clouds whose marks the text has, such as `otc`; `noise` is the text that a viewer added."""
    found = []
    if _OTC.search(f"{text}\n{noise}"):
        found.append("otc")
    elif language == "zh":
        found.append("huaweicloud-cn")
    elif re.search(r"support\.huaweicloud\.com|myhuaweicloud\.com|Updated on \d{4}-\d\d-\d\d GMT", text):
        found.append("huaweicloud-intl")
    return tuple(found)
