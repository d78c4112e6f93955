"""A fault at an operation, and the faults chosen for one request: they act at the hooks of its steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar
from zipfile import BadZipFile

from attrs import define, field, frozen

from jobexport.errors import JobexportError
from jobexport.mock.faults.registry import FAULTS, find_fault
from jobexport.mock.requests.outcome import Outcome, whole
from jobexport.mock.requests.request import Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.types import ASGIApp

    from jobexport.mock.faults.call import Call
    from jobexport.mock.faults.fault import Fault
    from jobexport.mock.requests.auth import Signed
    from jobexport.mock.requests.operations import Operation
    from jobexport.mock.requests.request import Request


_T = TypeVar("_T")

_ORDER = {id_: place for place, id_ in enumerate(FAULTS)}


@define
class Chosen:
    """The faults that happen to one request: the hooks of the steps, in the order of the steps."""

    faults: list[ActiveFault]
    applied: list[ActiveFault] = field(factory=list)
    """Those that found something to spoil."""
    _before: list[tuple[ActiveFault, dict[str, Any]]] = field(init=False, factory=list)
    """The faults that alter, each with its memory from before it did."""

    def mistake(self, method: str) -> bool:
        """Whether the operation answers under a method that is not its own. If not, none of these faults happens."""
        self.applied = [fault for fault in self.faults if method in fault.fault.methods]
        if not self.applied:
            self.return_unused()
        return bool(self.applied)

    def _first(self, effect: Callable[[Fault], Callable[[Call], _T | None] | None], call: Call) -> _T | None:
        """Return the first result that an effect of the faults has for a call; None if no fault acts."""
        for fault in self.faults:
            act = effect(fault.fault)
            if act is not None and (result := act(fault.view(call))):
                self.applied.append(fault)
                return result
        return None

    def replacement(self, call: Call) -> Outcome | None:
        """Return the outcome that replaces that of all steps before storing; None if no fault replaces it."""
        response = self._first(lambda fault: fault.instead, call)
        return None if response is None else Outcome(response)

    def examine(self, call: Call) -> Signed | Admission | None:
        """Examine the caller as `Credentials.examine` does; a refusal waits for the body if a fault may admit callers.

        Raises:
            Refused: the caller is not known, and no fault may admit callers.
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
        """Let in a caller who is refused.

        Raises:
            Refused: no fault admits the caller.
        """
        if not self._first(lambda fault: fault.admit, call):
            raise refused
        call.stranger = True

    def judge(self, call: Call) -> None:
        """Replace a request that is right by those that the faults read instead.

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

    def accept(self, call: Call, refused: Refused) -> Request:
        """Return the request that a refused one is understood as.

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
        """Do to an outcome what the faults do, in the order they were named."""
        # What was done to an outcome that is not sent after all did not happen: storage may refuse its objects.
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
                    # What another fault left of the answer is not what this one knows.
                    if not self.applied:
                        raise
                    continue
                if changed is not None:
                    self.applied.append(fault)
                    outcome = changed
        return outcome

    def deliver(self, app: ASGIApp) -> ASGIApp:
        """Give the application that sends the answer as the faults want it. This is the last that happens."""
        # What breaks an answer off is innermost, so that it still comes late or slowly.
        for fault in sorted(self.faults, key=lambda fault: _ORDER[fault.fault.id], reverse=True):
            effect = fault.fault
            # What answers in the operation's place may have lost to another that does.
            if effect.deliver is not None and (effect.instead is None or fault in self.applied):
                if effect.instead is None:
                    self.applied.append(fault)
                app = effect.deliver(app, fault.number)
        self.return_unused()
        return app

    def return_unused(self) -> None:
        """Return the use of each fault that found nothing to alter."""
        for fault in self.faults:
            if fault not in self.applied:
                fault.use(-1)


@frozen
class Admission:
    """A caller whom a fault may admit: verified as `Signed` is, and then perhaps let in all the same."""

    chosen: Chosen
    call: Call
    signed: Signed | None
    refused: Refused | None
    """Why the caller is refused already; None when only the body can tell."""

    def verify(self, content: bytes) -> None:
        """Let the caller in, or not.

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
    """A fault at an operation."""

    fault: Fault
    text: str | None
    """The argument as it was given; None where it was not."""
    number: float
    """What the argument stands for; 0 where there is none."""
    operation: str
    """The operation's id, or `*`."""
    times: int | None = None
    """How many requests it still happens to; None is every one."""
    met: int = 0
    """How many requests it has met, whether or not there was something to spoil."""
    memory: dict[str, Any] = field(factory=dict, repr=False)
    """What it keeps from one request to the next."""

    @classmethod
    def parse(cls, text: str, operations: Mapping[str, Operation], times: int | None = None) -> ActiveFault:
        """Read `NAME[:ARG]@OPERATION`.

        Raises:
            JobexportError: the text is not that, something in it does not exist, or the two don't go together.
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
            advice = f"choose {' or '.join(suited)}" if suited else "this document has none"
            raise JobexportError(f"fault {text!r} needs an operation that {fault.suits.what}; {advice}")
        return cls(fault, argument if colon else None, _number(fault, argument, colon, text), operation, times)

    def at(self, operation: Operation) -> bool:
        """Whether it can happen to this operation."""
        return self.operation in (EVERY, operation.id) and self.fault.suits.test(operation)

    def __str__(self) -> str:
        return f"{self.name}@{self.operation}"

    def use(self, times: int) -> None:
        """Count this many requests off."""
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
