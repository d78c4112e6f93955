"""The pytest plugin: a fixture `jobexport_mock` that is a running server, and a marker that says which.

pytest loads it wherever jobexport is installed, also without the extra `mock`. So it imports nothing of the server
before a test asks for one, and stands outside `jobexport.mock`, which imports all of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from jobexport.core.extras import needing
from jobexport.errors import MissingExtra

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jobexport.mock import Server

_MARKER = (
    "jobexport_mock(edition='otc-2026', **options): the server that the fixture jobexport_mock gives; "
    "what `jobexport.mock.serve` takes"
)


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker."""
    config.addinivalue_line("markers", _MARKER)


@pytest.fixture
def jobexport_mock(request: pytest.FixtureRequest) -> Iterator[Server]:
    """A mock server that runs for one test, with a state of its own; see `jobexport.mock.Server`.

    `@pytest.mark.jobexport_mock(edition="otc-2024", token="mine")` chooses the edition and what else
    `jobexport.mock.serve` takes. The closest marker counts.
    """
    try:
        with needing("mock", "the fixture jobexport_mock"):
            from jobexport.mock import serve
    except MissingExtra as missing:
        pytest.fail(str(missing), pytrace=False)
    marker = request.node.get_closest_marker("jobexport_mock")
    args, options = (marker.args, marker.kwargs) if marker else ((), {})
    with serve(*args, **options) as server:
        yield server
