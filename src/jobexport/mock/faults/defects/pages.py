"""Defects: lists that are cut into wrong pages, or have a wrong total."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import evolve, frozen

from jobexport.mock.faults.defects.objects import fields_of
from jobexport.mock.faults.fault import FLINK_JOBS, PAGES, WORKSPACE, Fault, Suits, defects
from jobexport.mock.requests.outcome import json_fields

if TYPE_CHECKING:
    from collections.abc import Callable

    from jobexport.mock.faults.call import Call
    from jobexport.mock.faults.fault import Alter

    Items = list[dict[str, Any]]

_LISTS = ("jobs", "scripts", "resources", "connections")
FILTERS = ("jobName", "scriptName", "resourceName", "name")
_ALL = 10**9
DGC_PAGES = Suits(
    "responds with pages of a list of DGC",
    lambda operation: PAGES.test(operation) and WORKSPACE.test(operation),
)


@frozen
class Page:
    """The part of a list that a request asks for, and all items of the list."""

    items: Items
    limit: int
    offset: int
    start: int
    """Place of the page's first item in the list."""

    def at(self, start: int) -> Items:
        """Return a page of the same length that begins elsewhere."""
        return self.items[max(start, 0) : max(start, 0) + self.limit]


def holder_of(body: dict[str, Any]) -> tuple[dict[str, Any], str, str]:
    """Return the object with the list, and the names of the list and of the total in it."""
    found = body.get("job_list", body)
    holder = found[0] if isinstance(found, list) else found
    return (
        holder,
        next(name for name in _LISTS if name in holder),
        "total_count" if "total_count" in holder else "total",
    )


def items_of(change: Callable[[Call, Items], Any]) -> Alter:
    """Change the items of a page."""

    def wrong(call: Call, body: dict[str, Any]) -> dict[str, Any]:
        holder, name, _ = holder_of(body)
        holder[name] = change(call, list(holder[name]))
        return body

    return fields_of(wrong)


def _total(change: Callable[[Call, int, Items], Any]) -> Alter:
    def wrong(call: Call, body: dict[str, Any]) -> dict[str, Any]:
        holder, name, total = holder_of(body)
        holder[total] = change(call, holder[total], holder[name])
        return body

    return fields_of(wrong)


def _again(call: Call, **query: Any) -> dict[str, Any]:
    """Return the response to the request with other parameters; one of None is left out."""
    sent = {name: value for name, value in {**call.valid.query, **query}.items() if value is not None}
    # A list responds at once: it reads no storage.
    outcome: Any = call.behave and call.behave(evolve(call.valid, query=sent))
    return json_fields(outcome) or {}


def page_of(call: Call, **query: Any) -> Page:
    """Return the page of a request, and with it the whole list."""
    sent = {"limit": 10, "offset": 0, **call.operation.query.with_defaults(call.valid.query)}
    limit, offset = sent["limit"], sent["offset"]
    holder, name, _ = holder_of(_again(call, limit=_ALL, offset=0, **query))
    return Page(holder[name], limit, offset, offset * limit if DGC_PAGES.test(call.operation) else offset)


def _pages(cut: Callable[[Page], Items]) -> Alter:
    """Cut the pages in another way."""
    return items_of(lambda call, _: cut(page_of(call)))


def _limit_by_default(call: Call, items: Items) -> Items:
    return items if "limit" in call.valid.query else items[:2]


def _turned(call: Call, items: Items) -> Items:
    page = page_of(call)
    return items if call.count % 2 else evolve(page, items=page.items[::-1]).at(page.start)


