"""A walk over all pages of a list, as steps: every item once, and whether all of them came."""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from attrs import Factory, define, field, frozen

from jobexport.client.exchange import Exchange, fetch_value
from jobexport.client.objects.pager import Pager, Query
from jobexport.client.steps import Together
from jobexport.errors import InvalidRequest, ListIncomplete, UnexpectedResponse

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
    from datetime import datetime

    from jobexport.client.retry import Retries
    from jobexport.client.steps import Opened, Steps

T = TypeVar("T")

# Every edition allows 100 items in a page, and 10 are the default. Pages that are too large to be read get fewer
# items: a script may have 4 MB.
_LIMITS = (100, 10, 1)
# How often a list is walked again whose number of items changed on the way.
_AGAIN = 3
# Requests at a time.
_AT_ONCE = 4
# The longest page. Four of them are in memory at a time.
_LONGEST = 16 * 1024 * 1024
# A workspace holds 10,000 jobs; a server that invents items has no end.
_MOST_ITEMS = 1_000_000


@frozen
class ListPage:
    """A page as it came."""

    items: Sequence[Mapping[str, Any]]
    total: int | None
    """The number of items in the whole list, as the service claims; None if it claims no number."""
    date: datetime | None = None


@frozen(eq=False)
class Source(Generic[T]):
    """A list of the service."""

    operation: str
    """The operation's id, such as `listJobs`."""
    request: Callable[[Query], Mapping[str, Any]]
    """Builds the arguments of `httpx.Client.build_request` for a page."""
    read: Callable[[Opened, bytes], ListPage]
    item: Callable[[Mapping[str, Any]], T | None]
    """Builds the item of an entry; None for an entry without a name."""
    key: Callable[[T], Hashable]
    records: bool | None = None
    """True if `offset` counts items in every edition; None if it has to be found out."""


@frozen
class ListOutcome:
    """Result of a walk over a list, known at its end."""

    complete: bool
    """True if every list of the walk came to its end with as many items as the service claims."""
    total: int | None
    """The number of items that the service claims; None if it claims no number."""
    count: int
    """The number of items that came."""
    date: datetime | None
    """The service's clock (`Date`) at the first response; None if the response does not show it.

    An item that was changed since, or in the second before it, may have changed again after it was listed.
    """
    problem: str = ""
    """The reason if the list is not complete, for people."""
    left: frozenset[Hashable] = frozenset()
    """The keys of items that came, and were not in the list any more when it was walked again."""


@define(eq=False)
class Walk(Generic[T]):
    """A walk over the pages of one list, or of several lists that make one."""

    retries: Retries
    sources: Sequence[Source[T]]
    at_once: int = _AT_ONCE
    """The most requests at a time."""
    outcome: ListOutcome | None = None
    """The result; None before the end."""
    _done: list[Pager] = Factory(list)
    _pager: Pager | None = None
    _again: int = 0
    _limit: int = field(factory=lambda: _LIMITS[0])
    _records: bool | None = None
    _date: datetime | None = None
    _known: set[Hashable] = field(factory=set)

    def advance(self) -> Steps[list[T] | None]:
        """Return the steps to the next items, at least one, or None at the end of the walk.

        Raises:
            JobexportError: the error of a request.
        """
        while self.outcome is None:
            if new := (yield from self._next()):
                return new
        return None

    def check(self) -> None:
        """Check the end of the walk.

        Raises:
            ListIncomplete: the service claims another number of items than came.
        """
        if self.outcome is not None and not self.outcome.complete:
            found = self.outcome
            raise ListIncomplete(self.sources[0].operation, found.count, found.total, found.problem)

    def _next(self) -> Steps[list[T]]:
        source = self.sources[len(self._done)]
        if self._pager is None:
            self._pager = Pager(self._limit, self._records if source.records is None else source.records)
        queries = self._pager.plan(self.at_once)
        try:
            pages = yield from self._fetch(source, queries)
        except (InvalidRequest, UnexpectedResponse) as error:
            if not self._smaller(error):
                raise
            return []
        new: list[T] = []
        for page in pages:
            new += self._take(source, self._pager, page)
        if len(self._known) > _MOST_ITEMS:
            raise UnexpectedResponse(source.operation, 200, f"the list has more than {_MOST_ITEMS} items")
        if self._pager.over:
            self._end(self._pager)
        return new

    def _fetch(self, source: Source[T], queries: Sequence[Query]) -> Steps[list[ListPage]]:
        exchanges = [
            Exchange(source.operation, source.request(query), self.retries, writes=False, longest=_LONGEST)
            for query in queries
        ]
        pages: list[ListPage] = yield Together([fetch_value(exchange, source.read) for exchange in exchanges])
        return pages

    def _smaller(self, error: InvalidRequest | UnexpectedResponse) -> bool:
        """Begin the list again with smaller pages; return False if that does not help."""
        first = not (self._done or self._known)
        refused = isinstance(error, InvalidRequest) and first and self._limit == _LIMITS[0]
        too_large = isinstance(error, UnexpectedResponse) and error.too_large and self._limit != _LIMITS[-1]
        if refused or too_large:
            self._limit, self._pager = _LIMITS[_LIMITS.index(self._limit) + 1], None
        return refused or too_large

    def _take(self, source: Source[T], pager: Pager, page: ListPage) -> Iterable[T]:
        if self._date is None:
            self._date = page.date
        items = [source.item(fields) for fields in page.items]
        keys = [None if item is None else source.key(item) for item in items]
        pager.take(keys, page.total)
        for item, key in zip(items, keys, strict=True):
            if item is not None and key not in self._known:
                self._known.add(key)
                yield item

    def _end(self, pager: Pager) -> None:
        """End the walk over a list: walk over it again if it changed on the way, else go on to the next list."""
        self._records, self._pager = pager.records, None
        if pager.moved and self._again < _AGAIN:
            self._again += 1
            return
        self._again = 0
        self._done.append(pager)
        if len(self._done) == len(self.sources):
            self.outcome = self._judged()

    def _judged(self) -> ListOutcome:
        totals = [pager.total for pager in self._done if pager.total is not None]
        total = sum(totals) if len(totals) == len(self._done) else None
        last = {key for pager in self._done for key in pager.seen}
        count = len(last)
        problem = ""
        if any(pager.moved for pager in self._done):
            problem = f"the number of items changed in each of {_AGAIN + 1} walks"
        elif total not in {None, count} or not all(pager.complete for pager in self._done):
            problem = f"the service claims {total} items, and {count} came"
        return ListOutcome(not problem, total, count, self._date, problem, frozenset(self._known - last))


def date_of(opened: Opened) -> datetime | None:
    """Return the server's clock at a response, or None if the response does not show it."""
    try:
        return parsedate_to_datetime(opened.response.headers.get("Date", ""))
    except ValueError:
        return None
