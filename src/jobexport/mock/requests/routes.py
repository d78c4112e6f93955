"""Where a document's operations stand, and the response to a request for which it has no operation."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from attrs import frozen
from starlette.responses import Response

from jobexport.mock.requests.operations import JSON, read_operations, read_unknown_path
from jobexport.mock.requests.outcome import error_response
from jobexport.mock.requests.request import match_path, split_path

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import Scope

    from jobexport.mock.requests.operations import ErrorAnswer, Operation


class NoOperation(Exception):  # noqa: N818  # it never leaves the server
    """The document has no operation at the request's path, or not with its method."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status_code)
        self.response = response


@frozen
class Routes:
    """The operations of one document."""

    paths: Mapping[tuple[str, ...], Mapping[str, Operation]]
    """Operation by method, by the path's segments."""
    operations: Mapping[str, Operation]
    """Operation by id."""
    unknown_path: ErrorAnswer

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> Routes:
        """Read the operations of a resolved document.

        Raises:
            JobexportError: something that the server needs is missing; the text says what.
        """
        paths: dict[tuple[str, ...], dict[str, Operation]] = {}
        operations = read_operations(document)
        for operation in operations:
            paths.setdefault(operation.segments, {})[operation.method] = operation
        return cls(paths, {operation.id: operation for operation in operations}, read_unknown_path(document))

    def find(self, scope: Scope) -> tuple[Mapping[str, Operation], dict[str, str]]:
        """Return the operations of the request's path by method, and the path's variables.

        Raises:
            NoOperation: no path of the document fits.
        """
        segments = split_path(scope)
        if segments is not None:
            for template, methods in self.paths.items():
                variables = match_path(template, segments)
                if variables is not None:
                    return methods, variables
        raise NoOperation(error_response(self.unknown_path))

    def wrong_method(self, methods: Mapping[str, Operation]) -> NoOperation:
        """Return the error for a method that the path does not take."""
        # No page documents 405. A gateway takes it for an API that does not exist; the code is that one's.
        allow = ", ".join(sorted(methods))
        body = json.loads(self.unknown_path.content) | {"error_msg": f"This address takes {allow} only."}
        return NoOperation(Response(json.dumps(body), status_code=405, headers={"Allow": allow}, media_type=JSON))
