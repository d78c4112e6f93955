"""All faults of a server, and the choice of faults for each request."""

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
    """The faults of a server. Without a rate all faults happen; with a rate some requests meet one of the faults.

    With the same seed, the same requests in the same order meet the same faults.
    """

    active: tuple[ActiveFault, ...]
    rate: float | None
    seed: int
    pools: Mapping[str, tuple[ActiveFault, ...]] = field(repr=False)
    """Faults by the id of the operation; operations without faults are left out."""
    _random: random.Random = field(repr=False)

    @classmethod
    def make(
        cls,
        faults: Iterable[str | tuple[str, int | None]],
        operations: Mapping[str, Operation],
        rate: float | None = None,
        seed: int = 0,
    ) -> FaultSet:
        """Return the set for a document's operations.

        Args:
            faults: each as `NAME[:ARG]@OPERATION`, or a pair of that text and the number of requests to affect.
            operations: by id.
            rate: the probability from 0 to 1 that a request meets one of the faults, or one of all quick faults if
                `faults` is empty.
            seed: the seed of the random choice.

        Raises:
            JobexportError: a fault or the rate is invalid.
        """
        if rate is not None and not 0 <= rate <= 1:
            raise JobexportError(f"fault rate {rate:g} is not a probability; give a number from 0 to 1")
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
        """Return the operation that responds to a method, and the faults of the request."""
        operation = methods.get(method)
        if operation is not None:
            return operation, self.choose(operation)
        return self.stand_in(methods, method) or (None, None)

    def choose(self, operation: Operation) -> Chosen | None:
        """Return the faults of the next request of an operation, or None if no fault happens."""
        pool = self.pools.get(operation.id)
        if pool is None:
            return None
        if self.rate is not None and self._random.random() >= self.rate:
            return None
        left = [fault for fault in pool if fault.times is None or fault.times > 0]
        if self.rate is not None and left:
            left = [self._random.choice(left)]
        for fault in left:
            # Counted now, because another request may come before the response to this request.
            fault.use(1)
            fault.met += 1
        return Chosen(left) if left else None

    def stand_in(self, methods: Mapping[str, Operation], method: str) -> tuple[Operation, Chosen] | None:
        """Return an operation that a fault lets respond to a method of another operation, with its faults, or None."""
        for operation in methods.values():
            if any(method in fault.fault.methods for fault in self.pools.get(operation.id, ())):
                chosen = self.choose(operation)
                if chosen is not None and chosen.mistake(method):
                    return operation, chosen
        return None
