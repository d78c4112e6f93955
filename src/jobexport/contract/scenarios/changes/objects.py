"""Scenarios that create and delete objects, and read everything before and after."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from jobexport.contract.checks.archives import members_of
from jobexport.contract.data import places
from jobexport.contract.scenarios.bodies import OF_THE_SERVER, full
from jobexport.contract.scenarios.expecting import expect_changes, expect_refused, missing
from jobexport.contract.scenarios.holdings import documented, expect_fields, family_of, holdings
from jobexport.contract.scenarios.packing import zip_place
from jobexport.contract.scenarios.scenario import expect, scenario
from jobexport.contract.verbs import CREATES, DELETES, IMPORTS
from jobexport.spec.document import operations

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jobexport.contract.checks.exchange import CheckedExchange
    from jobexport.contract.scenarios.expecting import HeldObject, Place
    from jobexport.contract.scenarios.run import ScenarioRun
    from jobexport.contract.verbs import Family

# The bodies of one sort of objects: with the first, the second and the third of the values that a field can have.
_VARIANTS = 3
# The most known objects that are deleted, one after the other.
_MOST = 4


@scenario(
    "An object that was created is listed, shown and exported with all that was sent, and nothing else changes.",
    "DGC-401",
    "DGC-406",
    "DGC-807",
    "DGC-804",
    "DGC-901",
    "DGC-907",
    subject=CREATES,
    requests=300,
)
def created(run: ScenarioRun) -> None:
    """Create objects with every field, with the needed fields, and in another workspace; look at everything after."""
    family = family_of(run)
    if family is None:
        return
    with run.in_sequence():
        before = holdings(run)
        for body, workspace in _bodies(run, family):
            name = body["name"]
            made = run.send(body, workspace=workspace)
            expect(made.succeeded, f"a body with documented fields gets {made.status}")
            after, place = holdings(run), (workspace, family.list, name)
            expect_changes(before, after, f"after {name!r} was created", added=[place])
            expect_fields(run, family, body, after[place], "after its creation")
            _expect_id(made, after[place])
            _expect_export(run, family, body, workspace)
            before = after


def _bodies(run: ScenarioRun, family: Family) -> Iterator[tuple[dict[str, Any], str | None]]:
    """Yield bodies with names that are free, each with its workspace."""
    shown = {*documented(run, family.show), *documented(run, family.list)} - OF_THE_SERVER
    needed = run.schema.get("required", ())
    workspaces: list[str | None] = [None] * (_VARIANTS + 1) + list(run.data.workspace_jobs)[:1]
    for number, workspace in enumerate(workspaces):
        only = needed if number == _VARIANTS else shown
        body = full(run.document, run.schema, number, only)
        yield {**body, "name": _name(run, body["name"], number)}, workspace


def _name(run: ScenarioRun, shown: str, number: int) -> str:
    """Return a free name with letters of both cases; every page allows a hyphen."""
    return run.data.free(f"{shown}-Aa{number or ''}")


def _expect_id(made: CheckedExchange, held: HeldObject) -> None:
    """Check that the id in a response is that of the new object."""
    value = made.json()
    found = [item for name, item in value.items() if name.lower().endswith("id")] if isinstance(value, dict) else []
    for id_ in found:
        expect(str(id_) == str(held.key), f"the response has the id {id_!r}, but the list has {held.key!r}")


def _expect_export(run: ScenarioRun, family: Family, body: Mapping[str, Any], workspace: str | None) -> None:
    """Check that the export of a new job has the body with which it was created."""
    if family.export is None:
        return
    exported = run.beside(family.export).send(path={family.variable: body["name"]}, workspace=workspace)
    expect(exported.succeeded, f"{body['name']!r} was created, but {family.export} gets {exported.status}")
    found = members_of(exported).get(("job", body["name"], None))
    known = documented(run, family.show)
    wanted = {name: value for name, value in body.items() if name in known}
    problem = missing(wanted, json.loads(found)) if found is not None else "it has no such job"
    expect(not problem, f"{body['name']!r} was created, but in its export {problem}")


@scenario(
    "A second object of one name is refused, and the first object stays as it is.",
    "DGC-413",
    "DGC-813",
    "DGC-908",
    subject=CREATES,
    requests=60,
)
def name_taken(run: ScenarioRun) -> None:
    """Create two objects of one name; the second is refused and changes nothing."""
    family = family_of(run)
    if family is None:
        return
    with run.in_sequence():
        bodies = [body for body, workspace in _bodies(run, family) if workspace is None]
        expect(run.send(bodies[0]).succeeded, "an object can't be created")
        before = holdings(run)
        for body in (bodies[0], {**bodies[1], "name": bodies[0]["name"]}):
            again = run.send(body)
            expect_refused(again, ("exists",), f"the name {body['name']!r} is taken")
        expect_changes(before, holdings(run), "after a creation was refused")


@scenario(
    "A deleted object is gone everywhere, and no other object changes.",
    "DGC-502",
    "DGC-812",
    "DGC-910",
    "DGC-901",
    "DLI-401",
    subject=DELETES,
    requests=300,
)
def deleted(run: ScenarioRun) -> None:
    """Delete new and known objects, one after the other; only they are gone, and they are gone everywhere."""
    family = family_of(run)
    if family is None:
        return
    with run.in_sequence():
        new, before = _made(run, family), holdings(run)
        known = [place[2] for place in before if place[:2] == (None, family.list)]
        chosen: list[Place] = [(None, family.list, name) for name in [*new, *sorted({*known} - {*new})[:_MOST]]]
        chosen += [(other, family.list, name) for name in new for other in list(run.data.workspace_jobs)[:1]]
        for place in chosen:
            workspace, _, name = place
            expect(place in before, f"{name!r} was created, but the server has no such object")
            gone = run.send(path={family.variable: before[place].key}, workspace=workspace)
            expect(gone.succeeded, f"the deletion of {name!r} gets {gone.status}")
            after = holdings(run)
            expect_changes(before, after, f"after the deletion of {name!r}", gone=[place])
            _expect_nowhere(run, family, before[place].key, workspace)
            before = after


@scenario(
    "A deletion by a name or an id that no object has is refused, and nothing is deleted.",
    "DGC-502",
    "DGC-812",
    "DGC-908",
    "COM-002",
    subject=DELETES,
    requests=60,
)
def deleted_by_other_names(run: ScenarioRun) -> None:
    """Delete by names and ids that are almost those of objects; nothing is deleted."""
    family = family_of(run)
    if family is None:
        return
    with run.in_sequence():
        before = holdings(run)
        keys = [str(held.key) for place, held in before.items() if place[:2] == (None, family.list)]
        for key in keys[:2]:
            for near in (key.swapcase(), f"{key}0", key[:-1]):
                if near and near not in keys:
                    refused = run.send(path={family.variable: near})
                    expect_refused(refused, ("not-found",), f"no object has the name or id {near!r}")
        expect_changes(before, holdings(run), "after deletions were refused")


def _made(run: ScenarioRun, family: Family) -> list[str]:
    """Create objects whose names are almost the same, one of them in two workspaces, and return the name to delete.

    Without an operation that creates them, the jobs of a known zip are imported.
    """
    if family.create is None:
        imports = run.other(IMPORTS)
        if imports is not None and imports.data.names(zip_place(imports).kind):
            imports.send()
        return []
    maker = run.beside(family.create)
    body = full(run.document, maker.schema, 0, maker.schema.get("required", ()))
    name = _name(run, body["name"], 0)
    names = (name, f"{name}-2", name.swapcase())
    for called, workspace in [*((each, None) for each in names), *((name, id_) for id_ in run.data.workspace_jobs)]:
        made = maker.send({**body, "name": called}, workspace=workspace)
        expect(made.succeeded, f"{family.create} for {called!r} gets {made.status}")
    return [name]


def _expect_nowhere(run: ScenarioRun, family: Family, key: Any, workspace: str | None) -> None:
    """Check that operations refuse a deleted object as one that does not exist."""
    for operation in (family.show, family.export, family.delete):
        if operation is not None:
            found = run.beside(operation).send(path={family.variable: key}, workspace=workspace)
            expect_refused(found, ("not-found",), f"{key!r} was deleted")
    for operation, name in _in_bodies(run, family):
        other = run.beside(operation)
        refused = other.send(other.example(**{name: [key]}), workspace=workspace)
        expect_refused(refused, ("not-found",), f"{key!r} was deleted")


def _in_bodies(run: ScenarioRun, family: Family) -> Iterator[tuple[str, str]]:
    """Yield the operations whose body names objects of a kind, such as an export of several jobs, with the field."""
    for operation in operations(run.document):
        for place in places(run.document, operation):
            if place.many and f"path.{family.variable}" in place.kind.places:
                yield operation.id, place.name
