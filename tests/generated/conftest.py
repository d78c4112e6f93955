"""A server on a real socket that records requests and sends a response chosen by the test."""

from __future__ import annotations

import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from attrs import frozen
from jobexport_api import AuthenticatedClient
from tests.generated.making.server import TOKEN, Server

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from email.message import Message


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "*")


@pytest.fixture
def server() -> Iterator[Server]:
    """Run a server for one test."""
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def token() -> str:
    """Return the token that `client` has."""
    return TOKEN


@pytest.fixture
def client(server: Server) -> AuthenticatedClient:
    """Return a client of `server`, to be entered: `with client:` or `async with client:`."""
    return AuthenticatedClient(base_url=server.base_url, token=TOKEN, timeout=httpx.Timeout(10))
