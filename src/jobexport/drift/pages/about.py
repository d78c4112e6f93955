"""What a page says about itself: its identifier, its language, its day, whose it is."""

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
    """What the page calls itself; empty where it does not."""
    if match := _ORIGINAL_NAME.search(text) or _CANONICAL.search(text[:20_000]):
        return match[1]
    names = [name for block in blocks[:5] if isinstance(block, Heading) for name in block.names]
    names += _ANCHOR.findall(text[:4000])
    return next((name for name in names if _ID.fullmatch(name)), "")


def language(blocks: Sequence[Block]) -> Language:
    """The page's language."""
    text = "".join(_words(block) for block in blocks)
    return "zh" if len(_CHINESE.findall(text)) > len(_LETTER.findall(text)) * 0.05 else "en"


def _words(block: Block) -> str:
    if isinstance(block, Table):
        return "".join(cell.text for row in block.rows for cell in row.cells)
    return block.text


def date(text: str) -> str:
    """The day on which the page was updated, ISO 8601; empty where the text does not say."""
    match = _DATE.search(text)
    if not match:
        return ""
    year, month, day = (int(each) for each in match.groups())
    return f"{year:04}-{month:02}-{day:02}" if 1 <= month <= 12 and 1 <= day <= 31 else ""


def operations(text: str) -> tuple[str, ...]:
    """The names by which links to the vendor's API Explorer call the operation."""
    return tuple(dict.fromkeys(_OPERATION.findall(text)))


def markers(text: str, noise: str, language: str) -> tuple[str, ...]:
    """Whose page this is, as far as it shows."""
    found = []
    if _OTC.search(f"{text}\n{noise}"):
        found.append("otc")
    elif language == "zh":
        found.append("huaweicloud-cn")
    elif re.search(r"support\.huaweicloud\.com|myhuaweicloud\.com|Updated on \d{4}-\d\d-\d\d GMT", text):
        found.append("huaweicloud-intl")
    return tuple(found)
