"""An identity service as OpenStack has it, and mocks of the exports."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from tests.cli.making.identity import Identity

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def identity() -> Iterator[Identity]:
    with Identity() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()
