"""The objects that a server shows: those of its lists and their definitions, before and after a change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jobexport.contract.checks.lists import listing, object_of, object_schema
from jobexport.contract.scenarios.expecting import HeldObject, missing
from jobexport.contract.scenarios.scenario import expect
from jobexport.contract.verbs import families, looked_for, query_schemas
from jobexport.spec.document import deref, media, operations_by_id, parameters, response, schema_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jobexport.contract.checks.exchange import CheckedExchange
    from jobexport.contract.scenarios.expecting import Place
    from jobexport.contract.scenarios.run import ScenarioRun
    from jobexport.contract.verbs import Family
    from jobexport.spec.document import OperationObject

# The items of a page, if the document has no limit.
_LARGEST = 100


def family_of(run: ScenarioRun) -> Family | None:
    """Return the kind of objects that the operation of a run is about; None if the document does not list them."""
    found = operations_by_id(run.document)[run.id]
    kinds = families(run.document, found.tags)
    return next((each for each in kinds if run.id in (each.list, each.create, each.show, each.delete)), None)


def kinds(run: ScenarioRun) -> dict[str, Family]:
    """Return the kinds of objects of an operation's API by their words, such as `script`."""
    tags = operations_by_id(run.document)[run.id].tags
    return {family.kind: family for family in families(run.document, tags)}


def holdings(run: ScenarioRun) -> dict[Place, HeldObject]:
    """Return all that lists of an operation's API have, in each known workspace, each object also as it is shown.

    Raises:
        Violation: a list is refused, or has a name twice.
    """
    found: dict[Place, HeldObject] = {}
    own = operations_by_id(run.document)[run.id]
    for family in families(run.document, own.tags):
        listed = operations_by_id(run.document)[family.list]
        everywhere = ("header", "workspace") in parameters(run.document, listed.location)
        for workspace in (None, *(run.data.workspace_jobs if everywhere else ())):
            for item in _items(run, listed, workspace):
                place = workspace, family.list, str(item.get("name"))
                expect(place not in found, f"the list has {place[2]!r} twice")
                found[place] = HeldObject(family.key(item), item, show(run, family, family.key(item), workspace) or {})
    return found


def _items(run: ScenarioRun, listed: OperationObject, workspace: str | None) -> Iterator[Mapping[str, Any]]:
    for query in queries(run, listed):
        page = run.beside(listed.id).send(query=query, workspace=workspace)
        found = listing(page)
        expect(page.succeeded and found is not None, f"{listed.id} gets {page.status}, or has no list")
        yield from found.items if found is not None else ()


def queries(run: ScenarioRun, listed: OperationObject) -> list[dict[str, Any]]:
    """Return the queries that together list all objects: one for each kind, if a list has only one kind by default."""
    limit = query_schemas(run.document, listed).get("limit")
    query = {} if limit is None else {"limit": limit.get("maximum", _LARGEST)}
    fields = documented(run, listed.id)
    found = [each for each in looked_for(run.document, listed) if each.default is not None and each.field in fields]
    return [query | {each.parameter: value} for each in found[:1] for value in each.values] or [query]


def show(run: ScenarioRun, family: Family, key: Any, workspace: str | None) -> Mapping[str, Any] | None:
    """Return the definition of an object as it is shown; None if the document has no operation for it.

    Raises:
        Violation: the object is not shown.
    """
    if family.show is None:
        return None
    shown = run.beside(family.show).send(path={family.variable: key}, workspace=workspace)
    found = definition(shown)
    expect(shown.succeeded and found, f"{key!r} is listed, but {family.show} gets {shown.status}")
    return found


def definition(shown: CheckedExchange) -> Mapping[str, Any]:
    """Return the object in the response to a GET: the whole response, or its only field with a name."""
    return object_of(shown.json()) or {}


def documented(run: ScenarioRun, operation: str | None) -> Mapping[str, Any]:
    """Return the fields that the document has for an object in a response: of its list, or where it is shown."""
    if operation is None:
        return {}
    found = response(run.document, operations_by_id(run.document)[operation].fields, 200)
    schema = object_schema(run.document, schema_of(run.document, media(found)))
    return {name: deref(run.document, node) for name, node in schema.get("properties", {}).items()}


def expect_fields(run: ScenarioRun, family: Family, fields: Mapping[str, Any], held: HeldObject, words: str) -> None:
    """Check that an object has these fields, wherever the document has them."""
    for operation, found in ((family.list, held.listed), (family.show, held.shown)):
        known = documented(run, operation)
        wanted = {name: value for name, value in fields.items() if name in known}
        problem = missing(wanted, found)
        expect(not problem, f"{words} {fields['name']!r} is there, but in {operation} {problem}")
