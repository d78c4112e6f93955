"""Markdown → blocks: rendered to HTML in which every block keeps its line of the page, and read as HTML.

So a table may be a pipe table or HTML, even HTML that blank lines cut into several blocks.
"""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

from jobexport.drift.pages.bounds import ELEMENTS, TOO_MANY, Deadline, Unreadable
from jobexport.drift.pages.forms import html

if TYPE_CHECKING:
    from markdown_it.rules_core import StateCore

    from jobexport.drift.pages.blocks import Block

_LETTERS = 20_000
"""The most characters of a paragraph whose markup is read: the time grows with the square of its brackets."""
_FOOTNOTE = re.compile(r"^ {0,3}\[\^([^\]\s]{1,40})\]:", re.MULTILINE)
_REFERENCE = re.compile(r"\[\^([^\]\s]{1,40})\]")


def _inline(state: StateCore) -> None:
    """Parse the markup of paragraphs, except very long ones, and check the deadline before each."""
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


_PARSER = MarkdownIt("commonmark", {"html": True, "maxNesting": 60}).enable(["table", "strikethrough"])
_PARSER.core.ruler.at("inline", _inline)
_RENDERER = RendererHTML()


def blocks(text: str, deadline: Deadline) -> list[Block]:
    """Parse a Markdown text into blocks.

    Raises:
        Unreadable: elements are too many or nested too deeply, or reading takes too long.
    """
    if text.count("|") > ELEMENTS:
        raise Unreadable(TOO_MANY)
    return html.blocks(render(_without_footnotes(text), deadline), deadline)


def _without_footnotes(text: str) -> str:
    """Return the text without the marks of its footnotes, such as `[^1]`."""
    known = set(_FOOTNOTE.findall(text))
    if not known:
        return text
    text = _FOOTNOTE.sub("", text)
    return _REFERENCE.sub(lambda match: "" if match[1] in known else match[0], text)


def render(text: str, deadline: Deadline) -> str:
    """Render a Markdown text as HTML in which every block is on the same line as in the text."""
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
            # Markdown reads indented HTML after a blank line as a listing, but the vendor means HTML.
            return token.content
        case "code_block":
            return f"<pre>{escape(token.content)}</pre>"
        case "html_block":
            return token.content
        case "hr":
            return "<hr>"
    if token.tag and not token.hidden:
        return f"<{token.tag}>" if token.nesting > 0 else f"</{token.tag}>"
    # The paragraphs of a tight list have no tags; without `p`, a nested list's text would join its parent's.
    return "<p>" if token.nesting > 0 else "</p>" if token.nesting < 0 else ""
