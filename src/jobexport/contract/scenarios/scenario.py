"""Scenarios: requests in an order that schemathesis does not generate, such as an export before and after a change.

A scenario sends a few requests for one operation and compares the responses with the document or with each other. Every
check sees every response too.
"""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from attrs import Factory, define, evolve, field, frozen

from jobexport.contract.checks.exchange import CheckedExchange
from jobexport.contract.checks.registry import CHECKS
from jobexport.contract.checks.violation import Violation
from jobexport.contract.data import needs_workspace
from jobexport.contract.sender import ABSENT, TransportProblem, path_segment
from jobexport.spec.document import media, operations_by_id, request_body, schema_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from contextlib import AbstractContextManager

    from jobexport.contract.checks.registry import Check
    from jobexport.contract.data import Data
    from jobexport.contract.sender import Received, Sender


@frozen
class BrokenClaim:
    """A claim of the documentation that the server broke in a scenario."""

    check: str
    """Id of the scenario or the check."""
    rests_on: tuple[str, ...]
    pointer: str
    message: str
    expected: str
    """The duty of the server, in one sentence."""
    case: str
    """Id of the exchange in the journal."""


@frozen
class Tools:
    """Functions that change and read the state of a server; only the project's own mock offers them."""

    change: Callable[[str, str], AbstractContextManager[None]] | None = None
    """Function of name and description. In its context the job of the default workspace has this description; an
    unknown job is a copy of another job."""
    change_flink: Callable[[int, str], AbstractContextManager[None]] | None = None
    """Function of id and description. In its context the Flink job has this description."""
    change_script: Callable[[str, str], AbstractContextManager[None]] | None = None
    """Function of name and content. In its context the script of the default workspace has this content; a missing
    script is there as a copy of another."""
    fetch: Callable[[str], bytes | None] | None = None
    """Function of the name `<bucket>/<folder>/…`. Returns the object in storage, or None if it is missing."""


