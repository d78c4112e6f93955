"""The server behind the application: one pipeline for every request, with hooks for the faults.

| step | hook: what a fault that was chosen for the request can do there (`Fault`) |
|---|---|
| find the operation | respond to another method (`methods`), or in place of all steps before storing (`instead`) |
| examine the caller, read the body, verify the signature | let in a caller who is refused (`admit`) |
| check the request | refuse one that is right (`refuse`), do another one (`misread`) |
| behave | do one that was refused since the check (`accept`) |
| store the objects | change response and objects before (`alter`) |
| respond | send the response otherwise (`deliver`) |

A request passes the rooms from the outside in: server, requests, behaviour, storage. Only hooks enter the faults.
"""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any, TypedDict

from attrs import define, field

from jobexport.mock.behaviour.behaviours import bind
from jobexport.mock.faults.call import Call
from jobexport.mock.faults.fault_set import FaultSet
from jobexport.mock.requests.auth import EXAMPLE_ACCESS_KEY, EXAMPLE_SECRET_KEY, EXAMPLE_TOKEN, Credentials
from jobexport.mock.requests.outcome import Outcome, error_response
from jobexport.mock.requests.request import (
    Disconnected,
    Refused,
    check_request,
    read_content,
    read_headers,
    violation,
)
from jobexport.mock.requests.routes import NoOperation, Routes
from jobexport.mock.server.diagnosis import LOGGER, Diagnosis
from jobexport.mock.server.request_log import LONGEST_BODY, see, seen_log
from jobexport.mock.state.state import State
from jobexport.mock.storage.deposits import Deposits
from jobexport.mock.storage.storage import MemoryStorage, Storage, StorageError, StorageUnavailable

if TYPE_CHECKING:
    from collections import deque
    from collections.abc import Callable, Mapping, Sequence

    from starlette.types import Receive, Scope, Send

    from jobexport.mock.behaviour.behaviours import Behaviour
    from jobexport.mock.faults.active import Admission
    from jobexport.mock.requests.auth import Signed
    from jobexport.mock.requests.operations import Operation
    from jobexport.mock.server.request_log import Seen

DEFAULT_EDITION = "otc-2026"


def epoch_ms() -> int:
    """Return the milliseconds since 1970."""
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
    _behaviours: Mapping[str, Behaviour] = field(init=False)
    _deposits: Deposits = field(init=False, factory=Deposits)

    def __attrs_post_init__(self) -> None:
        self.credentials = Credentials(self.token, self.access_key, self.secret_key, self.clock)
        self._diagnosis = Diagnosis.of(self.document)
        self._routes = Routes.read(self.document)
        self._first = self.state
        self.reset()

    def load(self, state: State) -> None:
        """Serve this state from the next request on.

        Raises:
            JobexportError: the document lacks what the server needs.
        """
        self._behaviours = bind(self._routes.operations, state, self.clock)
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
        """Respond to one request, as ASGI has it."""
        seen = see(self.requests, scope)
        try:
            outcome = await self._respond(scope, receive, seen)
        except Disconnected:
            return
        response = outcome.response
        # `response.headers` would look for one of that name, and a UUID's bytes need no UUID.
        response.raw_headers.append((b"x-request-id", os.urandom(16).hex().encode()))
        seen.status = response.status_code
        await (response if seen.chosen is None else seen.deliver(seen.chosen, response))(scope, receive, send)

    async def _respond(self, scope: Scope, receive: Receive, seen: Seen) -> Outcome:
        """Return what is sent: the outcome of the steps or of a refusal, altered, and its objects stored.

        Raises:
            Disconnected: the body did not arrive.
        """
        call = Call(scope, self.state, self.credentials)
        try:
            outcome = await self._steps(call, receive, seen)
        except NoOperation as unknown:
            return Outcome(unknown.response)
        except Refused as refused:
            outcome = self._refusal(call, refused, seen)
        seen.content = call.content[:LONGEST_BODY]
        if seen.chosen is not None:
            outcome = await seen.chosen.alter(call, outcome)
        try:
            if outcome.objects:
                await self._deposits.put(self.storage, outcome.objects, self.obs_delay if outcome.later else 0.0)
        except StorageError as problem:
            outcome = self._refusal(call, _not_an_obs_path(call.operation, problem), seen)
            if seen.chosen is not None:
                outcome = await seen.chosen.alter(call, outcome)
        except StorageUnavailable as problem:
            LOGGER.error("%s", problem)
            # DLI documents a fault of its own; DGC leaves it to the gateway.
            outcome = Outcome(error_response(call.operation.error("server-fault", "server-error")))
        return outcome

    async def _steps(self, call: Call, receive: Receive, seen: Seen) -> Outcome:
        """Find the operation, examine the caller, read the body, verify the signature, check the request, behave.

        Raises:
            NoOperation: the document has no operation for the request.
            Refused: the request gets an error.
            Disconnected: the body did not arrive.
        """
        scope, faults = call.scope, self.fault_set
        methods, call.variables = self._routes.find(scope)
        operation, chosen = methods.get(scope["method"]), None
        if faults.pools:
            operation, chosen = faults.meet(methods, scope["method"])
        if operation is None:
            raise self._routes.wrong_method(methods)
        seen.operation, seen.chosen = operation.id, chosen
        call.operation, call.headers = operation, read_headers(scope)
        if chosen is not None and (replacement := chosen.replacement(call)) is not None:
            call.content = await read_content(call.headers, receive)
            return replacement
        # A caller who is not known should not be able to make the server read 12 MB; a signature needs the body.
        signed: Signed | Admission | None
        if chosen is None:
            signed = self.credentials.examine(operation, call.variables, scope, call.headers)
        else:
            signed = chosen.examine(call)
        call.content = await read_content(call.headers, receive)
        if signed is not None:
            signed.verify(call.content)
        behave = self._behaviours[operation.id]
        try:
            call.request = check_request(operation, call.variables, call.headers, call.content)
            if chosen is not None:
                chosen.judge(call)
            return behave(call.request)
        except Refused as refused:
            if chosen is None:
                raise
            return behave(chosen.accept(call, refused))

    def _refusal(self, call: Call, refused: Refused, seen: Seen) -> Outcome:
        """Return the error that a refused request gets, and report the rule that it breaks."""
        call.refused = refused
        response = error_response(call.operation.error(*refused.names))
        if refused.violation is not None:
            seen.violation = refused.violation
            response.headers.update(self._diagnosis.report(refused.violation))
        return Outcome(response)


def _not_an_obs_path(operation: Operation, problem: StorageError) -> Refused:
    fields = operation.body.fields if operation.body else ()
    pointer = next((f"/{name}" for name in ("obs_dir", "obsPath") if name in fields), "")
    reason = violation(operation, "body", pointer, str(problem))
    return Refused("obs-path-invalid", "obs-object-missing", violation=reason)
