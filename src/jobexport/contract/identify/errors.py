"""Observations of errors: status and code of a refused request, and the form of the error body."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from jobexport.contract.identify.description import JSON
from jobexport.contract.identify.finding import Observed, evidence, state

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jobexport.contract.identify.finding import View
    from jobexport.contract.identify.probe import ProbeResponse
    from jobexport.spec.document import Location
    from jobexport.spec.register import Statement


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


def error_observations(view: View) -> Iterator[Observed]:
    """Yield the observations of each refusal's status and code, and of the form of the error body."""
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
            yield Observed(fact, refusal.operation, places, evidence=evidence(response, words), unsaid=words)
        else:
            bodies.append(response)
            code = response.error_code()
            if code is not None:
                seen = evidence(response, f"{refusal.cause} gets {response.status} {code}", "/error_code")
                states = tuple(_states(view, refusal, response.status, code))
                yield Observed(fact, refusal.operation, places, states, seen)
    yield from _bodies(view, bodies)


def _places(view: View, refusal: _Refusal) -> Iterator[Location]:
    if refusal.rule:
        yield from view.where(refusal.operation, *refusal.rule)
    yield from (error[1] for name in refusal.names if (error := view.error(refusal.operation, name)))


def _states(view: View, refusal: _Refusal, status: int, code: str) -> Iterator[Statement]:
    """Yield the statements of a refusal: status and code of the first example that fits, and that others do not."""
    own = [(name, error) for name in refusal.names if (error := view.own.error(refusal.operation, name))]
    said = f"{status} {code}"
    for _, (number, place) in own:
        if f"{number} {view.own.at(place)['value']['error_code']}" == said:
            yield state("error-status", place, said)
            return
        if len(own) > 1:
            yield state("error-code", place)
    first = view.union.error(refusal.operation, refusal.names[0])
    if own and not (first and f"{first[0]} {view.union.at(first[1])['value']['error_code']}" == said):
        yield state("error-status", own[0][1][1], said)
    elif first:
        yield state("error-status", first[1], said)
    else:
        for responses in view.where(refusal.operation, "responses"):
            yield state("error-status", (*responses, str(status), "content", JSON, "examples", refusal.names[0]), said)


def _bodies(view: View, responses: list[ProbeResponse]) -> Iterator[Observed]:
    """Yield one observation of the form of error bodies: the first wrong response, else the first response."""
    refused = view.own.error("exportJob", "job-not-found")
    if refused is None:
        return
    *media, _, _ = refused[1]  # a named example of a media type
    place = view.own.behind((*media, "schema"))
    described = view.own.at(place)
    good: list[Observed] = []
    for response in responses:
        value = response.json()
        bad = [
            name
            for name in described["required"]
            if not isinstance(value, dict) or not isinstance(value.get(name), str) or not value[name]
        ]
        extra = [name for name in value if name not in described["properties"]] if isinstance(value, dict) else []
        words = f"an error of {response.operation} has no {' and no '.join(bad)} that is a non-empty string"
        names = extra or described["required"]
        seen = evidence(
            response,
            f"{words}; Content-Type is {response.media_type or 'missing'}"
            if bad
            else f"{', '.join(names)} in an error",
            f"/{extra[0]}" if extra and not bad else "",
        )
        states = tuple(state("parameter", (*place, "properties", name), name) for name in names)
        lent = {"description": "Observed in a response; no page has it."}
        found = Observed(
            "error body",
            response.operation,
            (place,),
            () if bad else states,
            seen,
            unsaid=words if bad else None,
            lent=lent,
        )
        if bad or extra:
            yield found
            return
        good.append(found)
    yield from good[:1]
