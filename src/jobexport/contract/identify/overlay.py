"""The overlay for a server: the overlay of the closest edition, edited where the server differs."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from jobexport.contract.identify.finding import entries_for
from jobexport.spec.document import operations_by_id
from jobexport.spec.editions import OVERLAYS, SOURCES
from jobexport.spec.load import dump_yaml, load_yaml
from jobexport.spec.overlay import touched_places
from jobexport.spec.statements.claims import plain, words
from jobexport.spec.statements.edits import make_hold
from jobexport.spec.statements.plan import Plan

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from jobexport.contract.identify.description import Description
    from jobexport.contract.identify.finding import Identified, Observed
    from jobexport.spec.register import Register, Statement

Document = dict[str, Any]


def overlay_for(
    closest: Description, union: Document, find: Callable[[Document], list[Identified]], register: Register
) -> tuple[str, Document]:
    """Return the overlay as YAML, and the document that it makes.

    The overlay applies to the union, as each overlays/<edition>.yaml does.

    Args:
        closest: the closest edition.
        union: the union.
        find: holds the responses of the server against a document.
        register: the register.

    Raises:
        JobexportError: the closest edition's overlay can't be read.
    """
    overlay = load_yaml(SOURCES / OVERLAYS / f"{closest.edition}.yaml")
    touched = touched_places(union, overlay)
    plan = Plan(closest.edition, union, {closest.edition: overlay["actions"]}, dict(closest.document), touched)
    first = find(plan.document)
    unsaid = [finding.observation.unsaid for finding in first if finding.observation.unsaid]
    # The register has places of the editions; an edit may move an observation to another.
    marks = {_key(finding): _marks(finding.observation, register) for finding in first}
    tried: set[tuple[str, str]] = set()
    # An edit may move the place of another observation, so the document is read again after each.
    while todo := [finding for finding in find(plan.document) if finding.left and _key(finding) not in tried]:
        finding = todo[0]
        tried.add(_key(finding))
        plan.marks = marks.get(_key(finding), ())
        _edit(plan, finding.observation, finding.left)
    info = _info(closest, unsaid)
    return dump_yaml({"overlay": "1.0.0", "info": info, "actions": plan.actions()}), plan.document


def _key(finding: Identified) -> tuple[str, str]:
    return finding.observation.operation, finding.observation.fact


def _edit(plan: Plan, observation: Observed, left: Sequence[Statement]) -> None:
    for statement in left:
        operation = operations_by_id(plan.document)[observation.operation].location
        description = f"Observed, {observation.fact}: {words([plain(statement)])}."
        make_hold(plan, operation, statement, description, observation.lent)


def _marks(observation: Observed, register: Register) -> list[str]:
    """Return the ids of the register entries for an observation."""
    entries = entries_for(observation, register) or entries_for(observation, register, wire=False)
    return [entry.id for entry in entries]


def _info(closest: Description, unsaid: list[str]) -> dict[str, str]:
    day = time.strftime("%Y-%m-%d", time.gmtime())
    sentences = [f"The responses of a server on {day}; the rest is {closest.edition}, the closest edition."]
    if unsaid:
        sentences.append(f"The overlay can't express: {'; '.join(unsaid)}.")
    return {
        "title": f"A server of {day}, closest to {closest.edition}",
        "version": "1.0.0",
        "description": " ".join(sentences),
    }
