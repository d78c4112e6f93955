"""Names of operations and schemas, from the words of a page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jobexport.drift.facts import PageFacts

_WORD = re.compile(r"[A-Za-z][a-z0-9]*|[A-Z]+(?![a-z])|[0-9]+")
_LITTLE = {"a", "an", "the", "of", "in", "for", "to", "and"}
# A stem that lost its e: creat-ing, execut-ing, remov-ing, releas-ing, synchroniz-ing.
_LOST_E = re.compile(r"(?:[aeiu]t|[aeiou]v|[aeiou][sz]|[^aeiou]c|nag|rg|ur|ar)$")
_DOUBLED = re.compile(r"([bdgmnprt])\1$")


def operation_id(page: PageFacts) -> str:
    """Return an operationId for the page: the vendor's name, else from the title, else from the path.

    `Creating a Job` → `createJob`; `POST /v1/{project_id}/jobs/batch-export` → `postJobsBatchExport`.
    """
    for name in page.operation_names:
        return name[0].lower() + name[1:]
    words = [word for word in re.findall(r"[A-Za-z][A-Za-z0-9]*", page.title) if word.lower() not in _LITTLE]
    if words and page.title.isascii():
        return _camel([_infinitive(words[0]), *words[1:]])
    if page.endpoint is None:
        return "operation"
    steps = [step for step in page.endpoint.path.split("/") if step and "{" not in step and not re.match(r"v\d", step)]
    return _camel([page.endpoint.method, *(word for step in steps for word in re.findall(r"[A-Za-z0-9]+", step))])


def _infinitive(word: str) -> str:
    stem = word[:-3] if word.lower().endswith("ing") and len(word) > 5 else ""
    if not stem:
        return word
    if _DOUBLED.search(stem):
        return stem[:-1]
    return f"{stem}e" if _LOST_E.search(stem) else stem


def _camel(words: list[str]) -> str:
    head, *rest = words
    return head.lower() + "".join(word[0].upper() + word[1:] for word in rest)


def pascal(text: str) -> str:
    """Return a schema's name for a text, `list of nodes` → `ListNodes`; empty without a letter or digit of ASCII."""
    words = re.findall(r"[A-Za-z0-9]+", text)
    name = "".join(word[0].upper() + word[1:] for word in words if word.lower() not in _LITTLE)
    return name if name[:1].isalpha() else f"Table{name}" if name else ""


def unique(name: str, taken: set[str]) -> str:
    """Return the name, or the name with the first free number if taken: `Node` → `Node2`.

    Case is ignored, because a generator can't tell `Node` from `node`.
    """
    lower = {other.lower() for other in taken}
    number = 2
    found = name
    while found.lower() in lower:
        found = f"{name}{number}"
        number += 1
    return found
