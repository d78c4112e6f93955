"""The pytest plugin: the fixture `jobexport_mock`, a running server, and a marker for its options.

pytest loads the plugin wherever jobexport is installed, also without the extra `mock`. So the plugin imports the server
only when a test uses the fixture, and is not part of `jobexport.mock`, which imports the server.
"""

from __future__ import annotations

import os
from inspect import signature
from typing import TYPE_CHECKING

import pytest

from jobexport.core.extras import needing
from jobexport.errors import MissingExtra

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jobexport.mock import Server

_MARKER = (
    "jobexport_mock(edition='otc-2026', **options): the server of the fixture jobexport_mock; "
    "arguments as for `jobexport.mock.serve`; a relative path of an edition begins in pytest's root folder"
)


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker."""
    config.addinivalue_line("markers", _MARKER)


@pytest.fixture
def jobexport_mock(request: pytest.FixtureRequest) -> Iterator[Server]:
    """Yield a mock server that runs for one test, with a state of its own; see `jobexport.mock.Server`.

    `@pytest.mark.jobexport_mock(edition="otc-2024", token="mine")` passes arguments to `jobexport.mock.serve`. The
    closest marker counts. A relative path of an overlay or a document begins in pytest's root folder.
    """
    try:
        with needing("mock", "the fixture jobexport_mock"):
            from jobexport.mock import serve
            from jobexport.spec import load_edition
    except MissingExtra as missing:
        pytest.fail(str(missing), pytrace=False)
    marker = request.node.get_closest_marker("jobexport_mock")
    args, options = (marker.args, marker.kwargs) if marker else ((), {})
    bound = signature(serve).bind(*args, **options)
    edition = bound.arguments.get("edition")
    if isinstance(edition, str | os.PathLike):
        bound.arguments["edition"] = load_edition(edition, folder=request.config.rootpath)
    with serve(*bound.args, **bound.kwargs) as server:
        yield server
