"""Recognizes files that hold a page within something else, such as a web archive; none of them is read."""

from __future__ import annotations

import codecs
import json
import re

_MAGIC = {
    b"PK\x03\x04": "a zip or an Office document",
    b"PK\x05\x06": "an empty zip",
    b"\x1f\x8b": "packed by gzip",
    b"BZh": "packed by bzip2",
    b"\xfd7zXZ": "packed by xz",
    b"\x28\xb5\x2f\xfd": "packed by zstd",
    b"7z\xbc\xaf": "a 7z archive",
    b"Rar!": "a RAR archive",
    b"%PDF-": "a PDF",
    b"%!PS": "PostScript",
    b"{\\rtf": "an RTF document",
    b"\xd0\xcf\x11\xe0": "an Office document",
    b"bplist": "a web archive of Safari",
    b"ITSF": "a help file",
    b"WARC/": "a WARC archive",
    b"version https://git-lfs": "a pointer of Git LFS",
}
_HEADER = re.compile(r"([A-Za-z][\w-]{0,60}):\s|[ \t]+\S")
_MAIL = {
    "content-location",
    "content-transfer-encoding",
    "content-type",
    "message-id",
    "mime-version",
    "received",
    "snapshot-content-location",
}
_PATCH = re.compile(r"diff --git |(?:Index: .*\n=+\n)?--- .*\n\+\+\+ ")
_SCRIPT = re.compile(r"""(?:(?:var|let|const)\s[^=\n]{1,80}=|[\w$.]{1,80}\s?=|[\w$.]{1,80}\()\s*["'`{\[]""", re.ASCII)


def container_of_bytes(content: bytes) -> str:
    """Return what a file is, such as `a PDF`, by its first bytes; empty if it is no container."""
    start = content[:1000].removeprefix(codecs.BOM_UTF8).lstrip()
    known = next((kind for magic, kind in _MAGIC.items() if start.startswith(magic)), "")
    return known or ("a tar archive" if content[257:262] == b"ustar" else "")


def container_of_text(text: str) -> str:
    """Return what a text is, such as `a web archive (MHTML)`; empty if it may be a page."""
    text = text.lstrip()
    names = set()
    lines = text[:20_000].split("\n")
    # The first line may be the boundary of a part, or the status of a response.
    for line in lines[lines[0].startswith(("--", "HTTP/")) :]:
        match = _HEADER.match(line)
        if not match:
            break
        names.add((match[1] or "").lower())
    if names & _MAIL:
        return "a web archive (MHTML) or a mail"
    if _PATCH.match(text):
        return "a patch"
    if _SCRIPT.match(text):
        return "JavaScript"
    if text.startswith("<?xml") and not re.search(r"<(?:!doctype\s+)?html\b", text[:20_000], re.IGNORECASE):
        return "XML"
    if text.startswith(("{", "[", '"')):
        try:
            return "JSON" if isinstance(json.loads(text), dict | list | str) else ""
        except (ValueError, RecursionError):
            return ""
    return ""
