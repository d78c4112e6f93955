"""Recognizes the form of a page by its content."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from jobexport.drift.facts import Form

_RST = re.compile(
    r"^[^\S\n]*\.\. (?:[\w-]+::|_[^:\n]+:)|^:\w+: \S|^[^\S\n]*\+(?:[-=]{2,}\+)+[^\S\n]*$|:ref:`"
    r"|^[^\S\n]*={3,}(?: +={3,})+[^\S\n]*$",
    re.MULTILINE,
)
_UNDERLINE = re.compile(r"^[^\s|+<].{2,}\n(?:={4,}|-{4,}|~{4,}|\^{4,})[^\S\n]*$", re.MULTILINE)
_HTML_PAGE = re.compile(r"^[^\S\n]*<(?:!doctype html|(?:html|head|body)[\s>])", re.IGNORECASE | re.MULTILINE)
_TAG = re.compile(
    r"</?(?:div|table|thead|tbody|tr|td|th|p|h[1-6]|ul|ol|li|pre|span|section|article|br|a|b|strong)\b[^<>]{0,2000}>",
    re.IGNORECASE,
)
_TITLE = re.compile(r"^ {0,3}#{1,6} +\S", re.MULTILINE)
_MARKDOWN = re.compile(
    r"^ {0,3}#{1,6} \S|^ *(?:```|~~~)|^ *(?=[|:-])\|?(?: *:?-{3,}:? *\|)+(?: *:?-{3,}:?)? *$"
    r"|\]\([^()\s]+\)|^ *\*\*[^*\n]+\*\*",
    re.MULTILINE,
)

_LISTING = re.compile(r"<pre\b.*?(?:</pre>|\Z)", re.DOTALL | re.IGNORECASE)
_CODE = re.compile(r"\.\. (?:code-block|sourcecode|code|parsed-literal|highlight)::")
_BLOCK = re.compile(r"<(?:table|p|div|h[1-6]|pre|ul|li)\b", re.IGNORECASE)


def form_of(text: str) -> Form:
    """Return the form of a page."""
    head = "\n".join(_outside_listings(text[:400_000].split("\n")))
    if _HTML_PAGE.search(head[:20_000]):
        return "html"
    tags = len(_TAG.findall(head))
    markdown = len(_MARKDOWN.findall(_without_listings(head) if tags else head))
    rst = len(_RST.findall(head)) * 3 + len(_UNDERLINE.findall(head))
    if rst > markdown and rst * 3 > tags:
        return "rst"
    # The vendor's Chinese Markdown is mostly HTML tables, with a few headings between them.
    if markdown and (markdown * 40 > tags or len(_TITLE.findall(_without_listings(head))) > 1):
        return "markdown"
    if tags >= 3 and _BLOCK.search(head):
        return "html"
    return "text"


def _outside_listings(lines: Sequence[str]) -> Iterator[str]:
    """Yield the lines that are not in a listing of reStructuredText or Markdown, which may be HTML."""
    indent, fence = -1, ""
    for line in lines:
        bare = line.strip()
        if fence or (indent >= 0 and (not bare or len(line) - len(line.lstrip()) > indent)):
            if fence and bare == fence:
                fence = ""
                yield line
            continue
        yield line
        fence = bare[:3] if bare[:3] in ("```", "~~~") and bare.count(bare[:3]) == 1 else ""
        listed = _CODE.match(bare) or (bare.endswith("::") and not bare.startswith(".."))
        indent = len(line) - len(line.lstrip()) if listed else -1


def _without_listings(text: str) -> str:
    """Return the text without the content of `pre`, in which shell comments look like headings of Markdown."""
    return _LISTING.sub("", text)
