"""Random responses to the calls about objects: each is a value or an error of the tree."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING, Any

import httpx
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from jobexport import DgcClient, DliClient
from jobexport.client.objects.pager import Pager
from jobexport.errors import JobexportError
from tests.client.making.calls import NO_RETRIES

if TYPE_CHECKING:
    from collections.abc import Callable

FUZZ = settings(
    max_examples=60, deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow]
)


class Fixed(httpx.BaseTransport):
    """A transport that sends the same bytes in every response."""

    status, content = 200, b""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return httpx.Response(self.status, content=self.content, headers={"Date": "yesterday"})


TRANSPORT = Fixed()
OPTIONS: dict[str, Any] = {"auth": "t", "base_url": "http://mock", "transport": TRANSPORT, "retries": NO_RETRIES}
DLI, DGC = DliClient("p", **OPTIONS), DgcClient("p", **OPTIONS)
CALLS: list[Callable[[], Any]] = [
    lambda: list(DGC.jobs()),
    lambda: list(DGC.scripts()),
    lambda: list(DLI.jobs()),
    lambda: DGC.show_job("a"),
    lambda: DLI.show_flink_job(1),
    lambda: DGC.import_jobs("obs://b/a.zip", policy="SKIP"),
    lambda: DGC.task("t").wait(deadline=0),
    lambda: DLI.import_flink_jobs("b/a.zip", is_cover=True),
    lambda: DGC.create_script({"name": "a"}),
]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(["1", "a", "FAILED"]),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["name", "job_id", "status", "new_job_id"]), inner),
    max_leaves=10,
)
NAMES = [
    *("total", "jobs", "scripts", "job_list", "job_detail", "is_success", "message", "taskId", "status", "subtasks"),
    *("job_mapping", "jobs_mapping", "name", "errors", "errorCode", "error_code", "error_msg", "endTime"),
]


@FUZZ
@given(
    status=st.sampled_from([200, 200, 204, 400, 503]),
    body=st.fixed_dictionaries({}, optional=dict.fromkeys(NAMES, JSON)) | JSON | st.binary(max_size=60),
)
@example(200, b"[" * 100_000)
@example(200, {"total": 10**30, "scripts": [{"name": "\ud800", "job_id": "9" * 5000}]})
def test_any_response_is_a_value_or_an_error_of_the_tree(status: int, body: Any) -> None:
    """Whatever comes with whatever status, nothing leaks from a call, and every call has an end."""
    TRANSPORT.status = status
    TRANSPORT.content = body if isinstance(body, bytes) else json.dumps(body).encode()
    for call in CALLS:
        with contextlib.suppress(JobexportError):
            call()


@FUZZ
@given(
    count=st.integers(0, 500),
    cap=st.integers(1, 120),
    records=st.booleans(),
    known=st.booleans(),
    claims=st.booleans(),
    most=st.integers(1, 6),
)
def test_a_list_that_rests_comes_whole(
    count: int, cap: int, records: bool, known: bool, claims: bool, most: int
) -> None:
    """Whatever `offset` counts, and whatever limit the server has of its own, every item comes in few requests."""
    pager = Pager(100, records=records if known else None)
    size = min(cap, 100)
    requests = 0
    while queries := pager.plan(most):
        for query in queries:
            start = query.offset if records else query.offset * size
            pager.take(list(range(start, min(start + size, count))), count if claims else None)
            requests += 1
    assert pager.seen == set(range(count))
    assert pager.complete
    pages = max(-(-count // size), 1)
    # One page shows the unit, and one more the end, or what the claimed number is. Pages of two items can't
    # show that items count: then each page brings one item.
    assert requests <= (pages + 2 if size > 2 or not records or known else count + 2)
