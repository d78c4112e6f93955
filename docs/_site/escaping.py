"""Text as Markdown that shows exactly this text."""

from __future__ import annotations

import re


def plain(text: str) -> str:
    """Return Markdown that shows a text as it is, in one line: each mark of Markdown is escaped."""
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", " ".join(text.split()))


def code(text: str) -> str:
    """Return a span of code that shows a text, in one line."""
    text = " ".join(text.split())
    fence = "`" * (1 + max((len(run) for run in re.findall(r"`+", text)), default=0))
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{pad}{text}{pad}{fence}"
