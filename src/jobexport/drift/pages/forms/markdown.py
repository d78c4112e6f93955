"""Markdown → blocks: rendered to HTML in which every block stands on its own line of the page, and read as HTML.

So tables may be pipe tables or HTML, also HTML that blank lines cut into several blocks.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

from jobexport.drift.pages.forms import html

if TYPE_CHECKING:
    from markdown_it.rules_core import StateCore

    from jobexport.drift.pages.blocks import Block
    from jobexport.drift.pages.bounds import Deadline

_LETTERS = 20_000
"""Letters of the longest paragraph whose markup is read: the parser's time goes with the square of its brackets."""


def _inline(state: StateCore) -> None:
    """Reads the markup of paragraphs, unless they are very long or time is up."""
    deadline: Deadline = state.env["deadline"]
    for token in state.tokens:
        if token.type != "inline":
            continue
        deadline.check()
        token.children = []
        if len(token.content) > _LETTERS:
            token.children.append(Token("text", "", 0, content=token.content))
        else:
            state.md.inline.parse(token.content, state.md, state.env, token.children)


_PARSER = MarkdownIt("commonmark", {"html": True, "maxNesting": 60}).enable("table")
_PARSER.core.ruler.at("inline", _inline)
_RENDERER = RendererHTML()


def blocks(text: str, deadline: Deadline) -> list[Block]:
    """The blocks of a Markdown text.

    Raises:
        Unreadable: Elements stand too deep in elements, or reading takes too long.
    """
    return html.blocks(render(text, deadline), deadline)


def render(text: str, deadline: Deadline) -> str:
    """HTML of a Markdown text; what stands on a line of it stands on the same line here."""
    pieces: list[str] = []
    line = 0
    for token in _PARSER.parse(text, {"deadline": deadline}):
        before = "\n" * max(token.map[0] - line, 0) if token.map and token.nesting >= 0 else ""
        pieces.append(before + _rendered(token))
        line += pieces[-1].count("\n")
    return "".join(pieces)


def _rendered(token: Token) -> str:
    match token.type:
        case "inline":
            return _RENDERER.renderInline(token.children or [], _PARSER.options, {})
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
