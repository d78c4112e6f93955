"""Observations of zips: the tree in the zip, and the name of its file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jobexport.contract.identify.finding import Observed, evidence, state
from jobexport.contract.identify.tree import infer_layout, members_by_kind, misfits

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jobexport.contract.identify.finding import View
    from jobexport.contract.identify.probe import ProbeResponse
    from jobexport.spec.document import Location


def zip_observations(view: View) -> Iterator[Observed]:
    """Yield the observations of tree and file name for both operations with zips."""
    for purpose, operation in (("batch", "batchExportJobs"), ("job", "exportJob")):
        media = view.own.zip_media(operation)
        response = view.response(purpose)
        place = view.own.place(operation, "responses", "200", "content", str(media))
        if place is None or "x-zip-file-name" not in view.own.at(place):
            continue
        layout, name = (*place, "x-zip-layout"), (*place, "x-zip-file-name")
        if response is None or not response.succeeded or response.archive().problem is not None:
            yield view.unseen(f"tree in the zip of {operation}", operation, (layout,), purpose)
            yield view.unseen(f"name of the zip of {operation}", operation, (name,), purpose)
            continue
        yield _layout(view, response, layout)
        yield _file_name(response, name)


def _layout(view: View, response: ProbeResponse, place: Location) -> Observed:
    operation, fact = response.operation, f"tree in the zip of {response.operation}"
    layout = view.own.at(place)
    members = members_by_kind(response.archive(), response.jobs)
    wrong = misfits(layout, members)
    absent = [job for job in response.jobs if job not in {member.name for member in members if member.kind == "job"}]
    seen = evidence(response, f"the zip has {', '.join(wrong or [member.path for member in members][:3])}")
    inferred = {**layout, **((infer_layout(members) or {}) if wrong else {})}
    words = None
    if absent:
        words = f"the zip of {operation} lacks the requested {', '.join(absent)}"
        seen = evidence(response, words)
    elif misfits(inferred, members):
        words = f"no template fits the members of the zip of {operation}, such as {wrong[0]}"
    return Observed(
        fact, operation, (place,), () if words else (state("tree", place, list(inferred.values())),), seen, unsaid=words
    )


def _file_name(response: ProbeResponse, place: Location) -> Observed:
    operation, fact = response.operation, f"name of the zip of {response.operation}"
    job = response.jobs[0] if operation == "exportJob" else ""
    if response.file_name is None:
        reason = f"the response to {response.request} has no file name"
        return Observed(fact, operation, (place,), reason=reason)
    seen = evidence(response, f"Content-Disposition names {response.file_name}")
    found = response.file_name.replace(job, "{job_name}", 1) if job else response.file_name
    if "{" in found.replace("{job_name}", "", 1):
        words = f"the name of the zip of {operation} is {response.file_name}, which a template can't express"
        return Observed(fact, operation, (place,), evidence=seen, unsaid=words)
    return Observed(fact, operation, (place,), (state("file-name", place, found),), seen)
