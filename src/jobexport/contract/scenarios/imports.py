"""Scenarios that import jobs from zips of their own, and read everything before and after."""

from __future__ import annotations

import io
import json
import zipfile
from typing import TYPE_CHECKING, Any

from jobexport.contract.checks.archives import members_of
from jobexport.contract.scenarios.bodies import full
from jobexport.contract.scenarios.changes import expect_refused
from jobexport.contract.scenarios.holdings import expect_changes, expect_fields, families, holdings, missing
from jobexport.contract.scenarios.packing import SUCCESSFUL, ended, packed_as, put, zip_place
from jobexport.contract.scenarios.scenario import expect
from jobexport.spec.document import deref, operations_by_id, response

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jobexport.contract.scenarios.holdings import Family, HeldObject, Place
    from jobexport.contract.scenarios.packing import Fields, PackedJobs
    from jobexport.contract.scenarios.scenario import ScenarioRun

# Seconds that a task takes which must still run when the next request comes.
_SLOW = 0.3
_STOPPED = "STOPPED"
# The user guides: a zip in object storage may have 10 MB.
_TOO_LARGE = 11 * 1024 * 1024


def imported(run: ScenarioRun) -> None:
    """Import jobs with scripts and resources under each policy, into each workspace; look at everything after."""
    if not _can(run):
        return
    cases: list[tuple[str, str | None, str | None]] = [
        ("exportJob", None, None),
        ("batchExportJobs", "SKIP", None),
        ("exportJob", "OVERWRITE", None),
    ]
    cases += [("batchExportJobs", "OVERWRITE", other) for other in list(run.data.workspace_jobs)[:1]]
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


def _can(run: ScenarioRun) -> bool:
    needed = ("showSystemTask", "listJobs", "showJob")
    return run.tools.store is not None and all(map(run.has, needed))


