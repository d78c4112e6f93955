"""Markdown → blocks: rendered to HTML in which every block stands on its own line of the page, and read as HTML.

So tables may be pipe tables or HTML, also HTML that blank lines cut into several blocks.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt

from jobexport.drift import _html

if TYPE_CHECKING:
    from markdown_it.token import Token

    from jobexport.drift._blocks import Block

_PARSER = MarkdownIt("commonmark", {"html": True, "maxNesting": 60}).enable("table")


def blocks(text: str) -> list[Block]:
    """The blocks of a Markdown text."""
    return _html.blocks(render(text))


def render(text: str) -> str:
    """HTML of a Markdown text; what stands on a line of it stands on the same line here."""
    pieces: list[str] = []
    line = 0

    def put(piece: str) -> None:
        nonlocal line
        pieces.append(piece)
        line += piece.count("\n")

    for token in _PARSER.parse(text):
        if token.map and token.nesting >= 0:
            put("\n" * (token.map[0] - line))
        put(_rendered(token))
    return "".join(pieces)


def _rendered(token: Token) -> str:
    match token.type:
        case "inline":
            return _PARSER.renderer.renderInline(token.children or [], _PARSER.options, {})
        case "fence":
            return f"<pre>\n{escape(token.content)}</pre>"
        case "code_block" if token.content.lstrip().startswith("<"):
            # HTML that is indented after a blank line is a listing for Markdown, but never meant as one.
            return token.content
        case "code_block":
            return f"<pre>{escape(token.content)}</pre>"
        case "html_block":
            return token.content
        case "hr":
            return "<hr>"
    if token.tag and not token.hidden:
        return f"<{token.tag}>" if token.nesting > 0 else f"</{token.tag}>"
    # The paragraphs of a tight list have no tags; without one, a nested list's text would join its parent's.
    return "<p>" if token.nesting > 0 else "</p>" if token.nesting < 0 else ""
