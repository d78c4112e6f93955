"""The objects that a server shows: those of its lists and their definitions, before and after a change."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from attrs import frozen

from jobexport.contract.checks.round_trip import listing, object_of, object_schema
from jobexport.contract.checks.violation import Violation
from jobexport.contract.scenarios.scenario import expect
from jobexport.spec.document import at, deref, media, operations, operations_by_id, parameters, response, schema_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from jobexport.contract.checks.exchange import CheckedExchange
    from jobexport.contract.scenarios.scenario import ScenarioRun
    from jobexport.spec.document import OperationObject

# The largest page that every edition allows; a server that undoes changes holds fewer objects.
_LARGEST = 100
# The parameters whose default leaves objects out: a list of jobs has BATCH jobs only.
_KINDS = {"jobType": ("BATCH", "REAL_TIME")}


@frozen
class Family:
    """The operations on one kind of objects, as the paths of the document tell; each an operationId or None."""

    list: str
    variable: str
    """The variable of an object's path, such as `job_name`."""
    create: str | None
    show: str | None
    delete: str | None
    export: str | None

    def key(self, item: Mapping[str, Any]) -> Any:
        """Return the value of an object's path: its name or its id."""
        # Pages and clients differ in the field with the id of a resource.
        names = ("name",) if self.variable.endswith("_name") else (self.variable, "id", "resourceId")
        return next((item[name] for name in names if name in item), None)


@frozen
class HeldObject:
    """An object that a server holds."""

    key: Any
    """The name or the id with which requests name it."""
    listed: Mapping[str, Any]
    """The object as its list has it."""
    shown: Mapping[str, Any]
    """The object as it is shown; empty if the document has no operation for it."""


Place = tuple[str | None, str, str]
"""Where an object is: workspace (None for the default), operationId of the list, and name."""


def families(document: Mapping[str, Any], tags: Collection[str]) -> Iterator[Family]:
    """Yield the kinds of objects that an API lists: a GET whose path is the beginning of the paths of its objects."""
    found = [operation for operation in operations(document) if set(operation.tags) & set(tags)]
    by_place = {(operation.method, operation.path): operation.id for operation in found}
    for each in found:
        match = next((m for one in found if (m := re.fullmatch(re.escape(each.path) + r"/\{(\w+)\}", one.path))), None)
        if each.method == "get" and match is not None:
            yield Family(
                each.id,
                match[1],
                by_place.get(("post", each.path)),
                by_place.get(("get", match[0])),
                by_place.get(("delete", match[0])),
                by_place.get(("post", f"{match[0]}/export")),
            )


def family_of(run: ScenarioRun) -> Family | None:
    """Return the kind of objects that the operation of a run is about; None if the document does not list them."""
    found = operations_by_id(run.document)[run.id]
    kinds = families(run.document, found.tags)
    return next((each for each in kinds if run.id in (each.list, each.create, each.show, each.delete)), None)


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
    for query in _queries(run, listed):
        page = run.beside(listed.id).send(query=query, workspace=workspace)
        found = listing(page)
        expect(page.succeeded and found is not None, f"{listed.id} gets {page.status}, or has no list")
        yield from found.items if found is not None else ()


def _queries(run: ScenarioRun, listed: OperationObject) -> list[dict[str, Any]]:
    """Return the queries that together list all objects: one for each kind, if a list has only one kind by default."""
    query: dict[str, Any] = {}
    kinds: list[dict[str, Any]] = [{}]
    for (where, name), location in parameters(run.document, listed.location).items():
        schema = schema_of(run.document, deref(run.document, at(run.document, location)))
        if where == "query" and name == "limit":
            query[name] = min(schema.get("maximum", _LARGEST), _LARGEST)
        if where == "query" and name in _KINDS:
            kinds = [{name: kind} for kind in _KINDS[name]]
    return [query | kind for kind in kinds]


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


def expect_changes(
    before: Mapping[Place, HeldObject],
    after: Mapping[Place, HeldObject],
    words: str,
    *,
    added: Collection[Place] = (),
    gone: Collection[Place] = (),
    changed: Collection[Place] = (),
) -> None:
    """Raise a Violation if other objects appeared, vanished or changed than these.

    Args:
        before: the objects before.
        after: the objects after.
        words: what happened in between, such as `after the deletion of 'a'`.
        added: the objects that must be new.
        gone: the objects that must be gone.
        changed: the objects that may differ.
    """
    for place in [*gone, *(place for place in after if place not in before and place not in added)]:
        expect(place not in after, f"{words} the server has {_told(place)}")
    for place in [*added, *(place for place in before if place not in gone)]:
        expect(place in after, f"{words} the server has no {_told(place)}")
        if place in before and place not in changed and (found := difference(before[place], after[place])):
            raise Violation(f"{words} {_told(place)} differs: {found}")


def expect_fields(run: ScenarioRun, family: Family, fields: Mapping[str, Any], held: HeldObject, words: str) -> None:
    """Check that an object has these fields, wherever the document has them."""
    for operation, found in ((family.list, held.listed), (family.show, held.shown)):
        known = documented(run, operation)
        wanted = {name: value for name, value in fields.items() if name in known}
        problem = missing(wanted, found)
        expect(not problem, f"{words} {fields['name']!r} is there, but in {operation} {problem}")


def difference(before: HeldObject, after: HeldObject) -> str | None:
    """Return how an object differs, in words, or None if it is the same."""
    if before.key != after.key:
        return f"{after.key!r} instead of {before.key!r}"
    for old, new in ((before.listed, after.listed), (before.shown, after.shown)):
        if found := missing(old, new) or missing(new, old):
            return found
    return None


def missing(wanted: Any, found: Any, pointer: str = "") -> str | None:
    """Return the first place at which a value lacks something of another value, in words, or None if it has all.

    An object may have more fields; types count: 1, 1.0, true and "1" are four values.
    """
    if isinstance(wanted, dict) and isinstance(found, dict):
        pairs = [(value, found[name], f"{pointer}/{name}") for name, value in wanted.items() if name in found]
        lost = next((name for name in wanted if name not in found), None)
        if lost is not None:
            return f"{pointer}/{lost} is missing"
    elif isinstance(wanted, list) and isinstance(found, list):
        if len(wanted) != len(found):
            return f"{pointer or 'the list'} has {len(found)} items instead of {len(wanted)}"
        pairs = [(value, found[number], f"{pointer}/{number}") for number, value in enumerate(wanted)]
    else:
        same = type(wanted) is type(found) and wanted == found
        return None if same else f"{pointer} is {found!r} instead of {wanted!r}"
    return next((problem for pair in pairs if (problem := missing(*pair))), None)


def _told(place: Place) -> str:
    workspace, listed, name = place
    kind = listed.removeprefix("list").removesuffix("s").lower().replace("flinkjob", "Flink job")
    return f"{kind} {name!r} of workspace {workspace}" if workspace else f"{kind} {name!r}"
