"""The work of `dgc export`: names to read, jobs to export, and how it went."""

from __future__ import annotations

import contextlib
import sys
import tempfile
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import define, field, frozen

from jobexport import DgcClient
from jobexport.archive import JobArchive, unpack_for_git
from jobexport.cli.export.progress import ExportProgress
from jobexport.client import JobsExport, ObsExport, Progress
from jobexport.client import calls as steps
from jobexport.client.arguments import job_name, job_names
from jobexport.client.batch import ends_the_run
from jobexport.client.threads import fetch_chunks
from jobexport.errors import (
    ApiError,
    JobexportError,
    ServerFault,
    TargetUnwritable,
    Throttled,
    TokenUnavailable,
    TransportError,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from jobexport.cli.export.connection import Connection
    from jobexport.client.steps import Steps


@frozen
class Outcome:
    """How an export of jobs went."""

    where: str
    jobs: Mapping[str, Mapping[str, Any]]
    """What there is to know of each job that was exported."""
    failures: Mapping[str, JobexportError]
    reused: int = 0
    more: Mapping[str, Any] = field(factory=dict)
    """What programs want to know beside the jobs."""

    def sentence(self) -> str:
        """Say it to people."""
        total = len(self.jobs) + len(self.failures)
        before = f", {self.reused} of them there before" if self.reused else ""
        return f"{len(self.jobs)} of {total} jobs exported to {self.where}{before}"

    def complaints(self) -> Iterator[str]:
        """Give a line for each job that could not be exported."""
        for name, error in self.failures.items():
            yield f"{name}: {error}"

    def as_plain(self) -> dict[str, Any]:
        """Give it as plain values."""
        return {
            "jobs": [{"name": name, **facts} for name, facts in self.jobs.items()],
            "failures": [{"name": name, **_plain_error(error)} for name, error in self.failures.items()],
            **self.more,
        }


def read_names(given: Sequence[str], file: Path | None) -> tuple[str, ...]:
    """Gather the jobs' names, each once.

    Raises:
        JobexportError: there is none, one is no name, or the file can't be read.
    """
    try:
        return job_names([*given, *(_names_in(file) if file else ())])
    except ValueError as problem:
        raise JobexportError(str(problem)) from None


def _names_in(file: Path) -> Iterator[str]:
    label = "standard input" if str(file) == "-" else str(file)
    try:
        content = _standard_input() if str(file) == "-" else file.read_bytes()
        lines = content.decode("utf-8-sig").splitlines()
    except OSError as problem:
        raise JobexportError(f"cannot read {label}: {problem.strerror}; check the path") from None
    except UnicodeDecodeError:
        raise JobexportError(f"{label} is not UTF-8; save it as UTF-8") from None
    for number, line in enumerate(lines, start=1):
        name = line.partition("#")[0].strip()
        if name:
            try:
                yield job_name(name)
            except ValueError as problem:
                raise JobexportError(f"{label} line {number}: {problem}") from None


def _standard_input() -> bytes:
    if sys.stdin is None:
        raise JobexportError("standard input is closed; give --from-file a file, or a pipe")
    return sys.stdin.buffer.read()


def export(
    connection: Connection,
    names: tuple[str, ...],
    *,
    output: Path | None,
    obs_path: str | None,
    workspace: str | None,
    no_depend: bool,
    unpack: bool,
    git: bool,
    concurrency: int,
    quiet: bool,
    **_: object,
) -> Outcome:
    """Export the jobs.

    Raises:
        ValueError: an argument breaks a rule; nothing was sent.
        JobexportError: nothing could be done.
    """
    with DgcClient(connection.project, auth=connection.auth, **connection.where) as client:
        if output is None:
            return _to_obs(client, names, str(obs_path), workspace, concurrency, quiet=quiet)
        with contextlib.ExitStack() as stack:
            # The zips of a folder under git are of no use when they are unpacked.
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="jobexport-"))) if git else output
            with ExportProgress(quiet=quiet) as progress:
                result = client.export_jobs(
                    names,
                    to=folder,
                    workspace=workspace,
                    depend=False if no_depend else None,
                    concurrency=concurrency,
                    progress=progress,
                )
            _raise_if_nothing_could_be_done(result.failures, done=len(result.archives))
            return _for_git(result, output) if git else _zips(result, output, unpack=unpack)


