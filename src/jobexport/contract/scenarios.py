"""Every scenario there is, and which of them a run can have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jobexport.contract import _scenarios_promised as promised
from jobexport.contract import _scenarios_refused as refused

if TYPE_CHECKING:
    from jobexport.contract.data import Data
    from jobexport.contract.scenario import Scenario

SCENARIOS = (*promised.SCENARIOS, *refused.SCENARIOS)


def scenarios_for(operation: str, data: Data, *, negative: bool = True) -> list[Scenario]:
    """Give the scenarios that can run for an operation.

    Args:
        operation: operationId.
        data: what the server holds; without a name to ask for there are none.
        negative: whether requests that break the document may be sent.
    """
    enough = data.obs_dirs and data.flink_jobs if operation == "exportFlinkJobs" else data.jobs
    if not enough:
        return []
    return [
        scenario for scenario in SCENARIOS if operation in scenario.operations and (negative or not scenario.negative)
    ]
