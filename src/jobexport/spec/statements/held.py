"""Holds the statements of the register against documents: whether an edition's document says what its page says."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from attrs import evolve, frozen

from jobexport.spec.document import (
    MISSING,
    at,
    behind,
    choices,
    deref,
    format_of,
    from_pointer,
    listed_values,
    located,
    look,
    operations_by_id,
    parameters,
    walk,
)
from jobexport.spec.register import Statement

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence

    from jobexport.spec.document import Location
    from jobexport.spec.register import Claim, Entry, Register

LIMITS = {
    "minimum": "minimum",
    "maximum": "maximum",
    "min_length": "minLength",
    "max_length": "maxLength",
    "min_items": "minItems",
    "max_items": "maxItems",
}
"""The limits of a value, with JSON Schema's names for them."""

# The types of JSON's values, as the types of schemas.
_KINDS = {bool: "boolean", int: "integer", float: "number", str: "string", list: "array", dict: "object"}

ABSENT_FIELD = {"absent": True}
"""The value of a contradiction whose example lacks a mandatory field."""

# A schema that contains itself is followed this far.
_DEEPEST = 8

# A page that is silent about other facts proves nothing: statuses, codes and media types come from common pages too.
_ABSENT = {"parameter", "default", "limit", "values", "action"}


@frozen
class Unheld:
    """A statement that an edition's document contradicts."""

    entry: str
    edition: str
    statement: Statement
    seen: tuple[Any, ...]
    """The values of the document at the place of the statement."""


@frozen
class Spot:
    """A place of a document, for the operations that a statement is about."""

    document: Mapping[str, Any]
    location: Location
    owner: Location = ()
    """The place in a list of parameters that leads here; empty for another place."""

    @property
    def node(self) -> Any:
        """The node at the place, behind references; MISSING if the document lacks it."""
        node = look(self.document, self.location)
        if node is MISSING and (place := walk(self.document, (), *map(str, self.location))) is not None:
            node = at(self.document, place)
        return node if node is MISSING else deref(self.document, node)

    @property
    def schema(self) -> Mapping[str, Any]:
        """The schema at the place; empty if the document lacks it."""
        node = self.node or {}
        schema = deref(self.document, node.get("schema", {})) if "in" in node else node
        return schema if isinstance(schema, dict) else {}


def unheld(
    register: Register, union: Mapping[str, Any], documents: Mapping[str, Mapping[str, Any]]
) -> Iterator[Unheld]:
    """Find the statements that the document of their edition contradicts.

    Words of a page, such as an example's value, are in no document. An entry that is only
    observed decides against the pages, so pages that lack its facts prove nothing.
    """
    against = _contradicted(register)
    for entry in register.entries:
        for claim in entry.claims:
            for edition in claim.editions if claim.says else ():
                for statement in (*claim.says, *_rivals(entry, claim)):
                    if statement.value is None and _decided(entry, statement):
                        continue
                    if statement.fact == "contradiction" and is_field(statement.at, statement.value):
                        # The document keeps the field, and has the name as if a table had it.
                        statement = evolve(statement, fact="parameter", value=from_pointer(statement.at)[-1])
                    seen = values(documents[edition], union, statement, entry.operations)
                    if statement.fact == "type" and (edition, statement.at) in against:
                        seen = _beside_examples(seen or (), against[edition, statement.at])
                    if _disputed(statement, seen, against.get((edition, statement.at), [])):
                        continue
                    # A common page may add a condition, which the entry then has as an observation.
                    common = statement.value == "no" and set(seen or ()) == {"conditional"} and entry.observed
                    if not any(_agree(said, seen) for said in _alternatives(statement, claim)) and not common:
                        yield Unheld(entry.id, edition, statement, tuple(seen or ()))


def _contradicted(register: Register) -> dict[tuple[str, str], list[Any]]:
    """Return the values of examples that contradict their table, by edition and place."""
    found: dict[tuple[str, str], list[Any]] = {}
    for edition, item in _statements(register):
        if item.fact == "contradiction":
            found.setdefault((edition, item.at), []).append(item.value)
    return found


