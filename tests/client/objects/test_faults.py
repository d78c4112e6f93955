"""Faults of the mock and the calls about objects: no list loses an item in silence, and no change is made twice."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from jobexport import errors
from jobexport.errors import JobexportError
from jobexport.mock import FAULTS, Server, serve
from jobexport.mock.faults.fault import FOR_CLIENTS
from jobexport.mock.requests.operations import read_operations
from jobexport.spec import load_edition
from tests.client.making.calls import EDITION, QUICK, Caller, Listed
from tests.client.making.values import many_objects, zip_of

if TYPE_CHECKING:
    from collections.abc import Iterator

LISTS = {"listJobs": ("dgc", "jobs"), "listFlinkJobs": ("dli", "jobs"), "listScripts": ("dgc", "scripts")}
DOCUMENTED = {operation.id: operation for operation in read_operations(load_edition(EDITION))}
SUITED = {
    fault.id: [id_ for id_ in (*LISTS, "importJob", "importFlinkJobs") if fault.suits.test(DOCUMENTED[id_])]
    for fault in FAULTS.values()
}
ARGUMENTS = {"latency": ":0.01", "slow-drip": ":200000", "status-429": ":0"}
GROUPS = {FOR_CLIENTS, *(fault.group for fault in FAULTS.values() if fault.group.endswith("lists"))}
# The first operation that suits is enough: all lists have one walk.
LISTED = [
    fault.id for fault in FAULTS.values() if fault.group in GROUPS and SUITED[fault.id] and SUITED[fault.id][0] in LISTS
]
CHANGED = [fault.id for fault in FAULTS.values() if fault.group == FOR_CLIENTS and "importJob" in SUITED[fault.id]]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serve(EDITION, state=many_objects()) as found:
        yield found


@pytest.mark.parametrize(
    ("fault", "caller"),
    [(fault, Caller(("sync", "async")[number % 2])) for number, fault in enumerate(LISTED)],
    ids=LISTED,
)
def test_a_list_that_lost_an_item_is_never_whole(server: Server, caller: Caller, fault: str) -> None:
    """Whatever the fault: an error of the tree, ListIncomplete after the last item, or every item once."""
    operation = SUITED[fault][0]
    service, method = LISTS[operation]
    project = server.state.projects[server.project_id]
    held: Any = project.flink_ids if service == "dli" else getattr(project.workspaces["default"], method)
    server.core.set_faults(f"{fault}{ARGUMENTS.get(fault, '')}@{operation}")
    try:
        found = caller.with_options(retries=QUICK).listed(service, method, server)
    except JobexportError as error:
        found = Listed([], None, errors.ListIncomplete("", 0, None, str(error)))
    finally:
        server.core.set_faults()
    assert found.error is not None or sorted(found.names) == sorted(held)


@pytest.mark.parametrize("fault", CHANGED)
def test_an_import_is_begun_at_most_once(server: Server, caller: Caller, fault: str) -> None:
    """Whatever the fault: after OutcomeUnknown there is at most one task, after any other error none."""
    server.core.reset()
    zip_ = zip_of({"jobs/a.job": b'{"name": "a", "nodes": [], "processType": "BATCH"}'})
    asyncio.run(server.storage.put("b/jobs.zip", zip_))
    server.core.set_faults(f"{fault}{ARGUMENTS.get(fault, '')}@importJob")
    begun: Any = None
    unknown = False
    try:
        begun = caller.with_options(retries=QUICK).call(
            "dgc", "import_jobs", server, "obs://b/jobs.zip", policy="OVERWRITE"
        )
    except errors.OutcomeUnknown:
        unknown = True
    except JobexportError:
        pass
    finally:
        server.core.set_faults()
    tasks = server.state.projects[server.project_id].workspaces["default"].tasks
    assert len(tasks) <= (begun is not None or unknown)
    if begun is not None:
        assert [*tasks] == [begun.id]
