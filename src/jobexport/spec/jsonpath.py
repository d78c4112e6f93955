"""RFC 9535 JSONPath within bounds: of a path's segments and depth, and of a search's steps and time.

Without bounds a path of 50,000 segments ends the interpreter, and a filter in a filter in a filter never ends.
"""

from __future__ import annotations

import functools
import threading
import time
from typing import TYPE_CHECKING, Any

import jsonpath_rfc9535 as rfc9535
import regex  # type: ignore[import-untyped]
from attrs import frozen
from iregexp_check import check
from jsonpath_rfc9535.filter_expressions import FilterExpression
from jsonpath_rfc9535.function_extensions import Match, Search
from jsonpath_rfc9535.function_extensions._pattern import map_re
from jsonpath_rfc9535.parse import Parser
from jsonpath_rfc9535.segments import JSONPathChildSegment, JSONPathSegment
from jsonpath_rfc9535.selectors import FilterSelector, IndexSelector, NameSelector

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from jobexport.spec.document import Location

_SEGMENTS = 200
"""The most segments of a path; each takes stack of the interpreter."""
_STEPS = 1_000_000
"""The most steps of one search; the longest search of the project's overlays takes 7,000."""

_SECONDS = 1.0
"""The longest time of the regular expressions of one search."""


class Unsearchable(Exception):  # noqa: N818  # the overlay makes an error with its place of it
    """A path that is malformed or exceeds a bound; the text is a clause about the path."""


class _Counter(threading.local):
    left = _STEPS
    seconds = _SECONDS

    def start(self) -> None:
        self.left, self.seconds = _STEPS, _SECONDS

    def spend(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise Unsearchable(
                f"takes more than {_STEPS:,} steps to search; write out the keys instead of `..` and `?`"
            )


_COUNTER = _Counter()


class _CountedFilter(FilterExpression):
    """A filter that counts each value that it is asked about."""

    __slots__ = ()

    def evaluate(self, context: Any) -> bool:
        _COUNTER.spend()
        return super().evaluate(context)


class _CountedSegment(JSONPathSegment):
    """A segment that counts each value that it selects."""

    __slots__ = ("inner",)

    def __init__(self, inner: JSONPathSegment) -> None:
        super().__init__(env=inner.env, token=inner.token, selectors=inner.selectors)
        self.inner = inner

    def resolve(self, nodes: Iterable[rfc9535.JSONPathNode]) -> Iterable[rfc9535.JSONPathNode]:
        for node in self.inner.resolve(nodes):
            _COUNTER.spend()
            yield node

    def __str__(self) -> str:
        return str(self.inner)


class _Parser(Parser):
    def parse_query(self, stream: Any, *, in_filter: bool = False) -> Iterable[JSONPathSegment]:
        for number, segment in enumerate(super().parse_query(stream, in_filter=in_filter)):
            if number == _SEGMENTS:
                raise Unsearchable(f"has more than {_SEGMENTS} segments; write a shorter path")
            yield _CountedSegment(segment)

    def parse_filter_selector(self, stream: Any) -> FilterSelector:
        found = super().parse_filter_selector(stream)
        filter_ = found.expression
        return FilterSelector(
            env=self.env, token=found.token, expression=_CountedFilter(filter_.token, filter_.expression)
        )


def _matches(find: Callable[..., object], text: object, pattern: object) -> bool:
    """Check a text against an I-Regexp of `match` or `search`; the library's own functions have no bound of time."""
    if not (isinstance(text, str) and isinstance(pattern, str) and check(pattern)):
        return False
    started = time.monotonic()
    try:
        found = find(map_re(pattern), text, timeout=max(_COUNTER.seconds, 0.001))
    except TimeoutError:
        raise Unsearchable(f"has the pattern {pattern!r:.100}, which takes too long; write a simpler pattern") from None
    except regex.error:
        return False
    _COUNTER.seconds -= time.monotonic() - started
    return found is not None


class _Match(Match):
    def __call__(self, string: str, pattern: object) -> bool:
        return _matches(regex.fullmatch, string, pattern)


class _Search(Search):
    def __call__(self, string: str, pattern: object) -> bool:
        return _matches(functools.partial(regex.search, flags=regex.VERSION1), string, pattern)


class _Environment(rfc9535.JSONPathEnvironment):
    parser_class = _Parser

    def setup_function_extensions(self) -> None:
        super().setup_function_extensions()
        self.function_extensions |= {"match": _Match(), "search": _Search()}

    @property
    def max_recursion_depth(self) -> int:  # type: ignore[override]  # the library reads it at each value that `..` visits
        _COUNTER.spend()
        return 100


_ENVIRONMENT = _Environment()
_TOO_DEEP = "is nested too deeply, or searches what is; write out the keys instead of `..`"


@frozen
class Path:
    """A compiled path."""

    _query: rfc9535.JSONPathQuery
    _steps: Location | None = None
    """The keys and numbers of a path without wildcards and filters, which selects one place at most."""

    def find(self, document: Any) -> list[Location]:
        """Return the places that the path selects, each once.

        Raises:
            Unsearchable: the search exceeds a bound.
        """
        if self._steps is not None:
            return _walked(document, self._steps)
        _COUNTER.start()
        try:
            nodes = self._query.find(document)
        except (rfc9535.JSONPathRecursionError, RecursionError):
            raise Unsearchable(_TOO_DEEP) from None
        # A path with several selectors may select one place twice.
        return list(dict.fromkeys(tuple(node.location) for node in nodes))


def _walked(document: Any, steps: Location) -> list[Location]:
    """Return the one place that keys and numbers lead to, or no place."""
    node = document
    found: Location = ()
    for step in steps:
        if isinstance(step, str):
            if not isinstance(node, dict) or step not in node:
                return []
        elif not isinstance(node, list) or not -len(node) <= step < len(node):
            return []
        else:
            step %= len(node)
        found, node = (*found, step), node[step]
    return [found]


def _steps(query: rfc9535.JSONPathQuery) -> Location | None:
    """Return the keys and numbers of a path, or None if a segment may select several places."""
    steps: Location = ()
    for segment in query.segments:
        inner = segment.inner if isinstance(segment, _CountedSegment) else segment
        (selector, *more) = segment.selectors
        if more or not isinstance(inner, JSONPathChildSegment):
            return None
        if isinstance(selector, NameSelector):
            steps = (*steps, selector.name)
        elif isinstance(selector, IndexSelector):
            steps = (*steps, selector.index)
        else:
            return None
    return steps


# Most of the time of a search is its compilation, and the same overlays are applied again and again.
@functools.lru_cache(maxsize=512)
def compiled(path: str) -> Path:
    """Compile a path.

    Raises:
        Unsearchable: the path is not a JSONPath, or has too many segments.
    """
    try:
        query = _ENVIRONMENT.compile(path)
        return Path(query, _steps(query))
    except (rfc9535.JSONPathRecursionError, RecursionError):
        raise Unsearchable(_TOO_DEEP) from None
    except (rfc9535.JSONPathError, ValueError) as problem:  # ValueError: an index of thousands of digits
        raise Unsearchable(f"is not a valid RFC 9535 JSONPath: {problem}; correct it") from None
