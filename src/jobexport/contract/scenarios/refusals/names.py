"""Scenarios of unknown callers, projects, workspaces and jobs; each must be refused with the documented error."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jobexport.contract.checks.responses import refusal
from jobexport.contract.scenarios.scenario import expect, scenario
from jobexport.contract.sender import FORGED, NOBODY
from jobexport.contract.verbs import EXPORTS, EXPORTS_OF_JOBS, Subject

if TYPE_CHECKING:
    from jobexport.contract.scenarios.run import ScenarioRun

_UNKNOWN_PROJECT = "0123456789abcdef0123456789abcdef"
_UNKNOWN_JOB = "no-such-job.here_"
_UNKNOWN_FLINK_JOB = -(2**63)


@scenario(
    "A request without a token, with a wrong token or with a wrong signature gets 401 or 403.",
    "COM-003",
    "COM-004",
    requests=15,
    about="caller",
)
def authentication(run: ScenarioRun) -> None:
    """Send valid requests with wrong credentials of every kind."""
    if run.sender.signs and (run.tools.restore is not None or not run.changes):
        # The forged signatures below are of the same moment: one for another body is a replay of this one.
        run.send(credentials="signed")
    for kind in (*NOBODY, *(FORGED if run.sender.signs else ())):
        response = run.send(credentials=kind)
        expect(response.status in (401, 403), f"a request with credentials of the kind {kind!r} gets {response.status}")


@scenario(
    "Credentials for a project are refused in every other project.",
    "DLI-016",
    "COM-010",
    requests=3,
    about="project",
)
def another_project(run: ScenarioRun) -> None:
    """Send requests for projects that the credentials are not for."""
    for project in (_UNKNOWN_PROJECT, run.data.project.swapcase(), run.data.project[:-1]):
        if project in (run.data.project, ""):
            continue
        response = run.send(project=project, valid=False)
        expect(400 <= response.status < 500, f"a request for another project gets {response.status}")
        status, code = refusal(response, "no-permission")
        if response.status == status:
            text = f"documented for another project is {code}, not {response.error_code()}"
            expect(response.error_code() == code, text, pointer="/error_code")


@scenario(
    "An unknown job is refused with the documented status and code, alone and beside a known job.",
    "DGC-014",
    "COM-002",
    "DGC-108",
    subject=EXPORTS,
    requests=1,
    about="unknown name",
)
def unknown_job(run: ScenarioRun) -> None:
    """Request an unknown job, alone or beside a known job."""
    place = run.objects
    if place is None:
        return
    unknown = _UNKNOWN_FLINK_JOB if place.kind.type == "integer" else _UNKNOWN_JOB
    # A zip without the unknown job would be wrong too.
    response = run.send(**run.naming(*(run.known[:1] if place.many else ()), unknown))
    status, code = refusal(response, "job-not-found")
    got = response.status, response.error_code()
    text = f"documented for an unknown job is {status} {code}, not {got[0]} {got[1] or ''}".rstrip()
    expect(got == (status, code), text, pointer="" if response.succeeded else "/error_code")


@scenario(
    "A job is found by its exact name only.",
    "COM-006",
    subject=EXPORTS_OF_JOBS,
    requests=4,
    about="unknown name",
)
def near_names(run: ScenarioRun) -> None:
    """Request jobs whose names are almost the name of a known job."""
    name = run.data.jobs[0]
    # A server in use may have such a job.
    for near in () if not run.data.complete else (name.swapcase(), f"{name}_", name[:-1], f"{name}.job"):
        if near in run.data.jobs or not near:
            continue
        response = run.send(**run.naming(near))
        _, code = refusal(response, "job-not-found")
        text = f"the server has no job {near!r}, but the response is {response.status} {response.error_code()}"
        expect(response.error_code() == code, text)


@scenario(
    "An unknown workspace is refused.",
    "DGC-006",
    "DGC-107",
    "DGC-207",
    "DGC-306",
    "DGC-415",
    "DGC-502",
    "DGC-603",
    "DGC-707",
    "DGC-810",
    "DGC-906",
    subject=Subject(takes=("workspaces",)),
    requests=1,
    about="workspace",
)
def unknown_workspace(run: ScenarioRun) -> None:
    """Send a request with an unknown workspace."""
    response = run.send(workspace="no-such-workspace")
    status, code = refusal(response, "no-permission")
    expect(400 <= response.status < 500, f"a request with an unknown workspace gets {response.status}")
    if response.status == status:
        text = f"documented for an unknown workspace is {code}, not {response.error_code()}"
        expect(response.error_code() == code, text, pointer="/error_code")


@scenario(
    "A job is found in its own workspace only.",
    "DGC-006",
    "DGC-107",
    subject=EXPORTS_OF_JOBS,
    requests=4,
)
def job_elsewhere(run: ScenarioRun) -> None:
    """Request a job of another workspace from the default workspace, and the other way round."""
    for workspace, jobs in run.data.workspace_jobs.items() if run.data.complete else ():
        pairs = [(None, set(jobs) - set(run.data.jobs)), (workspace, set(run.data.jobs) - set(jobs))]
        for asked, names in pairs:
            for name in sorted(names)[:1]:
                response = run.send(**run.naming(name), workspace=asked)
                place = "the default workspace" if asked is None else "the other workspace"
                status, _ = refusal(response, "job-not-found")
                expect(response.status == status, f"{place} has no job {name!r}, but the response is {response.status}")
