"""Defects of the check: invalid requests are accepted, or valid requests are refused."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pytest

from jobexport.mock import FAULTS
from tests.making.workspaces import WORKSPACE
from tests.mock.making.defects import (
    BOOLEAN,
    INTL,
    OTC,
    Case,
    batch,
    every_flink,
    flink,
    flinks,
    job,
    to_obs,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.mock.making.faulty import Faulty


def ok(*results: Any) -> Any:
    return all(result.status == 200 for result in results)


def refused(*results: Any) -> bool:
    return bool(results[-1].status != 200)


def exports(*names: Any) -> Callable[..., Any]:
    """Return a claim: the last response is a zip with exactly these jobs."""
    return lambda *results: ok(*results) and {n for n in results[-1].members if n.endswith(".job")} == set(names)


def lists(count: Any) -> Callable[..., Any]:
    """Return a claim: the last response names this number of zips."""
    return lambda *results: ok(*results) and len(results[-1].zips) == count


def error(code: Any) -> Callable[..., Any]:
    return lambda *results: results[-1].code == code


NO_NAME = error("DLF.3018")
NAMES = ["myJob", "job_batch"]

ACCEPTED = (
    Case("accepts-no-obs-dir", flink({"is_selected": False}), lists(3)),
    Case("accepts-no-is-selected", flink({"obs_dir": "a"}), lists(3)),
    Case("accepts-selection-without-ids", flink({"obs_dir": "a", "is_selected": True}), lists(3)),
    Case("accepts-no-job-list", batch(body={"exportDepend": False}), lambda a: ok(a) and len(a.members) == 4),
    Case("accepts-text-for-selected", flink({"obs_dir": "a", "is_selected": "False"}), lists(3)),
    Case("accepts-text-for-depend", job(body={"exportDepend": "false"}), lambda a: ok(a) and len(a.members) == 1),
    Case("accepts-text-ids", flinks("100", 101), lists(2)),
    Case("accepts-fractions", flinks(100.9), lists(1)),
    Case("accepts-beyond-int64", flinks(2**64 + 100), lists(1)),
    Case("accepts-one-name", batch(body={"jobList": "myJob"}), exports("jobs/myJob/myJob.job")),
    Case("accepts-101-jobs", batch(*["myJob"] * 101), exports("jobs/myJob/myJob.job")),
    Case("accepts-no-job", batch(body={"jobList": []}), exports()),
    Case(
        "accepts-spaced-names", batch(" myJob ", "job_batch"), lambda a: ok(a) and "jobs/myJob/myJob.job" in a.members
    ),
    Case("accepts-missing-jobs", batch("gone", "myJob"), exports("jobs/myJob/myJob.job")),
    Case("accepts-missing-jobs", flinks(100, 7), lists(1)),
    Case("accepts-long-name", job("x" * 129), error("DLF.0100")),
    Case("accepts-odd-name", job("my%20Job"), exports("jobs/myJob.job")),
    Case("accepts-other-case", job("MYJOB"), exports("jobs/myJob.job")),
    Case("accepts-any-workspace", job(headers={"workspace": "nobody"}), exports("jobs/myJob.job")),
    Case("accepts-any-project", flink(project="nobody"), lists(1)),
    Case("accepts-any-obs-dir", flink({"obs_dir": "a//b/../c", "is_selected": False}), lists(3)),
    Case("accepts-obs-path-without-scheme", to_obs("bucket/folder"), lambda a: ok(a) and len(a.objects) == 1),
    Case("accepts-any-status", job(body={"exportStatus": "LATEST"}), exports("jobs/myJob.job")),
    Case("accepts-null", job(body={"exportDepend": None}), exports("jobs/myJob.job")),
    Case("accepts-any-media-type", flink(headers={"Content-Type": "text/plain"}), lists(1)),
    Case("accepts-sloppy-json", job(content=b'{"exportDepend": true,} and more'), exports("jobs/myJob.job")),
    Case("accepts-broken-json", job(content=b'{"exportDepend"'), exports("jobs/myJob.job")),
)

REFUSED = (
    Case("refuses-charset", flink(headers={"Content-Type": "application/json; charset=UTF-8"}), refused),
    Case("refuses-upper-case-type", flink(headers={"Content-Type": "Application/JSON"}), refused),
    Case("refuses-no-body", job(), refused),
    Case("refuses-empty-object", job(body={}), refused),
    Case("refuses-body", job(body={}), refused, OTC),
    Case("refuses-unknown-field", batch(body={"jobList": NAMES, "comment": ""}), refused),
    Case("refuses-absent-depend", batch(), refused),
    Case("refuses-depend-false", batch(body={"jobList": NAMES, "exportDepend": False}), refused),
    Case("refuses-default-depend", job(body={"exportDepend": True}), refused),
    Case("refuses-default-status", job(body={"exportStatus": "DEVELOP"}), refused),
    Case("refuses-dots", job("a.b"), NO_NAME),
    Case("refuses-long-names", job("x" * 65), NO_NAME),
    Case("refuses-long-names", batch("x" * 65), error("DLF.3051")),
    Case("refuses-128-characters", job("x" * 128), NO_NAME),
    Case("refuses-escapes", job("%6DyJob"), refused),
    Case("refuses-large-ids", flinks(2**63 - 1), refused),
    Case("refuses-negative-ids", flinks(-1), error("DLI.0001")),
    Case("refuses-no-ids", flinks(), refused),
    Case("refuses-ids-beside-all", every_flink(job_selected=[100]), refused),
    Case("refuses-100-jobs", batch(*["myJob"] * 100), refused),
    Case("refuses-single-job", batch("myJob"), refused),
    Case("refuses-repeated-name", batch("myJob", "myJob"), refused),
    Case("refuses-workspace", job(headers={"workspace": WORKSPACE}), refused),
    Case("refuses-no-workspace", job(), refused),
    Case("refuses-accept-zip", job(headers={"Accept": "application/octet-stream"}), refused),
    Case("refuses-subfolders", flink(), refused),
    Case("refuses-non-ascii-obs-dir", flink({"obs_dir": "ä", "is_selected": False}), refused, BOOLEAN),
    Case("refuses-trailing-slash", to_obs("obs://bucket/folder/"), refused),
    Case("refuses-now-and-then", [flink()] * 5, lambda *results: ok(*results[:4]) and refused(results[4])),
)


@pytest.mark.parametrize("case", ACCEPTED, ids=str)
def test_accepted(case: Any, tried: Callable[[Case], None]) -> None:
    """With the fault, and only with it, an invalid request is accepted."""
    tried(case)


@pytest.mark.parametrize("case", REFUSED, ids=str)
def test_refused(case: Any, tried: Callable[[Case], None]) -> None:
    """With the fault, and only with it, a valid request is refused."""
    tried(case)


ODD = (
    flink({}),
    flink([]),
    flink({"obs_dir": 1, "is_selected": True, "job_selected": [True, "x", 0.5, None]}),
    every_flink(comment=""),
    flinks(1),
    flink(content=b"\xff", headers={"X-Auth-Token": "nobody's"}),
    job("a%2Fb%00"),
    job(body=[None]),
    to_obs("obs://"),
    to_obs(),
    job(body={"exportDepend": []}, headers={"Authorization": "SDK-HMAC-SHA256"}) | {"token": False},
    batch(body={"jobList": [1, "gone"], "exportDepend": None}),
    batch("gone", "myJob"),
    batch("myJob"),
)
"""Requests with unusual parts; no fault may fail on any of them."""


class TestSturdiness:
    @pytest.fixture
    def quick(self, faulty_servers: Callable[[str], Faulty]) -> list[Any]:
        """Faults that suit an operation, without those that break connections off or take long."""
        operations = faulty_servers(INTL).core._routes.operations.values()
        return [
            id_
            for id_, fault in FAULTS.items()
            if fault.deliver is None and id_ != "zip-bomb" and any(map(fault.suits.test, operations))
        ]

    @pytest.fixture
    def broken(self, faulty_servers: Callable[[str], Faulty]) -> Callable[..., Any]:
        """A function that returns the URLs of requests at which the server itself failed under these faults."""

        def run(*faults: Any) -> list[Any]:
            mock = faulty_servers(INTL)
            mock.core.reset()
            mock.set(*faults)
            calls = [(mock.client if request.get("token", True) else mock.stranger, request) for request in ODD]
            responses = [
                client.request(**{k: v for k, v in request.items() if k != "token"}) for client, request in calls
            ]
            return [response.request.url for response in responses if response.text == "Internal Server Error"]

        return run

    def test_alone(self, broken: Callable[..., Any], quick: list[Any]) -> None:
        """No fault makes the server itself fail on any request."""
        assert [id_ for id_ in quick if broken(f"{id_}@*")] == []

    def test_together(self, broken: Callable[..., Any], quick: list[Any]) -> None:
        """Several faults at once don't make the server fail: a fault skips responses that another has spoiled."""
        # The same sets on each run.
        sets = [random.Random(number).sample(quick, 6) for number in range(60)]  # noqa: S311
        assert [chosen for chosen in sets if broken(*(f"{id_}@*" for id_ in chosen))] == []
