"""Workspaces of mocks on real sockets."""

from __future__ import annotations

import contextlib
import functools
from typing import TYPE_CHECKING

import pytest

from jobexport.mock import Server, serve
from tests.backup.making.workspace import EDITION, Workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "*")


@pytest.fixture(scope="session")
def started() -> Iterator[Callable[[str], Server]]:
    """A function that returns the mock of an edition, started when first asked for."""
    with contextlib.ExitStack() as stack:
        yield functools.cache(lambda edition: stack.enter_context(serve(edition)))


@pytest.fixture
def workspace(started: Callable[[str], Server]) -> Iterator[Workspace]:
    """A workspace with three jobs, two scripts and a resource."""
    server = started(EDITION)
    server.core.reset()
    found = Workspace(server)
    script = {"name": "scriptName", "value": "sum"}
    found.job("a", nodes=[{"name": "n", "type": "HiveSQL", "properties": [script]}])
    found.job("b", processType="REAL_TIME")
    found.job("c", params=[{"name": "p", "value": "1.50"}])
    found.script("sum")
    found.script("other", type="Shell", content="date\n")
    found.resource("jar")
    yield found.put()
    server.core.reset()
