"""Paragraphs → the facts that they mention: media types, names of files, permissions."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from jobexport.drift.facts import FileName, IamAction, MediaType
from jobexport.drift.pages import vocabulary as words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jobexport.drift.pages.blocks import Code, Paragraph

_MEDIA = re.compile(
    r"(?<![A-Za-z/])((?:application|text|multipart|image|audio|video)/[a-z0-9][a-z0-9.+-]*[a-z0-9])", re.IGNORECASE
)
_SENT = re.compile(
    r"\b(Content-Type|Accept)\b[\"']?\s*[:,=]\s*[\"']?((?:application|text|multipart)/[a-z0-9.+-]+)", re.IGNORECASE
)
_CONTENT_TYPE = re.compile(r"content-?\s?type|media type|mime|内容类型|媒体类型", re.IGNORECASE)
_START = r"(?<![A-Za-z0-9_/{}.:-])"
_ARCHIVE = re.compile(
    rf"{_START}[A-Za-z0-9_{{}}.-]{{1,200}}\.(?:zip|tar\.gz|tgz|tar|gz|rar|7z)(?![A-Za-z0-9_])", re.IGNORECASE
)
_MEMBER = re.compile(
    rf"{_START}[A-Za-z0-9_{{}}.-]{{0,200}}[A-Za-z0-9_{{}}]\."
    r"(?!(?:zip|tar|tgz|gz|com|html?|eu|cn|md)(?![a-z]))[a-z][a-z0-9]{1,9}(?![A-Za-z0-9_/.(-])"
)
_NO_PERMISSION = re.compile(
    r"\bno (?:identity policy-based |iam )?(?:permissions?|actions?|authorization)\b.{0,40}"
    r"\b(?:required|needed|necessary)"
    r"|(?:do(?:es)? not|don't|doesn't) (?:need|require) (?:any )?(?:identity policy-based )?"
    r"(?:permissions?|authorization)"
    r"|\bpermissions? (?:is|are) not (?:required|needed)"
    r"|(?:无需|不需要|无须).{0,20}(?:权限|授权)|(?:权限|授权).{0,6}(?:无需|不需要)",
    re.IGNORECASE,
)


def media_types(part: Paragraph, section: words.Section | None) -> list[MediaType]:
    """Return the media types of bodies that a paragraph names."""
    return list(_media_types(part, section))


def _media_types(part: Paragraph, section: words.Section | None) -> Iterator[MediaType]:
    if not _CONTENT_TYPE.search(part.text):
        return
    of_response = re.search(r"respon|响应|返回", part.text, re.IGNORECASE)
    of_request = re.search(r"\brequest|请求", part.text, re.IGNORECASE)
    response = section in ("response", "example-response", "example-error")
    for value in dict.fromkeys(match.lower() for match in _MEDIA.findall(part.text)):
        if of_response and not of_request:
            yield MediaType("response", value, part.line)
        elif of_request and not of_response:
            yield MediaType("request", value, part.line)
        elif response or section in ("request", "example-request"):
            yield MediaType("response" if response else "request", value, part.line)


def media_types_of_code(code: Code) -> Iterator[MediaType]:
    """Yield the media types that a request in a listing sends and accepts."""
    lines = code.text[:20_000].split("\n")
    for name, value in _SENT.findall(code.text[:20_000]):
        number = next((at for at, line in enumerate(lines) if value in line), 0)
        yield MediaType("response" if name.lower() == "accept" else "request", value.lower(), code.line + number)


def first_media_type(text: str) -> str:
    """Return the first media type in a text, in lower case; empty if missing."""
    match = _MEDIA.search(text)
    return match[1].lower() if match else ""


def file_names(part: Paragraph) -> Iterator[FileName]:
    """Yield the names of the response's file, and of files in its archive, from a paragraph about the response."""
    for name in _ARCHIVE.findall(part.text):
        yield FileName(name, part.line)
    for name in _MEMBER.findall(part.text):
        if not re.match(r"\d", name) and not words.CODE.fullmatch(name):
            yield FileName(name, part.line, member=True)


def permission(part: Paragraph) -> Iterator[IamAction]:
    """Yield the permissions that a paragraph about authorization names."""
    if _NO_PERMISSION.search(part.text):
        yield IamAction("none", part.line)
    for name in words.ACTION.findall(part.text):
        yield IamAction(name, part.line)
