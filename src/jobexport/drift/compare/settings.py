"""Tables of settings: their rows are names in a list of names and values, and no parameters of a body."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING

import attrs
from attrs import frozen

from jobexport.drift.compare.comparison import Comparison
from jobexport.drift.compare.parameters import parameter_findings
from jobexport.spec.register import Statement

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from jobexport.drift.facts import PageFacts, Parameter
    from jobexport.drift.findings import Finding
    from jobexport.spec.register import Register

FACT = "settings"
"""The fact of a statement: `at` is the list of names and values, `value` the titles of the tables."""


@frozen
class Settings:
    """The tables of settings that the register names for one list of names and values."""

    at: str
    titles: tuple[str, ...]

    def has(self, title: str) -> bool:
        """Check whether a title is among the tables', or begins and ends as all of theirs do.

        `Parameters of the SMN node` and `Parameters of the Shell node` have a new sibling `Parameters of the DIS node`.
        """
        before = _shared(self.titles)
        after = _shared(tuple(each[len(before) :][::-1] for each in self.titles))[::-1]
        alike = len(before + after) >= _ALIKE and len(self.titles) > 1
        return title in self.titles or (alike and title.startswith(before) and title.endswith(after))


def _shared(texts: tuple[str, ...]) -> str:
    """Return the longest text that all texts begin with."""
    same = takewhile(lambda signs: len(set(signs)) == 1, zip(*texts, strict=False))
    return "".join(signs[0] for signs in same)


_ALIKE = 4
"""The fewest characters that the titles of a family of tables share: `节点属性说明` is short."""


def settings_of(register: Register, operation: str | None, edition: str | None = None) -> tuple[Settings, ...]:
    """Return the tables of settings that the register states of an operation, in one edition or in any."""
    return tuple(
        Settings(statement.at, tuple(map(str, statement.value)))
        for entry in register.entries
        if operation in entry.operations
        for claim in entry.claims
        if edition is None or edition in claim.editions
        for statement in claim.says
        if statement.fact == FACT and statement.value
    )


def apart(page: PageFacts, settings: Iterable[Settings]) -> tuple[PageFacts, tuple[Statement, ...], PageFacts]:
    """Return a page without its tables of settings, what it states of these tables, and the page with them only."""
    titles = list(dict.fromkeys(title for row in page.parameters if (title := _title(row))))
    found: list[Statement] = []
    known: set[str] = set()
    for each in settings:
        listed = [title for title in titles if each.has(title)]
        known.update(listed)
        if listed:
            found.append(Statement(FACT, each.at, listed))
    sides = (tuple(row for row in page.parameters if (_title(row) in known) is kept) for kept in (False, True))
    without, only = (attrs.evolve(page, parameters=rows) for rows in sides)
    return without, tuple(found), only


def setting_findings(page: PageFacts, other: PageFacts) -> Iterator[Finding]:
    """Find settings that differ between two pages, of which each has its tables of settings only."""
    for finding in parameter_findings(Comparison(page, other)):
        yield attrs.evolve(finding, kind="setting-changed")


def _title(row: Parameter) -> str:
    """Return the title of the table of a row that no other row leads to; empty for another row."""
    first = row.path[0]
    return first[1:-1] if first.startswith("[") and len(row.path) > 1 else ""
