"""Requests in an order that schemathesis does not think of: who may ask, what twice the same gives, what just changed.

A scenario sends a few requests for one operation and compares what came back with the document, or with each other. All
checks see every answer as well.
"""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from attrs import Factory, define, evolve, field, frozen

from jobexport.contract.checks.exchange import Exchange
from jobexport.contract.checks.registry import CHECKS
from jobexport.contract.checks.violation import Violation
from jobexport.contract.sender import ABSENT, TransportProblem, path_segment
from jobexport.spec.document import media, operations_by_id, request_body, schema_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from contextlib import AbstractContextManager

    from jobexport.contract.checks.registry import Check
    from jobexport.contract.data import Data
    from jobexport.contract.sender import Answer, Sender


@frozen
class Finding:
    """Where a server broke the contract in a scenario."""

    check: str
    """The scenario's or the check's id."""
    rests_on: tuple[str, ...]
    pointer: str
    message: str
    expected: str
    """What a server must do."""
    case: str
    """What the record calls the exchange that showed it."""


@frozen
class Tools:
    """What can be had of a server that is this project's own mock, and of no other."""

    change: Callable[[str, str], AbstractContextManager[None]] | None = None
    """While it is entered, the job of this name in the default workspace has this description; where there is no such
    job, there is a copy of another one."""
    change_flink: Callable[[int, str], AbstractContextManager[None]] | None = None
    """While it is entered, the Flink job with this id has this description."""
    change_script: Callable[[str, str], AbstractContextManager[None]] | None = None
    """While it is entered, the script of this name in the default workspace has this content; a script that is missing
    there is a copy of another script."""
    fetch: Callable[[str], bytes | None] | None = None
    """Gives the object of this name, `<bucket>/<folder>/…`, from object storage; None when there is none."""


@define
class Run:
    """One scenario going on: sends its requests, and lets every check see the answers."""

    document: Mapping[str, Any] = field(repr=False)
    id: str
    """The operationId."""
    data: Data
    sender: Sender
    tools: Tools = Tools()
    findings: list[Finding] = Factory(list)
    _path: str = field(init=False)
    _operation: Mapping[str, Any] = field(init=False, repr=False)
    _last: Answer | None = field(init=False, default=None)

    def __attrs_post_init__(self) -> None:
        operation = operations_by_id(self.document)[self.id]
        self._path, self._operation = operation.path, operation.fields

    @property
    def schema(self) -> Mapping[str, Any]:
        """The schema of the request body, references of its own followed; empty when the edition has no body."""
        return schema_of(self.document, media(request_body(self.document, self._operation)))

    @property
    def body_required(self) -> bool:
        """Whether a request must have a body."""
        return bool(request_body(self.document, self._operation).get("required", False))

    def example(self, **changes: Any) -> dict[str, Any]:
        """Give a valid body that names what the server holds; ABSENT leaves a field out."""
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
    ) -> Exchange:
        """Send one request for the operation and let the checks see its answer.

        Args:
            body: the JSON value; without it the example where the operation needs one, else none.
            content: bytes in its place.
            job: name of the job in the path; without it the first known one.
            raw_job: the same, as it stands in the path, encoded in a way of its own.
            project: id of the project; without it the known one.
            workspace: the header.
            headers: other headers.
            method: of HTTP.
            credentials: as `Sender.send`.
            valid: whether the request keeps to the document.

        Raises:
            TransportProblem: no answer came, or not all of it.
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
        extra = {} if workspace is None else {"workspace": workspace}
        known = valid and credentials == "right" and method == "POST"
        answer = self.sender.send(
            self.id,
            method,
            path,
            body=body,
            content=content,
            headers={**headers, **extra},
            credentials=credentials,
            valid=known,
        )
        self._last = answer
        sent = {name: value for name, value in variables.items() if f"{{{name}}}" in self._path}
        meant = body if content is None else _parsed(content)
        exchange = self._exchange(sent, meant, answer, valid=known, workspace=workspace)
        for check in CHECKS:
            try:
                check.function(exchange)
            except Violation as violation:
                self._note(check, violation)
        return exchange

    @contextlib.contextmanager
    def changed(self, job: str, description: str) -> Iterator[None]:
        """Let a job of the default workspace have this description for a while, or be there; needs `tools.change`."""
        assert self.tools.change is not None  # noqa: S101  # the callers asked
        before = self.data
        with self.tools.change(job, description):
            self.data = evolve(before, jobs=tuple(dict.fromkeys((*before.jobs, job))))
            try:
                yield
            finally:
                self.data = before

    def has(self, operation: str) -> bool:
        """Whether the document has this operation too."""
        return operation in operations_by_id(self.document)

    def beside(self, operation: str) -> Run:
        """Give a run for another operation; what it finds is found here too."""
        other = Run(self.document, operation, self.data, self.sender, self.tools)
        other.findings = self.findings
        return other

    def fail(self, scenario: Scenario, violation: Violation) -> None:
        """Note what ended the scenario."""
        self._note(scenario, violation)

    def _note(self, rule: Check | Scenario, violation: Violation) -> None:
        rests_on = violation.rests_on or rule.rests_on
        case = self._last.case if self._last else ""
        self.findings.append(Finding(rule.id, rests_on, violation.pointer, str(violation), rule.sentence, case))

    def _exchange(
        self,
        path: Mapping[str, Any],
        body: Any,
        answer: Answer | None,
        *,
        valid: bool,
        workspace: str | None = None,
    ) -> Exchange:
        headers = answer.headers if answer else {}
        return Exchange(
            document=self.document,
            operation=self._operation,
            valid=valid,
            path=path,
            body=None if body is ABSENT else body,
            status=answer.status if answer else 0,
            media_type=headers.get("content-type", "").partition(";")[0].strip().lower(),
            content=answer.content if answer else b"",
            headers=headers,
            workspace=workspace,
            known=self.data,
        )


@frozen
class Scenario:
    """A few requests for one operation, and what must be true of their answers."""

    id: str
    sentence: str
    """What a server must do."""
    rests_on: tuple[str, ...]
    """Entries of the register."""
    operations: tuple[str, ...]
    """Operations it can run for."""
    function: Callable[[Run], None] = field(repr=False)
    requests: int = 10
    """How many it sends at most, for plans."""
    negative: bool = False
    """Whether it sends what breaks the document."""

    def run(self, run: Run) -> None:
        """Run it; what is found stands in the run's findings."""
        try:
            self.function(run)
        except Violation as violation:
            run.fail(self, violation)
        except TransportProblem as problem:
            run.findings.append(
                Finding("whole_answer", (), "", str(problem), "Every request gets a whole answer.", problem.case)
            )


def expect(holds: object, text: str, *rests_on: str, pointer: str = "") -> None:
    """Raise a Violation unless something holds."""
    if not holds:
        raise Violation(text, rests_on, pointer)


def _parsed(content: bytes) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        return ABSENT
