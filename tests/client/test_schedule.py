"""The schedule of many jobs, without any I/O."""

from __future__ import annotations

import errno

import pytest

from jobexport import errors
from jobexport.client.schedule import Fetched, Schedule, ends_the_run, is_about_a_job

Chunk = tuple[str, ...]
GONE = errors.JobNotFound(400, "DLF.0100", "", None, "batchExportJobs")
REFUSED = errors.Unauthorized(401, "APIGW.0301", "", None, "batchExportJobs")


def scheduled(names: str, *, size: int, concurrency: int = 1) -> Schedule[int]:
    """A schedule of jobs with one letter each."""
    schedule: Schedule[int] = Schedule(tuple(names), concurrency, None)
    schedule.plan({}, size)
    return schedule


def begun(schedule: Schedule[int]) -> list[str]:
    """The chunks that begin now."""
    chunks: list[Chunk] = []
    schedule.begin(chunks.append)
    return ["".join(chunk) for chunk in chunks]


def api_error(kind: type[errors.ApiError], code: str | None) -> errors.ApiError:
    return kind(400, code, "", None, "exportJob")


def without_job(job: str | None) -> errors.JobexportError:
    error = errors.UnexpectedResponse("exportJob", 200, "")
    error.job = job
    return error


def disk(number: int) -> errors.JobexportError:
    error = errors.TargetUnwritable("")
    error.errno = number
    return error


@pytest.mark.parametrize(
    ("error", "ends", "about_a_job"),
    [
        (api_error(errors.JobNotFound, "DLF.0100"), False, True),
        (api_error(errors.InvalidRequest, "DLF.3051"), False, True),
        (api_error(errors.ApiError, "DLF.0137"), False, True),
        # A code of the other service that an edition gives to an error of a job is known by its name.
        (api_error(errors.JobNotFound, "DLI.16001"), False, True),
        (api_error(errors.ApiError, "DLI.9907"), False, False),
        (api_error(errors.ApiError, "APIGW.0101"), False, False),
        (api_error(errors.ApiError, None), False, False),
        (api_error(errors.InvalidRequest, None), False, False),
        (api_error(errors.Throttled, "DLF.0001"), False, False),
        (api_error(errors.ServerFault, "DLF.0001"), False, False),
        (api_error(errors.ObsPathInvalid, "DLF.0803"), True, False),
        (api_error(errors.PermissionDenied, "DLF.6888"), True, False),
        (api_error(errors.Unauthorized, "APIGW.0301"), True, False),
        (errors.TokenUnavailable("no"), True, False),
        (errors.ConnectionLost("exportJob", ""), False, False),
        (errors.ArchiveCorrupt(""), False, True),
        (errors.ArchiveUnsafe(""), False, True),
        (without_job("a"), False, True),
        (without_job(None), False, False),
        (disk(errno.ENOSPC), True, False),
        (disk(errno.EISDIR), False, False),
    ],
    ids=str,
)
def test_one_rule_tells_an_error_of_the_run_from_one_of_a_job(
    error: errors.JobexportError, ends: bool, about_a_job: bool
) -> None:
    """An error that ends the run is not about a job."""
    assert (ends_the_run(error), is_about_a_job(error)) == (ends, about_a_job)


def test_no_more_chunks_run_than_the_concurrency_allows() -> None:
    """Another chunk begins once one is settled; the run is over when none is on its way."""
    schedule = scheduled("abcde", size=1, concurrency=2)
    assert begun(schedule) == ["a", "b"]
    assert begun(schedule) == []
    schedule.settle(("b",), Fetched({"b": 1}))
    assert begun(schedule) == ["c"]
    for name, following in zip("acde", ("d", "e", "", ""), strict=True):
        schedule.settle((name,), Fetched({name: 1}))
        assert "".join(begun(schedule)) == following
    assert not schedule.begin(lambda _: pytest.fail("a chunk began after the end"))
    assert list(schedule.outcome()[0]) == list("abcde")


def test_a_chunk_that_is_refused_for_a_job_is_cut_in_two() -> None:
    """Until that job is alone, which then has the failure."""
    schedule = scheduled("abcd", size=4)
    asked = []
    while chunks := begun(schedule):
        (chunk,) = chunks
        asked.append(chunk)
        schedule.settle(tuple(chunk), GONE if "c" in chunk else Fetched(dict.fromkeys(chunk, 1)))
    assert asked == ["abcd", "ab", "cd", "c", "d"]
    assert schedule.outcome() == (dict.fromkeys("abd", 1), {"c": GONE})


def test_nothing_begins_after_the_end_of_the_run() -> None:
    """A chunk that is refused for a job while the run ends is not asked for in halves."""
    schedule = scheduled("abcdef", size=2, concurrency=2)
    assert begun(schedule) == ["ab", "cd"]
    schedule.settle(("a", "b"), REFUSED)
    schedule.settle(("c", "d"), GONE)
    assert begun(schedule) == []
    assert schedule.outcome() == ({}, dict.fromkeys("abcdef", REFUSED))
    assert schedule.ended_by is REFUSED


def test_an_error_of_another_tree_is_raised() -> None:
    """It is a fault of the program, and not an outcome of a job."""
    schedule = scheduled("a", size=1)
    begun(schedule)
    with pytest.raises(ZeroDivisionError):
        schedule.settle(("a",), ZeroDivisionError())


UNREADABLE = api_error(errors.ApiError, None)


@pytest.mark.parametrize("error", [UNREADABLE, api_error(errors.InvalidRequest, None), without_job(None)], ids=repr)
def test_a_refusal_that_nobody_can_read_costs_one_job(error: errors.JobexportError) -> None:
    """A chunk that is refused with a broken body is cut until the job that is refused is alone."""
    names = "abcdefghijklmnop"
    schedule, started = scheduled(names, size=8), list[Chunk]()
    while schedule.begin(started.append):
        chunk = started[-1]
        schedule.settle(chunk, error if "a" in chunk else Fetched(dict.fromkeys(chunk, 1)))
    assert schedule.failures == {"a": error}
    assert set(schedule.exports) == set(names) - {"a"}


@pytest.mark.parametrize("concurrency", [1, 3])
def test_a_page_that_refuses_everything_is_not_asked_for_each_job(concurrency: int) -> None:
    """Before any job is exported, a few chunks are cut only: a proxy may refuse every request with a page."""
    names = tuple(map(str, range(1000)))
    schedule: Schedule[int] = Schedule(names, concurrency, None)
    schedule.plan({}, 100)
    running, count = list[Chunk](), 0
    while schedule.begin(running.append):
        schedule.settle(running.pop(0), UNREADABLE)
        count += 1
    assert set(schedule.failures) == set(names)
    assert count == 10 + 2 * 8 * concurrency


def test_a_page_of_a_server_that_is_down_cuts_nothing() -> None:
    """A 5xx without a code, a redirect and too many requests are about no job."""
    for error in (
        errors.ServerFault(502, None, "", None, "x"),
        errors.UnexpectedResponse("x", 302, ""),
        errors.Throttled(429, None, "", None, "x"),
    ):
        schedule = scheduled("ab", size=2)
        assert begun(schedule) == ["ab"]
        schedule.settle(("a", "b"), error)
        assert set(schedule.failures) == {"a", "b"}
