"""The contract command's options for a server that is named with --url: what it has, and how to treat it."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from jobexport.cli._sentences import TOKEN

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from jobexport.auth import AccessKey
    from jobexport.contract import Data, Live

# The names that the vendor's own SDK reads.
_ACCESS_KEY = "HUAWEICLOUD_SDK_AK"
_SECRET_KEY = "HUAWEICLOUD_SDK_SK"  # noqa: S105  # the variable's name, not a secret
_SECURITY_TOKEN = "HUAWEICLOUD_SDK_SECURITY_TOKEN"  # noqa: S105  # same
_PROJECT = "HUAWEICLOUD_SDK_PROJECT_ID"

_OPTIONS = (
    click.option("--project", metavar="ID", help=f"The project, if not {_PROJECT}."),
    click.option("--job", "jobs", multiple=True, metavar="NAME", help="A DGC job that exists; repeatable."),
    click.option("--flink-job", "flink_jobs", multiple=True, type=int, metavar="ID", help="A Flink job; repeatable."),
    click.option("--workspace", "workspaces", multiple=True, metavar="ID", help="One that has the jobs; repeatable."),
    click.option("--obs-dir", "obs_dirs", multiple=True, metavar="DIR", help="Where exportFlinkJobs may write."),
    click.option("--obs-path", "obs_paths", multiple=True, metavar="obs://…", help="Where exportJob may write."),
    click.option(
        "--data",
        "data_file",
        type=click.Path(path_type=Path, dir_okay=False),
        help="YAML or JSON file with these names; options go before it.",
    ),
    click.option("--rate", type=click.FloatRange(0.01), help="Requests a second at most.  [default: 3]"),
    click.option("--max-requests", type=click.IntRange(1), help="Requests at most.  [default: 400]"),
    click.option("--negative", is_flag=True, help="Send requests that break the document, too."),
)
_NAMES = ("project", "jobs", "flink_jobs", "workspaces", "obs_dirs", "obs_paths")


def live_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def refuse(given: Mapping[str, Any]) -> None:
    """Refuse options of a live server where there is none."""
    for parameter in click.get_current_context().command.params:
        if given.get(parameter.name):
            raise click.UsageError(f"{parameter.opts[0]} is for a server of your own; name it with --url")


def server_data(document: Mapping[str, Any], given: Mapping[str, Any]) -> Data:
    """Gather what the server has: from options, else the file, else the documentation's examples.

    The examples serve only where no name is given at all. What may be written to OBS is never taken from them.

    Raises:
        JobexportError: the file can't be read.
        UsageError: there are no credentials.
    """
    from attrs import evolve

    from jobexport.contract import Data, load_names

    names = load_names(given["data_file"]) if given["data_file"] else {}
    names |= {name: given[name] for name in _NAMES if given[name]}
    if "project" not in names and os.environ.get(_PROJECT):
        names["project"] = os.environ[_PROJECT]
    examples = Data.of_examples(document)
    known: dict[str, Any] = {"jobs": (), "flink_jobs": (), "obs_dirs": (), "obs_paths": ()}
    if not names.keys() & {"jobs", "flink_jobs"}:
        known |= {"jobs": examples.jobs, "flink_jobs": examples.flink_jobs}
    data = Data(**({"project": examples.project} | known | names))
    token, key = credentials(data.project)
    return evolve(data, token=token, key=key)


def credentials(project: str) -> tuple[str | None, AccessKey | None]:
    """Take a token, or a key for the project, from the environment.

    Raises:
        UsageError: neither is there, or it can't be one.
    """
    from jobexport.auth import AccessKey

    found = {name: os.environ.get(name, "") for name in (TOKEN, _ACCESS_KEY, _SECRET_KEY, _SECURITY_TOKEN)}
    for name, value in found.items():
        # A stray line break would be refused by the HTTP library in words that quote the value.
        if not re.fullmatch(r"[\x21-\x7e]*", value):
            raise click.UsageError(f"set {name} to what a header can carry, without spaces or line breaks")
    token, id_, secret, temporary = found.values()
    if token:
        return token, None
    if id_ and secret:
        return None, AccessKey(id_, secret, project, temporary or None)
    raise click.UsageError(f"--url needs credentials for the server; set {TOKEN}, or {_ACCESS_KEY} and {_SECRET_KEY}")


def treatment(given: Mapping[str, Any]) -> Live:
    """Say how the server is treated."""
    from jobexport.contract import Live

    limits = {name: given[name] for name in ("rate", "max_requests") if given[name] is not None}
    return Live(**limits, negative=given["negative"])
