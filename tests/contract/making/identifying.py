"""Identification of mocks, and what tests look for in the result."""

from __future__ import annotations

from typing import Any

import httpx

from jobexport import mock
from jobexport.cli.contract.embedded import mock_data
from jobexport.contract.identify import identification
from jobexport.contract.identify.identification import identify
from jobexport.contract.identify.probe import MOST, readable

TOKEN = "a-secret-token-to-look-for"


def ask(url: Any, data: Any, token: Any = TOKEN) -> Any:
    """Identify a server with a client that adds the token."""

    def with_token(request: Any) -> Any:
        request.headers["X-Auth-Token"] = token
        return request

    with httpx.Client(auth=with_token, trust_env=False, verify=False) as client:
        return identify(url, data, client.send)


def ask_mock(edition: Any, **options: Any) -> Any:
    """Identify a mock of an edition, with the names of its jobs."""
    with mock.serve(edition, token=TOKEN, **options) as server:
        return ask(server.url, mock_data(server))


def verdicts(found: Any) -> dict[Any, Any]:
    return {(verdict.entry or verdict.fact, verdict.edition): verdict.verdict for verdict in found.verdicts}


def contradicted(found: Any, edition: Any) -> set[Any]:
    return {entry for (entry, name), verdict in verdicts(found).items() if (name, verdict) == (edition, "contradicts")}


def beyond_bounds(found: Any) -> list[str]:
    """Return the exports beyond their limit, and the reading requests beyond one for each readable operation."""
    _, union, register = identification._descriptions()
    exports = [line for line in found.requests if not line.startswith("GET ")]
    read = [line for line in found.requests if line.startswith("GET ")]
    return exports[MOST:] + read[len(readable(union, register)) :]
