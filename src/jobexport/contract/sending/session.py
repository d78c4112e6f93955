"""The sender of scenarios: sends requests to the server under test, with credentials of every kind."""

from __future__ import annotations

import contextlib
import json
import time
from typing import TYPE_CHECKING, Any

import httpx
from attrs import define, evolve, field

from jobexport import signing
from jobexport.auth import AccessKey, SignatureAuth
from jobexport.contract.sender import ABSENT, Received, TransportProblem
from jobexport.contract.sending import receiving
from jobexport.contract.sending.journal import Got, Journal, Sent
from jobexport.contract.sending.live import Places
from jobexport.contract.sending.pace import Wire
from jobexport.core.http import client, failure_reason
from jobexport.core.redact import REDACTED, Redaction, remember

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Mapping
    from pathlib import Path

    from jobexport.contract.data import Data
    from jobexport.contract.sending.pace import Live

# Credentials that no server knows.
_WRONG_TOKEN = "not-a-token-of-anybody"  # noqa: S105
_WRONG_KEY = AccessKey("NOTANACCESSKEY000000", "not-a-secret-of-anybody")

_OTHER_PROJECT = "0123456789abcdef0123456789abcdef"

_HOUR_MS = 3_600_000
_MINUTE_MS = 60 * 1000


class Withheld(Exception):  # noqa: N818  # nothing went wrong
    """A request was not sent, because it would write to a place that the user did not name."""


class _Token(httpx.Auth):
    def __init__(self, token: str, data: Data) -> None:
        self._headers = {"X-Auth-Token": token, **data.project_header}

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers.update(self._headers)
        yield request


