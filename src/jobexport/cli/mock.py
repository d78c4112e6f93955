"""The mock command."""

from __future__ import annotations

import functools
import itertools
from typing import TYPE_CHECKING, Any

import click

from jobexport.cli.columns import described
from jobexport.cli.places import Place
from jobexport.cli.sentences import complete_edition, sentences, shown
from jobexport.cli.variables import ReadingCommand
from jobexport.core.environment import ACCESS_KEY, S3_ACCESS_KEY, S3_REGION, S3_SECRET_KEY, SECRET_KEY, TOKEN
from jobexport.errors import JobexportError

if TYPE_CHECKING:
    from pathlib import Path

    from jobexport.mock import Server, State


@click.command(cls=ReadingCommand, variables=(S3_ACCESS_KEY, S3_SECRET_KEY, S3_REGION))
@click.option(
    "--edition",
    metavar="ID|FILE",
    default="otc-2026",
    show_default=True,
    help="Edition to serve, or an overlay or OpenAPI document of your own.",
    shell_complete=complete_edition,
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--allow-host",
    "allow_hosts",
    multiple=True,
    metavar="NAME",
    help="Name by which containers or other machines call the mock; repeatable.",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8080,
    show_default=True,
    help="Port to listen on; 0 for any free port.",
)
@click.option("--token", envvar=TOKEN, show_envvar=True, help="The X-Auth-Token to accept.  [default: example-token]")
@click.option("--access-key", envvar=ACCESS_KEY, show_envvar=True, help="The access key (AK) to accept.")
@click.option("--secret-key", envvar=SECRET_KEY, show_envvar=True, help="Secret key (SK) of the access key; give both.")
@click.option("--project", metavar="ID", help="Project id of the example jobs; with --jobs, a project in that folder.")
@click.option("--jobs", type=Place(file_okay=False), help="Folder of jobs to serve.")
@click.option("--obs", metavar="DIR|s3://BUCKET", help="Storage of exports.  [default: a new temporary folder]")
@click.option("--obs-endpoint", metavar="URL", help="S3 server.  [default: Amazon's for the region]")
@click.option(
    "--obs-delay",
    type=click.FloatRange(0, 86_400),
    default=0.0,
    help="Seconds after which an export to obsPath appears.  [default: 0, before the response]",
)
@click.option(
    "--task-seconds",
    type=click.FloatRange(0, 86_400),
    default=0.0,
    help="Seconds that the task of an import runs.  [default: 0, over before the response]",
)
@click.option(
    "--page-offset",
    type=click.Choice(["pages", "records"]),
    default="pages",
    show_default=True,
    help="What offset counts in DGC's lists; the pages and a client differ.",
)
@click.option("--fault", "faults", multiple=True, metavar="NAME[:ARG]@OPERATION", help="Fault to inject; repeatable.")
@click.option(
    "--fault-rate", type=float, help="Probability (0 to 1) that a request meets one of the faults, or any quick fault."
)
@click.option(
    "--seed", type=int, default=0, show_default=True, help="Seed of --fault-rate: the same seed picks the same faults."
)
@click.option("--list-faults", is_flag=True, help="List all faults and exit.")
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
    """Run a mock server until Ctrl-C. Each request that breaks a rule is a line on standard error."""
    from jobexport import mock as mock_server
    from jobexport.cli.obs import open_storage

    if list_faults:
        _list_faults()
        return
    if bool(access_key) != bool(secret_key):
        # A real key must not be paired with a key of the example.
        raise click.UsageError(f"--access-key and --secret-key ({ACCESS_KEY}, {SECRET_KEY}) go together; give both")
    state = _state(project, jobs)
    with shown("jobexport.mock"), open_storage(obs, obs_endpoint) as storage:
        mock_server.run(
            state=state,
            token=token or mock_server.EXAMPLE_TOKEN,
            access_key=access_key or mock_server.EXAMPLE_ACCESS_KEY,
            secret_key=secret_key or mock_server.EXAMPLE_SECRET_KEY,
            storage=storage,
            ready=functools.partial(_print_address, project),
            **options,
        )


def _list_faults() -> None:
    from jobexport.mock import FAULTS

    for group, faults in itertools.groupby(FAULTS.values(), key=lambda fault: fault.group):
        usages = {f"{fault.id}{fault.argument_usage}": fault.sentence for fault in faults}
        click.echo(f"{group}:\n{described(usages, indent=2)}", nl=False)


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


def _print_address(project: str | None, server: Server) -> None:
    """Print the address, and the credentials if they are the example's."""
    from jobexport.mock import EXAMPLE_ACCESS_KEY, EXAMPLE_SECRET_KEY, EXAMPLE_TOKEN

    examples = (server.access_key, server.secret_key) == (EXAMPLE_ACCESS_KEY, EXAMPLE_SECRET_KEY)
    # Programs read the first line; the other lines are for people.
    click.echo(f"listening on {server.url}")
    click.echo(f"  project     {project or server.project_id}")
    click.echo(f"  token       {server.token if server.token == EXAMPLE_TOKEN else 'as given'}")
    click.echo(f"  access key  {server.access_key if examples else 'as given'}")
    click.echo(f"  secret key  {server.secret_key if examples else 'as given'}")
    click.echo(f"  objects in  {server.storage}")
