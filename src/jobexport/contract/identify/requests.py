"""Findings of requests: which fields a server acts on, which headers it wants or takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jobexport.contract.identify.description import JSON, lend
from jobexport.contract.identify.finding import Evidence, Finding, evidence
from jobexport.contract.identify.responses import SUCCESSES
from jobexport.contract.identify.tree import members_by_kind
from jobexport.spec.change import Change
from jobexport.spec.document import referred
from jobexport.spec.load import tree

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jobexport.contract.identify.finding import View
    from jobexport.contract.identify.probe import Answer
    from jobexport.spec.document import Location

_BODY = ("requestBody", "content", JSON)
_PROPERTIES = (*_BODY, "schema", "properties")

# Whether the server acts on a field, and what shows it; or why that is not known.
Honoured = tuple[bool, Evidence] | str


def request_findings(view: View) -> Iterator[Finding]:
    """Find what a server does with `exportDepend`, `obsPath`, `exportStatus`, `workspace` and a charset."""
    yield from _job_body(view)
    yield from _batch_depend(view)
    yield from _workspace(view)
    yield from _charset(view)
    yield from _job_name(view)


def _job_body(view: View) -> Iterator[Finding]:
    operation = "exportJob"
    found: dict[str, Honoured] = {
        "exportDepend": _depend(view, "job", "job-alone"),
        "obsPath": _obs_path(view),
        "exportStatus": _status(view),
    }
    acted_on = {name: honoured[0] for name, honoured in found.items() if not isinstance(honoured, str)}
    changes = _body_changes(view, acted_on)
    for name, honoured in found.items():
        places = view.where(operation, *_PROPERTIES, name)
        if name == "obsPath":
            places += view.where(operation, "responses", "200", "content", JSON)
        if isinstance(honoured, str):
            yield Finding(f"{name} of exportJob", operation, places, agrees=None, reason=honoured)
            continue
        acts, seen = honoured
        agrees = acts == (view.own.place(operation, *_PROPERTIES, name) is not None)
        # One body, so one set of changes; the first finding that needs them has them all.
        mine, changes = ((), changes) if agrees else (changes, ())
        yield Finding(f"{name} of exportJob", operation, places, agrees=agrees, evidence=seen, changes=mine)


def _others(answer: Answer, jobs: tuple[str, ...]) -> list[str]:
    """Give the scripts and resources in a zip that these jobs use."""
    members = members_by_kind(answer.archive(), answer.jobs)
    return [member.path for member in members if member.kind != "job" and member.job in jobs]


def _depend(view: View, with_all: str, alone: str) -> Honoured:
    first, second = view.answer(with_all), view.answer(alone)
    if first is None or second is None:
        return view.answers.unanswered.get(with_all) or view.answers.unanswered.get(alone, "")
    if not _others(first, second.jobs):
        return "no job is known that uses a script or a resource"
    if not second.succeeded or second.archive().problem is not None:
        return f"{second.request} was answered {second.status}"
    left = _others(second, second.jobs)
    words = f"with exportDepend false the zip still has {left[0]}" if left else "exportDepend false leaves jobs only"
    return not left, evidence(second, words)


def _obs_path(view: View) -> Honoured:
    answer = view.answer("job-to-obs")
    if answer is None:
        return view.answers.unanswered.get("job-to-obs") or view.answers.unanswered.get("job", "")
    value = answer.json()
    if answer.succeeded and isinstance(value, dict) and "error_code" not in value:
        return True, evidence(
            answer, "the answer is JSON that names the folder", "/obsPath" if "obsPath" in value else ""
        )
    if answer.succeeded and answer.archive().problem is None:
        return False, evidence(answer, "the answer is the zip all the same")
    refused = {
        description.at(error[1])["value"]["error_code"]
        for description in view.known
        if (error := description.error("exportJob", "obs-path-invalid"))
    }
    if answer.error_code() in refused:
        return True, evidence(answer, f"the path is refused: {answer.error_code()}", "/error_code")
    return f"{answer.request} was answered {answer.status} {answer.error_code() or answer.media_type}"


def _status(view: View) -> Honoured:
    answer = view.answer("job-status")
    if answer is None:
        return view.answers.unanswered.get("job-status") or view.answers.unanswered.get("job", "")
    if answer.succeeded and answer.archive().problem is None:
        return False, evidence(answer, "an exportStatus that does not exist changes nothing")
    if answer.status == 400 and answer.error_code():
        return True, evidence(answer, f"an exportStatus that does not exist is refused: {answer.error_code()}")
    return f"{answer.request} was answered {answer.status} {answer.error_code() or answer.media_type}"


def _body_changes(view: View, acted_on: Mapping[str, bool]) -> tuple[Change, ...]:
    """Give the changes that make the document's body of exportJob have the fields that the server acts on."""
    operation = "exportJob"
    documented = list(view.own.get(operation, *_PROPERTIES))
    lent = view.where(operation, "requestBody")[0]
    body = view.own.at(lent) if documented else lend(view.known, lent)
    schema = referred(body["content"][JSON]["schema"])
    everything = lend(view.known, schema)["properties"]
    wanted = [name for name in everything if acted_on.get(name, name in documented)]
    changes: list[Change] = []
    if sorted(wanted) == sorted(documented):
        return ()
    if not wanted:
        changes.append(Change("exportJob looks at no body.", lent, remove=True))
        changes.append(Change("Nothing else uses that body.", schema, remove=True))
    elif not documented:
        changes.append(Change("exportJob looks at a body.", lent, body))
        changes.append(Change("The body is the one of other editions.", schema, lend(view.known, schema)))
        documented = list(everything)
    if wanted:
        for name in wanted:
            if name not in documented:
                described = everything[name]
                changes.append(Change(f"exportJob acts on {name}.", (*schema, "properties", name), described))
        dropped = [name for name in documented if name not in wanted]
        for name in dropped:
            location = (*schema, "properties", name)
            changes.append(Change(f"exportJob does not act on {name}.", location, remove=True))
        changes += _without_in_examples(lent, body, dropped)
    had = view.own.place(operation, *_PROPERTIES, "obsPath") is not None
    if had != ("obsPath" in wanted):
        changes += _obs_path_changes(view, add=not had)
    return tuple(changes)


