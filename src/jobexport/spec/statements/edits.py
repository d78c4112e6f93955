"""Edits after which a statement holds in an edition's document, whether a page or traffic makes the statement."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from jobexport.spec.document import MISSING, at, behind, error_statuses, located, look, reference, references, walk
from jobexport.spec.links import broken_links, renamed_in_links
from jobexport.spec.load import tree
from jobexport.spec.statements.change import Change
from jobexport.spec.statements.plan import changes_between
from jobexport.spec.statements.repair import repair

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from jobexport.spec.document import Location
    from jobexport.spec.register import Statement
    from jobexport.spec.statements.plan import Document, Plan

_JSON = "application/json"


def make_hold(
    plan: Plan, operation: Location, statement: Statement, words: str, lent: Mapping[str, Any] | None = None
) -> None:
    """Add to a plan the edits of the edition's overlay after which a statement about an operation holds.

    A statement without a value says that the operation has no such fact. Nothing is added for a kind of fact that no
    document can express, or if the place above is missing.

    Args:
        plan: the plan.
        operation: the place of the operation.
        statement: the statement; its place may be new.
        words: the description of the overlay's actions.
        lent: the schema of a field that the union lacks.
    """
    before = plan.document
    place = located(before, statement.at)
    if statement.fact == "parameter":
        _field(plan, operation, place, statement.value, words, lent)
    elif statement.value is None:
        plan.own(Change(words, place, remove=True))
    elif (edit := _EDITS.get(statement.fact)) is not None:
        edit(plan, place, statement.value, words)
    drop_broken_links(plan, words)
    _drop_unused(plan, before, words)


def _field(
    plan: Plan, operation: Location, place: Location, name: str | None, words: str, lent: Mapping[str, Any] | None
) -> None:
    """Add, remove or rename a property."""
    if name is None:
        take_property(plan, operation, place, words)
        _drop_empty_body(plan, operation, place[:-2], words)
    elif name != place[-1]:
        new = (*place[:-1], name)
        if not plan.bring_back(new):
            plan.own(Change(words, new, at(plan.document, place)))
        take_property(plan, operation, place, words, name)
    elif not _bring_back_field(plan, operation, place, words) and look(plan.document, place[:-1]) is not MISSING:
        wide = look(plan.union, place)
        plan.own(Change(words, place, dict(lent or {}) if wide is MISSING else wide))


def _bring_back_field(plan: Plan, operation: Location, place: Location, words: str) -> bool:
    """Bring back a property of the union, with the body but without its other properties if the body was removed."""
    owner, body = place[:-2], (*operation, "requestBody")
    if plan.union is not None and _schema_of_body(plan.union, body) == owner and plan.bring_back(body):
        for other in list(at(plan.document, place[:-1])):
            if other != place[-1]:
                take_property(plan, operation, (*place[:-1], other), words)
    else:
        plan.bring_back(place)
    return look(plan.document, place) is not MISSING


def take_property(plan: Plan, operation: Location, place: Location, words: str, new: str | None = None) -> None:
    """Remove a property from schema, `required`, examples and links; rename it there if `new` is given."""
    owner, name = place[:-2], str(place[-1])
    relink(plan, place, words, new)
    plan.own(Change(words, place, remove=True))
    make_optional(plan, place, words, new)
    for value in list(_example_objects(plan.document, operation, owner)):
        old = look(plan.document, (*value, name))
        if old is not MISSING and new is not None:
            plan.own(Change(words, (*value, new), old))
        if old is not MISSING:
            # An example without a field left shows nothing.
            alone = new is None and len(at(plan.document, value)) == 1 < len(at(plan.document, value[:-2]))
            plan.own(Change(words, value[:-1] if alone else (*value, name), remove=True))


def make_optional(plan: Plan, place: Location, words: str, new: str | None = None) -> None:
    """Take a property out of the lists of required ones; `new` takes its place there if it is given."""
    owner, name = place[:-2], str(place[-1])
    for required in ((*owner, "required"), (*owner, "then", "required")):
        names = look(plan.document, required)
        if name in (names or ()):
            plan.own(Change(words, (*required, names.index(name)), remove=True))
            if new is not None:
                plan.own(Change(words, (*required, len(names) - 1), new))


def relink(plan: Plan, place: Location, words: str, new: str | None = None) -> None:
    """Rename a property or a parameter in the links that name it; if it is removed, remove the links that need it."""
    words = f"{words.removesuffix('.')}; the link follows."
    for link, fields in list(renamed_in_links(plan.document, place, new)):
        if fields is None:
            _remove_link(plan, link.place, words)
        else:
            plan.own(*changes_between(words, link.place, dict(link.fields), fields, deep=True))


def drop_broken_links(plan: Plan, words: str) -> None:
    """Remove the links that need what the document no longer has, such as an item of what is no list any more."""
    for link, _ in list(broken_links(plan.document)):
        _remove_link(plan, link.place, words)


def _remove_link(plan: Plan, place: Location, words: str) -> None:
    alone = len(at(plan.document, place[:-1])) == 1
    plan.own(Change(words, place[:-1] if alone else place, remove=True))


def _example_objects(document: Document, operation: Location, owner: Location) -> Iterator[Location]:
    """Yield the places of the examples of those bodies whose schema is at a place."""
    fields = at(document, operation)
    spots = [("requestBody",), *(("responses", code) for code in fields["responses"] if code.startswith("2"))]
    for spot in spots:
        if look(document, (*operation, *spot)) is MISSING:
            continue
        body = behind(document, (*operation, *spot))
        for media_type, node in at(document, body).get("content", {}).items():
            content = (*body, "content", media_type)
            if "schema" in node and behind(document, (*content, "schema")) == owner:
                for name in node.get("examples", {}):
                    yield (*content, "examples", name, "value")


def _drop_empty_body(plan: Plan, operation: Location, owner: Location, words: str) -> None:
    """Remove the body of a request whose last property is gone."""
    body = (*operation, "requestBody")
    if _schema_of_body(plan.document, body) == owner and not look(plan.document, (*owner, "properties")):
        plan.own(Change(words, body, remove=True))


def _schema_of_body(document: Document, body: Location) -> Location | None:
    if look(document, body) is MISSING:
        return None
    schema = walk(document, body, "content", _JSON, "schema")
    return None if schema is None else behind(document, schema)


def _drop_unused(plan: Plan, before: Document, words: str) -> None:
    """Remove each schema that has lost its last reference."""
    left = set(references(plan.document))
    for place in dict.fromkeys(references(before)):
        if place[:2] == ("components", "schemas") and place not in left:
            plan.own(Change(words, place, remove=True))


def is_shared(document: Document, location: Location) -> bool:
    """Check whether a place is inside a component that the document refers to more than once."""
    return location[:1] == ("components",) and Counter(references(document))[location[:3]] > 1


def set_media_type(plan: Plan, place: Location, name: str, words: str) -> None:
    """Move the description of a body to another media type, or add the union's description of the same."""
    new = (*place[:-1], name)
    described = look(plan.union if new == place else plan.document, place)
    if not plan.bring_back(new) and described is not MISSING:
        plan.own(Change(words, new, described))
    if new != place:
        plan.own(Change(words, place, remove=True))