DEFECTS = defects(
    "pages of lists",
    Fault(
        "list-total-of-page",
        "The total counts the items of the page only.",
        PAGES,
        alter=_total(lambda _, __, p: len(p)),
    ),
    Fault("list-total-too-high", "The total is one too high.", PAGES, alter=_total(lambda _, total, __: total + 1)),
    Fault(
        "list-total-too-low", "The total is one too low.", PAGES, alter=_total(lambda _, total, __: max(total - 1, 0))
    ),
    Fault("list-total-text", "The total is a text.", PAGES, alter=_total(lambda _, total, __: str(total))),
    Fault(
        "list-total-zero-behind",
        "Behind the last page the total is 0.",
        PAGES,
        alter=_total(lambda call, total, page: total if page or not call.query.get("offset") else 0),
    ),
    Fault(
        "list-total-is-limit",
        "The total is at most the limit.",
        PAGES,
        alter=_total(lambda c, t, _: min(t, page_of(c).limit)),
    ),
    Fault(
        "list-total-ignores-name",
        "The total counts the items of every name.",
        PAGES,
        alter=_total(lambda call, _, __: len(page_of(call, **dict.fromkeys(FILTERS)).items)),
    ),
    Fault(
        "list-item-twice", "The first item of a page is there twice.", PAGES, alter=items_of(lambda _, p: [*p[:1], *p])
    ),
    Fault(
        "list-item-lost",
        "A page with items behind it lacks its last item.",
        PAGES,
        alter=_pages(
            lambda page: page.at(page.start)[:-1] if page.start + page.limit < len(page.items) else page.at(page.start)
        ),
    ),
    Fault(
        "list-last-item-lost",
        "The last item of the list is on no page.",
        PAGES,
        alter=_pages(lambda page: evolve(page, items=page.items[:-1]).at(page.start)),
    ),
    Fault(
        "list-border-twice",
        "A page begins with the last item of the page before.",
        PAGES,
        alter=_pages(lambda page: page.at(page.start - 1)),
    ),
    Fault(
        "list-border-lost",
        "Between two pages one item is left out.",
        PAGES,
        alter=_pages(lambda page: page.at(page.start + 1 if page.offset else 0)),
    ),
    Fault("list-offset-ignored", "Every page is the first page.", PAGES, alter=_pages(lambda page: page.at(0))),
    Fault(
        "list-offset-from-one",
        "Offset 1 is the first page too.",
        PAGES,
        alter=_pages(lambda page: page.at(page.start - (page.start // page.offset if page.offset else 0))),
    ),
    Fault(
        "list-offset-of-items",
        "The offset counts items, not pages.",
        DGC_PAGES,
        alter=_pages(lambda page: page.at(page.offset)),
    ),
    Fault(
        "list-offset-of-pages",
        "The offset counts pages, not jobs.",
        FLINK_JOBS,
        alter=_pages(lambda page: page.at(page.offset * page.limit)),
    ),
    Fault(
        "list-begins-again",
        "Behind the last page comes the first page.",
        PAGES,
        alter=_pages(lambda page: page.at(page.start if page.start < len(page.items) else 0)),
    ),
    Fault(
        "list-last-page-repeated",
        "Behind the last page comes the last page.",
        PAGES,
        alter=_pages(
            lambda page: page.at(min(page.start, max(len(page.items) - 1, 0) // max(page.limit, 1) * page.limit))
        ),
    ),
    Fault(
        "list-last-page-full",
        "The last page is filled with items of the page before.",
        PAGES,
        alter=_pages(
            lambda page: page.at(
                min(page.start, len(page.items) - page.limit) if page.start < len(page.items) else page.start
            )
        ),
    ),
    Fault(
        "list-limit-ignored",
        "A page has all items that are left.",
        PAGES,
        alter=_pages(lambda page: page.items[page.start :]),
    ),
    Fault(
        "list-limit-one-more",
        "A page has one item more than the limit.",
        PAGES,
        alter=_pages(lambda page: page.items[page.start : page.start + page.limit + 1]),
    ),
    Fault(
        "list-limit-one-less",
        "A page has one item less than the limit.",
        PAGES,
        alter=_pages(lambda page: page.at(page.start)[: max(page.limit - 1, 0)]),
    ),
    Fault(
        "list-limit-is-end",
        "The limit is the place of the last item, not a number of items.",
        PAGES,
        alter=_pages(lambda page: page.items[page.start : page.limit]),
    ),
    Fault("list-limit-by-default", "Without a limit a page has two items.", PAGES, alter=items_of(_limit_by_default)),
    Fault(
        "list-order-changes", "Every second page is cut from the list in reverse order.", PAGES, alter=items_of(_turned)
    ),
)
