"""Writes claims of the register: moves an edition to another claim, adds a claim, adds an entry."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from attrs import field, frozen

from jobexport.spec.document import MISSING, from_pointer, located, look, marks, reference, to_pointer
from jobexport.spec.load import tree
from jobexport.spec.register import Statement
from jobexport.spec.statements.held import values

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

Plain = dict[str, Any]

GENERIC_TEST = "tests/spec/statements/test_register.py::test_every_statement_holds"
"""The test that holds every statement against the resolved documents; entries that a tool writes name it."""
_UNKNOWN = "not known"


@frozen
class NewEntry:
    """The fields of an entry that the register lacks."""

    title: str
    operations: tuple[str, ...]
    pointers: tuple[str, ...]
    wire: bool
    union: str
    overlay: str


@frozen
class Amendment:
    """A change of one entry of the register."""

    entry: str
    """The id of the entry; the next free id if no entry is about the subject."""
    edition: str
    says: tuple[Statement, ...] = ()
    """Statements to add to the claim of the edition."""
    no_longer: tuple[Statement, ...] = ()
    """Statements to remove from the claim of the edition."""
    joins: tuple[str, ...] = ()
    """Editions of a claim that already fits the page: moving the edition to that claim replaces the other changes."""
    new: NewEntry | None = None
    """The rest of the entry, if the register lacks it."""
    elsewhere: tuple[Statement, ...] = ()
    """Statements whose values the other editions claim in a new entry, such as the old name of a renamed field."""


@frozen
class Documents:
    """The documents from which the claims of other editions are read."""

    union: Plain = field(repr=False)
    resolved: Mapping[str, Plain] = field(repr=False)


def amended(register: Plain, amendment: Amendment, documents: Documents) -> Plain:
    """Return the register, as its file has it, with an amendment."""
    entries = list(register["entries"])
    number = next((n for n, entry in enumerate(entries) if entry["id"] == amendment.entry), None)
    if number is not None:
        after = _without_rivals(entries[number], _with_claim(entries[number], amendment))
        entries[number] = _pointed(after, amendment)
    elif amendment.new is not None:
        entries.insert(_place(entries, amendment.entry), _entry(register, amendment, amendment.new, documents))
    return {**register, "entries": entries}


def _place(entries: Sequence[Plain], id_: str) -> int:
    """Return the place of a new entry: after the last entry of its family with a lower number."""
    family = id_.rpartition("-")[0]
    before = [n for n, entry in enumerate(entries) if entry["id"].rpartition("-")[0] == family and entry["id"] < id_]
    return before[-1] + 1 if before else len(entries)


def _with_claim(entry: Plain, amendment: Amendment) -> Plain:
    claims = tree(entry["claims"])
    mine = next(claim for claim in claims if amendment.edition in claim["editions"])
    gone = {_key(plain(statement)) for statement in amendment.no_longer}
    kept = [statement for statement in mine.get("says", []) if _key(statement) not in gone]
    known = {_key(statement) for statement in kept}
    says = [*kept, *(plain(statement) for statement in amendment.says if _key(plain(statement)) not in known)]
    if {_key(item) for item in says} == {_key(item) for item in mine.get("says", [])}:
        return entry
    twin = _twin(claims, mine, says, amendment)
    if twin is not None:
        twin["editions"] = sorted([*twin["editions"], amendment.edition])
        new = []
    elif len(mine["editions"]) == 1:
        mine.update(_claim(mine["editions"], says, mine))
        if not says:
            mine.pop("says", None)
        return {**entry, "claims": claims}
    else:
        new = [_claim([amendment.edition], says, mine)]
    mine["editions"] = [edition for edition in mine["editions"] if edition != amendment.edition]
    at = claims.index(mine)
    claims[at + 1 : at + 1] = new
    return {**entry, "claims": [claim for claim in claims if claim["editions"]]}


def _without_rivals(before: Plain, after: Plain) -> Plain:
    """Return the entry in which each claim states that it lacks the names that no claim has any longer.

    While a claim has a name, the others lack it by that.
    """
    gone = [at for at in _named(before) if at not in _named(after)]
    claims = tree(after["claims"]) if gone else []
    for claim in claims:
        own = {item["at"] for item in claim.get("says", ())}
        if claim["evidence"] == "doc" and "page" not in claim and own:
            claim["says"] += [{"fact": "parameter", "at": at} for at in gone if at not in own]
    return {**after, "claims": claims} if gone else after


def _named(entry: Plain) -> list[str]:
    """Return the places of the names that the claims of an entry have."""
    said = (item for claim in entry["claims"] for item in claim.get("says", ()))
    return [item["at"] for item in said if item["fact"] == "parameter" and item.get("value") is not None]


def _pointed(entry: Plain, amendment: Amendment) -> Plain:
    """Return the entry with pointers to new fields beside its own pointers."""
    beside = {pointer.rpartition("/")[0] for pointer in entry["pointers"]}
    new = [item.at for item in amendment.says if item.fact == "parameter" and item.value is not None]
    added = [at for at in new if at not in entry["pointers"] and at.rpartition("/")[0] in beside]
    return {**entry, "pointers": [*entry["pointers"], *added]} if added else entry


def _twin(claims: list[Plain], mine: Plain, says: list[Plain], amendment: Amendment) -> Plain | None:
    """Return another claim that states the same and no more."""
    for claim in claims:
        if claim is mine or "page" in claim or not claim.get("says"):
            continue
        if tuple(claim["editions"]) == amendment.joins or {*map(_key, claim["says"])} == {*map(_key, says)}:
            return claim
    return None


def _claim(editions: list[str], says: list[Plain], old: Plain | None = None) -> Plain:
    claim: Plain = {"editions": editions, "fact": _same_words(says, old) or words(says), "evidence": "doc"}
    if old is not None and "page" in old and any("page" in statement for statement in says):
        claim["page"] = old["page"]
    return claim | ({"says": says} if says else {})


def _same_words(says: list[Plain], old: Plain | None) -> str:
    """Return the sentence of the old claim, with the new name, if only the name of a field differs; else empty."""
    before = old.get("says", []) if old is not None else []
    if old is None or len(before) != len(says) or "page" in old:
        return ""
    pairs = [(one, next((item for item in says if _alike(one, item)), None)) for one in before]
    names = {
        (from_pointer(one["at"])[-1], from_pointer(two["at"])[-1])
        for one, two in pairs
        if two is not None and one["at"] != two["at"]
    }
    if any(two is None for _, two in pairs) or len(names) != 1:
        return ""
    ((name, new),) = names
    return re.sub(rf"\b{re.escape(name)}\b", new, str(old["fact"]))


def _alike(one: Plain, two: Plain) -> bool:
    """Check whether two statements are the same fact of one field, whatever the field's name."""
    beside = one["at"].rpartition("/")[0] == two["at"].rpartition("/")[0]
    moved = one["at"] != two["at"]
    same = one.get("value") == two.get("value") or (one["fact"] == "parameter" and moved)
    return beside and one["fact"] == two["fact"] and same and (one["at"] == two["at"] or "value" in one)