def set_file_name(plan: Plan, place: Location, name: str, words: str) -> None:
    """Change the name of a file, also in the description of its response."""
    old = look(plan.document, place)
    plan.own(Change(words, place, name))
    described = (*place[:-3], "description")
    text = look(plan.document, described)
    if isinstance(text, str) and isinstance(old, str) and old in text:
        plan.own(Change(words, described, text.replace(old, name)))


def set_tree(plan: Plan, place: Location, entries: Sequence[Any], words: str) -> None:
    """Change the templates of the tree in a zip; an example of another tree goes."""
    layout = {role_of(str(entry)): str(entry) for entry in entries}
    old = look(plan.document, place)
    if old is MISSING:
        plan.own(Change(words, place, layout))
        return
    for role, template in layout.items():
        plan.own(Change(words, (*place, role), template))
    for role in old:
        if role not in layout:
            plan.own(Change(words, (*place, role), remove=True))


def role_of(template: str) -> str:
    """Return the kind of a member by its template: `scripts/{script_name}.sql` → `script`, else its ending."""
    file = template.rsplit("/", 1)[-1]
    variable = re.search(r"\{(\w+)_name\}", file)
    return variable[1] if variable else file.rsplit(".", 1)[-1].strip("{}") or template


def _type(plan: Plan, place: Location, name: str, words: str) -> None:
    """Change the type of a field, and the examples that it no longer allows."""
    target = behind(plan.document, place)
    plan.own(Change(words, (*target, "type"), name))
    if name != "array":
        plan.own(Change(words, (*target, "items"), remove=True))
    repair(plan, words)


def _mandatory(plan: Plan, place: Location, when: str, words: str) -> None:
    plan.own(Change(words, (*behind(plan.document, place), "required"), when == "yes"))


def _error(plan: Plan, place: Location, said: str, words: str) -> None:
    """Change the code of the error example at a place, or move it to another status, such as `404 DLF.0100`."""
    status, code = said.split(" ", 1)
    plan.bring_back(place)
    old = look(plan.document, place)
    responses = place[: place.index("responses") + 1]
    if old is not MISSING and place[len(responses)] == status:
        recode(plan, place, code, words)
        return
    example = tree(old or {"summary": "Observed", "value": {"error_code": code, "error_msg": "Observed."}})
    example["value"]["error_code"] = code
    response = (*responses, status)
    node = look(plan.document, response)
    if node is MISSING:
        statuses = error_statuses(at(plan.document, responses))
        errors = (walk(plan.document, responses, code, "content", _JSON, "schema") for code in statuses)
        schema = tree(next((at(plan.document, found) for found in errors if found is not None), {}))
        media = {"schema": schema, "examples": {place[-1]: example}}
        plan.own(Change(words, response, {"description": words, "content": {_JSON: media}}))
    elif reference(node) is not None:
        # The response is shared with other operations, which are not spoken of.
        copied = tree(at(plan.document, behind(plan.document, response)))
        copied["content"][_JSON].setdefault("examples", {})[place[-1]] = example
        plan.own(Change(words, response, copied))
    else:
        plan.own(Change(words, (*response, "content", _JSON, "examples", place[-1]), example))
    if old is not MISSING:
        plan.own(Change(words, place, remove=True))


def recode(plan: Plan, place: Location, code: str, words: str, message: str = "") -> None:
    """Change the code of the error example at a place, and its message if another is given."""
    value = (*place, "value")
    plan.own(Change(words, (*value, "error_code"), code))
    if message:
        plan.own(Change(words, (*value, "error_msg"), message))


_EDITS: dict[str, Callable[[Plan, Location, Any, str], None]] = {
    "type": _type,
    "mandatory": _mandatory,
    "media-type": set_media_type,
    "file-name": set_file_name,
    "tree": set_tree,
    "error-status": _error,
}
