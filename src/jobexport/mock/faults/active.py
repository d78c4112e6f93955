"""Faults set at an operation, and the faults chosen for one request, which act at the hooks of its steps."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, TypeVar
from zipfile import BadZipFile

from attrs import define, field, frozen

from jobexport.errors import JobexportError
from jobexport.mock.faults.registry import FAULTS, find_fault
from jobexport.mock.faults.world_effects import entering, left
from jobexport.mock.requests.outcome import Outcome, whole
from jobexport.mock.requests.request import Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.types import ASGIApp

    from jobexport.mock.behaviour.behaviours import Behaviour
    from jobexport.mock.behaviour.world import World
    from jobexport.mock.faults.call import Call
    from jobexport.mock.faults.fault import Fault
    from jobexport.mock.requests.auth import Signed
    from jobexport.mock.requests.operations import Operation
    from jobexport.mock.requests.request import Request


_T = TypeVar("_T")

_ORDER = {id_: place for place, id_ in enumerate(FAULTS)}


@define
class Chosen:
    """The faults of one request. Its methods are the hooks of the steps, in their order."""

    faults: list[ActiveFault]
    applied: list[ActiveFault] = field(factory=list)
    """Faults that had an effect so far."""
    _before: list[tuple[ActiveFault, dict[str, Any]]] = field(init=False, factory=list)
    """Faults with `alter`, each with a copy of its memory from before `alter`."""

    def mistake(self, method: str) -> bool:
        """Return whether a fault lets the operation respond to a further method. If not, no fault happens."""
        self.applied = [fault for fault in self.faults if method in fault.fault.methods]
        if not self.applied:
            self.return_unused()
        return bool(self.applied)

    def _first(self, effect: Callable[[Fault], Callable[[Call], _T | None] | None], call: Call) -> _T | None:
        """Return the first truthy result of one effect over the faults, or None if no fault acts."""
        for fault in self.faults:
            act = effect(fault.fault)
            if act is not None and (result := act(fault.view(call))):
                self.applied.append(fault)
                return result
        return None

    def replacement(self, call: Call) -> Outcome | None:
        """Return the outcome of a fault with `instead`, which replaces all steps before storing, or None."""
        response = self._first(lambda fault: fault.instead, call)
        return None if response is None else Outcome(response)

    def examine(self, call: Call) -> Signed | Admission | None:
        """Check the caller as `AcceptedCredentials.examine` does. If a fault has `admit`, a refusal waits for the body.

        Raises:
            Refused: the caller is unknown, and no fault has `admit`.
        """
        signed, refusal = None, None
        may_admit = any(fault.fault.admit is not None for fault in self.faults)
        try:
            signed = call.credentials.examine(call.operation, call.variables, call.scope, call.headers)
        except Refused as refused:
            if not may_admit:
                raise
            refusal = refused
        return Admission(self, call, signed, refusal) if may_admit else signed

    def admit(self, call: Call, refused: Refused) -> None:
        """Admit a refused caller if a fault does.

        Raises:
            Refused: no fault admits the caller.
        """
        if not self._first(lambda fault: fault.admit, call):
            raise refused
        call.stranger = True

    def judge(self, call: Call) -> None:
        """Refuse a valid request, or replace it by the request that a fault reads instead.

        Raises:
            Refused: a fault refuses the request.
        """
        name = self._first(lambda fault: fault.refuse, call)
        if name is not None:
            raise Refused(name)
        for fault in self.faults:
            if fault.fault.misread is not None:
                request = fault.fault.misread(fault.view(call))
                if request is not None:
                    self.applied.append(fault)
                    call.request = request

    async def act(self, behave: Behaviour, call: Call, world: World) -> Outcome:
        """Carry out a valid request in the state, and leave the state, that the faults choose.

        Raises:
            Refused: the behaviour refuses the request; the state stays.
        """
        right = world.state
        self._first(lambda fault: entering(fault, world), call)
        before, known = world.state, {id(step) for step in world.steps}
        call.behave = behave
        try:
            found = behave(call.valid)
            outcome = found if isinstance(found, Outcome) else await found
        except Refused:
            world.state = right
            raise
        if call.operation.method == "GET":
            world.state = right
            return outcome
        for fault in self.faults:
            leave = fault.fault.leave
            if leave is not None and left(functools.partial(leave, fault.view(call)), world, before, known):
                self.applied.append(fault)
        return outcome

    def accept(self, call: Call, refused: Refused) -> Request:
        """Return the request that a fault reads instead of a refused request.

        Raises:
            Refused: no fault accepts the request.
        """
        call.refused = refused
        request = self._first(lambda fault: fault.accept, call)
        if request is None:
            raise refused
        call.request, call.refused = request, None
        return request

    async def alter(self, call: Call, outcome: Outcome) -> Outcome:
        """Apply each fault's `alter` to the outcome, in the order in which the faults were set."""
        # Called again if storage refused the objects: the effects on the first outcome, which is not sent, are undone.
        self.applied = [fault for fault in self.applied if fault.fault.alter is None]
        for fault, memory in self._before:
            fault.memory.clear()
            fault.memory.update(memory)
        self._before = [(fault, dict(fault.memory)) for fault in self.faults if fault.fault.alter is not None]
        if self._before:
            outcome = await whole(outcome)
        for fault in self.faults:
            if fault.fault.alter is not None:
                try:
                    changed = await fault.fault.alter(fault.view(call), outcome)
                except (BadZipFile, ValueError, TypeError, AttributeError, LookupError):
                    # Another fault has changed the response to a form that this fault can't read.
                    if not self.applied:
                        raise
                    continue
                if changed is not None:
                    self.applied.append(fault)
                    outcome = changed
        return outcome

    def deliver(self, app: ASGIApp) -> ASGIApp:
        """Return the application that sends the response with each fault's `deliver`. This is the last hook."""
        # Faults that break the connection off are innermost, so that the response can be late or slow first.
        for fault in sorted(self.faults, key=lambda fault: _ORDER[fault.fault.id], reverse=True):
            effect = fault.fault
            # A fault with `instead` delivers only if its response was chosen among several such faults.
            if effect.deliver is not None and (effect.instead is None or fault in self.applied):
                if effect.instead is None:
                    self.applied.append(fault)
                app = effect.deliver(app, fault.number)
        self.return_unused()
        return app

    def return_unused(self) -> None:
        """Return the use of each fault without an effect, so that `times` counts effects only."""
        for fault in self.faults:
            if fault not in self.applied:
                fault.use(-1)