def _entry(register: Plain, amendment: Amendment, new: NewEntry, documents: Documents) -> Plain:
    family = {"DLI": "dli", "DGC": "dgc"}.get(amendment.entry.partition("-")[0], "common")
    return {
        "id": amendment.entry,
        "title": new.title,
        "api": family,
        "operations": list(new.operations),
        "pointers": list(new.pointers),
        "wire": new.wire,
        "status": "documented",
        "claims": [
            _claim([amendment.edition], [plain(item) for item in amendment.says]),
            *_others(register, amendment, new, documents),
        ],
        "union": new.union,
        "overlay": new.overlay,
        "test": GENERIC_TEST,
    }


def _others(register: Plain, amendment: Amendment, new: NewEntry, documents: Documents) -> list[Plain]:
    """Return the claims of the other editions: what their documents say, or "not known" without a page."""
    paged = {
        page["edition"]
        for page in register["pages"]
        if page["document"] != _UNKNOWN and page["operation"] in new.operations
    }
    groups: dict[str, tuple[list[str], list[Plain]]] = {}
    unknown: list[str] = []
    for edition, document in documents.resolved.items():
        if edition == amendment.edition:
            continue
        says = _said(document, documents.union, amendment, new.operations)
        if edition not in paged or says is None:
            unknown.append(edition)
        else:
            groups.setdefault(json.dumps(says), ([], says))[0].append(edition)
    claims = [_claim(editions, says) for editions, says in groups.values()]
    return claims + ([{"editions": unknown, "fact": _UNKNOWN, "evidence": "none"}] if unknown else [])


