"""The contract test beside plain `st run` of schemathesis: time, requests a second, false alarms, faults seen.

Both check the mock of one edition by turns, with the same document, names, token, seeds and number of examples. Then
both are tried on some faults, drawn by a fixed seed from those that break a promise, each on the first operation that
it suits; contract_strength.py tries all. `st run` is a fork of a process that has loaded it, so its start does not
count.

    python benchmarks/contract.py [--store]
"""

from __future__ import annotations

import multiprocessing
import random
import sys
from concurrent.futures import ProcessPoolExecutor
from itertools import islice
from typing import TYPE_CHECKING

from contract_strength import NO_PROMISE, Run, held, ours, plain, suiting, tried
from stored import Clock, Comparison, Result, compared, run, versions

from jobexport.mock import FAULTS
from jobexport.mock.faults.fault import FOR_CLIENTS
from jobexport.spec import load_edition

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

EDITION = "otc-2026"
SEEDS = (1,)
SAMPLE = 8
OWN, OTHER = "jobexport contract", "st run"


def clean() -> Iterator[Comparison]:
    """Compare runs against a mock without faults."""
    document = load_edition(EDITION)
    rounds = [
        {OTHER: held(plain, document, EDITION, seed=seed), OWN: held(ours, document, EDITION, seed=seed)}
        for seed in SEEDS
    ]

    def of(figure: Callable[[Run], float]) -> list[dict[str, float]]:
        return [{name: figure(each) for name, each in pair.items()} for pair in rounds]

    seconds = of(lambda each: each.seconds)
    yield compared("run", f"A run against a sound mock of {EDITION}", "s", seconds, ours={OWN})
    rate = of(lambda each: each.cases / each.seconds)
    yield compared("requests", "Requests that it sends a second", "requests/s", rate, ours={OWN}, better="more")
    alarms = of(lambda each: len(each.caught))
    yield compared(
        "alarms", "False alarms: failed checks of the sound mock", "checks", alarms, ours={OWN}, related=False
    )


def sample() -> list[tuple[str, str, str]]:
    """Return the drawn faults, each with its operation and edition."""
    promised = sorted(id_ for id_, fault in FAULTS.items() if id_ not in NO_PROMISE and fault.group != FOR_CLIENTS)
    drawn = random.Random(1).sample(promised, SAMPLE)  # noqa: S311  # not a secret
    return [(id_, *place) for id_ in drawn for place in islice(suiting(FAULTS[id_]), 1)]


def faults() -> Comparison:
    """Count the faults that each sees."""
    cases = sample()
    with ProcessPoolExecutor(mp_context=multiprocessing.get_context("spawn")) as pool:
        results = [each.result() for each in [pool.submit(tried, *case, beside=True) for case in cases]]
    for (id_, operation, _), (own, other) in zip(cases, results, strict=True):
        print(f"{id_:32} {operation:24} {', '.join(own.caught) or 'NOT SEEN':40} {', '.join(sorted(other)) or '-'}")
    seen = {
        "faults": len(cases),
        OTHER: sum(bool(other) for _, other in results),
        OWN: sum(bool(own.caught) for own, _ in results),
    }
    return compared(
        "faults", f"Faults seen of {len(cases)} drawn at random", "faults", [seen], ours={OWN}, better="more"
    )


def measure(_: list[str]) -> Iterator[Result]:
    """Measure all."""
    clock = Clock()
    found = [*clean(), faults()]
    yield clock.result("contract", versions("schemathesis"), *found)


if __name__ == "__main__":
    sys.exit(run(measure))
