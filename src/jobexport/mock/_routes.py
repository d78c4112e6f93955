"""Where a document's operations stand, and what answers there."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from attrs import frozen
from starlette.responses import Response

from jobexport.errors import JobexportError
from jobexport.mock import _dgc, _dli
from jobexport.mock._contract import JSON, read_operations, read_unknown_path
from jobexport.mock._request import match_path, split_path

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.types import Scope

    from jobexport.mock._contract import ErrorAnswer, Operation
    from jobexport.mock._outcome import Outcome
    from jobexport.mock._request import Request
    from jobexport.mock._state import State

_BEHAVIOURS = {
    "exportFlinkJobs": _dli.export_flink_jobs,
    "exportJob": _dgc.export_job,
    "batchExportJobs": _dgc.batch_export_jobs,
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
        segments = split_path(scope)
        if segments is not None:
            for template, methods in self.paths.items():
                variables = match_path(template, segments)
                if variables is not None:
                    return methods, variables
        return None, {}

    def wrong_method(self, methods: Mapping[str, Operation]) -> Response:
        # No page documents 405. A gateway takes it for an API that does not exist; the code is that one's.
        allow = ", ".join(sorted(methods))
        body = json.loads(self.unknown_path.content) | {"error_msg": f"This address takes {allow} only."}
        return Response(json.dumps(body), status_code=405, headers={"Allow": allow}, media_type=JSON)


def error_response(error: ErrorAnswer) -> Response:
    """Make the response of an error."""
    return Response(error.content, status_code=error.status, media_type=JSON)