def _beside_examples(seen: Iterable[Any], shown: Sequence[Any]) -> list[Any]:
    """Return the types of a document, and each of them whose neighbours are the types that examples show.

    Where table and example disagree, the document allows both types: `boolean or string` beside `"true"` is `boolean`
    too. It is not beside `{}`, as nothing on the page is a string then.
    """
    kinds = {kind for value in shown for kind in kinds_of(value)}
    found = list(seen)
    for parts in (str(value).split(" or ") for value in seen):
        beside = [[other.partition(" ")[0] for other in parts if other != part] for part in parts]
        found += [part for part, others in zip(parts, beside, strict=True) if kinds.issuperset(others)]
    return found


def kinds_of(value: Any) -> set[str]:
    """Return the types that an example shows; a text such as `"385.0"` shows a number too.

    A contradiction of two pages is in words, which name the type: `an object on the page of the details`.
    """
    if not isinstance(value, str):
        return {_KINDS.get(type(value), "")}
    number = {"number"} if re.fullmatch(r"-?\d+(\.\d+)?", value) else set()
    return {"string"} | number | {*_KINDS.values()} & {*value.lower().split()}


def is_field(at_: str, shown: Any) -> bool:
    """Check whether a contradiction is a field that only an example has: `{"user_name": ""}` at `…/user_name`."""
    return isinstance(shown, dict) and shown != ABSENT_FIELD and [*shown] == [from_pointer(at_)[-1]]


def schema_of_value(value: Any) -> dict[str, Any]:
    """Return the schema of a value by its type alone; any value fits the schema of null."""
    kind = _KINDS.get(type(value))
    return {} if kind is None else {"type": "array", "items": {}} if kind == "array" else {"type": kind}


def _disputed(statement: Statement, seen: Sequence[Any] | None, against: list[Any]) -> bool:
    """Check whether examples of the page contradict a statement, so that the document allows what they show.

    Such are a mandatory field that an example lacks, a field that only an example has, and a number beyond its limit.
    """
    if statement.fact == "mandatory":
        return ABSENT_FIELD in against and seen == ["no"]
    if statement.fact == "parameter" and statement.value is None:
        return any(is_field(statement.at, value) for value in against)
    return statement.fact == "limit" and any(isinstance(value, int | float) for value in against)


def _alternatives(statement: Statement, claim: Claim) -> Iterator[Statement]:
    """Yield a statement, and what other pages of the edition say of the same fact: the document has one of them."""
    yield statement
    for other in claim.says:
        if (other.fact, other.at) == (statement.fact, statement.at) and other.page != statement.page:
            yield other


def _statements(register: Register) -> Iterator[tuple[str, Statement]]:
    for entry in register.entries:
        for claim in entry.claims:
            yield from ((edition, statement) for edition in claim.editions for statement in claim.says)


def _rivals(entry: Entry, claim: Claim) -> Iterator[Statement]:
    """Yield that a claim lacks the names that other claims of the entry have, such as `zip_files`."""
    mine = {statement.at for statement in claim.says}
    for other in entry.claims:
        for statement in other.says:
            if statement.fact == "parameter" and statement.value is not None and statement.at not in mine:
                yield Statement("parameter", statement.at)


def _decided(entry: Entry, statement: Statement) -> bool:
    """Check whether the description has what clients or servers show at a place, against the pages."""
    here = any(f"{statement.at}/".startswith(f"{pointer}/") for pointer in entry.pointers)
    return entry.status == "observed" and here


def _agree(statement: Statement, seen: Sequence[Any] | None, silent: Container[str] = _ABSENT) -> bool:
    """Check whether a statement agrees with values.

    Args:
        statement: the statement.
        seen: the values at its place; None if they can't be read.
        silent: the facts of which a statement without a value says that there is no such fact.
    """
    if seen is None:
        return True
    if statement.value is None:
        return not seen or statement.fact not in silent
    return _comparable(statement.fact, statement.value) in {_comparable(statement.fact, value) for value in seen}


