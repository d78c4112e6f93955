"""Servers that stand for one in use: each a process of its own, on a real socket."""

import contextlib
import subprocess
import sys

import pytest


@pytest.fixture
def process():
    """A function that starts Python code as a server and gives its URL, from the first line that it prints."""
    with contextlib.ExitStack() as stack:

        def start(code, *arguments):
            command = [sys.executable, "-c", code, *map(str, arguments)]
            server = stack.enter_context(
                subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
            )
            stack.callback(server.kill)
            return server.stdout.readline().strip().removeprefix("listening on ")

        yield start
