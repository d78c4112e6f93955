"""Edits for findings about a row's type, default, bounds and values, and about when it is mandatory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jobexport.drift.compare.contradictions import contradictions
from jobexport.drift.edits.case import edit_parameter, edit_schema
from jobexport.drift.edits.rows import require
from jobexport.drift.page_schemas import condition_of, type_schema, value_of
from jobexport.spec.document import look, reference, value_list
from jobexport.spec.examples import misfits
from jobexport.spec.statements.held import ABSENT_FIELD, LIMITS, kinds_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from jobexport.drift.edits.case import Case
    from jobexport.drift.facts import Parameter
    from jobexport.spec.document import Location
    from jobexport.spec.statements.plan import Document

# Keys of a schema that do not depend on its type.
_NEUTRAL = {"description", "title", "deprecated", "readOnly", "writeOnly"}

# Keys of a schema that describe one type further.
_OF_ONE_TYPE = {"items", "additionalProperties", "properties", "format"}


def type_changed(case: Case) -> None:
    """Change the type of a row."""
    row = case.row
    bare = type_schema(row.type)
    shown = [item.value for item in contradictions(case.comparison.page) if item.parameter is row]
    # A mandatory field that an example lacks, or a number beyond its bounds, has no other type.
    at_odds = any(value != ABSENT_FIELD and not _fits(case, bare, value) for value in shown)

    def edit(old: Document) -> Document:
        if at_odds and bare.keys() == {"type"} and "type" in old and old.keys().isdisjoint(_OF_ONE_TYPE):
            # The page's own example has another type than its table: a server may send either, but no third type.
            seen = {kind for value in shown for kind in kinds_of(value)}
            kinds = [kind for kind in _listed(old["type"]) if kind in (bare["type"], *seen)]
            kinds += [kind for kind in _listed(bare["type"]) if kind not in kinds]
            if len(kinds) > 1:
                return {**old, "type": kinds}
        kept = {key: value for key, value in old.items() if key in _NEUTRAL or key.startswith("x-")}
        new = kept | bare
        if bare.get("type") in _listed(old.get("type")) and isinstance(old["type"], list):
            new["type"] = [bare["type"]]  # One of several types: the list stays, so that an overlay only removes items.
        same = old.get("type") == bare.get("type") and old.get("type") != "array"
        for key in old.keys() - new.keys():
            if key in ("default", "enum") and not all(_fits(case, bare, value) for value in _listed(old[key])):
                continue
            if key in ("default", "enum") or (same and key in LIMITS.values()) or key in ("if", "then"):
                new[key] = old[key]
        if "examples" in old and all(_fits(case, bare, value) for value in old["examples"]):
            new["examples"] = old["examples"]
        return new

    edit_schema(case, edit, _widen_type)


def contradiction_gone(case: Case) -> None:
    """Keep the type of the table alone, if the page's example no longer contradicts it."""
    place = case.finding.states.at
    rows = [pair.page for pair in case.comparison.pairs if pair.page and case.comparison.place(pair.page) == place]
    if case.finding.states.fact == "contradiction" and rows:
        type_changed(case)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _fits(case: Case, schema: Document, value: Any) -> bool:
    return not misfits(case.plan.document, schema, value)


def _widen_type(wide: Document, new: Document) -> Document:
    """Return a schema that allows both types; bounds may stay, because they hold for their own type only."""
    if "type" not in new or "type" not in wide:
        return {key: value for key, value in wide.items() if key not in ("type", "items", "format", "enum")}
    kinds = _listed(wide["type"]) + [kind for kind in _listed(new["type"]) if kind not in _listed(wide["type"])]
    widened = {**wide, "type": kinds if len(kinds) > 1 else kinds[0]}
    if "enum" in wide and wide.get("enum") != new.get("enum"):
        del widened["enum"]
    if wide.get("format") != new.get("format") and wide["type"] == new["type"]:
        widened.pop("format", None)
        for key in ("minimum", "maximum"):
            widened.pop(key, None)
    if "items" in new and wide.get("items") != new["items"]:
        widened["items"] = _widen_items(wide, new)
    if "additionalProperties" in new and "additionalProperties" not in wide:
        widened["additionalProperties"] = new["additionalProperties"]
    return widened


