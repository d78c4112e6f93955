"""The options that both export commands share: the service, the project, and the credentials."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click
from attrs import field, frozen

from jobexport.cli.credentials import read_credentials
from jobexport.cli.variables import CREDENTIALS
from jobexport.core.environment import ACCESS_KEY, OS_AUTH_URL, OS_CLOUD, PROJECT, SECRET_KEY, TOKEN, read

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import httpx

    from jobexport.client.auth import Fetch
    from jobexport.client.connection import Options

CLOUDS = ("huaweicloud", "otc")
VARIABLES = (*CREDENTIALS, PROJECT, OS_CLOUD, OS_AUTH_URL)
"""The environment variables that `connect` reads."""

_OPTIONS = (
    click.option("--cloud", type=click.Choice(CLOUDS), help="The cloud; goes with --region."),
    click.option("--region", metavar="REGION", help="Such as eu-de or cn-north-4."),
    click.option("--url", help="The service's base URL, in place of --cloud and --region."),
    click.option("--project", metavar="ID", help=f"The project that owns the jobs, if not {PROJECT}."),
    click.option(
        "--os-cloud",
        metavar="NAME",
        help=f"A profile of clouds.yaml with all this and the token; {OS_CLOUD} if no token or key is set.",
    ),
    click.option("-v", "--verbose", is_flag=True, help="Log each request on standard error."),
)


@frozen
class Connection:
    """A project, its credentials, and the options that locate the service."""

    project: str
    auth: str | Fetch | httpx.Auth = field(repr=False)
    where: Options
    cloud: str | None
    region: str | None


def connection_options(command: Callable[..., None]) -> Callable[..., None]:
    """Return the command with the options added."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def connect(given: Mapping[str, Any]) -> Connection:
    """Read the connection from options, the environment, and clouds.yaml.

    Raises:
        UsageError: an option is missing, or does not go with another option.
        JobexportError: the profile can't be used.
    """
    found = read_credentials()
    name = given["os_cloud"] or (read(OS_CLOUD) if not found else None)
    if name:
        return _of_profile(name, given)
    if not found:
        if read(OS_AUTH_URL):
            raise click.UsageError("no credentials; to use the variables OS_AUTH_URL and so on, add --os-cloud envvars")
        raise click.UsageError(
            f"no credentials; set {TOKEN}, or {ACCESS_KEY} and {SECRET_KEY}, or name a profile with --os-cloud"
        )
    project = given["project"] or read(PROJECT)
    if not project:
        raise click.UsageError(f"no project; name it with --project or {PROJECT}")
    auth: str | httpx.Auth
    if found.token is not None:
        auth = found.token
    else:
        from jobexport import AkSkAuth

        # read_credentials returns both or neither.
        auth = AkSkAuth(str(found.access_key), str(found.secret_key), security_token=found.security_token)
    cloud, region, url = given["cloud"], given["region"], given["url"]
    if url and (cloud or region):
        raise click.UsageError("give --url, or --cloud and --region, not both")
    return Connection(project, auth, _where(url, cloud, region), cloud, region)


def _of_profile(name: str, given: Mapping[str, Any]) -> Connection:
    from jobexport.cli.export.profile import load_profile

    if given["project"]:
        raise click.UsageError("--project does not go with a profile of clouds.yaml, which has its own")
    profile = load_profile(name, given["region"])
    cloud = given["cloud"] or profile.cloud
    # With --url the profile's cloud and region still locate OBS.
    where = _where(given["url"], cloud, profile.region)
    return Connection(profile.project, profile.token, where, cloud, profile.region)


def _where(url: str | None, cloud: str | None, region: str | None) -> Options:
    if url:
        return {"base_url": url}
    if cloud is None or region is None:
        raise click.UsageError("where is the service? give --cloud and --region, or --url")
    return {"cloud": cloud, "region": region}  # type: ignore[typeddict-item]  # click and the profile have known clouds only