@define
class ScenarioRun:
    """One run of a scenario for one operation: sends the requests and checks every response."""

    document: Mapping[str, Any] = field(repr=False)
    id: str
    """operationId."""
    data: Data
    sender: Sender
    tools: Tools = Tools()
    broken_claims: list[BrokenClaim] = Factory(list)
    _path: str = field(init=False)
    _operation: Mapping[str, Any] = field(init=False, repr=False)
    _home: str | None = field(init=False, default=None)
    """The workspace of the known jobs, if requests must name it."""
    _last: Received | None = field(init=False, default=None)

    def __attrs_post_init__(self) -> None:
        operation = operations_by_id(self.document)[self.id]
        self._path, self._operation = operation.path, operation.fields
        if needs_workspace(self.document, operation):
            self._home = next(iter(self.data.workspaces), None)

    @property
    def schema(self) -> Mapping[str, Any]:
        """The schema of the request body, its reference followed; empty if the edition has no body."""
        return schema_of(self.document, media(request_body(self.document, self._operation)))

    @property
    def body_required(self) -> bool:
        """True if a request must have a body."""
        return bool(request_body(self.document, self._operation).get("required", False))

    def example(self, **changes: Any) -> dict[str, Any]:
        """Return a valid body with known names, and with these changes; ABSENT removes a field."""
        body: dict[str, Any] = {}
        if self.id == "exportFlinkJobs":
            body = {"obs_dir": self.data.obs_dirs[0], "is_selected": True, "job_selected": [self.data.flink_jobs[0]]}
        elif self.id == "batchExportJobs":
            body = {"jobList": list(self.data.jobs[:2])}
        body |= changes
        return {name: value for name, value in body.items() if value is not ABSENT}

    def send(
        self,
        body: Any = ABSENT,
        *,
        content: bytes | None = None,
        job: str | None = None,
        raw_job: str | None = None,
        project: str | None = None,
        workspace: str | None = None,
        headers: Mapping[str, str] = {},
        method: str = "POST",
        credentials: str = "right",
        valid: bool = True,
    ) -> CheckedExchange:
        """Send one request for the operation and check its response.

        Args:
            body: the JSON value; by default `example()` if the operation needs a body.
            content: the bytes to send instead of `body`.
            job: name of the job in the path; by default the first known job.
            raw_job: the encoded name of the job in the path, instead of `job`.
            project: id of the project; by default the known project.
            workspace: the `workspace` header; by default the first known workspace if the document requires one.
            headers: other headers.
            method: the HTTP method.
            credentials: as in `Sender.send`.
            valid: True if the request keeps to the document.

        Raises:
            TransportProblem: the response is missing or incomplete.
        """
        if body is ABSENT and content is None and self.body_required:
            body = self.example()
        variables = {
            "project_id": project or self.data.project,
            "job_name": job or (unquote(raw_job) if raw_job else next(iter(self.data.jobs), "")),
        }
        path = self._path
        for name, value in variables.items():
            encoded = raw_job if name == "job_name" and raw_job is not None else path_segment(str(value))
            path = path.replace(f"{{{name}}}", encoded)
        named = self._home if workspace is None else workspace
        extra = {} if named is None else {"workspace": named}
        known = valid and credentials == "right" and method == "POST"
        received = self.sender.send(
            self.id,
            method,
            path,
            body=body,
            content=content,
            headers={**headers, **extra},
            credentials=credentials,
            valid=known,
        )
        self._last = received
        sent = {name: value for name, value in variables.items() if f"{{{name}}}" in self._path}
        meant = body if content is None else _parsed(content)
        exchange = self._exchange(sent, meant, received, valid=known, workspace=workspace)
        for check in CHECKS:
            try:
                check.function(exchange)
            except Violation as violation:
                self._note(check, violation)
        return exchange

    @contextlib.contextmanager
    def changed(self, job: str, description: str) -> Iterator[None]:
        """Yield while a job of the default workspace has this description; needs `tools.change`."""
        assert self.tools.change is not None  # noqa: S101  # the callers asked
        before = self.data
        with self.tools.change(job, description):
            self.data = evolve(before, jobs=tuple(dict.fromkeys((*before.jobs, job))))
            try:
                yield
            finally:
                self.data = before

    def has(self, operation: str) -> bool:
        """Return True if the document has this operation."""
        return operation in operations_by_id(self.document)

    def beside(self, operation: str) -> ScenarioRun:
        """Return a run for another operation that adds its broken claims to this run."""
        other = ScenarioRun(self.document, operation, self.data, self.sender, self.tools)
        other.broken_claims = self.broken_claims
        return other

    def fail(self, scenario: Scenario, violation: Violation) -> None:
        """Add the violation that ended the scenario to the broken claims."""
        self._note(scenario, violation)

    def _note(self, rule: Check | Scenario, violation: Violation) -> None:
        rests_on = violation.rests_on or rule.rests_on
        case = self._last.case if self._last else ""
        self.broken_claims.append(
            BrokenClaim(rule.id, rests_on, violation.pointer, str(violation), rule.sentence, case)
        )

    def _exchange(
        self,
        path: Mapping[str, Any],
        body: Any,
        received: Received | None,
        *,
        valid: bool,
        workspace: str | None = None,
    ) -> CheckedExchange:
        headers = received.headers if received else {}
        return CheckedExchange(
            document=self.document,
            operation=self._operation,
            valid=valid,
            path=path,
            body=None if body is ABSENT else body,
            status=received.status if received else 0,
            media_type=headers.get("content-type", "").partition(";")[0].strip().lower(),
            content=received.content if received else b"",
            headers=headers,
            workspace=workspace,
            known=self.data,
        )


@frozen
class Scenario:
    """A few requests for one operation, and the claims that their responses must keep."""

    id: str
    sentence: str
    """The duty of the server, in one sentence."""
    rests_on: tuple[str, ...]
    """Entries of the register."""
    operations: tuple[str, ...]
    """operationIds that the scenario can run for."""
    function: Callable[[ScenarioRun], None] = field(repr=False)
    requests: int = 10
    """Number of requests at most, for plans."""
    negative: bool = False
    """True if the scenario sends requests that break the document."""

    def run(self, run: ScenarioRun) -> None:
        """Send the requests of the scenario; add each broken claim to the run."""
        try:
            self.function(run)
        except Violation as violation:
            run.fail(self, violation)
        except TransportProblem as problem:
            run.broken_claims.append(
                BrokenClaim(
                    "whole_response", (), "", str(problem), "Every request gets a complete response.", problem.case
                )
            )


def expect(holds: object, text: str, *rests_on: str, pointer: str = "") -> None:
    """Raise a Violation with this text if `holds` is false."""
    if not holds:
        raise Violation(text, rests_on, pointer)


def _parsed(content: bytes) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        return ABSENT