def _zips(result: JobsExport, output: Path, *, unpack: bool) -> Outcome:
    jobs: dict[str, dict[str, Any]] = {}
    failures = dict(result.failures)
    for name, archive in result.archives.items():
        path = Path(str(archive.path))
        jobs[name] = {
            "file": str(path),
            "size": archive.size,
            "sha256": archive.sha256,
            "reused": name in result.reused,
        }
        if unpack:
            try:
                jobs[name]["folder"] = str(_unpacked(archive, path))
            except JobexportError as error:
                failures[name] = error
                del jobs[name]
    others = {"others": [str(path) for path in result.others]}
    return Outcome(str(output), jobs, failures, len(result.reused & jobs.keys()), others)


def _unpacked(archive: JobArchive, path: Path) -> Path:
    folder = path.with_suffix("")
    # By an earlier run of the same command.
    if not (folder.is_dir() and any(folder.iterdir()) and archive.is_unpacked_in(folder)):
        archive.unpack(folder)
    return folder


def _for_git(result: JobsExport, output: Path) -> Outcome:
    failures = dict(result.failures)
    names = {archive.path: name for name, archive in result.archives.items()}
    others = [JobArchive.open(path) for path in result.others]

    def left_out(archive: JobArchive, error: JobexportError) -> None:
        failures[names.get(archive.path, "what came beside the jobs")] = error

    changes = unpack_for_git([*result.archives.values(), *others], output, left_out=left_out)
    written, removed = ([str(path) for path in paths] for paths in (changes.written, changes.removed))
    return Outcome(
        f"{output}, {len(written)} files changed and {len(removed)} removed",
        {name: {} for name in result.archives if name not in failures},
        failures,
        more={"written": written, "removed": removed},
    )


@define
class _ToObs:
    """Jobs that the service writes to OBS, a request each."""

    client: DgcClient
    obs_path: str
    workspace: str | None
    progress: ExportProgress
    ready: deque[tuple[str, ...]]
    total: int
    jobs: dict[str, dict[str, Any]] = field(factory=dict)
    failures: dict[str, JobexportError] = field(factory=dict)

    def fetch(self, chunk: tuple[str, ...]) -> Steps[ObsExport]:
        project = self.client._project
        return steps.export_job_to_obs(project.id, project.retries, chunk[0], self.obs_path, self.workspace)

    def settle(self, chunk: tuple[str, ...], outcome: ObsExport | JobexportError) -> None:
        if isinstance(outcome, JobexportError):
            self.failures |= dict.fromkeys(chunk, outcome)
            if ends_the_run(outcome):
                self.failures |= dict.fromkeys((name for rest in self.ready for name in rest), outcome)
                self.ready.clear()
        else:
            self.jobs[chunk[0]] = {"folder": outcome.folder, "archive": outcome.archive}
        self.progress(Progress(0, len(self.jobs), len(self.failures), self.total))


def _to_obs(
    client: DgcClient, names: tuple[str, ...], obs_path: str, workspace: str | None, concurrency: int, *, quiet: bool
) -> Outcome:
    with ExportProgress(quiet=quiet) as progress:
        run = _ToObs(client, obs_path, workspace, progress, deque((name,) for name in names), len(names))
        fetch_chunks(run, client._shell, concurrency)
    _raise_if_nothing_could_be_done(run.failures, done=len(run.jobs))
    # They came in any order.
    jobs = {name: run.jobs[name] for name in names if name in run.jobs}
    failures = {name: run.failures[name] for name in names if name in run.failures}
    return Outcome(obs_path, jobs, failures)


def _raise_if_nothing_could_be_done(failures: Mapping[str, JobexportError], *, done: int) -> None:
    if failures and not done and not any(map(_is_about_a_job, failures.values())):
        raise next(iter(failures.values()))


def _is_about_a_job(error: JobexportError) -> bool:
    """Whether another job could have fared better."""
    if isinstance(error, ApiError):
        # Of another code it is a gateway that refuses, which knows no jobs.
        known = str(error.code).startswith("DLF.") and not isinstance(error, ServerFault | Throttled)
        return known and not ends_the_run(error)
    return not isinstance(error, TransportError | TargetUnwritable | TokenUnavailable)


def _plain_error(error: JobexportError) -> dict[str, Any]:
    plain: dict[str, Any] = {"error": type(error).__name__, "message": str(error)}
    if isinstance(error, ApiError):
        plain |= {"status": error.status, "code": error.code, "request_id": error.request_id}
    return plain
