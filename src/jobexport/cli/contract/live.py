"""The contract command's options for a server in use (`--url`): its names and its limits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from jobexport.auth import AccessKey
from jobexport.cli.credentials import read_credentials
from jobexport.cli.places import Place
from jobexport.cli.variables import CREDENTIALS
from jobexport.core.environment import ACCESS_KEY, PROJECT, SECRET_KEY, SECURITY_TOKEN, TOKEN, read

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from jobexport.contract import Data, Live
    from jobexport.contract.sandbox import Sandbox

_OPTIONS = (
    click.option("--project", metavar="ID", help=f"The project; default: {PROJECT}."),
    click.option("--job", "jobs", multiple=True, metavar="NAME", help="A DGC job that exists; repeatable."),
    click.option("--flink-job", "flink_jobs", multiple=True, type=int, metavar="ID", help="A Flink job; repeatable."),
    click.option(
        "--workspace", "workspaces", multiple=True, metavar="ID", help="A workspace that has the jobs; repeatable."
    ),
    click.option(
        "--obs-dir", "obs_dirs", multiple=True, metavar="DIR", help="A folder for exportFlinkJobs; repeatable."
    ),
    click.option(
        "--obs-path", "obs_paths", multiple=True, metavar="obs://…", help="A folder for exportJob; repeatable."
    ),
    click.option(
        "--data",
        "data_file",
        type=Place(dir_okay=False),
        help="YAML or JSON file with these names; an option overrides it.",
    ),
    click.option("--rate", type=click.FloatRange(0.01), help="Most requests a second.  [default: 3]"),
    click.option("--max-requests", type=click.IntRange(1), help="Most requests in all.  [default: 400]"),
    click.option("--negative", is_flag=True, help="Also send requests that break the document."),
    click.option(
        "--sandbox",
        metavar="PREFIX",
        help="Also create, import and delete DGC objects, with names that begin so only; needs --obs-path and "
        "--obs-endpoint for the zips.",
    ),
    click.option("--obs-endpoint", metavar="URL", help="The object storage of --sandbox; its keys are the AK and SK."),
    click.option(
        "--disposable",
        is_flag=True,
        help="Everything, without limits: the server exists only to be tested, and may be broken.",
    ),
)
VARIABLES = (*CREDENTIALS, PROJECT)
"""Environment variables that `server_data` reads."""


def live_options(command: Callable[..., None]) -> Callable[..., None]:
    """Return the command with the options for a server in use."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def refuse(given: Mapping[str, Any]) -> None:
    """Raise UsageError if an option for a server in use is given without `--url`."""
    for parameter in click.get_current_context().command.params:
        if given.get(parameter.name):
            raise click.UsageError(f"{parameter.opts[0]} is only for a server in use; name the server with --url")


def server_data(document: Mapping[str, Any], given: Mapping[str, Any]) -> Data:
    """Return names and credentials of the server: from options, the file, or the documentation's examples.

    An option overrides the file. The examples are used only if no object is named. Places in OBS are taken from the
    examples for a disposable server only.

    Raises:
        JobexportError: the file can't be read.
        UsageError: the credentials are missing.
    """
    from attrs import evolve

    from jobexport.contract import Data, load_names
    from jobexport.contract.data import KINDS, OBJECTS

    names = load_names(given["data_file"]) if given["data_file"] else {}
    names |= {kind.id: given[kind.id] for kind in KINDS if given.get(kind.id)}
    if "project" not in names and (project := read(PROJECT)):
        names["project"] = project
    examples = Data.of_examples(document)
    known: dict[str, Any] = dict.fromkeys(OBJECTS, ())
    if not given["disposable"]:
        known |= {kind.id: () for kind in KINDS if kind.in_storage}
    if not names.keys() & {*OBJECTS}:
        known |= {name: getattr(examples, name) for name in OBJECTS}
    data = Data(**({"project": examples.project} | known | names))
    if not data.project:
        raise click.UsageError(
            f"the document has no example of a project; name the project with --project or {PROJECT}"
        )
    found = read_credentials()
    if not found:
        raise click.UsageError(f"--url needs credentials for the server; set {TOKEN}, or {ACCESS_KEY} and {SECRET_KEY}")
    return evolve(data, token=found.token, key=found.key(data.project))


def open_sandbox(given: Mapping[str, Any], data: Data, api: str | None) -> Sandbox | None:
    """Return what the run may change on the server, or None without `--sandbox`; nothing is sent.

    Raises:
        JobexportError: the prefix, the path or the endpoint is not valid.
        UsageError: an option or a key is missing, or has no meaning.
    """
    from jobexport.contract.sandbox import Sandbox, SandboxBucket

    if given["sandbox"] is None:
        if given["obs_endpoint"] is not None:
            raise click.UsageError("--obs-endpoint is only for --sandbox; leave it out, or name a prefix")
        return None
    if given["disposable"]:
        raise click.UsageError("--disposable means no limits; leave out --sandbox, or --disposable")
    if api == "dli":
        raise click.UsageError("--sandbox is for DGC: the jobs in a zip of DLI can't be renamed; leave out --api dli")
    if not data.obs_paths or given["obs_endpoint"] is None:
        raise click.UsageError("--sandbox needs a bucket for its zips; name it with --obs-path and --obs-endpoint")
    access, secret = read(ACCESS_KEY), read(SECRET_KEY)
    if not (access and secret):
        raise click.UsageError(f"--sandbox needs keys for object storage; set {ACCESS_KEY} and {SECRET_KEY}")
    key = AccessKey(access, secret, security_token=read(SECURITY_TOKEN))
    return Sandbox(given["sandbox"], SandboxBucket.open(data.obs_paths[0], given["obs_endpoint"], key))


def treatment(given: Mapping[str, Any]) -> Live:
    """Return the limits for the server.

    Raises:
        UsageError: a limit is given for a disposable server.
    """
    from jobexport.contract import Live

    if given["disposable"]:
        for name in ("rate", "max_requests"):
            if given[name] is not None:
                option = "--" + name.replace("_", "-")
                raise click.UsageError(f"--disposable means no limits; leave out {option}, or --disposable")
        return Live(negative=True, disposable=True)
    limits = {name: given[name] for name in ("rate", "max_requests") if given[name] is not None}
    return Live(**limits, negative=given["negative"])
