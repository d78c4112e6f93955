"""The pages of one list, walked once: which pages come next, and whether all of the list came. No I/O.

Pages of the vendor and clients of the service disagree whether `offset` counts pages or items. The second page, asked
for with `offset=1`, shows it: if items count, it repeats most of the first page.

A claimed number that the first page fills ends the walk, unless it is round: then it may be the number of items on the
page. The first item alone, asked for with `limit=1`, shows that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import define, field, frozen

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

# The second page counts as a repetition of the first if it has more than this part of its items.
_REPEATED = 0.5
# Limits of servers are multiples of this number.
_ROUND = 10


@frozen
class Query:
    """The parameters of a request for a page."""

    limit: int
    offset: int


@define(eq=False)
class Pager:
    """One walk over a list; `plan` names the next pages, `take` receives each of them in this order."""

    limit: int
    """The number of items to ask for in a page; a server may send fewer."""
    records: bool | None = None
    """True if `offset` counts items, False if it counts pages from 0 on, None if not known yet."""
    total: int | None = None
    """The newest number of items that the service claims; None if it claims no number."""
    moved: bool = False
    """True if the claimed number changed from a page to the next."""
    over: bool = False
    """True if no page is left to ask for."""
    seen: set[Hashable] = field(factory=set)
    """The keys of the items that came."""
    _first: frozenset[Hashable] = frozenset()
    _pages: int = 0
    _size: int = 0
    """Items of the first page: the server's own limit may be lower than that of the request."""
    _doubtful: bool = False
    """True until it is known that the claimed number is not that of the page."""
    _claims: bool = True
    """False if the claimed numbers are those of pages."""

    @property
    def complete(self) -> bool:
        """True if the list was walked to its end, and as many items came as the service claims, on every page."""
        return self.over and not self.moved and self.total in {None, len(self.seen)}

    def plan(self, most: int) -> list[Query]:
        """Return the next pages to ask for, at most this many; several only if it is certain that they exist."""
        if self.over:
            return []
        if self._pages == 0:
            return [Query(self.limit, 0)]
        if self._doubtful:
            return [Query(1, 0)]
        if self.records is None:
            return [Query(self.limit, 1)]
        count = 1
        if self.total is not None and self._size:
            left = -(-self.total // self._size) - self._pages
            count = min(max(left, 1), most)
        step = self._size if self.records else 1
        return [Query(self.limit, (self._pages + number) * step) for number in range(count)]

    def take(self, keys: Sequence[Hashable | None], total: int | None) -> set[Hashable]:
        """Receive a page, and return the keys that are new in this walk.

        Args:
            keys: the key of each item, None for an item without a key.
            total: the number of items that the page claims for the whole list; None if it claims no number.
        """
        if self._doubtful and (len(keys) > 1 or total == 1):
            self.total, self._claims = None, False
        if total is not None and self._claims:
            self.moved = self.moved or self.total not in {None, total}
            self.total = total
        found = set(keys) - {None}
        new = found - self.seen
        self.seen |= new
        if self._doubtful:
            self._doubtful = False
            self.over = len(self.seen) == self.total
            return new
        if self._pages == 0:
            self._first, self._size = frozenset(found), len(keys)
            self._doubtful = bool(found) and total == len(found) and total % _ROUND == 0
        elif self.records is None and found:
            self.records = len(found & self._first) > _REPEATED * len(found)
            if self.records:
                # The page began at the second item: the next page is asked for as if this page had not come.
                self._pages -= 1
        self._pages += 1
        self.over = self.over or not new or (len(self.seen) == self.total and not self._doubtful)
        return new
