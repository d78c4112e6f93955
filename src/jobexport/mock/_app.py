"""The ASGI application for one edition: finds the operation, checks the request, lets the behaviour answer."""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

from attrs import define, field, frozen
from starlette.applications import Starlette
from starlette.responses import Response

from jobexport.errors import JobexportError
from jobexport.mock import _dgc, _dli
from jobexport.mock._auth import EXAMPLE_ACCESS_KEY, EXAMPLE_SECRET_KEY, EXAMPLE_TOKEN, Credentials
from jobexport.mock._contract import JSON, read_operations, read_unknown_path
from jobexport.mock._control import control
from jobexport.mock._diagnosis import LOGGER, Diagnosis
from jobexport.mock._fault_set import FaultSet
from jobexport.mock._outcome import Outcome
from jobexport.mock._request import (
    Disconnected,
    Refused,
    check_request,
    match_path,
    read_content,
    read_headers,
    split_path,
    violation,
)
from jobexport.mock._seen import see, seen_log
from jobexport.mock._state import State
from jobexport.mock._storage import MemoryStorage, Storage, StorageError, StorageUnavailable
from jobexport.spec.editions import load_edition

if TYPE_CHECKING:
    from collections import deque
    from collections.abc import Callable, Mapping, Sequence

    from starlette.types import Receive, Scope, Send

    from jobexport.mock._contract import ErrorAnswer, Operation
    from jobexport.mock._request import Request
    from jobexport.mock._seen import Seen

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
    access_key: str
    """The one access key (AK) whose signatures are let in."""
    secret_key: str
    """What belongs to the access key (SK)."""
    storage: Storage
    """Where exports are stored; without it in memory."""
    obs_delay: float
    """Seconds after which an export to `obsPath` appears in storage; 0 is before the answer."""
    clock: Callable[[], int]
    """Gives the milliseconds since 1970, for the names of zips and the age of signatures."""
    faults: Sequence[str]
    """What goes wrong, each as `NAME[:ARG]@OPERATION`."""
    fault_rate: float | None
    """The probability with which one of the faults happens, or any quick one; without it each of them always does."""
    seed: int
    """Decides which faults the rate picks."""


