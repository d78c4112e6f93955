"""Findings of zips: the tree, and the name of the file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jobexport.contract.identify.finding import Finding, evidence
from jobexport.contract.identify.tree import infer_layout, members_by_kind, misfits
from jobexport.spec.change import Change

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jobexport.contract.identify.finding import View
    from jobexport.contract.identify.probe import Answer
    from jobexport.spec.document import Location


def zip_findings(view: View) -> Iterator[Finding]:
    """Find tree and file name of the zips of both operations that have them."""
    for purpose, operation in (("batch", "batchExportJobs"), ("job", "exportJob")):
        media = view.own.zip_media(operation)
        answer = view.answer(purpose)
        place = view.own.place(operation, "responses", "200", "content", str(media))
        if place is None or "x-zip-file-name" not in view.own.at(place):
            continue
        layout, name = (*place, "x-zip-layout"), (*place, "x-zip-file-name")
        if answer is None or not answer.succeeded or answer.archive().problem is not None:
            yield view.unseen(f"tree in the zip of {operation}", operation, (layout,), purpose)
            yield view.unseen(f"name of the zip of {operation}", operation, (name,), purpose)
            continue
        yield _layout(view, answer, layout)
        yield _file_name(view, answer, name)


def _layout(view: View, answer: Answer, place: Location) -> Finding:
    operation, fact = answer.operation, f"tree in the zip of {answer.operation}"
    layout = view.own.at(place)
    members = members_by_kind(answer.archive(), answer.jobs)
    wrong = misfits(layout, members)
    absent = [job for job in answer.jobs if job not in {member.name for member in members if member.kind == "job"}]
    if absent:
        words = f"the zip of {operation} has no {', '.join(absent)}, which was asked for"
        return Finding(fact, operation, (place,), agrees=False, evidence=evidence(answer, words), unsaid=words)
    if not wrong:
        paths = ", ".join(member.path for member in members[:3])
        return Finding(fact, operation, (place,), agrees=True, evidence=evidence(answer, f"the zip has {paths}"))
    seen = evidence(answer, f"the zip has {', '.join(wrong[:3])}")
    inferred = {**layout, **(infer_layout(members) or {})}
    if misfits(inferred, members):
        words = f"no template fits the members of the zip of {operation}, such as {wrong[0]}"
        return Finding(fact, operation, (place,), agrees=False, evidence=seen, unsaid=words)
    changes = [
        Change(f"A {kind} lies at {template} in the zip.", (*place, kind), template)
        for kind, template in inferred.items()
        if layout.get(kind) != template
    ]
    example = (*place[:-1], "x-zip-example")
    changes.append(Change("The documentation's tree does not hold.", example, remove=True))
    return Finding(fact, operation, (place,), agrees=False, evidence=seen, changes=tuple(changes))


def _file_name(view: View, answer: Answer, place: Location) -> Finding:
    operation, fact = answer.operation, f"name of the zip of {answer.operation}"
    job = answer.jobs[0] if operation == "exportJob" else ""
    template = view.own.at(place)
    if answer.file_name is None:
        reason = f"{answer.request} was answered without a file name"
        return Finding(fact, operation, (place,), agrees=None, reason=reason)
    seen = evidence(answer, f"Content-Disposition names {answer.file_name}")
    if template.replace("{job_name}", job) == answer.file_name:
        return Finding(fact, operation, (place,), agrees=True, evidence=seen)
    found = answer.file_name.replace(job, "{job_name}", 1) if job else answer.file_name
    if "{" in found.replace("{job_name}", "", 1):
        words = f"the zip of {operation} is called {answer.file_name}, which a template can't say"
        return Finding(fact, operation, (place,), agrees=False, evidence=seen, unsaid=words)
    changes = [Change(f"The zip is called {found}.", place, found)]
    response = view.own.place(operation, "responses", "200", "description")
    if response is not None:
        changes.append(Change("The answer's description says so.", response, f"The zip, named `{found}`."))
    return Finding(fact, operation, (place,), agrees=False, evidence=seen, changes=tuple(changes))