def _without_in_examples(body: Location, fields: Mapping[str, object], dropped: list[str]) -> Iterator[Change]:
    """Give the changes that take fields out of a body's examples, and examples away that have nothing else."""
    content = tree(fields)["content"][JSON]
    for name, example in content.get("examples", {}).items():
        location = (*body, "content", JSON, "examples", name)
        if example["value"].keys() <= set(dropped):
            yield Change("The example that uses it goes with it.", location, remove=True)
            continue
        for field in dropped:
            if field in example["value"]:
                yield Change(f"The example has no {field}.", (*location, "value", field), remove=True)


def _obs_path_changes(view: View, *, add: bool) -> Iterator[Change]:
    """Give the changes to what goes with `obsPath`: the JSON answer, its schema, and the error for a bad path."""
    media = view.where("exportJob", "responses", "200", "content", JSON)[0]
    schema = referred(lend(view.known, media)["schema"])
    error = next(found[1] for known in view.known if (found := known.error("exportJob", "obs-path-invalid")))
    for location, put, taken in (
        (media, "With obsPath the answer is JSON.", "Without obsPath the answer is never JSON."),
        (schema, "The JSON answer names the folder.", "Nothing else uses the JSON answer."),
        (error, "A path that is none is refused.", "Without obsPath no OBS path can be wrong."),
    ):
        if add:
            yield Change(put, location, lend(view.known, location))
        else:
            yield Change(taken, location, remove=True)


def _batch_depend(view: View) -> Iterator[Finding]:
    operation, fact = "batchExportJobs", "exportDepend of batchExportJobs"
    places = view.where(operation, *_PROPERTIES, "exportDepend")
    honoured = _depend(view, "batch", "batch-alone")
    if isinstance(honoured, str):
        yield Finding(fact, operation, places, agrees=None, reason=honoured)
        return
    acts, seen = honoured
    own = view.own.place(operation, *_PROPERTIES, "exportDepend")
    if acts == (own is not None):
        yield Finding(fact, operation, places, agrees=True, evidence=seen)
    elif own is None:
        change = Change("batchExportJobs acts on exportDepend.", places[0], lend(view.known, places[0]))
        yield Finding(fact, operation, places, agrees=False, evidence=seen, changes=(change,))
    else:
        changes = [Change("batchExportJobs does not act on exportDepend.", own, remove=True)]
        body = view.where(operation, "requestBody")[0]
        changes += _without_in_examples(body, view.own.at(body), ["exportDepend"])
        yield Finding(fact, operation, places, agrees=False, evidence=seen, changes=tuple(changes))


def _workspace(view: View) -> Iterator[Finding]:
    for purpose, operation in SUCCESSES[:2]:
        fact = f"workspace of {operation}"
        place = view.own.parameter(operation, "workspace")
        answer, refused = view.answer(purpose), view.answer(f"{purpose}-without-workspace")
        if place is None:
            continue
        if answer is None or not answer.succeeded:
            yield view.unseen(fact, operation, (place,), purpose)
            continue
        parameter = view.own.at(place)
        required = bool(parameter.get("required"))
        if refused is None:
            change = Change("No workspace need be named.", (*place, "required"), value=False)
            seen = evidence(answer, "no workspace was named")
            changes = (change,) if required else ()
            yield Finding(fact, operation, (place,), agrees=not required, evidence=seen, changes=changes)
        else:
            change = Change("A workspace must be named.", (*place, "required"), value=True)
            seen = evidence(refused, f"without a workspace {refused.status} {refused.error_code() or ''}".strip())
            # A page that says when it is mandatory allows for this server, but says less than is true of it.
            agrees = required or "x-required-when" in parameter
            changes = () if required else (change,)
            yield Finding(fact, operation, (place,), agrees=agrees, evidence=seen, changes=changes)


def _charset(view: View) -> Iterator[Finding]:
    operation, fact = "batchExportJobs", "media type of a request"
    answer = view.answer("batch-alone")
    places = view.where(operation, "requestBody")
    if answer is None:
        yield view.unseen(fact, operation, places, "batch-alone", "batch")
    elif answer.status == 415:
        words = "a charset in the Content-Type of a request is refused"
        yield Finding(fact, operation, places, agrees=False, evidence=evidence(answer, words), unsaid=words)
    elif answer.succeeded:
        seen = evidence(answer, "application/json;charset=utf-8 is taken")
        yield Finding(fact, operation, places, agrees=True, evidence=seen)


def _job_name(view: View) -> Iterator[Finding]:
    operation, fact = "exportJob", "names of jobs"
    answer = view.answer("job-missing")
    parameter = view.own.parameter(operation, "job_name")
    if parameter is None:
        return
    places = (view.own.behind((*parameter, "schema")),)
    if answer is None:
        yield view.unseen(fact, operation, places, "job-missing", "job")
        return
    invalid = view.own.error(operation, "job-name-invalid")
    if invalid is not None and answer.error_code() is not None:
        agrees = answer.error_code() != view.own.at(invalid[1])["value"]["error_code"]
        words = "a name of letters, `_`, `.` and `-` is " + ("taken for one" if agrees else "called invalid")
        unsaid = None if agrees else words
        yield Finding(fact, operation, places, agrees=agrees, evidence=evidence(answer, words), unsaid=unsaid)
