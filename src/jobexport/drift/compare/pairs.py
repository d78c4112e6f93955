"""Pairs the parameters of two sides: by the same name, or by a new name at the same spot of the table."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from attrs import frozen

from jobexport.drift.compare.wording import words
from jobexport.drift.documents.type_names import may_be_same

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from jobexport.drift.facts import Parameter, ParameterIn

# Names with at least this similarity are one name that changed: zip_file and zip_files, jobList and job_list.
_ALIKE = 0.7
_CANDIDATES = 100
"""The most new rows that are compared with missing ones, and the most missing rows that each is compared with."""
_LETTERS = 64
"""The most letters of a name that is compared by likeness: the time grows with the square."""

_Spot = list[str]
"""The names of two rows, before and after."""
_COMMON_WORDS = "a an the of in on for to is are and or it this that 的"
_COMMON = frozenset(_COMMON_WORDS.split())
"""Words that every description may have."""


@frozen
class Pair:
    """A parameter of both sides, or of one side only."""

    page: Parameter | None
    other: Parameter | None
    parent: Parameter | None = None
    """For a missing parameter: the parameter of that side that would hold it; None at the top of a body."""

    @property
    def renamed(self) -> bool:
        """True if both sides have the parameter, under different names."""
        return self.page is not None and self.other is not None and not same_name(self.page, self.other)


def same_name(one: Parameter, other: Parameter) -> bool:
    """Check whether two parameters have the same name; the names of headers ignore case."""
    if one.location == "header":
        return one.name.lower() == other.name.lower()
    return one.name == other.name


def pair_parameters(page: Sequence[Parameter], other: Sequence[Parameter]) -> list[Pair]:
    """Pair the parameters of two sides, table by table: in the page's order, then parameters of the other side only.

    Parameters nested in a missing parameter are not listed, because they are missing with it.
    """
    found: list[Pair] = []
    for location in _locations(page, other):
        mine = [parameter for parameter in page if parameter.location == location]
        theirs = [parameter for parameter in other if parameter.location == location]
        found += _pair_below((), (), mine, theirs, None, None)
    return found


def _locations(*sides: Iterable[Parameter]) -> Iterable[ParameterIn]:
    return dict.fromkeys(parameter.location for side in sides for parameter in side)


def _pair_below(
    page_path: tuple[str, ...],
    other_path: tuple[str, ...],
    page: Sequence[Parameter],
    other: Sequence[Parameter],
    page_parent: Parameter | None,
    other_parent: Parameter | None,
) -> Iterator[Pair]:
    mine, theirs = _children(page_path, page), _children(other_path, other)
    pairs = _pair_siblings(mine, theirs, page_parent, other_parent)
    for pair in pairs:
        yield pair
        if pair.page and pair.other:
            yield from _pair_below(pair.page.path, pair.other.path, page, other, pair.page, pair.other)


def _children(path: tuple[str, ...], parameters: Sequence[Parameter]) -> list[Parameter]:
    """Return the rows of the table of one object, the first row for each name."""
    if path:
        below = [item for item in parameters if len(item.path) == len(path) + 1 and item.path[:-1] == path]
    else:
        # The rows of a table that no row leads to have no parent row, so they count as rows at the top.
        known = {item.path for item in parameters}
        below = [item for item in parameters if item.path[:-1] not in known]
    return list({(item.path[:-1], item.name): item for item in reversed(below)}.values())[::-1]


def _pair_siblings(
    mine: list[Parameter], theirs: list[Parameter], page_parent: Parameter | None, other_parent: Parameter | None
) -> list[Pair]:
    twins = {_row(twin): twin for twin in theirs}
    same = {id(item): twins[_row(item)] for item in mine if _row(item) in twins}
    taken = {id(twin) for twin in same.values()}
    gone = [item for item in theirs if id(item) not in taken]
    candidates = [item for item in gone if not _is_credential(item)]
    spots = _spots(mine, theirs) | _spots(theirs, mine)
    for item in [each for each in mine if id(each) not in same][:_CANDIDATES]:
        if candidates and (twin := _renamed(item, spots, candidates)):
            same[id(item)] = twin
            gone.remove(twin)
            candidates.remove(twin)
    pairs = [Pair(item, same.get(id(item)), None if id(item) in same else other_parent) for item in mine]
    return pairs + [Pair(None, item, page_parent) for item in gone]


def _is_credential(row: Parameter) -> bool:
    """Check whether a parameter is a document's security scheme, which can't be renamed by a page."""
    return str(row.at).startswith("/components/securitySchemes/")


def _row(item: Parameter) -> tuple[str, str]:
    """Return name and table of a row, by which both sides have it; the names of headers ignore case."""
    # The path of a row in a table that no row leads to begins with the table's title.
    return item.name.lower() if item.location == "header" else item.name, _title(item)


def _title(parameter: Parameter) -> str:
    first = parameter.path[0]
    return first.lower() if first.startswith("[") and len(parameter.path) > 1 else ""


def _renamed(item: Parameter, spots: dict[int, _Spot], gone: list[Parameter]) -> Parameter | None:
    """Return the missing row that a new row renames: with a similar name, else at the same spot with the same facts."""
    fitting = [twin for twin in gone if _same_type(item, twin) and _title(item) == _title(twin)]
    alike = [(_alike(_plain(item.name), _plain(twin.name)), twin) for twin in fitting[:_CANDIDATES]]
    best = max(alike, key=lambda pair: pair[0], default=(0.0, None))
    if best[0] >= _ALIKE:
        return best[1]
    at_spot = (
        twin
        for twin in fitting
        if spots[id(twin)] == spots[id(item)] and _as_mandatory(item, twin) and _same_meaning(item, twin)
    )
    return next(at_spot, None)


def _same_type(one: Parameter, other: Parameter) -> bool:
    """Check whether two rows may have the same type; a segment of the path is a text, whatever the table says."""
    return one.location == "path" or may_be_same(one.type, other.type)


def _alike(one: str, other: str) -> float:
    """Return the similarity of two names, or 0 if a quick look shows that it is too low to count."""
    if max(len(one), len(other)) > _LETTERS:
        return 0.0
    match = difflib.SequenceMatcher(None, one, other)
    return match.ratio() if match.real_quick_ratio() >= _ALIKE and match.quick_ratio() >= _ALIKE else 0.0


def _spots(table: list[Parameter], other: list[Parameter]) -> dict[int, _Spot]:
    """Return for each row, by its id, the names of the nearest rows before and after it that the other side has too."""
    names = {row.name.lower() for row in other}
    before, after, nearest = [], [], ""
    for row in table:
        before.append(nearest)
        nearest = row.name if row.name.lower() in names else nearest
    nearest = ""
    for row in reversed(table):
        after.append(nearest)
        nearest = row.name if row.name.lower() in names else nearest
    return {id(row): spot for row, *spot in zip(table, before, reversed(after), strict=True)}


def _plain(name: str) -> str:
    return name.replace("_", "").replace("-", "").lower()


def _same_meaning(one: Parameter, other: Parameter) -> bool:
    """Check whether two descriptions may be about the same thing: they share most words of the shorter one.

    The descriptions of a document are our own, and so show nothing.
    """
    if isinstance(one.at, str) or isinstance(other.at, str):
        return True
    mine, theirs = set(words(one.description)) - _COMMON, set(words(other.description)) - _COMMON
    return not mine or not theirs or len(mine & theirs) * 2 > min(len(mine), len(theirs))


def _as_mandatory(one: Parameter, other: Parameter) -> bool:
    # An optional row may be mandatory in some case that prose or another page names.
    return "unknown" in (one.mandatory, other.mandatory) or (one.mandatory == "yes") == (other.mandatory == "yes")
