"""Checks the marks of the fields that the client looks for in responses (`x-role: zip-paths`), and names its errors.

The union marks them, and a template of the generator writes the table model → role → attributes into the generated
package, from which the client reads it. A renamed field needs only the mark. In the same way the package gets the
table error code → names of the examples (`job-not-found`) that have the code in an edition.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from jobexport.spec.document import deref, reference, to_pointer
from jobexport.spec.examples import examples, objects

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from jobexport.spec.document import Location

ROLES = frozenset(
    {"error-code", "error-message", "items", "mapping", "message", "obs-path", "page", "success", "task-id", "total"}
    | {"zip-paths"}
)
"""All roles; `jobexport.client.responses` and `jobexport.client.objects` say what they do with each."""

_TABLE = "ROLES"
_ERROR_CODE = "error-code"
_ERRORS = "x-errors"
Table = dict[str, dict[str, dict[str, str]]]
"""The attributes of the generated models by model, role, and name in JSON."""


def lint_roles(union: Mapping[str, Any], name: str, table: Table) -> Iterator[str]:
    """Find roles of the union that the client does not know or does not find, and roles that no field has."""
    found = list(_marked(union))
    for place, node in found:
        role, pointer = node["x-role"], to_pointer(place)
        if role not in ROLES:
            yield f"{name}: {pointer} has the role {role!r}, which is not one of {', '.join(sorted(ROLES))}; correct it"
        elif not _is_property(place) or reference(node):
            yield f"{name}: {pointer} has a role; only a property of a component's schema, without $ref, can have one"
        elif str(place[4]) not in table.get(str(place[2]), {}).get(role, {}):
            yield f"{name}: {pointer} has the role {role}, but no attribute of a generated model; run `make generate`"
    for role in sorted(ROLES - {node["x-role"] for _, node in found}):
        yield f"{name}: no property has the role {role}, for which the client looks; add x-role: {role}"


def lint_kept(union: Mapping[str, Any], document: Mapping[str, Any], name: str) -> Iterator[str]:
    """Find roles of the union that an edition's document lost, on a property or by renaming it."""
    own = {place: node["x-role"] for place, node in _marked(document)}
    for place, node in _marked(union):
        role, schema = node["x-role"], document.get("components", {}).get("schemas", {}).get(place[2])
        if not _is_property(place) or schema is None:
            continue
        properties = schema.get("properties", {})
        holders = {str(other[4]) for other in own if _is_property(other) and other[2] == place[2]}
        if place[4] in properties and own.get(place) != role:
            yield f"{name}: {to_pointer(place)} lacks the role {role} that the union gives it; keep it in the overlay"
        elif role not in {own[(*place[:4], holder)] for holder in holders} and (new := properties.keys() - holders):
            where, names = to_pointer(place[:4]), " or ".join(sorted(new))
            yield f"{name}: {where} has no property with the role {role}; if it is {names}, mark that property"


def types_of_roles(document: Mapping[str, Any]) -> dict[str, set[str]]:
    """Return the JSON types of the marked fields by role; `array of string` is a list of texts."""
    found: dict[str, set[str]] = {}
    for _, node in _marked(document):
        found.setdefault(node["x-role"], set()).update(_types(document, node))
    return found


def _types(document: Mapping[str, Any], listed: Mapping[str, Any]) -> Iterator[str]:
    schema = deref(document, listed)
    for one in (*schema.get("anyOf", ()), *schema.get("oneOf", ())):
        yield from _types(document, one)
    types = schema.get("type", ())
    for name in (types,) if isinstance(types, str) else types:
        items = _types(document, schema.get("items", {})) if name == "array" else ()
        yield from [f"{name} of {item}" for item in items] or [name]


def generated_roles(package: Path) -> Table:
    """Read the table of a generated package, less the attributes that its models lack; empty if there is no package."""
    try:
        source = (package / "types.py").read_text(encoding="utf-8")
        models = [path.read_text(encoding="utf-8") for path in sorted((package / "models").glob("*.py"))]
    except OSError:
        return {}
    tables = [ast.literal_eval(value) for name, value in _assigned(ast.parse(source)) if name == _TABLE and value]
    classes = [node for model in models for node in ast.walk(ast.parse(model)) if isinstance(node, ast.ClassDef)]
    attributes = {node.name: {name for name, _ in _assigned(node)} for node in classes}
    return {
        model: {
            role: {name: attribute for name, attribute in names.items() if attribute in attributes.get(model, ())}
            for role, names in roles.items()
        }
        for table in tables
        for model, roles in table.items()
    }


def error_names(documents: Iterable[Mapping[str, Any]]) -> dict[str, list[str]]:
    """Return the names of the examples that have an error code, by code, from the documents of all editions."""
    found: dict[str, set[str]] = {}
    for document in documents:
        fields = {str(place[-1]) for place, node in _marked(document) if node["x-role"] == _ERROR_CODE}
        for place, _, value in examples(document):
            for field in fields & value.keys() if isinstance(value, dict) else ():
                found.setdefault(value[field], set()).add(str(place[-1]))
    return {code: sorted(found[code]) for code in sorted(found)}


def mark_errors(document: dict[str, Any], names: Mapping[str, list[str]]) -> None:
    """Write the names of errors into the document for the generator, beside the role of the field of the code."""
    for _, node in _marked(document):
        if node["x-role"] == _ERROR_CODE:
            node[_ERRORS] = names


def _assigned(node: ast.Module | ast.ClassDef) -> Iterator[tuple[str, ast.expr | None]]:
    """Yield the names that a module or a class declares with a type, each with its value."""
    for statement in node.body:
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            yield statement.target.id, statement.value


def _marked(document: Mapping[str, Any]) -> Iterator[tuple[Location, dict[str, Any]]]:
    return ((place, node) for place, node in objects(document, ()) if "x-role" in node)


def _is_property(place: Location) -> bool:
    return len(place) == 5 and place[:2] == ("components", "schemas") and place[3] == "properties"
