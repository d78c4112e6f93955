"""Sends schemathesis's requests: adds credentials, and sends each request through `Wire`.

This module is loaded in schemathesis's process. schemathesis sends each request through a session of `requests`, and
each session takes its adapter from `requests.sessions.HTTPAdapter`. `Line` replaces this name, so no request bypasses
it.
"""

from __future__ import annotations

import functools
import io
from http.client import HTTPConnection, HTTPResponse
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import requests.sessions
import schemathesis
from attrs import define, field
from requests import Response
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase
from schemathesis.auths import GLOBAL_AUTH_STORAGE
from schemathesis.core import SCHEMATHESIS_TEST_CASE_HEADER
from schemathesis.generation.meta import TestPhase
from schemathesis.generation.stateful.state_machine import APIStateMachine

from jobexport.contract.fuzz.hooks import is_positive
from jobexport.contract.sending import receiving
from jobexport.contract.sending.journal import Got, Sent
from jobexport.core.bounds import Bound, DeadlinePassed, Overlong, current
from jobexport.core.http import certificates
from jobexport.core.proxies import read_proxies

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Mapping

    from requests import PreparedRequest
    from schemathesis import Case
    from schemathesis.hooks import HookContext

    from jobexport.auth import AccessKey
    from jobexport.contract.sending.live import Places
    from jobexport.contract.sending.pace import Wire
    from jobexport.core.proxies import Proxies


_BLOCK = 64 * 1024


@define(eq=False)
class RightCredentials(AuthBase):
    """The right credentials: a token, or else a key to sign with."""

    token: str | None = field(repr=False)
    key: AccessKey | None
    project_header: Mapping[str, str] = {}
    """The header that names the project, for a token; a key has its own."""
    last: PreparedRequest | None = field(default=None, init=False, repr=False)
    """The last request that got these credentials."""

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        """Replace the generated credentials of a request by the right credentials."""
        self.last = request
        for name in ("X-Auth-Token", "Authorization"):
            request.headers.pop(name, None)
        if self.token is not None:
            request.headers.update({"X-Auth-Token": self.token, **self.project_header})
        elif self.key is not None:
            path, _, query = request.path_url.partition("?")
            host = urlsplit(str(request.url)).netloc.rpartition("@")[2]
            request.headers.update(self.key.headers(str(request.method), host, path, query, _content(request)))
        return request


@define(eq=False)
class Line:
    """The connection between schemathesis and the server."""

    wire: Wire
    credentials: RightCredentials
    project: str
    places: Places | None
    """Places that exports may be written to, or None if every place is allowed."""
    changing: Callable[[Case[Any]], bool] = lambda _: False
    """Function that returns True if a request may change the server."""
    restore: Callable[[], None] | None = None
    """Function that undoes all changes of the server, if the server can."""
    changed: bool = field(default=False, init=False)
    """True if requests before the current request changed the server, and nothing undid it."""
    _changes: bool = field(default=False, init=False)
    _case: Case[Any] | None = field(default=None, init=False)

    def install(self) -> None:
        """Send every request of schemathesis through this line."""
        line, places, proxies = self, self.places, read_proxies()

        class Adapter(HTTPAdapter):
            def send(self, request: PreparedRequest, *args: Any, **options: Any) -> Response:
                # requests reads proxies and certificates in another way than our clients.
                options |= _surroundings(str(request.url), proxies)
                return line.send(functools.partial(super().send, *args, **options), request)

        # Functions, because schemathesis sets attributes on its hooks.
        def before_call(context: HookContext, case: Case[Any], **_options: Any) -> None:
            self._case = case

        def filter_case(context: HookContext, case: Case[Any]) -> bool:
            return places is None or places.allow(case.body)

        requests.sessions.HTTPAdapter = Adapter  # type: ignore[attr-defined]
        HTTPConnection.response_class = _BoundResponse
        schemathesis.hook(before_call)
        if self.restore is not None:
            _at_the_end_of_each_sequence(self.forget)
        # A filter costs time for each generated value.
        if places is not None:
            schemathesis.hook(filter_case)
        GLOBAL_AUTH_STORAGE.set_from_requests(self.credentials)

    def send(self, transmit: Callable[[PreparedRequest], Response], request: PreparedRequest) -> Response:
        """Send a request; the result is that of the adapter of `requests`."""
        if self.places is not None and SCHEMATHESIS_TEST_CASE_HEADER not in request.headers:
            return _unsent(request)
        known = request is self.credentials.last

        def once() -> Got:
            # Signed anew for each attempt, because the next attempt may follow a long wait.
            bound = receiving.bound()
            with bound.applied():
                try:
                    return _got(transmit(self.credentials(request) if known else request), bound)
                except requests.RequestException:
                    # requests has an error of its own for a read beyond the bounds.
                    bound.left()
                    bound.spend(0)
                    raise

        right = known and f"/{self.project}/" in request.path_url
        try:
            response: Response = self.wire.exchange(self._sent(request), once, right=right).response
            self._follow(response)
        except (DeadlinePassed, Overlong) as problem:
            # The one error of requests whose text schemathesis shows as it is.
            raise requests.exceptions.Timeout(str(problem), request=request) from None
        return response

    def _follow(self, response: Response) -> None:
        """Undo the change of a request, or note it until the end of its sequence; if nothing undoes it, of the run."""
        self.changed = self._changes
        case = self._case
        if case is None or not response.ok or not self.changing(case):
            return
        if self.restore is None or _in_sequence(case):
            self._changes = True
        else:
            self.restore()

    def forget(self) -> None:
        """Undo the changes of a sequence."""
        if self._changes and self.restore is not None:
            self.restore()
        self.changed = self._changes = False

    def _sent(self, request: PreparedRequest) -> Sent:
        id_ = str(request.headers.get(SCHEMATHESIS_TEST_CASE_HEADER, ""))
        operation, kind = "", "other"
        if self._case is not None and id_:
            operation, kind = str(self._case.operation.definition.raw["operationId"]), "check"
            # A check sends its own cases, derived from the current case.
            if self._case.id == id_:
                kind = "positive" if is_positive(self._case) else "negative"
                kind = "linked" if _in_sequence(self._case) else kind
        headers = tuple((str(name), _text(value)) for name, value in request.headers.items())
        return Sent(operation, kind, id_, str(request.method), str(request.url), headers, _content(request))


