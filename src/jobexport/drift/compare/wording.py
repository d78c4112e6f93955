"""Compares prose by its words: marks, quotes, case and punctuation are no difference."""

from __future__ import annotations

import re
import unicodedata

# A CJK character counts as a word, for Chinese is written without blanks.
_WORD = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff]|[^\W\u2e80-\u9fff\uf900-\ufaff]+")


def same_words(one: str, other: str) -> bool:
    """Whether two texts have the same words in the same order."""
    return words(one) == words(other)


def words(text: str) -> list[str]:
    """The words of a text."""
    return _WORD.findall(unicodedata.normalize("NFKC", text).casefold())
