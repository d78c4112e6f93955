"""The part of the page that shows what the mock has now: the last requests, jobs, tasks, stored objects and faults.

It is HTML of this server, so that foreign names are escaped, and secrets redacted, in one place and before they leave.
"""

from __future__ import annotations

import html
import itertools
import urllib.parse
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from attrs import field, frozen

from jobexport.core.redact import printable
from jobexport.mock.storage.storage import FolderStorage, MemoryStorage, StorageUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from jobexport.core.redact import Redaction
    from jobexport.mock.server.core import Core
    from jobexport.mock.server.request_log import Seen
    from jobexport.mock.state.state import State
    from jobexport.mock.state.values import SystemTask

_MOST_REQUESTS = 50
_MOST_NAMES = 200
_LINE_BREAKS = "\n\t"


@frozen
class Now:
    """The content of a mock at one moment."""

    state: State = field(repr=False)
    requests: tuple[Seen, ...] = field(repr=False)
    """Oldest first."""
    faults: tuple[str, ...]
    storage: str
    objects: tuple[str, ...] | str
    """Names, or the reason why the names are not shown."""
    redaction: Redaction = field(repr=False)

    @classmethod
    async def of(cls, core: Core) -> Now:
        """Return what the mock has; to be called in the server's event loop."""
        core.world.settle()
        return cls(
            core.state,
            tuple(core.requests),
            tuple(str(fault) for fault in core.fault_set.active),
            str(core.storage),
            await _objects(core),
            core.redaction,
        )

    def as_html(self) -> str:
        """Return the content of the element `now`."""
        return "\n".join((self._requests(), *self._jobs(), self._tasks(), self._stored(), self._active()))

    def text(self, value: object, keep: str = "") -> str:
        """Return a foreign text as HTML: without secrets, and with every character to be seen."""
        return html.escape(printable(self.redaction.text(str(value)), keep))

    def _requests(self) -> str:
        wrong = sum(bool(_wrong(seen)) for seen in self.requests)
        title = f"Requests <b>{len(self.requests)}</b>" + (
            f' · <b class="wrong">{wrong} with something wrong</b>' if wrong else ""
        )
        if not self.requests:
            return _part("requests", title, "No request has come yet.", opened=True)
        rows = [self._request(seen) for seen in reversed(self.requests[-_MOST_REQUESTS:])]
        more = len(self.requests) - len(rows)
        end = f'<p class="empty">{more} older: <a href="/_mock/requests">/_mock/requests</a></p>' if more else ""
        return _part("requests", title, "".join(rows) + end, opened=True)

    def _request(self, seen: Seen) -> str:
        shown = seen.as_json(self.redaction)
        query = f"?{urllib.parse.urlencode(shown['query'])}" if shown["query"] else ""
        wrong = _wrong(seen)
        head = (
            f"<time>{datetime.fromtimestamp(seen.time, UTC):%H:%M:%S}</time> <b>{self.text(seen.method)}</b> "
            f"<code>{self.text(shown['path'] + query)}</code> "
            f"<b>{self.text('no response' if seen.status is None else seen.status)}</b>"
            + "".join(f'<br><span class="wrong">{self.text(reason)}</span>' for reason in wrong)
        )
        headers = "\n".join(f"{name}: {value}" for name, value in shown["headers"])
        body = f"\n\n{shown['body']}" if shown["body"] else ""
        operation = f"<p>{self.text(seen.operation or 'no operation of the document')}</p>"
        inside = f"{operation}<pre>{self.text(headers + body, _LINE_BREAKS)}</pre>"
        mark = ' class="bad"' if wrong else ""
        return f'<details data-key="request-{seen.time:.6f}"{mark}><summary>{head}</summary>{inside}</details>'

    def _jobs(self) -> Iterator[str]:
        projects = self.state.projects
        count = sum(len(p.flink) + sum(len(w.jobs) for w in p.workspaces.values()) for p in projects.values())
        inside: list[str] = []
        for id_, project in projects.items():
            inside.append(f"<h3>Project {self.text(id_)}</h3>")
            inside.append(self._names("Flink jobs", [f"{job.id} {job.name}" for job in project.flink.values()]))
            for name, workspace in project.workspaces.items():
                inside.append(f"<h3>Workspace {self.text(name)}</h3>")
                inside += (
                    self._names(kind, list(named))
                    for kind, named in (
                        ("jobs", workspace.jobs),
                        ("scripts", workspace.scripts),
                        ("resources", workspace.resources),
                    )
                )
        yield _part("jobs", f"Jobs <b>{count}</b>", "".join(inside) or "The mock has no project.")

    def _tasks(self) -> str:
        tasks = [
            (name, task)
            for project in self.state.projects.values()
            for name, workspace in project.workspaces.items()
            for task in workspace.tasks.values()
        ]
        rows = "".join(f"<li>{self._task(name, task)}" for name, task in reversed(tasks[-_MOST_NAMES:]))
        return _part(
            "tasks", f"Tasks <b>{len(tasks)}</b>", f"<ul>{rows}</ul>" if rows else "No import has run as a task yet."
        )

    def _task(self, workspace: str, task: SystemTask) -> str:
        parts = itertools.islice((f"{part.name} {part.status}" for part in task.subtasks), _MOST_NAMES)
        state = "runs" if task.running else "has ended"
        return self.text(f"{task.name} {task.id} in workspace {workspace} {state}: {', '.join(parts) or 'no job'}")

    def _stored(self) -> str:
        place = f"<p>In {self.text(self.storage)}</p>"
        if isinstance(self.objects, str):
            return _part("objects", "Stored objects", f"{place}<p>{self.text(self.objects)}</p>")
        names = self._names("", self.objects) if self.objects else "<p>No object is stored yet.</p>"
        return _part("objects", f"Stored objects <b>{len(self.objects)}</b>", place + names)

    def _active(self) -> str:
        names = self._names("", self.faults) if self.faults else "No fault is set; PUT /_mock/faults sets some."
        return _part("faults", f"Faults <b>{len(self.faults)}</b>", names)

    def _names(self, kind: str, names: Iterable[str]) -> str:
        found = list(names)
        more = f", and {len(found) - _MOST_NAMES} more" if len(found) > _MOST_NAMES else ""
        shown = ", ".join(f"<code>{self.text(name)}</code>" for name in found[:_MOST_NAMES]) or "none"
        return f"<p>{kind}{': ' if kind else ''}{shown}{more}</p>"


async def _objects(core: Core) -> tuple[str, ...] | str:
    if not isinstance(core.storage, MemoryStorage | FolderStorage):
        return "This page does not list the objects of another server."
    try:
        return tuple(await core.storage.names())
    except StorageUnavailable as problem:
        return str(problem)


def _part(key: str, title: str, inside: str, *, opened: bool = False) -> str:
    inside = inside if inside.startswith("<") else f'<p class="empty">{inside}</p>'
    return f'<details data-key="{key}"{" open" if opened else ""}><summary>{title}</summary>{inside}</details>'


def _wrong(seen: Seen) -> list[str]:
    """Return a sentence for each thing that was wrong with a request or its response."""
    found = [seen.violation] if seen.violation else []
    if seen.chosen is not None:
        found += [f"fault {fault.name}" for fault in seen.chosen.applied]
    if not found and seen.operation is None:
        found.append("the document has no such operation")
    if not found and seen.status is not None and seen.status >= 400:
        found.append("refused: the request keeps to the document, but not to what the mock has")
    return found
