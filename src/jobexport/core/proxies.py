"""The proxy that the environment names for a URL; servers of this process are reached without a proxy.

httpx, requests and urllib read `NO_PROXY` in three ways; only requests knows networks, and only IPv4 networks. Here an
entry is read as curl reads it, and in the forms that Go, httpx and requests add:

==================================  ===================================================================================
`example.com`, `.example.com`       the host and all below it; `*.example.com` is the same
`192.0.2.7`, `::1`, `[::1]`         the address, however it is written
`10.0.0.0/8`, `fd00::/8`            all addresses of the network; brackets may stand around the address or all of it
`example.com:8443`, `[::1]:8443`    that port only; without a port, every port
`https://example.com`               that scheme only
`*`                                 everything
==================================  ===================================================================================

Commas or blanks separate entries, and case does not matter. An entry of any other form covers nothing.
"""

from __future__ import annotations

import contextlib
import ipaddress
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jobexport.core.environment import ALL_PROXY, HTTP_PROXY, HTTPS_PROXY

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_VARIABLES = {"http": HTTP_PROXY, "https": HTTPS_PROXY, "all": ALL_PROXY}
_PORTS = {"http": 80, "https": 443}
_BRACKETED = re.compile(r"\[(?P<host>[^]]*)\](?P<bits>/\d+)?(?::(?P<port>\d+))?")
# Host and port of the servers that this process has started and not ended.
_own: list[tuple[str, int]] = []


@dataclass(frozen=True)
class Proxy:
    """A proxy; its text and its repr leave out user and password."""

    url: str = field(repr=False)
    variable: str
    """The variable that names the proxy, such as `HTTP_PROXY`."""

    def __str__(self) -> str:
        scheme, _, rest = self.url.partition("://")
        return f"{scheme}://{rest.rpartition('@')[2].partition('/')[0]} of {self.variable}"


@dataclass(frozen=True)
class Proxies:
    """The proxies by scheme, `all` standing for each, and the hosts that are reached without."""

    by_scheme: Mapping[str, Proxy]
    exceptions: tuple[_Exception, ...]

    def find(self, scheme: str, host: str, port: int | None) -> Proxy | None:
        """Return the proxy for a URL of this scheme, host (an IPv6 address without brackets) and port, or None."""
        if not self.by_scheme:
            return None
        port = port or _PORTS.get(scheme)
        if is_own(host, port) or any(exception.covers(scheme, host, port) for exception in self.exceptions):
            return None
        return self.by_scheme.get(scheme) or self.by_scheme.get("all")


def read_proxies() -> Proxies:
    """Read the environment's proxies; lower-case names come first, as everywhere."""
    # Not before it is needed: starting a server for tests does not need it.
    from urllib.request import getproxies

    found = getproxies()
    exceptions = tuple(filter(None, map(_exception, re.split(r"[,\s]+", found.get("no", "")))))
    urls = {scheme: url for scheme in _VARIABLES if (url := found.get(scheme, "").strip())}
    # Proxies that nothing goes through may be wrong.
    if _EVERYTHING in exceptions:
        urls = {}
    elif _PORTS.keys() <= urls.keys():
        urls.pop("all", None)
    by_scheme = {
        scheme: Proxy(url if "://" in url else f"http://{url}", _VARIABLES[scheme]) for scheme, url in urls.items()
    }
    return Proxies(by_scheme, exceptions)


@contextlib.contextmanager
def own_server(host: str, port: int) -> Iterator[None]:
    """Reach a server of this process directly for as long as the context lasts, whatever the environment says.

    Args:
        host: the name or address that the server listens on; a loopback address or `localhost` with its port is the
            same.
        port: the port that the server listens on.
    """
    _own.append((host.lower(), port))
    try:
        yield
    finally:
        _own.remove((host.lower(), port))


def is_own(host: str, port: int | None) -> bool:
    """Return True if this process has a server at the host and port."""
    host = host.lower()
    address = address_of(host)
    loopback = host == "localhost" or (address is not None and address.is_loopback)
    return any(port == own_port and (host == own_host or loopback) for own_host, own_port in _own)


@dataclass(frozen=True)
class _Exception:
    """An entry of `NO_PROXY`."""

    host: str | ipaddress.IPv4Network | ipaddress.IPv6Network
    port: int | None = None
    scheme: str = "all"

    def covers(self, scheme: str, host: str, port: int | None) -> bool:
        if self.scheme not in ("all", scheme) or self.port not in (None, port):
            return False
        if self.host == "*":
            return True
        address = address_of(host)
        if isinstance(self.host, str):
            name = name_of(host)
            return address is None and (name == self.host or name.endswith(f".{self.host}"))
        return address is not None and address in self.host


_EVERYTHING = _Exception("*")


def _exception(entry: str) -> _Exception | None:
    scheme, _, rest = entry.lower().rpartition("://")
    if scheme:
        rest = rest.rstrip("/")
    port = ""
    if match := _BRACKETED.fullmatch(rest):
        rest, port = match["host"] + (match["bits"] or ""), match["port"] or ""
    elif rest.count(":") == 1:
        rest, _, port = rest.partition(":")
        if not (port.isascii() and port.isdigit()):
            return None
    numbers = int(port[:6]) if port else None
    if rest == "*":
        return _Exception("*", numbers, scheme or "all")
    try:
        network = ipaddress.ip_network(rest, strict=False)
    except ValueError:
        name = name_of(rest.removeprefix("*").removeprefix("."))
        return _Exception(name, numbers, scheme or "all") if name else None
    return _Exception(network, numbers, scheme or "all")


def address_of(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """Return the address that a host is, or None if it is a name; an IPv4 address in IPv6 is the IPv4 address."""
    try:
        address = ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return None
    # `::ffff:192.0.2.7` leads to the same place.
    return getattr(address, "ipv4_mapped", None) or address


def name_of(host: str) -> str:
    """Return a host's name as it stands in DNS: lower case, ASCII, without the root's dot."""
    host = host.lower().removesuffix(".")
    try:
        return host if host.isascii() else host.encode("idna").decode("ascii")
    except UnicodeError:
        return host
