"""The paths of a document's operations, and the response to a request without an operation."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from attrs import frozen
from starlette.responses import Response

from jobexport.mock.requests.operations import JSON, read_operations, read_unknown_path
from jobexport.mock.requests.outcome import error_response
from jobexport.mock.requests.request import split_path

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from starlette.types import Scope

    from jobexport.mock.requests.operations import ErrorResponse, Operation


class NoOperation(Exception):  # noqa: N818  # an outcome, not an error: the server turns it into a response
    """A request whose path, or whose method at this path, is not in the document."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status_code)
        self.response = response


@frozen
class _Path:
    """The segments of a path by number: its words, and the names of its variables."""

    words: tuple[tuple[int, str], ...]
    names: tuple[tuple[int, str], ...]

    @classmethod
    def of(cls, segments: Sequence[str]) -> _Path:
        numbered = tuple(enumerate(segments))
        words = tuple(pair for pair in numbered if pair[1][:1] != "{")
        return cls(words, tuple((number, text[1:-1]) for number, text in numbered if text[:1] == "{"))

    def variables_of(self, segments: Sequence[str]) -> dict[str, str] | None:
        """Return the variables for the segments of a request, or None if they are those of another path."""
        for number, word in self.words:
            if segments[number] != word:
                return None
        variables = {}
        for number, name in self.names:
            if not segments[number]:
                return None
            variables[name] = segments[number]
        return variables


@frozen
class Routes:
    """The operations of one document."""

    paths: Mapping[int, Sequence[tuple[_Path, Mapping[str, Operation]]]]
    """By the number of segments: the paths, those without variables first, with their operations by method."""
    operations: Mapping[str, Operation]
    """Operation by id."""
    unknown_path: ErrorResponse

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> Routes:
        """Return the routes of a resolved document.

        Raises:
            JobexportError: the document lacks a part that the server needs; the message names it.
        """
        methods: dict[tuple[str, ...], dict[str, Operation]] = {}
        operations = read_operations(document)
        for operation in operations:
            methods.setdefault(operation.segments, {})[operation.method] = operation
        paths: dict[int, list[tuple[_Path, Mapping[str, Operation]]]] = {}
        for segments, found in methods.items():
            paths.setdefault(len(segments), []).append((_Path.of(segments), found))
        return cls(paths, {operation.id: operation for operation in operations}, read_unknown_path(document))

    def find(self, scope: Scope) -> tuple[Mapping[str, Operation], dict[str, str]]:
        """Return the operations of the request's path by method, and the path's variables.

        Of two paths that match, the path without variables counts, unless only the other has the request's method and
        its variables can have the values: `GET /jobs/import` shows the job `import` where `POST /jobs/import` imports.

        Raises:
            NoOperation: the request's path is not in the document.
        """
        segments = split_path(scope)
        first = None
        if segments is not None:
            for path, methods in self.paths.get(len(segments), ()):
                variables = path.variables_of(segments)
                if variables is not None:
                    operation = methods.get(scope["method"])
                    if operation is not None and (first is None or _fits(operation, variables)):
                        return methods, variables
                    first = first or (methods, variables)
        if first is not None:
            return first
        raise NoOperation(error_response(self.unknown_path))

    def wrong_method(self, methods: Mapping[str, Operation]) -> NoOperation:
        """Return the error for a method that the path does not support."""
        # No page documents 405. A gateway treats the request as one for an unknown API, so it gets that error code.
        allow = ", ".join(sorted(methods))
        body = json.loads(self.unknown_path.content) | {"error_msg": f"This address takes {allow} only."}
        return NoOperation(Response(json.dumps(body), status_code=405, headers={"Allow": allow}, media_type=JSON))


def _fits(operation: Operation, variables: Mapping[str, str]) -> bool:
    """Return whether the path of an operation can have these variables."""
    return operation.path.schema.violation(operation.path.values(variables)) is None
