"""All scenarios, and the scenarios that can run for an operation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jobexport.contract.data import lacking
from jobexport.contract.scenarios import sandbox as sandbox
from jobexport.contract.scenarios.changes import imports, objects, streaming, tasks, values
from jobexport.contract.scenarios.exports import accepted, forms, moments, storage
from jobexport.contract.scenarios.reads import lists, queries
from jobexport.contract.scenarios.reads import objects as shown
from jobexport.contract.scenarios.refusals import bodies, names, parameters
from jobexport.contract.scenarios.refusals import objects as unknown
from jobexport.contract.scenarios.scenario import Scenario
from jobexport.contract.verbs import changes

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import ModuleType

    from jobexport.contract.data import Data
    from jobexport.spec.document import OperationObject


def _of(*modules: ModuleType) -> tuple[Scenario, ...]:
    """Return the scenarios of modules, in the order of their code."""
    return tuple(each for module in modules for each in vars(module).values() if isinstance(each, Scenario))


ACCEPTED = _of(accepted, forms, moments, storage)
"""Scenarios of requests that must succeed."""
READS = _of(lists, queries, shown)
"""Scenarios of requests that read lists and objects."""
CHANGES = _of(objects, imports, values, streaming, tasks)
"""Scenarios that change what the server holds, and read it before and after."""
REFUSED = _of(names, unknown, bodies, parameters)
"""Scenarios of requests that must be refused."""
SANDBOX = _of(sandbox)
"""The scenarios that create, import and delete on a server in use, in their order."""
SCENARIOS = (*ACCEPTED, *READS, *CHANGES, *REFUSED)


def scenarios_for(
    document: Mapping[str, Any], operation: OperationObject, data: Data, *, restores: bool = False
) -> list[Scenario]:
    """Return the scenarios that can run for an operation; an empty list if a name that it needs is not known.

    Args:
        document: the resolved document.
        operation: the operation.
        data: names that exist on the server.
        restores: True if the server undoes changes, so that a request that changes something can be sent again.
    """
    if lacking(document, operation, data) is not None:
        return []
    found = SCENARIOS if restores or not changes(document, operation.fields, operation.method) else REFUSED
    return [scenario for scenario in found if scenario.suits(document, operation)]
