"""The ASGI application for one edition: finds the operation, checks the request, lets the behaviour answer."""

from __future__ import annotations

import hmac
import json
import time
import uuid
from typing import TYPE_CHECKING, Any

from attrs import frozen
from starlette.applications import Starlette
from starlette.responses import Response

from jobexport.errors import JobexportError
from jobexport.mock import _dgc, _dli
from jobexport.mock._contract import JSON, read_operations, read_unknown_path
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
from jobexport.spec.editions import load_edition

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.types import Receive, Scope, Send

    from jobexport.mock._contract import ErrorAnswer, Operation
    from jobexport.mock._request import Request

DEFAULT_EDITION = "otc-2026"
EXAMPLE_TOKEN = "example-token"  # noqa: S105  # it opens nothing but this server

_BEHAVIOURS = {
    "exportFlinkJobs": _dli.export_flink_jobs,
    "exportJob": _dgc.export_job,
    "batchExportJobs": _dgc.batch_export_jobs,
}


def epoch_ms() -> int:
    """Give the milliseconds since 1970."""
    return time.time_ns() // 1_000_000


def create_app(
    edition: str | Mapping[str, Any] = DEFAULT_EDITION,
    *,
    state: State | None = None,
    token: str = EXAMPLE_TOKEN,
    clock: Callable[[], int] = epoch_ms,
) -> Starlette:
    """Make the application that answers as an edition's document says.

    Args:
        edition: the id of an edition, or a resolved document of your own.
        state: the jobs; without it those that ship with the package.
        token: the one `X-Auth-Token` that is let in.
        clock: gives the milliseconds since 1970, for the names of zips.

    Raises:
        JobexportError: there is no such edition, or the document lacks what the server needs.
    """
    document = load_edition(edition) if isinstance(edition, str) else edition
    mock = _Mock.read(document, State.example() if state is None else state, token, clock)
    app = Starlette()

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app.router.not_found(scope, receive, send)
            return
        try:
            response = await mock.respond(scope, receive)
        except Disconnected:
            return
        response.headers["X-Request-Id"] = uuid.uuid4().hex
        await response(scope, receive, send)

    # Starlette's routes match the decoded path, in which an encoded slash separates; so they are left out.
    app.router.default = answer
    return app


@frozen
class _Mock:
    """What answers: operations with their behaviours."""

    paths: Mapping[tuple[str, ...], Mapping[str, Operation]]
    """Operation by method, by the path's segments."""
    behaviours: Mapping[str, Callable[[Request], Response]]
    unknown_path: ErrorAnswer
    token: bytes

    @classmethod
    def read(cls, document: Mapping[str, Any], state: State, token: str, clock: Callable[[], int]) -> _Mock:
        paths: dict[tuple[str, ...], dict[str, Operation]] = {}
        behaviours = {}
        for operation in read_operations(document):
            if operation.id not in _BEHAVIOURS:
                raise JobexportError(f"operation {operation.id} has no behaviour; add one to jobexport.mock")
            paths.setdefault(operation.segments, {})[operation.method] = operation
            behaviours[operation.id] = _BEHAVIOURS[operation.id](operation, state, clock)
        return cls(paths, behaviours, read_unknown_path(document), token.encode())

    async def respond(self, scope: Scope, receive: Receive) -> Response:
        methods, variables = self._find(scope)
        if methods is None:
            return _error(self.unknown_path)
        operation = methods.get(scope["method"])
        if operation is None:
            return self._wrong_method(methods)
        try:
            headers = read_headers(scope)
            # A token that is missing and one that is wrong are the same to the caller.
            if not hmac.compare_digest(headers.get("x-auth-token", b""), self.token):
                raise Refused("unauthorized")
            content = await read_content(headers, receive)
            return self.behaviours[operation.id](check_request(operation, variables, headers, content))
        except Refused as refused:
            response = _error(operation.error(*refused.names))
            if refused.violation is not None:
                response.headers["X-Mock-Violation"] = refused.violation
            return response

    def _find(self, scope: Scope) -> tuple[Mapping[str, Operation] | None, dict[str, str]]:
        segments = split_path(scope)
        if segments is not None:
            for template, methods in self.paths.items():
                variables = match_path(template, segments)
                if variables is not None:
                    return methods, variables
        return None, {}

    def _wrong_method(self, methods: Mapping[str, Operation]) -> Response:
        # No page documents 405. A gateway takes it for an API that does not exist; the code is that one's.
        allow = ", ".join(sorted(methods))
        body = json.loads(self.unknown_path.content) | {"error_msg": f"This address takes {allow} only."}
        return Response(json.dumps(body), status_code=405, headers={"Allow": allow}, media_type=JSON)


def _error(error: ErrorAnswer) -> Response:
    return Response(error.content, status_code=error.status, media_type=JSON)
