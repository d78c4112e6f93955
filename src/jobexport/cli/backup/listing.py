"""The work of `list`: the items of a workspace or of a project, as rows of a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import define, field, frozen

from jobexport import DgcClient, DliClient
from jobexport.errors import ListIncomplete

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jobexport.cli.export.connection import Connection

_HEADS = ("kind", "name", "type", "status", "changed")
_NAME = _HEADS.index("name")
# Columns of a terminal, and the least that a name gets of them.
_COLUMNS, _LEAST = 80, 10


@frozen
class Item:
    """An item of a list."""

    kind: str
    name: str
    type: str | None = None
    status: str | None = None
    changed: int | None = None
    """Milliseconds since 1970."""
    id: int | str | None = None


@define
class Listed:
    """The items of all lists, and why a list is not complete."""

    items: list[Item] = field(factory=list)
    problems: list[str] = field(factory=list)

    def take(self, items: Iterator[Item]) -> None:
        """Take the items of a list."""
        try:
            self.items.extend(items)
        except ListIncomplete as problem:
            self.problems.append(str(problem))

    def as_plain(self) -> dict[str, Any]:
        """Return the items as values for JSON."""
        items = [
            {
                "kind": item.kind,
                "name": item.name,
                **({} if item.id is None else {"id": item.id}),
                "type": item.type,
                "status": item.status,
                "last_update": item.changed,
            }
            for item in self.items
        ]
        return {"items": items, "problems": self.problems}

    def lines(self) -> Iterator[str]:
        """Yield the lines of a table of 80 columns. A name is never cut: only its own row is wider then."""
        rows = [tuple(_cells(item)) for item in self.items]
        widths = [max(len(row[column]) for row in (_HEADS, *rows)) for column in range(len(_HEADS))]
        others = sum(widths) - widths[_NAME] + 2 * (len(widths) - 1)
        widths[_NAME] = min(widths[_NAME], max(_COLUMNS - others, _LEAST))
        for row in (tuple(head.upper() for head in _HEADS), *rows):
            yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _cells(item: Item) -> Iterator[str]:
    from datetime import UTC, datetime

    yield item.kind
    yield item.name
    yield (item.type or "").removeprefix("flink_").removesuffix("_job")
    yield (item.status or "").removeprefix("job_")
    if item.changed is None:
        yield ""
        return
    try:
        yield f"{datetime.fromtimestamp(item.changed / 1000, UTC):%Y-%m-%d %H:%M}Z"
    except (OverflowError, OSError, ValueError):
        yield str(item.changed)


def workspace(connection: Connection, id_: str | None) -> Listed:
    """List a workspace of DGC.

    Raises:
        JobexportError: a list could not be fetched.
    """
    found = Listed()
    with DgcClient(connection.project, auth=connection.auth, **connection.where) as client:
        found.take(Item("job", job.name, job.type, job.status, job.updated) for job in client.jobs(workspace=id_))
        found.take(
            Item("script", script.name, _text(script.fields.get("type"))) for script in client.scripts(workspace=id_)
        )
        found.take(
            Item("resource", resource.name, _text(resource.fields.get("type")))
            for resource in client.resources(workspace=id_)
        )
    return found


def project(connection: Connection) -> Listed:
    """List the Flink jobs of a project of DLI.

    Raises:
        JobexportError: the list could not be fetched.
    """
    found = Listed()
    with DliClient(connection.project, auth=connection.auth, **connection.where) as client:
        found.take(
            Item("Flink job", job.name, job.type, job.status, job.updated, job.id) for job in client.jobs(details=True)
        )
    return found


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None
