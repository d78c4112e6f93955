"""The parts of responses to exports that scenarios compare: names of zips, stored zips, and all but times."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any

from jobexport.contract.checks.exchange import read_archive
from jobexport.contract.scenarios.scenario import expect
from jobexport.contract.verbs import changes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jobexport.contract.checks.exchange import CheckedExchange
    from jobexport.contract.scenarios.run import ScenarioRun

# Seconds until an object must appear in storage after the response that names it.
_APPEARS = 3


def outcome(response: CheckedExchange) -> Any:
    """Return the part of a response that must be equal if the request is repeated."""
    members = response.archive().members
    if members:
        names = ("content-type", "content-disposition")
        return dict(members), *(response.headers.get(name) for name in names)
    if changes(response.document, response.operation, response.method) and isinstance(value := response.json(), dict):
        # A change has an id of its own each time.
        return response.status, response.media_type, sorted(value)
    return response.status, response.media_type, re.sub(rb"\d{13}", b"<time>", response.content)


def zip_names(response: CheckedExchange) -> list[str]:
    """Return the names of the zips, each once: a response may have them in several arrays."""
    return list(dict.fromkeys(name for names in arrays(response) for name in names))


def arrays(response: CheckedExchange) -> Iterator[list[str]]:
    """Yield the names of zips in each array that has such names."""
    value = response.json()
    schema = response.schema()
    for name, node in schema.get("properties", {}).items():
        if "x-object-name" in node and isinstance(value, dict) and isinstance(value.get(name), list):
            yield [item for item in value[name] if isinstance(item, str)]


def fetched(run: ScenarioRun, name: str) -> bytes:
    """Return a zip of object storage, which must appear there and be complete."""
    assert run.tools.fetch is not None  # noqa: S101  # the callers asked
    until = time.monotonic() + _APPEARS
    while (content := run.tools.fetch(name)) is None and time.monotonic() < until:
        time.sleep(0.1)
    expect(content is not None, f"the response names {name}, but object storage has no such object")
    archive = read_archive(content or b"")
    expect(archive.problem is None, f"{name} in object storage is not a complete zip: {archive.problem}")
    expect(archive.names, f"{name} in object storage is an empty zip")
    return content or b""
