"""Parts of documents, for runs that need a few operations only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jobexport.contract.verbs import changes
from jobexport.spec.document import deref, operations

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def exports(document: Mapping[str, Any]) -> list[str]:
    """Return the operationIds of the exports: they neither read nor change the objects of a server."""
    return [
        found.id for found in operations(document) if not (found.reads or changes(document, found.fields, found.method))
    ]


def only(document: Mapping[str, Any], ids: Iterable[str]) -> dict[str, Any]:
    """Return the document with these operations only; it shares its parts with the whole document."""
    kept = {*ids}
    paths: dict[str, dict[str, Any]] = {}
    for found in operations(document):
        if found.id in kept:
            shared = {name: value for name, value in found.item.items() if name == "parameters"}
            paths.setdefault(found.path, shared)[found.method] = _linked(document, found.fields, kept)
    return {**document, "paths": paths}


def _linked(document: Mapping[str, Any], operation: Mapping[str, Any], kept: set[str]) -> dict[str, Any]:
    """Return an operation whose links lead to kept operations only."""
    responses = {}
    for status, listed in operation["responses"].items():
        found = deref(document, listed)
        links = {name: link for name, link in found.get("links", {}).items() if link["operationId"] in kept}
        rest = {name: value for name, value in found.items() if name != "links"}
        responses[status] = listed if links == found.get("links", {}) else rest | ({"links": links} if links else {})
    return {**operation, "responses": responses}


def exporting(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return the document with its exports only."""
    return only(document, exports(document))
