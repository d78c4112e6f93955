"""The work of `verify --live` and `diff --live`: a backup beside what a service has now. Only requests that read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import evolve, frozen

from jobexport import DgcClient, DliClient
from jobexport.backup import diff_live, plan_flink_restore, plan_restore
from jobexport.backup.verification import Problem
from jobexport.cli.backup.output import table
from jobexport.cli.backup.restored import Restored

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from jobexport.backup import Differences, RestorePlan, VerifyResult
    from jobexport.cli.export.connection import Connection

LEVEL = 3
"""The level that a plan without problems proves."""


@frozen
class Planned:
    """A plan of a restore, as a proof."""

    plan: RestorePlan
    verdict: VerifyResult

    def lines(self) -> Iterator[str]:
        """Yield a table of the items that the workspace does not have as they are, and a sentence."""
        rows = [
            (item.kind, item.name, item.standing, item.status or "", item.lines[0] if item.lines else "")
            for item in self.plan.items
            if item.standing != "same"
        ]
        yield from table(("kind", "name", "target", "status", "difference"), rows)
        yield f"a restore would have: {self.plan.sentence()}"

    def as_plain(self) -> Any:
        """Return the plan as values for JSON."""
        return Restored(self.plan).as_plain()["plan"]


def planned(verdict: VerifyResult, connection: Connection, given: Mapping[str, Any], *, dli: bool) -> Planned:
    """Plan a restore into a workspace, or into a project of DLI.

    Raises:
        ValueError: an argument breaks a rule; nothing was sent.
        JobexportError: the backup can't be read, or the workspace can't be looked at.
    """
    if dli:
        with DliClient(connection.project, auth=connection.auth, **connection.where) as project:
            plan = plan_flink_restore(project, verdict.folder, policy=given["policy"])
    else:
        options = {name: given[name] for name in ("workspace", "policy", "map_file")}
        with DgcClient(connection.project, auth=connection.auth, **connection.where) as client:
            plan = plan_restore(client, verdict.folder, **options)
    problems = tuple(Problem(LEVEL, "plan", problem) for problem in plan.problems)
    notes = [note for note in Restored(evolve(plan, problems=())).complaints() if note not in verdict.notes]
    return Planned(
        plan,
        evolve(
            verdict,
            level=verdict.level if problems else LEVEL,
            problems=(*verdict.problems, *problems),
            notes=(*verdict.notes, *notes),
        ),
    )


def compared(folder: Path, connection: Connection, workspace: str | None, *, dli: bool) -> Differences:
    """Compare a backup with a workspace, or with the Flink jobs of a project.

    Raises:
        ValueError: an argument breaks a rule; nothing was sent.
        JobexportError: the backup can't be read, or the service can't be looked at.
    """
    kind = DliClient if dli else DgcClient
    with kind(connection.project, auth=connection.auth, **connection.where) as client:
        return diff_live(client, folder, workspace=workspace)
