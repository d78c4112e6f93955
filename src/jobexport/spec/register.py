"""Reads the register of inconsistencies: the claims of each edition, and the decision taken."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import jsonschema_rs
from attrs import frozen

from jobexport.errors import JobexportError
from jobexport.spec.editions import REGISTER, REGISTER_SCHEMA, register_path
from jobexport.spec.load import line_of, load_yaml

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path


@frozen
class PageRef:
    """A reference to a page of the vendor's documentation, as an edition has it."""

    edition: str
    operation: str
    document: str
    """The page's id in the vendor's documentation, or its title."""
    date: str
    """Day or month of its last change, ISO 8601."""
    language: str
    copy: str
    """`whole`, or `partial` if parts of the page could not be had."""


@frozen
class Statement:
    """One fact as a value: the kind of fact, its place in the union, and the value that the page has there."""

    fact: str
    """The kind of fact, such as `type`; the register's JSON Schema lists all kinds."""
    at: str
    """JSON pointer into the union."""
    value: Any = None
    """The value as JSON, or None if the page says nothing."""
    page: str | None = None
    """The id of the page that has the statement, if the claim rests on several pages."""

    def key(self) -> tuple[str, str, str]:
        """Return the equality key. It has JSON text, because in Python `True == 1`."""
        return self.fact, self.at, json.dumps(self.value, sort_keys=True)


@frozen
class Claim:
    """The position of some editions on one fact."""

    editions: tuple[str, ...]
    fact: str
    evidence: str
    """`doc`, `source` (a public client's), `measured`, or `none` if the page could not be had."""
    page: str | None = None
    """The page with the claim, if that is not the operation's own page."""
    says: tuple[Statement, ...] = ()
    """The claim as values, as far as a page's tables, examples and names show it."""


@frozen
class Observation:
    """Evidence from a source other than the pages of an edition."""

    by: str
    fact: str
    evidence: str


@frozen
class Entry:
    """One inconsistency and the decision taken."""

    id: str
    title: str
    api: str
    operations: tuple[str, ...]
    pointers: tuple[str, ...]
    """JSON pointers of the places in the union that show the inconsistency."""
    wire: bool
    """True if a server's traffic can show the inconsistency."""
    status: str
    claims: tuple[Claim, ...]
    observed: tuple[Observation, ...]
    union: str
    overlay: str
    test: str
    """The test that holds the decision, as pytest names it."""

    def claim(self, edition: str) -> Claim:
        """Return the claim of an edition.

        Raises:
            KeyError: no claim names the edition.
        """
        for claim in self.claims:
            if edition in claim.editions:
                return claim
        raise KeyError(edition)


@frozen
class Register:
    """All entries, and the pages they rest on."""

    pages: tuple[PageRef, ...]
    entries: tuple[Entry, ...]

    def entry(self, id_: str) -> Entry:
        """Return the entry with an id.

        Raises:
            KeyError: no entry has the id.
        """
        return {entry.id: entry for entry in self.entries}[id_]

    def entries_at(self, operation: str, pointers: Iterable[str], *, wire: bool = False) -> list[Entry]:
        """Return an operation's entries for some places: for each place the entries that point there, or nearest above.

        Args:
            operation: the operationId.
            pointers: JSON pointers of the places.
            wire: True to return only entries that traffic can show.
        """
        candidates = [entry for entry in self.entries if operation in entry.operations and (entry.wire or not wire)]
        found: set[str] = set()
        for pointer in pointers:
            above = {
                entry.id: max(
                    (spot for spot in entry.pointers if f"{pointer}/".startswith(f"{spot}/")), key=len, default=""
                )
                for entry in candidates
            }
            nearest = max(above.values(), key=len, default="")
            found |= {entry.id for entry in candidates if nearest and above[entry.id] == nearest}
        return [entry for entry in self.entries if entry.id in found]

    def gaps(self, editions: Sequence[str]) -> Iterator[str]:
        """Find entries without exactly one claim for each edition, and operations without a page."""
        for entry in self.entries:
            claimed = sorted(edition for claim in entry.claims for edition in claim.editions)
            if claimed != sorted(editions):
                names = ", ".join(claimed)
                yield f"{REGISTER}: {entry.id} needs exactly one claim for each edition, but has {names}; amend it"
        pages = {(page.edition, page.operation) for page in self.pages}
        for operation in sorted({operation for entry in self.entries for operation in entry.operations}):
            for edition in editions:
                if (edition, operation) not in pages:
                    yield f"{REGISTER}: no page for {operation} in edition {edition}; add it under `pages`"

    def youngest(self, edition: str) -> tuple[str, str]:
        """Return the date of the youngest page of an edition, and its id: the order of editions by age."""
        return max((page.date for page in self.pages if page.edition == edition), default=""), edition

    def page(self, edition: str, operation: str) -> PageRef:
        """Return the page that an edition has for an operation.

        Raises:
            KeyError: the edition has no page for the operation.
        """
        return {(page.edition, page.operation): page for page in self.pages}[edition, operation]


def load_register(path: Path | None = None) -> Register:
    """Read and check the register; without a path, the project's own.

    Raises:
        JobexportError: the file can't be read or breaks the register's JSON Schema; the text names file and line.
    """
    path = path or register_path()
    document = load_yaml(path)
    schema = load_yaml(path.parent / REGISTER_SCHEMA)
    for problem in jsonschema_rs.validator_for(schema).iter_errors(document):
        pointer = list(problem.instance_path)
        where = "/".join(map(str, pointer))
        raise JobexportError(f"{path} line {line_of(path, pointer)}: /{where}: {problem.message}; correct the entry")
    return register_of(document)


def register_of(document: dict[str, Any]) -> Register:
    """Return the register that a document has, as its file has it."""
    return Register(
        pages=tuple(PageRef(**page) for page in document["pages"]),
        entries=tuple(_entry(fields) for fields in document["entries"]),
    )


def _entry(fields: dict[str, Any]) -> Entry:
    claims = tuple(_claim(claim) for claim in fields["claims"])
    observed = tuple(Observation(**observation) for observation in fields.get("observed", ()))
    lists = {name: tuple(fields[name]) for name in ("operations", "pointers")}
    return Entry(**(fields | lists | {"claims": claims, "observed": observed}))


def _claim(fields: dict[str, Any]) -> Claim:
    says = tuple(Statement(**statement) for statement in fields.get("says", ()))
    return Claim(**(fields | {"editions": tuple(fields["editions"]), "says": says}))
