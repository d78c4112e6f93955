"""A document as the page for people shows it: for this server only, with each inconsistency explained at its place."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from jobexport.spec.document import marks, operations

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from jobexport.spec.register import Entry, Register

# An object with one of these keys may have a description; a media type, for example, may not.
_DESCRIBED = {"description", "operationId", "in", "type", "$ref", "value"}
# A claim that a page has nothing.
_SILENT = re.compile(r"(?:none|not known|not stated|nothing is said|says nothing)(?: on the page)?|on no page")
# The values of these keys are data; they hold no descriptions.
_DATA = {"value", "example", "default", "const", "enum"}


def marked(document: Mapping[str, Any], edition: str, register: Register) -> dict[str, Any]:
    """Return a copy of a document for the page, with this server only and each inconsistency explained.

    The description of an object with `x-inconsistency` ends with the register's entries. If OpenAPI allows no
    description there, the entries go to the nearest enclosing object that may have one.

    Args:
        document: a resolved document.
        edition: the edition whose claims are shown.
        register: the entries; an id that is missing from the register is not explained.
    """
    entries = {entry.id: entry for entry in register.entries}

    def mark(ids: Iterable[str]) -> str:
        return _marks([entries[id_] for id_ in dict.fromkeys(ids) if id_ in entries], edition)

    def copy(node: Any) -> tuple[Any, list[str]]:
        """Return a copy of a node, and the ids that could not be placed in it."""
        if isinstance(node, list):
            copies = [copy(item) for item in node]
            return [item for item, _ in copies], [id_ for _, ids in copies for id_ in ids]
        if not isinstance(node, dict):
            return node, []
        left = list(marks(node))
        copied: dict[str, Any] = {}
        for key, value in (_with_one_type(node) if "in" in node else node).items():
            copied[key], ids = (value, []) if key in _DATA else copy(value)
            left += ids
        if not _DESCRIBED & node.keys() or not isinstance(copied.get("description", ""), str):
            return copied, left
        text = "\n\n".join(filter(None, [copied.get("description", "").rstrip(), mark(left)]))
        return (copied | {"description": text} if left else copied), []

    result: dict[str, Any]
    result, left = copy(_without_servers(document))
    result["info"]["description"] = "\n\n".join(filter(None, [result["info"].get("description", ""), mark(left)]))
    return result | {"servers": [{"url": "/", "description": "This mock server"}]}


def _without_servers(document: Mapping[str, Any]) -> dict[str, Any]:
    # An operation may have servers of its own; the marks of these hosts go to the operation.
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations(document):
        ids = [*marks(operation.fields), *(id_ for host in operation.item.get("servers", ()) for id_ in marks(host))]
        mark = {"x-inconsistency": ids} if ids else {}
        item = paths.setdefault(operation.path, _without(operation.item, "servers"))
        item[operation.method] = _without(operation.fields, "servers") | mark
    return {**document, "paths": paths}


def _with_one_type(parameter: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a parameter whose schema has no list of types: Swagger UI takes every value of such a one for missing."""
    schema = parameter.get("schema")
    if not isinstance(schema, dict) or not isinstance(schema.get("type"), list):
        return parameter
    types = [{"type": type_} for type_ in schema["type"]]
    return {**parameter, "schema": {**_without(schema, "type"), "anyOf": types}}


def _without(node: Mapping[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in node.items() if name != key}


def _marks(entries: Sequence[Entry], edition: str) -> str:
    """Return the marks as Markdown; marks that only say that the edition's page has nothing are folded away."""
    silent = [entry for entry in entries if _SILENT.fullmatch(_fact(entry, edition))]
    shown = _quoted([entry for entry in entries if entry not in silent], edition)
    if not silent:
        return shown
    number = f"{len(silent)}{' more' if shown else ''} mark{'' if len(silent) == 1 else 's'}"
    summary = f"<details><summary>⚠ {number} without a fact of this edition</summary>"
    return "\n\n".join(filter(None, [shown, summary, _quoted(silent, edition), "</details>"]))


def _quoted(entries: Sequence[Entry], edition: str) -> str:
    return "\n>\n".join(f"> {_mark(entry, edition)}" for entry in entries)


def _mark(entry: Entry, edition: str) -> str:
    words = f"⚠ [{entry.id}](/_mock/inconsistencies#{entry.id}) {entry.title}"
    fact = _fact(entry, edition)
    return f"{words}. This edition: {fact}" if fact else words


def _fact(entry: Entry, edition: str) -> str:
    """Return the fact of an edition's claim in one line; empty if no claim names the edition."""
    claims = [claim for claim in entry.claims if edition in claim.editions]
    return " ".join(claims[0].fact.split()) if claims else ""
