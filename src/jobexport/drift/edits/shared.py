"""Edits that would break something else: another table that shares a schema, or code that fills or reads a field."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import frozen

from jobexport.drift.compare.comparison import Comparison
from jobexport.drift.known.statements import of_row
from jobexport.spec.document import operations_by_id
from jobexport.spec.roles import types_of_roles

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jobexport.drift.documents.description import Described
    from jobexport.drift.facts import DataType, PageFacts
    from jobexport.drift.findings import Finding

_SCHEMAS = "/components/schemas/"
_UNKNOWN = "not known"
_GIVEN = ("header", "path", "query")
_BOTH = "or write a schema for each"


def differing_tables(finding: Finding, comparison: Comparison) -> str:
    """Return why no edit can be made for a finding: tables of the page share a schema, and differ; else empty."""
    said = _said(finding, comparison)
    if len(set(said.values())) < 2:
        return ""
    names = " and ".join(f"`{'.'.join(path)}`" for path in sorted(said))
    schema = finding.states.at.removeprefix(_SCHEMAS).partition("/")[0]
    return f"the tables of {names} share the schema {schema}; let the page say the same in each, {_BOTH}"


def also_changed(
    finding: Finding,
    comparison: Comparison,
    before: Described,
    after: Described,
    edition: str,
    beside: Mapping[str, PageFacts],
) -> str:
    """Return why the edit for a finding is not right: it changes what the page of another operation says; else empty.

    Args:
        finding: the finding.
        comparison: the page and the edition's document.
        before: the sources before the edit.
        after: the sources after the edit.
        edition: the edition.
        beside: the pages that are followed in the same run, by operationId.
    """
    if _schemas(before, edition) == _schemas(after, edition):
        return ""
    said = next(iter(_said(finding, comparison).values()), None)
    for operation in _known(before, edition):
        if operation == comparison.operation or _rows(before, edition, operation) == _rows(after, edition, operation):
            continue
        page = beside.get(operation)
        if page is not None:
            other = Comparison(page, before.facts(edition, operation), before.union_facts(operation))
            if said is not None and set(_said(finding, other).values()) == {said}:
                continue
        return f"the edit would change {operation} too, which has the same schema; follow its page in this run, {_BOTH}"
    return ""


def unread(before: Described, after: Described, edition: str) -> str:
    """Return why an edit is not right: the client reads a list or an object, and not in the new type; else empty.

    A client that finds no text where a message should be has no message; a list in another form it can't read at all.
    """
    known = types_of_roles(before.union or {})
    for role, types in types_of_roles(after.documents[edition]).items():
        new = types - known[role]
        if new and all(name.startswith(("array", "object")) for name in known[role]):
            read, come = (" or ".join(sorted(each)) for each in (known[role], new))
            return f"the client reads a field with the role {role} as {read}, not as {come}; change both"
    return ""


def unfilled(before: Described, after: Described, edition: str, operation: str) -> str:
    """Return why an edit is not right: code fills a field of requests, and no edition has its new form; else empty.

    The client, the mock and the contract test send what another edition's requests have: a type, or a field that is
    mandatory, optional or missing. Users fill a header or a query parameter that becomes mandatory, and the fields of
    objects in a body.
    """
    old, new = (_filled(described, edition, operation) for described in (before, after))
    others = [_filled(before, id_, operation) for id_ in before.editions if id_ != edition]
    others = [fields for fields in others if fields]
    for name in (name for name in {**old, **new} if old.get(name) != new.get(name)):
        was, becomes = old.get(name, _ABSENT), new.get(name, _ABSENT)
        known = [fields.get(name, _ABSENT) for fields in others]
        code = "the client, the mock and the contract test"
        if was.location == "header" and becomes == _ABSENT and _ABSENT not in known:
            return f"every other edition has the header, and {code} send it; change them too"
        if _types(becomes) - _types(was).union(*map(_types, known)) and name in old:
            return f"no edition has this type, and {code} send the old one; change them too"
        in_hands = name in old and becomes.location in _GIVEN
        if not in_hands and becomes.mandatory not in {was.mandatory, *(each.mandatory for each in known)}:
            return f"no edition has requests with and without it in these cases; change {code} too"
    return ""


@frozen
class _Field:
    location: str
    type: DataType | None
    mandatory: str


# An optional field and a missing one are the same to whoever sends requests without it.
_ABSENT = _Field("", None, "no")


def _types(found: _Field) -> set[DataType]:
    return set() if found.type is None else {*(found.type.alternatives or (found.type,))}


def _filled(described: Described, edition: str, operation: str) -> dict[str, _Field]:
    """Return the parameters and the fields of a body that requests have in an edition, by name.

    Variables of the path have numbers in place of names, as a request does not send their names.
    """
    if operation not in operations_by_id(described.documents[edition]):
        return {}
    rows = [row for row in described.facts(edition, operation).parameters if len(row.path) == 1]
    variables = [row for row in rows if row.location == "path"]
    named = {f"variable {number} of the path": row for number, row in enumerate(variables, 1)}
    named |= {row.name: row for row in rows if row.location in ("body", "header", "query")}
    return {name: _Field(row.location, row.type, row.mandatory) for name, row in named.items()}


def _said(finding: Finding, comparison: Comparison) -> dict[tuple[str, ...], frozenset[tuple[str, str, str]]]:
    """Return what the page says of the finding's place and fact, by the path of each table that has the place."""
    states = finding.states
    table, inside, _ = states.at.rpartition("/properties/")
    said: dict[tuple[str, ...], frozenset[tuple[str, str, str]]] = {}
    if not inside or not states.at.startswith(_SCHEMAS):
        return said
    for row in comparison.page.parameters:
        place = comparison.place(row)
        if place.rpartition("/properties/")[0] == table:
            of_place = of_row(comparison, row) if place == states.at else ()
            stated = {item.key() for item in of_place if item.fact == states.fact}
            said[row.path[:-1]] = said.get(row.path[:-1], frozenset()) | stated
    return said


def _schemas(described: Described, edition: str) -> Any:
    return described.documents[edition].get("components", {}).get("schemas")


def _known(described: Described, edition: str) -> Iterator[str]:
    """Yield the operations of an edition whose page is known."""
    pages = (page for page in described.register.pages if page.edition == edition and page.document != _UNKNOWN)
    known = {page.operation for page in pages}
    yield from (operation for operation in operations_by_id(described.documents[edition]) if operation in known)


def _rows(described: Described, edition: str, operation: str) -> list[tuple[Any, ...]]:
    """Return what a document says of the parameters of an operation, as a page could."""
    rows = described.facts(edition, operation).parameters
    return [(row.location, row.path, row.type, row.mandatory, row.default, row.limits) for row in rows]
