"""Scenarios of shown objects: in the list, in the export and after a change they are the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jobexport.contract.checks.lists import key_of
from jobexport.contract.scenarios.bodies import OF_THE_SERVER, full
from jobexport.contract.scenarios.expecting import missing
from jobexport.contract.scenarios.holdings import definition, documented, family_of
from jobexport.contract.scenarios.reads.lists import every_item
from jobexport.contract.scenarios.scenario import expect, scenario
from jobexport.contract.verbs import EXPORT_OF_A_JOB, SHOW_OF_A_JOB, Subject, query_schemas
from jobexport.spec.document import deref, operations_by_id

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jobexport.contract.checks.exchange import CheckedExchange
    from jobexport.contract.scenarios.run import ScenarioRun
    from jobexport.contract.verbs import Family

# The most objects of a list that are shown.
_MOST = 4
_EMPTY: tuple[Any, ...] = (None, "", [], {})


@scenario(
    "An object in a list can be shown, and has the same fields there.",
    "DLI-108",
    "DGC-206",
    "DGC-807",
    subject=Subject(("list",), ("flink_jobs", "jobs", "scripts")),
    requests=40,
)
def listed_as_shown(run: ScenarioRun) -> None:
    """Show objects of the list of each known workspace; what both responses say of an object is equal."""
    family = family_of(run)
    if family is None or family.show is None:
        return
    flags = {name: True for name, schema in _query(run).items() if schema.get("type") == "boolean"}
    for workspace in workspaces_of(run):
        for query in ({}, flags) if flags else ({},):
            for item in _some(list(every_item(run, workspace, **query))):
                problem = _difference(run, family, item, workspace)
                if problem and not run.data.complete:
                    # The object may have changed between the two requests.
                    now = (each for each in every_item(run, workspace, **query) if key_of(each) == key_of(item))
                    problem = next((_difference(run, family, each, workspace) for each in now), None)
                expect(not problem, problem or "")


def _query(run: ScenarioRun) -> Mapping[str, Any]:
    return query_schemas(run.document, operations_by_id(run.document)[run.id])


def workspaces_of(run: ScenarioRun) -> tuple[str | None, ...]:
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


@scenario(
    "A job is shown with all that its export has.",
    "DGC-305",
    "DGC-401",
    "DGC-402",
    subject=SHOW_OF_A_JOB,
    requests=8,
)
def shown_as_exported(run: ScenarioRun) -> None:
    """Show and export each known job; what is exported of a job is shown."""
    exports = run.other(EXPORT_OF_A_JOB)
    if exports is None:
        return
    fields = documented(run, run.id)
    for job in run.data.jobs[:_MOST]:
        shown, exported = definition(run.send(**run.naming(job))), _exported(exports.send(**exports.naming(job)), job)
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


@scenario(
    "An object is shown as it is now.",
    "DGC-305",
    "DGC-807",
    "DLI-203",
    subject=Subject(("show",), ("flink_jobs", "jobs", "scripts")),
    requests=8,
)
def changed_object(run: ScenarioRun) -> None:
    """Show an object, change it and show it again, and once more when the change was undone."""
    place = run.objects
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


@scenario(
    "`version` decides which version of a job is shown.",
    "DGC-302",
    subject=SHOW_OF_A_JOB,
    requests=2,
)
def shown_version(run: ScenarioRun) -> None:
    """Show the first version of a job that has another one under development."""
    if "version" not in _query(run):
        return
    for job in run.data.submitted:
        newest, first = (definition(run.send(**run.naming(job), query=query)) for query in ({}, {"version": 1}))
        expect(first != newest, f"version 1 of {job!r} differs, but the version under development is shown")


@scenario(
    "Two workspaces can have objects of one name, and each shows its own.",
    "DGC-415",
    "DGC-810",
    "DGC-305",
    subject=Subject(("show",), ("jobs", "scripts")),
    requests=8,
)
def same_name_elsewhere(run: ScenarioRun) -> None:
    """Create objects of one name in two workspaces, and show each of them in turns."""
    family = family_of(run)
    if family is None or family.create is None or run.tools.restore is None:
        return
    fields = documented(run, run.id)
    bodies: dict[str | None, dict[str, Any]] = {}
    with run.in_sequence():
        maker = run.beside(family.create)
        for number, workspace in enumerate(workspaces_of(run)):
            body = full(run.document, maker.schema, number, fields.keys() - OF_THE_SERVER)
            bodies[workspace] = body | {"name": run.data.free(f"{body['name']}-here")}
            made = maker.send(bodies[workspace], workspace=workspace)
            expect(made.succeeded, f"{family.create} of a name that is free in the workspace gets {made.status}")
        for workspace, body in [*bodies.items()] * 2:
            shown = definition(run.send(path={family.variable: body["name"]}, workspace=workspace))
            problem = missing({name: value for name, value in body.items() if name in fields}, shown)
            expect(not problem, f"two workspaces have {body['name']!r}, but the other one is shown: {problem}")
