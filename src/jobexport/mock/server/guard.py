"""The guard in front of the application: it refuses requests that a web page of another origin may have caused.

A browser sends requests of any page to any address, and a page's name may lead to a loopback address (DNS rebinding).
A token does not help: the example token is public. So the guard refuses:

| part of the mock | refused |
|---|---|
| all | HTTP/1.1 without `Host`; two `Host` headers; a `Host` that is not a host |
| all | an `Origin` other than the mock's own |
| all but `/`, to which other pages may link | a `Sec-Fetch-Site` of another page |
| the control API; any GET or HEAD; any request with `Origin` | a `Host` that is not the mock's |
| the control API | a body that is not declared as JSON; `control` refuses it |

A POST without `Origin` comes from a program, as every browser sends `Origin` with POST. It may name any host, so that
programs can reach the operations by a vendor's name.
"""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING

from attrs import frozen
from starlette.responses import JSONResponse

from jobexport.core.proxies import address_of, name_of
from jobexport.errors import JobexportError
from jobexport.mock.server.control import PREFIX
from jobexport.mock.server.diagnosis import LOGGER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.responses import Response
    from starlette.types import ASGIApp, Receive, Scope, Send

_HOST = re.compile(r"(?P<name>[\w.~%!$&'()*+,;=-]*|\[[0-9A-Fa-f:.]+\])(?::[0-9]*)?", re.ASCII)
_NAME = re.compile(r"[\w.-]+", re.ASCII)
_FROM_PAGE = (b"origin", b"sec-fetch-site")
# The values of requests that no page caused, or a page of the same origin.
_OWN_SITE = (b"same-origin", b"none")
_BELOW = f"{PREFIX}/"


def is_control(path: str) -> bool:
    """Return whether a path, percent-decoded, is one of the control API or of the page's files."""
    return path.startswith(_BELOW)


@frozen
class Guard:
    """The guard of one server."""

    names: frozenset[str]
    """The names and addresses that a `Host` may have, besides loopback and the address of the connection."""

    @classmethod
    def of(cls, names: Sequence[str]) -> Guard:
        """Return the guard of a server with these names or addresses.

        Raises:
            JobexportError: a name is not a host without a port.
        """
        for name in names:
            if not (address_of(name) or _NAME.fullmatch(name_of(name))):
                raise JobexportError(
                    f"{name!r} is not the name of a host; give a name or an address without a port, such as mock"
                )
        return cls(frozenset(map(_normal, names)))

    def before(self, app: ASGIApp) -> ASGIApp:
        """Return an application that passes to `app` what the guard does not refuse."""

        async def respond(scope: Scope, receive: Receive, send: Send) -> None:
            refusal = self.refusal(scope) if scope["type"] == "http" else None
            await (refusal or app)(scope, receive, send)

        return respond

    def refusal(self, scope: Scope) -> Response | None:
        """Return the response to an HTTP request that the guard refuses, or None."""
        try:
            self._check(scope)
        except _NotAdmitted as refusal:
            LOGGER.warning("%s", refusal.sentence)
            return JSONResponse({"error": refusal.sentence}, refusal.status, headers={"Connection": "close"})
        return None

    def _check(self, scope: Scope) -> None:
        """Check the headers that name the mock, or the page that caused the request.

        Raises:
            _NotAdmitted: a web page of another origin may have caused the request, or `Host` breaks a rule of HTTP.
        """
        hosts, from_page = [], False
        # uvicorn writes names in lower case, as ASGI wants them. One loop, as every request pays for it.
        for name, value in scope["headers"]:
            if name == b"host":
                hosts.append(value)
            elif name in _FROM_PAGE:
                from_page = True
        host, known = _host(scope, hosts)
        needs_name = scope["method"] in ("GET", "HEAD") or is_control(scope["path"])
        if not (from_page or needs_name):
            return
        sent = [(name, value) for name, value in scope["headers"] if name in _FROM_PAGE]
        origin = b", ".join(value for name, value in sent if name == b"origin").decode("latin-1")
        if (needs_name or origin) and not self._knows(known, scope):
            raise _NotAdmitted(
                403,
                f"Host {host!r:.100} is not a name of this mock, so a web page may have sent the request; call the "
                "mock by its address, or start it with --allow-host NAME (in Python: allow_hosts)",
            )
        own = f"{scope.get('scheme', 'http')}://{host}"
        if origin and origin.lower() != own.lower():
            raise _NotAdmitted(403, f"Origin {origin!r:.100} is not this mock, {own:.100}; send no Origin")
        if scope["path"] != "/" and any(name == b"sec-fetch-site" and value not in _OWN_SITE for name, value in sent):
            raise _NotAdmitted(403, "Sec-Fetch-Site names a web page of another origin; call the mock from a program")

    def _knows(self, name: str, scope: Scope) -> bool:
        address, name = address_of(name), _normal(name)
        if name == "localhost" or name in self.names or (address is not None and address.is_loopback):
            return True
        # A server that listens on all addresses is known by the address of the connection.
        reached = scope.get("server")
        return reached is not None and name != "" and name == _normal(reached[0])


class _NotAdmitted(Exception):  # noqa: N818  # an outcome, not an error: the guard turns it into a response
    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(status, sentence)
        self.status, self.sentence = status, sentence


def _host(scope: Scope, hosts: Sequence[bytes]) -> tuple[str, str]:
    """Return the `Host`, and the name or address in it."""
    if len(hosts) > 1 or (not hosts and scope.get("http_version") == "1.1"):
        raise _NotAdmitted(400, f"the request has {len(hosts)} Host headers; send one")
    return _parts(hosts[0] if hosts else b"")


@functools.lru_cache(maxsize=64)
def _parts(sent: bytes) -> tuple[str, str]:
    """Return a `Host`, and the name or address in it."""
    host = sent.decode("latin-1")
    match = _HOST.fullmatch(host)
    if match is None:
        raise _NotAdmitted(400, f"Host {host!r:.100} is not a host; send a name or an address, with or without a port")
    return host, match["name"]


def _normal(name: str) -> str:
    return str(address_of(name) or name_of(name))
