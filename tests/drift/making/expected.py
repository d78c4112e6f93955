"""Compares the facts of a page with expected facts that are written by hand, in YAML."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import attrs

from jobexport.drift import read_page
from jobexport.drift.facts import DataType, Limits

if TYPE_CHECKING:
    from pathlib import Path

SINGLE = ("form", "language", "title", "document_id", "updated", "operation_names", "markers")


def short(kind: DataType | None) -> str:
    """Return a type in the spelling of the expected facts, such as `array<int64>`; `-` for None."""
    if kind is None:
        return "-"
    word = kind.format or kind.kind
    return f"{word}<{short(kind.items)}>" if kind.items else word


def found(page: Any) -> dict[str, set[Any]]:
    """Return the facts of a page as sets, one for each kind of fact."""
    named = {f"{each.location} {'.'.join(each.path)}": each for each in page.parameters}
    assert len(named) == len(page.parameters), "the page has a parameter twice"
    return {
        **{key: {str(value)} for key in SINGLE if (value := getattr(page, key))},
        "endpoint": {f"{page.endpoint.method} {page.endpoint.path}"} if page.endpoint else set(),
        "parameters": set[Any](named),
        "mandatory": {f"{key} {each.mandatory}" for key, each in named.items()},
        "types": {f"{key} {short(each.type)}" for key, each in named.items()},
        "conditions": {(key, each.condition) for key, each in named.items() if each.condition},
        "defaults": {(key, json.dumps(each.default)) for key, each in named.items() if each.default is not None},
        "limits": {(key, limits(each.limits)) for key, each in named.items() if each.limits != Limits()},
        "media_types": {f"{each.side} {each.value}" for each in page.media_types},
        "statuses": {f"{each.code} {each.source}" for each in page.statuses},
        "error_codes": {f"{each.code} {each.source} {each.status or '-'} {each.message}" for each in page.error_codes},
        "examples": {
            example(each.kind, f"{each.method} {each.path}".strip(), each.status, each.value) for each in page.examples
        },
        "file_names": {f"{'member ' if each.member else ''}{each.name}" for each in page.file_names},
        "trees": {each.entries for each in page.trees},
        "actions": {f"{each.name} {each.access_level} {each.resource}" for each in page.actions},
        "tables": {(at, f"{each.role} {each.location or '-'} {each.rows}") for at, each in enumerate(page.tables)},
        "unread": {each.text for each in page.unread},
    }


def expected(listed: dict[str, Any]) -> dict[str, set[Any]]:
    """Return the expected facts in the shape of `found`; `listed` is the content of their YAML file."""
    # The file has `_` before a capital for a space in a name: `Data_Warehouse` is `Data Warehouse`.
    rows = [re.sub(r"_(?=[A-Z])", "\0", row).split(" ") for row in listed["parameters"]]
    rows = [[word.replace("\0", " ") for word in row] for row in rows]
    return {
        **{
            key: {str(tuple(value) if isinstance(value, list) else value)}
            for key in SINGLE
            if (value := listed.get(key))
        },
        "endpoint": {listed["endpoint"]},
        "parameters": {f"{where} {name}" for where, name, _, _ in rows},
        "mandatory": {f"{where} {name} {mandatory}" for where, name, mandatory, _ in rows},
        "types": {f"{where} {name} {kind}" for where, name, _, kind in rows},
        "conditions": set[Any](listed.get("conditions", {}).items()),
        "defaults": {(key, json.dumps(value)) for key, value in listed.get("defaults", {}).items()},
        "limits": {
            (key, tuple((name, tuple(most) if isinstance(most, list) else most) for name, most in value.items()))
            for key, value in listed.get("limits", {}).items()
        },
        "media_types": set[Any](listed.get("media_types", ())),
        "statuses": set[Any](listed.get("statuses", ())),
        "error_codes": set[Any](listed.get("error_codes", ())),
        "examples": {
            example(each["kind"], each.get("path", ""), each.get("status"), each.get("value"))
            for each in listed.get("examples", ())
        },
        "file_names": set[Any](listed.get("file_names", ())),
        "trees": {tuple(each) for each in listed.get("trees", ())},
        "actions": set[Any](listed.get("actions", ())),
        "tables": set[Any](enumerate(listed["tables"])),
        "unread": set[Any](),
    }


def limits(stated: Limits) -> tuple[Any, ...]:
    return tuple((key, value) for key, value in attrs.asdict(stated).items() if value not in (None, ()))


def example(kind: Any, path: Any, status: Any, value: Any) -> str:
    return f"{kind} {path} {status} {json.dumps(value, sort_keys=True, ensure_ascii=False)}"


def conditions(wanted: set[Any], read: set[Any]) -> set[Any]:
    """Return the read conditions, each replaced by the expected word if its sentence contains that word."""
    return {(key, word) for key, word in wanted for at, sentence in read if at == key and word in sentence} | {
        each for each in read if each[0] not in {key for key, _ in wanted}
    }


def check(path: Path, listed: dict[str, Any]) -> None:
    """Fail if a page has other facts than the expected ones."""
    read = found(read_page(path))
    wanted = expected(listed)
    read["conditions"] = conditions(wanted["conditions"], read["conditions"])
    assert read.keys() == wanted.keys()
    for kind, facts in wanted.items():
        assert read[kind] == facts, kind
