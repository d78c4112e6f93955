"""Pages of lists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_T = TypeVar("_T")

# The default of every list's `limit`, where the document does not say it.
_LIMIT = 10


def page(items: Sequence[_T], query: Mapping[str, Any], *, records: bool) -> Sequence[_T]:
    """Return the items on the page that a query asks for; an empty page lies behind the last one.

    Args:
        items: all items of the list, in its order.
        query: the parameters `limit` and `offset`, each of them optional.
        records: True if `offset` counts items, False if it counts pages from 0 on.
    """
    limit, offset = query.get("limit", _LIMIT), query.get("offset", 0)
    # The schemas allow no negative number; a fault may let one through.
    start = max(offset if records else offset * limit, 0)
    return items[start : start + max(limit, 0)]
