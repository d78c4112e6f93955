"""Writes advice as text: which file, which line, and the YAML to paste there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jobexport.spec.editions import BASE, OVERLAYS, REGISTER
from jobexport.spec.load import dump_yaml

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from jobexport.drift.check import PageReport
    from jobexport.drift.edits.advise import Advice
    from jobexport.drift.edits.amendments import Amendment
    from jobexport.spec.change import Action
    from jobexport.spec.register import Statement


def advice_lines(advice: Advice, report: PageReport) -> Iterator[str]:
    """Give the steps that advice consists of, each followed by its YAML."""
    edits = advice.edits
    for action in edits.union:
        yield from _of_union(action)
    for dropped in advice.dropped:
        yield f"to do: drop from {OVERLAYS}/{report.against}.yaml the action on {dropped}"
    if edits.own:
        yield f"to do: add to the actions of {OVERLAYS}/{report.against}.yaml"
        yield from _yaml(list(edits.own))
    for actions, editions in _alike(edits.others):
        names = ", ".join(f"{OVERLAYS}/{edition}.yaml" for edition in editions)
        yield f"to do: add to the actions of {names}"
        yield from _yaml(actions)
    if advice.hint:
        yield f"note: {advice.hint}"
    for amendment in advice.amendments:
        yield from _of_register(amendment)


def _of_union(action: Action) -> Iterator[str]:
    if action.get("remove"):
        yield f"to do: remove from {BASE}: {action['target']}"
        return
    yield f"to do: put into {BASE}, at {action['target']}"
    yield from _yaml(action["update"])


def _alike(others: Any) -> list[tuple[list[Action], list[str]]]:
    """The same actions for several editions are told once."""
    groups: list[tuple[list[Action], list[str]]] = []
    for edition, actions in others.items():
        twin = next((editions for known, editions in groups if known == list(actions)), None)
        if twin is None:
            groups.append((list(actions), [edition]))
        else:
            twin.append(edition)
    return groups


def _of_register(amendment: Amendment) -> Iterator[str]:
    entry = f"{REGISTER}, {amendment.entry}"
    if amendment.joins:
        yield f"to do: {entry}: move {amendment.edition} to the claim of {', '.join(amendment.joins)}"
        return
    for words, listed in (("no longer says", amendment.no_longer), ("says", amendment.says)):
        if listed:
            yield f"to do: {entry}: the claim of {amendment.edition} {words}"
            yield from _yaml([_plain(statement) for statement in listed])
    if not (amendment.no_longer or amendment.says):
        yield f"to do: {entry}: tell it there"


def _plain(statement: Statement) -> dict[str, Any]:
    value = {} if statement.value is None else {"value": statement.value}
    return {"fact": statement.fact, "at": statement.at, **value}


def _yaml(value: Any) -> Sequence[str]:
    return [f"  {line}" for line in dump_yaml(value).splitlines()]
