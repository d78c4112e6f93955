"""Claims about objects and refusals: how two objects differ, which objects may change, which error a refusal has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import frozen

from jobexport.contract.checks.responses import refusal
from jobexport.contract.checks.violation import Violation
from jobexport.contract.scenarios.scenario import expect
from jobexport.spec.document import media, response

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from jobexport.contract.checks.exchange import CheckedExchange


@frozen
class HeldObject:
    """An object that a server holds."""

    key: Any
    """The name or the id with which requests name it."""
    listed: Mapping[str, Any]
    """The object as its list has it."""
    shown: Mapping[str, Any]
    """The object as it is shown; empty if the document has no operation for it."""


Place = tuple[str | None, str, str]
"""Where an object is: workspace (None for the default), operationId of the list, and name."""


def expect_changes(
    before: Mapping[Place, HeldObject],
    after: Mapping[Place, HeldObject],
    words: str,
    *,
    added: Collection[Place] = (),
    gone: Collection[Place] = (),
    changed: Collection[Place] = (),
) -> None:
    """Raise a Violation if other objects appeared, vanished or changed than these.

    Args:
        before: the objects before.
        after: the objects after.
        words: what happened in between, such as `after the deletion of 'a'`.
        added: the objects that must be new.
        gone: the objects that must be gone.
        changed: the objects that may differ.
    """
    for place in [*gone, *(place for place in after if place not in before and place not in added)]:
        expect(place not in after, f"{words} the server has {_told(place)}")
    for place in [*added, *(place for place in before if place not in gone)]:
        expect(place in after, f"{words} the server has no {_told(place)}")
        if place in before and place not in changed and (found := difference(before[place], after[place])):
            raise Violation(f"{words} {_told(place)} differs: {found}")


def difference(before: HeldObject, after: HeldObject) -> str | None:
    """Return how an object differs, in words, or None if it is the same."""
    if before.key != after.key:
        return f"{after.key!r} instead of {before.key!r}"
    for old, new in ((before.listed, after.listed), (before.shown, after.shown)):
        if found := missing(old, new) or missing(new, old):
            return found
    return None


def missing(wanted: Any, found: Any, pointer: str = "") -> str | None:
    """Return the first place at which a value lacks something of another value, in words, or None if it has all.

    An object may have more fields; types count: 1, 1.0, true and "1" are four values.
    """
    if isinstance(wanted, dict) and isinstance(found, dict):
        pairs = [(value, found[name], f"{pointer}/{name}") for name, value in wanted.items() if name in found]
        lost = next((name for name in wanted if name not in found), None)
        if lost is not None:
            return f"{pointer}/{lost} is missing"
    elif isinstance(wanted, list) and isinstance(found, list):
        if len(wanted) != len(found):
            return f"{pointer or 'the list'} has {len(found)} items instead of {len(wanted)}"
        pairs = [(value, found[number], f"{pointer}/{number}") for number, value in enumerate(wanted)]
    else:
        same = type(wanted) is type(found) and wanted == found
        return None if same else f"{pointer} is {found!r} instead of {wanted!r}"
    return next((problem for pair in pairs if (problem := missing(*pair))), None)


def _told(place: Place) -> str:
    workspace, listed, name = place
    kind = listed.removeprefix("list").removesuffix("s").lower().replace("flinkjob", "Flink job")
    return f"{kind} {name!r} of workspace {workspace}" if workspace else f"{kind} {name!r}"


def expect_refused(found: CheckedExchange, reasons: Collection[str], words: str) -> None:
    """Check that a request is refused, with the code of an error of one of these names if the document has such errors.

    Args:
        found: the request and its response.
        reasons: names of errors, or ends of names: `exists` stands for `job-exists`.
        words: why the request must be refused.
    """
    names = [name for status in found.operation["responses"] for name in _examples(found, status)]
    codes = {refusal(found, name) for name in names if name.endswith(tuple(reasons))}
    got = found.status, found.error_code()
    expect(400 <= found.status < 500, f"{words}, but the response is {found.status}")
    told = " or ".join(f"{status} {code}" for status, code in sorted(codes, key=str))
    expect(not codes or got in codes, f"{words}, so documented is {told}, not {got[0]} {got[1]}")


def _examples(found: CheckedExchange, status: str) -> Mapping[str, Any]:
    examples: Mapping[str, Any] = media(response(found.document, found.operation, status)).get("examples", {})
    return examples
