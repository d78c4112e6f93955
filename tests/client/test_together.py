"""Several calls at once, in threads and in tasks."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Any, Literal

import pytest
from attrs import define, field

from jobexport.client.shell import AsyncShell, Shell
from jobexport.client.steps import Together, Work
from jobexport.core.waiting import CallStopped, Stop

if TYPE_CHECKING:
    from jobexport.client.steps import Steps

NOTHING: Any = None


@pytest.fixture(params=["sync", "async"])
def kind(request: pytest.FixtureRequest) -> Literal["sync", "async"]:
    found: Literal["sync", "async"] = request.param
    return found


def run(kind: str, steps: Steps[Any]) -> Any:
    if kind == "sync":
        return Shell(NOTHING, NOTHING, "").run(steps)
    return asyncio.run(AsyncShell(NOTHING, NOTHING, "").run(steps))


@define
class Calls:
    """Calls that wait for each other, and what became of them."""

    meeting: threading.Barrier = field(factory=lambda: threading.Barrier(2, timeout=10))
    ended: list[str] = field(factory=list)

    def met(self, name: str) -> Steps[str]:
        yield Work(self.meeting.wait)
        return name

    def failed(self, name: str) -> Steps[str]:
        yield Work(self.meeting.wait)
        raise ValueError(name)

    def endless(self, name: str, begun: threading.Event | None = None) -> Steps[str]:
        try:
            while True:
                yield Work(lambda: None if begun is None else begun.set())
        finally:
            self.ended.append(name)


def together(*calls: Steps[Any]) -> Steps[list[Any]]:
    found: list[Any] = yield Together(calls)
    return found


def test_calls_are_carried_out_at_once(kind: str) -> None:
    """Two calls that wait for each other both end, and their results come in the order of the calls."""
    calls = Calls()
    assert run(kind, together(calls.met("a"), calls.met("b"))) == ["a", "b"]
    assert run(kind, together()) == []


def test_the_first_error_ends_the_other_calls(kind: str) -> None:
    """An error is raised in the steps, and a call that would go on for ever ends."""
    calls = Calls()

    def caught() -> Steps[str]:
        try:
            yield Together([calls.failed("a"), calls.met("b"), calls.endless("c")])
        except ValueError as error:
            return str(error)
        return ""

    assert run(kind, caught()) == "a"
    assert calls.ended == ["c"]


def test_calls_within_calls_end_with_the_outer_call() -> None:
    """The end of a call ends the calls that it carries out at once."""
    calls, stop, begun = Calls(), Stop(), threading.Event()
    outcome: list[BaseException] = []

    def work() -> None:
        try:
            Shell(NOTHING, NOTHING, "").run(together(calls.endless("a", begun), calls.endless("b")), stop)
        except CallStopped as error:
            outcome.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    assert begun.wait(10)
    stop.set()
    thread.join(10)
    assert (len(outcome), sorted(calls.ended)) == (1, ["a", "b"])


def test_a_cancelled_task_ends_its_calls() -> None:
    """No call goes on after the task that carries it out."""
    calls, begun = Calls(), threading.Event()

    async def main() -> None:
        task = asyncio.create_task(
            AsyncShell(NOTHING, NOTHING, "").run(together(calls.endless("a", begun), calls.endless("b")))
        )
        await asyncio.to_thread(begun.wait, 10)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(main())
    assert sorted(calls.ended) == ["a", "b"]
