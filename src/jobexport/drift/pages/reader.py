"""Reads a documentation page: bytes → text → blocks → facts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from jobexport.core.disk.reading import read_up_to
from jobexport.core.extras import needing
from jobexport.drift.pages.bounds import RAW, TOO_DEEP, Deadline, Unreadable
from jobexport.drift.pages.decode import decode
from jobexport.drift.pages.form import form_of
from jobexport.drift.pages.page import PageReader
from jobexport.errors import JobexportError

if TYPE_CHECKING:
    from jobexport.drift.facts import Form, PageFacts
    from jobexport.drift.pages.blocks import Block


def read_page(source: Path | str | bytes, name: str | None = None) -> PageFacts:
    """Read the facts of a documentation page in Markdown, HTML, reStructuredText or plain text.

    Args:
        source: the page's file, or its bytes.
        name: the name in messages and in `PageFacts.source`; the path by default.

    Raises:
        JobexportError: the file can't be opened, is not text, is too long, or takes too long to read.
    """
    if isinstance(source, bytes):
        name, content = name or "page", source
    else:
        name = name or str(source)
        content = _content(Path(source), name)
    deadline = Deadline()
    page = decode(content, name)
    form = form_of(page.text)
    try:
        return PageReader(page, form, _blocks(page.text, form, deadline), deadline).facts()
    except Unreadable as reason:
        raise JobexportError(f"{name}: {reason}; save only the page") from None
    except RecursionError:
        raise JobexportError(f"{name}: {TOO_DEEP}; save only the page") from None


def _content(path: Path, name: str) -> bytes:
    try:
        return read_up_to(path, RAW)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise JobexportError(f"{name}: {reason}; name a file with a documentation page") from error


def _blocks(text: str, form: Form, deadline: Deadline) -> list[Block]:
    # Only the parser of the page's form is loaded.
    with needing("drift"):
        match form:
            case "html":
                from jobexport.drift.pages.forms.html import blocks
            case "markdown":
                from jobexport.drift.pages.forms.markdown import blocks
            case "rst":
                from jobexport.drift.pages.forms.rst import blocks
            case _:
                from jobexport.drift.pages.forms.text import blocks
    return blocks(text, deadline)
