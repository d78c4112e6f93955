"""Where a document's operations stand, and what answers there."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from attrs import frozen
from starlette.responses import Response

from jobexport.errors import JobexportError
from jobexport.mock.behaviour import dgc, dli
from jobexport.mock.requests.operations import JSON, read_operations, read_unknown_path
from jobexport.mock.requests.request import match_path, split_path

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.types import Scope

    from jobexport.mock.requests.operations import ErrorAnswer, Operation
    from jobexport.mock.requests.outcome import Outcome
    from jobexport.mock.requests.request import Request
    from jobexport.mock.state.state import State

_BEHAVIOURS = {
    "exportFlinkJobs": dli.export_flink_jobs,
    "exportJob": dgc.export_job,
    "batchExportJobs": dgc.batch_export_jobs,
}


@frozen
class Routes:
    """What answers for one state: operations with their behaviours."""

    paths: Mapping[tuple[str, ...], Mapping[str, Operation]]
    """Operation by method, by the path's segments."""
    operations: Mapping[str, Operation]
    """Operation by id."""
    behaviours: Mapping[str, Callable[[Request], Outcome]]
    unknown_path: ErrorAnswer

    @classmethod
    def read(cls, document: Mapping[str, Any], state: State, clock: Callable[[], int]) -> Routes:
        """Read the operations of a resolved document, and bind each to its behaviour.

        Raises:
            JobexportError: an operation has no behaviour.
        """
        paths: dict[tuple[str, ...], dict[str, Operation]] = {}
        operations, behaviours = {}, {}
        for operation in read_operations(document):
            if operation.id not in _BEHAVIOURS:
                raise JobexportError(f"operation {operation.id} has no behaviour; add one to jobexport.mock")
            paths.setdefault(operation.segments, {})[operation.method] = operation
            operations[operation.id] = operation
            behaviours[operation.id] = _BEHAVIOURS[operation.id](operation, state, clock)
        return cls(paths, operations, behaviours, read_unknown_path(document))

    def find(self, scope: Scope) -> tuple[Mapping[str, Operation] | None, dict[str, str]]:
        """Return the operations of the request's path by method, and the path's variables; None if no path fits."""
        segments = split_path(scope)
        if segments is not None:
            for template, methods in self.paths.items():
                variables = match_path(template, segments)
                if variables is not None:
                    return methods, variables
        return None, {}

    def wrong_method(self, methods: Mapping[str, Operation]) -> Response:
        """Return the response to a method that the path does not take."""
        # No page documents 405. A gateway takes it for an API that does not exist; the code is that one's.
        allow = ", ".join(sorted(methods))
        body = json.loads(self.unknown_path.content) | {"error_msg": f"This address takes {allow} only."}
        return Response(json.dumps(body), status_code=405, headers={"Allow": allow}, media_type=JSON)


def error_response(error: ErrorAnswer) -> Response:
    """Make the response of an error."""
    return Response(error.content, status_code=error.status, media_type=JSON)
