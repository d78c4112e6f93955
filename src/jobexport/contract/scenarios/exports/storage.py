"""Scenarios of exports to object storage: the zips must be there, whole and right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jobexport.contract.checks.exchange import read_archive
from jobexport.contract.scenarios.exports.outcomes import fetched, zip_names
from jobexport.contract.scenarios.scenario import expect, scenario
from jobexport.contract.verbs import EXPORT_OF_FLINK_JOBS, Subject

if TYPE_CHECKING:
    from jobexport.contract.scenarios.run import ScenarioRun

# The most jobs that are exported separately.
_MOST = 6


@scenario(
    "The zips that a response names are in object storage.",
    "COM-008",
    "DLI-013",
    subject=EXPORT_OF_FLINK_JOBS,
    requests=7,
)
def stored(run: ScenarioRun) -> None:
    """Export Flink jobs and read the named zips from object storage; they must be there, whole, and different."""
    if run.tools.fetch is None:
        return
    zips: dict[int, list[bytes]] = {}
    for ids in [[id_] for id_ in run.data.flink_jobs[:_MOST]] + [list(run.data.flink_jobs[:_MOST])]:
        response = run.send(**run.naming(*ids))
        names = zip_names(response)
        expect(names or not response.succeeded, f"the response to an export of the Flink jobs {ids} names no zip")
        for name in names:
            content = fetched(run, name)
            if len(ids) == 1:
                zips.setdefault(ids[0], []).append(content)
            else:
                held = [known for contents in zips.values() for known in contents]
                expect(content in held, f"{name}, exported with other jobs, differs from the single export", "COM-008")
    contents = [content for found in zips.values() for content in found]
    expect(len(set(contents)) == len(contents), "the exports of two Flink jobs have the same content", "COM-008")


@scenario(
    "An export to obsPath appears in object storage, with the content of the direct export.",
    "DGC-005",
    "DGC-003",
    subject=Subject(("export",), takes=("obs_paths",)),
    requests=8,
)
def stored_at_obs_path(run: ScenarioRun) -> None:
    """Export to `obsPath`; the object must appear in the folder of the response and equal the direct export."""
    place = run.place("obs_paths")
    if place is None or not run.data.obs_paths:
        return
    for job in run.data.jobs[:2]:
        for more in ({}, {"exportDepend": False}):
            target = run.data.obs_paths[0]
            response = run.send(**run.naming(job, **{place.name: target}, **more))
            expect(response.succeeded, f"an export to {target} gets {response.status}")
            value = response.json()
            template = response.media("application/json").get("x-object-name")
            if run.tools.fetch is None or not isinstance(value, dict) or template is None:
                continue
            folder = str(response.roles().get("obs-path")).removeprefix("obs://").rstrip("/")
            content = fetched(run, f"{folder}/{template.format(job_name=job)}")
            direct = run.send(**run.naming(job, **more))
            same = read_archive(content).members == direct.archive().members
            expect(same, f"the object in {folder} differs from the direct export", "DGC-005")