@frozen
class Admission:
    """A caller whom a fault may admit. It is verified like `Signed`; after a refusal the faults decide."""

    chosen: Chosen
    call: Call
    signed: Signed | None
    refused: Refused | None
    """The refusal so far; None if it depends on the body."""

    def verify(self, content: bytes) -> None:
        """Check the signature with the body, and let the faults admit a refused caller.

        Raises:
            Refused: the caller is refused, and no fault admits the caller.
        """
        refused = self.refused
        try:
            if self.signed is not None:
                self.signed.verify(content)
        except Refused as problem:
            refused = problem
        if refused is not None:
            self.chosen.admit(self.call, refused)


EVERY = "*"


@define(eq=False)
class ActiveFault:
    """A fault set at an operation."""

    fault: Fault
    text: str | None
    """The argument as text, or None if not given."""
    number: float
    """The value of the argument; 0 if the fault takes no argument."""
    operation: str
    """The operation's id, or `*`."""
    times: int | None = None
    """Number of requests that the fault will still affect; None for all requests."""
    met: int = 0
    """Number of requests for which the fault was chosen, with or without an effect."""
    memory: dict[str, Any] = field(factory=dict, repr=False)
    """Values that the fault keeps from one request to the next."""

    @classmethod
    def parse(cls, text: str, operations: Mapping[str, Operation], times: int | None = None) -> ActiveFault:
        """Parse `NAME[:ARG]@OPERATION`.

        Raises:
            JobexportError: the text has another form, fault or operation do not exist, or the fault does not suit the
                operation.
        """
        name, at, operation = text.rpartition("@")
        if not at:
            raise JobexportError(f"fault {text!r} names no operation; write it as NAME[:ARG]@OPERATION, or @* for all")
        id_, colon, argument = name.partition(":")
        fault = find_fault(id_)
        if operation != EVERY and operation not in operations:
            raise JobexportError(f"fault {text!r}: no operation {operation!r}; choose {', '.join(operations)} or *")
        chosen = operations.values() if operation == EVERY else [operations[operation]]
        if not any(map(fault.suits.test, chosen)):
            suited = [id_ for id_, known in operations.items() if fault.suits.test(known)]
            advice = f"choose {' or '.join(suited)}" if suited else "this document has no such operation"
            raise JobexportError(f"fault {text!r} needs an operation that {fault.suits.clause}; {advice}")
        return cls(fault, argument if colon else None, _number(fault, argument, colon, text), operation, times)

    def at(self, operation: Operation) -> bool:
        """Return whether the fault can happen to an operation."""
        return self.operation in (EVERY, operation.id) and self.fault.suits.test(operation)

    def __str__(self) -> str:
        return f"{self.name}@{self.operation}"

    def use(self, times: int) -> None:
        """Subtract from the number of requests that are left."""
        if self.times is not None:
            self.times -= times

    def view(self, call: Call) -> Call:
        """Return a call as this fault sees it."""
        return call.seen_with(self.number, self.met, self.memory)

    @property
    def name(self) -> str:
        """The fault and its argument, without the operation."""
        return self.fault.id if self.text is None else f"{self.fault.id}:{self.text}"


def _number(fault: Fault, argument: str, colon: str, text: str) -> float:
    if fault.argument is None:
        if colon:
            raise JobexportError(f"fault {text!r}: {fault.id} takes no argument; leave out {colon + argument!r}")
        return 0.0
    if not colon:
        return fault.argument.default
    try:
        return fault.argument.read(argument)
    except ValueError:
        raise JobexportError(
            f"fault {text!r}: {fault.argument.name} must be {fault.argument}, not {argument!r}"
        ) from None
