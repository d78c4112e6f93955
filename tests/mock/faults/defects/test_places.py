"""Defects and requests of a project, workspace or object that the server lacks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from jobexport.mock import EXAMPLE_PROJECT, FAULTS
from tests.mock.making.round_trip_requests import JOB, delete, get, imported, new, post, shown_flink

if TYPE_CHECKING:
    from collections.abc import Callable

NOWHERE = {"workspace": "0123456789abcdef0123456789abcdef"}
OTHER = "0" * 32
REQUESTS = {
    "listJobs": get("jobs"),
    "listScripts": get("scripts"),
    "listResources": get("resources"),
    "listFlinkJobs": get("", dli=True),
    "showJob": get("jobs/gone"),
    "showScript": get("scripts/gone"),
    "showFlinkJob": shown_flink(7),
    "showSystemTask": get(f"system-tasks/{OTHER}"),
    "createJob": new("Aa"),
    "deleteJob": delete("jobs/gone"),
    "deleteScript": delete("scripts/gone"),
    "deleteResource": delete(f"resources/{OTHER}"),
    "importJob": imported(JOB),
    "exportJob": post("jobs/gone/export", {}),
}
# The effects that read the state before the behaviour does.
EARLY = [fault.id for fault in FAULTS.values() if fault.prepare or fault.misread or fault.refuse]


@pytest.mark.parametrize("fault", EARLY)
def test_unknown_place(fault: Any, faulty_servers: Callable[[str], Any]) -> None:
    """A fault does not fail with a project, workspace or object that the server lacks."""
    mock = faulty_servers("huaweicloud-intl-2026")
    mock.core.reset()
    mock.set(f"{fault}@*")
    for id_, request in REQUESTS.items():
        if not any(active.fault.suits.test(mock.core._routes.operations[id_]) for active in mock.core.fault_set.active):
            continue
        given = {name: value for name, value in request.items() if name != "objects"}
        elsewhere = {**given, "url": given["url"].replace(EXAMPLE_PROJECT, OTHER)}
        for each in (given, elsewhere, {**given, "headers": NOWHERE}):
            assert mock.client.request(**each).status_code != 500, (id_, each)
