"""The work of `restore` and `task`: the client and the bucket, and the outcome as people and programs read it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, cast

import click
from attrs import field, frozen

from jobexport import DgcClient, DliClient
from jobexport.backup import plan_flink_restore, plan_restore, restore_flink_jobs, restore_workspace
from jobexport.backup.folder.layout import label
from jobexport.cli.backup.output import some, table
from jobexport.cli.export.dli import bucket_of
from jobexport.cli.export.progress import ExportProgress
from jobexport.errors import OutcomeUnknown, RestoreRefused, TaskFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from jobexport.backup import RestorePlan, RestoreResult
    from jobexport.cli.export.connection import Connection

_FAILED, _BLOCKED, _UNKNOWN = 1, 3, 4


@frozen
class Restored:
    """A plan, or the result of a restore."""

    plan: RestorePlan
    result: RestoreResult | None = None
    """The result; None if nothing was to be written, or if the plan is blocked."""

    @property
    def exit_code(self) -> int:
        """The exit code of the command."""
        if self.plan.blocked:
            return _BLOCKED
        if self.result is None or self.result.complete:
            return 0
        return _UNKNOWN if self.result.unknown else _FAILED

    def complaints(self) -> Iterator[str]:
        """Yield a line for each problem and each note."""
        yield from some(self.plan.problems)
        if self.result is None:
            yield from some(self.plan.notes)
            if self.plan.needs and not self.plan.blocked:
                needs = [f"{ref} ({len(users)})" for ref, users in self.plan.needs.items()]
                yield f"the target must have, which nobody can check: {', '.join(some(needs))}"
            return
        yield from some([f"{label(*key)}: {reason}" for key, reason in self.result.failures.items()])
        yield from some([f"{label(*key)}: {reason}" for key, reason in self.result.unknown.items()])
        for task in self.result.tasks:
            yield f"follow the task: jobexport dgc task {task}"
        yield from some(self.result.notes)

    def lines(self) -> Iterator[str]:
        """Yield a table of what is planned, or a sentence on what was done."""
        if self.result is not None:
            yield self.result.sentence()
            return
        rows = [
            (item.kind, item.name, item.standing, item.action, item.lines[0] if item.lines else "")
            for item in self.plan.items
            if item.standing != "same"
        ]
        yield from table(("kind", "name", "target", "action", "difference"), rows)
        yield self.plan.sentence()

    def as_plain(self) -> dict[str, Any]:
        """Return everything as values for JSON."""
        plan = {
            "blocked": self.plan.blocked,
            "problems": list(self.plan.problems),
            "notes": list(self.plan.notes),
            "needs": {ref: list(users) for ref, users in self.plan.needs.items()},
            "items": [
                {
                    "kind": item.kind,
                    "name": item.name,
                    "target": item.standing,
                    "action": item.action,
                    "status": item.status,
                    "differences": list(item.lines),
                }
                for item in self.plan.items
            ],
        }
        if self.result is None:
            return {"plan": plan, "result": None}
        result = {
            "complete": self.result.complete,
            "written": [label(*key) for key in self.result.written],
            "failures": _reasons(self.result.failures),
            "unknown": _reasons(self.result.unknown),
            "tasks": list(self.result.tasks),
            "notes": list(self.result.notes),
            "ended_by": None if self.result.ended_by is None else str(self.result.ended_by),
        }
        return {"plan": plan, "result": result}


def _reasons(found: Mapping[tuple[str, str], str]) -> list[dict[str, str]]:
    return [{"item": label(*key), "problem": reason} for key, reason in found.items()]


def workspace(connection: Connection, given: Mapping[str, Any], *, dry_run: bool, quiet: bool) -> Restored:
    """Plan a restore, and carry it out unless `dry_run`.

    Raises:
        ValueError: an argument breaks a rule; nothing was sent.
        UsageError: an option or a key is missing; nothing was sent.
        JobexportError: the backup can't be read, or the workspace can't be looked at; nothing was changed.
    """
    status = None if given["target_status"] == "none" else given["target_status"].upper()
    options = {
        **{name: given[name] for name in ("workspace", "policy", "map_file", "resume")},
        "target_status": status,
        "accept_submission": given["yes"],
    }
    store = None if dry_run else bucket(connection, given, "dgc restore", "--obs")
    with DgcClient(connection.project, auth=connection.auth, **connection.where) as client:
        return _restored(
            partial(plan_restore, client), partial(restore_workspace, client), store, given, options, quiet
        )


def project(connection: Connection, given: Mapping[str, Any], *, dry_run: bool, quiet: bool) -> Restored:
    """Plan a restore of Flink jobs, and carry it out unless `dry_run`.

    Raises:
        ValueError: an argument breaks a rule; nothing was sent.
        UsageError: an option or a key is missing; nothing was sent.
        JobexportError: the backup can't be read, or the project can't be looked at; nothing was changed.
    """
    options = {name: given[name] for name in ("policy", "resume")}
    store = None if dry_run else bucket(connection, given, "dli restore", "--obs-dir")
    with DliClient(connection.project, auth=connection.auth, **connection.where) as client:
        plan, restore = partial(plan_flink_restore, client), partial(restore_flink_jobs, client)
        return _restored(plan, restore, store, given, options, quiet)


def _restored(
    plan: Callable[..., RestorePlan],
    restore: Callable[..., RestoreResult],
    store: Any,
    given: Mapping[str, Any],
    options: Mapping[str, Any],
    quiet: bool,
) -> Restored:
    """Plan a restore, and carry it out if there is a bucket for its zips."""
    items = given["folder"], given["names"] or None
    if store is None:
        return Restored(plan(*items, **options))
    with ExportProgress(quiet=quiet) as progress:
        return carried_out(lambda: restore(*items, obs_dir=given["obs_dir"], store=store, progress=progress, **options))


def bucket(connection: Connection, given: Mapping[str, Any], user: str, option: str) -> Any:
    """Return the bucket for the zips.

    Raises:
        UsageError: an option or a key is missing.
    """
    if not given["obs_dir"]:
        raise click.UsageError(f"{user} needs {option}, a folder in OBS for the zips, such as obs://bucket/folder")
    return bucket_of(connection, given["obs_dir"], given["obs_endpoint"], user, option)


def carried_out(restore: Any) -> Restored:
    """Return what a restore has done, or the plan that it refused."""
    try:
        result = restore()
    except RestoreRefused as refused:
        if refused.plan is None:
            raise
        return Restored(cast("RestorePlan", refused.plan))
    return Restored(result.plan, result)


@frozen
class FollowedTask:
    """A task after it was followed."""

    id: str
    status: str
    parts: tuple[tuple[str, str], ...] = ()
    """The name of each part, and its state with its message."""
    exit_code: int = 0
    problem: str = field(default="")

    def complaints(self) -> Iterator[str]:
        """Yield the reason why the task is not successful."""
        if self.problem:
            yield self.problem

    def lines(self) -> Iterator[str]:
        """Yield a table of the parts, and a sentence."""
        yield from table(("part", "status"), self.parts)
        yield f"task {self.id}: {self.status}"

    def as_plain(self) -> dict[str, Any]:
        """Return everything as values for JSON."""
        parts = [{"name": name, "status": status} for name, status in self.parts]
        return {"task": self.id, "status": self.status, "parts": parts, "problem": self.problem or None}


def followed(connection: Connection, id_: str, workspace_id: str | None) -> FollowedTask:
    """Follow a task to its end.

    Raises:
        ValueError: an argument breaks a rule; nothing was sent.
        JobexportError: the task can't be asked for, or does not exist.
    """
    with DgcClient(connection.project, auth=connection.auth, **connection.where) as client:
        task = client.task(id_, workspace=workspace_id)
        try:
            state = task.wait()
        except TaskFailed as failed:
            parts = (*failed.failures, *((name, "SUCCESSFUL") for name in failed.done))
            return FollowedTask(id_, "FAILED", parts, _FAILED, str(failed))
        except OutcomeUnknown as unknown:
            return FollowedTask(id_, "unknown", (), _UNKNOWN, str(unknown))
        return FollowedTask(id_, state.status, tuple((part.name, part.status) for part in state.parts))
