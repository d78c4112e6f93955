"""Compares prose by its words: markup, quotes, case and punctuation do not count."""

from __future__ import annotations

import re
import unicodedata

# A CJK character counts as a word, because Chinese is written without spaces.
_WORD = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff]|[^\W\u2e80-\u9fff\uf900-\ufaff]+")


def same_words(one: str, other: str) -> bool:
    """Check whether two texts have the same words in the same order."""
    return words(one) == words(other)


def words(text: str) -> list[str]:
    """Return the words of a text, case-folded."""
    return _WORD.findall(unicodedata.normalize("NFKC", text).casefold())
