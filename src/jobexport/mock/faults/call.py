"""One request on its way through the server, as the steps and the faults see it."""

from __future__ import annotations

import contextlib
import copy
import json
from typing import TYPE_CHECKING, Any

from attrs import define, evolve, field

from jobexport.core import strict_json
from jobexport.mock.requests.request import NO_QUERY, Refused, Request, check_request

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import Scope

    from jobexport.mock.behaviour.behaviours import Behaviour
    from jobexport.mock.requests.auth import AcceptedCredentials
    from jobexport.mock.requests.operations import Operation
    from jobexport.mock.state.state import State
    from jobexport.mock.state.values import ProjectState, WorkspaceState

NOTHING: Any = object()
"""The value of a body that is missing or not JSON. Not None, which is JSON's null."""


@define
class Call:
    """A request and its progress. The first step sets operation, variables and headers."""

    scope: Scope = field(repr=False)
    state: State = field(repr=False)
    """The state before the request."""
    credentials: AcceptedCredentials = field(repr=False)
    operation: Operation = field(init=False)
    variables: Mapping[str, str] = field(init=False)
    """Variables of the path."""
    headers: Mapping[str, bytes] = field(init=False, repr=False)
    """Values by lower-case name."""
    query: Mapping[str, Any] = field(default=NO_QUERY, repr=False)
    """The parameters of the query that the document knows, in its types."""
    content: bytes = field(default=b"", repr=False)
    """The body; empty until it is read."""
    request: Request | None = None
    """The checked request; None before the check, and if the request is refused."""
    refused: Refused | None = None
    """The refusal of the request, or None."""
    behave: Behaviour | None = field(default=None, repr=False)
    """The behaviour of the operation, for a fault that needs the response to another request; None before the check."""
    stranger: bool = False
    """True if only a fault admitted the caller."""
    number: float = 0.0
    """The fault's argument."""
    count: int = 0
    """How many requests the fault has met, this one among them."""
    memory: dict[str, Any] = field(factory=dict, repr=False)
    """Values that the fault keeps from one request to the next."""

    def seen_with(self, number: float, count: int, memory: dict[str, Any]) -> Call:
        """Return a copy for one fault, with the fault's argument, count and memory."""
        seen = copy.copy(self)
        seen.number, seen.count, seen.memory = number, count, memory
        return seen

    @property
    def valid(self) -> Request:
        """The checked request; use it only after the check.

        Raises:
            RuntimeError: the request is not checked, or refused.
        """
        if self.request is None:
            raise RuntimeError(f"{self.operation.id}: the request is not checked")
        return self.request

    @property
    def json(self) -> Any:
        """The JSON value of the body, or `NOTHING`."""
        try:
            return strict_json.parse(self.content)
        except ValueError:
            return NOTHING

    @property
    def fields(self) -> dict[str, Any]:
        """The fields of the body; empty if the body is not an object."""
        value = self.json
        return value if isinstance(value, dict) else {}

    @property
    def project(self) -> ProjectState | None:
        """The project of the path, or None if the state lacks it."""
        return self.state.projects.get(self.variables["project_id"])

    @property
    def workspace(self) -> WorkspaceState | None:
        """The workspace of the request, or None if the state lacks it."""
        name = self.headers.get("workspace", b"").decode("utf-8", "replace") or "default"
        return None if self.project is None else self.project.workspaces.get(name)

    @property
    def placed(self) -> bool:
        """True if the state has the project of the request, and its workspace if the operation takes one."""
        in_workspace = "workspace" in self.operation.headers.names
        return self.project is not None and not (in_workspace and self.workspace is None)

    @property
    def asked(self) -> list[Any]:
        """The jobs that the request names: names for DGC, ids for DLI; empty if it asks for all jobs."""
        if "job_name" in self.variables:
            return [self.variables["job_name"]]
        fields = {} if self.request is None else self.request.body
        return list(fields.get("jobList", fields.get("job_selected", ()) if fields.get("is_selected") else ()))

    def refused_as(self, name: str) -> bool:
        """Return whether the request was refused with this error."""
        return self.refused is not None and name in self.refused.names

    def with_parts(
        self,
        body: Any = NOTHING,
        *,
        headers: Mapping[str, bytes] | None = None,
        query: Mapping[str, Any] | None = None,
        **variables: str,
    ) -> Request | None:
        """Return the request with other parts, or None if the check refuses it too. A `query` replaces the query."""
        content = self.content if body is NOTHING else json.dumps(body).encode()
        return self._checked(
            {**self.variables, **variables},
            {**self.headers, **(headers or {})},
            content,
            self.query if query is None else query,
        )

    def with_content(self, content: bytes) -> Request | None:
        """Return the request with another body, or None if the check refuses it too."""
        return self._checked(self.variables, self.headers, content, self.query)

    def _checked(
        self, variables: Mapping[str, str], headers: Mapping[str, bytes], content: bytes, query: Mapping[str, Any]
    ) -> Request | None:
        with contextlib.suppress(Refused):
            return check_request(self.operation, variables, headers, content, query)
        return None

    def unchecked(self, fields: Mapping[str, Any]) -> Request:
        """Return the request with these fields, without a check."""
        return Request(self.variables, self.operation.headers.of_headers(self.headers), fields, self.query)

    def with_fields(self, **fields: Any) -> Request | None:
        """Return the checked request with other fields, or None if nothing changes. A field of None is removed."""
        if self.request is None:
            return None
        body = {name: value for name, value in {**self.request.body, **fields}.items() if value is not None}
        return None if body == self.request.body else evolve(self.request, body=body)
