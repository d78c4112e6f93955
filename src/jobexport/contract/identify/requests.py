"""Observations of requests: the fields that a server acts on, and the headers that it needs or accepts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jobexport.contract.identify.description import JSON
from jobexport.contract.identify.finding import Evidence, Observed, evidence, state
from jobexport.contract.identify.responses import SUCCESSES
from jobexport.contract.identify.tree import members_by_kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jobexport.contract.identify.finding import View
    from jobexport.contract.identify.probe import ProbeResponse
    from jobexport.spec.register import Statement

_PROPERTIES = ("requestBody", "content", JSON, "schema", "properties")

# True if the server acts on a field, with the evidence; or the reason why that is not known.
Honoured = tuple[bool, Evidence] | str


def request_observations(view: View) -> Iterator[Observed]:
    """Yield the observations of the fields of bodies, of `workspace`, of a charset, and of names of jobs."""
    yield _field(view, "exportJob", "exportDepend", _depend(view, "job", "job-alone"))
    yield _field(view, "exportJob", "obsPath", _obs_path(view))
    yield _field(view, "exportJob", "exportStatus", _status(view))
    yield _field(view, "batchExportJobs", "exportDepend", _depend(view, "batch", "batch-alone"))
    yield from _workspace(view)
    yield from _charset(view)
    yield from _job_name(view)


def _field(view: View, operation: str, name: str, honoured: Honoured) -> Observed:
    """Return the observation of a field of a request: the server acts on it, or does not."""
    fact, places = f"{name} of {operation}", view.where(operation, *_PROPERTIES, name)
    if name == "obsPath":
        places += view.where(operation, "responses", "200", "content", JSON)
    if isinstance(honoured, str):
        return Observed(fact, operation, places, reason=honoured)
    acts, seen = honoured
    states = [state("parameter", places[0], name if acts else None)]
    if name == "obsPath":
        states += _with_obs_path(view, acts=acts)
    return Observed(fact, operation, places, tuple(states), seen)


def _with_obs_path(view: View, *, acts: bool) -> Iterator[Statement]:
    """Yield what goes with `obsPath`: the JSON response, and the error for an invalid path."""
    for media in view.where("exportJob", "responses", "200", "content", JSON):
        yield state("media-type", media, JSON if acts else None)
    error = view.error("exportJob", "obs-path-invalid")
    if error is not None:
        status, place = error
        code = view.union.at(place)["value"]["error_code"]
        yield state("error-status", place, f"{status} {code}") if acts else state("error-code", place)


def _others(response: ProbeResponse, jobs: tuple[str, ...]) -> list[str]:
    """Return the scripts and resources in a zip that these jobs use."""
    members = members_by_kind(response.archive(), response.jobs)
    return [member.path for member in members if member.kind != "job" and member.job in jobs]


def _depend(view: View, with_all: str, alone: str) -> Honoured:
    first, second = view.response(with_all), view.response(alone)
    if first is None or second is None:
        return view.responses.not_observed.get(with_all) or view.responses.not_observed.get(alone, "")
    if not _others(first, second.jobs):
        return "no job is known that uses a script or a resource"
    if not second.succeeded or second.archive().problem is not None:
        return f"{second.request} got {second.status}"
    left = _others(second, second.jobs)
    words = f"with exportDepend false the zip still has {left[0]}" if left else "exportDepend false leaves jobs only"
    return not left, evidence(second, words)


def _obs_path(view: View) -> Honoured:
    response = view.response("job-to-obs")
    if response is None:
        return view.responses.not_observed.get("job-to-obs") or view.responses.not_observed.get("job", "")
    value = response.json()
    if response.succeeded and isinstance(value, dict) and "error_code" not in value:
        return True, evidence(
            response, "the response is JSON that names the folder", "/obsPath" if "obsPath" in value else ""
        )
    if response.succeeded and response.archive().problem is None:
        return False, evidence(response, "the response is a zip in spite of obsPath")
    refused = {
        description.at(error[1])["value"]["error_code"]
        for description in (view.own, view.union)
        if (error := description.error("exportJob", "obs-path-invalid"))
    }
    if response.error_code() in refused:
        return True, evidence(response, f"the path is refused: {response.error_code()}", "/error_code")
    return f"{response.request} got {response.status} {response.error_code() or response.media_type}"


def _status(view: View) -> Honoured:
    response = view.response("job-status")
    if response is None:
        return view.responses.not_observed.get("job-status") or view.responses.not_observed.get("job", "")
    if response.succeeded and response.archive().problem is None:
        return False, evidence(response, "an exportStatus that does not exist changes nothing")
    if 400 <= response.status < 500 and response.error_code():
        return True, evidence(response, f"an exportStatus that does not exist is refused: {response.error_code()}")
    return f"{response.request} got {response.status} {response.error_code() or response.media_type}"


def _workspace(view: View) -> Iterator[Observed]:
    for purpose, operation in SUCCESSES[:2]:
        fact = f"workspace of {operation}"
        place = view.own.parameter(operation, "workspace")
        response, refused = view.response(purpose), view.response(f"{purpose}-without-workspace")
        if place is None:
            continue
        if response is None or not response.succeeded:
            yield view.unseen(fact, operation, (place,), purpose)
        elif refused is None:
            seen = evidence(response, "a request without a workspace succeeds")
            yield Observed(fact, operation, (place,), (state("mandatory", place, "no"),), seen)
        else:
            words = f"a request without a workspace gets {refused.status} {refused.error_code() or ''}".strip()
            seen = evidence(refused, words)
            yield Observed(fact, operation, (place,), (state("mandatory", place, "yes"),), seen)


def _charset(view: View) -> Iterator[Observed]:
    operation, fact = "batchExportJobs", "media type of a request"
    response = view.response("batch-alone")
    places = view.where(operation, "requestBody")
    if response is None:
        yield view.unseen(fact, operation, places, "batch-alone", "batch")
    elif response.status == 415:
        words = "a charset in the Content-Type of a request is refused"
        yield Observed(fact, operation, places, evidence=evidence(response, words), unsaid=words)
    elif response.succeeded:
        seen = evidence(response, "application/json;charset=utf-8 is accepted")
        yield Observed(fact, operation, places, evidence=seen)


def _job_name(view: View) -> Iterator[Observed]:
    operation, fact = "exportJob", "names of jobs"
    response = view.response("job-missing")
    parameter = view.own.parameter(operation, "job_name")
    if parameter is None:
        return
    places = (view.own.behind((*parameter, "schema")),)
    if response is None:
        yield view.unseen(fact, operation, places, "job-missing", "job")
        return
    invalid = view.own.error(operation, "job-name-invalid")
    if invalid is not None and response.error_code() is not None:
        agrees = response.error_code() != view.own.at(invalid[1])["value"]["error_code"]
        words = "a name of letters, `_`, `.` and `-` is called " + ("unknown" if agrees else "invalid")
        unsaid = None if agrees else words
        yield Observed(fact, operation, places, evidence=evidence(response, words), unsaid=unsaid)
