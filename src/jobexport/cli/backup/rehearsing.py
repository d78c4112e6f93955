"""The work of `verify --rehearse`: a mock of the edition in this process, and what the edition does not take."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import click
from attrs import evolve, frozen

from jobexport.cli.export.progress import ExportProgress
from jobexport.core.extras import needing
from jobexport.errors import JobexportError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from obstore.store import MemoryStore

    from jobexport.backup import VerifyResult
    from jobexport.backup.verification import Problem
    from jobexport.mock import State
    from jobexport.spec.untaken import Untaken

PROVES = "this program, its format and its mock's form of a zip, not the service"
SUBMITS = "imports submit each job by themselves, so a restore needs --target-status none and --yes"
_OBS_DIR = "rehearsal/zips"
_FIELD = "targetStatus"


@frozen
class Rehearsal:
    """A rehearsal of a restore."""

    edition: str
    verdict: VerifyResult

    def lines(self) -> Iterator[str]:
        """Yield a sentence on what was proven."""
        did = "took all of it" if self.verdict.passed else "did not take all of it"
        yield f"rehearsed: a mock of {self.edition} {did}; that proves {PROVES}"

    def as_plain(self) -> dict[str, Any]:
        """Return the rehearsal as values for JSON."""
        return {"edition": self.edition, "passed": self.verdict.passed, "proves": PROVES}


def rehearsed(verdict: VerifyResult, given: str | None, *, quiet: bool = False) -> Rehearsal:
    """Restore a sound backup into an empty mock, back that up, and compare; nothing is written into the backup.

    Args:
        verdict: the verdict on level 1.
        given: the edition, or the path of an overlay or document; None for the edition that the backup names. If it is
            given, what it does not take is a problem, too.
        quiet: True for no progress bar.

    Raises:
        UsageError: no edition is known.
        JobexportError: the edition does not exist, or the backup can't be read.
    """
    with needing("mock", "a rehearsal"):
        from jobexport.mock import EXAMPLE_PROJECT, State
        from jobexport.mock.state.values import ProjectState, WorkspaceState
        from jobexport.spec import load_edition
    marker = verdict.marker
    if marker.origin.service != "dgc":
        raise click.UsageError(
            f"{verdict.folder} is a backup of {marker.origin.service}; only those of dgc are rehearsed"
        )
    edition = given or marker.edition
    if edition is None:
        raise click.UsageError(
            "which edition does the service follow? the backup does not say; give --for EDITION, or back up with "
            "--edition"
        )
    document = load_edition(edition)
    with_status = _has_status(document, edition)
    problems = [] if given is None else list(_not_taken(verdict.folder, given, marker.edition))
    state = State({EXAMPLE_PROJECT: ProjectState(workspaces={"default": WorkspaceState()})})
    with ExportProgress(quiet=quiet) as progress:
        problems += asyncio.run(_on_mock(document, state, verdict.folder, with_status, progress))
    notes = verdict.notes if with_status else (*verdict.notes, f"{SUBMITS} (edition {edition})")
    level = verdict.level if problems else 2
    return Rehearsal(edition, evolve(verdict, level=level, problems=(*verdict.problems, *problems), notes=notes))


async def _on_mock(
    document: dict[str, Any], state: State, folder: Path, with_status: bool, progress: ExportProgress
) -> tuple[Problem, ...]:
    """Rehearse on a mock without a socket: no other process can see the definitions, which may hold secrets."""
    import httpx
    from obstore.store import MemoryStore

    from jobexport import AsyncDgcClient
    from jobexport.backup import arehearse
    from jobexport.mock import EXAMPLE_PROJECT, EXAMPLE_TOKEN, create_app

    store = MemoryStore()
    transport = httpx.ASGITransport(create_app(document, state=state, storage=_Bucket(store)))
    async with (
        httpx.AsyncClient(transport=transport, trust_env=False) as http,
        AsyncDgcClient(EXAMPLE_PROJECT, auth=EXAMPLE_TOKEN, base_url="http://127.0.0.1", http_client=http) as client,
    ):
        return await arehearse(
            client,
            folder,
            obs_dir=_OBS_DIR,
            store=store,
            target_status="SAVED" if with_status else None,
            progress=progress,
        )


@frozen
class _Bucket:
    """The storage of the mock: a bucket in memory, which the restore writes to."""

    store: MemoryStore

    async def put(self, name: str, content: bytes) -> None:
        """Store an object."""
        await self.store.put_async(_key(name), content)

    async def get(self, name: str) -> bytes | None:
        """Return an object's content, or None if the object does not exist."""
        try:
            return bytes(await (await self.store.get_async(_key(name))).bytes_async())
        except FileNotFoundError:
            return None

    async def delete(self, name: str) -> None:
        """Delete an object."""
        await self.store.delete_async(_key(name))

    async def names(self) -> list[str]:
        """Return the objects' names, sorted."""
        return sorted(f"{_OBS_DIR.partition('/')[0]}/{item['path']}" for page in self.store.list() for item in page)

    def __str__(self) -> str:
        return "memory"


def _key(name: str) -> str:
    """Return the name of an object without its bucket."""
    return name.partition("/")[2]


def _has_status(document: dict[str, Any], edition: str) -> bool:
    """Return True if an import of the edition can give its jobs a state.

    Raises:
        JobexportError: the document has no imports.
    """
    from jobexport.spec.document import media, operations_by_id, request_body, schema_of

    operation = operations_by_id(document).get("importJob")
    if operation is None:
        raise JobexportError(f"{edition} has no operation importJob, so nothing can be restored; name another edition")
    body = media(request_body(document, operation.fields))
    return _FIELD in schema_of(document, body).get("properties", {})


def _not_taken(folder: Path, edition: str, source: str | None) -> Iterator[Problem]:
    """Yield what an edition does not take of the definitions, each place once, with the items that have it."""
    from jobexport.backup.folder.layout import label
    from jobexport.backup.rehearsal import LEVEL, definitions
    from jobexport.backup.verification import Problem
    from jobexport.spec.untaken import EditionDefinitions

    taken = EditionDefinitions.of(edition, source)
    users: dict[tuple[str, Untaken], list[str]] = {}
    for kind, name, fields in definitions(folder):
        for found in taken.untaken(kind, fields):
            users.setdefault((kind, found), []).append(name)
    for (kind, found), names in users.items():
        entries = f" ({', '.join(found.entries)})" if found.entries else ""
        more = f" and {len(names) - 1} more" if len(names) > 1 else ""
        yield Problem(LEVEL, f"{kind} {found.place}", f"{found.problem}{entries}: {label(kind, names[0])}{more}")
