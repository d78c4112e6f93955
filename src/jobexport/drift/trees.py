"""Compares the pages of two folders: pairs them by operation, then by name, and names pages that are gone or new."""

from __future__ import annotations

import filecmp
from typing import TYPE_CHECKING, TypeVar

from attrs import define, evolve, field, frozen

from jobexport.drift.check import PageReport, check_pages, single_page
from jobexport.drift.compare.responses import bare_path
from jobexport.drift.pages.reader import read_page
from jobexport.errors import JobexportError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from jobexport.drift.documents.description import Described
    from jobexport.drift.facts import PageFacts

    _Result = TypeVar("_Result")

Operation = tuple[str, str]
"""Method and path, without the names of the path's variables."""


@frozen
class Leaf:
    """A file of a tree."""

    path: Path
    name: str
    """The path below the folder, without suffix: `api/creating_a_job`."""

    @property
    def stem(self) -> str:
        """The last part of the name."""
        return self.name.rpartition("/")[2]


@frozen
class Remembered:
    """A page of a tree without its facts, which are read again when they are compared."""

    leaf: Leaf
    operation: Operation | None = None
    """None if the page has no request line."""
    readable: bool = True


def leaf_of(path: Path, folder: Path | None = None) -> Leaf:
    """Return a file of a folder; without a folder, a file that was named alone."""
    inner = path.relative_to(folder) if folder is not None else path.relative_to(path.parent)
    return Leaf(path, inner.with_suffix("").as_posix())


def attempt(path: Path, work: Callable[[Path], _Result]) -> _Result | JobexportError:
    """Return the result of work on one page, or its error: one page never ends the work on others."""
    try:
        return work(path)
    except JobexportError as problem:
        return problem
    except Exception as fault:  # any fault of ours concerns this page only
        words = f"{type(fault).__name__}: {fault}".splitlines()[0]
        return JobexportError(f"{path}: the page could not be worked on ({words}); report it together with the page")


@define
class Trees:
    """The comparison of new pages with a folder of older pages, page by page, with no page held in memory.

    A page is paired with the older page of the same operation (method and path), of several with the page of the same
    name. A page whose operation the other folder lacks is paired by its name below the folder, then by its file name.
    """

    described: Described
    whole: bool
    """True if the new pages are a folder too, so that older pages without a counterpart are gone."""
    _left: dict[Leaf, Remembered] = field(factory=dict, init=False)
    """The older pages without a counterpart so far."""

    def compare(self, old: Iterable[Leaf], new: Iterable[Leaf]) -> Iterator[PageReport | JobexportError]:
        """Yield a report for each new page, then for each older page that is gone, and an error for an unusable page.

        Pages with a counterpart of the same operation and name come first.
        """
        for leaf in old:
            page = _read(leaf)
            self._left[leaf] = _entry(leaf, page)
            if isinstance(page, JobexportError):
                yield page
        same: dict[object, Remembered] = {
            (entry.operation, entry.leaf.name): entry for entry in reversed(self._left.values()) if entry.operation
        }
        waiting: list[Remembered] = []
        operations: set[Operation | None] = set()
        for leaf in new:
            page = _read(leaf)
            entry = _entry(leaf, page)
            operations.add(entry.operation)
            twin = same.pop((entry.operation, leaf.name), None)
            if isinstance(page, JobexportError):
                yield page
            if twin is None or isinstance(page, JobexportError):
                waiting.append(entry)
            else:
                del self._left[twin.leaf]
                yield self._report(leaf, twin, page)
        yield from self._rest(waiting, operations)

    def _rest(
        self, waiting: list[Remembered], operations: set[Operation | None]
    ) -> Iterator[PageReport | JobexportError]:
        """Yield the reports of pages without a counterpart of the same operation and name."""
        known = {entry.operation for entry in self._left.values()}
        found = pairs(waiting, self._left.values())
        taken = {twin.leaf for twin in found.values()}
        for entry in waiting:
            if not entry.readable:
                continue
            if entry.leaf in found:
                yield self._report(entry.leaf, found[entry.leaf])
            else:
                again = entry.operation is None or entry.operation in known
                yield self._single(entry.leaf, "page-added" if again else "operation-added")
        for entry in self._left.values() if self.whole else ():
            if entry.readable and entry.leaf not in taken:
                still = entry.operation is None or entry.operation in operations
                yield self._single(entry.leaf, "page-gone" if still else "operation-gone")

    def _report(self, leaf: Leaf, twin: Remembered, page: PageFacts | None = None) -> PageReport | JobexportError:
        if not twin.readable:
            return JobexportError(f"{leaf.path}: compared with nothing, because {twin.leaf.path} can't be read")
        older = twin.leaf.path

        def compared(path: Path) -> PageReport:
            mine = page or read_page(path)
            # Most pages of a manual are the same in its next edition.
            same = filecmp.cmp(path, older, shallow=False)
            return check_pages(mine, evolve(mine, source=str(older)) if same else read_page(older), self.described)

        return attempt(leaf.path, compared)

    def _single(self, leaf: Leaf, kind: str) -> PageReport | JobexportError:
        return attempt(leaf.path, lambda path: single_page(read_page(path), kind, self.described))


def pairs(new: Iterable[Remembered], old: Iterable[Remembered]) -> dict[Leaf, Remembered]:
    """Return the older page of each new page: by operation and file name, by operation, by name, by file name.

    A file name that several folders have, such as `index`, pairs nothing.
    """
    rules: tuple[tuple[Callable[[Remembered], object], bool], ...] = (
        (lambda entry: (entry.operation, entry.leaf.stem) if entry.operation else None, False),
        (lambda entry: entry.operation, False),
        (lambda entry: entry.leaf.name, False),
        (lambda entry: entry.leaf.stem, True),
    )
    found: dict[Leaf, Remembered] = {}
    mine, theirs = list(new), list(old)
    for key, alone in rules:
        older = _grouped(theirs, key)
        for at, group in _grouped(mine, key).items():
            others = older.get(at, [])
            if not alone or len(group) == len(others) == 1:
                found.update((entry.leaf, twin) for entry, twin in zip(group, others, strict=False))
        taken = {twin.leaf for twin in found.values()}
        mine = [entry for entry in mine if entry.leaf not in found]
        theirs = [entry for entry in theirs if entry.leaf not in taken]
    return found


def _grouped(entries: Iterable[Remembered], key: Callable[[Remembered], object]) -> dict[object, list[Remembered]]:
    groups: dict[object, list[Remembered]] = {}
    for entry in entries:
        if (at := key(entry)) is not None:
            groups.setdefault(at, []).append(entry)
    return groups


def _read(leaf: Leaf) -> PageFacts | JobexportError:
    return attempt(leaf.path, read_page)


def _entry(leaf: Leaf, page: PageFacts | JobexportError) -> Remembered:
    if isinstance(page, JobexportError):
        return Remembered(leaf, readable=False)
    endpoint = page.endpoint
    return Remembered(leaf, (endpoint.method.upper(), bare_path(endpoint.path)) if endpoint is not None else None)
