"""Scenarios of exports that must succeed, and of what their responses must have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jobexport.contract.checks.archives import members_of
from jobexport.contract.scenarios.bodies import unmet
from jobexport.contract.scenarios.exports.outcomes import outcome
from jobexport.contract.scenarios.scenario import expect, scenario
from jobexport.contract.sender import ABSENT
from jobexport.contract.verbs import EXPORT_OF_A_JOB, EXPORT_OF_JOBS, EXPORTS, EXPORTS_OF_JOBS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jobexport.contract.scenarios.run import ScenarioRun

# The most jobs that are exported separately.
_MOST = 6
_REPEATS = 12


@scenario(
    "Every known job can be exported, alone and with the others.",
    "DLI-004",
    "DGC-101",
    "DGC-012",
    subject=EXPORTS,
)
def each_name(run: ScenarioRun) -> None:
    """Export each known job alone, and all known jobs together."""
    for words, request in _each(run):
        response = run.send(**request)
        expect(response.succeeded, f"the server has {words}, but the response is {response.status}")


def _each(run: ScenarioRun) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield requests for each known job and for several of them, in words and as the arguments of `send`."""
    names, place = run.known, run.objects
    yield from ((str(name), run.naming(name)) for name in names[:_MOST])
    if place is None or not place.many:
        return
    if run.place("obs_dirs") is None:
        several = list(names[: place.node.get("maxItems")])
        yield f"{several}", run.naming(*several)
        yield f"{several[::-1]}", run.naming(*several[::-1])
        return
    yield f"{list(names[:_MOST])}", run.naming(*names[:_MOST])
    if run.data.complete:
        # A project in use may have many jobs, and the server writes each to object storage.
        every = unmet(run.schema)
        yield "jobs", {"body": run.example(**{**every, place.name: ABSENT})}
        yield "jobs", {"body": run.example(**every)}


@scenario(
    "The same request gets the same response, except for times.",
    "DGC-010",
    "DLI-011",
    "DGC-104",
    subject=EXPORTS,
    requests=16,
)
def same_twice(run: ScenarioRun) -> None:
    """Send one request many times, with other requests between; the responses must be equal except for times."""
    others = list(_each(run))[1:]
    seen: list[Any] = []
    for number in range(_REPEATS):
        response = run.send()
        expect(response.succeeded, f"the same request, sent again, gets {response.status}")
        seen.append(outcome(response))
        expect(seen[-1] == seen[0], f"response {number + 1} to the same request differs: {_differ(seen)}")
        if others and number % 3 == 1:
            _, request = others[number % len(others)]
            run.send(**request)


def _differ(seen: list[Any]) -> str:
    first, last = seen[0], seen[-1]
    if isinstance(first[0], dict) and isinstance(last[0], dict):
        names = sorted(name for name in {*first[0], *last[0]} if first[0].get(name) != last[0].get(name))
        return ", ".join(names) or "the headers"
    return f"{str(last)[:80]} after {str(first)[:80]}"


@scenario(
    "The export of a job is the same alone and in a batch.",
    "DGC-104",
    "DGC-010",
    subject=EXPORT_OF_JOBS,
)
def same_job_in_batch(run: ScenarioRun) -> None:
    """Export jobs alone and together; the job definitions and scripts must be equal."""
    single = run.other(EXPORT_OF_A_JOB)
    if single is None:
        return
    alone = {job: members_of(single.send(**single.naming(job))) for job in run.data.jobs[:_MOST]}
    response = run.send(**run.naming(*alone))
    if not response.succeeded:
        return
    together = members_of(response)
    for job, contents in alone.items():
        for (kind, name, _), content in contents.items():
            found = [
                text
                for (other, called, of), text in together.items()
                if (other, called) == (kind, name) and of in (job, None)
            ]
            expect(found, f"the export of {job} has the {kind} {name}, but the batch export has not", "DGC-104")
            expect(content in found, f"the {kind} {name} of {job} differs between export and batch export", "DGC-104")
    wanted = {(kind, name) for contents in alone.values() for kind, name, _ in contents}
    more = {(kind, name) for kind, name, _ in together} - wanted
    expect(not more, f"the batch export has {sorted(more)}, which no export of a single job has", "DGC-104")


@scenario(
    "The workspace header decides which workspace's jobs are exported.",
    "DGC-006",
    "DGC-107",
    subject=EXPORTS_OF_JOBS,
)
def workspaces(run: ScenarioRun) -> None:
    """Export the jobs of each known workspace; jobs of the same name in two workspaces must differ."""
    for workspace, jobs in run.data.workspace_jobs.items():
        for job in jobs[:_MOST]:
            response = run.send(**run.naming(job), workspace=workspace)
            expect(
                response.succeeded,
                f"workspace {workspace} has the job {job}, but the response is {response.status}",
            )
            if run.data.complete and job in run.data.jobs:
                default = run.send(**run.naming(job))
                expect(
                    outcome(default) != outcome(response),
                    f"workspace {workspace} and the default workspace each have a job {job}, but the exports are equal",
                )


@scenario(
    "exportStatus decides which version of a job is exported.",
    "DGC-004",
    subject=EXPORT_OF_A_JOB,
    requests=6,
)
def submitted_version(run: ScenarioRun) -> None:
    """Export the submitted version of a job and the version under development; they must differ."""
    if "exportStatus" not in run.schema.get("properties", {}):
        return
    for job in run.data.submitted:
        bodies: tuple[dict[str, str], ...] = ({}, {"exportStatus": "DEVELOP"}, {"exportStatus": "SUBMIT"})
        plain, developed, submitted = (outcome(run.send(body, **run.naming(job))) for body in bodies)
        expect(
            plain == developed,
            "exportStatus DEVELOP is the default, but the response differs from that without exportStatus",
        )
        expect(
            submitted != developed,
            f"the submitted version of {job} differs, but exportStatus SUBMIT exports the version under development",
        )


@scenario(
    "exportDepend does not change the jobs in the zip.",
    "DGC-002",
    "DGC-102",
    subject=EXPORTS_OF_JOBS,
    requests=12,
)
def dependencies(run: ScenarioRun) -> None:
    """Export jobs with and without dependencies; the job definitions must be equal."""
    if "exportDepend" not in run.schema.get("properties", {}):
        return
    for job in run.data.jobs[:_MOST]:
        full, bare = (members_of(run.send(**run.naming(job, exportDepend=value))) for value in (True, False))
        jobs = {key: content for key, content in full.items() if key[0] == "job"}
        expect(bare == jobs, f"{job} differs: {sorted(bare)} without dependencies, {sorted(jobs)} with dependencies")
