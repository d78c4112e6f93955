"""What holds in every test session, however it was started."""

from __future__ import annotations

import gc
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

# A shell without job control starts background programs with SIGINT ignored, nohup with SIGHUP, and each child inherits
# that: no test could end anything with Ctrl-C. A handler of our own is not inherited; children have the default again.
for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
    if signal.getsignal(number) is signal.SIG_IGN:
        signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)

# Each contract run is a process in a folder of its own: it would make hypothesis's table of letters anew, which takes
# half of its time.
os.environ.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", str(Path(__file__).parents[1] / ".hypothesis"))


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Collect no garbage among tests and modules, which stay: every search through them would take longer."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Return one worker more than there are cores: a test that waits for a process or a socket leaves its core idle."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return cores + 1


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Let all workers of pytest-xdist use one process to fork."""
    from tests.making.warm import python

    node.workerinput["python"] = python(at_first_use=True)


@pytest.fixture(scope="module")
def warm(request: pytest.FixtureRequest) -> Iterator[None]:
    """Start the processes of a module of tests as forks, by `sys.executable`; see making/warm.py."""
    from tests.making.warm import python

    shared = getattr(request.config, "workerinput", {}).get("python")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "executable", shared or python())
        yield


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Fail a test that does not end, after five minutes; no test has a limit of its own that a busy machine exceeds."""
    if not hasattr(signal, "setitimer"):
        return (yield)

    def late(_number: int, _frame: object) -> None:
        raise TimeoutError(f"{item.nodeid} does not end")

    before = signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, 300)
    try:
        return (yield)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
