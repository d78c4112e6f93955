"""The pytest plugin: the fixture `jobexport_mock`, a running server, and a marker for its options.

pytest loads the plugin wherever jobexport is installed, also without the extra `mock`. So the plugin imports the server
only when a test uses the fixture, and is not part of `jobexport.mock`, which imports the server.
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
    "jobexport_mock(edition='otc-2026', **options): the server of the fixture jobexport_mock; "
    "arguments as for `jobexport.mock.serve`"
)


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker."""
    config.addinivalue_line("markers", _MARKER)


@pytest.fixture
def jobexport_mock(request: pytest.FixtureRequest) -> Iterator[Server]:
    """Yield a mock server that runs for one test, with a state of its own; see `jobexport.mock.Server`.

    `@pytest.mark.jobexport_mock(edition="otc-2024", token="mine")` passes arguments to `jobexport.mock.serve`. The
    closest marker counts.
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
