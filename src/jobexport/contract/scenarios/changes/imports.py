"""Scenarios that import jobs from zips of their own, and read everything before and after."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from jobexport.contract.checks.archives import members_of
from jobexport.contract.scenarios.expecting import expect_changes, expect_refused, missing
from jobexport.contract.scenarios.holdings import expect_fields, holdings, kinds
from jobexport.contract.scenarios.packing import SUCCESSFUL, ended, packed_as, put
from jobexport.contract.scenarios.scenario import expect, scenario
from jobexport.contract.verbs import (
    EXPORT_OF_A_JOB,
    EXPORT_OF_JOBS,
    IMPORT_OF_JOBS,
    LIST_OF_JOBS,
    SHOW_OF_A_JOB,
    TASKS,
)
from jobexport.spec.document import deref

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jobexport.contract.scenarios.expecting import HeldObject, Place
    from jobexport.contract.scenarios.packing import Fields, PackedJobs
    from jobexport.contract.scenarios.run import ScenarioRun
    from jobexport.contract.verbs import Family, Subject

# Seconds that a task takes which must still run when the next request comes.
_SLOW = 0.3
_STOPPED = "STOPPED"


@scenario(
    "What was imported is listed, shown and exported as it is in the zip; sameNamePolicy decides about names that "
    "are taken, and nothing else changes.",
    "DGC-603",
    "DGC-604",
    "DGC-606",
    subject=IMPORT_OF_JOBS,
    requests=400,
)
def imported(run: ScenarioRun) -> None:
    """Import jobs with scripts and resources under each policy, into each workspace; look at everything after."""
    if not can_import(run):
        return
    cases: list[tuple[Subject, str | None, str | None]] = [
        (EXPORT_OF_A_JOB, None, None),
        (EXPORT_OF_JOBS, "SKIP", None),
        (EXPORT_OF_A_JOB, "OVERWRITE", None),
    ]
    cases += [(EXPORT_OF_JOBS, "OVERWRITE", other) for other in list(run.data.workspace_jobs)[:1]]
    for number, (layout, policy, workspace) in enumerate(cases):
        with run.in_sequence():
            before = holdings(run)
            packed = _packed(run, layout, number, workspace, before)
            if packed is None:
                continue
            path = put(run, f"contract-{number}.zip", packed.content())
            # The second time every name is taken.
            for _ in range(2):
                body = run.example(path=path) | ({} if policy is None else {"sameNamePolicy": policy})
                ended(run, run.send(body, workspace=workspace), workspace)
                after = holdings(run)
                _expect_imported(run, packed, before, after, policy, workspace)
                before = after
            _expect_exported(run, packed, policy, workspace)


def can_import(run: ScenarioRun) -> bool:
    """Return whether zips can be stored for an import, and the document has what reads the imported jobs."""
    needed = (TASKS, LIST_OF_JOBS, SHOW_OF_A_JOB)
    return run.tools.store is not None and all(subject.ids(run.document) for subject in needed)


def _packed(
    run: ScenarioRun, layout: Subject, number: int, workspace: str | None, before: Mapping[Place, HeldObject]
) -> PackedJobs | None:
    """Return a package with new objects of each kind, and objects of known names."""
    found = packed_as(run, layout)
    if found is None:
        return None
    script, resource = run.data.free(f"contract-Script{number}"), run.data.free(f"contract-File{number}")
    location = f"obs://contract/file-{number}.jar"
    used = [{"name": "scriptName", "value": script}, {"name": "resourcePath", "value": location}]
    first = found.add("job", run.data.free(f"contract-Job{number}"), number)
    first["nodes"][0]["properties"] = used
    found.add("job", run.data.free(f"contract-Other{number}"), number + 1)
    found.add("script", script, number)
    found.add("resource", resource, number, location=location)
    for kind, family in kinds(run).items():
        name = next((place[2] for place, held in before.items() if _is_free(place, held, workspace, family)), None)
        if name is not None:
            found.add(kind, name, number + 1)
    return found


def _is_free(place: Place, held: HeldObject, workspace: str | None, family: Family) -> bool:
    """Return whether an object of the workspace may be replaced: a job must be stopped."""
    return place[:2] == (workspace, family.list) and held.listed.get("status", _STOPPED) == _STOPPED


def _expect_imported(
    run: ScenarioRun,
    packed: PackedJobs,
    before: Mapping[Place, HeldObject],
    after: Mapping[Place, HeldObject],
    policy: str | None,
    workspace: str | None,
) -> None:
    """Check that what a package has is there, that names that were taken are as the policy says, and all else stays."""
    words = f"after an import with {policy or 'no'} sameNamePolicy"
    found = [
        ((workspace, family.list, fields["name"]), family, fields)
        for kind, family in kinds(run).items()
        for fields in packed.definitions.get(kind, ())
    ]
    new = [place for place, *_ in found if place not in before]
    replaced = [place for place, *_ in found] if policy == "OVERWRITE" else []
    expect_changes(before, after, words, added=new, changed=replaced)
    for place, family, fields in found:
        if place in new or place in replaced:
            expect_fields(run, family, fields, after[place], words)


def _expect_exported(run: ScenarioRun, packed: PackedJobs, policy: str | None, workspace: str | None) -> None:
    """Check that an export of the first imported job has what was in the zip: the job, its script, its resource."""
    exports = run.other(EXPORT_OF_A_JOB)
    if exports is None:
        return
    exported = exports.send(**exports.naming(packed.jobs[0]), workspace=workspace)
    found = {(kind, name): json.loads(content) for (kind, name, _), content in members_of(exported).items()}
    for kind, definitions in packed.definitions.items():
        fields = definitions[0]
        shown = found.get((kind, fields["name"]))
        expect(shown is not None, f"{fields['name']!r} was imported, but the export has no such {kind}")
        problem = missing(_promised(packed, kind, fields), shown)
        expect(not problem, f"{fields['name']!r} was imported, but in its export {problem}")


def _promised(packed: PackedJobs, kind: str, fields: Mapping[str, Any]) -> Fields:
    """Return the fields of a definition that an export must have."""
    return {name: value for name, value in fields.items() if "reviews" not in _when(packed, kind, name)}


def _when(packed: PackedJobs, kind: str, name: str) -> str:
    node = deref(packed.run.document, packed.schemas[kind].get("properties", {}).get(name, {}))
    return str(node.get("x-required-when", ""))


@scenario(
    "An import does not replace a job that is running, and its task does not succeed.",
    "DGC-607",
    subject=IMPORT_OF_JOBS,
    requests=60,
)
def import_of_running_job(run: ScenarioRun) -> None:
    """Import jobs that are running, to replace them; each stays, and its part of the task fails."""
    if not can_import(run):
        return
    before = holdings(run)
    running = [
        place[2]
        for place, held in before.items()
        if place[:2] == (None, kinds(run)["job"].list) and held.listed.get("status", _STOPPED) != _STOPPED
    ]
    for name in running[:1]:
        with run.in_sequence():
            packed = packed_as(run, EXPORT_OF_A_JOB)
            if packed is None:
                return
            packed.add("job", name)
            path = put(run, "contract-running.zip", packed.content())
            task = ended(run, run.send(run.example(path=path, sameNamePolicy="OVERWRITE")))
            expect_changes(before, holdings(run), f"after an import of {name!r}, which is running,")
            expect(task.get("status") != SUCCESSFUL, f"{name!r} is running and was not replaced, but the task succeeds")


@scenario(
    "An import is refused while another import of the workspace runs.",
    "DGC-607",
    "DGC-608",
    subject=IMPORT_OF_JOBS,
    requests=120,
)
def one_import_at_a_time(run: ScenarioRun) -> None:
    """Begin an import while another runs in the workspace; it is refused, and the first import goes on."""
    if run.tools.slow_tasks is None or not can_import(run):
        return
    with run.in_sequence():
        before = holdings(run)
        packed = _packed(run, EXPORT_OF_A_JOB, 0, None, before)
        if packed is None:
            return
        path = put(run, "contract-slow.zip", packed.content())
        with run.tools.slow_tasks(_SLOW):
            first = run.send(run.example(path=path))
            # The user guide forbids it, not the document: a refusal may have the code of an invalid request.
            second = run.send(run.example(), valid=False)
            expect_refused(second, ("import-running",), "another import of the workspace runs")
            ended(run, first)
        _expect_imported(run, packed, before, holdings(run), None, None)
