"""The export commands: `dgc export` and `dli export`."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING, Any

import click

from jobexport.cli.export.connection import VARIABLES, connect, connection_options
from jobexport.cli.export.running import running
from jobexport.cli.places import Place
from jobexport.cli.sentences import sentences
from jobexport.cli.variables import ReadingCommand
from jobexport.core.output import OutputFailed
from jobexport.core.redact import cleaned, line
from jobexport.errors import ExportFailed, JobNotFound

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


_format = click.option(
    "--format", "format_", type=click.Choice(["text", "json"]), default="text", help="For people, or for programs."
)


@click.group()
def dgc() -> None:
    """Data development jobs of DGC, today DataArts Studio."""


@click.group()
def dli() -> None:
    """Flink jobs of DLI."""


@dgc.command("export", cls=ReadingCommand, variables=VARIABLES)
@click.argument("names", nargs=-1, metavar="NAME…")
@click.option(
    "-o", "--output", type=Place(file_okay=False), metavar="DIR", help="The folder that gets NAME.zip for each job."
)
@click.option(
    "--from-file",
    type=Place(dir_okay=False, allow_dash=True),
    metavar="FILE",
    help="Names, one a line; # begins a comment; - is standard input.",
)
@click.option("--all", "all_", is_flag=True, help="Every job of the workspace, in place of names.")
@click.option("--workspace", metavar="ID", help="The jobs' workspace, if not the default one.")
@click.option("--no-depend", is_flag=True, help="Leave out the scripts and resources that the jobs use.")
@click.option("--unpack", is_flag=True, help="Unpack each zip beside it, too.")
@click.option(
    "--git", is_flag=True, help="Keep DIR up to date for git: sorted JSON, scripts as .sql, .sh, .py; no zips."
)
@click.option(
    "--remove-gone", is_flag=True, help="With --git: remove the files of what is not exported, if all jobs are."
)
@click.option(
    "--obs-path", metavar="obs://…", help="Let the service write to this folder in OBS, in place of --output."
)
@click.option("--concurrency", type=click.IntRange(1, 100), default=4, show_default=True, help="Requests at a time.")
@connection_options
@_format
@sentences
def export_dgc(
    names: tuple[str, ...], from_file: Path | None, all_: bool, format_: str, verbose: bool, **given: Any
) -> None:
    """Export jobs: each to a zip of its own, to OBS, or into a folder under git.

    Complete zips in DIR are not fetched again, so after an interruption the same command goes on. Use a new folder
    for each night's backup. Exit code 1: some jobs could not be exported; they are listed. 3: the workspace has no
    job, so --remove-gone would remove all of DIR.
    """
    from jobexport.cli.export import dgc as dgc_export

    if all_ and (names or from_file):
        raise click.UsageError("give --all, or names, not both")
    if (given["output"] is None) == (given["obs_path"] is None):
        raise click.UsageError("where to? give --output DIR, or --obs-path for OBS")
    if given["unpack"] and given["git"]:
        raise click.UsageError("give --unpack or --git, not both")
    if given["remove_gone"] and not given["git"]:
        raise click.UsageError("--remove-gone is for --git")
    if given["obs_path"] is not None and (given["unpack"] or given["git"] or given["no_depend"]):
        chosen = next(name for name in ("unpack", "git", "no_depend") if given[name]).replace("_", "-")
        raise click.UsageError(f"--{chosen} does not go with --obs-path")
    jobs = None if all_ else dgc_export.read_names(names, from_file)
    interrupted = "every zip is complete; the same command goes on where it was"
    if given["git"]:
        interrupted = "every file is complete, old or new; run the same command again"
    if given["obs_path"]:
        interrupted = "the service ends what it began; the same command would export that again"
    with running(interrupted, verbose=verbose):
        summary = dgc_export.export(connect(given), jobs, quiet=verbose, **given)
    for complaint in summary.complaints():
        click.echo(line(complaint), err=True)
    with _done():
        click.echo(json.dumps(cleaned(summary.as_plain()), indent=2) if format_ == "json" else line(summary.sentence()))
    if summary.failures or summary.problems:
        raise SystemExit(1)


@dli.command("export", cls=ReadingCommand, variables=VARIABLES)
@click.option("--obs-dir", required=True, metavar="DIR", help="The folder in OBS that gets the zips: bucket/folder.")
@click.option("--job", "job_ids", type=int, multiple=True, metavar="ID", help="A Flink job; repeatable.")
@click.option("--all", "all_", is_flag=True, help="Every Flink job of the project.")
@click.option(
    "--download", type=Place(file_okay=False), metavar="DIR", help="Fetch the zips from OBS; needs an access key."
)
@click.option("--obs-endpoint", metavar="URL", help="The URL of OBS, if not that of the cloud's region.")
@connection_options
@_format
@sentences
def export_dli(job_ids: tuple[int, ...], all_: bool, format_: str, verbose: bool, **given: Any) -> None:
    """Export Flink jobs as zips to OBS, and fetch them from there.

    Exit code 1: the service could not export the jobs.
    """
    from jobexport.cli.export import dli as dli_export

    if bool(job_ids) == all_:
        raise click.UsageError("which jobs? give --job ID, once for each, or --all")
    if given["obs_endpoint"] and not given["download"]:
        raise click.UsageError("--obs-endpoint is for --download")
    interrupted = "the service ends what it began; the same command would export it again"
    with running(interrupted, verbose=verbose):
        try:
            result = dli_export.export(connect(given), None if all_ else job_ids, given)
        except (ExportFailed, JobNotFound) as problem:
            click.echo(line(f"Error: {problem}"), err=True)
            raise SystemExit(1) from None
    if not result.archives:
        click.echo("the service exported no job; does the project have Flink jobs?", err=True)
    with _done():
        if format_ == "json":
            files = [str(path) for path in result.files]
            shown_ = {"message": result.message, "archives": list(result.archives), "files": files}
            click.echo(json.dumps(cleaned(shown_), indent=2))
        else:
            for name in result.files or result.archives:
                click.echo(line(str(name)))


@contextlib.contextmanager
def _done() -> Iterator[None]:
    """Add a note to a failure of standard output: the export itself succeeded."""
    try:
        yield
    except OutputFailed as failure:
        failure.add_note("the export itself is done")
        raise
