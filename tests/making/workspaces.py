"""The workspaces of the example state, and how a request names them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jobexport.mock import EXAMPLE_PROJECT, State
from jobexport.mock.state.state import DEFAULT_WORKSPACE
from jobexport.spec.document import at, operations, parameters

if TYPE_CHECKING:
    from collections.abc import Mapping

(WORKSPACE,) = State.example().projects[EXAMPLE_PROJECT].workspaces.keys() - {DEFAULT_WORKSPACE}
"""The id of the workspace beside the default one. Only `job_batch` is the name of a job in both."""


def default_workspace(document: Mapping[str, Any]) -> dict[str, str]:
    """Return the headers of a request to the default workspace.

    They are empty, or an empty `workspace` if an operation of the document requires this header.
    """
    listed = (
        at(document, place)
        for operation in operations(document)
        for (where, name), place in parameters(document, operation.location).items()
        if (where, name) == ("header", "workspace")
    )
    return {"workspace": ""} if any(node.get("required") for node in listed) else {}
