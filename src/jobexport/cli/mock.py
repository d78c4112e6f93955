"""The mock command."""

from __future__ import annotations

import functools
import itertools
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from jobexport.cli.sentences import complete_edition, sentences, shown
from jobexport.cli.variables import ReadingCommand
from jobexport.core.environment import ACCESS_KEY, S3_ACCESS_KEY, S3_REGION, S3_SECRET_KEY, SECRET_KEY, TOKEN
from jobexport.errors import JobexportError

if TYPE_CHECKING:
    from jobexport.mock import Server, State


@click.command(cls=ReadingCommand, variables=(S3_ACCESS_KEY, S3_SECRET_KEY, S3_REGION))
@click.option(
    "--edition",
    default="otc-2026",
    show_default=True,
    help="What the server speaks.",
    shell_complete=complete_edition,
)
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(0, 65535), default=8080, show_default=True, help="0 takes any free one.")
@click.option("--token", envvar=TOKEN, show_envvar=True, help="The X-Auth-Token to accept.  [default: example-token]")
@click.option("--access-key", envvar=ACCESS_KEY, show_envvar=True, help="The access key (AK) to accept.")
@click.option("--secret-key", envvar=SECRET_KEY, show_envvar=True, help="Its secret (SK); the two go together.")
@click.option("--project", metavar="ID", help="Project of the example jobs; with --jobs, one that must be in there.")
@click.option("--jobs", type=click.Path(path_type=Path, file_okay=False), help="Folder of jobs to serve.")
@click.option("--obs", metavar="DIR|s3://BUCKET", help="Where exports are stored.  [default: a new temporary folder]")
@click.option("--obs-endpoint", metavar="URL", help="The S3 server, if it is not Amazon's.")
@click.option(
    "--obs-delay",
    type=click.FloatRange(0, 86_400),
    default=0.0,
    help="Seconds after which an export to obsPath appears.  [default: 0, before the answer]",
)
@click.option("--fault", "faults", multiple=True, metavar="NAME[:ARG]@OPERATION", help="What goes wrong; repeatable.")
@click.option("--fault-rate", type=float, help="How often one of the faults, or any quick one, happens: from 0 to 1.")
@click.option("--seed", type=int, default=0, show_default=True, help="The same seed picks the same faults.")
@click.option("--list-faults", is_flag=True, help="List the faults there are, and end.")
@sentences
def mock(
    token: str | None,
    access_key: str | None,
    secret_key: str | None,
    project: str | None,
    jobs: Path | None,
    obs: str | None,
    obs_endpoint: str | None,
    list_faults: bool,
    **options: Any,
) -> None:
    """Start a mock server, until Ctrl-C. Requests that break a rule are named on standard error."""
    from jobexport import mock as mock_server
    from jobexport.cli.obs import open_storage

    if list_faults:
        _list_faults()
        return
    if bool(access_key) != bool(secret_key):
        # Half of a real pair must not be joined with half of the example's.
        raise click.UsageError(f"--access-key and --secret-key ({ACCESS_KEY}, {SECRET_KEY}) go together; give both")
    state = _state(project, jobs)
    with shown("jobexport.mock"), open_storage(obs, obs_endpoint) as storage:
        mock_server.run(
            state=state,
            token=token or mock_server.EXAMPLE_TOKEN,
            access_key=access_key or mock_server.EXAMPLE_ACCESS_KEY,
            secret_key=secret_key or mock_server.EXAMPLE_SECRET_KEY,
            storage=storage,
            ready=functools.partial(_say_where, project),
            **options,
        )


def _list_faults() -> None:
    from jobexport.mock import FAULTS

    for group, faults in itertools.groupby(FAULTS.values(), key=lambda fault: fault.group):
        usages = {f"{fault.id}{fault.argument_usage}": fault.sentence for fault in faults}
        width = max(map(len, usages))
        click.echo(f"{group}:")
        for usage, sentence in usages.items():
            click.echo(f"  {usage:{width}}  {sentence}")


def _state(project: str | None, jobs: Path | None) -> State:
    from jobexport.mock import EXAMPLE_PROJECT, State

    if project == "":
        raise click.UsageError("--project is empty; give the id of a project, or leave it out")
    if jobs is None:
        return State.example(project or EXAMPLE_PROJECT)
    state = State.load(jobs)
    if project is not None and project not in state.projects:
        raise JobexportError(f"{jobs} has no project {project!r}; it has {', '.join(sorted(state.projects))}")
    return state


def _say_where(project: str | None, server: Server) -> None:
    """Print where the server listens and what opens it; credentials only if everybody knows them."""
    from jobexport.mock import EXAMPLE_ACCESS_KEY, EXAMPLE_SECRET_KEY, EXAMPLE_TOKEN

    examples = (server.access_key, server.secret_key) == (EXAMPLE_ACCESS_KEY, EXAMPLE_SECRET_KEY)
    # The first line is for programs, the others are for people.
    click.echo(f"listening on {server.url}")
    click.echo(f"  project     {project or server.project_id}")
    click.echo(f"  token       {server.token if server.token == EXAMPLE_TOKEN else 'as given'}")
    click.echo(f"  access key  {server.access_key if examples else 'as given'}")
    click.echo(f"  secret key  {server.secret_key if examples else 'as given'}")
    click.echo(f"  objects in  {server.storage}")
