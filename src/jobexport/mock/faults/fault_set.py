"""The faults of a server, and the choice among them for each request."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from attrs import field, frozen

from jobexport.errors import JobexportError
from jobexport.mock.faults.active import EVERY, ActiveFault, Chosen
from jobexport.mock.faults.registry import FAULTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from jobexport.mock.requests.operations import Operation


@frozen
class FaultSet:
    """The faults of a server: all of them happen, or with a rate now and then one of them.

    The same seed and the same requests in the same order meet the same faults.
    """

    active: tuple[ActiveFault, ...]
    rate: float | None
    seed: int
    pools: Mapping[str, tuple[ActiveFault, ...]] = field(repr=False)
    """The faults that can happen to an operation, by its id. Operations that no fault can happen to are left out."""
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
        pools = {id_: pool for id_, pool in pools.items() if pool}
        # Not for secrets: the same seed must give the same faults.
        return cls(active, rate, seed, pools, random.Random(seed))  # noqa: S311

    def meet(self, methods: Mapping[str, Operation], method: str) -> tuple[Operation | None, Chosen | None]:
        """Return the operation that responds to a method, and what happens to the request."""
        operation = methods.get(method)
        if operation is not None:
            return operation, self.choose(operation)
        return self.stand_in(methods, method) or (None, None)

    def choose(self, operation: Operation) -> Chosen | None:
        """Give what happens to the next request of an operation; None is nothing, as for most."""
        pool = self.pools.get(operation.id)
        if pool is None:
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
            if any(method in fault.fault.methods for fault in self.pools.get(operation.id, ())):
                chosen = self.choose(operation)
                if chosen is not None and chosen.mistake(method):
                    return operation, chosen
        return None
