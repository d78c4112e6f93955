"""The server behind the application: one pipeline for every request, with hooks for the faults.

| step | hook (field of `Fault`): its effect on the request |
|---|---|
| find the operation | respond to another method (`methods`); replace all steps before storing (`instead`) |
| examine the caller, read the body, verify the signature | admit a caller whom the server refuses (`admit`) |
| check the request | refuse a valid request (`refuse`); carry out another request (`misread`) |
| behave | act in another state (`prepare`), leave another state (`leave`), carry out a refused request (`accept`) |
| store the objects | change response and objects first (`alter`) |
| respond | change how the response is sent (`deliver`) |

A request passes the rooms from the outside in: server, requests, behaviour, storage. Only the hooks call the faults.
"""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any, Literal, TypedDict

from attrs import define, field

from jobexport.core.redact import Redaction
from jobexport.mock.behaviour.behaviours import bind
from jobexport.mock.behaviour.world import World
from jobexport.mock.faults.call import Call
from jobexport.mock.faults.fault_set import FaultSet
from jobexport.mock.requests.auth import EXAMPLE_ACCESS_KEY, EXAMPLE_SECRET_KEY, EXAMPLE_TOKEN, AcceptedCredentials
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

PageOffset = Literal["pages", "records"]


def epoch_ms() -> int:
    """Return the milliseconds since 1970."""
    return time.time_ns() // 1_000_000


class ServerOptions(TypedDict, total=False):
    """Options of `create_app`, `serve` and `run`."""

    state: State
    """The jobs; by default the example jobs of the package."""
    token: str
    """The only `X-Auth-Token` that the server accepts."""
    access_key: str
    """The only access key (AK) whose signatures the server accepts."""
    secret_key: str
    """The secret key (SK) of the access key."""
    storage: Storage
    """The storage of exports; by default memory."""
    obs_delay: float
    """Seconds after which an export to `obsPath` appears in storage; 0 stores it before the response."""
    task_seconds: float
    """Seconds that the task of an import runs; 0 ends it before the response."""
    page_offset: PageOffset
    """Unit of `offset` in the lists of DGC: `pages`, as the pages say, or `records`, as one client does."""
    clock: Callable[[], int]
    """A function that returns the milliseconds since 1970, for the names of zips and the age of signatures."""
    faults: Sequence[str]
    """Faults, each as `NAME[:ARG]@OPERATION`."""
    fault_rate: float | None
    """Probability from 0 to 1 that a request meets one fault: a named one, or any quick one if `faults` is empty.
    Without a rate every request meets all named faults."""
    seed: int
    """Seed of the random choice under `fault_rate`."""


