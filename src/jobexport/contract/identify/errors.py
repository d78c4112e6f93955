"""Findings of errors: which status and code a refused request gets, and what the body looks like."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from jobexport.contract.identify.description import JSON, anywhere
from jobexport.contract.identify.finding import Finding, evidence
from jobexport.spec.change import Change
from jobexport.spec.load import tree

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jobexport.contract.identify.finding import View
    from jobexport.contract.identify.probe import Answer
    from jobexport.spec.document import Location


@frozen
class _Refusal:
    """A request that must be refused, and the error examples that may say how, the best first."""

    purpose: str
    operation: str
    names: tuple[str, ...]
    what: str
    rule: tuple[str, ...] = ()
    """Where the document has the rule that the request breaks."""


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
    _Refusal("flink-path", "exportFlinkJobs", ("obs-path-invalid", "obs-object-missing"), "an OBS path that is none"),
)


def error_findings(view: View) -> Iterator[Finding]:
    """Find status and code of each refusal, and the form of the error body."""
    bodies: list[Answer] = []
    for refusal in _REFUSALS:
        answer = view.answer(refusal.purpose)
        fact = f"{refusal.operation}: error for {refusal.what}"
        places = tuple(_places(view, refusal))
        if answer is None:
            success = refusal.purpose.partition("-")[0]
            yield view.unseen(fact, refusal.operation, places, refusal.purpose, success)
        elif answer.succeeded:
            words = f"{refusal.operation} takes {refusal.what} and answers {answer.status}"
            yield Finding(fact, refusal.operation, places, agrees=False, evidence=evidence(answer, words), unsaid=words)
        elif answer.error_code() is None:
            bodies.append(answer)
        else:
            bodies.append(answer)
            yield _judge(view, refusal, answer, fact, places)
    yield from _bodies(view, bodies)


def _places(view: View, refusal: _Refusal) -> Iterator[Location]:
    if refusal.rule:
        yield from view.where(refusal.operation, *refusal.rule)
    for name in refusal.names:
        found = (known.error(refusal.operation, name) for known in (view.own, *view.known))
        yield from (error[1] for error in [next((error for error in found if error), None)] if error)


def _judge(view: View, refusal: _Refusal, answer: Answer, fact: str, places: tuple[Location, ...]) -> Finding:
    code = answer.error_code()
    documented = [(name, error) for name in refusal.names if (error := view.own.error(refusal.operation, name))]
    said = [(status, view.own.at(location)["value"]["error_code"]) for _, (status, location) in documented]
    seen = evidence(answer, f"{refusal.what} is {answer.status} {code}", "/error_code")
    if said[:1] == [(answer.status, code)]:
        return Finding(fact, refusal.operation, places, agrees=True, evidence=seen)
    description = f"{refusal.what[0].upper()}{refusal.what[1:]} is {answer.status} {code}."
    changes: list[Change] = []
    if (answer.status, code) in said:
        # Another example says it already, so the one before it is what does not hold.
        location = documented[0][1][1]
        changes.append(Change(description, location, remove=True))
    else:
        name, old = documented[0] if documented else (refusal.names[0], None)
        lent = _lent(view, refusal, answer.status, str(code))
        if lent is not None:
            changes.append(Change(description, *lent))
        elif old is not None and old[0] == answer.status:
            changes.append(Change(description, (*old[1], "value", "error_code"), code))
        else:
            changes += _new(view, answer, refusal, name, old[1] if old else None, description)
    return Finding(fact, refusal.operation, places, agrees=False, evidence=seen, changes=tuple(changes))


def _lent(view: View, refusal: _Refusal, status: int, code: str) -> tuple[Location, object] | None:
    """Give the example of another edition that says what was seen, where this edition has none of its name."""
    for known in view.known:
        error = known.error(refusal.operation, refusal.names[0])
        if error and not view.own.error(refusal.operation, refusal.names[0]):
            example = known.at(error[1])
            if (error[0], example["value"]["error_code"]) == (status, code):
                return error[1], example
    return None


def _new(
    view: View, answer: Answer, refusal: _Refusal, name: str, old: Location | None, description: str
) -> Iterator[Change]:
    """Give the changes that put an example under a status that had none of this name."""
    operation = answer.operation
    example = {
        "summary": f"{refusal.what[0].upper()}{refusal.what[1:]}",
        **(tree(view.own.at(old)) if old else {"value": {"error_code": "", "error_msg": "Seen on the wire."}}),
    }
    example["value"]["error_code"] = answer.error_code()
    if old is not None:
        yield Change(f"{description} So it has no other status.", old, remove=True)
    responses = view.own.place(operation, "responses")
    if responses is None:
        return
    location = (*responses, str(answer.status))
    if str(answer.status) not in view.own.at(responses):
        schema = view.own.at((*responses, "400", "content", JSON, "schema"))
        media = {"schema": tree(schema), "examples": {name: example}}
        yield Change(description, location, {"description": description, "content": {JSON: media}})
    elif view.own.behind(location) != location:
        # The response is shared with other operations, for which nothing was seen.
        response = tree(view.own.at(view.own.behind(location))) | {"description": description}
        response["content"][JSON]["examples"][name] = example
        yield Change(description, location, response)
    else:
        yield Change(description, (*location, "content", JSON, "examples", name), example)


def _bodies(view: View, answers: list[Answer]) -> Iterator[Finding]:
    """Find the form of error bodies: one finding, of the first answer that breaks it."""
    schema = anywhere((view.own,), "exportJob", "responses", "400", "content", JSON, "schema")
    if schema is None:
        return
    place = view.own.behind(schema)
    described = view.own.at(place)
    for answer in answers:
        value = answer.json()
        bad = [
            name
            for name in described["required"]
            if not isinstance(value, dict) or not isinstance(value.get(name), str) or not value[name]
        ]
        extra = [name for name in value if name not in described["properties"]] if isinstance(value, dict) else []
        if bad:
            words = f"an error of {answer.operation} has no {' and no '.join(bad)} in words"
            yield Finding(
                "error body",
                answer.operation,
                (place,),
                agrees=False,
                evidence=evidence(answer, f"{words}; it is {answer.media_type or 'of no type'}"),
                unsaid=words,
            )
            return
        if extra:
            changes = tuple(
                Change(
                    f"An error has {name} too.",
                    (*place, "properties", name),
                    {"description": "Seen on the wire, on no page."},
                )
                for name in extra
            )
            seen = evidence(answer, f"{', '.join(extra)} in an error", f"/{extra[0]}")
            yield Finding("error body", answer.operation, (place,), agrees=False, evidence=seen, changes=changes)
            return
    if answers:
        names = " and ".join(described["required"])
        yield Finding("error body", answers[0].operation, (place,), agrees=True, evidence=evidence(answers[0], names))
