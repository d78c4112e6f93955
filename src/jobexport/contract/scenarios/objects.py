"""Scenarios of shown objects: in the list, in the export and after a change they are the same; others are refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import jsonschema_rs

from jobexport.contract.checks.responses import refusal
from jobexport.contract.checks.round_trip import key_of
from jobexport.contract.data import places
from jobexport.contract.scenarios.bodies import full
from jobexport.contract.scenarios.changes import OF_THE_SERVER
from jobexport.contract.scenarios.holdings import definition, documented, family_of, missing
from jobexport.contract.scenarios.lists import every_item
from jobexport.contract.scenarios.queries import query_schemas
from jobexport.contract.scenarios.scenario import expect
from jobexport.contract.sender import ABSENT
from jobexport.spec.document import deref, operations, operations_by_id

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jobexport.contract.checks.exchange import CheckedExchange
    from jobexport.contract.data import NamePlace
    from jobexport.contract.scenarios.holdings import Family
    from jobexport.contract.scenarios.scenario import ScenarioRun

# The most objects of a list that are shown.
_MOST = 4
_UNKNOWN = "no-such-name.here"
_EMPTY: tuple[Any, ...] = (None, "", [], {})


def listed_as_shown(run: ScenarioRun) -> None:
    """Show objects of the list of each known workspace; what both responses say of an object is equal."""
    family = family_of(run)
    if family is None or family.show is None:
        return
    flags = {name: True for name, schema in query_schemas(run) if schema.get("type") == "boolean"}
    for workspace in _workspaces(run):
        for query in ({}, flags) if flags else ({},):
            for item in _some(list(every_item(run, workspace, **query))):
                problem = _difference(run, family, item, workspace)
                if problem and not run.data.complete:
                    # The object may have changed between the two requests.
                    now = (each for each in every_item(run, workspace, **query) if key_of(each) == key_of(item))
                    problem = next((_difference(run, family, each, workspace) for each in now), None)
                expect(not problem, problem or "")


def _workspaces(run: ScenarioRun) -> tuple[str | None, ...]:
    """Return the workspaces that a request for the operation can name; None for the default workspace."""
    return None, *(run.data.workspace_jobs if run.takes_workspace else ())


def _some(items: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the first and the last items of a list."""
    return items if len(items) <= _MOST else [*items[: _MOST // 2], *items[-_MOST // 2 :]]


def _difference(run: ScenarioRun, family: Family, item: Mapping[str, Any], workspace: str | None) -> str | None:
    """Show a listed object; return what differs from the list, or None."""
    assert family.show is not None  # noqa: S101  # the caller asked
    key = family.key(item)
    response = run.beside(family.show).send(path={family.variable: str(key)}, workspace=workspace)
    if not response.succeeded:
        return f"the list has {key!r}, but {family.show} gets {response.status}"
    shown = definition(response)
    for name in sorted(documented(run, family.list).keys() & documented(run, family.show).keys() & item.keys()):
        words = f"the list has {name} {item[name]!r} for {key!r}, but {family.show}"
        if name not in shown and item[name] not in _EMPTY:
            return f"{words} lacks it"
        # Pages disagree whether an id is a number or text.
        first, second = map(str if name == family.variable else _typed, (item[name], shown.get(name, item[name])))
        if first != second:
            return f"{words} has {shown[name]!r}"
    return None


def _typed(value: Any) -> Any:
    """Return a value that equals no value of another type, as 1 and True do."""
    return type(value), value


def shown_as_exported(run: ScenarioRun) -> None:
    """Show and export each known job; what is exported of a job is shown."""
    if not run.has("exportJob"):
        return
    fields = documented(run, run.id)
    for job in run.data.jobs[:_MOST]:
        shown, exported = definition(run.send(job=job)), _exported(run.beside("exportJob").send(job=job), job)
        if shown and exported:
            wanted = {name: value for name, value in exported.items() if name in fields.keys() - OF_THE_SERVER}
            problem = missing(_known(run.document, {"properties": fields}, wanted), shown)
            expect(not problem, f"the shown job {job!r} differs from its export: {problem}")


def _exported(response: CheckedExchange, job: str) -> Mapping[str, Any]:
    layout = response.media(response.zip_media()).get("x-zip-layout", {})
    value = response.archive().value(str(layout.get("job", "")).format(job_name=job))
    return value if isinstance(value, dict) else {}


def _known(document: Mapping[str, Any], node: Mapping[str, Any], value: Any) -> Any:
    """Return a value without empty fields and those that the document does not have: a response may lack them."""
    schema = deref(document, node)
    if isinstance(value, list):
        return [_known(document, schema.get("items", {}), item) for item in value]
    if not isinstance(value, dict):
        return value
    found = {name: item for name, item in value.items() if item not in _EMPTY}
    fields = schema.get("properties")
    if not fields:
        return found
    return {name: _known(document, fields[name], item) for name, item in found.items() if name in fields}


def changed_object(run: ScenarioRun) -> None:
    """Show an object, change it and show it again, and once more when the change was undone."""
    place = _place(run)
    ways: dict[str, tuple[Any, str]] = {
        "jobs": (run.tools.change and run.changed, "description"),
        "flink_jobs": (run.tools.change_flink, "desc"),
        "scripts": (run.tools.change_script, "content"),
    }
    change, field = ways.get(place.kind.id, (None, "")) if place else (None, "")
    if place is None or change is None or field not in documented(run, run.id):
        return
    known = run.data.names(place.kind)
    for key in dict.fromkeys((*(job for job in run.data.submitted[:1] if job in known), known[0])):
        before = run.send(path={place.name: key}).json()
        for mark in ("changed-once", "changed-twice"):
            with change(key, mark):
                shown = definition(run.send(path={place.name: key}))
            expect(shown.get(field) == mark, f"{field} of {key!r} is now {mark!r}, but {shown.get(field)!r} is shown")
        after = run.send(path={place.name: key}).json()
        expect(after == before, f"the change of {key!r} was undone, but it is not shown as before")


def shown_version(run: ScenarioRun) -> None:
    """Show the first version of a job that has another one under development."""
    if "version" not in dict(query_schemas(run)):
        return
    for job in run.data.submitted:
        newest, first = (definition(run.send(job=job, query=query)) for query in ({}, {"version": 1}))
        expect(first != newest, f"version 1 of {job!r} differs, but the version under development is shown")


def same_name_elsewhere(run: ScenarioRun) -> None:
    """Create objects of one name in two workspaces, and show each of them in turns."""
    family = family_of(run)
    if family is None or family.create is None or run.tools.restore is None:
        return
    fields = documented(run, run.id)
    bodies: dict[str | None, dict[str, Any]] = {}
    with run.in_sequence():
        maker = run.beside(family.create)
        for number, workspace in enumerate(_workspaces(run)):
            body = full(run.document, maker.schema, number, fields.keys() - OF_THE_SERVER)
            bodies[workspace] = body | {"name": run.data.free(f"{body['name']}-here")}
            made = maker.send(bodies[workspace], workspace=workspace)
            expect(made.succeeded, f"{family.create} of a name that is free in the workspace gets {made.status}")
        for workspace, body in [*bodies.items()] * 2:
            shown = definition(run.send(path={family.variable: body["name"]}, workspace=workspace))
            problem = missing({name: value for name, value in body.items() if name in fields}, shown)
            expect(not problem, f"two workspaces have {body['name']!r}, but the other one is shown: {problem}")


def unknown_object(run: ScenarioRun) -> None:
    """Show objects whose names or ids no object has, or only an object of another workspace."""
    place = _place(run)
    if place is None:
        return
    known = {str(name) for name in run.data.names(place.kind)}
    for key in dict.fromkeys(_near(min(known, default="0"), of_numbers=place.kind.type == "integer")):
        # A server in use may have such an object.
        if key and key not in known and (run.data.complete or key == _UNKNOWN):
            _expect_unknown(run, place, key, None)
    for workspace, keys in _elsewhere(run):
        for key in keys[:1]:
            _expect_unknown(run, place, key, workspace)
    for word, body in _siblings(run):
        if word not in known and run.data.complete:
            _expect_unknown(run, place, word, None, body)


def _siblings(run: ScenarioRun) -> Iterator[tuple[str, Any]]:
    """Yield words that stand in other paths in place of the name, as in `/jobs/export`, each with a body for there."""
    above = operations_by_id(run.document)[run.id].path.rpartition("/")[0]
    for other in operations(run.document):
        parent, _, word = other.path.rpartition("/")
        if parent == above and not word.startswith("{"):
            yield word, run.beside(other.id).any_body()


def _near(known: str, *, of_numbers: bool) -> tuple[str, ...]:
    if of_numbers:
        # The largest numbers are one number to a server that reads them as doubles.
        return (f"{known}0", known[:-1], f"-{known}", str(2**63 - 2), str(-(2**63)), "0")
    return _UNKNOWN, known.swapcase(), f"{known}_", known[:-1], f"{known}.job"


def _elsewhere(run: ScenarioRun) -> Iterator[tuple[str | None, list[str]]]:
    """Yield workspaces, each with names that only another workspace has."""
    family = family_of(run)
    for workspace in _workspaces(run)[1:] if family else ():
        assert family is not None  # noqa: S101  # asked above
        other = run.beside(family.list)
        here, there = ({str(family.key(item)) for item in every_item(other, each)} for each in (None, workspace))
        # The default workspace last: a server may have kept the workspace of the request before.
        yield workspace, sorted(here - there)
        yield None, sorted(there - here)


def _expect_unknown(run: ScenarioRun, place: NamePlace, key: str, workspace: str | None, body: Any = ABSENT) -> None:
    legal = jsonschema_rs.is_valid(place.schema, key)
    response = run.send(body, path={place.name: key}, workspace=workspace, valid=legal)
    codes = [found for found in (refusal(response, name) for name in place.kind.refusals) if found[1]]
    value = response.json()
    got = response.status, value.get("error_code") if isinstance(value, dict) else None
    where = "the server" if workspace is None else f"workspace {workspace}"
    expect(400 <= response.status < 500, f"{where} has no {key!r}, but the response is {response.status}")
    told = " or ".join(f"{status} {code}" for status, code in codes)
    words = f"documented for a name that does not exist is {told}, not {got[0]} {got[1]}"
    expect(got in codes or not (legal and codes), words)


def _place(run: ScenarioRun) -> NamePlace | None:
    """Return the variable of the path that names the object."""
    found = places(run.document, operations_by_id(run.document)[run.id])
    return next((place for place in found if place.where == "path" and place.kind.id != "project"), None)
