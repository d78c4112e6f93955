"""Checks of lists: their pages, the items on a page, and the fields that depend on the request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import frozen

from jobexport.contract.checks.violation import Violation
from jobexport.contract.verbs import looked_for, query_schemas
from jobexport.spec.document import choices, deref, marks, operations_by_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from jobexport.contract.checks.exchange import CheckedExchange

# The API whose pages say that the offset counts pages; that of the other one counts items.
_COUNTS_PAGES = "dgc"


@frozen
class ListedPage:
    """A page of a list."""

    items: tuple[Mapping[str, Any], ...]
    total: Any
    limit: int
    offset: int
    starts: frozenset[int]
    """Places in the list at which the page may begin: the offset counts pages, items, or it is open which."""
    of_items: bool
    """True if the document's offset counts items, not pages."""

    @property
    def keys(self) -> tuple[str, ...]:
        """The ids of the items, or else their names."""
        return tuple(map(key_of, self.items))


def key_of(item: Mapping[str, Any]) -> str:
    """Return the id of an item of a list, or else its name."""
    return str(item.get("job_id", item.get("name")))


def listing(exchange: CheckedExchange) -> ListedPage | None:
    """Return the page that a response holds, or None if it is not a page or its form is wrong."""
    if not (exchange.succeeded and exchange.valid):
        return None
    found = exchange.roles()
    items, total = found.get("items"), found.get("total")
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items) or type(total) is not int:
        return None
    schema = _parameters(exchange).get("limit", {})
    limit, offset = (
        _number(exchange.query.get("limit"), schema.get("default")),
        _number(exchange.query.get("offset"), 0),
    )
    if limit is None or offset is None:
        return None
    of_items = _COUNTS_PAGES not in exchange.operation.get("tags", ())
    # A client of the service counts items in spite of the pages.
    starts = frozenset({offset} if of_items else {offset, offset * limit})
    return ListedPage(tuple(items), total, limit, offset, starts, of_items)


def _parameters(exchange: CheckedExchange) -> Mapping[str, Any]:
    return query_schemas(exchange.document, operations_by_id(exchange.document)[exchange.id])


def _number(value: Any, default: int | None) -> int | None:
    if value is None:
        return default
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def list_pages(exchange: CheckedExchange) -> None:
    """Raise if a page of a list has another number of items than limit, offset and total give."""
    page = listing(exchange)
    if page is None:
        return
    expected = {min(page.limit, max(page.total - start, 0)) for start in page.starts}
    if len(page.items) not in expected:
        words = " or ".join(map(str, sorted(expected)))
        raise Violation(
            f"the page has {len(page.items)} items; with limit {page.limit}, offset {page.offset} and a total of "
            f"{page.total} it must have {words}"
        )


def list_items(exchange: CheckedExchange) -> None:
    """Raise if a page has an item twice, or an item that the request did not look for."""
    page = listing(exchange)
    if page is None:
        return
    if twice := next((key for key in page.keys if page.keys.count(key) > 1), None):
        raise Violation(f"the page has {twice!r} twice")
    if order := _wrong_order(exchange, page.items):
        raise Violation(order)
    for item in page.items:
        if problem := _unwanted(exchange, item):
            raise Violation(problem)


def _unwanted(exchange: CheckedExchange, item: Mapping[str, Any]) -> str | None:
    """Return the reason why the request did not look for an item, or None."""
    name = str(item.get("name"))
    for each in looked_for(exchange.document, operations_by_id(exchange.document)[exchange.id]):
        wanted: Any = exchange.query.get(each.parameter) or each.default
        # No page says whether a name is matched as a whole or in part, nor whether case counts.
        if each.field == "name" and isinstance(wanted, str) and wanted.lower() not in name.lower():
            return f"the page has {name!r}, and the request looks for {wanted!r}"
        if wanted and each.values and each.field in item and item[each.field] != wanted:
            words = f"{each.field} {item[each.field]!r}"
            return f"the page has {name!r} with {words}, and the request looks for {wanted!r}"
    return None


def shown_when(exchange: CheckedExchange) -> None:
    """Raise if a list has fields that depend on the request although it did not ask for them, or lacks them all."""
    page = listing(exchange)
    if page is None:
        return
    fields = object_schema(exchange.document, exchange.schema()).get("properties", {})
    conditions = {name: node["x-shown-when"] for name, node in fields.items() if "x-shown-when" in node}
    met = {name: _met(exchange, condition) for name, condition in conditions.items()}
    for item in page.items:
        for name in (name for name, shown in met.items() if not shown and item.get(name) is not None):
            words = " and ".join(f"{key} {str(value).lower()}" for key, value in conditions[name].items())
            raise Violation(f"{key_of(item)!r} has {name}, which is shown only with {words}", marks(fields[name]))
        wanted = [name for name, shown in met.items() if shown]
        if wanted and not item.keys() & {*wanted}:
            raise Violation(f"{key_of(item)!r} has none of the fields that were asked for: {', '.join(wanted)}")


def _met(exchange: CheckedExchange, condition: Mapping[str, Any]) -> bool:
    """Return whether the query has the values of a condition; a flag that is left out is false."""
    return all(str(exchange.query.get(name, False)).lower() == str(value).lower() for name, value in condition.items())


def object_schema(document: Mapping[str, Any], node: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the schema of the objects in a response, listed or shown: the first one with a `name`; or else empty."""
    schema: Mapping[str, Any] = deref(document, node)
    if "name" in schema.get("properties", {}):
        return schema
    below = (*schema.get("properties", {}).values(), *choices(schema), schema.get("items", {}))
    return next(filter(None, (object_schema(document, each) for each in below if each)), {})


def object_of(value: Any) -> Mapping[str, Any] | None:
    """Return the object in a response that shows one: the whole response, or its first field with a name; or None."""
    if not isinstance(value, dict):
        return None
    inner = (part for part in value.values() if isinstance(part, dict) and "name" in part)
    return value if "name" in value else next(inner, None)


def _wrong_order(exchange: CheckedExchange, items: Iterable[Mapping[str, Any]]) -> str | None:
    """Return the problem if Flink jobs are not in the order of their times, or None."""
    times = [item["create_time"] for item in items if isinstance(item.get("create_time"), int)]
    order = exchange.query.get("order") or _parameters(exchange).get("order", {}).get("default")
    if order not in ("asc", "desc") or times == sorted(times, reverse=order == "desc"):
        return None
    return f"the times of the jobs are not in the order {order!r}"
