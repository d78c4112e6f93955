"""Mocks on real sockets, and the table of faults and calls."""

from __future__ import annotations

import contextlib
import functools
import threading
from typing import TYPE_CHECKING

import pytest

from jobexport.mock import Server, serve
from tests.client.making.calls import EDITION, OUTCOMES, Caller
from tests.client.making.scripted import Scripted
from tests.making.unending import unending as unending

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture(params=["sync", "async"])
def caller(request: pytest.FixtureRequest) -> Caller:
    return Caller(request.param)


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "*")


@pytest.fixture(scope="session")
def started() -> Iterator[Callable[[str], Server]]:
    """A function that gives the mock of an edition, started when first asked for."""
    with contextlib.ExitStack() as stack:
        yield functools.cache(lambda edition: stack.enter_context(serve(edition)))


@pytest.fixture
def mock(started: Callable[[str], Server]) -> Iterator[Server]:
    """The mock of an edition that has every field."""
    server = started(EDITION)
    server.core.reset()
    yield server
    server.core.reset()


@pytest.fixture
def scripted() -> Iterator[Scripted]:
    with Scripted() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print the table of faults and calls, where there is one and `-v` asks for it."""
    outcomes = config.stash.get(OUTCOMES, {})
    if not outcomes or config.get_verbosity() < 1:
        return
    calls = list(dict.fromkeys(call for _, call, _ in outcomes))
    terminalreporter.section("faults × public calls, blocking and async")
    terminalreporter.write_line(f"{'':24}" + "".join(f"{call:18}" for call in calls))
    for fault in dict.fromkeys(fault for fault, *_ in outcomes):
        cells = []
        for call in calls:
            kinds = {outcomes.get((fault, call, kind), "-") for kind in ("sync", "async")}
            cells.append(f"{' / '.join(sorted(kinds)):18}")
        terminalreporter.write_line(f"{fault:24}" + "".join(cells))