@define
class Core:
    """The server behind the application. Everything it holds can be exchanged while it runs."""

    document: Mapping[str, Any]
    state: State = field(factory=State.example)
    token: str = field(default=EXAMPLE_TOKEN, repr=False)
    access_key: str = EXAMPLE_ACCESS_KEY
    secret_key: str = field(default=EXAMPLE_SECRET_KEY, repr=False)
    storage: Storage = field(factory=MemoryStorage)
    obs_delay: float = 0.0
    clock: Callable[[], int] = epoch_ms
    faults: Sequence[str] = ()
    fault_rate: float | None = None
    seed: int = 0
    fault_set: FaultSet = field(init=False)
    requests: deque[Seen] = field(init=False, factory=seen_log, repr=False)
    credentials: Credentials = field(init=False)
    _diagnosis: Diagnosis = field(init=False)
    _first: State = field(init=False)
    _mock: _Mock = field(init=False)
    _pending: set[asyncio.Task[None]] = field(init=False, factory=set)

    def __attrs_post_init__(self) -> None:
        self.credentials = Credentials(self.token, self.access_key, self.secret_key, self.clock)
        self._diagnosis = Diagnosis.of(self.document)
        self._first = self.state
        self.reset()

    def load(self, state: State) -> None:
        """Serve this state from the next request on.

        Raises:
            JobexportError: the document lacks what the server needs.
        """
        self._mock = _Mock.read(self.document, state, self.clock)
        self.state = state

    def reset(self) -> None:
        """Go back to the state and the faults of the start, and forget the requests. Stored objects stay."""
        self.load(self._first)
        self.set_faults(*self.faults, rate=self.fault_rate, seed=self.seed)
        self.requests.clear()

    def set_faults(self, *faults: str | tuple[str, int | None], rate: float | None = None, seed: int = 0) -> None:
        """Let these faults happen from the next request on, in the place of those before.

        Args:
            faults: each as `NAME[:ARG]@OPERATION`, or together with the number of requests it happens to.
            rate: as `fault_rate`.
            seed: as `seed`.

        Raises:
            JobexportError: a fault or the rate is not what it must be.
        """
        self.fault_set = FaultSet.make(faults, self._mock.operations, rate, seed)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, as ASGI has it."""
        seen = see(self.requests, scope)
        try:
            outcome = await self._respond(scope, receive, seen)
        except Disconnected:
            return
        outcome.response.headers["X-Request-Id"] = uuid.uuid4().hex
        await seen.deliver(outcome.response)(scope, receive, send)

    async def _respond(self, scope: Scope, receive: Receive, seen: Seen) -> Outcome:
        mock = self._mock
        methods, variables = mock.find(scope)
        if methods is None:
            return Outcome(_error(mock.unknown_path))
        operation = methods.get(scope["method"])
        if operation is None:
            return Outcome(mock.wrong_method(methods))
        seen.operation = operation.id
        seen.chosen = chosen = self.fault_set.choose(operation)
        try:
            outcome = await self._answer(mock, operation, variables, scope, receive, seen)
            if chosen is not None:
                outcome = await chosen.alter(operation, outcome)
            return await self._stored(operation, outcome)
        except Refused as refused:
            response = _error(operation.error(*refused.names))
            if refused.violation is not None:
                seen.violation = refused.violation
                response.headers.update(self._diagnosis.report(refused.violation))
            refusal = Outcome(response)
            return refusal if chosen is None else await chosen.alter(operation, refusal)

    async def _answer(
        self, mock: _Mock, operation: Operation, variables: dict[str, str], scope: Scope, receive: Receive, seen: Seen
    ) -> Outcome:
        headers = read_headers(scope)
        if seen.chosen is not None and (instead := seen.chosen.instead(operation)) is not None:
            seen.keep(await read_content(headers, receive))
            return instead
        # A caller who is not known should not be able to make the server read 12 MB; a signature needs the body.
        signed = self.credentials.examine(operation, variables, scope, headers)
        content = await read_content(headers, receive)
        seen.keep(content)
        if signed is not None:
            signed.verify(content)
        return mock.behaviours[operation.id](check_request(operation, variables, headers, content))

    async def _stored(self, operation: Operation, outcome: Outcome) -> Outcome:
        try:
            await self._store(outcome)
        except StorageError as problem:
            raise _not_an_obs_path(operation, problem) from None
        except StorageUnavailable as problem:
            LOGGER.error("%s", problem)
            # DLI documents a fault of its own; DGC leaves it to the gateway.
            return Outcome(_error(operation.error("server-fault", "server-error")))
        return outcome

    async def _store(self, outcome: Outcome) -> None:
        if outcome.later and self.obs_delay > 0:
            task = asyncio.create_task(self._store_later(outcome))
            # The loop keeps weak references only. When it ends it cancels what is pending: objects that have not
            # appeared by then never do, as when a service goes down.
            self._pending.add(task)
            task.add_done_callback(self._pending.discard)
            return
        for name, content in outcome.objects.items():
            await self.storage.put(name, content)

    async def _store_later(self, outcome: Outcome) -> None:
        await asyncio.sleep(self.obs_delay)
        for name, content in outcome.objects.items():
            try:
                await self.storage.put(name, content)
            except Exception as problem:  # the answer is long out, so that a log is all that is left
                known = isinstance(problem, StorageError | StorageUnavailable)
                LOGGER.error("%s was not stored: %s", name, problem, exc_info=None if known else problem)


def create_app(edition: str | Mapping[str, Any] = DEFAULT_EDITION, **options: Unpack[Options]) -> Starlette:
    """Make the application that answers as an edition's document says.

    Args:
        edition: the id of an edition, or a resolved document of your own.
        options: see `Options`.

    Raises:
        JobexportError: there is no such edition, or the document lacks what the server needs.
    """
    core = Core(load_edition(edition) if isinstance(edition, str) else edition, **options)
    app = Starlette(routes=[control(core)])
    app.router.redirect_slashes = False  # it would look at every request twice
    app.state.core = core

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await core(scope, receive, send)
        else:
            await app.router.not_found(scope, receive, send)

    # Starlette's routes match the decoded path, in which an encoded slash separates; so the operations are none.
    app.router.default = answer
    return app


@frozen
class _Mock:
    """What answers for one state: operations with their behaviours."""

    paths: Mapping[tuple[str, ...], Mapping[str, Operation]]
    """Operation by method, by the path's segments."""
    operations: Mapping[str, Operation]
    """Operation by id."""
    behaviours: Mapping[str, Callable[[Request], Outcome]]
    unknown_path: ErrorAnswer

    @classmethod
    def read(cls, document: Mapping[str, Any], state: State, clock: Callable[[], int]) -> _Mock:
        paths: dict[tuple[str, ...], dict[str, Operation]] = {}
        operations, behaviours = {}, {}
        for operation in read_operations(document):
            if operation.id not in _BEHAVIOURS:
                raise JobexportError(f"operation {operation.id} has no behaviour; add one to jobexport.mock")
            paths.setdefault(operation.segments, {})[operation.method] = operation
            operations[operation.id] = operation
            behaviours[operation.id] = _BEHAVIOURS[operation.id](operation, state, clock)
        return cls(paths, operations, behaviours, read_unknown_path(document))

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


def _not_an_obs_path(operation: Operation, problem: StorageError) -> Refused:
    fields = operation.body.fields if operation.body else ()
    pointer = next((f"/{name}" for name in ("obs_dir", "obsPath") if name in fields), "")
    reason = violation(operation, "body", pointer, str(problem))
    return Refused("obs-path-invalid", "obs-object-missing", violation=reason)


def _error(error: ErrorAnswer) -> Response:
    return Response(error.content, status_code=error.status, media_type=JSON)
