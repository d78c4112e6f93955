"""Scenarios on a server in use: they create, import and delete objects of a sandbox, and nothing else."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

from jobexport.contract.checks.archives import members_of
from jobexport.contract.checks.lists import listing
from jobexport.contract.checks.violation import Violation
from jobexport.contract.scenarios.bodies import OF_THE_SERVER
from jobexport.contract.scenarios.expecting import expect_refused, missing
from jobexport.contract.scenarios.holdings import documented, family_of, kinds, queries, show
from jobexport.contract.scenarios.packing import RUNNING, SUCCESSFUL, packed_as
from jobexport.contract.scenarios.scenario import expect, scenario
from jobexport.contract.sender import TransportProblem
from jobexport.contract.verbs import EXPORTS_OF_JOBS, IMPORT_OF_JOBS, TASKS, Subject, looked_for
from jobexport.errors import JobexportError
from jobexport.spec.document import media, operations_by_id, request_body

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jobexport.contract.checks.exchange import CheckedExchange
    from jobexport.contract.sandbox import Sandbox
    from jobexport.contract.scenarios.run import ScenarioRun
    from jobexport.contract.verbs import Family

# Seconds that the task of an import may take, and seconds between two requests for it.
LONGEST, PAUSE = 120.0, 2.0
# Objects may be listed some seconds after they are there.
LATE = 10.0
_TRIES = 3
# What follows the prefix in the names of the objects, by kind.
_ONE, _JOBS, _SCRIPT = "one", ("imported-1", "imported-2"), "imported-script"
_NAMES = {"job": (_ONE, *_JOBS), "script": (_ONE, _SCRIPT), "resource": (_ONE,)}
# Jobs use scripts, so they come last, and are deleted first.
_ORDER = ("scripts", "resource_ids", "jobs")


def _box(run: ScenarioRun) -> Sandbox:
    assert run.tools.sandbox is not None  # noqa: S101  # the runner has these scenarios only with a sandbox
    return run.tools.sandbox


def _home(run: ScenarioRun) -> str | None:
    return next(iter(run.data.workspaces), None)


@scenario(
    "An object that was created is listed, shown and exported as it was sent, and its name is taken.",
    "DGC-413",
    "DGC-813",
    "DGC-908",
    subject=Subject(("create",), _ORDER),
)
def sandbox_created(run: ScenarioRun) -> None:
    """Create an object, list, show and export it; create it again, which is refused."""
    family = family_of(run)
    if family is None:
        return
    body = _body(run, family, _ONE)
    made = run.send(body, workspace=_home(run))
    expect(made.succeeded, f"an object with documented fields gets {made.status}")
    held = _listed(run, family, body["name"])
    expect(held is not None, f"{body['name']!r} was created, but {family.list} has no such object")
    _expect_shown(run, family, body, "created")
    if family.export is not None:
        exported = run.beside(family.export).send(path={family.variable: body["name"]}, workspace=_home(run))
        found = members_of(exported).get(("job", body["name"], None))
        problem = missing(_compared(body), json.loads(found)) if found is not None else "there is no such job"
        expect(not problem, f"{body['name']!r} was created, but in its export {problem}")
    again = run.send(body, workspace=_home(run))
    expect_refused(again, ("exists",), f"the name {body['name']!r} is taken")


@scenario(
    "Imported jobs are there as the zip has them; SKIP leaves them, OVERWRITE replaces them.",
    "DGC-608",
    "DGC-703",
    subject=IMPORT_OF_JOBS,
)
def sandbox_imported(run: ScenarioRun) -> None:
    """Import jobs and a script from a zip, again under SKIP and OVERWRITE; they are there as the policy says."""
    box, family, scripts = _box(run), kinds(run).get("job"), kinds(run).get("script")
    packed = packed_as(run, EXPORTS_OF_JOBS)
    if family is None or family.create is None or packed is None or run.other(TASKS) is None:
        return
    creator = run.beside(family.create)
    jobs = [_body(creator, family, rest) for rest in _JOBS]
    shown = None
    for number, policy in enumerate((None, "SKIP", "OVERWRITE")):
        texts = [job | {"directory": f"/{box.prefix}-{number}"} for job in jobs]
        packed.definitions = {"job": texts}
        if scripts is not None and scripts.create is not None:
            packed.definitions["script"] = [_body(run.beside(scripts.create), scripts, _SCRIPT)]
        path = box.store(f"{number}.zip", packed.content())
        body = run.example(path=path) | ({} if policy is None else {"sameNamePolicy": policy})
        box.unknown_imports += 1
        begun = run.send(body, workspace=_home(run))
        task = _ended(run, begun)
        told = policy or "no policy"
        expect(task.get("status") == SUCCESSFUL, f"the task of an import with {told} ended as {task.get('status')}")
        shown = texts if policy != "SKIP" else shown
        for text in shown or ():
            _expect_shown(creator, family, text, f"imported with {told}")


@scenario(
    "An object that was deleted is in no list, and is not shown or exported.",
    "DGC-501",
    subject=Subject(("delete",), _ORDER[::-1]),
)
def sandbox_deleted(run: ScenarioRun) -> None:
    """Delete the object of a sandbox; no operation has it any more."""
    family = family_of(run)
    if family is None:
        return
    for name in list(_box(run).attempted.get(family.kind, ())):
        held = _listed(run, family, name)
        if held is None:
            continue
        gone = run.send(path={family.variable: family.key(held)}, workspace=_home(run))
        expect(gone.succeeded, f"the deletion of {name!r} gets {gone.status}")
        for operation in (family.show, family.export):
            if operation is not None:
                found = run.beside(operation).send(path={family.variable: name}, workspace=_home(run))
                expect_refused(found, ("not-found",), f"{name!r} was deleted")
        expect(_listed(run, family, name) is None, f"{name!r} was deleted, but {family.list} still has it")


def check_free(run: ScenarioRun) -> None:
    """Check that no object of the server has a name that begins with the prefix.

    Raises:
        JobexportError: there is such an object, or a list can't be read.
    """
    box, prefix = _box(run), _box(run).prefix
    # No page says whether a list is searched for a part of a name, or for the whole of it.
    asked = [
        (family, name) for kind, family in kinds(run).items() for name in (prefix, *map(box.name, _NAMES.get(kind, ())))
    ]
    try:
        items = [item for family, name in asked for item in _items(run, family, name)]
    except (Violation, TransportProblem) as problem:
        raise JobexportError(f"cannot tell whether the prefix {prefix} is free: {problem}") from None
    for item in items:
        if str(item.get("name")).startswith(prefix):
            raise JobexportError(
                f"the server has {item['name']!r}, which begins with the prefix of the sandbox; name another prefix "
                "with --sandbox, or delete what an earlier run left"
            )


def clean(run: ScenarioRun) -> Iterator[str]:
    """Delete all that requests may have created, and yield a sentence for each object that may be left."""
    box = _box(run)
    # An import goes on after the run has ended.
    if box.unknown_imports:
        time.sleep(PAUSE)
    for id_ in list(box.tasks):
        try:
            _followed(run, id_)
        except Exception as problem:  # whatever it is, the rest must be deleted
            yield f"the import {id_} may still run: {problem}"
    order = {"job": 0, "script": 1, "resource": 2}
    known = kinds(run)
    for kind in sorted(box.attempted, key=lambda kind: order.get(kind, 3)):
        for name in box.attempted[kind]:
            if reason := _removed(run, known[kind], name):
                yield f"the {kind} {name!r} may be left on the server: {reason}; delete it"
    for name in box.zips:
        try:
            box.bucket.remove(name)
        except JobexportError as failure:
            yield str(failure)


def _removed(run: ScenarioRun, family: Family, name: str) -> str:
    """Delete an object, and return the reason why it may be left, or an empty text."""
    problem = ""
    # A deletion whose response is lost may have happened or not.
    for _ in range(_TRIES):
        try:
            _remove(run, family, name)
        except TransportProblem as lost:
            problem = str(lost)
        except Exception as found:  # whatever it is, the rest must be deleted
            return str(found)
        else:
            return ""
    return problem


def _remove(run: ScenarioRun, family: Family, name: str) -> None:
    key: Any = name
    if not family.variable.endswith("_name"):
        held = _listed(run, family, name)
        if held is None:
            return
        key = family.key(held)
    assert family.delete is not None  # noqa: S101  # the document has it, or nothing was created
    gone = run.beside(family.delete).send(path={family.variable: key}, workspace=_home(run))
    if not gone.succeeded:
        expect_refused(gone, ("not-found",), f"{family.delete} gets {gone.status}")


def _body(run: ScenarioRun, family: Family, rest: str) -> dict[str, Any]:
    """Return the body of a request that creates an object of the sandbox: that of the documentation's example."""
    box = _box(run)
    shown = next(
        iter(
            media(request_body(run.document, operations_by_id(run.document)[run.id].fields))
            .get("examples", {})
            .values()
        )
    )
    kept = {*run.schema.get("required", ()), "processType", "jobType", "connectionName"}
    body = {name: value for name, value in shown["value"].items() if name in kept} | {"name": box.name(rest)}
    if "nodes" in body:
        # The script of the example is not in the sandbox.
        used = [{"name": "scriptName", "value": box.name(_ONE)}]
        body["nodes"] = [{**node, "properties": used} for node in body["nodes"]]
    return body