def _in_sequence(case: Case[Any]) -> bool:
    return case.meta is not None and case.meta.phase.name is TestPhase.STATEFUL


def _at_the_end_of_each_sequence(function: Callable[[], None]) -> None:
    # schemathesis has no hook for it, but its machine calls this method.
    before = APIStateMachine.teardown

    def teardown(machine: APIStateMachine) -> None:
        function()
        before(machine)

    APIStateMachine.teardown = teardown  # type: ignore[method-assign, assignment]


def _surroundings(url: str, proxies: Proxies) -> dict[str, Any]:
    """Return the proxy and the certificates of a request, by the rules of our own clients."""
    address, trusted = urlsplit(url), certificates()
    proxy = proxies.find(address.scheme, address.hostname or "", address.port)
    return {"proxies": {"all": proxy.url} if proxy else {}, "verify": trusted[1] if trusted else True}


def _unsent(request: PreparedRequest) -> Response:
    """Return a 400 instead of the response of a server in use.

    schemathesis begins with requests that no client sends, such as zero bytes in headers. After a refusal it does not
    generate such requests.
    """
    response = Response()
    response.status_code, response.url, response.request, response.raw = 400, str(request.url), request, io.BytesIO()
    return response


class _BoundResponse(HTTPResponse):
    """Response whose bytes are read within the bounds of the context that it was made in."""

    def __init__(self, sock: socket.socket, *args: Any, **options: Any) -> None:
        super().__init__(sock, *args, **options)
        if (bound := current()) is not None:
            self.fp = io.BufferedReader(_BoundReader(sock, self.fp, bound))


class _BoundReader(io.RawIOBase):
    """The bytes of a socket, until its bounds are exceeded."""

    def __init__(self, sock: socket.socket, file: io.BufferedReader, bound: Bound) -> None:
        super().__init__()
        self._sock, self._file, self._bound, self._timeout = sock, file, bound, sock.gettimeout()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            self._sock.settimeout(self._bound.shorten(self._timeout))
            size = self._file.raw.readinto(buffer) or 0
            self._bound.spend(size)
        # Errors that urllib3 takes for those of a socket, wherever a response is read.
        except DeadlinePassed as problem:
            raise TimeoutError(str(problem)) from None
        except Overlong as problem:
            raise ConnectionError(str(problem)) from None
        return size

    def close(self) -> None:
        self._file.close()
        super().close()


def _got(response: Response, bound: Bound) -> Got:
    try:
        receiving.check_head(response.headers)
        if response.headers.get("Content-Type", "").startswith("text/event-stream"):
            # schemathesis reads a stream of events by itself, because it may never end. The bounds hold for it, too.
            bound.spare, content = receiving.LONGEST, b""
        else:
            pieces = response.iter_content(_BLOCK) if response._content is False else (response.content,)
            content = response._content = receiving.read_body(pieces, bound)
    except BaseException:
        response.close()
        raise
    return Got(response.status_code, tuple(response.headers.items()), content, response)


def _content(request: PreparedRequest) -> bytes:
    body = request.body
    return body.encode() if isinstance(body, str) else body if isinstance(body, bytes) else b""


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value
