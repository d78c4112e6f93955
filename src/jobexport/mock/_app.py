"""The ASGI application for one edition: finds the operation, checks the request, lets the behaviour answer."""

from __future__ import annotations

import asyncio
import json
import os
import time
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

from attrs import define, field, frozen
from starlette.applications import Starlette
from starlette.responses import Response

from jobexport.errors import JobexportError
from jobexport.mock import _dgc, _dli
from jobexport.mock._auth import EXAMPLE_TOKEN, Credentials
from jobexport.mock._contract import JSON, read_operations, read_unknown_path
from jobexport.mock._outcome import Outcome
from jobexport.mock._page import page_routes
from jobexport.mock._request import (
    Disconnected,
    Refused,
    check_request,
    match_path,
    read_content,
    read_headers,
    split_path,
)
from jobexport.mock._state import State
from jobexport.mock._storage import MemoryStorage, Storage
from jobexport.spec.editions import load_edition

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.types import ASGIApp, Receive, Scope, Send

    from jobexport.mock._contract import ErrorAnswer, Operation
    from jobexport.mock._request import Request

DEFAULT_EDITION = "otc-2026"

_BEHAVIOURS = {
    "exportFlinkJobs": _dli.export_flink_jobs,
    "exportJob": _dgc.export_job,
    "batchExportJobs": _dgc.batch_export_jobs,
}


def epoch_ms() -> int:
    """Give the milliseconds since 1970."""
    return time.time_ns() // 1_000_000


class Options(TypedDict, total=False):
    """What `create_app`, `serve` and `run` take beside the edition."""

    state: State
    """The jobs; without it those that ship with the package."""
    token: str
    """The one `X-Auth-Token` that is let in."""
    storage: Storage
    """Where exports are stored; without it in memory."""
    obs_delay: float
    """Seconds after which an export to `obsPath` appears in storage; 0 is before the answer."""
    clock: Callable[[], int]
    """Gives the milliseconds since 1970, for the names of zips and the age of signatures."""


@define
class Core:
    """The server behind the application. Everything it holds can be exchanged while it runs."""

    document: Mapping[str, Any]
    state: State = field(factory=State.example)
    token: str = field(default=EXAMPLE_TOKEN, repr=False)
    storage: Storage = field(factory=MemoryStorage)
    obs_delay: float = 0.0
    clock: Callable[[], int] = epoch_ms
    credentials: Credentials = field(init=False)
    _mock: _Mock = field(init=False)
    _pending: set[asyncio.Task[None]] = field(init=False, factory=set)

    def __attrs_post_init__(self) -> None:
        self.credentials = Credentials(self.token)
        self.load(self.state)

    def load(self, state: State) -> None:
        """Serve this state from the next request on.

        Raises:
            JobexportError: the document lacks what the server needs.
        """
        self._mock = _Mock.read(self.document, state, self.clock)
        self.state = state

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, as ASGI has it."""
        try:
            _, outcome = await self._respond(scope, receive)
        except Disconnected:
            return
        await self._store(outcome)
        response = outcome.response
        # `response.headers` would look for one of that name, and a UUID's bytes need no UUID.
        response.raw_headers.append((b"x-request-id", os.urandom(16).hex().encode()))
        await response(scope, receive, send)

    async def _respond(self, scope: Scope, receive: Receive) -> tuple[Operation | None, Outcome]:
        mock = self._mock
        methods, variables = mock.find(scope)
        if methods is None:
            return None, Outcome(_error(mock.unknown_path))
        operation = methods.get(scope["method"])
        if operation is None:
            return None, Outcome(mock.wrong_method(methods))
        try:
            headers = read_headers(scope)
            # A caller who is not known should not be able to make the server read 12 MB.
            content = await read_content(headers, receive) if self.credentials.needs_content(headers) else b""
            self.credentials.admit(scope, headers, content)
            content = content or await read_content(headers, receive)
            request = check_request(operation, variables, headers, content)
            return operation, mock.behaviours[operation.id](request)
        except Refused as refused:
            response = _error(operation.error(*refused.names))
            if refused.violation is not None:
                response.headers["X-Mock-Violation"] = refused.violation
            return operation, Outcome(response)

    async def _store(self, outcome: Outcome) -> None:
        if outcome.later and self.obs_delay > 0:
            task = asyncio.create_task(self._store_later(outcome))
            # The loop keeps weak references only.
            self._pending.add(task)
            task.add_done_callback(self._pending.discard)
            return
        for name, content in outcome.objects.items():
            await self.storage.put(name, content)

    async def _store_later(self, outcome: Outcome) -> None:
        await asyncio.sleep(self.obs_delay)
        for name, content in outcome.objects.items():
            await self.storage.put(name, content)


def create_app(edition: str | Mapping[str, Any] = DEFAULT_EDITION, **options: Unpack[Options]) -> Starlette:
    """Make the application that answers as an edition's document says.

    Args:
        edition: the id of an edition, or a resolved document of your own.
        options: see `Options`.

    Raises:
        JobexportError: there is no such edition, or the document lacks what the server needs.
    """
    core = Core(load_edition(edition) if isinstance(edition, str) else edition, **options)
    app = Starlette(routes=page_routes(core))
    # A path with a slash too many is an unknown path.
    app.router.redirect_slashes = False
    app.state.core = core

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await core(scope, receive, send)
        else:
            await app.router.not_found(scope, receive, send)

    # Starlette's routes match the decoded path, in which an encoded slash separates; so the operations are none.
    app.router.default = answer
    return app


def direct(app: Starlette) -> ASGIApp:
    """Give the application without the detour that most requests need not take.

    Only the root and `/_mock/` have routes. Everything else is the API's: looking it up among them, behind Starlette's
    middleware, costs as much as checking the request.
    """
    core: Core = app.state.core

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] == "/" or scope["path"].startswith("/_mock/"):
            await app(scope, receive, send)
        else:
            await core(scope, receive, send)

    return answer


@frozen
class _Mock:
    """What answers for one state: operations with their behaviours."""

    paths: Mapping[tuple[str, ...], Mapping[str, Operation]]
    """Operation by method, by the path's segments."""
    behaviours: Mapping[str, Callable[[Request], Outcome]]
    unknown_path: ErrorAnswer

    @classmethod
    def read(cls, document: Mapping[str, Any], state: State, clock: Callable[[], int]) -> _Mock:
        paths: dict[tuple[str, ...], dict[str, Operation]] = {}
        behaviours = {}
        for operation in read_operations(document):
            if operation.id not in _BEHAVIOURS:
                raise JobexportError(f"operation {operation.id} has no behaviour; add one to jobexport.mock")
            paths.setdefault(operation.segments, {})[operation.method] = operation
            behaviours[operation.id] = _BEHAVIOURS[operation.id](operation, state, clock)
        return cls(paths, behaviours, read_unknown_path(document))

    def find(self, scope: Scope) -> tuple[Mapping[str, Operation] | None, dict[str, str]]:
        segments = split_path(scope)
        if segments is not None:
            for template, methods in self.paths.items():
                variables = match_path(template, segments)
                if variables is not None:
                    return methods, variables
        return None, {}

    def wrong_method(self, methods: Mapping[str, Operation]) -> Response:
        # No page documents 405. A gateway takes it for an API that does not exist; the code is that one's.
        allow = ", ".join(sorted(methods))
        body = json.loads(self.unknown_path.content) | {"error_msg": f"This address takes {allow} only."}
        return Response(json.dumps(body), status_code=405, headers={"Allow": allow}, media_type=JSON)


def _error(error: ErrorAnswer) -> Response:
    return Response(error.content, status_code=error.status, media_type=JSON)
