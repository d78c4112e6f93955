"""Lists as iterators: `ListIterator` blocks, `AsyncListIterator` awaits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from attrs import define, field

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from typing import Self

    from jobexport.client.objects.walk import ListOutcome, Walk
    from jobexport.client.shell import AsyncShell, Shell

T = TypeVar("T")


@define(eq=False)
class ListIterator(Generic[T]):
    """Iterator over the items of all pages of a list; each comes once, and pages are fetched as they are needed.

    At its end it raises ListIncomplete if another number of items came than the service claims.
    """

    _walk: Walk[T] = field(repr=False)
    _shell: Shell = field(repr=False)
    _ready: Iterator[T] = field(init=False, factory=lambda: iter(()), repr=False)
    _checked: bool = field(init=False, default=False, repr=False)

    @property
    def outcome(self) -> ListOutcome | None:
        """The result of the walk, such as whether all items came; None before the end."""
        return self._walk.outcome

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> T:
        for item in self._ready:
            return item
        items = self._shell.run(self._walk.advance())
        if items is None:
            if not self._checked:
                self._checked = True
                self._walk.check()
            raise StopIteration
        self._ready = iter(items)
        return next(self._ready)


@define(eq=False)
class AsyncListIterator(Generic[T]):
    """Async iterator over the items of all pages of a list, as `ListIterator`."""

    _walk: Walk[T] = field(repr=False)
    _shell: AsyncShell = field(repr=False)
    _ready: Iterator[T] = field(init=False, factory=lambda: iter(()), repr=False)
    _checked: bool = field(init=False, default=False, repr=False)

    @property
    def outcome(self) -> ListOutcome | None:
        """The result of the walk, such as whether all items came; None before the end."""
        return self._walk.outcome

    def __aiter__(self) -> AsyncIterator[T]:
        return self

    async def __anext__(self) -> T:
        for item in self._ready:
            return item
        items = await self._shell.run(self._walk.advance())
        if items is None:
            if not self._checked:
                self._checked = True
                self._walk.check()
            raise StopAsyncIteration
        self._ready = iter(items)
        return next(self._ready)
