"""The workspaces of the example state, and how a request names them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jobexport.contract.data import needs_workspace
from jobexport.mock import EXAMPLE_PROJECT, State
from jobexport.mock.state.state import DEFAULT_WORKSPACE
from jobexport.spec.document import operations

if TYPE_CHECKING:
    from collections.abc import Mapping

(WORKSPACE,) = State.example().projects[EXAMPLE_PROJECT].workspaces.keys() - {DEFAULT_WORKSPACE}
"""The id of the workspace beside the default one. Only `job_batch` is the name of a job in both."""


def default_workspace(document: Mapping[str, Any]) -> dict[str, str]:
    """Return the headers of a request to the default workspace.

    They are empty, or an empty `workspace` if an operation of the document requires this header.
    """
    needed = any(needs_workspace(document, operation) for operation in operations(document))
    return {"workspace": ""} if needed else {}
