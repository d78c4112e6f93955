"""The faults that scenarios see by themselves, without schemathesis: seconds where contract_strength.py takes an hour.

Each fault is tried on each operation that it suits, with the scenarios of the operations that it touches, until the
first broken rule. What is broken without the fault too does not count.

    python benchmarks/scenario_strength.py [PART …]

PART is the id of a fault or a word of a group's heading (`lists`); the default is all of them. Exit code 1: a fault is
seen on none of its operations, and contract_strength.py has no reason for it.
"""

from __future__ import annotations

import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from contract_strength import ARGUMENTS, NO_PROMISE, narrowed, suiting

from jobexport import mock
from jobexport.cli.contract.embedded import mock_data, mock_tools
from jobexport.contract.scenarios.registry import scenarios_for
from jobexport.contract.scenarios.run import ScenarioRun
from jobexport.contract.sending.session import open_session
from jobexport.mock import FAULTS
from jobexport.spec.document import operations

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROW = "{:32} {:20} {}"


def broken(server: mock.Server, document: Mapping[str, Any], folder: Path, *faults: str) -> Iterator[tuple[str, str]]:
    """Yield each rule that breaks, and the scenario in which it breaks, in a mock with these faults."""
    server.core.reset()
    server.core.set_faults(*faults)
    data, tools = mock_data(server), mock_tools(server)
    with open_session(server.url, data, None, folder / "journal") as session:
        for operation in operations(document):
            for scenario in scenarios_for(document, operation, data, restores=True):
                session.scenario = scenario.id
                run = ScenarioRun(document, operation.id, data, session, tools)
                scenario.run(run)
                yield from ((claim.check, f"{scenario.id} of {operation.id}") for claim in run.broken_claims)


def main(parts: list[str]) -> int:
    """Print a line for each fault and operation, and a count; return the exit code."""
    chosen = [fault for fault in FAULTS.values() if not parts or {fault.id, *fault.group.split()} & set(parts)]
    places = [(edition, operation, fault.id) for fault in chosen for operation, edition in suiting(fault)]
    seen: dict[str, list[bool]] = defaultdict(list)
    for edition, operation in dict.fromkeys(place[:2] for place in places):
        document = narrowed(edition, operation)
        with mock.serve(document) as server, tempfile.TemporaryDirectory() as folder:
            alarms = {rule for rule, _ in broken(server, document, Path(folder))}
            for fault in (fault for *place, fault in places if place == [edition, operation]):
                text = f"{fault}{f':{ARGUMENTS[fault]}' if fault in ARGUMENTS else ''}@{operation}"
                found = (each for each in broken(server, document, Path(folder), text) if each[0] not in alarms)
                rule, where = next(found, ("", ""))
                seen[fault].append(bool(rule))
                print(ROW.format(fault, operation, f"{rule}, in {where}" if rule else "NOT SEEN"), flush=True)
    caught = [fault for fault, each in seen.items() if any(each)]
    everywhere = sum(all(each) for each in seen.values())
    print(f"{len(caught)} of {len(seen)} faults are seen, {everywhere} of them on all of their operations")
    return int(any(fault not in caught and fault not in NO_PROMISE for fault in seen))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