@define
class Core:
    """The server behind the application. State and faults can be replaced while it runs."""

    document: Mapping[str, Any]
    _first: State = field(factory=State.example, alias="state", repr=False)
    token: str = field(default=EXAMPLE_TOKEN, repr=False)
    access_key: str = EXAMPLE_ACCESS_KEY
    secret_key: str = field(default=EXAMPLE_SECRET_KEY, repr=False)
    storage: Storage = field(factory=MemoryStorage)
    obs_delay: float = 0.0
    task_seconds: float = 0.0
    page_offset: PageOffset = "pages"
    clock: Callable[[], int] = epoch_ms
    faults: Sequence[str] = ()
    fault_rate: float | None = None
    seed: int = 0
    fault_set: FaultSet = field(init=False)
    requests: deque[Seen] = field(init=False, factory=seen_log, repr=False)
    credentials: AcceptedCredentials = field(init=False)
    _diagnosis: Diagnosis = field(init=False)
    world: World = field(init=False)
    _routes: Routes = field(init=False)
    _behaviours: Mapping[str, Behaviour] = field(init=False)
    _deposits: Deposits = field(init=False, factory=Deposits)

    def __attrs_post_init__(self) -> None:
        self.credentials = AcceptedCredentials(self.token, self.access_key, self.secret_key, self.clock)
        self._diagnosis = Diagnosis.of(self.document)
        self._routes = Routes.read(self.document)
        self.world = World(self._first, self.clock, self.storage, self.task_seconds, self.page_offset == "records")
        self._behaviours = bind(self._routes.operations, self.world)
        self.reset()

    @property
    def state(self) -> State:
        """The state as it is now."""
        return self.world.state

    @property
    def redaction(self) -> Redaction:
        """The redaction of the credentials that the server accepts."""
        return Redaction.of((self.token, self.access_key, self.secret_key))

    def load(self, state: State, *, first: bool = False) -> None:
        """Replace the state from the next request on; with `first` also the state that `restore` returns to."""
        self.world.state = state
        self._first = state if first else self._first

    def restore(self) -> None:
        """Restore the state of the start, and forget the steps to come."""
        self.world.replace(self._first)

    def reset(self) -> None:
        """Restore the state and the faults of the start, and clear the request log. Stored objects stay."""
        self.restore()
        self.set_faults(*self.faults, rate=self.fault_rate, seed=self.seed)
        self.requests.clear()

    def set_faults(self, *faults: str | tuple[str, int | None], rate: float | None = None, seed: int = 0) -> None:
        """Replace the faults from the next request on.

        Args:
            faults: each as `NAME[:ARG]@OPERATION`, or a pair of that text and the number of requests to affect.
            rate: as `fault_rate`.
            seed: as `seed`.

        Raises:
            JobexportError: a fault or the rate is invalid.
        """
        self.fault_set = FaultSet.make(faults, self._routes.operations, rate, seed)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the response to one request (ASGI)."""
        seen = see(self.requests, scope)
        try:
            outcome = await self._respond(scope, receive, seen)
        except Disconnected:
            return
        response = outcome.response
        # Faster than `response.headers`, which searches for the name, and than the class UUID.
        response.raw_headers.append((b"x-request-id", os.urandom(16).hex().encode()))
        seen.status = response.status_code
        await (response if seen.chosen is None else seen.deliver(seen.chosen, response))(scope, receive, send)

    async def _respond(self, scope: Scope, receive: Receive, seen: Seen) -> Outcome:
        """Return the outcome to send: that of the steps or of a refusal, altered by faults, its objects stored.

        Raises:
            Disconnected: the body did not arrive.
        """
        call = Call(scope, self.world.state, self.credentials)
        try:
            outcome = await self._steps(call, receive, seen)
        except NoOperation as unknown:
            return Outcome(unknown.response)
        except Refused as refused:
            outcome = self._refusal(call, refused, seen)
        except StorageUnavailable as problem:
            outcome = _unavailable(call.operation, problem)
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
            outcome = _unavailable(call.operation, problem)
        return outcome

    async def _steps(self, call: Call, receive: Receive, seen: Seen) -> Outcome:
        """Return the outcome of the steps from finding the operation to the behaviour.

        Raises:
            NoOperation: the document has no operation for the request.
            Refused: a step refused the request.
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
        seen.query = call.query = operation.query.query(scope)
        if chosen is not None and (replacement := chosen.replacement(call)) is not None:
            call.content = await read_content(call.headers, receive)
            return replacement
        # The token is checked first: unknown callers must not make the server read 12 MB. A signature needs the body.
        signed: Signed | Admission | None
        if chosen is None:
            signed = self.credentials.examine(operation, call.variables, scope, call.headers)
        else:
            signed = chosen.examine(call)
        call.content = await read_content(call.headers, receive)
        if signed is not None:
            signed.verify(call.content)
        if self.world.steps:
            self.world.settle()
        behave, call.state = self._behaviours[operation.id], self.world.state
        try:
            call.request = check_request(operation, call.variables, call.headers, call.content, call.query)
            if chosen is not None:
                chosen.judge(call)
                return await chosen.act(behave, call, self.world)
            outcome = behave(call.request)
            return outcome if isinstance(outcome, Outcome) else await outcome
        except Refused as refused:
            if chosen is None:
                raise
            outcome = behave(chosen.accept(call, refused))
        return outcome if isinstance(outcome, Outcome) else await outcome

    def _refusal(self, call: Call, refused: Refused, seen: Seen) -> Outcome:
        """Return the error response of a refused request, and report the broken rule."""
        call.refused = refused
        response = error_response(call.operation.error(*refused.names))
        if refused.violation is not None:
            seen.violation = refused.violation
            response.headers.update(self._diagnosis.report(refused.violation))
        return Outcome(response)


def _unavailable(operation: Operation, problem: StorageUnavailable) -> Outcome:
    LOGGER.error("%s", problem)
    # DLI documents an error of its own for this; DGC leaves it to the gateway.
    return Outcome(error_response(operation.error("server-fault", "server-error")))


def _not_an_obs_path(operation: Operation, problem: StorageError) -> Refused:
    fields = operation.body.fields if operation.body else ()
    pointer = next((f"/{name}" for name in ("obs_dir", "obsPath") if name in fields), "")
    reason = violation(operation, "body", pointer, str(problem))
    return Refused("obs-path-invalid", "obs-object-missing", violation=reason)
