"""The pages of a list, without any I/O."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from jobexport.client.objects.pager import Pager, Query

if TYPE_CHECKING:
    from collections.abc import Callable

Shown = tuple[list[int], int | None]


def server(
    count: int, *, records: bool, cap: int = 100, total: int | None = -1, ignored: bool = False
) -> Callable[[Query], Shown]:
    """A list of numbers; `total` is the number that it claims, the true number by default."""

    def page(query: Query) -> Shown:
        limit = min(query.limit, cap)
        start = 0 if ignored else query.offset if records else query.offset * limit
        return list(range(count))[start : start + limit], count if total == -1 else total

    return page


def walk(pager: Pager, page: Callable[[Query], Shown], most: int = 4) -> int:
    """Walk to the end, and return the number of requests."""
    requests = 0
    while queries := pager.plan(most):
        for keys, total in [page(query) for query in queries]:
            pager.take(list(keys), total)
            requests += 1
        assert requests < 100
    return requests


@pytest.mark.parametrize(
    ("count", "records", "cap", "requests"),
    [
        (0, False, 100, 1),
        (99, False, 100, 1),
        (100, False, 100, 2),
        (100, True, 100, 2),
        (101, False, 100, 2),
        (101, True, 100, 2),
        (500, False, 100, 5),
        (500, True, 100, 6),
        (95, False, 10, 10),
        (95, True, 10, 11),
        (3, True, 1, 3),
        (5, True, 2, 4),
    ],
)
def test_all_items_come_whether_offset_counts_pages_or_items(
    count: int, records: bool, cap: int, requests: int
) -> None:
    """The second page shows what `offset` counts, also if the server sends fewer items than asked for."""
    pager = Pager(100)
    assert walk(pager, server(count, records=records, cap=cap)) == requests
    assert pager.seen == set(range(count))
    assert pager.complete


def test_no_page_is_asked_for_once_all_items_came() -> None:
    """A service may refuse a page behind the last one, so the claimed number ends the walk."""
    pager = Pager(100)
    pager.take(list(range(99)), 99)
    assert pager.plan(4) == []


@pytest.mark.parametrize("records", [True, False])
@pytest.mark.parametrize("cap", [100, 50, 10])
@pytest.mark.parametrize("claim", ["page", "limit"])
def test_the_number_of_items_on_a_page_is_not_taken_for_that_of_the_list(claim: str, cap: int, records: bool) -> None:
    """A full page whose number is claimed for the list is not the end: the first item alone shows it."""
    page, pager = server(230, records=records, cap=cap), Pager(100)
    walk(pager, lambda query: (keys := page(query)[0], len(keys) if claim == "page" else min(query.limit, cap)))
    assert pager.seen == set(range(230))
    assert (pager.total, pager.moved, pager.complete) == (None, False, True)


def test_a_number_that_is_right_costs_one_item() -> None:
    """If the service claims the same number for the first item alone, no second page is asked for."""
    pager = Pager(100)
    pager.take(list(range(100)), 100)
    assert pager.plan(4) == [Query(1, 0)]
    pager.take([0], 100)
    assert (pager.plan(4), pager.complete) == ([], True)


def test_a_list_that_grows_while_its_number_is_in_doubt_has_moved() -> None:
    """Another number for the first item alone is a change of the list."""
    pager = Pager(10)
    pager.take(list(range(10)), 10)
    pager.take([0], 11)
    assert pager.moved


def test_what_a_former_walk_found_out_saves_a_request() -> None:
    """A pager that knows the unit of `offset` asks for no page twice."""
    pager = Pager(100, records=True)
    assert walk(pager, server(500, records=True)) == 5
    assert pager.complete


@pytest.mark.parametrize("records", [True, False])
@pytest.mark.parametrize("total", [150, 90, None])
def test_a_wrong_total_loses_no_item(total: int | None, records: bool) -> None:
    """A number that is too high, too low or missing: the walk goes on until a page has nothing new."""
    pager = Pager(50)
    walk(pager, server(120, records=records, total=total))
    assert pager.seen == set(range(120))
    assert pager.complete is (total is None)


def test_a_server_that_ignores_offset_has_an_end() -> None:
    """The same page again and again ends the walk, and the list is not complete."""
    pager = Pager(100)
    assert walk(pager, server(300, records=False, ignored=True)) <= 3
    assert not pager.complete


def test_a_total_that_moves_is_noticed() -> None:
    """A list that changed between two pages is not complete, even if the numbers fit in the end."""
    pager = Pager(2)
    pager.take([1, 2], 4)
    pager.take([3], 3)
    assert (pager.over, pager.moved, pager.complete) == (True, True, False)


def test_an_item_without_a_key_is_missing() -> None:
    """An entry without a name counts for the place in the list, and not as an item."""
    pager = Pager(100)
    pager.take([1, None], 2)
    assert (pager.seen, pager.complete) == ({1}, False)


def test_only_pages_that_exist_are_asked_for_together() -> None:
    """Once the unit of `offset` is known, several pages come at a time, never more than the claimed number fills."""
    pager = Pager(10)
    pager.take(list(range(10)), 45)
    assert [query.offset for query in pager.plan(4)] == [1]
    pager.take(list(range(10, 20)), 45)
    assert [query.offset for query in pager.plan(4)] == [2, 3, 4]
    assert [query.offset for query in pager.plan(2)] == [2, 3]
