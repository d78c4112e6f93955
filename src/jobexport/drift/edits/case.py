"""A finding with the values and places that its edits need."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import frozen

from jobexport.spec.document import MISSING, at, behind, located, look, parameters, schema_of
from jobexport.spec.statements.change import Change
from jobexport.spec.statements.edits import is_shared
from jobexport.spec.statements.plan import changes_between

if TYPE_CHECKING:
    from collections.abc import Callable

    from jobexport.drift.compare.comparison import Comparison
    from jobexport.drift.compare.pairs import Pair
    from jobexport.drift.facts import Parameter
    from jobexport.drift.findings import Finding
    from jobexport.spec.document import Location
    from jobexport.spec.statements.plan import Document, Plan


@frozen
class Case:
    """A finding with its comparison, and the plan that its edits are added to."""

    finding: Finding
    comparison: Comparison
    plan: Plan

    @property
    def words(self) -> str:
        """The description of the finding's overlay actions, such as "Path: the page says /v1/jobs."."""
        finding = self.finding
        said = "does not say so" if finding.page is None else f"says {finding.page}"
        return f"{finding.about[0].upper()}{finding.about[1:]}: the page {said.removesuffix('.')}."

    @property
    def place(self) -> Location:
        """The finding's place in the document."""
        return located(self.plan.document, self.finding.states.at)

    @property
    def operation(self) -> Location:
        """The place of the operation."""
        return located(self.plan.document, self.comparison.operation_place)

    @property
    def base(self) -> Document:
        """The document that gets new nodes: the union if it has the operation at the same place, else the edition's."""
        union = self.plan.union
        return union if union is not None and look(union, self.operation) is not MISSING else self.plan.document

    def change(self, location: Location, value: Any = None, *, remove: bool = False) -> Change:
        """Build a change with the finding's description."""
        return Change(self.words, location, value, remove)

    @property
    def row(self) -> Parameter:
        """The page's row that the finding is about.

        Raises:
            LookupError: no row of the page has the finding's place.
        """
        rows = self.comparison.rows_of(self.finding.states)
        pairs = (pair.page for pair in self.comparison.pairs)
        for row in pairs:
            if row is not None and row in rows:
                return row
        raise LookupError(self.finding.states.at)

    @property
    def is_variable(self) -> bool:
        """True if the finding is about a variable of the path."""
        rows = (pair.page or pair.other for pair in self.comparison.pairs if self._is_its(pair))
        return any(row is not None and row.location == "path" for row in rows)

    def _is_its(self, pair: Pair) -> bool:
        at = self.finding.states.at
        mine = pair.page is not None and self.comparison.place(pair.page) == at
        return mine or (pair.other is not None and self.comparison.other_place(pair.other) == at)


def listed_parameter(case: Case, place: Location) -> Location | None:
    """Return the place in the operation's list of a parameter, or None if the operation does not list it.

    The parameter at `place` may be shared by operations, and the operation may list its own with the same name.
    """
    shared = look(case.base, place)
    if not (isinstance(shared, dict) and "in" in shared):
        return None
    return parameters(case.plan.document, case.operation).get((shared["in"], shared["name"]))


def edit_parameter(case: Case, place: Location, edit: Callable[[Document], Document]) -> None:
    """Add to the plan a change of a header, path or query parameter, for this operation alone."""
    document = case.plan.document
    listed = listed_parameter(case, place)
    if listed is None:
        return
    target = behind(document, listed)
    old = at(document, target)
    if listed != target and is_shared(document, target):
        case.plan.own(case.change(listed, edit(dict(old))))
    else:
        case.plan.own(*changes_between(case.words, target, old, edit(dict(old))))


def edit_schema(
    case: Case, edit: Callable[[Document], Document], widen: Callable[[Document, Document], Document]
) -> None:
    """Add to the plan a change of the schema at the finding's place, and widen the union's schema if necessary.

    Args:
        case: the finding.
        edit: returns the edition's new schema for the old one.
        widen: returns a schema that allows the values of both the union's schema and the edition's new one.
    """
    plan, place = case.plan, case.place
    if "properties" not in place:
        edit_parameter(case, place, lambda node: {**node, "schema": edit(dict(schema_of(plan.document, node)))})
        return
    target = behind(plan.document, place)
    new = edit(dict(at(plan.document, target)))
    if target != place and is_shared(plan.document, target):
        # Other places refer to the component too: this place gets a schema of its own.
        plan.own(case.change(place, new))
        return
    wide = look(plan.union, target)
    if wide is not MISSING:
        plan.everywhere(*changes_between(case.words, target, wide, widen(wide, new)))
    plan.own(*changes_between(case.words, target, at(plan.document, target), new))
