"""The faults that are set, and those chosen for one request."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

from attrs import define, evolve, field, frozen

from jobexport.errors import JobexportError
from jobexport.mock.faults.registry import FAULTS, find_fault
from jobexport.mock.requests.outcome import Outcome, whole

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from starlette.types import ASGIApp

    from jobexport.mock.faults.call import Call
    from jobexport.mock.faults.fault import Fault
    from jobexport.mock.requests.operations import Operation
    from jobexport.mock.requests.request import Request


_ORDER = {id_: place for place, id_ in enumerate(FAULTS)}


@define
class Chosen:
    """The faults that happen to one request. The steps are in the order in which they come."""

    faults: list[ActiveFault]
    applied: list[ActiveFault] = field(factory=list)
    """Those that found something to spoil."""

    def mistake(self, method: str) -> bool:
        """Whether the operation answers under a method that is not its own. If not, none of these faults happens."""
        self.applied = [fault for fault in self.faults if method in fault.fault.methods]
        if not self.applied:
            self.return_unused()
        return bool(self.applied)

    def instead(self, call: Call) -> Outcome | None:
        """Give what takes the operation's place; None when no fault does."""
        for fault in self.faults:
            if fault.fault.instead is not None:
                self.applied.append(fault)
                return Outcome(fault.fault.instead(_seen_by(fault, call)))
        return None

    @property
    def may_admit(self) -> bool:
        """Whether a caller who is refused might still be let in."""
        return any(fault.fault.admit is not None for fault in self.faults)

    def admit(self, call: Call) -> bool:
        """Whether to let in a caller who is refused."""
        for fault in self.faults:
            if fault.fault.admit is not None and fault.fault.admit(_seen_by(fault, call)):
                self.applied.append(fault)
                return True
        return False

    def accept(self, call: Call) -> Request | None:
        """Give what a request that is refused is understood as; None when it stays refused."""
        for fault in self.faults:
            if fault.fault.accept is not None:
                request = fault.fault.accept(_seen_by(fault, call))
                if request is not None:
                    self.applied.append(fault)
                    return request
        return None

    def refuse(self, call: Call) -> str | None:
        """Give the name of the error for a request that is right; None when it stays right."""
        for fault in self.faults:
            if fault.fault.refuse is not None:
                name = fault.fault.refuse(_seen_by(fault, call))
                if name is not None:
                    self.applied.append(fault)
                    return name
        return None

    def misread(self, call: Call) -> None:
        """Put the request that is done in the place of the one that came."""
        for fault in self.faults:
            if fault.fault.misread is not None:
                request = fault.fault.misread(_seen_by(fault, call))
                if request is not None:
                    self.applied.append(fault)
                    call.request = request

    async def alter(self, call: Call, outcome: Outcome) -> Outcome:
        """Do to an outcome what the faults do, in the order they were named."""
        # What was done to an answer that is not sent after all did not happen.
        self.applied = [fault for fault in self.applied if fault.fault.alter is None]
        if any(fault.fault.alter is not None for fault in self.faults):
            outcome = await whole(outcome)
        for fault in self.faults:
            if fault.fault.alter is not None:
                try:
                    changed = await fault.fault.alter(_seen_by(fault, call), outcome)
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


def _seen_by(fault: ActiveFault, call: Call) -> Call:
    return evolve(call, number=fault.number, count=fault.met, memory=fault.memory)


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
            instead = f"choose {' or '.join(suited)}" if suited else "this document has none"
            raise JobexportError(f"fault {text!r} needs an operation that {fault.suits.what}; {instead}")
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


@frozen
class FaultSet:
    """The faults of a server: all of them happen, or with a rate now and then one of them.

    The same seed and the same requests in the same order meet the same faults.
    """

    active: tuple[ActiveFault, ...]
    rate: float | None
    seed: int
    _pools: Mapping[str, tuple[ActiveFault, ...]] = field(repr=False)
    """Which faults can happen to an operation, by its id."""
    _random: random.Random = field(repr=False)

    @classmethod
    def make(
        cls,
        faults: Iterable[str | tuple[str, int | None]],
        operations: Mapping[str, Operation],
        rate: float | None = None,
        seed: int = 0,
    ) -> FaultSet:
        """Make the set for a document's operations.

        Args:
            faults: each as `NAME[:ARG]@OPERATION`, or together with how many requests it happens to.
            operations: by id.
            rate: with this probability from 0 to 1 one of the faults happens to a request; of every fault that is
                quick, where none is named.
            seed: what decides which.

        Raises:
            JobexportError: a fault or the rate is not what it must be.
        """
        if rate is not None and not 0 <= rate <= 1:
            raise JobexportError(f"fault rate {rate:g} is no probability; give a number from 0 to 1")
        pairs = ((fault, None) if isinstance(fault, str) else fault for fault in faults)
        active = tuple(ActiveFault.parse(text, operations, times) for text, times in pairs)
        chosen = active
        if rate is not None and not active:
            chosen = tuple(
                ActiveFault(fault, None, fault.argument.default if fault.argument else 0.0, EVERY)
                for fault in FAULTS.values()
                if fault.chaos
            )
        pools = {id_: tuple(fault for fault in chosen if fault.at(known)) for id_, known in operations.items()}
        # Not for secrets: the same seed must give the same faults.
        return cls(active, rate, seed, pools, random.Random(seed))  # noqa: S311

    def choose(self, operation: Operation) -> Chosen | None:
        """Give what happens to the next request of an operation; None is nothing, as for most."""
        pool = self._pools[operation.id]
        if not pool:
            return None
        if self.rate is not None and self._random.random() >= self.rate:
            return None
        left = [fault for fault in pool if fault.times is None or fault.times > 0]
        if self.rate is not None and left:
            left = [self._random.choice(left)]
        for fault in left:
            # At once, as another request may come before this one is answered.
            fault.use(1)
            fault.met += 1
        return Chosen(left) if left else None

    def stand_in(self, methods: Mapping[str, Operation], method: str) -> tuple[Operation, Chosen] | None:
        """Give the operation that a fault lets answer under a method which is not its own; mostly none."""
        for operation in methods.values():
            if any(method in fault.fault.methods for fault in self._pools[operation.id]):
                chosen = self.choose(operation)
                if chosen is not None and chosen.mistake(method):
                    return operation, chosen
        return None
