"""Puts schemathesis's requests on the wire: adds credentials, and sends through what every request goes through.

Loaded in schemathesis's own process. Each request leaves it through a session of requests, and each session takes its
adapter from `requests.sessions`; so that one name is replaced, and nothing gets past.
"""

from __future__ import annotations

import functools
import io
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

from jobexport.contract.fuzz.hooks import is_positive
from jobexport.contract.sending.journal import Got, Sent
from jobexport.core.http import certificates
from jobexport.core.proxies import read_proxies

if TYPE_CHECKING:
    from collections.abc import Callable

    from requests import PreparedRequest
    from schemathesis import Case
    from schemathesis.hooks import HookContext

    from jobexport.auth import AccessKey
    from jobexport.contract.sending.live import Places
    from jobexport.contract.sending.pace import Wire
    from jobexport.core.proxies import Proxies


@define(eq=False)
class Credentials(AuthBase):
    """The right credentials: a token, or else a key to sign with."""

    token: str | None = field(repr=False)
    key: AccessKey | None
    last: PreparedRequest | None = field(default=None, init=False, repr=False)
    """The request that got them last."""

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        """Add them, in the place of what was made up."""
        self.last = request
        for name in ("X-Auth-Token", "Authorization"):
            request.headers.pop(name, None)
        if self.token is not None:
            request.headers["X-Auth-Token"] = self.token
        elif self.key is not None:
            path, _, query = request.path_url.partition("?")
            host = urlsplit(str(request.url)).netloc.rpartition("@")[2]
            request.headers.update(self.key.headers(str(request.method), host, path, query, _content(request)))
        return request


@define(eq=False)
class Line:
    """What stands between schemathesis and the server."""

    wire: Wire
    credentials: Credentials
    project: str
    places: Places | None
    """Where exports may be written; None: anywhere."""
    _case: Case[Any] | None = field(default=None, init=False)

    def install(self) -> None:
        """Let everything that schemathesis sends pass here."""
        line, places, proxies = self, self.places, read_proxies()

        class Adapter(HTTPAdapter):
            def send(self, request: PreparedRequest, *args: Any, **options: Any) -> Response:
                # requests reads the environment in its own way.
                options |= _surroundings(str(request.url), proxies)
                return line.send(functools.partial(super().send, *args, **options), request)

        # Functions, as schemathesis sets attributes on its hooks.
        def before_call(context: HookContext, case: Case[Any], **_options: Any) -> None:
            self._case = case

        def filter_case(context: HookContext, case: Case[Any]) -> bool:
            return places is None or places.allow(case.body)

        requests.sessions.HTTPAdapter = Adapter  # type: ignore[attr-defined]
        schemathesis.hook(before_call)
        # A filter costs time for each value that is made up.
        if places is not None:
            schemathesis.hook(filter_case)
        GLOBAL_AUTH_STORAGE.set_from_requests(self.credentials)

    def send(self, transmit: Callable[[PreparedRequest], Response], request: PreparedRequest) -> Response:
        """Send a request as requests' own adapter would."""
        if self.places is not None and SCHEMATHESIS_TEST_CASE_HEADER not in request.headers:
            return _unsent(request)
        known = request is self.credentials.last

        def once() -> Got:
            # Signed for each time that it is sent: the next may come after a long wait.
            return _got(transmit(self.credentials(request) if known else request))

        right = known and f"/{self.project}/" in request.path_url
        response: Response = self.wire.exchange(self._sent(request), once, right=right).response
        return response

    def _sent(self, request: PreparedRequest) -> Sent:
        id_ = str(request.headers.get(SCHEMATHESIS_TEST_CASE_HEADER, ""))
        operation, kind = "", "other"
        if self._case is not None and id_:
            operation, kind = str(self._case.operation.definition.raw["operationId"]), "check"
            # A check sends cases of its own, derived from the one at hand.
            if self._case.id == id_:
                kind = "positive" if is_positive(self._case) else "negative"
        headers = tuple((str(name), _text(value)) for name, value in request.headers.items())
        return Sent(operation, kind, id_, str(request.method), str(request.url), headers, _content(request))


def _surroundings(url: str, proxies: Proxies) -> dict[str, Any]:
    """Return the proxy and the certificates of a request, as our own clients have them."""
    address, trusted = urlsplit(url), certificates()
    proxy = proxies.find(address.scheme, address.hostname or "", address.port)
    return {"proxies": {"all": proxy.url} if proxy else {}, "verify": trusted[1] if trusted else True}


def _unsent(request: PreparedRequest) -> Response:
    """Answer for a server in use: schemathesis tries what no client sends, bytes of zero in headers, before it begins.

    A refusal lets it leave such things out.
    """
    response = Response()
    response.status_code, response.url, response.request, response.raw = 400, str(request.url), request, io.BytesIO()
    return response


def _got(response: Response) -> Got:
    streams = response.headers.get("Content-Type", "").startswith("text/event-stream")
    # schemathesis reads a stream of events by itself, as it may never end.
    content = b"" if streams else response.content
    return Got(response.status_code, tuple(response.headers.items()), content, response)


def _content(request: PreparedRequest) -> bytes:
    body = request.body
    return body.encode() if isinstance(body, str) else body if isinstance(body, bytes) else b""


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value