def _said(document: Plain, union: Plain, amendment: Amendment, operations: tuple[str, ...]) -> list[Plain] | None:
    """Return the statements of another edition about the subject; None if its document can't tell."""
    says: list[Plain] = []
    for statement in amendment.elsewhere or amendment.says:
        seen = values(document, union, Statement(statement.fact, statement.at), operations)
        if seen is None:
            continue
        absent = {"fact": statement.fact, "at": statement.at}
        if statement.fact == "limit" and isinstance(statement.value, dict):
            seen = [value for value in seen if value.keys() == statement.value.keys()]
        if statement.fact == "parameter" and not seen:
            return [*says, absent]
        says += [{**absent, "value": seen[0]}] if seen else [absent]
    return says or None


def words(says: Iterable[Plain]) -> str:
    """Write statements as the sentence of a claim, such as "`archives`; string; not mandatory"."""
    groups: dict[str, list[str]] = {}
    for statement in says:
        text, fact = _words(statement), statement["fact"]
        named = text.startswith(f"{fact.replace('-', ' ')} ")
        groups.setdefault(fact if named else text, []).append(text.removeprefix(f"{fact.replace('-', ' ')} "))
    return "; ".join(_listed(fact, dict.fromkeys(texts)) for fact, texts in groups.items()) or "says nothing"


def _listed(fact: str, texts: Iterable[str]) -> str:
    *some, last = texts
    if not some:
        return last if fact == last else f"{fact.replace('-', ' ')} {last}"
    return f"{fact.replace('-', ' ')} {', '.join(some)} and {last}"


def _words(statement: Plain) -> str:
    fact, value = str(statement["fact"]), statement.get("value")
    if value is None:
        return {"parameter": "absent", "status": "not stated"}.get(fact, f"no {fact.replace('-', ' ')}")
    if fact == "mandatory":
        return {"yes": "mandatory", "no": "not mandatory"}.get(str(value), "mandatory in some cases")
    if fact == "limit":
        return ", ".join(f"{name.replace('_', ' ')} {bound}" for name, bound in value.items())
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    shown = text if fact in ("type", "status") else f"`{text}`"
    return shown if fact in ("parameter", "type") else f"{fact.replace('-', ' ')} {shown}"


def plain(statement: Statement) -> Plain:
    """Return a statement as the register has it."""
    value = {} if statement.value is None else {"value": statement.value}
    page = {} if statement.page is None else {"page": statement.page}
    return {"fact": statement.fact, "at": statement.at, **value, **page}


def _key(statement: Plain) -> tuple[str, str, str]:
    return statement["fact"], statement["at"], json.dumps(statement.get("value"), sort_keys=True)


def marked(union: Plain, id_: str, pointers: Sequence[str]) -> Plain:
    """Return the union with an entry's id in the `x-inconsistency` of the first of its places that can have it."""
    if any(id_ in marks(node) for node in _objects(union)):
        return union
    union = tree(union)
    for pointer in pointers:
        place = located(union, pointer)
        while place and not _can_be_marked(look(union, place), str(place[-1])):
            place = place[:-1]
        node = look(union, place) if place else MISSING
        if isinstance(node, dict):
            ids = [*marks(node), id_]
            node["x-inconsistency"] = ids[0] if len(ids) == 1 else ids
            break
    return union


def _can_be_marked(node: Any, key: str) -> bool:
    """Check whether a node is an object of the description: not a list, a reference or a map from names to objects."""
    return isinstance(node, dict) and not reference(node) and key not in _MAPS and bool(_NAMED & node.keys())


_MAPS = {"properties", "examples", "responses", "headers", "schemas", "parameters", "content", "value"}
_NAMED = {"description", "type", "schema", "operationId", "in", "content", "summary", "properties", "x-role"}


def _objects(node: Any) -> Iterable[Plain]:
    if isinstance(node, dict):
        yield node
        for inner in node.values():
            yield from _objects(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from _objects(inner)


def pointer_in(union: Plain, pointer: str) -> str:
    """Return a place, or the nearest place above it that the union has."""
    steps = from_pointer(pointer)
    while steps and look(union, located(union, to_pointer(steps))) is MISSING:
        steps = steps[:-1]
    return to_pointer(steps)
