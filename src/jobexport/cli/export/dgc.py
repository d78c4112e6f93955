"""The work of `dgc export`: the names, the export, and its summary."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import evolve, field, frozen

from jobexport import DgcClient, JobArchive, job_names
from jobexport.archive import unpack_for_git
from jobexport.archive.git import git_workplace
from jobexport.cli.export.progress import ExportProgress
from jobexport.core.disk.reading import read_up_to
from jobexport.errors import ApiError, BackupRefused, JobexportError, ListIncomplete

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from jobexport import JobsExport
    from jobexport.cli.export.connection import Connection

_BYTES = 4 << 20
"""The most bytes of a file with names."""


@frozen
class ExportSummary:
    """Summary of an export of jobs."""

    where: str
    jobs: Mapping[str, Mapping[str, Any]]
    """The facts of each exported job, by job name, such as `file`, `size` and `sha256`."""
    failures: Mapping[str, JobexportError]
    reused: int = 0
    more: Mapping[str, Any] = field(factory=dict)
    """Further keys of the JSON output, such as `others`."""
    problems: tuple[str, ...] = ()
    """Other reasons why the work is not done as a whole, for people."""
    notes: tuple[str, ...] = ()
    """Sentences that are no reason for an exit code."""

    def sentence(self) -> str:
        """Format the summary as one line for the terminal."""
        total = len(self.jobs) + len(self.failures)
        before = f", {self.reused} of them there before" if self.reused else ""
        return f"{len(self.jobs)} of {total} jobs exported to {self.where}{before}"

    def complaints(self) -> Iterator[str]:
        """Yield a line for each job that could not be exported, and for all else that the user should know."""
        for name, error in self.failures.items():
            yield f"{name}: {error}"
        yield from self.problems
        yield from self.notes

    def as_plain(self) -> dict[str, Any]:
        """Return the summary as values for JSON."""
        return {
            "jobs": [{"name": name, **facts} for name, facts in self.jobs.items()],
            "failures": [{"name": name, **_plain_error(error)} for name, error in self.failures.items()],
            "problems": list(self.problems),
            **self.more,
        }


def read_names(given: Sequence[str], file: Path | None) -> tuple[str, ...]:
    """Read the jobs' names, each once.

    Raises:
        JobexportError: no name is given, a name breaks a rule, or the file can't be read.
    """
    try:
        return job_names([*given, *(_names_in(file) if file else ())])
    except ValueError as problem:
        raise JobexportError(str(problem)) from None


def _names_in(file: Path) -> Iterator[str]:
    label = "standard input" if str(file) == "-" else str(file)
    try:
        content = _standard_input() if str(file) == "-" else read_up_to(file, _BYTES)
        if len(content) > _BYTES:
            raise JobexportError(f"{label} is longer than {_BYTES >> 20} MiB; name fewer jobs")
        lines = content.decode("utf-8-sig").splitlines()
    except OSError as problem:
        raise JobexportError(f"cannot read {label}: {problem.strerror}; check the path") from None
    except UnicodeDecodeError:
        raise JobexportError(f"{label} is not UTF-8; save it as UTF-8") from None
    for number, line in enumerate(lines, start=1):
        name = line.partition("#")[0].strip()
        if name:
            try:
                yield from job_names([name])
            except ValueError as problem:
                raise JobexportError(f"{label} line {number}: {problem}") from None


def _standard_input() -> bytes:
    if sys.stdin is None:
        raise JobexportError("standard input is closed; give --from-file a file, or a pipe")
    return sys.stdin.buffer.read(_BYTES + 1)


def export(
    connection: Connection,
    names: tuple[str, ...] | None,
    *,
    output: Path | None,
    git: bool,
    remove_gone: bool,
    **given: Any,
) -> ExportSummary:
    """Export the jobs.

    Args:
        connection: where the service is.
        names: the jobs; None for every job of the workspace.
        output: the folder; None for an export to OBS.
        git: True for a folder under git.
        remove_gone: True to remove the files of that folder that no exported job has, if every job is exported.
        given: the other options of the command.

    Raises:
        ValueError: an argument breaks a rule; nothing was sent.
        BackupRefused: all files would be removed; nothing was changed.
        JobexportError: no job could be exported, and no job is the reason.
    """
    with DgcClient(connection.project, auth=connection.auth, **connection.where) as client:
        failures: dict[str, JobexportError] = {}
        problems: list[str] = []
        if names is None:
            names = _listed(client, given["workspace"], failures, problems)
            if not names and not failures:
                return _of_nothing(output, problems, remove_gone=remove_gone)
        if not names:
            summary = ExportSummary(str(output or given["obs_path"]), {}, {})
        elif output is None:
            summary = _to_obs(client, names, **given)
        elif git:
            # A folder under git keeps the unpacked files only, not the zips.
            with git_workplace(output) as place:
                result = _exported(client, names, place / "zips", **given)
                summary = _for_git(result, output, remove_gone=remove_gone and not (failures or problems))
        else:
            summary = _zips(_exported(client, names, output, **given), output, unpack=given["unpack"])
    summary = evolve(summary, failures=failures | dict(summary.failures), problems=tuple(problems))
    if remove_gone and (summary.failures or summary.problems):
        kept = f"nothing was removed from {output}, as not every job was exported"
        return evolve(summary, notes=(*summary.notes, kept))
    return summary


def _listed(
    client: DgcClient, workspace: str | None, failures: dict[str, JobexportError], problems: list[str]
) -> tuple[str, ...]:
    """Return the names of all jobs of a workspace that can be exported."""
    names: list[str] = []
    try:
        for job in client.jobs(workspace=workspace):
            try:
                names += job_names([job.name])
            except ValueError as problem:
                failures[job.name] = JobexportError(str(problem))
    except ListIncomplete as problem:
        problems.append(str(problem))
    return tuple(names)


def _of_nothing(output: Path | None, problems: list[str], *, remove_gone: bool) -> ExportSummary:
    """Return the summary for a workspace without jobs.

    Raises:
        BackupRefused: all files of the folder would be removed.
    """
    nothing = "the workspace has no job; is it the right workspace?"
    if remove_gone:
        raise BackupRefused(f"{nothing} Nothing was removed from {output}")
    return ExportSummary(str(output), {}, {}, problems=tuple(problems), notes=(nothing,))


def _exported(
    client: DgcClient,
    names: tuple[str, ...],
    folder: Path,
    *,
    workspace: str | None,
    no_depend: bool,
    concurrency: int,
    quiet: bool,
    **_: object,
) -> JobsExport:
    """Return the zips of the jobs.

    Raises:
        JobexportError: no job could be exported, and no job is the reason.
    """
    with ExportProgress(quiet=quiet) as progress:
        result = client.export_jobs(
            names,
            to=folder,
            workspace=workspace,
            depend=False if no_depend else None,
            concurrency=concurrency,
            progress=progress,
        )
    if result.prevented_by is not None:
        raise result.prevented_by
    return result


def _zips(result: JobsExport, output: Path, *, unpack: bool) -> ExportSummary:
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
    return ExportSummary(str(output), jobs, failures, len(result.reused & jobs.keys()), others)


def _unpacked(archive: JobArchive, path: Path) -> Path:
    folder = path.with_suffix("")
    # An earlier run of the same command may have unpacked it.
    if not (folder.is_dir() and any(folder.iterdir()) and archive.is_unpacked_in(folder, rename=True)):
        archive.unpack(folder, rename=True)
    return folder


def _for_git(result: JobsExport, output: Path, *, remove_gone: bool) -> ExportSummary:
    failures = dict(result.failures)
    names = {archive.path: name for name, archive in result.archives.items()}
    others = [JobArchive.open(path) for path in result.others]

    def left_out(archive: JobArchive, error: JobexportError) -> None:
        failures[names.get(archive.path, "members that belong to no job")] = error

    changes = unpack_for_git(
        [*result.archives.values(), *others],
        output,
        remove_gone=remove_gone and result.succeeded,
        left_out=left_out,
    )
    written, removed = ([str(path) for path in paths] for paths in (changes.written, changes.removed))
    return ExportSummary(
        f"{output}, {len(written)} files changed and {len(removed)} removed",
        {name: {} for name in result.archives if name not in failures},
        failures,
        more={"written": written, "removed": removed},
    )


def _to_obs(
    client: DgcClient,
    names: tuple[str, ...],
    *,
    obs_path: str,
    workspace: str | None,
    concurrency: int,
    quiet: bool,
    **_: object,
) -> ExportSummary:
    with ExportProgress(quiet=quiet) as progress:
        result = client.export_jobs(
            names, obs_path=obs_path, workspace=workspace, concurrency=concurrency, progress=progress
        )
    if result.prevented_by is not None:
        raise result.prevented_by
    jobs = {name: {"folder": export.folder, "archive": export.archive} for name, export in result.exports.items()}
    return ExportSummary(obs_path, jobs, result.failures)


def _plain_error(error: JobexportError) -> dict[str, Any]:
    plain: dict[str, Any] = {"error": type(error).__name__, "message": str(error)}
    if isinstance(error, ApiError):
        plain |= {"status": error.status, "code": error.code, "request_id": error.request_id}
    return plain
