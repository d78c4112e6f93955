"""Lists of both clients, from mocks of each edition and from servers with forms of their own."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from jobexport.mock import serve
from jobexport.spec.editions import edition_ids
from tests.client.making.scripted import ScriptedResponse
from tests.client.making.values import many_objects

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from jobexport.mock import Server
    from tests.client.making.calls import Caller

LISTS = [("dgc", "jobs"), ("dgc", "scripts"), ("dgc", "resources"), ("dli", "jobs")]
KEYS = {"jobs": "jobs", "scripts": "scripts", "resources": "resources"}


def page(names: Sequence[str], total: Any, key: str = "scripts") -> ScriptedResponse:
    """A page of a list of DGC."""
    return ScriptedResponse.json({"total": total, key: [{"name": name} for name in names]})


@pytest.fixture(scope="module", params=["pages", "records"])
def large(request: pytest.FixtureRequest) -> Iterator[Server]:
    """A mock with 250 batch jobs, 105 real-time jobs, 230 scripts, 120 resources and 210 Flink jobs."""
    with serve("huaweicloud-intl-2026", state=many_objects(), page_offset=request.param) as server:
        yield server


@pytest.mark.parametrize("edition", edition_ids())
@pytest.mark.parametrize(("service", "method"), LISTS)
def test_a_list_of_every_edition_is_read(
    caller: Caller, started: Callable[[str], Server], edition: str, service: str, method: str
) -> None:
    """Whatever an edition calls list and id, all items come; a time that it lacks is None."""
    server = started(edition)
    server.core.reset()
    found = caller.listed(service, method, server)
    project = server.state.projects[server.project_id]
    workspace = project.workspaces["default"]
    held = project.flink_ids if service == "dli" else getattr(workspace, method)
    assert set(found.names) == set(held)
    assert (found.outcome.complete, found.outcome.total, found.outcome.count) == (True, len(held), len(held))
    assert abs((found.outcome.date - datetime.now(UTC)).total_seconds()) < 60
    if service == "dli":
        assert {item.name: item.id for item in found.items} == held
    if (service, method) == ("dgc", "jobs"):
        assert all((item.updated is None) == (edition == "huaweicloud-cn-2020") for item in found.items)
        assert {item.type for item in found.items} == {"BATCH", "REAL_TIME"}


@pytest.mark.parametrize(("service", "method", "count"), [(*LISTS[0], 355), (*LISTS[1], 230), (*LISTS[2], 120)])
def test_all_pages_come_whatever_offset_counts(
    caller: Caller, large: Server, service: str, method: str, count: int
) -> None:
    """All items of both kinds of jobs come, once each, and only the page that shows the unit comes in vain."""
    large.core.requests.clear()
    found = caller.listed(service, method, large)
    assert len(set(found.names)) == len(found.names) == count
    assert found.outcome.complete
    pages = {"jobs": 3 + 2, "scripts": 3, "resources": 2}[method]
    assert len(large.core.requests) == pages + (large.core.page_offset == "records")


def test_flink_jobs_are_counted(caller: Caller, large: Server) -> None:
    """The offset of Flink jobs counts jobs in every edition: no page comes in vain."""
    large.core.requests.clear()
    assert len(set(caller.listed("dli", "jobs", large, details=True).names)) == 210
    queries = [request.query for request in large.core.requests]
    assert sorted(query["offset"] for query in queries) == [0, 100, 200]
    assert all(query["show_detail"] is True for query in queries)


def test_both_kinds_of_jobs_are_asked_for(caller: Caller, mock: Server) -> None:
    """`jobType` is always sent: without it a list has batch jobs only, and ten of them."""
    caller.listed("dgc", "jobs", mock)
    assert [request.query for request in mock.core.requests] == [
        {"jobType": kind, "offset": 0, "limit": 100} for kind in ("BATCH", "REAL_TIME")
    ]