def _widen_items(wide: Document, new: Document) -> Document:
    items = wide.get("items")
    if items is None or new["items"] == {}:
        return dict(new["items"])
    return {"anyOf": [items, new["items"]]} if reference(items) else _widen_type(items, new["items"])


def mandatory_changed(case: Case) -> None:
    """Change the cases in which a row is mandatory."""
    row, place = case.row, case.place
    if "properties" not in place:
        # A path variable is always mandatory in OpenAPI.
        if row.location != "path":
            edit_parameter(case, place, lambda node: _parameter_mandatory(node, row))
        return
    _unconditional(case, place, row.name)
    owner = (*place[:-2], "required")
    names = look(case.plan.document, owner) or ()
    if row.mandatory != "yes" and row.name in names:
        base = case.plan.union
        wide = look(base, owner)
        if wide and row.name in wide:
            case.plan.everywhere(case.change((*owner, wide.index(row.name)), remove=True))
        names = look(case.plan.document, owner) or ()
        if row.name in names:
            case.plan.own(case.change((*owner, names.index(row.name)), remove=True))
    if row.mandatory == "conditional":
        condition = case.change((*place, "x-required-when"), condition_of(row))
        case.plan.own(condition)
    require(case, place, row)


def _parameter_mandatory(node: Document, row: Parameter) -> Document:
    kept = {key: value for key, value in node.items() if key != "x-required-when"} | {
        "required": row.mandatory == "yes"
    }
    return {**kept, "x-required-when": condition_of(row)} if row.mandatory == "conditional" else kept


def _unconditional(case: Case, place: Location, name: str) -> None:
    """Remove the condition under which a property is required."""
    owner = place[:-2]
    names = look(case.plan.document, (*owner, "then", "required")) or []
    if names == [name]:
        case.plan.own(case.change((*owner, "if"), remove=True), case.change((*owner, "then"), remove=True))
    elif name in names:
        case.plan.own(case.change((*owner, "then", "required", names.index(name)), remove=True))
    case.plan.own(case.change((*place, "x-required-when"), remove=True))


def default_changed(case: Case) -> None:
    """Change the default of a row."""
    row = case.row

    def edit(old: Document) -> Document:
        kept = {key: value for key, value in old.items() if key != "default"}
        return kept if row.default is None else {**kept, "default": row.default}

    edit_schema(case, edit, lambda wide, _: wide)


def limit_changed(case: Case) -> None:
    """Change a bound of a row."""
    ((name, limit),) = case.finding.states.value.items()
    key = LIMITS[name]

    def edit(old: Document) -> Document:
        kept = {other: value for other, value in old.items() if other != key}
        return kept if limit is None else {**kept, key: limit}

    def widen(wide: Document, new: Document) -> Document:
        if key not in wide:
            return wide
        if limit is None:
            return {other: value for other, value in wide.items() if other != key}
        widest: Callable[[Any, Any], Any] = min if name.startswith("min") else max
        return {**wide, key: widest(wide[key], new[key])}

    edit_schema(case, edit, widen)


def values_changed(case: Case) -> None:
    """Change the allowed values of a row."""
    row = case.row

    def edit(old: Document) -> Document:
        listed = value_list(old)
        kept = {key: value for key, value in old.items() if key != listed}
        values = [value_of(text, old) for text in row.limits.values]
        if "default" in kept and values and kept["default"] not in values:
            del kept["default"]
        return {**kept, listed: values} if values else kept

    def widen(wide: Document, new: Document) -> Document:
        listed = value_list(wide)
        if listed not in wide or listed not in new:
            return {key: value for key, value in wide.items() if key != listed}
        return {**wide, listed: [*wide[listed], *(value for value in new[listed] if value not in wide[listed])]}

    edit_schema(case, edit, widen)
