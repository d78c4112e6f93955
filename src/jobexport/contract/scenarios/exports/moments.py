"""Scenarios of exports at several moments: after a change, and with the time in their names."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

from jobexport.contract.checks.archives import members_of
from jobexport.contract.scenarios.exports.outcomes import fetched, zip_names
from jobexport.contract.scenarios.scenario import expect, scenario
from jobexport.contract.verbs import EXPORT_OF_FLINK_JOBS, EXPORTS_OF_JOBS, Subject

if TYPE_CHECKING:
    from jobexport.contract.checks.exchange import CheckedExchange
    from jobexport.contract.scenarios.run import ScenarioRun

# The most jobs that are exported separately.
_MOST = 6


@scenario(
    "An export has the current version of the job.",
    "DGC-004",
    "DGC-104",
    subject=EXPORTS_OF_JOBS,
    requests=4,
)
def changed_job(run: ScenarioRun) -> None:
    """Export a job, change it and export it again; the second export must have the change."""
    if run.tools.change is None:
        return
    job = run.data.jobs[0]
    request = run.naming(job)
    first = members_of(run.send(**request))
    for mark in ("changed-once", "changed-twice"):
        with run.changed(job, mark):
            contents = members_of(run.send(**request))
        held = any(mark.encode() in content for (kind, *_), content in contents.items() if kind == "job")
        expect(held, f"{job} was changed, but the export has the old job")
    expect(members_of(run.send(**request)) == first, f"the change of {job} was undone, but the export still has it")


@scenario(
    "An export has the current version of the scripts.",
    "DGC-011",
    "DGC-104",
    subject=EXPORTS_OF_JOBS,
    requests=12,
)
def changed_script(run: ScenarioRun) -> None:
    """Change a script that a job uses; the next export of the job must have the change."""
    if run.tools.change_script is None:
        return
    for job in run.data.jobs[:_MOST]:
        request = run.naming(job)
        scripts = [name for kind, name, _ in members_of(run.send(**request)) if kind == "script"]
        for script in scripts[:1]:
            with run.tools.change_script(script, "changed-once"):
                contents = members_of(run.send(**request))
            held = any(b"changed-once" in content for (_, name, _), content in contents.items() if name == script)
            expect(held, f"the script {script} was changed, but the export of {job} has the old script")


@scenario(
    "The time in a name is the time of the export.",
    "DLI-013",
    "DGC-005",
    subject=Subject(("export",), takes=("obs_dirs", "obs_paths")),
    requests=3,
)
def time_moves(run: ScenarioRun) -> None:
    """Export the same job three times; the times in the names must not all be equal."""
    times = set()
    place = run.place("obs_dirs") or run.place("obs_paths")
    folders = run.data.names(place.kind)[:1] if place is not None else ()
    for folder in folders * 3:
        response = run.send(run.example(**{place.name: folder}) if place is not None else {})
        found = set(re.findall(rb"\d{13}", response.content))
        text = "the response has no name with the time of the export"
        expect(found or not response.succeeded, text, pointer=_pointer_to_names(response))
        times |= found
        # More than the resolution of a clock.
        time.sleep(0.02)
    expect(len(times) != 1, f"three exports in a row all have the time {b''.join(times).decode()}")


def _pointer_to_names(response: CheckedExchange) -> str:
    """Return the pointer to the documented names of objects; empty if the document has none."""
    properties = response.schema().get("properties", {}).items()
    return next((f"/{name}" for name, node in properties if "x-object-name" in node), "")


@scenario(
    "An export has the current version of the Flink job.",
    "COM-008",
    subject=EXPORT_OF_FLINK_JOBS,
    requests=3,
)
def changed_flink_job(run: ScenarioRun) -> None:
    """Export a Flink job, change it and export it again; the zips must differ."""
    if run.tools.change_flink is None or run.tools.fetch is None:
        return
    number = run.data.flink_jobs[0]
    contents = []
    for mark in ("as-it-was", "changed-once", "changed-twice"):
        with run.tools.change_flink(number, mark):
            response = run.send(**run.naming(number))
        zips = [fetched(run, name) for name in zip_names(response)]
        expect(zips or not response.succeeded, f"the response to an export of the Flink job {number} names no zip")
        contents += zips
    # No page describes the content of this zip, so only equality can be checked.
    expect(len(set(contents)) == len(contents), f"the Flink job {number} was changed, but its zip is the old zip")
