"""The server behind the application: it finds the operation, checks the request, and lets the behaviour respond."""

from __future__ import annotations

import asyncio
import os
import time
from typing import TYPE_CHECKING, Any, TypedDict

from attrs import define, field

from jobexport.mock.behaviour.routes import Routes, error_response
from jobexport.mock.faults.active import FaultSet
from jobexport.mock.faults.call import Call
from jobexport.mock.requests.auth import EXAMPLE_ACCESS_KEY, EXAMPLE_SECRET_KEY, EXAMPLE_TOKEN, Credentials
from jobexport.mock.requests.outcome import Outcome
from jobexport.mock.requests.request import (
    Disconnected,
    Refused,
    check_request,
    read_content,
    read_headers,
    violation,
)
from jobexport.mock.server.diagnosis import LOGGER, Diagnosis
from jobexport.mock.server.faulty import outcome_of
from jobexport.mock.server.request_log import see, seen_log
from jobexport.mock.state.state import State
from jobexport.mock.storage.storage import MemoryStorage, Storage, StorageError, StorageUnavailable

if TYPE_CHECKING:
    from collections import deque
    from collections.abc import Callable, Mapping, Sequence

    from starlette.types import Receive, Scope, Send

    from jobexport.mock.faults.active import Chosen
    from jobexport.mock.requests.operations import Operation
    from jobexport.mock.requests.request import Request
    from jobexport.mock.server.request_log import Seen

DEFAULT_EDITION = "otc-2026"


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
    _routes: Routes = field(init=False)
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
        self._routes = Routes.read(self.document, state, self.clock)
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
        self.fault_set = FaultSet.make(faults, self._routes.operations, rate, seed)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, as ASGI has it."""
        seen = see(self.requests, scope)
        try:
            outcome = await self._respond(scope, receive, seen)
        except Disconnected:
            return
        # `response.headers` would look for one of that name, and a UUID's bytes need no UUID.
        outcome.response.raw_headers.append((b"x-request-id", os.urandom(16).hex().encode()))
        await seen.deliver(outcome.response)(scope, receive, send)

    async def _respond(self, scope: Scope, receive: Receive, seen: Seen) -> Outcome:
        routes = self._routes
        methods, variables = routes.find(scope)
        if methods is None:
            return Outcome(error_response(routes.unknown_path))
        operation = methods.get(scope["method"])
        if operation is None:
            found = self.fault_set.stand_in(methods, scope["method"])
            if found is None:
                return Outcome(routes.wrong_method(methods))
            operation, seen.chosen = found
        else:
            seen.chosen = self.fault_set.choose(operation)
        seen.operation, chosen = operation.id, seen.chosen
        headers = read_headers(scope)
        try:
            if chosen is not None:
                call = Call(operation, variables, scope, headers, self.state, self.credentials)
                return await self._answer_with(chosen, call, routes.behaviours[operation.id], receive, seen)
            # A caller who is not known should not be able to make the server read 12 MB; a signature needs the body.
            signed = self.credentials.examine(operation, variables, scope, headers)
            content = await read_content(headers, receive)
            seen.keep(content)
            if signed is not None:
                signed.verify(content)
            request = check_request(operation, variables, headers, content)
            return await self._stored(operation, routes.behaviours[operation.id](request))
        except Refused as refused:
            return self._refusal(operation, refused, seen)

    async def _answer_with(
        self, chosen: Chosen, call: Call, behave: Callable[[Request], Outcome], receive: Receive, seen: Seen
    ) -> Outcome:
        try:
            outcome = await outcome_of(chosen, call, behave, receive, seen)
        except Refused as refused:
            call.refused = refused
            outcome = self._refusal(call.operation, refused, seen)
        outcome = await chosen.alter(call, outcome)
        try:
            return await self._stored(call.operation, outcome)
        except Refused as refused:
            call.refused = refused
            return await chosen.alter(call, self._refusal(call.operation, refused, seen))

    def _refusal(self, operation: Operation, refused: Refused, seen: Seen) -> Outcome:
        response = error_response(operation.error(*refused.names))
        if refused.violation is not None:
            seen.violation = refused.violation
            response.headers.update(self._diagnosis.report(refused.violation))
        return Outcome(response)

    async def _stored(self, operation: Operation, outcome: Outcome) -> Outcome:
        try:
            await self._store(outcome)
        except StorageError as problem:
            raise _not_an_obs_path(operation, problem) from None
        except StorageUnavailable as problem:
            LOGGER.error("%s", problem)
            # DLI documents a fault of its own; DGC leaves it to the gateway.
            return Outcome(error_response(operation.error("server-fault", "server-error")))
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


def _not_an_obs_path(operation: Operation, problem: StorageError) -> Refused:
    fields = operation.body.fields if operation.body else ()
    pointer = next((f"/{name}" for name in ("obs_dir", "obsPath") if name in fields), "")
    reason = violation(operation, "body", pointer, str(problem))
    return Refused("obs-path-invalid", "obs-object-missing", violation=reason)