def _comparable(fact: str, value: Any) -> str:
    """Return a value as JSON text; the values of a list sorted, because each page has an order of its own."""
    return json.dumps(sorted(value) if fact == "values" and value else value, sort_keys=True)


def is_stated(said: Iterable[Statement], statement: Statement) -> bool:
    """Check whether a statement is among those of a page, `said`.

    A statement without a value says that the page has no such fact, at the place and below it.
    """
    if statement.value is None:
        place = f"{statement.at}/"
        return not any(other.fact == statement.fact and f"{other.at}/".startswith(place) for other in said)
    alike = (other for other in said if (other.fact, other.at) == (statement.fact, statement.at))
    return any(other.key() == statement.key() for other in alike)


@frozen
class Fit:
    """A comparison of a document with a statement that traffic makes."""

    agrees: bool
    """True if the document allows it."""
    exact: bool
    """True if the document allows nothing else."""


def fit(document: Mapping[str, Any], operation: str, statement: Statement) -> Fit:
    """Hold a statement that traffic makes about an operation against a document.

    Unlike a page that is silent, traffic without a fact shows that the fact is missing.
    """
    seen = values(document, document, statement, (operation,))
    if statement.fact == "type":
        listed = Spot(document, located(document, statement.at)).schema.get("type", [])
        kinds = [listed] if isinstance(listed, str) else listed
        wider = statement.value == "integer" and "number" in kinds
        return Fit(not kinds or wider or statement.value in kinds, len({*kinds} - {"null"}) <= 1)
    if statement.fact == "mandatory":
        return Fit(statement.value in (seen or ()) or seen == ["conditional"], seen != ["conditional"])
    return Fit(_agree(statement, seen, _READERS), exact=True)


def values(
    document: Mapping[str, Any], union: Mapping[str, Any], statement: Statement, operations: Iterable[str]
) -> list[Any] | None:
    """Return the values that a document has for the fact of a statement, at its place; None if it can't express it.

    Args:
        document: an edition's document.
        union: the union, which has the place.
        statement: the statement; its value does not matter.
        operations: the operationIds that the statement is about.
    """
    read = _READERS.get(statement.fact)
    if read is None or statement.at.endswith("/x-zip-example"):
        return None
    spots = list(_spots(document, union, statement.at, operations))
    if any(spot.owner and spot.node["in"] == "path" for spot in spots):
        # A path needs its variables, whatever the page says of them.
        unsaid = statement.fact == "mandatory" or statement.value is None
        return None if unsaid else [value for spot in spots for value in read(spot)]
    return [value for spot in spots for value in read(spot)]


def _spots(
    document: Mapping[str, Any], union: Mapping[str, Any], pointer: str, operations: Iterable[str]
) -> Iterator[Spot]:
    shared = look(union, located(union, pointer))
    if not (isinstance(shared, dict) and shared.keys() >= {"in", "name", "schema"}):
        yield Spot(document, located(document, pointer))
        return
    # An edition may list a parameter of its own instead of the shared one.
    known = operations_by_id(document)
    for operation in operations:
        listed = parameters(document, known[operation].location) if operation in known else {}
        if (place := listed.get((shared["in"], shared["name"]))) is not None:
            yield Spot(document, behind(document, place), place)


def _name(spot: Spot) -> Iterator[Any]:
    """Yield the name of a parameter."""
    node, last = spot.node, spot.location[-1]
    if spot.owner:
        names = look(spot.document, (*spot.owner[:2], "x-documented-names")) or {}
        yield names.get(node["name"]) or node.get("x-documented-name", node["name"])
    elif last == "properties":
        yield from node or ()
    elif node is not MISSING and "properties" in spot.location:
        yield last


def _types(spot: Spot) -> Iterator[Any]:
    if name := type_text(spot.document, spot.schema):
        yield name


