"""Edits for findings about rows of the tables of parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jobexport.drift.compare.contradictions import contradictions
from jobexport.drift.edits.case import edit_parameter, listed_parameter
from jobexport.drift.page_schemas import condition_of, object_schema, row_schema
from jobexport.spec.document import MISSING, at, behind, look, to_pointer
from jobexport.spec.statements.change import Change
from jobexport.spec.statements.edits import is_shared, make_optional, relink, take_property
from jobexport.spec.statements.held import is_field, schema_of_value

if TYPE_CHECKING:
    from jobexport.drift.edits.case import Case
    from jobexport.drift.facts import Parameter
    from jobexport.spec.document import Location
    from jobexport.spec.statements.plan import Document


def added(case: Case) -> None:
    """Add a row that the document lacks."""
    row, place = case.row, case.place
    if row.location == "body":
        case.plan.bring_back((*case.operation, "requestBody"))
    # The place of a parameter that no edition has is the list of parameters.
    if place[-1] != "parameters" and case.plan.bring_back(place):
        return
    if "properties" in place:
        case.plan.bring_back(place[:-2])
        schema = _written(case, row)
        _put_property(case, place, schema)
        require(case, place, row)
        return
    node: Document = {"name": row.name, "in": row.location, "description": _words(case)}
    node["required"] = row.mandatory == "yes"
    node |= {"schema": row_schema(row)}
    if row.mandatory == "conditional":
        node["x-required-when"] = condition_of(row)
    if row.location in ("body", "response"):
        _put_body(case, row, _written(case, row))
    elif row.location in ("header", "query"):
        owner = (*case.operation, "parameters")
        listed = look(case.base, owner)
        if listed is MISSING:
            case.plan.everywhere(case.change(owner, [node]))
        else:
            if look(case.plan.document, owner) is MISSING:
                # The edition's overlay removes all that other pages added.
                case.plan.bring_back(owner)
                case.plan.own(*(case.change((*owner, 0), remove=True) for _ in listed))
            case.plan.everywhere(case.change((*owner, len(listed)), node))


def _words(case: Case) -> str:
    """Return words for what only the page describes, as the page's own words are not copied."""
    page = case.comparison.page
    return f"See the page {page.document_id}." if page.document_id else "See the page of the operation."


def _written(case: Case, row: Parameter) -> Document:
    below = [other for other in case.comparison.page.parameters if other.location == row.location]
    schema: Document = object_schema(below, row.path[:-1])["properties"][row.name]
    return schema


def _put_property(case: Case, place: Location, schema: Document) -> None:
    base = case.base
    owner = place[:-2]
    if look(base, owner) is MISSING:
        return
    if look(base, place[:-1]) is not MISSING:
        case.plan.everywhere(case.change(place, schema))
    else:
        case.plan.everywhere(case.change(place[:-1], {place[-1]: schema}))


def _put_body(case: Case, row: Parameter, schema: Document) -> None:
    """Add a body, with the row as its only property, to an operation without one."""
    required = {"required": [row.name]} if row.mandatory == "yes" else {}
    content = {"application/json": {"schema": {"type": "object", **required, "properties": {row.name: schema}}}}
    if row.location == "body":
        case.plan.everywhere(case.change((*case.operation, "requestBody"), {"content": content}))
        return
    success = next(code for code in at(case.plan.document, case.operation)["responses"] if code.startswith("2"))
    response = behind(case.base, (*case.operation, "responses", success))
    if look(case.base, (*response, "content")) is not MISSING:
        case.plan.everywhere(case.change((*response, "content", "application/json"), content["application/json"]))
    else:
        case.plan.everywhere(case.change((*response, "content"), content))


def require(case: Case, place: Location, row: Parameter) -> None:
    """List a property as required in this edition, if the page's row is mandatory."""
    required = (*place[:-2], "required")
    names = look(case.plan.document, required)
    if row.mandatory == "yes" and row.name not in (names or ()):
        lacks = names is MISSING
        change = case.change(required, [row.name]) if lacks else case.change((*required, len(names)), row.name)
        case.plan.own(change)


def missing(case: Case) -> None:
    """Remove a row that the page lacks."""
    place = case.place
    if "properties" in place and _is_shown(case, place):
        make_optional(case.plan, place, case.words)
        case.plan.widen(place)
    elif "properties" in place:
        take_property(case.plan, case.operation, place, case.words)
    elif (listed := listed_parameter(case, place)) and not case.is_variable:
        relink(case.plan, listed, case.words)
        case.plan.own(case.change(listed, remove=True))


def renamed(case: Case) -> None:
    """Rename a row."""
    row, place = case.row, case.place
    if row.location == "path":
        _call_variable(case, place, row.name)
        return
    listed = listed_parameter(case, place)
    if "properties" not in place and listed is not None:
        node = {**at(case.plan.document, behind(case.plan.document, listed)), "name": row.name}
        owner = (*case.operation[:-1], "parameters")
        relink(case.plan, listed, case.words, row.name)
        case.plan.everywhere(case.change((*owner, len(at(case.base, owner))), node))
        case.plan.own(case.change(listed, remove=True))
        return
    new = (*place[:-1], row.name)
    if not case.plan.bring_back(new) and look(case.plan.document, new) is MISSING:
        schema = at(case.plan.document, place)
        subject = case.finding.about.replace(f"`{case.finding.other}`", f"`{row.name}`")
        case.plan.everywhere(Change(f"{subject[0].upper()}{subject[1:]}: the page has it.", new, schema))
    if _is_shown(case, place):
        make_optional(case.plan, place, case.words, row.name)
        case.plan.widen(place)
    else:
        take_property(case.plan, case.operation, place, case.words, row.name)


def shown(case: Case) -> None:
    """Add a field that only an example has, with the type of its value; another contradiction changes no document."""
    place, value = case.place, case.finding.states.value
    if not is_field(to_pointer(place), value) or look(case.plan.document, place) is not MISSING:
        return
    if not case.plan.bring_back(place) and look(case.base, place[:-1]) is not MISSING:
        case.plan.everywhere(case.change(place, schema_of_value(value[place[-1]])))


def _is_shown(case: Case, place: Location) -> bool:
    """Check whether only an example of the page has a field: the document keeps it, as a server may send it."""
    comparison, pointer = case.comparison, to_pointer(place)
    return any(
        item.parameter is not None
        and is_field(pointer, item.value)
        and comparison.contradiction_place(item.parameter, item.key) == pointer
        for item in contradictions(comparison.page)
    )


def path_variable(case: Case) -> None:
    """Record the request line's name of a path variable."""
    if case.finding.states.at:
        _call_variable(case, case.place, str(case.finding.states.value))


def _call_variable(case: Case, place: Location, name: str) -> None:
    """Record the page's name of a path variable: at the variable, or at the path if other operations share it."""
    listed = listed_parameter(case, place)
    if listed is None:
        return
    target = behind(case.plan.document, listed)
    node = at(case.plan.document, target)
    if not is_shared(case.plan.document, target):
        edit_parameter(case, place, lambda old: _called(old, name))
        return
    names = (*case.operation[:-1], "x-documented-names")
    known = look(case.plan.document, names) or {}
    case.plan.own(case.change(names, {**known, node["name"]: name}))


def _called(node: Document, name: str) -> Document:
    kept = {key: value for key, value in node.items() if key != "x-documented-name"}
    return kept if node["name"] == name else {**kept, "x-documented-name": name}