def _packed(
    run: ScenarioRun, layout: str, number: int, workspace: str | None, before: Mapping[Place, HeldObject]
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
    for kind, family in _lists(run).items():
        name = next((place[2] for place, held in before.items() if _is_free(place, held, workspace, family)), None)
        if name is not None:
            found.add(kind, name, number + 1)
    return found


def _is_free(place: Place, held: HeldObject, workspace: str | None, family: Family) -> bool:
    """Return whether an object of the workspace may be replaced: a job must be stopped."""
    return place[:2] == (workspace, family.list) and held.listed.get("status", _STOPPED) == _STOPPED


def _lists(run: ScenarioRun) -> dict[str, Family]:
    """Return the lists that the document has, by the kind of the members of a zip."""
    tags = operations_by_id(run.document)[run.id].tags
    found = {family.list: family for family in families(run.document, tags)}
    names = {"job": "listJobs", "script": "listScripts", "resource": "listResources"}
    return {kind: found[name] for kind, name in names.items() if name in found}


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
        for kind, family in _lists(run).items()
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
    if not run.has("exportJob"):
        return
    exported = run.beside("exportJob").send(job=packed.jobs[0], workspace=workspace)
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


def running_job(run: ScenarioRun) -> None:
    """Import jobs that are running, to replace them; each stays, and its part of the task fails."""
    if not _can(run):
        return
    before = holdings(run)
    running = [
        place[2]
        for place, held in before.items()
        if place[:2] == (None, "listJobs") and held.listed.get("status", _STOPPED) != _STOPPED
    ]
    for name in running[:1]:
        with run.in_sequence():
            packed = packed_as(run, "exportJob")
            if packed is None:
                return
            packed.add("job", name)
            path = put(run, "contract-running.zip", packed.content())
            task = ended(run, run.send(run.example(path=path, sameNamePolicy="OVERWRITE")))
            expect_changes(before, holdings(run), f"after an import of {name!r}, which is running,")
            expect(task.get("status") != SUCCESSFUL, f"{name!r} is running and was not replaced, but the task succeeds")


def values(run: ScenarioRun) -> None:
    """Import jobs with values for all jobs and for one job; the imported jobs have them."""
    packed = packed_as(run, "exportJob") if _can(run) else None
    if packed is None:
        return
    properties = run.schema.get("properties", {})
    own = [{"name": name, "value": "old", "type": "variable"} for name in ("forAll", "forOne", "kept")]
    one, other = (packed.add("job", run.data.free(f"contract-{name}"), params=own) for name in ("One", "Two"))
    one["nodes"][0]["properties"] = [{"name": "connectionName", "value": "contract_old"}]
    body: Fields = {
        "params": {"forAll": "of-all"},
        "jobsParam": [{"name": one["name"], "params": {"forOne": "of-one"}}],
        "executeUser": "contract-user",
    }
    if "resources" in properties:
        item = full(run.document, deref(run.document, properties["resources"]).get("items", {}))
        body["resources"] = [{**item, "name": "contract_old", "replace": "contract_new"}]
        one = {**one, "nodes": json.loads(json.dumps(one["nodes"]).replace("contract_old", "contract_new"))}
    body = {name: value for name, value in body.items() if name in properties}
    with run.in_sequence():
        path = put(run, "contract-values.zip", packed.content())
        ended(run, run.send(run.example(path=path, **body)))
        after, family = holdings(run), _lists(run)["job"]
        for fields in (one, other):
            wanted = {"forAll": "of-all" if "params" in body else "old", "kept": "old"}
            wanted["forOne"] = "of-one" if "jobsParam" in body and fields is one else "old"
            params = [{**item, "value": wanted[item["name"]]} for item in own]
            settings = {**fields["basicConfig"], **({"executeUser": "contract-user"} if "executeUser" in body else {})}
            expected = {**fields, "params": params, "basicConfig": settings}
            place = (None, family.list, fields["name"])
            expect(place in after, f"{fields['name']!r} was imported with values, but the server has no such job")
            expect_fields(run, family, expected, after[place], "after an import with values")


def submitted(run: ScenarioRun) -> None:
    """Replace a job that has a submitted version; the import submits the new definition."""
    if not (_can(run) and run.has("exportJob")):
        return
    exports = run.beside("exportJob")
    if "exportStatus" not in exports.schema.get("properties", {}):
        return
    for name in run.data.submitted[:1]:
        packed = packed_as(run, "exportJob")
        if packed is None:
            return
        with run.in_sequence():
            fields = packed.add("job", name)
            path = put(run, "contract-submitted.zip", packed.content())
            ended(run, run.send(run.example(path=path, sameNamePolicy="OVERWRITE")))
            exported = run.beside("exportJob").send({"exportStatus": "SUBMIT"}, job=name)
            found = json.loads(members_of(exported).get(("job", name, None), b"{}"))
            problem = missing(fields["nodes"], found.get("nodes"))
            expect(not problem, f"an import submits a new version, but in the submitted version of {name!r} {problem}")


def unreadable(run: ScenarioRun) -> None:
    """Import objects that are missing, no zip, cut off or too large; each is refused, and nothing changes."""
    if run.tools.store is None:
        return
    field = zip_place(run).name
    with run.in_sequence():
        before = holdings(run)
        for words, path, reasons in _bad_zips(run):
            refused = run.send(run.example(**{field: path}))
            expect_refused(refused, reasons, f"the object to import is {words}")
        expect_changes(before, holdings(run), "after imports were refused")


def _bad_zips(run: ScenarioRun) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Yield bad objects in words, with their paths and the names of the errors that suit."""
    kind = zip_place(run).kind
    good = f"{run.data.names(kind)[0]!s}"
    yield "missing", good.replace(".zip", "-missing.zip"), kind.refusals
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("jobs/contract.job", "{}" * 100)
    for words, content in (
        ("empty", b""),
        ("a text", b"no zip"),
        ("cut off", packed.getvalue()[: len(packed.getvalue()) // 2]),
    ):
        yield words, put(run, f"contract-{words.replace(' ', '-')}.zip", content), kind.refusals
    if any("zip-too-large" in found for found in _errors(run)):
        yield "too large", put(run, "contract-large.zip", packed.getvalue() + bytes(_TOO_LARGE)), ("zip-too-large",)


def _errors(run: ScenarioRun) -> Iterator[Mapping[str, Any]]:
    operation = operations_by_id(run.document)[run.id].fields
    for status in operation["responses"]:
        for media in response(run.document, operation, status).get("content", {}).values():
            yield media.get("examples", {})


def one_at_a_time(run: ScenarioRun) -> None:
    """Begin an import while another runs in the workspace; it is refused, and the first import goes on."""
    if run.tools.slow_tasks is None or not _can(run):
        return
    with run.in_sequence():
        before = holdings(run)
        packed = _packed(run, "exportJob", 0, None, before)
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
