"""Two pages of one operation → one description, in the widest form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jobexport.drift.scaffold.shapes import Shapes

Document = dict[str, Any]


def merge(one: Document, other: Document, shapes: Shapes) -> list[str]:
    """Add to an operation what another page says of it; return the spots where the pages differ and the first is kept.

    A parameter or field of one page only is optional. The references of both lead to keys of the shapes.
    """
    kept = _parameters(one["parameters"], other["parameters"])
    if "requestBody" in one and "requestBody" in other:
        one["requestBody"]["required"] = one["requestBody"]["required"] and other["requestBody"]["required"]
        kept += _content(one["requestBody"], other["requestBody"], "request", shapes)
    elif "requestBody" in other:
        one["requestBody"] = {**other["requestBody"], "required": False}
    elif "requestBody" in one:
        one["requestBody"]["required"] = False
    for code, response in other["responses"].items():
        kept += _content(one["responses"].setdefault(code, response), response, f"response {code}", shapes)
    return kept


def _parameters(mine: list[Document], theirs: list[Document]) -> list[str]:
    kept = []
    known = {_key(each): each for each in theirs}
    for each in mine:
        other = known.pop(_key(each), None)
        each["required"] = each["in"] == "path" or (each["required"] and other is not None and other["required"])
        if other is not None and other["schema"] != each["schema"]:
            kept.append(f"{each['in']} parameter {each['name']}")
    mine += [{**each, "required": each["in"] == "path"} for each in known.values()]
    return kept


def _key(parameter: Document) -> tuple[str, str]:
    name: str = parameter["name"]
    return parameter["in"], name.lower() if parameter["in"] == "header" else name


def _content(one: Document, other: Document, place: str, shapes: Shapes) -> list[str]:
    """Add the media types of a body, each with the wider schema and the examples of both."""
    kept: list[str] = []
    mine = one.setdefault("content", {}) if "content" in other else one.get("content", {})
    for type_, media in other.get("content", {}).items():
        known = mine.setdefault(type_, media)
        known["schema"] = shapes.wider(known["schema"], media["schema"], place, kept)
        more = {
            f"{name}-of-{number}": example
            for number, (name, example) in enumerate(media.get("examples", {}).items(), 2)
        }
        if known is not media and more:
            known["examples"] = {**known.get("examples", {}), **more}
    return kept
