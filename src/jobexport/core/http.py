"""The one factory of HTTP clients from the environment: proxies, `NO_PROXY` in all its forms, certificates.

httpx's own reading (`trust_env`) fails at an IPv6 network in `NO_PROXY` and ignores an IPv4 network, so it is turned
off. Each request of a client, also a redirected request, goes the way that `core.proxies` names for its own URL.
"""

from __future__ import annotations

import os
import re
import threading
from http.cookiejar import CookieJar, DefaultCookiePolicy
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import httpx

from jobexport.core.bounds import bind, bind_client
from jobexport.core.environment import CA_BUNDLE, CA_FILE, CA_FOLDER, CURL_CA_BUNDLE, TLS_KEYS, read
from jobexport.core.forks import renew_in_children
from jobexport.core.proxies import Proxy, read_proxies
from jobexport.core.redact import line
from jobexport.errors import ConnectionFailed, JobexportError

if TYPE_CHECKING:
    import asyncio
    import ssl
    from collections.abc import Callable, Mapping

    from jobexport.core.proxies import Proxies

# The pool's size must not limit an export of many jobs with more concurrency than httpx keeps connections for.
_LIMITS = httpx.Limits(max_connections=100, max_keepalive_connections=100)
# The first variable that is set counts. The last two are the variables of requests, and may name a file or a folder.
_CERTIFICATES = (CA_FILE, CA_FOLDER, CA_BUNDLE, CURL_CA_BUNDLE)
_PROXY = "jobexport.proxy"
IDENTITY = {"Accept-Encoding": "identity"}
"""Header of every request. A body that is compressed all the same is refused: a few bytes of it could fill the memory,
or the time of a call."""

Timeout = float | httpx.Timeout | None
_ODD_HOST = re.compile(r"[][\s<>^|\\%]|\.\.")


class EnvironmentUnusable(JobexportError, ValueError):  # noqa: N818  # the name says what happened, as in errors.py
    """Environment variable with a proxy or certificates that can't be used. The text shows no password."""


def is_base_url(value: Any) -> bool:
    """Return True for the URL of a server: `http://` or `https://`, a host and perhaps a path, but no user or query."""
    if not isinstance(value, str) or not value.isprintable() or any(odd in value for odd in " @?#"):
        return False
    try:
        parsed = httpx.URL(value)
        parsed.raw_host.decode("ascii")
        return parsed.scheme in {"http", "https"} and bool(parsed.host) and not _ODD_HOST.search(parsed.host)
    except (httpx.InvalidURL, ValueError):
        return False


def client(timeout: Timeout, transport: httpx.BaseTransport | None = None) -> httpx.Client:
    """Build a client as the environment says. It asks for bodies that are not compressed, and keeps no cookies.

    Args:
        timeout: seconds, or httpx's own limits.
        transport: a transport to use instead of the environment's proxies and certificates.

    Raises:
        EnvironmentUnusable: a proxy or the certificates can't be used.
    """
    return _bound(httpx.Client, _Routes() if transport is None else transport, timeout)


def async_client(timeout: Timeout, transport: httpx.AsyncBaseTransport | None = None) -> httpx.AsyncClient:
    """Build an async client as the environment says; otherwise as `client`."""
    return _bound(httpx.AsyncClient, _AsyncRoutes() if transport is None else transport, timeout)


def _bound(kind: Callable[..., HttpT], transport: Any, timeout: Timeout) -> HttpT:
    http = kind(transport=transport, timeout=timeout, trust_env=False, headers=IDENTITY, cookies=_no_cookies())
    bind_client(http)
    return http


def _no_cookies() -> CookieJar:
    """Return a jar that keeps no cookie: no service documents any, and their number has no bound."""
    return CookieJar(DefaultCookiePolicy(allowed_domains=()))


def encoding_of(headers: Mapping[str, str]) -> str:
    """Return the compression of a response's body, such as `gzip`; empty if it has none, as `IDENTITY` asks for."""
    encoding = headers.get("Content-Encoding", "").strip().lower()
    return "" if encoding == "identity" else encoding


HttpT = TypeVar("HttpT", bound=httpx.Client | httpx.AsyncClient)


