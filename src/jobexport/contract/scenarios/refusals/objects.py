"""Scenarios of objects that do not exist, or only in another workspace: showing one must be refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import jsonschema_rs

from jobexport.contract.checks.responses import refusal
from jobexport.contract.scenarios.holdings import family_of
from jobexport.contract.scenarios.reads.lists import every_item
from jobexport.contract.scenarios.reads.objects import workspaces_of
from jobexport.contract.scenarios.scenario import expect, scenario
from jobexport.contract.sender import ABSENT
from jobexport.contract.verbs import SHOWS
from jobexport.spec.document import operations, operations_by_id

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jobexport.contract.data import NamePlace
    from jobexport.contract.scenarios.run import ScenarioRun

_UNKNOWN = "no-such-name.here"


@scenario(
    "A name or an id that no object of the workspace has is refused with the documented status and code.",
    "DGC-306",
    "DGC-812",
    "DGC-707",
    "DLI-205",
    subject=SHOWS,
    requests=15,
    about="unknown name",
)
def unknown_object(run: ScenarioRun) -> None:
    """Show objects whose names or ids no object has, or only an object of another workspace."""
    place = run.objects
    if place is None:
        return
    known = {str(name) for name in run.data.names(place.kind)}
    for key in dict.fromkeys(_near(min(known, default="0"), of_numbers=place.kind.type == "integer")):
        # A server in use may have such an object.
        if key and key not in known and (run.data.complete or key == _UNKNOWN):
            _expect_unknown(run, place, key, None)
    for workspace, keys in _elsewhere(run):
        for key in keys[:1]:
            _expect_unknown(run, place, key, workspace)
    for word, body in _siblings(run):
        if word not in known and run.data.complete:
            _expect_unknown(run, place, word, None, body)


def _siblings(run: ScenarioRun) -> Iterator[tuple[str, Any]]:
    """Yield words that stand in other paths in place of the name, as in `/jobs/export`, each with a body for there."""
    above = operations_by_id(run.document)[run.id].path.rpartition("/")[0]
    for other in operations(run.document):
        parent, _, word = other.path.rpartition("/")
        if parent == above and not word.startswith("{"):
            yield word, run.beside(other.id).any_body()


def _near(known: str, *, of_numbers: bool) -> tuple[str, ...]:
    if of_numbers:
        # The largest numbers are one number to a server that reads them as doubles.
        return (f"{known}0", known[:-1], f"-{known}", str(2**63 - 2), str(-(2**63)), "0")
    return _UNKNOWN, known.swapcase(), f"{known}_", known[:-1], f"{known}.job"


def _elsewhere(run: ScenarioRun) -> Iterator[tuple[str | None, list[str]]]:
    """Yield workspaces, each with names that only another workspace has."""
    family = family_of(run)
    for workspace in workspaces_of(run)[1:] if family else ():
        assert family is not None  # noqa: S101  # asked above
        other = run.beside(family.list)
        here, there = ({str(family.key(item)) for item in every_item(other, each)} for each in (None, workspace))
        # The default workspace last: a server may have kept the workspace of the request before.
        yield workspace, sorted(here - there)
        yield None, sorted(there - here)


def _expect_unknown(run: ScenarioRun, place: NamePlace, key: str, workspace: str | None, body: Any = ABSENT) -> None:
    legal = jsonschema_rs.is_valid(place.schema, key)
    response = run.send(body, path={place.name: key}, workspace=workspace, valid=legal)
    codes = [found for found in (refusal(response, name) for name in place.kind.refusals) if found[1]]
    got = response.status, response.error_code()
    where = "the server" if workspace is None else f"workspace {workspace}"
    expect(400 <= response.status < 500, f"{where} has no {key!r}, but the response is {response.status}")
    told = " or ".join(f"{status} {code}" for status, code in codes)
    words = f"documented for a name that does not exist is {told}, not {got[0]} {got[1]}"
    expect(got in codes or not (legal and codes), words)
