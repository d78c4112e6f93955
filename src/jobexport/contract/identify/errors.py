"""Findings of errors: status and code of a refused request, and the form of the error body."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from jobexport.contract.identify.description import JSON, anywhere
from jobexport.contract.identify.finding import Identified, evidence
from jobexport.spec.load import tree
from jobexport.spec.statements.change import Change

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jobexport.contract.identify.finding import View
    from jobexport.contract.identify.probe import ProbeResponse
    from jobexport.spec.document import Location


@frozen
class _Refusal:
    """A request that must be refused, and the error examples that may fit, the best example first."""

    purpose: str
    operation: str
    names: tuple[str, ...]
    cause: str
    """The wrong part of the request in words."""
    rule: tuple[str, ...] = ()
    """Place of the rule that the request breaks, below the operation."""


_REFUSALS = (
    _Refusal("job-missing", "exportJob", ("job-not-found",), "a job that does not exist"),
    _Refusal("batch-missing", "batchExportJobs", ("job-not-found",), "a job that does not exist"),
    _Refusal(
        "batch-empty",
        "batchExportJobs",
        ("invalid-request",),
        "an empty list of jobs",
        ("requestBody", "content", JSON, "schema", "properties", "jobList"),
    ),
    _Refusal("flink-missing", "exportFlinkJobs", ("job-not-found",), "a Flink job that does not exist"),
    _Refusal("flink-path", "exportFlinkJobs", ("obs-path-invalid", "obs-object-missing"), "an invalid OBS path"),
)


def error_findings(view: View) -> Iterator[Identified]:
    """Yield the findings of each refusal's status and code, and of the form of the error body."""
    bodies: list[ProbeResponse] = []
    for refusal in _REFUSALS:
        response = view.response(refusal.purpose)
        fact = f"{refusal.operation}: error for {refusal.cause}"
        places = tuple(_places(view, refusal))
        if response is None:
            success = refusal.purpose.partition("-")[0]
            yield view.unseen(fact, refusal.operation, places, refusal.purpose, success)
        elif response.succeeded:
            words = f"{refusal.operation} accepts {refusal.cause} and responds with {response.status}"
            yield Identified(
                fact, refusal.operation, places, agrees=False, evidence=evidence(response, words), unsaid=words
            )
        elif response.error_code() is None:
            bodies.append(response)
        else:
            bodies.append(response)
            yield _judge(view, refusal, response, fact, places)
    yield from _bodies(view, bodies)


def _places(view: View, refusal: _Refusal) -> Iterator[Location]:
    if refusal.rule:
        yield from view.where(refusal.operation, *refusal.rule)
    for name in refusal.names:
        found = (known.error(refusal.operation, name) for known in (view.own, *view.known))
        yield from (error[1] for error in [next((error for error in found if error), None)] if error)


def _judge(
    view: View, refusal: _Refusal, response: ProbeResponse, fact: str, places: tuple[Location, ...]
) -> Identified:
    code = response.error_code()
    documented = [(name, error) for name in refusal.names if (error := view.own.error(refusal.operation, name))]
    said = [(status, view.own.at(location)["value"]["error_code"]) for _, (status, location) in documented]
    seen = evidence(response, f"{refusal.cause} gets {response.status} {code}", "/error_code")
    if said[:1] == [(response.status, code)]:
        return Identified(fact, refusal.operation, places, agrees=True, evidence=seen)
    description = f"{refusal.cause[0].upper()}{refusal.cause[1:]} gets {response.status} {code}."
    changes: list[Change] = []
    if (response.status, code) in said:
        # Another example has this code already, so the first example is wrong.
        location = documented[0][1][1]
        changes.append(Change(description, location, remove=True))
    else:
        name, old = documented[0] if documented else (refusal.names[0], None)
        lent = _lent(view, refusal, response.status, str(code))
        if lent is not None:
            changes.append(Change(description, *lent))
        elif old is not None and old[0] == response.status:
            changes.append(Change(description, (*old[1], "value", "error_code"), code))
        else:
            changes += _new(view, response, refusal, name, old[1] if old else None, description)
    return Identified(fact, refusal.operation, places, agrees=False, evidence=seen, changes=tuple(changes))


def _lent(view: View, refusal: _Refusal, status: int, code: str) -> tuple[Location, object] | None:
    """Return place and value of another edition's example with this status and code.

    None if no edition has such an example, or if this edition has an example of its name.
    """
    for known in view.known:
        error = known.error(refusal.operation, refusal.names[0])
        if error and not view.own.error(refusal.operation, refusal.names[0]):
            example = known.at(error[1])
            if (error[0], example["value"]["error_code"]) == (status, code):
                return error[1], example
    return None


def _new(
    view: View, response: ProbeResponse, refusal: _Refusal, name: str, old: Location | None, description: str
) -> Iterator[Change]:
    """Yield the changes that add an example with this name to the observed status."""
    operation = response.operation
    example = {
        "summary": f"{refusal.cause[0].upper()}{refusal.cause[1:]}",
        **(tree(view.own.at(old)) if old else {"value": {"error_code": "", "error_msg": "Observed in a response."}}),
    }
    example["value"]["error_code"] = response.error_code()
    if old is not None:
        yield Change(f"{description} No other status has this error.", old, remove=True)
    responses = view.own.place(operation, "responses")
    if responses is None:
        return
    location = (*responses, str(response.status))
    if str(response.status) not in view.own.at(responses):
        schema = view.own.at((*responses, "400", "content", JSON, "schema"))
        media = {"schema": tree(schema), "examples": {name: example}}
        yield Change(description, location, {"description": description, "content": {JSON: media}})
    elif view.own.behind(location) != location:
        # The response is shared with other operations, for which nothing was observed.
        copied = tree(view.own.at(view.own.behind(location))) | {"description": description}
        copied["content"][JSON]["examples"][name] = example
        yield Change(description, location, copied)
    else:
        yield Change(description, (*location, "content", JSON, "examples", name), example)


def _bodies(view: View, responses: list[ProbeResponse]) -> Iterator[Identified]:
    """Yield one finding of the form of error bodies: the first wrong response, else the first response."""
    schema = anywhere((view.own,), "exportJob", "responses", "400", "content", JSON, "schema")
    if schema is None:
        return
    place = view.own.behind(schema)
    described = view.own.at(place)
    for response in responses:
        value = response.json()
        bad = [
            name
            for name in described["required"]
            if not isinstance(value, dict) or not isinstance(value.get(name), str) or not value[name]
        ]
        extra = [name for name in value if name not in described["properties"]] if isinstance(value, dict) else []
        if bad:
            words = f"an error of {response.operation} has no {' and no '.join(bad)} that is a non-empty string"
            yield Identified(
                "error body",
                response.operation,
                (place,),
                agrees=False,
                evidence=evidence(response, f"{words}; Content-Type is {response.media_type or 'missing'}"),
                unsaid=words,
            )
            return
        if extra:
            changes = tuple(
                Change(
                    f"An error has the field {name} too.",
                    (*place, "properties", name),
                    {"description": "Observed in a response; no page has it."},
                )
                for name in extra
            )
            seen = evidence(response, f"{', '.join(extra)} in an error", f"/{extra[0]}")
            yield Identified("error body", response.operation, (place,), agrees=False, evidence=seen, changes=changes)
            return
    if responses:
        names = " and ".join(described["required"])
        yield Identified(
            "error body", responses[0].operation, (place,), agrees=True, evidence=evidence(responses[0], names)
        )