def _compared(body: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name not in OF_THE_SERVER}


def _expect_shown(run: ScenarioRun, family: Family, body: Mapping[str, Any], words: str) -> None:
    if family.show is None:
        return
    found = show(run, family, body["name"], _home(run)) or {}
    known = documented(run, family.show)
    problem = missing({name: value for name, value in _compared(body).items() if name in known}, found)
    expect(not problem, f"{body['name']!r} was {words}, but in {family.show} {problem}")


def _items(run: ScenarioRun, family: Family, part: str) -> Iterator[Mapping[str, Any]]:
    """Yield the listed objects whose names have this part, from all pages.

    Raises:
        Violation: a page can't be read.
    """
    listed = operations_by_id(run.document)[family.list]
    looks = {each.parameter: part for each in looked_for(run.document, listed) if each.field == "name"}
    for query in queries(run, listed):
        found = 0
        for page in range(100):
            response = run.beside(family.list).send(query={**looks, **query, "offset": page}, workspace=_home(run))
            held = listing(response)
            if held is None:
                raise Violation(f"{family.list} gets {response.status}, or has no list")
            yield from held.items
            found += len(held.items)
            if not held.items or found >= held.total:
                break


def _listed(run: ScenarioRun, family: Family, name: str) -> Mapping[str, Any] | None:
    """Return an object as it is listed, or None; the id of a resource is noted."""
    until = time.monotonic() + (LATE if run.id.startswith("create") else 0)
    while True:
        held = next((item for item in _items(run, family, name) if item.get("name") == name), None)
        if held is not None or time.monotonic() >= until:
            break
        time.sleep(PAUSE)
    if held is not None and not family.variable.endswith("_name"):
        _box(run).ids[str(family.key(held))] = name
    return held


