"""The description: the documents, the register, and the lines on which a maintainer edits them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import field, frozen

from jobexport.drift.documents.facts import document_facts, listing_facts
from jobexport.drift.documents.schemas import FACT_KEYS
from jobexport.drift.findings import SourceLine
from jobexport.errors import JobexportError
from jobexport.spec.document import from_pointer, operations_by_id
from jobexport.spec.editions import BASE, CHECKOUT, OVERLAYS, REGISTER, edition_ids, editions, is_checkout, resolve
from jobexport.spec.load import lines_of, load_yaml
from jobexport.spec.overlay import touched_places
from jobexport.spec.register import load_register

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from jobexport.drift.facts import PageFacts
    from jobexport.spec.document import Location
    from jobexport.spec.register import Register, Statement


@frozen(eq=False)
class Described:
    """The documents of all editions, their sources, and the register."""

    register: Register
    documents: Mapping[str, dict[str, Any]] = field(repr=False)
    """The resolved document of each edition, by id."""
    union: dict[str, Any] | None = field(repr=False)
    """The union; None in an installed package, which has no sources."""
    overlays: Mapping[str, dict[str, Any]] = field(repr=False)
    root: Path
    files: Mapping[str, Path]
    """The file of each edition's document."""
    entries: dict[str, Any] = field(factory=dict, repr=False)
    """The register as its file has it; empty in an installed package."""
    _touched: dict[str, list[list[Location]]] = field(init=False, factory=dict, repr=False)
    _lines: dict[Path, Callable[[Sequence[str | int]], int | None]] = field(init=False, factory=dict, repr=False)

    @property
    def editions(self) -> list[str]:
        """The editions' ids."""
        return sorted(self.documents)

    def check_edition(self, edition: str) -> None:
        """Raise JobexportError unless the edition exists."""
        if edition not in self.documents:
            raise JobexportError(f"there is no edition {edition!r}; choose one of {', '.join(self.editions)}")

    def facts(self, edition: str, operation: str | None) -> PageFacts:
        """Return the facts of an edition's document about an operation; if None, the facts beside its operations."""
        document = self.documents[edition]
        if operation is None:
            return listing_facts(document, edition)
        return document_facts(document, operation, edition)

    def union_facts(self, operation: str | None) -> PageFacts | None:
        """Return the facts of the union about an operation, or None without a union or operation."""
        if self.union is None or operation is None or operation not in operations_by_id(self.union):
            return None
        return document_facts(self.union, operation, str(BASE))

    def source(self, edition: str, statement: Statement) -> SourceLine:
        """Return the line on which a maintainer edits a statement: in the edition's overlay if it has the place.

        Otherwise the line is in the union, or in the edition's document of an installed package.
        """
        place = from_pointer(statement.at)
        if self.union is None:
            return self._nearest(self.files[edition], self.files[edition].name, place)
        overlay = self.root / OVERLAYS / f"{edition}.yaml"
        number = self._action(edition, statement.fact, place)
        if number is not None:
            return SourceLine(f"{OVERLAYS}/{edition}.yaml", self.line(overlay, ("actions", number)))
        return self._nearest(self.root / BASE, str(BASE), place)

    def _action(self, edition: str, fact: str, place: Location) -> int | None:
        keys = FACT_KEYS.get(fact, ())
        spots = [(*place, key) for key in keys] or [place]
        for number, touched in enumerate(self.touched(edition)):
            for location in touched:
                named = tuple(map(str, location))
                above = any(spot[: len(named)] == named for spot in spots)
                if above or (keys and any(named[: len(spot)] == spot for spot in spots)):
                    return number
        return None

    def touched(self, edition: str) -> list[list[Location]]:
        """Return the places that each action of an edition's overlay changes; an empty list without sources."""
        if self.union is None:
            return []
        if edition not in self._touched:
            self._touched[edition] = touched_places(self.union, self.overlays[edition])
        return self._touched[edition]

    def line(self, path: Path, place: Location) -> int | None:
        """Return the line on which a place of a YAML file begins, or None if the file lacks the place."""
        if path not in self._lines:
            self._lines[path] = lines_of(path)
        return self._lines[path](place)

    def _nearest(self, path: Path, name: str, place: Location) -> SourceLine:
        """Return the line of a place, or of the nearest existing place above it."""
        found = (self.line(path, place[:length]) for length in range(len(place), 0, -1))
        return SourceLine(name, next((line for line in found if line), None))


def load_described(root: Path = CHECKOUT) -> Described:
    """Read the sources of a checkout, or the documents in an installed package.

    Raises:
        JobexportError: a file can't be read, or an overlay can't be applied.
    """
    if root == CHECKOUT and not is_checkout():
        shipped = editions()
        documents = {edition.id: load_yaml(edition.path) for edition in shipped}
        files = {edition.id: edition.path for edition in shipped}
        return Described(load_register(), documents, None, {}, root, files)
    ids = edition_ids(root)
    return Described(
        load_register(root / REGISTER),
        {edition: resolve(edition, root=root) for edition in ids},
        load_yaml(root / BASE),
        {edition: load_yaml(root / OVERLAYS / f"{edition}.yaml") for edition in ids},
        root,
        {edition: root / OVERLAYS / f"{edition}.yaml" for edition in ids},
        load_yaml(root / REGISTER),
    )
