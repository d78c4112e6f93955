"""Defects of authentication and state: each request is sent with and without the fault."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest

from jobexport import signing
from jobexport.mock import EXAMPLE_ACCESS_KEY, EXAMPLE_SECRET_KEY, EXAMPLE_TOKEN
from tests.making.workspaces import WORKSPACE
from tests.mock.making.defects import Case, batch, every_flink, flink, flinks, job, members, seed, to_obs

if TYPE_CHECKING:
    from collections.abc import Callable

UNSIGNED = {"X-Project-Id"}


def with_token(request: Any, token: Any) -> Any:
    return request | {"headers": request["headers"] | {"X-Auth-Token": token}}


def signed(
    request: Any,
    *,
    age: int = 0,
    secret: Any = EXAMPLE_SECRET_KEY,
    then: Any = None,
    unsigned: Any = (),
    **headers: Any,
) -> Any:
    """Return a function that signs a request instead of giving it a token; `then` replaces the body after signing.

    It signs when the request is sent: a signature is good for some minutes only, which a slow run of all tests takes.
    """
    content = request.get("content", "").encode()

    def sign(*_: Any) -> Any:
        date = signing.format_date((int(time.time()) - age) * 1000)
        sent = {"Host": "mock", "X-Sdk-Date": date, **request["headers"]}
        sent |= {
            name.replace("_", "-"): value.format(hash=signing.content_hash(content)) for name, value in headers.items()
        }
        covered = {name: value for name, value in sent.items() if name not in unsigned}
        keys = {"access_key": EXAMPLE_ACCESS_KEY, "secret_key": secret}
        sent["Authorization"] = signing.sign(request["method"], request["url"], "", covered, content, **keys)
        # Without a token: the client would add its own.
        return request | {"headers": sent, "content": content if then is None else then, "token": False}

    return sign


def in_order(*statuses: Any) -> Callable[..., Any]:
    return lambda *results: tuple(result.status for result in results) == statuses


BODY = json.dumps({"obs_dir": "other", "is_selected": False})
UNKNOWN_AND_WRONG = with_token(batch(body={}), "nobody's")

CALLERS = (
    Case("admits-no-token", job() | {"token": False}, in_order(200)),
    Case("admits-any-token", with_token(job(), "nobody's"), in_order(200)),
    Case("admits-empty-token", with_token(job(), ""), in_order(200)),
    Case("admits-beginning", with_token(job(), EXAMPLE_TOKEN[:-3]), in_order(200)),
    Case("admits-other-case", with_token(job(), EXAMPLE_TOKEN.upper()), in_order(200)),
    Case("admits-any-signature", signed(job(), secret="wrong"), in_order(200)),
    Case("admits-other-body", signed(flink(), then=BODY, X_Sdk_Content_Sha256="{hash}"), in_order(200)),
    Case("admits-known-signature", [signed(flink()), signed(flink(), then=BODY)], in_order(200, 200)),
    Case("admits-old-date", signed(job(), age=3600), in_order(200)),
    Case("admits-other-project", signed(job(), X_Project_Id="other"), in_order(200)),
    Case("admits-unsigned-project", signed(job(), X_Project_Id="other", unsigned=UNSIGNED), in_order(200)),
    Case("refuses-signatures", signed(job()), in_order(401)),
    Case("checks-before-caller", UNKNOWN_AND_WRONG, in_order(400)),
    Case("responds-to-get", flink() | {"method": "GET"}, in_order(200)),
    Case("responds-to-put", job() | {"method": "PUT"}, in_order(200)),
)

DEFAULT = "workspaces/default"
NEW_JOB = seed(f"{DEFAULT}/jobs/job_stream.job", {"name": "job_stream", "nodes": [], "version": 2})
NEW_SCRIPT = seed(f"{DEFAULT}/scripts/dws_sql.script", {"name": "dws_sql", "content": "SELECT 2"})
STREAM = job("job_stream")
ELSEWHERE = {"workspace": WORKSPACE}
ALONE, WITH = {"exportDepend": False}, {"exportDepend": True}
SUBMITTED, DEVELOPED = {"exportStatus": "SUBMIT"}, {"exportStatus": "DEVELOP"}
OTHER_FOLDER = flink({"obs_dir": "c", "is_selected": True, "job_selected": [100]})


def is_old(result: Any) -> bool:
    return b'"version": 2' not in result.members["jobs/job_stream.job"]


def same(first: Any, *others: Any) -> Any:
    return all(result.response.content == first.response.content for result in others)


def counts(*expected: Any) -> Callable[..., Any]:
    return lambda *results: tuple(len(result.members) for result in results) == expected


def stored(check: Any) -> Callable[..., Any]:
    """Return a claim: `check` holds for the names in the last response and the stored objects."""
    return lambda *results: check(results[-1].zips, results[-1].objects)


def in_folder(folder: str) -> Callable[..., Any]:
    return lambda *results: results[-1].zips[0].startswith(f"{folder}/aggregate_")


STATE = (
    Case("stale-export", [STREAM, NEW_JOB, STREAM, STREAM], lambda a, _, b, c: is_old(a) and is_old(b) and is_old(c)),
    Case("stale-by-one", [STREAM, NEW_JOB, STREAM, STREAM], lambda a, _, b, c: is_old(b) and not is_old(c)),
    Case("stale-scripts", [batch(), NEW_SCRIPT, batch()], lambda a, _, b: same(a, b)),
    Case("responds-to-request-before", [job(), job("job_spark")], same),
    Case(
        "responds-to-request-before",
        [flink(), flinks(101)],
        lambda a, b: a.zips == b.zips and "detour" in str(b.objects),
    ),
    Case("mixes-up-depend", [job(), job(body=ALONE)], counts(3, 3)),
    Case("mixes-up-status", [job(), job(body=SUBMITTED)], same),
    Case("mixes-up-workspaces", [job(), job(headers=ELSEWHERE)], same),
    Case("mixes-up-folders", [flink(), OTHER_FOLDER], in_folder("a/b")),
    Case("keeps-first-folder", [flink(), OTHER_FOLDER], in_folder("a/b")),
    Case("keeps-depend", [job(body=ALONE), job()], counts(1, 1)),
    Case(
        "keeps-status", [job(body=SUBMITTED), job(), job(body=DEVELOPED)], lambda a, b, c: same(a, b) and not same(a, c)
    ),
    Case("keeps-workspace", [job(headers=ELSEWHERE), job()], same),
    Case("keeps-jobs", [batch("myJob"), batch("job_stream")], counts(3, 4)),
    Case("repeats-refused", [job(), job("job_batch"), job()], in_order(200, 200, 400)),
    Case("repeats-with-less", [job(), job()], counts(3, 2)),
    Case("repeats-with-less", [flink(), flink()], lambda a, b: (len(a.zips), len(b.zips)) == (1, 0)),
    Case("nothing-now-and-then", [job()] * 5, counts(3, 3, 3, 3, 0)),
    Case("nothing-now-and-then", [flink()] * 5, lambda *a: [len(b.zips) for b in a] == [1, 1, 1, 1, 0]),
    Case("ignores-workspace", [job(), job(headers=ELSEWHERE)], same),
    Case("ignores-status", [job(), job(body=SUBMITTED)], same),
    Case("ignores-obs-path", to_obs(), lambda a: a.response.content.startswith(b"PK") and not a.objects),
    Case("ignores-selection", flink(), lambda a: len(a.zips) == 3),
    Case("ignores-obs-dir", flink(), in_folder("obs-export")),
    Case("stores-nothing", flink(), stored(lambda names, objects: names and not objects)),
    Case("stores-elsewhere", flink(), stored(lambda names, objects: [f"exports/{n}" for n in names] == list(objects))),
    Case("stores-with-prefix", to_obs(), lambda a: next(iter(a.objects)).endswith("/DLF_myJob.zip")),
    Case("stores-first-only", every_flink(), stored(lambda names, objects: names[:1] == list(objects))),
    Case("stores-empty", to_obs(), lambda a: list(a.objects.values()) == [b""]),
    Case("stores-other-job", flink(), stored(lambda _, o: list(members(*o.values())) == ["detour_alarm.json"])),
    Case("stores-other-job", to_obs(), lambda a: list(members(*a.objects.values())) == ["jobs/job_batch.job"]),
    # Four, as two may well be of one millisecond.
    Case("time-stands-still", [flink()] * 4, lambda a, _, __, b: a.zips == b.zips == list(b.objects)),
)


@pytest.mark.parametrize("case", CALLERS, ids=str)
def test_callers(case: Any, tried: Callable[[Case], None]) -> None:
    """With the fault, and only with it, authentication is wrong as the fault's sentence says."""
    tried(case)


@pytest.mark.parametrize("case", STATE, ids=str)
def test_state(case: Any, tried: Callable[[Case], None]) -> None:
    """With the fault, and only with it, memory or storage is wrong as the fault's sentence says."""
    tried(case)


def test_stranger(tried: Callable[[Case], None]) -> None:
    """`checks-before-caller` does not admit unknown callers: their valid requests are still refused."""
    tried(Case("checks-before-caller", [with_token(job(), "nobody's"), UNKNOWN_AND_WRONG], in_order(401, 400)))


def test_own_method(tried: Callable[[Case], None]) -> None:
    """A fault that responds to GET does not affect POST."""
    tried(
        Case("responds-to-get", [job(), job() | {"method": "PUT"}, job() | {"method": "GET"}], in_order(200, 405, 200))
    )
