"""Scenarios of imports with values for the jobs, of submitted jobs, and of objects that are no zip."""

from __future__ import annotations

import io
import json
import zipfile
from typing import TYPE_CHECKING, Any

from jobexport.contract.checks.archives import members_of
from jobexport.contract.scenarios.bodies import full
from jobexport.contract.scenarios.changes.imports import can_import
from jobexport.contract.scenarios.expecting import expect_changes, expect_refused, missing
from jobexport.contract.scenarios.holdings import expect_fields, holdings, kinds
from jobexport.contract.scenarios.packing import ended, packed_as, put, zip_place
from jobexport.contract.scenarios.scenario import expect, scenario
from jobexport.contract.verbs import EXPORT_OF_A_JOB, IMPORT_OF_JOBS, IMPORTS
from jobexport.spec.document import deref, operations_by_id, response

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jobexport.contract.scenarios.packing import Fields
    from jobexport.contract.scenarios.run import ScenarioRun

# The user guides: a zip in object storage may have 10 MB.
_TOO_LARGE = 11 * 1024 * 1024


@scenario(
    "Imported jobs have the parameters, the user and the connections that the request names.",
    "DGC-602",
    "DGC-609",
    subject=IMPORT_OF_JOBS,
    requests=40,
)
def import_values(run: ScenarioRun) -> None:
    """Import jobs with values for all jobs and for one job; the imported jobs have them."""
    packed = packed_as(run, EXPORT_OF_A_JOB) if can_import(run) else None
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
        after, family = holdings(run), kinds(run)["job"]
        for fields in (one, other):
            wanted = {"forAll": "of-all" if "params" in body else "old", "kept": "old"}
            wanted["forOne"] = "of-one" if "jobsParam" in body and fields is one else "old"
            params = [{**item, "value": wanted[item["name"]]} for item in own]
            settings = {**fields["basicConfig"], **({"executeUser": "contract-user"} if "executeUser" in body else {})}
            expected = {**fields, "params": params, "basicConfig": settings}
            place = (None, family.list, fields["name"])
            expect(place in after, f"{fields['name']!r} was imported with values, but the server has no such job")
            expect_fields(run, family, expected, after[place], "after an import with values")


@scenario(
    "An import submits each job as a new version.",
    "DGC-601",
    subject=IMPORT_OF_JOBS,
    requests=10,
)
def import_submits(run: ScenarioRun) -> None:
    """Replace a job that has a submitted version; the import submits the new definition."""
    exports = run.other(EXPORT_OF_A_JOB)
    if exports is None or not can_import(run) or "exportStatus" not in exports.schema.get("properties", {}):
        return
    for name in run.data.submitted[:1]:
        packed = packed_as(run, EXPORT_OF_A_JOB)
        if packed is None:
            return
        with run.in_sequence():
            fields = packed.add("job", name)
            path = put(run, "contract-submitted.zip", packed.content())
            ended(run, run.send(run.example(path=path, sameNamePolicy="OVERWRITE")))
            exported = exports.send(**exports.naming(name, exportStatus="SUBMIT"))
            found = json.loads(members_of(exported).get(("job", name, None), b"{}"))
            problem = missing(fields["nodes"], found.get("nodes"))
            expect(not problem, f"an import submits a new version, but in the submitted version of {name!r} {problem}")


@scenario(
    "An object that is not a readable zip is refused, and nothing changes.",
    "DGC-605",
    "DGC-607",
    "DGC-608",
    "DLI-304",
    "DLI-306",
    subject=IMPORTS,
    requests=60,
)
def import_refused(run: ScenarioRun) -> None:
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
