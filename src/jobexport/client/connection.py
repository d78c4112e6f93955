"""The connection of a client: the service's URL, the authentication, and the HTTP client."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, TypedDict

import httpx
from attrs import frozen

from jobexport.client import arguments
from jobexport.client.arguments import find_base_url
from jobexport.client.auth import make_auth
from jobexport.client.retry import Retries
from jobexport.client.shell import Shell
from jobexport.core.bounds import bind_client
from jobexport.core.http import Connections, async_client, client

if TYPE_CHECKING:
    from jobexport.client.arguments import Cloud, Service
    from jobexport.client.auth import AsyncFetch
    from jobexport.client.shell import AsyncShell

_DEFAULT_TIMEOUT = httpx.Timeout(60.0, connect=10.0)


class CommonOptions(TypedDict, total=False):
    """Options that every client has beside project and `auth`."""

    base_url: str
    """The service's URL, such as `https://dli.eu-de.otc.t-systems.com`; or `cloud` and `region` instead."""
    cloud: Cloud
    """`huaweicloud` or `otc`."""
    region: str
    """The cloud's region, such as `eu-de`."""
    timeout: float | httpx.Timeout | None
    """Seconds that a step of a request may take, such as waiting for the response; 60, and 10 to connect."""
    retries: Retries
    """The rules for sending a request again."""


class Options(CommonOptions, total=False):
    """Options of a client beside project and `auth`."""

    transport: httpx.BaseTransport
    """The transport of the requests, instead of httpx's own."""
    http_client: httpx.Client
    """An HTTP client to use instead of a new one; it has its own timeouts and transport, and stays open."""


class AsyncOptions(CommonOptions, total=False):
    """Options of an async client beside project and `auth`."""

    transport: httpx.AsyncBaseTransport
    """The transport of the requests, instead of httpx's own."""
    http_client: httpx.AsyncClient
    """An HTTP client to use instead of a new one; it has its own timeouts and transport, and stays open."""


@frozen(eq=False)
class Project:
    """A project, and the rules for sending its requests again."""

    id: str
    retries: Retries


def make_project(project_id: str, options: CommonOptions) -> Project:
    """Check the project's id, the retries, and the names of the other options.

    Raises:
        TypeError: an option is unknown.
        ValueError: a value breaks a rule.
    """
    if unknown := options.keys() - AsyncOptions.__optional_keys__:
        valid = ", ".join(AsyncOptions.__annotations__)
        raise TypeError(f"there is no option {min(unknown)!r}; valid options are: {valid}")
    retries = options.get("retries", Retries())
    if not isinstance(retries, Retries):
        raise ValueError(f"retries must be Retries(…), not {retries!r:.60}; Retries(times=0) never sends again")
    return Project(arguments.text("project_id", project_id), retries)


def make_shell(service: Service, project: Project, auth: str | AsyncFetch | httpx.Auth, options: Options) -> Shell:
    """Build the shell of a blocking client.

    Raises:
        ValueError: an option breaks a rule, or the environment names a proxy or certificates that can't be used.
    """
    base_url, proof = _base_url(service, options), make_auth(auth, project.id)
    if "http_client" in options:
        bind_client(options["http_client"])
        return Shell(Connections(options["http_client"], None, owned=False), proof, base_url)
    transport = options.get("transport")
    build = partial(client, options.get("timeout", _DEFAULT_TIMEOUT), transport)
    return Shell(Connections(build(), build if _may_be_shared(transport) else None), proof, base_url)


def make_async_shell(
    service: Service, project: Project, auth: str | AsyncFetch | httpx.Auth, options: AsyncOptions
) -> AsyncShell:
    """Build the shell of an async client.

    Raises:
        ValueError: as `make_shell`.
    """
    # Imported here, as asyncio takes a while to load.
    from jobexport.client.shell import AsyncShell

    base_url, proof = _base_url(service, options), make_auth(auth, project.id)
    if "http_client" in options:
        bind_client(options["http_client"])
        return AsyncShell(Connections(options["http_client"], None, owned=False), proof, base_url)
    transport = options.get("transport")
    build = partial(async_client, options.get("timeout", _DEFAULT_TIMEOUT), transport)
    return AsyncShell(Connections(build(), build if _may_be_shared(transport) else None), proof, base_url)


def _may_be_shared(transport: object) -> bool:
    """Return True if processes and event loops may share a transport: no transport, or one without connections."""
    return transport is None or isinstance(transport, httpx.MockTransport | httpx.ASGITransport | httpx.WSGITransport)


def _base_url(service: Service, options: Options | AsyncOptions) -> str:
    if "http_client" in options and {"timeout", "transport"} & options.keys():
        raise ValueError("http_client has its own timeouts and transport; give it, or timeout and transport")
    return find_base_url(service, options.get("base_url"), options.get("cloud"), options.get("region"))
