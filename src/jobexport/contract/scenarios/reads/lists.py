"""Scenarios of lists: their pages, what is looked for in them, and which objects are in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jobexport.contract.checks.lists import listing
from jobexport.contract.data import KINDS
from jobexport.contract.scenarios.holdings import documented, family_of, queries
from jobexport.contract.scenarios.scenario import expect, scenario
from jobexport.contract.verbs import LISTS, looked_for
from jobexport.spec.document import operations_by_id

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from jobexport.contract.checks.lists import ListedPage
    from jobexport.contract.scenarios.run import ScenarioRun
    from jobexport.contract.verbs import Filter

_LIMITS = (1, 2, 3)
# Pages that are read from the beginning of a list; the last ones are read in any case.
_FIRST = 4
# The items of a list of which the values are looked for.
_MOST = 2
_NOTHING = "no-such=value"


@scenario(
    "The pages of a list have each object once, in one order and with one total, whatever the limit is.",
    "DGC-202",
    "DLI-111",
    "DLI-112",
    "DGC-803",
    "DGC-905",
    subject=LISTS,
    requests=25,
)
def pages(run: ScenarioRun) -> None:
    """Read a list in pages of one to three items, and behind its end; compare each page with the page by default."""
    whole = _page(run)
    for limit in _LIMITS:
        _walk(run, whole, limit)
    again = _page(run).keys
    expect(again == whole.keys, f"the same request, sent again, lists {words_of(again)} after {words_of(whole.keys)}")


def _walk(run: ScenarioRun, whole: ListedPage, limit: int) -> None:
    last = max(whole.total - 1, 0) // limit
    for number in sorted({*range(min(_FIRST, last)), last, last + 1, last + 2}):
        start = number * limit
        offset = start if whole.of_items else number
        page = _page(run, limit=limit, offset=offset)
        words = f"with limit {limit} and offset {offset}"
        expect(page.total == whole.total, f"{words} the total is {page.total}, without them {whole.total}")
        size = max(min(limit, whole.total - start), 0)
        expect(len(page.items) == size, f"{words} and a total of {whole.total} the page has {len(page.items)} items")
        known = whole.keys[start : start + limit]
        expect(
            page.keys[: len(known)] == known,
            f"{words} the page has {words_of(page.keys)}; the list has {words_of(known)} there",
        )
        twice = {*page.keys[len(known) :]} & {*whole.keys}
        expect(not twice, f"{words} the page has {words_of(twice)}, which is on the first page too")


@scenario(
    "A list that looks for a value has the objects with this value, and only these.",
    "DGC-207",
    "DGC-203",
    "DGC-806",
    "DGC-909",
    "DLI-107",
    "DLI-108",
    "DLI-115",
    subject=LISTS,
    requests=35,
)
def filters(run: ScenarioRun) -> None:
    """Look for values that listed objects have, and for a value that no object has."""
    whole = _page(run)
    fields = documented(run, run.id)
    for each in looked_for(run.document, operations_by_id(run.document)[run.id]):
        if each.default is not None:
            continue
        if each.field in fields:
            found = (item[each.field] for item in whole.items if isinstance(item.get(each.field), str))
            held = dict.fromkeys(value for value in found if not each.values or value in each.values)
            for value in [*held][-_MOST:]:
                _look_for(run, whole, each, value)
            _look_for_absent(run, each, [value for value in each.values if value not in held][:_MOST], whole)
        if not each.values:
            _look_for_absent(run, each, [_NOTHING], whole)


def _look_for(run: ScenarioRun, whole: ListedPage, each: Filter, value: str) -> None:
    """Look for a value of listed objects; all objects with the value are found, on pages of any size."""
    name, field = each.parameter, each.field
    page = _page(run, **{name: value})
    found = {item["name"]: item.get(field) for item in page.items if isinstance(item.get("name"), str)}
    words = f"{name} {value!r} finds {words_of(found)}"
    for item in whole.items:
        if item.get(field) == value and len(page.items) == page.total:
            expect(item.get("name") in found, f"{words}, but {item.get('name')!r} has this {field} too")
    # No page says whether a part of a name is enough.
    other = [called for called, has in found.items() if has != value and (each.values or value not in str(has))]
    expect(not other or field == "name", f"{words}, but {words_of(other)} has another {field}")
    first = _page(run, **{name: value}, limit=1)
    expect(first.items, f"{words}, but with limit 1 nothing is found")
    expect(first.total == page.total, f"{words} of {page.total}, but with limit 1 the total is {first.total}")


def _look_for_absent(run: ScenarioRun, each: Filter, values: Sequence[str], whole: ListedPage) -> None:
    """Look for values that no object has."""
    if len(whole.items) < whole.total and values != [_NOTHING]:
        # An object on another page may have the value.
        return
    name = each.parameter
    for value in values:
        page = _page(run, **{name: value})
        expect(not page.items, f"no object has {name} {value!r}, but the list has {words_of(page.keys)}")
        expect(page.total == 0, f"no object has {name} {value!r}, but the total is {page.total}")


@scenario(
    "The list of a workspace has every object of the workspace, and no other.",
    "DGC-205",
    "DGC-807",
    "DGC-901",
    "DLI-112",
    subject=LISTS,
    requests=8,
)
def known_listed(run: ScenarioRun) -> None:
    """List the objects of each known workspace; they are those that exist there, by names with which they are found."""
    family = family_of(run)
    kind = next((each for each in KINDS if family and f"path.{family.variable}" in each.places), None)
    if family is None or kind is None or not run.data.complete:
        return
    # The default workspace last: a server may have kept the workspace of the request before.
    for workspace in (*(run.data.workspace_jobs if kind.of_workspace else ()), None):
        listed = {str(family.key(item)) for item in every_item(run, workspace)}
        held = run.data.held(kind, workspace)
        if held is None:
            continue
        place = "the list" if workspace is None else f"the list of workspace {workspace}"
        more, less = listed - {*map(str, held)}, {*map(str, held)} - listed
        expect(not more, f"{place} has {words_of(more)}, which does not exist there")
        expect(not less, f"{words_of(less)} exists, but {place} lacks it")


def every_item(run: ScenarioRun, workspace: str | None = None, **query: Any) -> Iterator[Mapping[str, Any]]:
    """Yield the items of a list of each kind that a parameter with a default chooses, such as `jobType`."""
    for each in queries(run, operations_by_id(run.document)[run.id]):
        yield from _page(run, workspace, **{**each, **query}).items


def _page(run: ScenarioRun, workspace: str | None = None, **query: Any) -> ListedPage:
    """Return a page of the list.

    Raises:
        Violation: the request fails, or the response is not a page.
    """
    response = run.send(query=query, workspace=workspace)
    words = " and ".join(f"{name} {value!r}" for name, value in query.items()) or "no parameter"
    expect(response.succeeded, f"a list with {words} gets {response.status}")
    page = listing(response)
    expect(page, f"the response to a list with {words} is not a page of objects with a total")
    assert page is not None  # noqa: S101  # expected above
    return page


def words_of(keys: Any) -> str:
    """Return names as words of a sentence."""
    return ", ".join(map(repr, sorted(keys) if isinstance(keys, set) else keys)) or "nothing"