class Connections(Generic[HttpT]):
    """The HTTP clients behind one client: one for each process and, if it is async, for each event loop.

    A child of `os.fork` would receive its parent's responses; a connection is of no use outside its event loop.
    """

    def __init__(self, first: HttpT, another: Callable[[], HttpT] | None, *, owned: bool = True) -> None:
        """Begin with a client.

        Args:
            first: the client of the process and the loop that come first.
            another: builds the client of the next one; None if it can't be built, so that the next one is refused.
            owned: False for a client from outside, which `close` leaves open.
        """
        self._first, self._another, self._owned = first, another, owned
        self._by_loop: dict[asyncio.AbstractEventLoop | None, HttpT] = {}
        self._process: int | None = None
        self._closed = False
        self._lock = threading.Lock()
        renew_in_children(self)

    def forked(self) -> None:
        """Leave the connections to the parent."""
        self._by_loop, self._lock = {}, threading.Lock()

    def of(self, operation: str, loop: asyncio.AbstractEventLoop | None = None) -> HttpT:
        """Return the client for a request of an operation; `loop` is the running loop, None for a blocking client.

        Raises:
            ConnectionFailed: the client was used in another process or loop, and can't be built anew.
        """
        found = self._by_loop.get(loop)
        if found is None:
            with self._lock:
                found = self._by_loop.get(loop) or self._new(operation)
                self._by_loop[loop] = found
        return found

    def _new(self, operation: str) -> HttpT:
        if self._process is None:
            self._process = os.getpid()
            return self._first
        if self._closed:
            raise RuntimeError("the client has been closed; build a new one")
        if self._another is None:
            where = "in another event loop" if self._process == os.getpid() else "before os.fork"
            problem = f"http_client or transport was used {where} and can't be shared; build a client of its own here"
            error = ConnectionFailed(operation, problem, ambiguous=False)
            error.lasting = True
            raise error
        self._by_loop = {loop: http for loop, http in self._by_loop.items() if loop is None or not loop.is_closed()}
        return self._another()

    def close(self, loop: asyncio.AbstractEventLoop | None = None) -> HttpT | None:
        """Allow no further client. Return the client of a loop, for the caller to close; None if there is nothing."""
        with self._lock:
            self._closed = True
            found = self._first if self._process is None else self._by_loop.get(loop)
        return found if self._owned else None


def certificates() -> tuple[str, str] | None:
    """Return the variable that names the trusted certificates, and its value; None if httpx's own are to be used."""
    return next(((name, path) for name in _CERTIFICATES if (path := read(name))), None)


def proxy_of(error: Exception) -> Proxy | None:
    """Return the proxy of a request that failed, or None if the request went directly or was not sent."""
    try:
        found = error.request.extensions.get(_PROXY) if isinstance(error, httpx.RequestError) else None
    except RuntimeError:  # the error belongs to no request
        return None
    return found if isinstance(found, Proxy) else None


def failure_reason(error: Exception) -> str:
    """Return the reason why a request failed, in one line without secrets, with the proxy that it went through."""
    # Some texts quote a line of the response.
    text = line(" ".join(str(error).split())) or type(error).__name__
    proxy = proxy_of(error)
    return f"{text}, through the proxy {proxy}" if proxy else text


class _Routes(httpx.BaseTransport):
    """Transport that sends each request directly or through a proxy."""

    def __init__(self) -> None:
        self._proxies = read_proxies()
        self._transports: dict[Proxy | None, httpx.HTTPTransport] = _transports(httpx.HTTPTransport, self._proxies)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self._transports[_route(request, self._proxies)].handle_request(request)

    def close(self) -> None:
        for transport in self._transports.values():
            transport.close()


class _AsyncRoutes(httpx.AsyncBaseTransport):
    """Transport that sends each request directly or through a proxy."""

    def __init__(self) -> None:
        self._proxies = read_proxies()
        self._transports: dict[Proxy | None, httpx.AsyncHTTPTransport] = _transports(
            httpx.AsyncHTTPTransport, self._proxies
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return await self._transports[_route(request, self._proxies)].handle_async_request(request)

    async def aclose(self) -> None:
        for transport in self._transports.values():
            await transport.aclose()


def _transports(kind: Any, proxies: Proxies) -> dict[Proxy | None, Any]:
    """Build the transport of each proxy, and under None the transport without a proxy."""
    options = {"verify": _context(), "trust_env": False, "limits": _LIMITS}
    transports: dict[Proxy | None, Any] = {None: kind(**options)}
    for proxy in proxies.by_scheme.values():
        try:
            transports[proxy] = kind(**options, proxy=httpx.Proxy(proxy.url))
        except ImportError:
            problem = "needs the package socksio; install it: pip install 'httpx[socks]'"
            raise EnvironmentUnusable(f"{proxy.variable} names a proxy that {problem}") from None
        # The text of these errors may quote the password.
        except (httpx.InvalidURL, ValueError):
            raise EnvironmentUnusable(
                f"{proxy.variable} is not the URL of a proxy, such as http://proxy:3128; correct it, or unset it"
            ) from None
    for transport in transports.values():
        bind(transport)
    return transports


def _route(request: httpx.Request, proxies: Proxies) -> Proxy | None:
    url = request.url
    proxy = proxies.find(url.scheme, url.host, url.port)
    request.extensions[_PROXY] = proxy
    return proxy


def _context() -> ssl.SSLContext:
    import ssl

    variable, path = certificates() or (TLS_KEYS, "")
    try:
        if not path:
            return httpx.create_ssl_context(trust_env=False)
        if variable == CA_FILE or Path(path).is_file():
            return ssl.create_default_context(cafile=path)
        # As OpenSSL has it, there may be several folders. OpenSSL ignores a folder that is missing.
        if not any(map(os.path.isdir, path.split(os.pathsep))):
            raise FileNotFoundError(None, "neither a file nor a folder")
        return ssl.create_default_context(capath=path)
    except OSError as error:
        problem = error.strerror or type(error).__name__
        raise EnvironmentUnusable(f"{variable} can't be used ({problem}); correct it, or unset it") from None