def _ended(run: ScenarioRun, begun: CheckedExchange) -> Mapping[str, Any]:
    """Return the task that an import began, at its end."""
    id_ = begun.roles().get("task-id")
    if isinstance(id_, str):
        _box(run).tasks.append(id_)
    if isinstance(id_, str) or begun.status in range(400, 500):
        _box(run).unknown_imports -= 1
    expect(begun.succeeded, f"an import gets {begun.status}")
    expect(isinstance(id_, str) and id_, "the response to an import has no id of a task")
    return _followed(run, str(id_))


def _followed(run: ScenarioRun, id_: str) -> Mapping[str, Any]:
    """Ask for a task until it has ended; it is not asked for again after that."""
    until, pause, tasks = time.monotonic() + LONGEST, 0.0, run.other(TASKS)
    assert tasks is not None  # noqa: S101  # the callers asked
    while True:
        shown = tasks.send(**tasks.naming(id_), workspace=_home(run))
        task = shown.json()
        expect(shown.succeeded and isinstance(task, dict), f"the task of an import gets {shown.status}")
        if task.get("status") != RUNNING:
            _box(run).tasks.remove(id_)
            return dict(task)
        expect(time.monotonic() < until, f"the task of an import is still {RUNNING} after {LONGEST:g} seconds")
        pause = min(pause + 0.1, PAUSE)
        time.sleep(pause)
