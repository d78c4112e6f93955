"""Servers in processes of their own, on real sockets, as a server in use."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from tests.making.unending import unending as unending

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture
def process() -> Iterator[Callable[..., Any]]:
    """Yield a function that starts Python code as a server and returns the URL in the first line that it prints."""
    with contextlib.ExitStack() as stack:

        def start(code: Any, *arguments: Any) -> Any:
            command = [sys.executable, "-c", code, *map(str, arguments)]
            server = stack.enter_context(
                subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
            )
            stack.callback(server.kill)
            assert server.stdout is not None
            return server.stdout.readline().strip().removeprefix("listening on ")

        yield start
