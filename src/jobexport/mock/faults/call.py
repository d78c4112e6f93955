"""One request on its way through the server: what the steps pass on, and what a fault looks at."""

from __future__ import annotations

import contextlib
import copy
import json
from typing import TYPE_CHECKING, Any

from attrs import define, evolve, field

from jobexport.core import strict_json
from jobexport.mock.requests.request import Refused, Request, check_request

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import Scope

    from jobexport.mock.requests.auth import Credentials
    from jobexport.mock.requests.operations import Operation
    from jobexport.mock.state.state import Project, State, Workspace

NOTHING: Any = object()
"""What stands for a body that is not there or is no JSON: None is JSON's null."""


@define
class Call:
    """What came, and what has become of it so far. The first step sets operation, variables and headers."""

    scope: Scope = field(repr=False)
    state: State = field(repr=False)
    credentials: Credentials = field(repr=False)
    operation: Operation = field(init=False)
    variables: Mapping[str, str] = field(init=False)
    """Those of the path."""
    headers: Mapping[str, bytes] = field(init=False, repr=False)
    """Values by lower-case name."""
    content: bytes = field(default=b"", repr=False)
    """The body; empty until it is read."""
    request: Request | None = None
    """The checked request; None until then, and where it was refused."""
    refused: Refused | None = None
    """Why the request is refused; None where it is not."""
    stranger: bool = False
    """Whether only a fault let the caller in."""
    number: float = 0.0
    """The fault's argument."""
    count: int = 0
    """How many requests the fault has met, this one among them."""
    memory: dict[str, Any] = field(factory=dict, repr=False)
    """What the fault keeps from one request to the next."""

    def seen_with(self, number: float, count: int, memory: dict[str, Any]) -> Call:
        """Return a copy for one fault, with the fault's argument, count and memory."""
        seen = copy.copy(self)
        seen.number, seen.count, seen.memory = number, count, memory
        return seen

    @property
    def json(self) -> Any:
        """The body's value, `NOTHING` where there is none."""
        try:
            return strict_json.parse(self.content)
        except ValueError:
            return NOTHING

    @property
    def fields(self) -> dict[str, Any]:
        """The fields of the body; empty where it is no object."""
        value = self.json
        return value if isinstance(value, dict) else {}

    @property
    def project(self) -> Project | None:
        """The project of the path; None where there is none."""
        return self.state.projects.get(self.variables["project_id"])

    @property
    def workspace(self) -> Workspace | None:
        """The workspace that the request names; None where there is none."""
        name = self.headers.get("workspace", b"").decode("utf-8", "replace") or "default"
        return None if self.project is None else self.project.workspaces.get(name)

    @property
    def asked(self) -> list[Any]:
        """The jobs that the request names: names of DGC, ids of DLI; none where all are meant."""
        if "job_name" in self.variables:
            return [self.variables["job_name"]]
        fields = {} if self.request is None else self.request.body
        return list(fields.get("jobList", fields.get("job_selected", ()) if fields.get("is_selected") else ()))

    def refused_as(self, name: str) -> bool:
        """Whether the request was refused with this error."""
        return self.refused is not None and name in self.refused.names

    def with_parts(
        self, body: Any = NOTHING, *, headers: Mapping[str, bytes] | None = None, **variables: str
    ) -> Request | None:
        """Return the request that this one would be with other parts; None when that is refused as well."""
        content = self.content if body is NOTHING else json.dumps(body).encode()
        return self._checked({**self.variables, **variables}, {**self.headers, **(headers or {})}, content)

    def with_content(self, content: bytes) -> Request | None:
        """Give the request that this one would be with another body; None when that is refused as well."""
        return self._checked(self.variables, self.headers, content)

    def _checked(self, variables: Mapping[str, str], headers: Mapping[str, bytes], content: bytes) -> Request | None:
        with contextlib.suppress(Refused):
            return check_request(self.operation, variables, headers, content)
        return None

    def unchecked(self, fields: Mapping[str, Any]) -> Request:
        """Give the request with these fields, whether or not the document allows them."""
        sent = {
            name: self.headers[name.lower()].decode("utf-8", "replace")
            for name in self.operation.headers.names
            if name.lower() in self.headers
        }
        return Request(self.variables, sent, fields)

    def with_fields(self, **fields: Any) -> Request | None:
        """Return the checked request with other fields, those of None left out; None when it comes to the same."""
        if self.request is None:
            return None
        body = {name: value for name, value in {**self.request.body, **fields}.items() if value is not None}
        return None if body == self.request.body else evolve(self.request, body=body)
