"""What all four clients are made of: where the service stands, who calls, and over which connections."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

import httpx
from attrs import frozen

from jobexport.client import arguments
from jobexport.client.arguments import find_base_url
from jobexport.client.auth import make_auth
from jobexport.client.retry import Retries
from jobexport.client.shell import Shell
from jobexport.core.http import async_client, client

if TYPE_CHECKING:
    from jobexport.client.arguments import Cloud, Service
    from jobexport.client.auth import AsyncFetch
    from jobexport.client.shell import AsyncShell

_DEFAULT_TIMEOUT = httpx.Timeout(60.0, connect=10.0)


class CommonOptions(TypedDict, total=False):
    """Where the service stands and how often to call it: what every client takes beside project and `auth`."""

    base_url: str
    """Such as `https://dli.eu-de.otc.t-systems.com`; or `cloud` and `region` instead."""
    cloud: Cloud
    """`huaweicloud` or `otc`."""
    region: str
    """Such as `eu-de`."""
    timeout: float | httpx.Timeout | None
    """Seconds that a step of a request, such as waiting for its answer, may take; 60, and 10 to connect."""
    retries: Retries
    """When to send a request again."""


class Options(CommonOptions, total=False):
    """What a client takes beside project and `auth`."""

    transport: httpx.BaseTransport
    """What carries the requests, in the place of httpx's own."""
    http_client: httpx.Client
    """A client to use in the place of one made here; it brings its own timeouts and transport, and stays open."""


class AsyncOptions(CommonOptions, total=False):
    """What an async client takes beside project and `auth`."""

    transport: httpx.AsyncBaseTransport
    """What carries the requests, in the place of httpx's own."""
    http_client: httpx.AsyncClient
    """A client to use in the place of one made here; it brings its own timeouts and transport, and stays open."""


@frozen(eq=False)
class Project:
    """A project and how often to call for it."""

    id: str
    retries: Retries


def make_project(project_id: str, options: CommonOptions) -> Project:
    """Check the project's id, the retries, and the names of the other options.

    Raises:
        TypeError: there is no such option.
        ValueError: a value breaks a rule.
    """
    if unknown := options.keys() - AsyncOptions.__optional_keys__:
        raise TypeError(f"there is no option {min(unknown)!r}; choose of {', '.join(AsyncOptions.__annotations__)}")
    retries = options.get("retries", Retries())
    if not isinstance(retries, Retries):
        raise ValueError(f"retries must be Retries(…), not {retries!r:.60}; Retries(times=0) never sends again")
    return Project(arguments.text("project_id", project_id), retries)


def make_shell(service: Service, project: Project, auth: str | AsyncFetch | httpx.Auth, options: Options) -> Shell:
    """Make the shell of a blocking client.

    Raises:
        ValueError: an option breaks a rule, or the environment names a proxy or certificates that can't be used.
    """
    base_url, proof = _base_url(service, options), make_auth(auth, project.id)
    if "http_client" in options:
        return Shell(options["http_client"], proof, base_url, owned=False)
    http = client(options.get("timeout", _DEFAULT_TIMEOUT), options.get("transport"))
    return Shell(http, proof, base_url, owned=True)


def make_async_shell(
    service: Service, project: Project, auth: str | AsyncFetch | httpx.Auth, options: AsyncOptions
) -> AsyncShell:
    """Make the shell of an async client.

    Raises:
        ValueError: as `make_shell`.
    """
    # Here, as asyncio takes a while to load.
    from jobexport.client.shell import AsyncShell

    base_url, proof = _base_url(service, options), make_auth(auth, project.id)
    if "http_client" in options:
        return AsyncShell(options["http_client"], proof, base_url, owned=False)
    http = async_client(options.get("timeout", _DEFAULT_TIMEOUT), options.get("transport"))
    return AsyncShell(http, proof, base_url, owned=True)


def _base_url(service: Service, options: Options | AsyncOptions) -> str:
    if "http_client" in options and {"timeout", "transport"} & options.keys():
        raise ValueError("http_client brings its own timeouts and transport; give it, or timeout and transport")
    return find_base_url(service, options.get("base_url"), options.get("cloud"), options.get("region"))
