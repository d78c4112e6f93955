"""Findings of requests: the fields that a server acts on, and the headers that it needs or accepts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jobexport.contract.identify.description import JSON, lend
from jobexport.contract.identify.finding import Evidence, Identified, evidence
from jobexport.contract.identify.responses import SUCCESSES
from jobexport.contract.identify.tree import members_by_kind
from jobexport.spec.document import referred
from jobexport.spec.load import tree
from jobexport.spec.statements.change import Change

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jobexport.contract.identify.finding import View
    from jobexport.contract.identify.probe import ProbeResponse
    from jobexport.spec.document import Location

_BODY = ("requestBody", "content", JSON)
_PROPERTIES = (*_BODY, "schema", "properties")

# True if the server acts on a field, with the evidence; or the reason why that is not known.
Honoured = tuple[bool, Evidence] | str


def request_findings(view: View) -> Iterator[Identified]:
    """Yield the findings of `exportDepend`, `obsPath`, `exportStatus`, `workspace`, a charset, and names of jobs."""
    yield from _job_body(view)
    yield from _batch_depend(view)
    yield from _workspace(view)
    yield from _charset(view)
    yield from _job_name(view)


def _job_body(view: View) -> Iterator[Identified]:
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
            yield Identified(f"{name} of exportJob", operation, places, agrees=None, reason=honoured)
            continue
        acts, seen = honoured
        agrees = acts == (view.own.place(operation, *_PROPERTIES, name) is not None)
        # The three fields have one body, so the first finding that disagrees gets all changes of the body.
        mine, changes = ((), changes) if agrees else (changes, ())
        yield Identified(f"{name} of exportJob", operation, places, agrees=agrees, evidence=seen, changes=mine)


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
        for description in view.known
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
    if response.status == 400 and response.error_code():
        return True, evidence(response, f"an exportStatus that does not exist is refused: {response.error_code()}")
    return f"{response.request} got {response.status} {response.error_code() or response.media_type}"


def _body_changes(view: View, acted_on: Mapping[str, bool]) -> tuple[Change, ...]:
    """Return the changes after which the body of exportJob has exactly the fields that the server acts on."""
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
        changes.append(Change("exportJob ignores its body.", lent, remove=True))
        changes.append(Change("No other operation uses this body.", schema, remove=True))
    elif not documented:
        changes.append(Change("exportJob acts on a body.", lent, body))
        changes.append(Change("The body is that of other editions.", schema, lend(view.known, schema)))
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
    """Yield the changes that remove fields from a body's examples, or a whole example without other fields."""
    content = tree(fields)["content"][JSON]
    for name, example in content.get("examples", {}).items():
        location = (*body, "content", JSON, "examples", name)
        if example["value"].keys() <= set(dropped):
            yield Change("The example has no other fields.", location, remove=True)
            continue
        for field in dropped:
            if field in example["value"]:
                yield Change(f"The example has no {field}.", (*location, "value", field), remove=True)


def _obs_path_changes(view: View, *, add: bool) -> Iterator[Change]:
    """Yield the changes that follow from `obsPath`: JSON response, its schema, and the error for an invalid path."""
    media = view.where("exportJob", "responses", "200", "content", JSON)[0]
    schema = referred(lend(view.known, media)["schema"])
    error = next(found[1] for known in view.known if (found := known.error("exportJob", "obs-path-invalid")))
    for location, put, taken in (
        (media, "With obsPath the response is JSON.", "Without obsPath the response is never JSON."),
        (schema, "The JSON response names the folder.", "No other operation uses the JSON response."),
        (error, "An invalid OBS path is refused.", "Without obsPath no OBS path can be invalid."),
    ):
        if add:
            yield Change(put, location, lend(view.known, location))
        else:
            yield Change(taken, location, remove=True)


def _batch_depend(view: View) -> Iterator[Identified]:
    operation, fact = "batchExportJobs", "exportDepend of batchExportJobs"
    places = view.where(operation, *_PROPERTIES, "exportDepend")
    honoured = _depend(view, "batch", "batch-alone")
    if isinstance(honoured, str):
        yield Identified(fact, operation, places, agrees=None, reason=honoured)
        return
    acts, seen = honoured
    own = view.own.place(operation, *_PROPERTIES, "exportDepend")
    if acts == (own is not None):
        yield Identified(fact, operation, places, agrees=True, evidence=seen)
    elif own is None:
        change = Change("batchExportJobs acts on exportDepend.", places[0], lend(view.known, places[0]))
        yield Identified(fact, operation, places, agrees=False, evidence=seen, changes=(change,))
    else:
        changes = [Change("batchExportJobs does not act on exportDepend.", own, remove=True)]
        body = view.where(operation, "requestBody")[0]
        changes += _without_in_examples(body, view.own.at(body), ["exportDepend"])
        yield Identified(fact, operation, places, agrees=False, evidence=seen, changes=tuple(changes))


def _workspace(view: View) -> Iterator[Identified]:
    for purpose, operation in SUCCESSES[:2]:
        fact = f"workspace of {operation}"
        place = view.own.parameter(operation, "workspace")
        response, refused = view.response(purpose), view.response(f"{purpose}-without-workspace")
        if place is None:
            continue
        if response is None or not response.succeeded:
            yield view.unseen(fact, operation, (place,), purpose)
            continue
        parameter = view.own.at(place)
        required = bool(parameter.get("required"))
        if refused is None:
            change = Change("A request needs no workspace.", (*place, "required"), value=False)
            seen = evidence(response, "a request without a workspace succeeds")
            changes = (change,) if required else ()
            yield Identified(fact, operation, (place,), agrees=not required, evidence=seen, changes=changes)
        else:
            change = Change("A request must name a workspace.", (*place, "required"), value=True)
            words = f"a request without a workspace gets {refused.status} {refused.error_code() or ''}".strip()
            seen = evidence(refused, words)
            # A page with a condition for the header agrees, but for this server the header is always required.
            agrees = required or "x-required-when" in parameter
            changes = () if required else (change,)
            yield Identified(fact, operation, (place,), agrees=agrees, evidence=seen, changes=changes)


def _charset(view: View) -> Iterator[Identified]:
    operation, fact = "batchExportJobs", "media type of a request"
    response = view.response("batch-alone")
    places = view.where(operation, "requestBody")
    if response is None:
        yield view.unseen(fact, operation, places, "batch-alone", "batch")
    elif response.status == 415:
        words = "a charset in the Content-Type of a request is refused"
        yield Identified(fact, operation, places, agrees=False, evidence=evidence(response, words), unsaid=words)
    elif response.succeeded:
        seen = evidence(response, "application/json;charset=utf-8 is accepted")
        yield Identified(fact, operation, places, agrees=True, evidence=seen)


def _job_name(view: View) -> Iterator[Identified]:
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
        yield Identified(fact, operation, places, agrees=agrees, evidence=evidence(response, words), unsaid=unsaid)