def type_text(document: Mapping[str, Any], schema: Mapping[str, Any], depth: int = 0) -> str | None:
    """Write the type of a schema as statements have it, such as `array of int64` or `boolean or string`."""
    schema = deref(document, schema)
    kinds = schema.get("type", [])
    if depth < _DEEPEST and (chosen := choices(schema)):
        names = [type_text(document, choice, depth + 1) for choice in chosen]
        return " or ".join(sorted(filter(None, names))) or None
    if isinstance(kinds, list):
        names = [type_text(document, {**schema, "type": kind}, depth) for kind in kinds if kind != "null"]
        return " or ".join(sorted(filter(None, names))) or None
    inner = schema.get("items") if kinds == "array" else schema.get("additionalProperties")
    kind = "map" if kinds == "object" and isinstance(inner, dict) else kinds
    if kind in ("array", "map"):
        items = type_text(document, inner or {}, depth + 1) if depth < _DEEPEST else None
        return f"{kind} of {items}" if items else str(kind)
    return str(format_of(schema, str(kind)) or kind)


def _mandatory(spot: Spot) -> Iterator[Any]:
    """Yield when a parameter is mandatory; a variable of the path always is, so a document can't contradict a page."""
    node, owner, name = spot.node, spot.location[:-2], spot.location[-1]
    if not isinstance(node, dict):
        return
    if "properties" in spot.location:
        required = name in (look(spot.document, (*owner, "required")) or ())
        when = name in (look(spot.document, (*owner, "then", "required")) or ())
    else:
        required, when = bool(node.get("required")), False
    yield "yes" if required else "conditional" if when or "x-required-when" in node else "no"


def _limits(spot: Spot) -> Iterator[Any]:
    yield from ({name: spot.schema[key]} for name, key in LIMITS.items() if key in spot.schema)


def _enum(spot: Spot) -> Iterator[Any]:
    if listed := listed_values(spot.document, spot.schema):
        yield [value if isinstance(value, str) else json.dumps(value) for value in listed]


def _codes(spot: Spot) -> Iterator[tuple[str, str]]:
    """Yield status and code of each error at a response, below the responses, or in a list of codes."""
    node = spot.node
    if isinstance(node, list):
        yield from ((str(spot.location[-1]), code) for code in node)
    elif spot.location[-1] == "responses":
        for status in node or ():
            yield from _codes(Spot(spot.document, (*spot.location, status)))
    elif isinstance(node, dict):
        status = str(spot.location[spot.location.index("responses") + 1]) if "responses" in spot.location else ""
        found = node.get("content", {})
        examples = [example for media in found.values() for example in media.get("examples", {}).values()]
        named = [example.get("value") for example in examples or [node]]
        yield from (
            (status, value["error_code"]) for value in named if isinstance(value, dict) and "error_code" in value
        )


def _action(spot: Spot) -> Iterator[Any]:
    node = spot.node
    if isinstance(node, dict):
        yield ", ".join(str(node[key]) for key in ("action", "access-level", "resource") if node.get(key))
    elif node is not MISSING:
        yield node


def _tree(spot: Spot) -> Iterator[Any]:
    if spot.node is not MISSING:
        yield list(spot.node.values()) if isinstance(spot.node, dict) else spot.node


def _key(spot: Spot) -> Iterator[Any]:
    if spot.node is not MISSING:
        yield int(spot.location[-1]) if str(spot.location[-1]).isdecimal() else spot.location[-1]


def _value(spot: Spot) -> Iterator[Any]:
    if spot.node is not MISSING:
        yield spot.node


_READERS: dict[str, Callable[[Spot], Iterator[Any]]] = {
    "parameter": _name,
    "type": _types,
    "mandatory": _mandatory,
    "default": lambda spot: iter([spot.schema["default"]] if "default" in spot.schema else []),
    "limit": _limits,
    "values": _enum,
    "media-type": _key,
    "status": _key,
    "error-code": lambda spot: (code for _, code in _codes(spot)),
    "error-status": lambda spot: (f"{status} {code}" for status, code in _codes(spot)),
    "file-name": _value,
    "tree": _tree,
    "action": _action,
    "method": lambda spot: (str(method).upper() for method in _key(spot)),
}
"""Other facts are words of the page, which a document does not have."""