class _HashedBody(httpx.Auth):
    """Sends the hash of the body in a header, and signs this header too."""

    requires_request_body = True

    def __init__(self, key: AccessKey) -> None:
        self._key = key

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        path, _, query = request.url.raw_path.decode("ascii").partition("?")
        headers = {
            "Host": request.headers["Host"],
            signing.DATE_HEADER: signing.format_date(time.time_ns() // 1_000_000),
            signing.CONTENT_HEADER: signing.content_hash(request.content),
        }
        headers["Authorization"] = signing.sign(
            request.method,
            path,
            query,
            headers,
            request.content,
            access_key=self._key.id,
            secret_key=self._key.secret,
        )
        request.headers.update(headers)
        yield request


@define
class Session:
    """A session with one server; a `Sender`."""

    url: str
    data: Data
    wire: Wire
    places: Places | None
    """Places that exports may be written to, or None if every place is allowed."""
    client: httpx.Client = field(repr=False)
    permits: Callable[[str, httpx.Request], bool | None] | None = None
    """Function of operation and request: whether a request that may change the server may be sent, None for others."""
    scenario: str = ""
    """Id of the scenario that sends requests, for the journal."""
    _number: int = field(default=0, init=False)
    _signed_at: int = field(default=0, init=False)
    """When the last request with a right signature was sent, in milliseconds since 1970."""

    @property
    def case(self) -> str:
        """Id of the last exchange in the journal."""
        return f"{self.scenario}-{self._number}"

    @property
    def signs(self) -> bool:
        """True if the session has an access key."""
        return self.data.key is not None

    def send(
        self,
        operation: str,
        method: str,
        path: str,
        *,
        body: Any = ABSENT,
        content: bytes | None = None,
        headers: Mapping[str, str] = {},
        credentials: str = "right",
        valid: bool = False,
        linked: bool = False,
    ) -> Received:
        """Send one request, as described at `Sender.send`.

        Raises:
            TransportProblem: the response is missing or incomplete.
            Withheld: the request would write to a place in object storage that the user did not name.
            RunStopped: the run ends.
            ValueError: the credentials need an access key, which is missing.
        """
        given = dict(headers)
        if body is not ABSENT:
            content = json.dumps(body).encode()
            given = {"Content-Type": "application/json"} | given
        request = self.client.build_request(method, self.url + path, content=content, headers=given)
        response = self.request(request, operation=operation, credentials=credentials, valid=valid, linked=linked)
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Received(response.status_code, headers, response.content, self.case)

    def request(
        self,
        request: httpx.Request,
        *,
        operation: str = "",
        credentials: str = "right",
        valid: bool = False,
        linked: bool = False,
    ) -> httpx.Response:
        """Send a request of httpx and return the response with its body; errors as of `send`."""
        permitted = None if self.permits is None else self.permits(operation, request)
        if permitted is False:
            raise Withheld(f"{request.method} {request.url.path} would change something outside the sandbox")
        if permitted is None and self.places is not None and not self.places.allow(json_of(request.content)):
            text = request.content.decode(errors="replace")
            raise Withheld(f"the request would write to a place that was not named: {text}")
        auth = self._auth(credentials)
        self._number += 1
        sent = Sent(
            operation,
            "linked" if linked else "positive" if valid else "scenario",
            self.case,
            request.method,
            str(request.url),
            (*request.headers.multi_items(), *self._shown(credentials)),
            request.content,
        )

        def transmit() -> Got:
            return _receive(self.client, _signed(request, auth, credentials))

        right = credentials == "right" and f"/{self.data.project}/" in request.url.path
        try:
            response: httpx.Response = self.wire.exchange(sent, transmit, right=right).response
        except httpx.HTTPError as problem:
            unreachable = isinstance(problem, httpx.ConnectError | httpx.ConnectTimeout | httpx.ProxyError)
            text = f"the response is missing or incomplete: {failure_reason(problem)}"
            raise TransportProblem(text, self.case, unreachable) from None
        return response

    def _shown(self, credentials: str) -> tuple[tuple[str, str], ...]:
        """Return the journal's headers for the credentials, which are added only when the request is sent."""
        if credentials != "right" or self.data.token is None:
            return ()
        return ("X-Auth-Token", REDACTED), *self.data.project_header.items()

    def _auth(self, credentials: str) -> httpx.Auth:
        token, key = self.data.token, self.data.key
        if credentials == "right" and token is not None:
            return _Token(token, self.data)
        if credentials in _TOKENS:
            given = _TOKENS[credentials](token or _WRONG_TOKEN)
            # A token may equal itself in the other case.
            return _Token(_WRONG_TOKEN if given == token else given, self.data)
        if credentials == "none":
            return httpx.Auth()
        if credentials == "wrong-key":
            return SignatureAuth(evolve(_WRONG_KEY, project=self.data.project))
        if key is None:
            raise ValueError(f"credentials of the kind {credentials} need an access key")
        return self._signature(credentials, key)

    def _signature(self, credentials: str, key: AccessKey) -> httpx.Auth:
        if credentials == "wrong-secret":
            return SignatureAuth(evolve(key, secret=key.secret + "x"))
        if credentials == "old":
            return SignatureAuth(key, at=lambda: time.time_ns() // 1_000_000 - _HOUR_MS)
        if credentials == "other-project":
            return SignatureAuth(evolve(key, project=_OTHER_PROJECT))
        if credentials == "altered-hashed-body":
            return _HashedBody(key)
        now = time.time_ns() // 1_000_000
        if credentials == "signed":
            self._signed_at = now
        # With the time of the last right signature, that for another body is the same signature.
        replays = credentials == "altered-body" and now - self._signed_at < _MINUTE_MS
        moment = self._signed_at if replays else now
        return SignatureAuth(key, at=lambda: moment)


_TOKENS: dict[str, Callable[[str], str]] = {
    "empty-token": lambda _: "",
    "wrong-token": lambda _: _WRONG_TOKEN,
    "near-token": lambda token: token + "x",
    "cut-token": lambda token: token[:-1],
    "case-token": str.swapcase,
}


@contextlib.contextmanager
def open_session(
    url: str, data: Data, live: Live | None, journal: Path, waiting: Callable[[float], None] = lambda _: None
) -> Iterator[Session]:
    """Yield a session with a server.

    Args:
        url: the base URL of the server.
        data: names that exist on the server, and credentials.
        live: limits for a server in use, or None if the server exists only for the run. A disposable server has none.
        journal: the file of the exchanges; see `read_journal`.
        waiting: called before each wait for Retry-After, with its seconds.
    """
    live = live and live.limits
    places = Places.of(data) if live else None
    remember(*data.secrets)
    with journal.open("a", encoding="utf-8") as file, client(timeout=receiving.SECONDS) as http:
        wire = Wire(Journal(file, Redaction.of(data.secrets)), live, waiting=waiting)
        yield Session(url.rstrip("/"), data, wire, places, http)


def _receive(http: httpx.Client, request: httpx.Request) -> Got:
    """Send a request and return the response with its body, within the bounds of `receiving`."""
    bound = receiving.bound()
    with bound.applied(), contextlib.closing(http.send(request, stream=True)) as response:
        receiving.check_head(response.headers)
        content = receiving.read_body(response.iter_raw(), bound)
    whole = httpx.Response(response.status_code, headers=response.headers, content=content, request=request)
    return Got(response.status_code, tuple(response.headers.multi_items()), content, whole)


def _signed(request: httpx.Request, auth: httpx.Auth, credentials: str) -> httpx.Request:
    """Return the request with its credentials; the credentials of a kind of FORGED do not fit the request."""
    url = request.url
    if credentials == "altered-path":
        # The signature is for another path.
        url = url.copy_with(path=f"{url.path}x")
    copy = httpx.Request(request.method, url, headers=request.headers, content=request.content)
    signed = next(auth.auth_flow(copy))
    headers = {name: value for name, value in signed.headers.items() if name != "content-length"}
    content = request.content
    if credentials in ("altered-body", "altered-hashed-body"):
        # JSON with a blank more has the same value, so only the signature is wrong.
        content += b" "
    elif credentials == "unsigned-host":
        headers["authorization"] = headers["authorization"].replace("SignedHeaders=host;", "SignedHeaders=")
    return httpx.Request(request.method, request.url, headers=headers, content=content)


def json_of(content: bytes) -> Any:
    """Return the JSON value of a body, or None if it is not JSON."""
    try:
        return json.loads(content)
    except ValueError:
        return None
